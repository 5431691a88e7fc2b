//! What was found on the way from the document to the client: adaptions, which the user is told of, and what
//! cannot be done, which ends the stage with the place of each.

use countersign_document::Document;
use countersign_plugin::{Diagnostic, Failure, diagnostic};

/// Why a part of the document cannot become code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blame {
    /// The document contradicts OpenAPI.
    Document,
    /// The document is fine, and the generator has no way to say it.
    Generator,
}

/// One part of the document that cannot become code.
#[derive(Debug)]
struct Problem {
    blame: Blame,
    code: &'static str,
    pointer: String,
    message: String,
}

/// All that was found, in the order of the document.
#[derive(Debug, Default)]
pub(crate) struct Report {
    problems: Vec<Problem>,
    /// What was done, and where.
    adaptions: Vec<(String, Vec<String>)>,
}

/// Problems that a failure shows; more would bury the first.
const SHOWN: usize = 20;

impl Report {
    /// Something was made in another way than the document says it.
    pub(crate) fn adapted(&mut self, place: &str, what: impl Into<String>) {
        let what = what.into();
        let known = self.adaptions.iter().position(|(known, _)| *known == what);
        let index = known.unwrap_or_else(|| {
            self.adaptions.push((what, Vec::new()));
            self.adaptions.len() - 1
        });
        let places = &mut self.adaptions[index].1;
        if !places.iter().any(|known| known == place) {
            places.push(place.to_owned());
        }
    }

    /// The document is wrong here.
    pub(crate) fn broken(&mut self, code: &'static str, pointer: &str, message: impl Into<String>) {
        self.push(Blame::Document, code, pointer, message.into());
    }

    /// The generator cannot do this.
    pub(crate) fn unsupported(&mut self, pointer: &str, message: impl Into<String>) {
        self.push(Blame::Generator, "unsupported", pointer, message.into());
    }

    fn push(&mut self, blame: Blame, code: &'static str, pointer: &str, message: String) {
        self.problems.push(Problem { blame, code, pointer: pointer.into(), message });
    }

    /// One warning for each way, with its places: a large API would drown the log.
    fn warnings(&self) -> Vec<String> {
        let told = self.adaptions.iter().map(|(what, places)| {
            let shown: Vec<_> =
                places.iter().take(SHOWN).map(|place| format!("`{}`", place.replace('`', "'"))).collect();
            let more = places.len().saturating_sub(SHOWN);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            format!("{what}: {}{more}", shown.join(", "))
        });
        told.collect()
    }

    /// The warnings, unless something stands in the way of a client.
    pub(crate) fn settle(self, source: &Document<'_>) -> Result<Vec<String>, Failure> {
        if self.problems.is_empty() {
            return Ok(self.warnings());
        }
        let broken: Vec<_> =
            self.problems.iter().filter(|problem| problem.blame == Blame::Document).collect();
        if !broken.is_empty() {
            let told = broken.iter().take(SHOWN).map(|problem| problem.diagnostic(source));
            return Err(Failure::InvalidInput(told.collect()));
        }
        let told = self.problems.iter().take(SHOWN);
        let told: Vec<_> =
            told.map(|problem| format!("{} at `{}`", problem.message, problem.pointer)).collect();
        let more = self.problems.len().saturating_sub(SHOWN);
        let more = if more == 0 { String::new() } else { format!("; and {more} more") };
        Err(Failure::Unsupported(format!("{}{more}", told.join("; "))))
    }
}

impl Problem {
    fn diagnostic(&self, source: &Document<'_>) -> Diagnostic {
        let at = source.root().resolve(&self.pointer).map(countersign_document::Node::location);
        let message = match at {
            Some(_) => self.message.clone(),
            None => format!("{} at `{}`", self.message, self.pointer),
        };
        Diagnostic { at, ..diagnostic(self.code, message) }
    }
}
