//! What hostile text may not become, and what a message looks like.

mod chat;
mod corpus;
mod forge;
mod wording;

use crate::{Finding, Impact, Notice, Verdict};
use std::collections::BTreeMap;

/// A breaking change of `watcher`, in which every text of a specification is `text`.
fn notice(text: &str) -> Notice {
    let finding = |impact, operations: &[&str]| Finding {
        rule: "response-property-removed".into(),
        impact,
        summary: text.into(),
        operations: operations.iter().map(|operation| (*operation).into()).collect(),
    };
    Notice {
        key: "0123456789abcdef0123456789abcdef".into(),
        contract: "watcher".into(),
        client: Some("dashboard".into()),
        clients: vec!["dashboard".into(), "mobile".into()],
        commit: "c0ffee0123456789abcdef0123456789abcdef01".into(),
        from: Some(format!("sha256:{}", "a".repeat(64))),
        to: format!("sha256:{}", "b".repeat(64)),
        verdict: Verdict::Breaking,
        findings: vec![
            finding(Impact::Breaking, &[text, "GET /b"]),
            finding(Impact::Breaking, &["GET /watches"]),
            finding(Impact::Risky, &[]),
            finding(Impact::Compatible, &[]),
        ],
        total: 12,
        told: None,
        provider: None,
        links: BTreeMap::from([("commit".into(), "https://github.com/acme/api/commit/c0ffee".into())]),
        pushes: Vec::new(),
    }
}

/// The text of HTML: without elements and comments, runs of text between them one by one.
fn runs(html: &str) -> Vec<String> {
    let mut runs = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        runs.push(decoded(&rest[..at]));
        let end = if rest[at..].starts_with("<!--") { "-->" } else { ">" };
        let after = rest[at..].find(end).expect("an element that ends") + at + end.len();
        rest = &rest[after..];
    }
    runs.push(decoded(rest));
    runs
}

/// The elements of HTML, as they are written.
fn elements(html: &str) -> Vec<&str> {
    let mut elements = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let end = if rest[at..].starts_with("<!--") { "-->" } else { ">" };
        let after = rest[at..].find(end).expect("an element that ends") + at + end.len();
        if end == ">" {
            elements.push(&rest[at..after]);
        }
        rest = &rest[after..];
    }
    elements
}

fn decoded(text: &str) -> String {
    let named = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    named.replace("&amp;", "&")
}
