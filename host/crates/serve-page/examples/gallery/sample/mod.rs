//! Views as a company with a dozen contracts would see them. The tests use them too.

mod history;
mod work;

pub(crate) use history::contract_page;
pub(crate) use work::{deliveries, delivery_page, nodes, pointers, run_page, runs};

use countersign_model::Digest;
use countersign_serve_page::html::{Frame, Viewer};
use countersign_serve_page::view::{
    ClientState, ContractState, Detail, HookHealth, HooksHealth, Link, Liveness, Overview, ProblemDetails,
    Readiness, Source, State,
};
use jiff::{SignedDuration, Timestamp};

/// The moment of all samples.
pub(crate) fn now() -> Timestamp {
    "2026-11-21T22:37:50Z".parse().expect("a time")
}

fn ago(seconds: i64) -> Timestamp {
    now() - SignedDuration::from_secs(seconds)
}

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// Somebody who only reads.
pub(crate) fn reader(path: &str) -> Frame {
    Frame { now: now(), viewer: Viewer::Reader { can_sign_in: true }, path: path.into() }
}

/// Somebody who may change.
pub(crate) fn editor(path: &str) -> Frame {
    let viewer = Viewer::SignedIn { name: "ada@example.com".into(), csrf: "kX3v9-7QmZ0".into() };
    Frame { viewer, ..reader(path) }
}

fn digest(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}

fn pull(number: u32, repository: &str) -> Option<Link> {
    let text = format!("{repository}#{number}");
    let url = format!("https://github.com/{repository}/pull/{number}");
    Some(Link { text, url })
}

fn note(note: &str, link: Option<Link>) -> Option<Box<Detail>> {
    Some(Box::new(Detail { note: Some(note.into()), link, digest: Some(digest("before")) }))
}

/// Clients of a contract: each a name, a repository, a state, and what there is to say.
type Clients<'a> = &'a [(&'a str, &'a str, State, Option<Box<Detail>>)];

fn contract(overview: &mut Overview, name: &str, state: State, changed: i64, clients: Clients<'_>) {
    let clients = clients.iter().map(|(client, repository, state, detail)| ClientState {
        name: (*client).to_owned(),
        consumer: overview.consumers.number(repository),
        state: *state,
        since: Some(ago(changed / 2)),
        detail: detail.clone(),
    });
    let clients = clients.collect();
    overview.contracts.push(ContractState {
        name: name.into(),
        format: if name == "events" { "json" } else { "openapi" }.into(),
        state,
        since: Some(ago(changed)),
        provider: (name == "payments").then(|| "github:acme/payments".into()),
        digest: (state != State::Unknown).then(|| digest(name)),
        changed_at: (state != State::Unknown).then(|| ago(changed)),
        detail: match state {
            State::Drifted => note("the code says something else since `5f2c1e9`", None),
            State::Proposed => note("the live document changed", pull(88, "acme/platform")),
            State::Agreed | State::Merged | State::Unknown | State::Blocked => None,
        },
        clients,
    });
}

