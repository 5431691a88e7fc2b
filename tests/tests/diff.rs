//! `diff` as people use it: what it takes, what it proves, how it is shown, and when it fails.

use countersign_tests::{Answer, Sandbox, Server, api, pretty};
use serde_json::{Value, json};

const OLD: &str = r##"openapi: 3.0.3
info: { title: Watcher, version: "1.0" }
paths:
  /watches:
    get:
      parameters:
        - { name: limit, in: query, schema: { type: integer, maximum: 500 } }
      responses:
        "200":
          description: all
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Watch" }
components:
  schemas:
    Watch:
      type: object
      required: [id]
      properties:
        id: { type: string }
        state: { type: string, enum: [up, down] }
"##;

/// Two versions of an API in YAML, in a folder that nobody configured.
fn versions() -> Sandbox {
    let sandbox = Sandbox::without_git();
    sandbox.write("old.yaml", OLD);
    let new = OLD.replace("maximum: 500", "maximum: 100").replace("[up, down]", "[up, down, unknown]");
    sandbox.write("new.yaml", new);
    sandbox
}

fn change<'v>(view: &'v Value, rule: &str) -> &'v Value {
    let changes = view["changes"].as_array().expect("changes");
    changes.iter().find(|change| change["id"] == rule).unwrap_or_else(|| panic!("no {rule} in {view}"))
}

#[test]
fn a_break_is_shown_where_it_is_written_with_a_value_that_proves_it() {
    let view = versions().json(&["diff", "old.yaml", "new.yaml"], 1);
    let narrowed = change(&view, "request-parameter-max-decreased");
    assert_eq!((&narrowed["level"], &narrowed["operation"]), (&json!(3), &json!("GET")));
    assert_eq!((&narrowed["path"], &narrowed["location"]["line"]), (&json!("/watches"), &json!(7)));
    assert_eq!(narrowed["summary"], "the query parameter `limit` has the maximum `100` instead of `500`");
    assert_eq!(narrowed["witness"]["value"], "101");
    assert_eq!(narrowed["witness"]["allowed_by"], "base");
    assert_eq!(narrowed["witness"]["proof"]["state"], "proven");
    let widened = change(&view, "response-property-enum-value-added");
    assert_eq!(
        (&widened["location"]["file"], &widened["location"]["line"]),
        (&json!("new.yaml"), &json!(21))
    );
    assert_eq!(widened["witness"]["value"], "\"unknown\"");
    assert_eq!((&view["worst"], &view["bump"]), (&json!("breaking"), &json!("major")));
}

#[test]
fn the_exit_status_follows_fail_on_and_the_policy() {
    let sandbox = versions();
    let wider = sandbox.read("old.yaml").replace("[up, down]", "[up, down, unknown]");
    sandbox.write("wider.yaml", wider);
    for (fail_on, policy, status) in [
        ("breaking", "typed-client", 1),
        ("breaking", "wire", 0),
        ("warning", "wire", 1),
        ("any", "wire", 1),
        ("none", "typed-client", 0),
    ] {
        let arguments = ["diff", "old.yaml", "wider.yaml", "--fail-on", fail_on, "--policy", policy];
        drop(sandbox.run(&arguments).exits(status));
    }
    drop(sandbox.run(&["diff", "old.yaml", "old.yaml", "--fail-on", "any"]).exits(0).says("no change"));
}

#[test]
fn the_terms_of_oasdiff_are_its_ids_levels_and_texts() {
    let sandbox = versions();
    let shown = sandbox.run(&["diff", "old.yaml", "new.yaml", "--output-format", "oasdiff"]).exits(1);
    let entries: Value = serde_json::from_str(&shown.stdout).expect("JSON");
    assert_eq!(
        entries,
        json!([
            {
                "id": "request-parameter-max-decreased",
                "text": "for the `query` request parameter `limit`, the max was decreased from `500.00` to `100.00`",
                "level": 3, "operation": "GET", "path": "/watches"
            },
            {
                "id": "response-property-enum-value-added",
                "text": "added the new `unknown` enum value to the `state` response property for the response status `200`",
                "level": 2, "operation": "GET", "path": "/watches"
            },
        ])
    );
    let filtered =
        ["diff", "old.yaml", "new.yaml", "--output-format", "oasdiff", "--unmatch-path", "watches"];
    assert_eq!(sandbox.run(&filtered).exits(0).stdout.trim(), "[]");
}

#[test]
fn a_contract_stands_for_its_record_and_a_url_only_for_a_source() {
    let server = Server::new(Answer::json(pretty(&api())));
    let sandbox = Sandbox::new();
    sandbox.write("openapi.json", pretty(&api()));
    let live = server.url("/openapi.json");
    let pipeline = format!("[contracts.watcher]\ndump = \"openapi.json\"\nlive = \"{live}\"\n");
    sandbox.write("pipeline.toml", pipeline);
    drop(sandbox.run(&["accept"]).exits(0));
    let mut changed = api();
    changed["components"]["schemas"]["Watch"]["properties"]["id"]["type"] = json!("integer");
    sandbox.write("changed.json", pretty(&changed));
    drop(sandbox.run(&["diff", "watcher", "changed.json"]).exits(1).says("from watcher to changed.json"));
    drop(sandbox.run(&["diff", "watcher", &live]).exits(0).says("no change"));
    assert_eq!(server.requests().len(), 1);
    let other = server.url("/other.json");
    drop(sandbox.run(&["diff", "watcher", &other]).exits(2).says("is the source of no contract"));
    assert_eq!(server.requests().len(), 1, "what nobody declared is not asked");
}

