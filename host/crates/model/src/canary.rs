//! What a canary found: the answers of a running service, held against the record. Nothing in here holds a value of
//! an answer: answers may be about people, and reports are kept.

use crate::{Digest, Name, Problem, SentNotice, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the shape of a [`CanaryReport`]. Raised when a field is removed or changes its meaning.
pub const CANARY_SCHEMA_VERSION: u32 = 1;

/// What a run of `canary` found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CanaryReport {
    /// The version of this shape.
    pub schema_version: u32,
    /// The version of Countersign.
    pub version: String,
    /// Always `canary`.
    pub command: String,
    /// Whether requests were only planned, and none was sent.
    pub dry_run: bool,
    /// The worst of all contracts; `drift` where a service violates its record.
    pub verdict: Verdict,
    /// The exit status that goes with the verdict.
    pub exit_code: u8,
    /// Every contract whose service was asked, in the order of their names.
    pub contracts: Vec<CanaryContract>,
    /// How many there are of what.
    pub counts: CanaryCounts,
    /// Who was told of violations.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notices: Vec<SentNotice>,
    /// What kept violations from being told.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub problems: Vec<Problem>,
}

/// How many there are of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CanaryCounts {
    /// Endpoints that were asked, or would be.
    pub endpoints: usize,
    /// Endpoints whose answers agree with the record.
    pub agreed: usize,
    /// Endpoints whose answers violate the record.
    pub violating: usize,
    /// Endpoints that could not be reached.
    pub unreachable: usize,
    /// Endpoints and contracts that could not be decided.
    pub undecided: usize,
    /// Different violations of all endpoints.
    pub violations: usize,
}

/// One contract and its running service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CanaryContract {
    /// Its name.
    pub name: Name,
    /// The path of its snapshot, relative to `pipeline.toml`.
    pub snapshot: String,
    /// The base URL of the service.
    pub base: String,
    /// What it came to.
    pub verdict: Verdict,
    /// The digest of the record that the answers were held against.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub recorded: Option<Digest>,
    /// The identity of what is violated: contract, record and the set of violations. It stays the same while the same
    /// is wrong. None where nothing is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<Digest>,
    /// The endpoints, in the order of `pipeline.toml`.
    pub endpoints: Vec<CanaryEndpoint>,
    /// What kept this contract from being decided.
    pub problems: Vec<Problem>,
}

/// How an endpoint's answer stands to the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EndpointState {
    /// It was not asked: a dry run.
    Planned,
    /// The answer is one that the record declares.
    Agreed,
    /// It is not.
    Violating,
    /// There was no answer of the service's.
    Unreachable,
    /// It could not be decided.
    Undecided,
}

/// One endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CanaryEndpoint {
    /// The operation of the record, such as `GET /watches/{id}`.
    pub operation: String,
    /// The URL that was asked.
    pub url: String,
    /// How its answer stands to the record.
    pub state: EndpointState,
    /// The status of the answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<u16>,
    /// Whether a body was held against a schema. False for an answer without one, for another media type than JSON, and
    /// where the record declares no schema.
    pub body_compared: bool,
    /// What the answer violates, in the order of their places.
    pub violations: Vec<Violation>,
    /// How many more violations there are than are told.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub untold: usize,
    /// Why there is no answer, or why it could not be decided.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub problem: Option<Problem>,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// What is violated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ViolationRule {
    /// The record declares no such status.
    UndeclaredStatus,
    /// A header is missing that the record requires.
    MissingHeader,
    /// The record declares a body and there is none.
    MissingBody,
    /// The record declares no such media type for this status.
    UndeclaredMediaType,
    /// The body is not what its media type says.
    UnreadableBody,
    /// The body is not what the schema says.
    BodyMismatch,
}

impl ViolationRule {
    /// The code that `explain` knows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UndeclaredStatus => "undeclared-status",
            Self::MissingHeader => "missing-header",
            Self::MissingBody => "missing-body",
            Self::UndeclaredMediaType => "undeclared-media-type",
            Self::UnreadableBody => "unreadable-body",
            Self::BodyMismatch => "body-mismatch",
        }
    }
}

