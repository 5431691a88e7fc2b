//! What a notify stage has done on the forge: which repository and which commit it is about is fixed here, and the
//! guest cannot name another.

use countersign_engine::{CommitStatus, ForgeError, StatusState};
use countersign_forge::{self as forge, Forge, PullState, Slug, StateOfStatus, Status, WorkflowDispatch};
use serde_json::Value;
use std::sync::Arc;

/// The repositories and the commit that a notice is about.
#[derive(Clone)]
pub(crate) struct ForgeWork {
    /// The client's repository; none where it names none, or its forge cannot be used.
    pub(crate) client: Option<(Arc<Forge>, Slug)>,
    /// This repository, which holds the contract.
    pub(crate) own: Option<(Arc<Forge>, Slug)>,
    /// The commit that changed the record.
    pub(crate) commit: String,
}

/// The most pull requests that one notice is written to.
const MOST_PULLS: usize = 10;

/// The most keys of a dispatch's payload (GitHub).
const MOST_KEYS: usize = 10;

/// One call for the forge.
pub(super) struct Turn<'a> {
    work: &'a ForgeWork,
    verb: &'static str,
    dry_run: bool,
}

/// What came of a call, and whether something was written.
pub(super) struct Did<T> {
    pub(super) value: T,
    pub(super) wrote: bool,
}

/// A call that came to nothing, and whether something may have been written all the same.
pub(super) struct Nothing {
    pub(super) error: ForgeError,
    pub(super) wrote: bool,
}

impl From<ForgeError> for Nothing {
    fn from(error: ForgeError) -> Self {
        let wrote = matches!(error, ForgeError::Unknown(_));
        Self { error, wrote }
    }
}

impl<'a> Turn<'a> {
    /// A call on the repositories of a notice.
    pub(super) fn new(
        work: Option<&'a ForgeWork>,
        verb: &'static str,
        dry_run: bool,
    ) -> Result<Self, Nothing> {
        let work = work.ok_or_else(|| no_repository(verb, "no repository is known for this stage"))?;
        Ok(Self { work, verb, dry_run })
    }

    pub(super) fn dispatch(&self, event_type: &str, payload: &str) -> Result<Did<()>, Nothing> {
        let (forge, slug) = self.client()?;
        let payload: Value = serde_json::from_str(payload)
            .map_err(|error| ForgeError::Refused(format!("the payload is not JSON: {error}")))?;
        match payload.as_object() {
            Some(object) if object.len() <= MOST_KEYS => {}
            Some(_) => return Err(ForgeError::Refused("the payload has more than 10 keys".into()).into()),
            None => return Err(ForgeError::Refused("the payload is not a JSON object".into()).into()),
        }
        self.write(slug, || forge.dispatch(slug, event_type, &payload))
    }

    pub(super) fn dispatch_workflow(
        &self,
        workflow: &str,
        reference: Option<&str>,
        inputs: &[(String, String)],
    ) -> Result<Did<()>, Nothing> {
        let (forge, slug) = self.client()?;
        let dispatch = WorkflowDispatch {
            workflow: workflow.into(),
            reference: reference.map(Into::into),
            inputs: inputs.to_vec(),
        };
        self.write(slug, || forge.dispatch_workflow(slug, &dispatch))
    }

    /// The comment is kept on every pull request before an error of any of them is told: looking first makes it
    /// harmless to be called again.
    pub(super) fn comment(&self, name: &str, body: &str) -> Result<Did<Option<String>>, Nothing> {
        let (forge, slug) = self.own()?;
        let marker = marker(name)?;
        if self.dry_run {
            return Err(ForgeError::DryRun.into());
        }
        let pulls = forge.pulls_of_commit(slug, &self.work.commit).map_err(|error| self.told(slug, error))?;
        let bringing = pulls.iter().filter(|pull| pull.state != PullState::Closed).take(MOST_PULLS);
        let body = format!("{marker}\n{body}");
        let (mut newest, mut failed, mut wrote) = (None, None, false);
        for pull in bringing {
            match forge.upsert_comment(slug, pull.number, &marker, &body) {
                Ok(url) => {
                    newest.get_or_insert(url);
                    wrote = true;
                }
                Err(error) => {
                    let error = self.told(slug, error);
                    wrote |= matches!(error, ForgeError::Unknown(_));
                    failed.get_or_insert((pull.number, error));
                }
            }
        }
        match failed {
            None => Ok(Did { value: newest, wrote }),
            // Only an error before anything was written may say that nothing took effect.
            Some((number, error)) if newest.is_some() && !matches!(error, ForgeError::Unknown(_)) => {
                let text = format!("it was written to others, and not to #{number}: {}", in_words(&error));
                Err(Nothing { error: ForgeError::Other(text), wrote })
            }
            Some((_, error)) => Err(Nothing { error, wrote }),
        }
    }