#[test]
fn a_page_and_a_comment_hold_nothing_of_the_documents_that_acts() {
    let sandbox = versions();
    let hostile = "</script><script>alert(1)</script>@team ![x](https://e.example/x.png)";
    let new = sandbox.read("new.yaml").replace("unknown]", &format!("'{hostile}']"));
    sandbox.write("new.yaml", new);
    let shown = |format: &str| {
        sandbox.run(&["diff", "old.yaml", "new.yaml", "--output-format", format]).exits(1).stdout
    };
    let page = shown("html");
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"), "{page}");
    assert!(page.contains("Content-Security-Policy"), "{page}");
    let comment = shown("markdown");
    // Nothing in a code span is read as HTML or as a mention (CommonMark 0.31, section 6.1).
    let outside: String = comment.split('`').step_by(2).collect();
    for live in ["<script", "@team", "![x]"] {
        assert!(!outside.contains(live), "{live}: {comment}");
    }
    let sarif: Value = serde_json::from_str(&shown("sarif")).expect("JSON");
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(
        sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "new.yaml"
    );
    assert!(shown("junit").starts_with("<?xml"));
}

#[test]
fn what_does_not_fit_is_refused_with_the_way_out() {
    let sandbox = versions();
    sandbox.write("a.txt", "one\n");
    sandbox.write("b.txt", "two\n");
    drop(
        sandbox
            .run(&["diff", "a.txt", "b.txt", "--policy", "wire"])
            .exits(2)
            .says("`policy` is for OpenAPI documents"),
    );
    drop(
        sandbox
            .run(&["diff", "old.yaml", "nosuch"])
            .exits(2)
            .says("there is no such file, and no such contract"),
    );
    let level = ["diff", "old.yaml", "new.yaml", "--stability-level", "rock"];
    drop(sandbox.run(&level).exits(2).says("`draft`, `alpha`, `beta`, `stable`"));
    drop(
        sandbox
            .run(&["doctor", "--output-format", "sarif"])
            .exits(2)
            .says("prints human, concise, json or github"),
    );
    drop(sandbox.run(&["check", "--output-format", "html"]).exits(2).says("`check` prints"));
}

/// The same API in three files.
fn split(sandbox: &Sandbox, folder: &str) {
    let (head, components) = OLD.split_once("components:").expect("it has components");
    let head = head.replace("\"#/components/schemas/Watch\"", "\"schemas/watch.yaml#/Watch\"");
    sandbox.write(&format!("{folder}/openapi.yaml"), head);
    let watch = components
        .split_once("  schemas:\n")
        .expect("it has schemas")
        .1
        .replace("type: string, enum: [up, down]", "$ref: ../state.json");
    sandbox.write(&format!("{folder}/schemas/watch.yaml"), watch);
    sandbox.write(&format!("{folder}/state.json"), r#"{"type": "string", "enum": ["up", "down"]}"#);
}

#[test]
fn how_a_document_is_laid_out_in_files_makes_no_difference() {
    let sandbox = Sandbox::without_git();
    sandbox.write("one.yaml", OLD);
    split(&sandbox, "api");
    assert_eq!(sandbox.json(&["diff", "one.yaml", "api/openapi.yaml"], 0)["changes"], json!([]));
    sandbox.write("api/state.json", r#"{"type": "string", "enum": ["up", "down", "unknown"]}"#);
    let view = sandbox.json(&["diff", "one.yaml", "api/openapi.yaml"], 1);
    assert_eq!(change(&view, "response-property-enum-value-added")["witness"]["value"], "\"unknown\"");
}

#[test]
fn the_record_of_a_contract_holds_the_files_that_its_inputs_name() {
    let sandbox = Sandbox::new();
    split(&sandbox, "api");
    sandbox.write(
        "pipeline.toml",
        "[contracts.watcher]\ndump = { use = \"dump-file\", path = \"api/openapi.yaml\" }\n",
    );
    let answer = sandbox.run(&["accept"]);
    let advice = "`api/schemas/watch.yaml` is not declared; add `inputs = [\"api/schemas/**\"]`";
    assert!(answer.stderr.contains(advice), "{}", answer.stderr);
    let declared = "[contracts.watcher]\ndump = { use = \"dump-file\", path = \"api/openapi.yaml\", inputs = [\"api/**\"] }\n";
    sandbox.write("pipeline.toml", declared);
    drop(sandbox.run(&["accept"]).exits(0));
    let record: Value = serde_json::from_str(&sandbox.read("contracts/watcher/openapi.json")).unwrap();
    assert_eq!(record["components"]["schemas"]["state"], json!({"type": "string", "enum": ["up", "down"]}));
    drop(sandbox.run(&["check"]).exits(0));

    // A file beside the document counts as much as the document, in a kept dump and at a revision.
    sandbox.commit("the record");
    sandbox.write("api/state.json", r#"{"type": "string", "enum": ["up"]}"#);
    assert_eq!(sandbox.run(&["check"]).status, 1);
    let view = sandbox.json(&["diff", "HEAD:api/openapi.yaml", "api/openapi.yaml"], 0);
    assert_eq!(view["changes"].as_array().map(Vec::len), Some(1), "{view}");
}
