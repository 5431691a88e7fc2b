use countersign_engine::{Diagnostic, Failure, StageCause, StageError};
use countersign_model::Problem;

/// A stage did not give a result.
#[derive(Debug)]
pub(crate) enum StageFailure {
    /// The source could not be reached: not drift, and not undecided either.
    Unavailable(Box<Problem>),
    /// Anything else.
    Problem(Box<Problem>),
}

impl StageFailure {
    pub(crate) fn of(error: &StageError) -> Self {
        let problem = Box::new(problem(error));
        match error.cause {
            StageCause::Failure(Failure::Unavailable(_)) => Self::Unavailable(problem),
            _ => Self::Problem(problem),
        }
    }

    pub(crate) fn into_problem(self) -> Problem {
        match self {
            Self::Unavailable(problem) | Self::Problem(problem) => *problem,
        }
    }
}

impl From<Problem> for StageFailure {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

/// A stage's failure as a problem: what failed and for whom, why, with which component, and what to do.
pub(crate) fn problem(error: &StageError) -> Problem {
    let digest: String = error.digest.chars().take("sha256:".len() + 12).collect();
    let subject = &error.subject;
    let (plugin, kind) = (&error.plugin, error.kind);
    let problem = match &error.cause {
        StageCause::Failure(Failure::InvalidInput(diagnostics)) => {
            return refused(diagnostics, &format!("`{subject}`: {plugin} refused the document"))
                .cause(format!("plugin {plugin}, {digest}"));
        }
        StageCause::Failure(Failure::InvalidConfig(diagnostics)) => {
            return refused(diagnostics, &format!("`{subject}`: {plugin} refused its configuration"))
                .cause(format!("plugin {plugin}, {digest}"));
        }
        StageCause::Failure(Failure::Unavailable(text)) => {
            Problem::new("source-unreachable", format!("`{subject}`: {text}"))
        }
        StageCause::Failure(Failure::ToolFailed(text)) => {
            Problem::new("tool-failed", format!("`{subject}`: {text}"))
        }
        cause => Problem::new(code(cause), format!("`{subject}`: the {kind} stage {plugin} failed: {cause}")),
    };
    let problem = match frames(&error.cause) {
        Some(frames) => problem.cause(format!("in {frames}")),
        None => problem,
    };
    let problem = problem.cause(format!("plugin {plugin}, {digest}"));
    match hint(&error.cause, plugin) {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}

/// The first diagnostic is the message, the others are causes: there is one thing to mend first.
fn refused(diagnostics: &[Diagnostic], subject: &str) -> Problem {
    let line = |diagnostic: &Diagnostic| match &diagnostic.at {
        None => diagnostic.message.clone(),
        Some(at) => {
            let place = match (at.line, at.column) {
                (Some(line), Some(column)) => format!(" at line {line}, column {column}"),
                (Some(line), None) => format!(" at line {line}"),
                (None, _) => String::new(),
            };
            let pointer = if at.pointer.is_empty() { String::new() } else { format!(" ({})", at.pointer) };
            format!("{}{place}{pointer}", diagnostic.message)
        }
    };
    let Some((first, others)) = diagnostics.split_first() else {
        return Problem::new("stage-failed", format!("{subject} and does not say why"));
    };
    let problem = Problem::new(&first.code, format!("{subject}: {}", line(first)));
    let problem = others.iter().fold(problem, |problem, other| problem.cause(line(other)));
    match &first.help {
        Some(help) => problem.hint(help.clone()),
        None => problem,
    }
}

/// The code of a cause, for those who match on it.
pub(crate) fn code(cause: &StageCause) -> &'static str {
    match cause {
        StageCause::Failure(_) => "stage-failed",
        StageCause::Panic(_) => "stage-panicked",
        StageCause::Trap { .. } => "stage-trapped",
        StageCause::Exceeded(_) => "stage-limit",
        StageCause::Denied { .. } => "stage-denied",
        StageCause::WrongWorld { .. } => "wrong-world",
        StageCause::MissingImport { .. } => "missing-import",
        StageCause::Invalid(_) => "invalid-component",
        StageCause::Engine(_) => "engine-failed",
    }
}

/// What to do about a plugin that cannot be used.
pub(crate) fn advice(cause: &StageCause, plugin: &countersign_model::Name) -> String {
    match cause {
        StageCause::WrongWorld { expected, .. } => {
            format!("name a {expected} plugin here; `countersign plugin list` shows them")
        }
        _ => format!("`countersign plugin inspect {plugin}` shows what the component is and needs"),
    }
}

fn frames(cause: &StageCause) -> Option<String> {
    match cause {
        StageCause::Trap { frames, .. } if !frames.is_empty() => Some(frames.join(" < ")),
        _ => None,
    }
}

fn hint(cause: &StageCause, plugin: &str) -> Option<String> {
    match cause {
        StageCause::Denied { grant: Some(grant), .. } if grant.starts_with('[') => Some(format!("add this to pipeline.toml:\n{grant}")),
        StageCause::Denied { grant: Some(grant), .. } => Some(format!("add `{grant}` under `[plugins.{plugin}]`")),
        StageCause::Exceeded(exceeded) => {
            exceeded.remedy().map(|remedy| format!("if the plugin needs it, set `limits = {{ {remedy} }}` under `[plugins.{plugin}]` or in the stage"))
        }
        StageCause::Panic(_) | StageCause::Trap { .. } => Some(format!("this is a bug in the plugin: report it to the authors of {plugin}")),
        StageCause::Engine(_) => Some("run `countersign doctor`".into()),
        _ => None,
    }
}
