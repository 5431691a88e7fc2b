//! Views as a company with a dozen contracts would see them. The tests use them too.

use countersign_model::{
    Change, Digest, Direction, Impact, Location, Side, TargetKind, TargetState, Verdict, Witness,
    WitnessProof,
};
use countersign_serve_page::html::{Frame, Viewer};
use countersign_serve_page::view::{
    Check, ClientState, ContractPage, ContractState, DeliveryOutcome, DeliveryPage, DeliveryRow, Detail,
    Effect, EffectState, Event, Evidence, Excerpt, ExcerptLine, ExcerptMark, Forge, Header, HookHealth,
    HooksHealth, Link, Listing, Liveness, LogLevel, LogLine, NodeRow, NodeState, Overview, PointerRow,
    ProblemDetails, Readiness, ReadinessStatus, RecordChange, RunPage, RunRow, RunState, ShownChange, State,
    Trigger, TriggerKind,
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
            _ => None,
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
            state: State::ALL[if (at + *consumer as usize) % 17 == 0 { (at / 7) % 6 } else { 5 }],
            since: None,
            detail: None,
        });
        let clients = clients.collect();
        overview.contracts.last_mut().expect("the one above").clients = clients;
    }
    overview
}

fn line(number: u64, text: &str, mark: ExcerptMark, named: bool) -> Option<ExcerptLine> {
    Some(ExcerptLine { number, text: text.into(), mark, named })
}

fn change(rule: &str, impact: Impact, direction: Direction, summary: &str) -> Change {
    Change {
        rule: rule.into(),
        plugin: "diff-openapi".into(),
        impact,
        direction,
        subject: "/paths/~1watches/get".into(),
        summary: summary.into(),
        before: None,
        after: None,
        base: None,
        head: None,
        operations: vec!["GET /watches".into()],
        witness: None,
    }
}

fn changes() -> Vec<ShownChange> {
    use ExcerptMark::{Added, Removed, Same};
    let location = |line| {
        Some(Location { pointer: "/components/schemas/Watch".into(), line: Some(line), column: Some(9) })
    };
    let removed = Change {
        operations: vec!["GET /watches".into(), "GET /watches/{id}".into(), "POST /watches".into()],
        base: location(20),
        ..change(
            "response-property-removed",
            Impact::Breaking,
            Direction::Response,
            "the response property `state` was removed",
        )
    };
    let old = vec![
        line(17, "    Watch:", Same, false),
        line(18, "      properties:", Same, false),
        line(19, "        id: { type: string }", Same, false),
        line(20, "        state: { type: string, enum: [up, down] }", Removed, true),
    ];
    let new = vec![
        line(17, "    Watch:", Same, false),
        line(18, "      properties:", Same, false),
        line(19, "        id: { type: string }", Same, false),
        None,
    ];
    let narrowed = Change {
        before: Some("500".into()),
        after: Some("100".into()),
        witness: Some(Witness {
            value: "101".into(),
            base: "/paths/~1watches/get/parameters/0/schema".into(),
            head: "/paths/~1watches/get/parameters/0/schema".into(),
            allowed_by: Side::Base,
            proof: WitnessProof::Proven,
        }),
        ..change(
            "request-parameter-max-decreased",
            Impact::Risky,
            Direction::Request,
            "the query parameter `limit` has the maximum `100` instead of `500`",
        )
    };
    let limit = |number, text, mark| vec![line(number, text, mark, true)];
    let excerpt = Excerpt {
        old: limit(7, "  - { name: limit, in: query, schema: { type: integer, maximum: 500 } }", Removed),
        new: limit(7, "  - { name: limit, in: query, schema: { type: integer, maximum: 100 } }", Added),
    };
    let added = change(
        "api-path-added",
        Impact::Compatible,
        Direction::Neither,
        "the path `/watches/{id}/log` was added",
    );
    vec![
        ShownChange { change: added, excerpt: None },
        ShownChange { change: removed, excerpt: Some(Excerpt { old, new }) },
        ShownChange { change: narrowed, excerpt: Some(excerpt) },
    ]
}

