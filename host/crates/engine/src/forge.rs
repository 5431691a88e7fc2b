//! The host's side of the import `forge`: which function is granted, and how much may go through it. Which
//! repository and which token it is, the guest cannot say.

use crate::bindings::notify::countersign::plugin::forge;
use crate::host::State;
use crate::{CommitStatus, ForgeError, StatusState};

/// A payload has less than this (GitHub).
const MOST_BYTES: usize = 64 << 10;

/// The most of a comment, in bytes: GitHub takes 65,536 characters, and the host's mark is among them.
const MOST_OF_A_COMMENT: usize = 65_000;

/// The most of a name: a workflow, a branch, a context, a comment's own name.
const MOST_OF_A_NAME: usize = 255;

/// The most of an event type, in characters (GitHub).
const MOST_OF_AN_EVENT: usize = 100;

/// The most inputs of a workflow that is asked for. GitHub takes 25, and took 10 for long.
const MOST_INPUTS: usize = 10;

type Answer<T> = wasmtime::Result<Result<T, forge::ForgeError>>;

impl forge::Host for State {
    fn dispatch(&mut self, event_type: String, payload: String) -> Answer<()> {
        let bounds = [
            (event_type.is_empty(), "the event type is empty"),
            (event_type.chars().count() > MOST_OF_AN_EVENT, "the event type has more than 100 characters"),
            (payload.len() >= MOST_BYTES, "the payload has 64 KiB or more"),
        ];
        self.work("dispatch", &bounds, |state| state.capabilities.dispatch(&event_type, &payload))
    }

    fn dispatch_workflow(
        &mut self,
        workflow: String,
        reference: Option<String>,
        inputs: Vec<(String, String)>,
    ) -> Answer<()> {
        let size: usize = inputs.iter().map(|(name, value)| name.len() + value.len()).sum();
        let reference_size = reference.as_ref().map_or(1, String::len);
        let bounds = [
            (!is_name(workflow.len()), "the workflow's name is empty or has more than 255 bytes"),
            (!is_name(reference_size), "the branch's name is empty or has more than 255 bytes"),
            (inputs.len() > MOST_INPUTS, "there are more than 10 inputs"),
            (size >= MOST_BYTES, "the inputs have 64 KiB or more"),
        ];
        self.work("dispatch-workflow", &bounds, |state| {
            state.capabilities.dispatch_workflow(&workflow, reference.as_deref(), &inputs)
        })
    }

    fn comment(&mut self, name: String, body: String) -> Answer<Option<String>> {
        let bounds = [
            (!is_name(name.len()), "the comment's name is empty or has more than 255 bytes"),
            (body.len() > MOST_OF_A_COMMENT, "the comment has more than 65,000 bytes"),
        ];
        self.work("comment", &bounds, |state| state.capabilities.comment(&name, &body))
    }

    fn set_status(&mut self, status: forge::Status) -> Answer<()> {
        let forge::Status { context, state, description, url } = status;
        let bounds = [
            (!is_name(context.len()), "the status' context is empty or has more than 255 bytes"),
            (description.len() >= MOST_BYTES, "the status' description has 64 KiB or more"),
            (!url.as_deref().is_none_or(is_web), "the status' address is no `http` or `https` URL"),
        ];
        let status = CommitStatus { context, state: state_of(state), description, url };
        self.work("status", &bounds, |state| state.capabilities.set_status(&status))
    }
}

impl State {
    /// Count the call, check the grant and the bounds, and only then do it.
    fn work<T>(
        &mut self,
        verb: &str,
        bounds: &[(bool, &str)],
        work: impl FnOnce(&mut Self) -> Result<T, ForgeError>,
    ) -> Answer<T> {
        self.count()?;
        if !self.grants.forge.iter().any(|granted| granted == verb) {
            let grant = format!("grants = {{ forge = [\"{verb}\"] }}");
            return Ok(Err(forge::ForgeError::Denied(
                self.deny(&format!("`{verb}` on the forge"), Some(grant)),
            )));
        }
        if let Some((_, broken)) = bounds.iter().find(|(is_broken, _)| *is_broken) {
            return Ok(Err(forge::ForgeError::Refused((*broken).into())));
        }
        let result = self.outside(work);
        Ok(result.map_err(|error| self.told(error)))
    }

    fn told(&mut self, error: ForgeError) -> forge::ForgeError {
        match error {
            ForgeError::Denied { what, grant } => forge::ForgeError::Denied(self.deny(&what, grant)),
            ForgeError::NotFound(text) => forge::ForgeError::NotFound(text),
            ForgeError::Refused(text) => forge::ForgeError::Refused(text),
            // A part of a second is waited for as a whole one.
            ForgeError::Limited(after) => forge::ForgeError::Limited(
                u32::try_from(after.as_millis().div_ceil(1000)).unwrap_or(u32::MAX),
            ),
            ForgeError::Unavailable(text) => forge::ForgeError::Unavailable(text),
            ForgeError::Unknown(text) => forge::ForgeError::Unknown(text),
            ForgeError::DryRun => forge::ForgeError::DryRun,
            ForgeError::Other(text) => forge::ForgeError::Other(text),
        }
    }
}

fn is_name(bytes: usize) -> bool {
    (1..=MOST_OF_A_NAME).contains(&bytes)
}