/// One way in which an answer violates the record. Its texts hold words of the record and of the answer's head, and no
/// value of its body: no renderer may print them unescaped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Violation {
    /// What is violated.
    pub rule: ViolationRule,
    /// Where in the body: a JSON Pointer (RFC 6901) to the first place. A property that the record does not name is `*`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instance: Option<String>,
    /// Where in the record: a JSON Pointer into the snapshot.
    pub schema: String,
    /// What the record asks for.
    pub expected: String,
    /// What was seen: a kind and a size, and no value.
    pub seen: String,
    /// In how many places of the body.
    pub places: usize,
}

impl Violation {
    /// Its identity within an endpoint: rule, places and what is asked for; nothing that changes with the length of a
    /// list.
    pub fn identity(&self) -> [String; 4] {
        let instance = self.instance.as_deref().map(without_indices).unwrap_or_default();
        [self.rule.as_str().into(), instance, self.schema.clone(), self.expected.clone()]
    }
}

/// A pointer with `*` for every index.
fn without_indices(pointer: &str) -> String {
    let segment = |segment: &str| match segment.bytes().all(|byte| byte.is_ascii_digit()) {
        true if !segment.is_empty() => "*".to_owned(),
        true | false => segment.to_owned(),
    };
    pointer.split('/').map(segment).collect::<Vec<_>>().join("/")
}

impl CanaryEndpoint {
    /// An endpoint that nobody has asked yet.
    pub fn planned(operation: String, url: String) -> Self {
        Self {
            operation,
            url,
            state: EndpointState::Planned,
            status: None,
            body_compared: false,
            violations: Vec::new(),
            untold: 0,
            problem: None,
        }
    }

    fn verdict(&self) -> Verdict {
        match self.state {
            EndpointState::Planned | EndpointState::Agreed => Verdict::Agreed,
            EndpointState::Violating => Verdict::Drift,
            EndpointState::Unreachable => Verdict::Unreachable,
            EndpointState::Undecided => Verdict::Undecided,
        }
    }
}

impl CanaryContract {
    /// A contract with the verdict and the key that follow from its endpoints.
    pub fn new(
        name: Name,
        snapshot: String,
        base: String,
        recorded: Option<Digest>,
        endpoints: Vec<CanaryEndpoint>,
        problems: Vec<Problem>,
    ) -> Self {
        let own = if problems.is_empty() { Verdict::Agreed } else { Verdict::Undecided };
        let verdict = Verdict::worst(endpoints.iter().map(CanaryEndpoint::verdict).chain([own]));
        let key = recorded.and_then(|recorded| key(&name, recorded, &endpoints));
        Self { name, snapshot, base, verdict, recorded, key, endpoints, problems }
    }

    /// Every violation, with the operation whose answer it is in.
    pub fn violations(&self) -> impl Iterator<Item = (&str, &Violation)> {
        self.endpoints.iter().flat_map(|endpoint| {
            endpoint.violations.iter().map(move |violation| (endpoint.operation.as_str(), violation))
        })
    }
}

/// The digest over contract, record and the sorted set of violations; none where there is none.
fn key(contract: &Name, recorded: Digest, endpoints: &[CanaryEndpoint]) -> Option<Digest> {
    let mut all: Vec<Digest> = (endpoints.iter())
        .flat_map(|endpoint| endpoint.violations.iter().map(move |violation| (endpoint, violation)))
        .map(|(endpoint, violation)| {
            let identity = violation.identity();
            let parts =
                std::iter::once(endpoint.operation.as_str()).chain(identity.iter().map(String::as_str));
            Digest::of_parts(parts.map(str::as_bytes))
        })
        .collect();
    if all.is_empty() {
        return None;
    }
    // Two requests for one operation can have one and the same violation.
    all.sort_unstable();
    all.dedup();
    let texts: Vec<String> = all.iter().map(ToString::to_string).collect();
    let recorded = recorded.to_string();
    let parts = [contract.as_str(), &recorded].into_iter().chain(texts.iter().map(String::as_str));
    Some(Digest::of_parts(parts.map(str::as_bytes)))
}

