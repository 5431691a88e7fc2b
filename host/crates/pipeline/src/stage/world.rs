use super::{ForgeWork, Siblings, forge};
use crate::tool::{self, Caller, Completed, Generation, Output, Remark, Rung, Tool};
use crate::web::Web;
use countersign_engine::{
    Capabilities, CommitStatus, ForgeError, HttpError, HttpRequest, HttpResponse, InputError, OpenedInput,
    ToolCompleted, ToolError, ToolFile,
};
use countersign_model::Problem;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a tool is run for.
#[derive(Clone, Debug)]
pub(crate) enum Job {
    /// A document: in place, since it needs the code.
    Dump,
    /// A client: in a mirror.
    Generate {
        /// The client's root, relative to the repository.
        root: String,
        /// Its output, relative to the root.
        output: String,
        /// The snapshot's path, relative to the repository.
        spec: String,
    },
}

/// What became of the tools that a stage ran: what the guest is told in words, the host keeps as facts.
#[derive(Clone, Default)]
pub(crate) struct Outcome(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    problem: Option<Problem>,
    wrote: bool,
    written_elsewhere: Vec<String>,
    remarks: Vec<Remark>,
    rung: Option<Rung>,
}

impl Outcome {
    /// What was wrong with the last tool that failed.
    pub(crate) fn take_problem(&self) -> Option<Problem> {
        self.with(|kept| kept.problem.take())
    }

    /// Files that a tool wrote beside its output. They were discarded.
    pub(crate) fn take_written_elsewhere(&self) -> Vec<String> {
        self.with(|kept| std::mem::take(&mut kept.written_elsewhere))
    }

    /// What else the tools tried that they were not to.
    pub(crate) fn take_remarks(&self) -> Vec<Remark> {
        self.with(|kept| std::mem::take(&mut kept.remarks))
    }

    /// How the last tool was kept apart; none where none ran.
    pub(crate) fn rung(&self) -> Option<Rung> {
        self.with(|kept| kept.rung)
    }

    /// Whether a request that changes something may have reached the other side.
    pub(crate) fn wrote(&self) -> bool {
        self.with(|kept| kept.wrote)
    }

    fn with<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        work(&mut self.0.lock().expect("nothing panics while it holds this lock"))
    }
}

/// The outside world of one call.
pub(crate) struct World {
    /// The folder of `pipeline.toml`: what inputs are relative to.
    pub(crate) root: PathBuf,
    /// The repository's top folder.
    pub(crate) repository: PathBuf,
    pub(crate) web: Arc<Web>,
    pub(crate) tools: BTreeMap<String, Tool>,
    pub(crate) caller: Caller,
    pub(crate) job: Job,
    /// The most that one request may take.
    pub(crate) timeout: Option<Duration>,
    /// The files beside the document that the stage is called with.
    pub(crate) siblings: Siblings,
    /// The repositories that a notice is about; none for any other stage.
    pub(crate) forge: Option<ForgeWork>,
    /// Whether tools must not run and the forge is not told, because nothing may leave this machine.
    pub(crate) dry_run: bool,
    pub(crate) outcome: Outcome,
}

impl Capabilities for World {
    fn http(&mut self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        request.timeout = request.timeout.into_iter().chain(self.timeout).min();
        let changes_something = !matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS");
        let answer = self.web.send(request);
        let certainly_not_sent =
            matches!(answer, Err(HttpError::Denied { .. } | HttpError::Unreachable(_) | HttpError::DryRun));
        if changes_something && !certainly_not_sent {
            self.outcome.with(|kept| kept.wrote = true);
        }
        answer
    }

    fn tool(&mut self, name: &str, input: Option<&[u8]>) -> Result<ToolCompleted, ToolError> {
        if self.dry_run {
            return Err(ToolError::Denied(format!("the tool `{name}` in a dry run")));
        }
        let tool = self.tools.get(name).ok_or_else(|| ToolError::Denied(format!("the tool `{name}`")))?;
        let ran = match &self.job {
            Job::Dump => tool::dump(&self.repository, &self.root, "document", tool, &self.caller),
            Job::Generate { root, output, spec } => {
                let document = input
                    .ok_or_else(|| ToolError::Other("the generator was run without a document".into()))?;
                let generation = Generation { repository: &self.repository, root, output, spec, document };
                tool::generate(&generation, tool, &self.caller)
            }
        };
        match ran {
            Ok(completed) => {
                self.outcome.with(|kept| {
                    kept.written_elsewhere.extend(completed.written_elsewhere.iter().cloned());
                    kept.remarks.extend(completed.remarks.iter().cloned());
                    kept.rung = Some(completed.rung);
                });
                Ok(handed_over(completed, tool::is_written(tool) || !matches!(self.job, Job::Dump)))
            }
            Err(error) => {
                self.outcome.with(|kept| kept.problem = Some(error.problem()));
                Err(told(&error))
            }
        }
    }