    pub(super) fn set_status(&self, status: &CommitStatus) -> Result<Did<()>, Nothing> {
        let (forge, slug) = self.own()?;
        let status = Status {
            context: status.context.clone(),
            state: state_of(status.state),
            description: status.description.clone(),
            target_url: status.url.clone(),
        };
        self.write(slug, || forge.set_status(slug, &self.work.commit, &status))
    }

    fn client(&self) -> Result<(&Forge, &Slug), Nothing> {
        let reason = "the client names no `repository` on a forge that can be used";
        let (forge, slug) = self.work.client.as_ref().ok_or_else(|| no_repository(self.verb, reason))?;
        Ok((forge, slug))
    }

    fn own(&self) -> Result<(&Forge, &Slug), Nothing> {
        let reason = "it is not known where this repository is; set `repository` under `[pipeline]`";
        let (forge, slug) = self.work.own.as_ref().ok_or_else(|| no_repository(self.verb, reason))?;
        Ok((forge, slug))
    }

    fn write(
        &self,
        slug: &Slug,
        write: impl FnOnce() -> Result<(), forge::ForgeError>,
    ) -> Result<Did<()>, Nothing> {
        if self.dry_run {
            return Err(ForgeError::DryRun.into());
        }
        write().map_err(|error| self.told(slug, error))?;
        Ok(Did { value: (), wrote: true })
    }

    /// The forge's error, as certain as it was.
    fn told(&self, slug: &Slug, error: forge::ForgeError) -> ForgeError {
        let text = error.to_string();
        match error {
            forge::ForgeError::NoCredential(why) => {
                let cure = "set `GITHUB_TOKEN`, or the variable that `[forges]` names for the host";
                ForgeError::Denied { what: format!("`{}` on {slug}: {why}; {cure}", self.verb), grant: None }
            }
            forge::ForgeError::NotFound { .. } | forge::ForgeError::Moved { .. } => {
                ForgeError::NotFound(text)
            }
            forge::ForgeError::Forbidden { .. }
            | forge::ForgeError::Unauthorized { .. }
            | forge::ForgeError::Refused { .. }
            | forge::ForgeError::Unsupported(_)
            | forge::ForgeError::Invalid(_) => ForgeError::Refused(text),
            forge::ForgeError::Limited { after, .. } => ForgeError::Limited(after),
            forge::ForgeError::Unreachable { .. } | forge::ForgeError::Unavailable { .. } => {
                ForgeError::Unavailable(text)
            }
            forge::ForgeError::Unknown { .. } => ForgeError::Unknown(text),
            forge::ForgeError::DryRun { .. } => ForgeError::DryRun,
            forge::ForgeError::Malformed { .. } => ForgeError::Other(text),
        }
    }
}

fn no_repository(verb: &str, reason: &str) -> Nothing {
    ForgeError::Denied { what: format!("`{verb}` on the forge: {reason}"), grant: None }.into()
}

/// What tells our comment of this name from all others. Whatever could end the HTML comment is left out of it.
fn marker(name: &str) -> Result<String, ForgeError> {
    let mut kept = String::new();
    for character in name.chars().take(100) {
        let safe =
            if character.is_ascii_alphanumeric() || "._/".contains(character) { character } else { '-' };
        if safe != '-' || !kept.ends_with('-') {
            kept.push(safe);
        }
    }
    let kept = kept.trim_matches('-');
    if kept.is_empty() {
        return Err(ForgeError::Refused("the comment's name holds no letter and no digit".into()));
    }
    Ok(format!("<!-- countersign:{kept} -->"))
}

