//! Properties that hold for every document, tried on generated ones.
//!
//! `DIFF_CASES` sets how many (100 by default; 10,000 for a figure); a failure names the seed of its case.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "how many cases there are comes from outside, and is told"
)]

mod generator;
mod rewrites;

use countersign_plugin::{Change, Impact};
use diff_openapi::{Policy, Settings, changes};
use generator::Random;
use rewrites::{reordered, replace, rewrite, ring};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Run a property for every case, and say how many there were.
fn for_every_case(name: &str, property: impl Fn(u64, &mut Random)) {
    let cases: u64 = std::env::var("DIFF_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    for seed in 0..cases {
        property(seed, &mut Random::new(seed + 1));
    }
    println!("{name}: {cases} cases");
}

/// Text whose white space is another one everywhere, so that no part is the same as in [`compact`].
fn spaced(value: &Value) -> Vec<u8> {
    serde_json::to_vec_pretty(value).expect("JSON")
}

fn compact(value: &Value) -> Vec<u8> {
    serde_json::to_vec(value).expect("JSON")
}

fn told(found: &[Change]) -> BTreeSet<String> {
    let line = |change: &Change| {
        format!("{:?} {} {} {:?}", change.impact, change.rule, change.subject, change.operations)
    };
    found.iter().map(line).collect()
}

#[test]
fn no_document_differs_from_itself_in_other_spacing_and_order() {
    for_every_case("diff(x, x) is empty", |seed, random| {
        let document = generator::document(random);
        let other = reordered(&document, random);
        let policy = *random.pick(&[Policy::Wire, Policy::TypedClient, Policy::Source]);
        for head in [spaced(&document), other.into_bytes()] {
            let found = changes(&compact(&document), &head, &Settings::of(policy)).expect("documents");
            assert!(found.is_empty(), "seed {seed}: {:#?}\n{document}", told(&found));
        }
    });
}

#[test]
fn the_same_in_other_words_is_no_change() {
    for_every_case("a rewrite is no change", |seed, random| {
        let document = generator::document(random);
        let mut head = document.clone();
        let steps: Vec<String> = (0..3).map(|_| rewrite(&mut head, random)).collect();
        for (base, head) in [(&document, &head), (&head, &document)] {
            let found = changes(&compact(base), &spaced(head), &Settings::default()).expect("documents");
            let subjects = found.iter().map(|change| {
                (&change.subject, base.pointer(&change.subject), head.pointer(&change.subject))
            });
            assert!(
                found.is_empty(),
                "seed {seed}: {steps:#?} {found:#?} {:?}",
                subjects.collect::<Vec<_>>()
            );
        }
    });
}

#[test]
fn a_verdict_does_not_depend_on_the_order_of_keys() {
    for_every_case("order of keys", |seed, random| {
        let (base, mut head) = (generator::document(random), generator::document(random));
        if random.chance(50) {
            head = base.clone();
            replace(&mut head, random);
            replace(&mut head, random);
        }
        let settings = Settings::default();
        let plain = changes(&compact(&base), &compact(&head), &settings);
        let (base, head) = (reordered(&base, random), reordered(&head, random));
        let shuffled = changes(base.as_bytes(), head.as_bytes(), &settings);
        match (plain, shuffled) {
            (Ok(plain), Ok(shuffled)) => {
                assert_eq!(told(&plain), told(&shuffled), "seed {seed}\n{base}\n{head}");
            }
            (plain, shuffled) => assert_eq!(plain.is_err(), shuffled.is_err(), "seed {seed}"),
        }
    });
}

#[test]
fn no_value_in_any_place_makes_it_panic() {
    let swagger =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/verdicts/swagger.json"));
    let swagger: Value = serde_json::from_str(&swagger.expect("a table")).expect("JSON");
    for_every_case("any value in any place", |seed, random| {
        let base = if seed % 4 == 0 { swagger[0]["base"].clone() } else { generator::document(random) };
        let mut head = base.clone();
        for _ in 0..1 + random.below(4) {
            replace(&mut head, random);
        }
        for (base, head) in [(&base, &head), (&head, &base), (&head, &head)] {
            for policy in [Policy::TypedClient, Policy::Source] {
                // An error is an answer too.
                let found = changes(&compact(base), &spaced(head), &Settings::of(policy));
                if std::ptr::eq(base, head) {
                    assert!(
                        found.is_err() || found.is_ok_and(|found| found.is_empty()),
                        "seed {seed}\n{head}"
                    );
                }
            }
        }
    });
}

#[test]
fn a_policy_has_the_breaks_of_the_one_before() {
    for_every_case("policies are in order", |seed, random| {
        let (base, head) = (generator::document(random), generator::document(random));
        let breaks = |policy: Policy| {
            let found = changes(&compact(&base), &compact(&head), &Settings::of(policy)).expect("documents");
            let breaks = found.iter().filter(|change| change.impact == Impact::Breaking);
            breaks.map(|change| format!("{} {}", change.rule, change.subject)).collect::<BTreeSet<_>>()
        };
        let [wire, typed, source] = [Policy::Wire, Policy::TypedClient, Policy::Source].map(breaks);
        assert!(wire.is_subset(&typed) && typed.is_subset(&source), "seed {seed}\n{base}\n{head}");
    });
}

/// The most memory that this process has had, in KiB (`proc_pid_status(5)`).
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn schemas_in_a_ring_take_memory_as_they_are_long() {
    let Some(before) = peak() else {
        return println!("skipped: this system does not tell the memory of a process");
    };
    let grown = |length: usize| {
        let found = changes(
            &compact(&ring(length, "string")),
            &compact(&ring(length, "integer")),
            &Settings::default(),
        );
        assert_eq!(found.expect("documents").len(), length);
        peak().unwrap_or_default().saturating_sub(before)
    };
    let (short, long) = (grown(500).max(10_000), grown(4_000));
    assert!(long < 16 * short, "{short} KiB for 500 schemas, {long} KiB for 4,000");
}

#[test]
fn hostile_patterns_and_alternatives_end_in_time() {
    let document = |change: &str| {
        let properties: serde_json::Map<String, Value> = (0..100)
            .map(|at| {
                let pattern = format!("^(x+x+)+(a|b|{change}){{0,80}}[a-z]{{0,90}}(y|{at})$");
                let variants: Vec<Value> = (0..12)
                    .map(|other| json!({"type": "string", "pattern": format!("{other}{pattern}")}))
                    .collect();
                (format!("p{at}"), json!({"anyOf": variants}))
            })
            .collect();
        json!({
            "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
            "paths": {"/x": {"post": {"requestBody": {"content": {"application/json": {
                "schema": {"type": "object", "properties": properties}}}}}}},
        })
    };
    let started = std::time::Instant::now();
    let found = changes(&compact(&document("c")), &compact(&document("d")), &Settings::default());
    assert!(!found.expect("documents").is_empty());
    println!("hostile patterns: {:?}", started.elapsed());
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}