/// Where everything stands.
pub(crate) fn overview() -> Overview {
    let mut overview = Overview::default();
    let (shop, archiver, mobile) =
        ("github:acme/shop", "github:acme/archiver", "gitea:git.example.com/acme/mobile");
    let (platform, reports) = ("github:acme/platform", "github:acme/reports");
    let (agreed, proposed) = (State::Agreed, State::Proposed);
    let to = &mut overview;
    contract(
        to,
        "accounts",
        agreed,
        12 * DAY,
        &[
            ("accounts-python", archiver, agreed, None),
            ("accounts-typescript", shop, agreed, None),
            (
                "accounts-swift",
                mobile,
                State::Merged,
                note("waits for the next run", pull(17, "acme/mobile")),
            ),
        ],
    );
    contract(
        to,
        "billing",
        State::Drifted,
        35 * MINUTE,
        &[
            ("billing-go", shop, agreed, None),
            ("billing-rust", platform, State::Drifted, note("the record moved on", None)),
        ],
    );
    contract(to, "catalogue", agreed, 40 * DAY, &[]);
    contract(
        to,
        "events",
        agreed,
        3 * DAY,
        &[
            ("events-python", reports, agreed, None),
            ("events-typescript", shop, agreed, None),
            ("events-kotlin", mobile, agreed, None),
            ("events-archive", archiver, agreed, None),
        ],
    );
    contract(to, "inventory", State::Unknown, DAY, &[("inventory-java", platform, State::Unknown, None)]);
    contract(
        to,
        "payments",
        proposed,
        2 * HOUR,
        &[
            ("payments-python", reports, proposed, note("the record moved on", pull(341, "acme/reports"))),
            ("payments-typescript", shop, proposed, note("the record moved on", pull(1204, "acme/shop"))),
            ("payments-swift", mobile, agreed, None),
        ],
    );
    contract(to, "search", agreed, 9 * DAY, &[("search-typescript", shop, agreed, None)]);
    let many: Vec<_> = (1..=14)
        .map(|number| (format!("watcher-site-{number:02}"), format!("github:acme/site-{number:02}")))
        .collect();
    let mut watcher: Vec<(&str, &str, State, Option<Box<Detail>>)> =
        many.iter().map(|(name, repository)| (name.as_str(), repository.as_str(), agreed, None)).collect();
    let refused = note("a break blocks: `GET /watches` lost `state`", pull(77, "acme/archiver"));
    watcher.push(("watcher-python", archiver, State::Blocked, refused));
    watcher.push(("watcher-rust", platform, State::Drifted, note("edited by hand: `src/models.rs`", None)));
    contract(to, "watcher", agreed, 26 * MINUTE, &watcher);
    overview.nodes = nodes();
    overview
}

/// Many contracts and clients of them. `shared` says whether each repository uses every contract.
pub(crate) fn many(contracts: usize, repositories: usize, shared: bool) -> Overview {
    let mut overview = Overview::default();
    let numbers: Vec<u32> = (0..repositories)
        .map(|number| overview.consumers.number(&format!("github:acme/repository-{number:04}")))
        .collect();
    for at in 0..contracts {
        contract(&mut overview, &format!("contract-{at:04}"), State::Agreed, 5 * DAY, &[]);
        let users = if shared { numbers.as_slice() } else { &numbers[at % repositories..=at % repositories] };
        let clients = users.iter().map(|consumer| ClientState {
            name: format!("contract-{at:04}-client-{consumer:04}"),
            consumer: *consumer,
            state: State::ALL[if (at + *consumer as usize).is_multiple_of(17) { (at / 7) % 6 } else { 5 }],
            since: None,
            detail: None,
        });
        let clients = clients.collect();
        overview.contracts.last_mut().expect("the one above").clients = clients;
    }
    overview
}

/// What `/readyz` says.
pub(crate) fn readiness() -> Readiness {
    Readiness { status: "ready".into() }
}

/// What `/readyz` says while the store cannot be written, without what else a problem may tell.
pub(crate) fn not_ready() -> ProblemDetails {
    let problem = ProblemDetails::new(503, "Service Unavailable", "", "the store cannot be written");
    ProblemDetails { code: None, ..problem }
}

/// What `/healthz` says.
pub(crate) fn liveness() -> Liveness {
    Liveness { status: "alive".into() }
}

/// What `/hooks/health` says.
pub(crate) fn hooks_health() -> HooksHealth {
    let hook = |node: &str, last: Option<&str>| HookHealth {
        node: node.into(),
        source: Source::GitHub,
        repository: format!("acme/{node}"),
        branch: "main".into(),
        head: last.map(|_| "5f2c1e90b0a7d1f8f1b5a34ae1d34f4f0a6d9c11".into()),
        last_delivery: last.map(Into::into),
        last_delivery_at: last.map(|_| ago(26 * MINUTE).as_millisecond()),
    };
    let last = "github:72d3162e-cc78-11e3-81ab-4c9367dc0958";
    HooksHealth { repositories: vec![hook("watcher", Some(last)), hook("search", None)] }
}

/// Why there is no page.
pub(crate) fn problem() -> ProblemDetails {
    let problem = ProblemDetails::new(404, "Not Found", "unknown-contract", "there is no contract `watchre`");
    ProblemDetails { request_id: Some("01JD7R2F7M".into()), ..problem.hint("`watcher` is one") }
}