fn in_words(error: &ForgeError) -> String {
    match error {
        ForgeError::Denied { what, .. } => format!("denied {what}"),
        ForgeError::NotFound(text)
        | ForgeError::Refused(text)
        | ForgeError::Unavailable(text)
        | ForgeError::Unknown(text)
        | ForgeError::Other(text) => text.clone(),
        ForgeError::Limited(after) => format!("the rate limit ends in {} seconds", after.as_secs()),
        ForgeError::DryRun => "not sent in a dry run".into(),
    }
}

fn state_of(state: StatusState) -> StateOfStatus {
    match state {
        StatusState::Success => StateOfStatus::Success,
        StatusState::Failure => StateOfStatus::Failure,
        StatusState::Error => StateOfStatus::Error,
        StatusState::Pending => StateOfStatus::Pending,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn work() -> ForgeWork {
        ForgeWork { client: None, own: None, commit: "a".repeat(40) }
    }

    fn told(error: forge::ForgeError) -> Nothing {
        let work = work();
        let turn = Turn { work: &work, verb: "dispatch", dry_run: false };
        turn.told(&Slug::new("acme", "web"), error).into()
    }

    fn what() -> String {
        "POST /repos/acme/web/dispatches".into()
    }

    #[test]
    fn only_an_unknown_answer_counts_as_written() {
        let lost = told(forge::ForgeError::Unknown { what: what(), why: "the connection broke".into() });
        assert!(lost.wrote && matches!(lost.error, ForgeError::Unknown(_)));
        for error in [
            forge::ForgeError::Unreachable { api: "https://api.github.com".into(), why: String::new() },
            forge::ForgeError::Unavailable { what: what(), status: 503 },
            forge::ForgeError::Limited { what: what(), after: Duration::from_secs(60) },
            forge::ForgeError::Moved { what: what(), to: None },
            forge::ForgeError::NotFound { what: what() },
            forge::ForgeError::Forbidden { what: what(), needs: None },
            forge::ForgeError::Unauthorized { what: what() },
            forge::ForgeError::Refused { what: what(), status: 422, message: String::new() },
            forge::ForgeError::Malformed { what: what(), why: String::new() },
            forge::ForgeError::DryRun { what: what() },
            forge::ForgeError::NoCredential("`GITHUB_TOKEN` is not set".into()),
            forge::ForgeError::Unsupported("Gitea has no dispatch".into()),
            forge::ForgeError::Invalid("it is too long".into()),
        ] {
            let shown = error.to_string();
            let nothing = told(error);
            assert!(!nothing.wrote && !matches!(nothing.error, ForgeError::Unknown(_)), "{shown}");
        }
    }

    #[test]
    fn without_a_repository_the_denial_says_what_is_missing() {
        let work = work();
        let turn = Turn::new(Some(&work), "dispatch", false).ok().unwrap();
        let nothing = turn.dispatch("contract-changed", "{}").err().unwrap();
        let ForgeError::Denied { what, .. } = nothing.error else { panic!("it is denied") };
        assert!(what.contains("names no `repository`"), "{what}");
        let nothing = turn.comment("watcher", "text").err().unwrap();
        let ForgeError::Denied { what, .. } = nothing.error else { panic!("it is denied") };
        assert!(what.contains("`[pipeline]`"), "{what}");
        assert!(Turn::new(None, "dispatch", false).is_err());
    }

    #[test]
    fn a_marker_cannot_be_broken_out_of() {
        assert_eq!(marker("watcher").unwrap(), "<!-- countersign:watcher -->");
        assert_eq!(marker("a --> <img src=x>").unwrap(), "<!-- countersign:a-img-src-x -->");
        assert_eq!(marker("Ünit/v1.2_b--").unwrap(), "<!-- countersign:nit/v1.2_b -->");
        assert!(marker("-->").is_err());
        assert!(marker(&"x".repeat(5000)).unwrap().len() < 130);
    }
}