impl CanaryReport {
    /// A report of the given contracts, with the verdict and the counts that follow from them.
    pub fn new(version: &str, dry_run: bool, contracts: Vec<CanaryContract>) -> Self {
        let verdict = Verdict::worst(contracts.iter().map(|contract| contract.verdict));
        Self {
            schema_version: CANARY_SCHEMA_VERSION,
            version: version.into(),
            command: "canary".into(),
            dry_run,
            verdict,
            exit_code: verdict.exit_code(),
            counts: CanaryCounts::of(&contracts),
            contracts,
            notices: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// The report with what was told of it. Somebody who may not have heard leaves it undecided, as in `notify`.
    #[must_use]
    pub fn with_notices(mut self, notices: Vec<SentNotice>, problems: Vec<Problem>) -> Self {
        if notices.iter().any(|notice| notice.state.is_trouble()) || !problems.is_empty() {
            self.verdict = Verdict::worst([self.verdict, Verdict::Undecided]);
            self.exit_code = self.verdict.exit_code();
        }
        self.notices = notices;
        self.problems = problems;
        self
    }
}

impl CanaryCounts {
    fn of(contracts: &[CanaryContract]) -> Self {
        let endpoints = || contracts.iter().flat_map(|contract| &contract.endpoints);
        let in_state = |state| endpoints().filter(|endpoint| endpoint.state == state).count();
        let undecided = contracts.iter().filter(|contract| !contract.problems.is_empty()).count();
        Self {
            endpoints: endpoints().count(),
            agreed: in_state(EndpointState::Agreed),
            violating: in_state(EndpointState::Violating),
            unreachable: in_state(EndpointState::Unreachable),
            undecided: in_state(EndpointState::Undecided) + undecided,
            violations: endpoints().map(|endpoint| endpoint.violations.len() + endpoint.untold).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violation(instance: &str, places: usize) -> Violation {
        Violation {
            rule: ViolationRule::BodyMismatch,
            instance: Some(instance.into()),
            schema: "/components/schemas/Watch/required".into(),
            expected: "the property `checked_at`".into(),
            seen: "an object without it".into(),
            places,
        }
    }

    fn contract(record: &[u8], violations: Vec<Violation>) -> CanaryContract {
        let state = if violations.is_empty() { EndpointState::Agreed } else { EndpointState::Violating };
        let planned = CanaryEndpoint::planned("GET /watches".into(), "http://localhost/watches".into());
        let endpoint = CanaryEndpoint { state, violations, ..planned };
        let (name, snapshot) = ("watcher".parse().unwrap(), "contracts/watcher/openapi.json".into());
        CanaryContract::new(
            name,
            snapshot,
            String::new(),
            Some(Digest::of(record)),
            vec![endpoint],
            Vec::new(),
        )
    }

    #[test]
    fn a_key_stays_while_the_same_is_wrong_whatever_the_length_of_the_list() {
        let key = contract(b"1", vec![violation("/items/0", 3)]).key;
        assert!(key.is_some());
        assert_eq!(contract(b"1", vec![violation("/items/7", 1)]).key, key);
        assert_eq!(contract(b"1", vec![violation("/items/7", 1), violation("/items/9", 2)]).key, key);
        assert_ne!(contract(b"2", vec![violation("/items/0", 3)]).key, key);
        assert_ne!(contract(b"1", vec![violation("/next", 3)]).key, key);
        assert_eq!(contract(b"1", Vec::new()).key, None);
    }

    #[test]
    fn an_unreachable_endpoint_counts_only_where_nothing_else_is_wrong() {
        let mut reached = contract(b"1", Vec::new());
        let away = CanaryEndpoint { state: EndpointState::Unreachable, ..reached.endpoints[0].clone() };
        reached.endpoints.push(away.clone());
        let verdict = |endpoints: Vec<CanaryEndpoint>| {
            let base = contract(b"1", Vec::new());
            CanaryContract::new(base.name, base.snapshot, base.base, base.recorded, endpoints, Vec::new())
                .verdict
        };
        assert_eq!(verdict(reached.endpoints.clone()), Verdict::Unreachable);
        let wrong = CanaryEndpoint { state: EndpointState::Violating, ..away };
        assert_eq!(verdict([reached.endpoints, vec![wrong]].concat()), Verdict::Drift);
    }
}
