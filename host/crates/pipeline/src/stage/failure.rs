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
        if matches!(error.cause, StageCause::Failure(Failure::Unavailable(_))) {
            Self::Unavailable(problem)
        } else {
            Self::Problem(problem)
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
        StageCause::Failure(failure) => reported(failure, subject, plugin),
        StageCause::Panic(_)
        | StageCause::Trap { .. }
        | StageCause::Exceeded(_)
        | StageCause::Denied { .. }
        | StageCause::WrongWorld { .. }
        | StageCause::MissingImport { .. }
        | StageCause::Invalid(_)
        | StageCause::Engine(_) => Problem::new(
            code(&error.cause),
            format!("`{subject}`: the {kind} stage {plugin} failed: {}", error.cause),
        ),
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

/// A failure in the stage's own words.
fn reported(failure: &Failure, subject: &str, plugin: &str) -> Problem {
    match failure {
        Failure::InvalidInput(diagnostics) => {
            refused(diagnostics, &format!("`{subject}`: {plugin} refused the document"))
        }
        Failure::InvalidConfig(diagnostics) => {
            refused(diagnostics, &format!("`{subject}`: {plugin} refused its configuration"))
        }
        Failure::Unavailable(text) => Problem::new("source-unreachable", format!("`{subject}`: {text}")),
        Failure::ToolFailed(text) => Problem::new("tool-failed", format!("`{subject}`: {text}")),
        Failure::Denied(text) => {
            Problem::new("stage-denied", format!("`{subject}`: {plugin} was denied {text}"))
        }
        Failure::Unsupported(text) | Failure::Other(text) => {
            Problem::new("stage-failed", format!("`{subject}`: {plugin} failed: {text}"))
        }
    }
}

/// The first diagnostic is the message, the others are causes: there is one thing to mend first.
fn refused(diagnostics: &[Diagnostic], subject: &str) -> Problem {
    let line = |diagnostic: &Diagnostic| match &diagnostic.at {
        None => diagnostic.message.clone(),
        Some(at) => {
            let line = at.line.map(|line| format!("line {line}"));
            let column = at.column.map(|column| format!("column {column}"));
            let pointer = (!at.pointer.is_empty()).then(|| at.pointer.clone());
            let place: Vec<_> = [line, column, pointer].into_iter().flatten().collect();
            if place.is_empty() {
                return diagnostic.message.clone();
            }
            format!("{} ({})", diagnostic.message, place.join(", "))
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
    if let StageCause::WrongWorld { expected, .. } = cause {
        return format!("name a {expected} plugin here; `countersign plugin list` shows them");
    }
    format!("`countersign plugin inspect {plugin}` shows what the component is and needs")
}

fn frames(cause: &StageCause) -> Option<String> {
    let StageCause::Trap { frames, .. } = cause else { return None };
    (!frames.is_empty()).then(|| frames.join(" < "))
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
        StageCause::Failure(_)
        | StageCause::Denied { grant: None, .. }
        | StageCause::WrongWorld { .. }
        | StageCause::MissingImport { .. }
        | StageCause::Invalid(_) => None,
    }
}
