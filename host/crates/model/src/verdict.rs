use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a run, or one contract of it, came to. Ordered: the worst is the greatest, and the worst of all
/// contracts is the run's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Code, record and clients say the same, and no break blocks.
    Agreed,
    /// A live source could not be reached, and nothing else is wrong. Not drift.
    Unreachable,
    /// Something is stale, or a break blocks.
    Drift,
    /// Something could not be decided: neither clean nor drift.
    Undecided,
    /// An accept was interrupted; nothing else can be said until it is recovered.
    Interrupted,
}

impl Verdict {
    /// The exit status, which is an interface.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Agreed => 0,
            Self::Drift => 1,
            Self::Undecided => 2,
            Self::Unreachable => 3,
            Self::Interrupted => 4,
        }
    }

    /// The word that people and formats read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agreed => "agreed",
            Self::Unreachable => "unreachable",
            Self::Drift => "drift",
            Self::Undecided => "undecided",
            Self::Interrupted => "interrupted",
        }
    }

    /// The worst of several; agreed where there are none.
    pub fn worst(verdicts: impl IntoIterator<Item = Self>) -> Self {
        verdicts.into_iter().max().unwrap_or(Self::Agreed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreachable_source_counts_only_where_nothing_else_is_wrong() {
        use Verdict::{Agreed, Drift, Undecided, Unreachable};
        assert_eq!(Verdict::worst([Agreed, Unreachable]).exit_code(), 3);
        assert_eq!(Verdict::worst([Drift, Unreachable]).exit_code(), 1);
        assert_eq!(Verdict::worst([Drift, Undecided, Agreed]).exit_code(), 2);
        assert_eq!(Verdict::worst([]).exit_code(), 0);
    }
}
