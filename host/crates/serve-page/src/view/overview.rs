use super::{Link, NodeRow};
use countersign_model::Digest;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Where a contract, or a client of one, stands. Ordered: what needs a person most is the greatest.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It says what the record says.
    Agreed,
    /// A proposal was merged, and no run has seen the result yet.
    Merged,
    /// A pull request that cures it is open.
    Proposed,
    /// Nobody could decide it, or nobody has looked yet.
    #[default]
    Unknown,
    /// It says something else than the record.
    Drifted,
    /// A break blocks it, or its proposal was refused.
    Blocked,
}

impl State {
    /// Every state, the one that needs a person most first.
    pub const ALL: [Self; 6] =
        [Self::Blocked, Self::Drifted, Self::Unknown, Self::Proposed, Self::Merged, Self::Agreed];

    /// The word that people and formats read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agreed => "agreed",
            Self::Merged => "merged",
            Self::Proposed => "proposed",
            Self::Unknown => "unknown",
            Self::Drifted => "drifted",
            Self::Blocked => "blocked",
        }
    }
}

/// How many clients are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StateCounts {
    /// See [`State::Agreed`].
    pub agreed: u64,
    /// See [`State::Merged`].
    pub merged: u64,
    /// See [`State::Proposed`].
    pub proposed: u64,
    /// See [`State::Unknown`].
    pub unknown: u64,
    /// See [`State::Drifted`].
    pub drifted: u64,
    /// See [`State::Blocked`].
    pub blocked: u64,
}

impl StateCounts {
    /// The counts of these states.
    pub fn of(states: impl Iterator<Item = State>) -> Self {
        let mut counts = Self::default();
        states.for_each(|state| counts.add(state));
        counts
    }

    /// Count one more.
    pub fn add(&mut self, state: State) {
        *self.slot(state) += 1;
    }

    /// How many there are of a state.
    pub fn get(&self, state: State) -> u64 {
        *self.clone().slot(state)
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        State::ALL.iter().map(|state| self.get(*state)).sum()
    }

    /// The state that needs a person most; none where nothing was counted.
    pub fn worst(&self) -> Option<State> {
        State::ALL.into_iter().find(|state| self.get(*state) > 0)
    }

    fn slot(&mut self, state: State) -> &mut u64 {
        match state {
            State::Agreed => &mut self.agreed,
            State::Merged => &mut self.merged,
            State::Proposed => &mut self.proposed,
            State::Unknown => &mut self.unknown,
            State::Drifted => &mut self.drifted,
            State::Blocked => &mut self.blocked,
        }
    }
}

/// Every contract and client, as they stand. The page and the API show parts of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Overview {
    /// The repositories that clients live in: the columns of the matrix.
    pub consumers: Consumers,
    /// The contracts, in the order in which they are shown.
    pub contracts: Vec<ContractState>,
    /// The nodes.
    pub nodes: Vec<NodeRow>,
}

/// A contract and its clients, as they stand.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ContractState {
    /// Its name.
    pub name: String,
    /// Its format, such as `openapi`.
    pub format: String,
    /// How its record stands to what its source says.
    pub state: State,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
    /// Whose it is, such as `github:acme/watcher`; none for our own.
    pub provider: Option<String>,
    /// The digest of its record; none where there is none yet.
    pub digest: Option<Digest>,
    /// When its record last changed.
    pub changed_at: Option<Timestamp>,
    /// What there is to say of its state.
    pub detail: Option<Box<Detail>>,
    /// Its clients.
    pub clients: Vec<ClientState>,
}

/// A client, as it stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClientState {
    /// Its name.
    pub name: String,
    /// The repository that it lives in: its number in [`Overview::consumers`].
    pub consumer: u32,
    /// How it stands to the record.
    pub state: State,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
    /// What there is to say of its state.
    pub detail: Option<Box<Detail>>,
}

/// What there is to say of a state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// A sentence: the cause of a drift, say.
    pub note: Option<String>,
    /// Where more can be seen: the pull request, say.
    pub link: Option<Link>,
    /// The digest of the record that the client was made from.
    pub digest: Option<Digest>,
}

/// The repositories that clients live in, each with a number.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct Consumers {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Consumers {
    /// The number of a repository, which is known from now on.
    pub fn number(&mut self, repository: &str) -> u32 {
        if let Some(number) = self.numbers.get(repository) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).expect("fewer than four thousand million repositories");
        self.names.push(repository.to_owned());
        self.numbers.insert(repository.to_owned(), number);
        number
    }

    /// The name of a repository; empty for a number that nobody gave.
    pub fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", String::as_str)
    }

    /// All names, by their numbers.
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

impl From<Vec<String>> for Consumers {
    fn from(names: Vec<String>) -> Self {
        let mut consumers = Self::default();
        for name in &names {
            consumers.number(name);
        }
        consumers
    }
}

impl From<Consumers> for Vec<String> {
    fn from(consumers: Consumers) -> Self {
        consumers.names
    }
}