/// A contract with a history.
pub(crate) fn contract_page() -> ContractPage {
    let row =
        countersign_serve_page::api::contract(&overview(), "watcher").expect("a contract of the sample");
    let entry = |commit: &str, seconds, subject: &str, changes| RecordChange {
        commit: commit.into(),
        at: ago(seconds),
        subject: subject.into(),
        author: "Grace Hopper".into(),
        from: Some(digest("before")),
        to: Some(digest("watcher")),
        link: Some(Link {
            text: commit[..10].into(),
            url: format!("https://github.com/acme/platform/commit/{commit}"),
        }),
        changes,
        undecided: None,
    };
    let mut first =
        entry("a94a8fe5ccb19ba61c4c0873d391e987982fbbd3", 90 * DAY, "api: a first contract", Vec::new());
    first.from = None;
    let mut unknown =
        entry("2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", 30 * DAY, "api: format moves on", Vec::new());
    unknown.undecided = Some("the commit is not in this clone".into());
    let compatible = vec![ShownChange {
        change: change(
            "response-optional-property-added",
            Impact::Compatible,
            Direction::Response,
            "the response property `since` was added",
        ),
        excerpt: None,
    }];
    let history = vec![
        entry(
            "5f2c1e90b0a7d1f8f1b5a34ae1d34f4f0a6d9c11",
            26 * MINUTE,
            "watches: state moves to its own resource",
            changes(),
        ),
        entry("9b74c9897bac770ffc029102a200c5de7b1c5f2e", 6 * DAY, "watches: say since when", compatible),
        unknown,
        first,
    ];
    ContractPage { contract: row, history: Listing { items: history, page: 1, per_page: 20, total: 44 } }
}

fn run(id: &str, node: &str, state: RunState, verdict: Option<Verdict>, seconds: i64) -> RunRow {
    let started = (state != RunState::Queued).then(|| ago(seconds - 1));
    RunRow {
        id: id.into(),
        node: node.into(),
        trigger: Trigger {
            kind: TriggerKind::Push,
            deliveries: vec!["72d3162e-cc78-11e3-81ab-4c9367dc0958".into()],
            by: Some("grace".into()),
            branch: Some("main".into()),
            commit: Some("5f2c1e90b0a7d1f8f1b5a34ae1d34f4f0a6d9c11".into()),
            replay_of: None,
        },
        state,
        verdict,
        summary: None,
        attempt: u32::from(started.is_some()),
        queued_at: ago(seconds),
        started_at: started,
        finished_at: started
            .filter(|_| state != RunState::Running)
            .map(|at| at + SignedDuration::from_millis(8_420)),
        next_attempt_at: None,
    }
}

/// The latest runs.
pub(crate) fn runs() -> Listing<RunRow> {
    let mut waiting = run("01JD7Q0V3A", "billing", RunState::Waiting, None, 50 * MINUTE);
    waiting.attempt = 4;
    waiting.summary = Some("the forge answered 503; it asks to wait".into());
    waiting.next_attempt_at = Some(now() + SignedDuration::from_secs(20 * MINUTE));
    let mut dead = run("01JD3ZZK11", "legacy", RunState::Dead, None, 5 * DAY);
    dead.attempt = 31;
    dead.summary = Some("`github:acme/legacy` cannot be cloned: the token may not read it".into());
    let mut timer = run("01JD7PZZ09", "payments", RunState::Done, Some(Verdict::Agreed), 2 * HOUR);
    timer.trigger.kind = TriggerKind::Reconcile;
    timer.trigger.by = None;
    timer.trigger.deliveries = Vec::new();
    let mut drift = run("01JD7QK2M4", "watcher", RunState::Done, Some(Verdict::Drift), 26 * MINUTE);
    drift.summary = Some("1 break blocks `watcher-python`, 1 client is stale".into());
    let mut replay = run("01JD7NN7CC", "accounts", RunState::Done, Some(Verdict::Undecided), 8 * HOUR);
    replay.trigger.kind = TriggerKind::Person;
    replay.trigger.replay_of = Some("01JD7MMM00".into());
    let items = vec![
        run("01JD7R1XQZ", "shop", RunState::Queued, None, 4),
        run("01JD7R1W55", "platform", RunState::Running, None, 9),
        drift,
        waiting,
        timer,
        replay,
        run("01JD6A0000", "search", RunState::Done, Some(Verdict::Agreed), 9 * DAY),
        dead,
    ];
    Listing { items, page: 2, per_page: 8, total: 1_234 }
}

