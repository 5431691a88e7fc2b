//! A contract with a history.

use super::{DAY, MINUTE, ago, digest, overview};
use countersign_model::{Change, Direction, Impact, Location, Side, Witness, WitnessProof};
use countersign_serve_page::view::{
    ContractPage, Excerpt, ExcerptLine, ExcerptMark, Link, Listing, RecordChange, ShownChange,
};

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
    ContractPage {
        contract: row,
        history: Listing { items: history, page: 1, per_page: 20, total: Some(44), more: true },
    }
}
