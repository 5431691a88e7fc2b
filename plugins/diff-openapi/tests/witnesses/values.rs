//! The table in `values.txt`: `request` or `response`, the old schema, the new one, the first rule that breaks, and
//! the value that shows it.

use crate::hold;
use countersign_plugin::{Change, Impact};
use diff_openapi::{Policy, Settings, changes};
use serde_json::{Value, json};

fn document(direction: &str, schema: &str) -> Value {
    let schema: Value = serde_json::from_str(schema).unwrap_or_else(|error| panic!("{schema}: {error}"));
    let content = json!({ "application/json": { "schema": schema } });
    let empty = json!({ "description": "ok" });
    let operation = match direction {
        "request" => json!({ "requestBody": { "content": content }, "responses": { "200": empty } }),
        _ => json!({ "responses": { "200": { "description": "ok", "content": content } } }),
    };
    json!({
        "openapi": "3.1.0",
        "info": { "title": "values", "version": "1" },
        "paths": { "/a": { "post": operation } },
    })
}

fn breaking(base: &Value, head: &Value) -> Option<Change> {
    let [old, new] = [base, head].map(|document| serde_json::to_vec(document).expect("JSON"));
    let found = changes(&old, &new, &Settings::of(Policy::TypedClient)).expect("documents");
    found.into_iter().find(|change| change.impact != Impact::Compatible)
}

#[test]
fn a_witness_is_a_small_value_that_shows_the_change() {
    let mut shown = String::new();
    for row in include_str!("values.txt").lines() {
        let cells: Vec<&str> = row.split(" | ").collect();
        let [base, head] = [1, 2].map(|at| document(cells[0], cells[at]));
        let change = breaking(&base, &head).unwrap_or_else(|| panic!("nothing breaks: {row}"));
        let witness = change.witness.as_ref();
        let value = witness.map_or("none", |witness| &witness.value);
        shown.push_str(&format!("{} | {} | {}\n", cells[..3].join(" | "), change.rule, value));
        let fault = witness.and_then(|witness| hold::fault(&base, &head, &change, witness));
        assert!(fault.is_none(), "{fault:?}");
    }
    assert!(shown == include_str!("values.txt"), "the table is:\n{shown}");
}
