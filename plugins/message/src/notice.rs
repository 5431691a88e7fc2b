use countersign_plugin::{Failure, diagnostic};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a change of a record means for a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Something that worked fails.
    Breaking,
    /// Something may fail.
    Risky,
    /// Nothing that worked fails.
    Compatible,
    /// The contract has no earlier record.
    New,
    /// The record stands, and the running service does not answer as it says.
    Violated,
    /// Nothing changed that is a contract's: somebody pushed.
    Pushed,
}

impl Verdict {
    /// The word of the payload.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Risky => "risky",
            Self::Compatible => "compatible",
            Self::New => "new",
            Self::Violated => "violated",
            Self::Pushed => "pushed",
        }
    }
}

/// What one change means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Impact {
    /// Nothing that worked fails.
    Compatible,
    /// Something may fail, depending on the client.
    Risky,
    /// Something that worked fails.
    Breaking,
}

impl Impact {
    /// The word of the payload.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Risky => "risky",
            Self::Breaking => "breaking",
        }
    }
}

/// One change, as far as a message tells it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Finding {
    /// The rule's id.
    #[serde(default)]
    pub rule: String,
    /// What it means.
    pub impact: Impact,
    /// One sentence; parts in backticks are code.
    pub summary: String,
    /// The operations that the change reaches.
    #[serde(default)]
    pub operations: Vec<String>,
}

/// How many changes there are of each impact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// What worked and fails.
    pub breaking: usize,
    /// What may fail.
    pub risky: usize,
    /// The rest.
    pub compatible: usize,
}

/// Where the contract is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Provider {
    /// The repository, such as `github:acme/api`.
    pub repository: String,
    /// The path of the snapshot there.
    pub path: String,
}

/// The payload of a notice, read tolerantly: what a later version added is ignored, and what an earlier one
/// did not know is empty.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Notice {
    /// The effect key.
    #[serde(default)]
    pub key: String,
    /// The contract.
    pub contract: String,
    /// The client that hears of it; none for a channel of the contract itself.
    #[serde(default)]
    pub client: Option<String>,
    /// Every client of the contract.
    #[serde(default)]
    pub clients: Vec<String>,
    /// The commit that changed the record.
    #[serde(default)]
    pub commit: String,
    /// The digest of the record before; none for a new contract.
    #[serde(default)]
    pub from: Option<String>,
    /// The digest of the record after.
    #[serde(default)]
    pub to: String,
    /// What it means.
    pub verdict: Verdict,
    /// The changes, breaking ones first.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// How many changes there are in all.
    #[serde(default)]
    pub total: usize,
    /// How many of each impact, where the payload tells; see [`Notice::counts`].
    #[serde(default, rename = "counts")]
    pub(crate) told: Option<Counts>,
    /// Where the contract is kept.
    #[serde(default)]
    pub provider: Option<Provider>,
    /// Where to read more: `commit`, `compare`, `snapshot`, `pull-request`.
    #[serde(default)]
    pub links: BTreeMap<String, String>,
    /// The pushes, where that is what it is about.
    #[serde(default)]
    pub pushes: Vec<crate::Pushes>,
}

impl Notice {
    /// Read the payload of a notice.
    ///
    /// # Errors
    /// [`Failure::InvalidInput`] where it does not have the published shape.
    pub fn parse(payload: &str) -> Result<Self, Failure> {
        let mut notice: Self = serde_json::from_str(payload).map_err(|error| {
            Failure::InvalidInput(vec![diagnostic(
                "invalid-notice",
                format!("the notice's payload: {error}"),
            )])
        })?;
        notice.findings.sort_by_key(|finding| std::cmp::Reverse(finding.impact));
        notice.total = notice.total.max(notice.findings.len());
        Ok(notice)
    }

    /// How many changes there are of each impact; counted where the payload does not tell.
    pub fn counts(&self) -> Counts {
        let count = |impact| self.findings.iter().filter(|finding| finding.impact == impact).count();
        self.told.unwrap_or_else(|| Counts {
            breaking: count(Impact::Breaking),
            risky: count(Impact::Risky),
            compatible: count(Impact::Compatible),
        })
    }

    /// A link by its name, if it is one that can be followed.
    pub fn link(&self, name: &str) -> Option<String> {
        self.links.get(name).and_then(|url| crate::safe_url(url))
    }

    /// The link that says most about the change.
    pub fn main_link(&self) -> Option<String> {
        ["commit", "compare", "snapshot"].into_iter().find_map(|name| self.link(name))
    }
}