/// A run with a log of so many lines.
pub(crate) fn run_page(lines: usize) -> RunPage {
    let says = [
        (LogLevel::Info, "fetching github:acme/platform at 5f2c1e90b0"),
        (LogLevel::Info, "checking contract `watcher` against the merge base 9b74c9897b"),
        (LogLevel::Info, "watcher: dump by `uv run python scripts/dump_openapi.py` took 1.9 s"),
        (LogLevel::Warning, "watcher-rust: edited by hand: src/models.rs; generate again or keep it by name"),
        (LogLevel::Info, "watcher-site-03: agreed, by its lock"),
        (
            LogLevel::Error,
            "watcher: breaking: the response property `state` was removed (response-property-removed)",
        ),
        (LogLevel::Info, "    GET /watches, GET /watches/{id}, POST /watches"),
        (
            LogLevel::Info,
            "proposing to github:acme/archiver: branch countersign/watcher/9f86d081884c is there already",
        ),
    ];
    let log = (0..lines).map(|at| {
        let (level, text) = says[at % says.len()];
        let at = ago(25 * MINUTE) + SignedDuration::from_millis(37 * at as i64);
        LogLine { at, level, text: text.into() }
    });
    let effect = |kind: &str, target: &str, state, note: Option<&str>, link| Effect {
        kind: kind.into(),
        target: target.into(),
        state,
        note: note.map(Into::into),
        link,
    };
    let effects = vec![
        effect(
            "pull request",
            "github:acme/archiver",
            EffectState::Unchanged,
            Some("open already"),
            pull(77, "acme/archiver"),
        ),
        effect("pull request", "github:acme/reports", EffectState::Done, None, pull(341, "acme/reports")),
        effect(
            "message",
            "#contracts:example.com",
            EffectState::Waiting,
            Some("the room's limit; sent with the next digest"),
            None,
        ),
        effect(
            "status",
            "github:acme/platform",
            EffectState::Failed,
            Some("the token has no permission `statuses: write`"),
            None,
        ),
        effect("dispatch", "github:acme/shop", EffectState::Unknown, Some("the answer was lost"), None),
    ];
    let mut run = runs().items.remove(2);
    run.trigger.deliveries.push("7f8b2c1e-cc78-11e3-9d2a-0a1b2c3d4e5f".into());
    RunPage { run, effects, log: log.collect(), log_dropped: if lines > 200 { 12_000 } else { 0 } }
}