fn is_web(text: &str) -> bool {
    text.len() <= 2000 && url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn state_of(state: forge::StatusState) -> StatusState {
    match state {
        forge::StatusState::Success => StatusState::Success,
        forge::StatusState::Failure => StatusState::Failure,
        forge::StatusState::Error => StatusState::Error,
        forge::StatusState::Pending => StatusState::Pending,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Capabilities, Grants, HttpError, HttpRequest, HttpResponse, InputError, Limits, OpenedInput,
    };
    use crate::{ToolCompleted, ToolError};
    use forge::Host as _;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    /// Notes what reaches it, and answers a dispatch with this.
    struct Noting(Arc<Mutex<Vec<String>>>, Result<(), ForgeError>);

    impl Noting {
        fn note(&self, text: String) {
            self.0.lock().unwrap().push(text);
        }
    }

    impl Capabilities for Noting {
        fn http(&mut self, _: HttpRequest) -> Result<HttpResponse, HttpError> {
            Err(HttpError::DryRun)
        }

        fn tool(&mut self, _: &str, _: Option<&[u8]>) -> Result<ToolCompleted, ToolError> {
            Err(ToolError::Other(String::new()))
        }

        fn input(&mut self, _: &str) -> Result<OpenedInput, InputError> {
            Err(InputError::Other(String::new()))
        }

        fn sibling(&mut self, _: &str) -> Result<OpenedInput, InputError> {
            Err(InputError::Other(String::new()))
        }

        fn dispatch(&mut self, event_type: &str, payload: &str) -> Result<(), ForgeError> {
            self.note(format!("dispatch {event_type} {payload}"));
            self.1.clone()
        }

        fn dispatch_workflow(
            &mut self,
            workflow: &str,
            reference: Option<&str>,
            inputs: &[(String, String)],
        ) -> Result<(), ForgeError> {
            self.note(format!("workflow {workflow} {reference:?} {inputs:?}"));
            Ok(())
        }

        fn comment(&mut self, name: &str, body: &str) -> Result<Option<String>, ForgeError> {
            self.note(format!("comment {name} {body}"));
            Ok(None)
        }

        fn set_status(&mut self, status: &CommitStatus) -> Result<(), ForgeError> {
            self.note(format!("status {} {:?}", status.context, status.state));
            Ok(())
        }
    }

    fn state(verbs: &[&str], answer: Result<(), ForgeError>) -> (State, Arc<Mutex<Vec<String>>>) {
        let noted = Arc::new(Mutex::new(Vec::new()));
        let grants = Grants { forge: verbs.iter().map(|verb| (*verb).into()).collect(), ..Grants::default() };
        let limits = Limits { host_calls: 8, ..Limits::default() };
        let state = State::new(limits, grants, "{}".into(), Box::new(Noting(Arc::clone(&noted), answer)));
        (state, noted)
    }

    fn status(context: &str, url: Option<&str>) -> forge::Status {
        forge::Status {
            context: context.into(),
            state: forge::StatusState::Success,
            description: String::new(),
            url: url.map(Into::into),
        }
    }

    #[test]
    fn each_function_is_a_grant_of_its_own_and_its_denial_tells_the_toml() {
        let (mut state, noted) = state(&["comment"], Ok(()));
        assert!(matches!(state.dispatch("a".into(), "{}".into()), Ok(Err(forge::ForgeError::Denied(_)))));
        assert_eq!(state.denials[0].grant.as_deref(), Some("grants = { forge = [\"dispatch\"] }"));
        assert!(state.dispatch_workflow("a.yml".into(), None, Vec::new()).unwrap().is_err());
        assert!(state.set_status(status("a", None)).unwrap().is_err());
        assert!(noted.lock().unwrap().is_empty());
        assert!(state.comment("watcher".into(), "text".into()).unwrap().is_ok());
        assert_eq!(*noted.lock().unwrap(), ["comment watcher text"]);
    }

    #[test]
    fn what_breaks_a_bound_is_refused_and_never_sent() {
        let (mut state, noted) = state(&crate::FORGE_VERBS, Ok(()));
        let long = |bytes: usize| "x".repeat(bytes);
        for refused in [
            state.dispatch(String::new(), "{}".into()),
            state.dispatch(long(101), "{}".into()),
            state.dispatch("a".into(), long(64 << 10)),
            state.dispatch_workflow(long(256), None, Vec::new()),
            state.dispatch_workflow("a.yml".into(), None, vec![(long(10), long(64 << 10))]),
            state.set_status(status("", None)),
            state.set_status(status("a", Some("javascript:alert(1)"))),
        ] {
            assert!(matches!(refused, Ok(Err(forge::ForgeError::Refused(_)))), "{refused:?}");
        }
        assert!(noted.lock().unwrap().is_empty());
        assert!(state.dispatch(long(100), long((64 << 10) - 1)).unwrap().is_ok());
    }

    #[test]
    fn calls_are_counted() {
        let (mut state, _) = state(&["comment"], Ok(()));
        for _ in 0..8 {
            assert!(state.comment("a".into(), String::new()).is_ok());
        }
        assert!(state.comment("a".into(), String::new()).is_err());
    }

    #[test]
    fn what_is_certain_stays_certain() {
        let unknown = ForgeError::Unknown("the connection broke".into());
        let (mut lost, _) = state(&["dispatch"], Err(unknown));
        let answer = lost.dispatch("a".into(), "{}".into()).unwrap();
        assert!(matches!(answer, Err(forge::ForgeError::Unknown(_))));
        let (mut limited, _) = state(&["dispatch"], Err(ForgeError::Limited(Duration::from_millis(1500))));
        let answer = limited.dispatch("a".into(), "{}".into()).unwrap();
        assert!(matches!(answer, Err(forge::ForgeError::Limited(2))));
    }
}
