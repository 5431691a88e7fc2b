//! Runs, deliveries, nodes and pointers.

use super::{DAY, HOUR, MINUTE, ago, now, pull};
use countersign_model::{TargetKind, TargetState, Verdict};
use countersign_serve_page::view::{
    Cause, DeliveryOutcome, DeliveryPage, DeliveryRow, Effect, EffectState, Event, Evidence, Header, Listing,
    LogLevel, LogLine, NodeRow, NodeState, PointerRow, RunPage, RunRow, RunState, Source, Trigger,
};
use jiff::SignedDuration;

fn run(id: &str, node: &str, state: RunState, verdict: Option<Verdict>, seconds: i64) -> RunRow {
    let started = (state != RunState::Queued).then(|| ago(seconds - 1));
    RunRow {
        id: id.into(),
        node: node.into(),
        trigger: Trigger {
            causes: vec![Cause::Push],
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
    let mut waiting = run("01JD7Q0V3A", "billing", RunState::Retrying, None, 50 * MINUTE);
    waiting.attempt = 4;
    waiting.summary = Some("the forge answered 503; it asks to wait".into());
    waiting.next_attempt_at = Some(now() + SignedDuration::from_secs(20 * MINUTE));
    let mut dead = run("01JD3ZZK11", "legacy", RunState::Dead, None, 5 * DAY);
    dead.attempt = 31;
    dead.summary = Some("`github:acme/legacy` cannot be cloned: the token may not read it".into());
    let mut timer = run("01JD7PZZ09", "payments", RunState::Done, Some(Verdict::Agreed), 2 * HOUR);
    timer.trigger.causes = vec![Cause::Reconcile];
    timer.trigger.by = None;
    timer.trigger.deliveries = Vec::new();
    let mut drift = run("01JD7QK2M4", "watcher", RunState::Done, Some(Verdict::Drift), 26 * MINUTE);
    drift.summary = Some("1 break blocks `watcher-python`, 1 client is stale".into());
    let mut replay = run("01JD7NN7CC", "accounts", RunState::Done, Some(Verdict::Undecided), 8 * HOUR);
    replay.trigger.causes = vec![Cause::Push, Cause::Replay];
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
    Listing { items, page: 2, per_page: 8, total: None, more: true }
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
        LogLine { at: Some(at), level, text: text.into() }
    });
    let effect = |kind: &str, target: &str, state, note: Option<&str>, link| Effect {
        text: kind.into(),
        target: Some(target.into()),
        state: Some(state),
        note: note.map(Into::into),
        link,
    };
    let mut effects = vec![
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
    effects.push(Effect::told("cleared the pointer to `acme/prototype`"));
    RunPage { run, effects, log: log.collect(), log_dropped: if lines > 200 { 12_000 } else { 0 } }
}

/// The latest deliveries.
pub(crate) fn deliveries() -> Listing<DeliveryRow> {
    let delivery = |id: &str, source, event: &str, outcome, seconds, runs: &[&str]| DeliveryRow {
        id: id.into(),
        source,
        event: event.into(),
        repository: Some("acme/platform".into()),
        received_at: ago(seconds),
        outcome,
        note: None,
        runs: runs.iter().map(|run| (*run).to_owned()).collect(),
        node: Some("platform".into()),
        branch: Some("main".into()),
        commit: Some("5f2c1e90b0a7d1f8f1b5a34ae1d34f4f0a6d9c11".into()),
        author: Some("grace".into()),
    };
    let mut looped = delivery(
        "8a1f0c52-cc78-11e3-81ab-4c9367dc0958",
        Source::GitHub,
        "push",
        DeliveryOutcome::SkippedLoop,
        20 * MINUTE,
        &[],
    );
    looped.note = Some("the branch begins with `countersign/`".into());
    let mut replayed = delivery(
        "b6a9e9d4-7a0f-4c55-b3ad-1d2f4c0a9e77",
        Source::Gitea,
        "push",
        DeliveryOutcome::Duplicate,
        3 * HOUR,
        &["01JD7PZZ09"],
    );
    replayed.note = Some("the same push as delivery 72d3162e".into());
    let mut unknown = delivery(
        "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj",
        Source::Generic,
        "build.finished",
        DeliveryOutcome::SkippedRepository,
        DAY,
        &[],
    );
    (unknown.repository, unknown.branch, unknown.commit, unknown.author) = (None, None, None, None);
    let items = vec![
        delivery(
            "72d3162e-cc78-11e3-81ab-4c9367dc0958",
            Source::GitHub,
            "push",
            DeliveryOutcome::Queued,
            26 * MINUTE,
            &["01JD7QK2M4"],
        ),
        looped,
        replayed,
        delivery(
            "f4b0c2aa-0c1e-4c3c-9b5b-2c8a4d6e8f00",
            Source::GitLab,
            "Merge Request Hook",
            DeliveryOutcome::SkippedEvent,
            5 * HOUR,
            &[],
        ),
        delivery(
            "reconcile-payments-9b74c9897b",
            Source::Reconcile,
            "push",
            DeliveryOutcome::Queued,
            2 * HOUR,
            &["01JD7PZZ09", "01JD7R1XQZ"],
        ),
        unknown,
    ];
    Listing { items, page: 1, per_page: 50, total: None, more: false }
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
        withheld: false,
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
    Listing { items, page: 1, per_page: 50, total: None, more: false }
}