    fn input(&mut self, path: &str) -> Result<OpenedInput, InputError> {
        match crate::store::read_file(&self.root, std::path::Path::new(path)) {
            Ok(Some(content)) => {
                Ok(OpenedInput { content: content.into(), media_type: media_type(path).into() })
            }
            Ok(None) => Err(InputError::NotFound(format!("there is no file `{path}`"))),
            Err(error) => Err(InputError::Other(error.to_string())),
        }
    }

    fn sibling(&mut self, path: &str) -> Result<OpenedInput, InputError> {
        self.siblings.open(path)
    }

    fn dispatch(&mut self, event_type: &str, payload: &str) -> Result<(), ForgeError> {
        let answer = self.forge("dispatch").and_then(|work| work.dispatch(event_type, payload));
        self.kept(answer)
    }

    fn dispatch_workflow(
        &mut self,
        workflow: &str,
        reference: Option<&str>,
        inputs: &[(String, String)],
    ) -> Result<(), ForgeError> {
        let answer = self
            .forge("dispatch-workflow")
            .and_then(|work| work.dispatch_workflow(workflow, reference, inputs));
        self.kept(answer)
    }

    fn comment(&mut self, name: &str, body: &str) -> Result<Option<String>, ForgeError> {
        let answer = self.forge("comment").and_then(|work| work.comment(name, body));
        self.kept(answer)
    }

    fn set_status(&mut self, status: &CommitStatus) -> Result<(), ForgeError> {
        let answer = self.forge("status").and_then(|work| work.set_status(status));
        self.kept(answer)
    }
}

impl World {
    /// The repositories that a notice is about, where something may be written to them.
    fn forge(&self, verb: &'static str) -> Result<forge::Turn<'_>, forge::Nothing> {
        forge::Turn::new(self.forge.as_ref(), verb, self.dry_run)
    }

    /// Keep as a fact whether a write may have taken effect, whatever the guest makes of the answer.
    fn kept<T>(&self, answer: Result<forge::Did<T>, forge::Nothing>) -> Result<T, ForgeError> {
        let wrote = match &answer {
            Ok(did) => did.wrote,
            Err(nothing) => nothing.wrote,
        };
        if wrote {
            self.outcome.with(|kept| kept.wrote = true);
        }
        answer.map(|did| did.value).map_err(|nothing| nothing.error)
    }
}

/// Where no `{out}` was declared, the runner's output is what the command printed.
fn handed_over(completed: Completed, written: bool) -> ToolCompleted {
    let stderr = completed.stderr.text.into_bytes();
    let file = |(path, content)| ToolFile { path, content };
    match completed.output {
        Output::File(document) if !written => ToolCompleted { stdout: document, stderr, output: None },
        Output::File(document) => ToolCompleted {
            stdout: completed.stdout.text.into_bytes(),
            stderr,
            output: Some(vec![file((String::new(), document))]),
        },
        Output::Folder(files) => ToolCompleted {
            stdout: completed.stdout.text.into_bytes(),
            stderr,
            output: Some(files.into_iter().map(file).collect()),
        },
    }
}

fn told(error: &tool::ToolError) -> ToolError {
    let text = error.to_string();
    if matches!(error, tool::ToolError::NotFound { .. }) {
        ToolError::NotFound(text)
    } else if matches!(error, tool::ToolError::Timeout { .. }) {
        ToolError::Timeout(text)
    } else if matches!(error, tool::ToolError::Damaged { .. }) {
        ToolError::Damaged(text)
    } else {
        ToolError::Failed(text)
    }
}

/// The media type by the file's name; the canonicalizers look at the content where this is not enough.
pub(crate) fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).as_deref() {
        Some("json") => "application/json",
        Some("yaml" | "yml") => "application/yaml",
        Some("txt" | "md" | "wit" | "proto" | "graphql") => "text/plain",
        Some(_) | None => "application/octet-stream",
    }
}