/// The latest deliveries.
pub(crate) fn deliveries() -> Listing<DeliveryRow> {
    let delivery = |id: &str, forge, event: &str, outcome, seconds, runs: &[&str]| DeliveryRow {
        id: id.into(),
        forge,
        event: event.into(),
        repository: Some("acme/platform".into()),
        received_at: ago(seconds),
        outcome,
        note: None,
        runs: runs.iter().map(|run| (*run).to_owned()).collect(),
        size: 7_342,
    };
    let mut looped = delivery(
        "8a1f0c52-cc78-11e3-81ab-4c9367dc0958",
        Forge::GitHub,
        "push",
        DeliveryOutcome::SkippedLoop,
        20 * MINUTE,
        &[],
    );
    looped.note = Some("the branch begins with `countersign/`".into());
    let mut replayed = delivery(
        "b6a9e9d4-7a0f-4c55-b3ad-1d2f4c0a9e77",
        Forge::Gitea,
        "push",
        DeliveryOutcome::Duplicate,
        3 * HOUR,
        &["01JD7PZZ09"],
    );
    replayed.note = Some("the same push as delivery 72d3162e".into());
    let mut unknown = delivery(
        "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj",
        Forge::Generic,
        "build.finished",
        DeliveryOutcome::SkippedUnknown,
        DAY,
        &[],
    );
    unknown.repository = None;
    let items = vec![
        delivery(
            "72d3162e-cc78-11e3-81ab-4c9367dc0958",
            Forge::GitHub,
            "push",
            DeliveryOutcome::Queued,
            26 * MINUTE,
            &["01JD7QK2M4"],
        ),
        looped,
        replayed,
        delivery(
            "f4b0c2aa-0c1e-4c3c-9b5b-2c8a4d6e8f00",
            Forge::GitLab,
            "Merge Request Hook",
            DeliveryOutcome::SkippedEvent,
            5 * HOUR,
            &[],
        ),
        delivery(
            "reconcile-payments-9b74c9897b",
            Forge::Reconcile,
            "push",
            DeliveryOutcome::Queued,
            2 * HOUR,
            &["01JD7PZZ09", "01JD7R1XQZ"],
        ),
        unknown,
    ];
    Listing { items, page: 1, per_page: 50, total: 6 }
}

/// A delivery with its body.
pub(crate) fn delivery_page() -> DeliveryPage {
    let headers = [
        ("Host", "hooks.example.com"),
        ("Content-Type", "application/json"),
        ("User-Agent", "GitHub-Hookshot/044aadd"),
        ("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"),
        ("X-GitHub-Event", "push"),
        ("X-Hub-Signature-256", "sha256=d57c68ca6f92289e6987922ff26938930f6e66a2d161ef06abdf1859230aa23c"),
        ("X-Forwarded-Client-Cert", "Hash=468ed33be74eee6556d90c0149c1309e9ba61d6425303443c0748a02dd8de688"),
    ];
    let body = serde_json::json!({
        "ref": "refs/heads/main",
        "before": "9b74c9897bac770ffc029102a200c5de7b1c5f2e",
        "after": "5f2c1e90b0a7d1f8f1b5a34ae1d34f4f0a6d9c11",
        "repository": { "id": 35129377, "full_name": "acme/platform", "private": true },
        "pusher": { "name": "grace", "email": "grace@example.com" },
        "commits": [{ "id": "5f2c1e90b0a7d1f8f1b5a34ae1d34f4f0a6d9c11",
                      "message": "watches: state moves to its own resource <b>not bold</b>",
                      "modified": ["contracts/watcher/openapi.json"] }],
    });
    DeliveryPage {
        delivery: deliveries().items.remove(0),
        headers: headers.map(|(name, value)| Header::new(name, value)).into(),
        body: body.to_string(),
        body_cut: false,
    }
}

/// The watched repositories.
pub(crate) fn nodes() -> Vec<NodeRow> {
    let node = |name: &str, state, note: Option<&str>, verdict| NodeRow {
        name: name.into(),
        repository: format!("github:acme/{name}"),
        branch: "main".into(),
        state,
        note: note.map(Into::into),
        head: (state != NodeState::Silent).then(|| "5f2c1e90b0a7d1f8f1b5a34ae1d34f4f0a6d9c11".into()),
        contracts: vec![name.into(), "accounts".into()],
        channels: vec!["room".into()],
        last_delivery: (state != NodeState::Silent)
            .then(|| Event { id: "72d3162e-cc78-11e3-81ab-4c9367dc0958".into(), at: ago(26 * MINUTE) }),
        last_run: (state != NodeState::Silent)
            .then(|| Event { id: "01JD7QK2M4".into(), at: ago(26 * MINUTE) }),
        last_verdict: verdict,
        reconciled_at: Some(ago(7 * MINUTE)),
    };
    let mut quiet = node("search", NodeState::Silent, None, None);
    (quiet.contracts, quiet.channels) = (Vec::new(), Vec::new());
    vec![
        node(
            "billing",
            NodeState::Failing,
            Some("the last 4 attempts failed: the forge answered 503"),
            Some(Verdict::Undecided),
        ),
        node(
            "payments",
            NodeState::Deaf,
            Some("its head moved and no hook told; run `countersign hooks status`"),
            Some(Verdict::Agreed),
        ),
        quiet,
        node("watcher", NodeState::Healthy, None, Some(Verdict::Drift)),
    ]
}

