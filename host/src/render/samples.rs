//! Reports to render in tests.

use super::{Shape, Style};
use countersign_model::{
    BaselineReport, Blocked, CanaryContract, CanaryEndpoint, CanaryReport, Cause, Change, ChangeSet,
    ClientReport, ClientState, ContractReport, Digest, Direction, EndpointState, FileChange, FileChangeKind,
    Finding, FindingState, Fix, Impact, Location, NoticeState, NoticeVerdict, Observation, ObservedFrom,
    Place, Position, Problem, Proof, RecordState, Report, ReportedWaiver, SentNotice, Verdict, Violation,
    ViolationRule, Waiver, WaiverState,
};

/// What `report` looks like in a format, without colour.
pub(super) fn shown(report: &Report, format: Shape) -> String {
    shown_as(report, format, 0, false)
}

/// What `report` looks like in a format, with `-v` and `-q`.
pub(super) fn shown_as(report: &Report, format: Shape, verbose: u8, quiet: bool) -> String {
    let mut out = Vec::new();
    let source =
        |file: &str| (file == "pipeline.toml").then(|| "[contracts.watcher]\nformt = \"openapi\"\n".into());
    let style = Style { color: false, quiet, verbose, prefix: "", stop_token: "TOKEN", source: &source };
    super::render(report, format, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

pub(super) fn removed_field() -> Change {
    let pointer = "/components/schemas/Watch/properties/last_checked_at";
    Change {
        rule: "response-required-property-removed".into(),
        plugin: "diff-openapi".into(),
        impact: Impact::Breaking,
        direction: Direction::Response,
        subject: pointer.into(),
        summary: "removed the required property `last_checked_at` from the response".into(),
        before: Some("string".into()),
        after: None,
        base: Some(Location { pointer: pointer.into(), line: Some(812), column: Some(9) }),
        head: None,
        operations: ["GET /watches", "GET /watches/{watch_id}", "POST /watches"].map(String::from).into(),
        witness: None,
    }
}

fn compatible(summary: &str) -> Change {
    Change {
        rule: "response-property-added".into(),
        impact: Impact::Compatible,
        summary: summary.into(),
        subject: summary.into(),
        ..removed_field()
    }
}

fn file(path: &str, kind: FileChangeKind) -> FileChange {
    FileChange { path: path.parse().unwrap(), kind }
}

fn client(name: &str, state: ClientState) -> ClientReport {
    ClientReport {
        name: name.parse().unwrap(),
        place: Place::Local { output: "clients/watcher-python/src/watcher_client/generated".into() },
        state,
        proof: None,
        cause: None,
        files: Vec::new(),
        upcoming: None,
        cage: None,
        problems: Vec::new(),
    }
}

fn contract(name: &str, record: RecordState, clients: Vec<ClientReport>) -> ContractReport {
    ContractReport {
        name: name.parse().unwrap(),
        format: "openapi".into(),
        snapshot: format!("contracts/{name}/openapi.json"),
        verdict: Verdict::Agreed,
        record,
        recorded: Some(Digest::of(b"recorded")),
        baseline: Some(Digest::of(b"baseline")),
        observed: None,
        drift: ChangeSet::default(),
        changes: Vec::new(),
        breaks: Vec::new(),
        waivers: Vec::new(),
        clients,
        problems: Vec::new(),
        fixes: Vec::new(),
    }
}

fn baseline() -> BaselineReport {
    BaselineReport::At {
        revision: "origin/main".into(),
        commit: "3f8dbdd0c0ffee0c0ffee0c0ffee0c0ffee0c0ff".into(),
    }
}

fn report(mut contracts: Vec<ContractReport>, problems: Vec<Problem>) -> Report {
    contracts.iter_mut().for_each(ContractReport::settle_verdict);
    Report::new("0.1.0", "check", baseline(), contracts, problems)
}

/// The founding incident: a service dropped one response field.
pub(super) fn incident() -> Report {
    let upcoming = ["api/list_watches.py", "models/watch.py", "types.py"]
        .map(|path| file(path, FileChangeKind::Changed));
    let mut python = client("watcher-python", ClientState::Agreed);
    python.proof = Some(Proof::Lock);
    python.upcoming = Some(upcoming.into());
    let mut watcher = contract("watcher", RecordState::Stale, vec![python]);
    watcher.observed = Some(Observation { digest: Digest::of(b"observed"), from: ObservedFrom::Dump });
    watcher.drift = ChangeSet(vec![compatible("one"), removed_field(), compatible("two")]);
    watcher.fixes = vec![Fix {
        command: "countersign accept watcher".into(),
        does: "takes the new document as the record and regenerates watcher-python".into(),
    }];
    report(vec![watcher], Vec::new())
}

/// The founding incident, cured.
pub(super) fn accepted() -> Report {
    let mut contracts = incident().contracts;
    for contract in &mut contracts {
        contract.record = RecordState::Agreed;
        contract.fixes.clear();
        contract.settle_verdict();
    }
    Report::new("0.1.0", "accept", baseline(), contracts, Vec::new())
}

/// The founding incident, cured, on a branch whose baseline has the field: the break is in the drift and among
/// the breaks.
pub(super) fn accepted_break() -> Report {
    let mut report = accepted();
    let contract = &mut report.contracts[0];
    contract.breaks = vec![finding("0000000000000004", FindingState::Reported)];
    contract.changes = contract.drift.0.clone();
    Report::new("0.1.0", "accept", baseline(), report.contracts, Vec::new())
}

/// The first accept of a contract: there was nothing to differ from.
pub(super) fn recorded() -> Report {
    let mut report = accepted();
    let contract = &mut report.contracts[0];
    contract.drift = ChangeSet::default();
    contract.baseline = None;
    Report::new("0.1.0", "accept", BaselineReport::NoCommit, report.contracts, Vec::new())
}

/// A run of CI on the baseline branch, with a notice of each kind; `Failed` where one of them was not sent.
pub(super) fn told(states: &[NoticeState]) -> Report {
    let notice = |state: &NoticeState| SentNotice {
        contract: "watcher".parse().unwrap(),
        client: Some("archiver".parse().unwrap()),
        channel: "room".parse().unwrap(),
        key: "9f86d081884c7d659a2feaa0c55ad015".into(),
        commit: "3f8dbdd0c0ffee0c0ffee0c0ffee0c0ffee0c0ff".into(),
        verdict: NoticeVerdict::Breaking,
        state: *state,
        problem: match state {
            NoticeState::Delivered | NoticeState::Planned | NoticeState::Claimed => None,
            NoticeState::Unknown | NoticeState::Abandoned => {
                Some(Problem::new("notice-unknown", "no answer within 30 s"))
            }
            NoticeState::Failed => Some(
                Problem::new("stage-denied", "`archiver`: notify-webhook was denied `POST`")
                    .cause("plugin notify-webhook")
                    .hint("grant it"),
            ),
        },
    };
    let watcher =
        contract("watcher", RecordState::Agreed, vec![client("watcher-python", ClientState::Agreed)]);
    let report = report(vec![watcher], Vec::new());
    Report { command: "run".into(), ..report.with_notices(states.iter().map(notice).collect(), Vec::new()) }
}

/// A baseline that cannot be read, and nothing else that is wrong.
pub(super) fn uncounted() -> Report {
    let problem = Problem::new("baseline-unreadable", "the baseline `origin/main` cannot be read");
    Report { baseline: BaselineReport::Unreadable, ..report(agreed().contracts, vec![problem]) }
}

/// Two contracts with which nothing is wrong.
pub(super) fn agreed() -> Report {
    let somebody_elses =
        contract("archiver", RecordState::NotAsked, vec![client("archiver-ts", ClientState::Agreed)]);
    let own = contract("watcher", RecordState::Agreed, vec![client("watcher-python", ClientState::Agreed)]);
    report(vec![somebody_elses, own], Vec::new())
}

fn waiver(state: WaiverState, fingerprint: &str) -> ReportedWaiver {
    let waiver = Waiver {
        fingerprint: fingerprint.parse().unwrap(),
        owner: "ana".into(),
        reason: "archiver no longer reads it".into(),
        until: "2027-01-31".parse().unwrap(),
        summary: "removed `last_checked_at`".into(),
    };
    ReportedWaiver { waiver, state }
}

fn finding(fingerprint: &str, state: FindingState) -> Finding {
    Finding { fingerprint: fingerprint.parse().unwrap(), state, change: removed_field() }
}

/// An accepted break in each of its states, with its waivers.
pub(super) fn broken() -> Report {
    let mut elsewhere = client("archiver", ClientState::External);
    elsewhere.place = Place::External { repository: "github:CannObserv/archiver".into() };
    let mut watcher = contract("watcher", RecordState::Agreed, vec![elsewhere]);
    watcher.breaks = vec![
        finding("0000000000000001", FindingState::Blocking(Blocked::ExternalClient)),
        finding("0000000000000002", FindingState::Waived),
        finding("0000000000000003", FindingState::WaiverExpired),
        finding("0000000000000004", FindingState::Reported),
    ];
    watcher.changes = vec![removed_field(), compatible("three")];
    watcher.waivers = vec![
        waiver(WaiverState::Active, "0000000000000002"),
        waiver(WaiverState::Expired, "0000000000000003"),
        waiver(WaiverState::Spent, "0000000000000005"),
        waiver(WaiverState::Unmatched, "0000000000000006"),
    ];
    report(vec![watcher], Vec::new())
}

/// Everything that can go wrong with clients, and with the run as a whole.
pub(super) fn troubled() -> Report {
    let files = (1..=12).map(|number| file(&format!("models/m{number:02}.py"), FileChangeKind::Changed));
    let mut stale = client("by-hand", ClientState::Stale);
    stale.cause = Some(Cause::EditedByHand);
    stale.proof = Some(Proof::Generated);
    stale.files = files.chain([file("new.py", FileChangeKind::Added)]).collect();
    let mut undecided = client("no-tool", ClientState::Undecided);
    undecided.problems = vec![
        Problem::new("tool-failed", "tool `openapi-python-client` ended with status 1")
            .cause("Traceback (most recent call last):\n  File \"x.py\", line 1\nKeyError: 'paths'")
            .hint("add under `[clients.no-tool]`:\nkeep = [\"py.typed\"]"),
    ];
    let clients = vec![stale, undecided, client("unseen", ClientState::Unverified)];
    let watcher = contract("watcher", RecordState::NotAsked, clients);
    let at = Position { file: "pipeline.toml".into(), line: 2, column: 1 };
    let problem = Problem::new("unknown-key", "unknown key `formt` in `[contracts.watcher]`")
        .at(at)
        .hint("did you mean `format`?");
    let away = contract("zebra", RecordState::Unreachable, Vec::new());
    let mut report = report(vec![watcher, away], vec![problem]);
    report.baseline = BaselineReport::NoVersionControl;
    report
}

/// A canary whose endpoints stand in each of these ways.
pub(super) fn canary(states: &[EndpointState]) -> CanaryReport {
    let endpoint = |state: &EndpointState| {
        let url = "https://api.example.com/watches/42".into();
        let planned = CanaryEndpoint::planned("GET /watches/{id}".into(), url);
        let problem = |code: &str| {
            let at = Position { file: "pipeline.toml".into(), line: 2, column: 1 };
            Some(
                Problem::new(code, "the service could not be asked")
                    .cause("refused")
                    .hint("is it up?")
                    .at(at),
            )
        };
        let (status, violations, untold, problem) = match state {
            EndpointState::Planned => (None, Vec::new(), 0, None),
            EndpointState::Agreed => (Some(404), Vec::new(), 0, None),
            EndpointState::Violating => {
                (Some(200), vec![violation(None), violation(Some("/items/0"))], 3, None)
            }
            EndpointState::Unreachable => (None, Vec::new(), 0, problem("service-unreachable")),
            EndpointState::Undecided => (Some(200), Vec::new(), 0, problem("unusable-record")),
        };
        CanaryEndpoint { state: *state, status, violations, untold, problem, ..planned }
    };
    let endpoints = states.iter().map(endpoint).collect();
    let (name, snapshot) = ("watcher".parse().unwrap(), "contracts/watcher/openapi.json".into());
    let recorded = Some(Digest::of(b"record"));
    let base = "https://api.example.com/".into();
    let contract = CanaryContract::new(name, snapshot, base, recorded, endpoints, Vec::new());
    CanaryReport::new("0.1.0", states == [EndpointState::Planned], vec![contract])
}

fn violation(instance: Option<&str>) -> Violation {
    match instance {
        Some(instance) => Violation {
            rule: ViolationRule::BodyMismatch,
            instance: Some(instance.into()),
            schema: "/components/schemas/Watch/required".into(),
            expected: "the property `last_checked_at`".into(),
            seen: "an object of 3 properties without it".into(),
            places: 5,
        },
        None => Violation {
            rule: ViolationRule::MissingHeader,
            instance: None,
            schema: "/components/headers/Total".into(),
            expected: "the header `X-Total`".into(),
            seen: "an answer without it".into(),
            places: 1,
        },
    }
}
