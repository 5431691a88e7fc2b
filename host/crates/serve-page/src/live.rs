//! What changed, for pages that are open: the words of the server-sent events.

/// What a page shows. An event that names it makes the page fetch itself again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Contracts and clients.
    Contracts,
    /// Runs.
    Runs,
    /// Deliveries.
    Deliveries,
    /// Nodes.
    Nodes,
    /// Pointers.
    Pointers,
}

impl Topic {
    /// The word in the event, and in a page's `data-live`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contracts => "contracts",
            Self::Runs => "runs",
            Self::Deliveries => "deliveries",
            Self::Nodes => "nodes",
            Self::Pointers => "pointers",
        }
    }
}

/// The name of the event.
pub const EVENT: &str = "changed";

/// The data of an event: its topics, with a space between.
pub fn data(topics: &[Topic]) -> String {
    topics.iter().map(|topic| topic.as_str()).collect::<Vec<_>>().join(" ")
}