/// What is pointed to.
pub(crate) fn pointers() -> Listing<PointerRow> {
    let pointer = |target: &str, kind, state, reasons: &[(i64, TargetState, &str)]| PointerRow {
        target: target.into(),
        kind,
        state,
        since: Some(ago(3 * DAY)),
        moved_to: None,
        tombstone: false,
        hint: None,
        evidence: reasons
            .iter()
            .map(|(seconds, state, reason)| Evidence {
                at: ago(*seconds),
                state: *state,
                reason: (*reason).into(),
            })
            .collect(),
        next_probe_at: Some(now() + SignedDuration::from_secs(5 * HOUR)),
    };
    let (repository, alive) = (TargetKind::Repository, TargetState::Alive);
    let mut moved = pointer(
        "acme/mobile-app",
        repository,
        TargetState::Moved,
        &[
            (2 * HOUR, TargetState::Moved, "`acme/mobile-app` is now `acme/mobile`"),
            (40 * DAY, alive, "it answers under its name"),
        ],
    );
    moved.moved_to = Some("acme/mobile".into());
    moved.hint = Some("set `repository = \"github:acme/mobile\"` under `[clients.accounts-swift]`".into());
    let mut gone = pointer(
        "acme/prototype",
        repository,
        TargetState::Gone,
        &[
            (DAY, TargetState::Gone, "not found by name or id, three times over a day"),
            (2 * DAY, TargetState::Suspect, "not found, and the token can see its neighbours"),
            (60 * DAY, alive, "it answers under its name"),
        ],
    );
    gone.tombstone = true;
    let mut new = pointer("#contracts:example.com", TargetKind::Room, TargetState::Undecided, &[]);
    (new.since, new.next_probe_at) = (None, None);
    let items = vec![
        pointer("acme/archiver", repository, alive, &[(40 * DAY, alive, "it answers under its name")]),
        moved,
        gone,
        pointer(
            "acme/legacy",
            TargetKind::Hook,
            TargetState::Forbidden,
            &[(DAY, TargetState::Forbidden, "the token may not read hooks")],
        ),
        new,
    ];
    Listing { items, page: 1, per_page: 50, total: 5 }
}

/// What `/readyz` says while the store cannot be written.
pub(crate) fn readiness() -> Readiness {
    let check =
        |name: &str, ok, note: Option<&str>| Check { name: name.into(), ok, note: note.map(Into::into) };
    let checks = vec![check("store", false, Some("the disk is full")), check("drain", true, None)];
    Readiness { status: ReadinessStatus::NotReady, checks }
}

/// What `/healthz` says.
pub(crate) fn liveness() -> Liveness {
    Liveness { status: "ok".into(), version: "0.1.0".into() }
}

/// What `/hooks/health` says.
pub(crate) fn hooks_health() -> HooksHealth {
    let hook = |node: &str, last_delivery| HookHealth {
        node: node.into(),
        forge: Forge::GitHub,
        repository: format!("acme/{node}"),
        last_delivery,
    };
    let last = Event { id: "72d3162e-cc78-11e3-81ab-4c9367dc0958".into(), at: ago(26 * MINUTE) };
    HooksHealth { hooks: vec![hook("watcher", Some(last)), hook("search", None)] }
}

/// Why there is no page.
pub(crate) fn problem() -> ProblemDetails {
    let problem = ProblemDetails::new(404, "Not Found", "unknown-contract", "there is no contract `watchre`");
    ProblemDetails { request_id: Some("01JD7R2F7M".into()), ..problem.hint("`watcher` is one") }
}
