use crate::args::Format;
use crate::render::samples::incident;
use crate::render::{Style, outcome};
use crate::view::{DiffView, Outcome};
use countersign_model::{ChangeSet, Location, Side, Witness, WitnessProof};

/// The founding incident, with a witness and both documents.
fn comparison() -> DiffView {
    let mut changes = incident().contracts[0].drift.clone();
    changes.0[1].witness = Some(Witness {
        value: r#"{"id":1}"#.into(),
        base: "/components/schemas/Watch".into(),
        head: "/components/schemas/Watch".into(),
        allowed_by: Side::Head,
        proof: WitnessProof::Unproven { why: "the old schema allows it, too".into() },
    });
    for change in &mut changes.0 {
        change.base = Some(Location { pointer: "/a/b".into(), line: Some(2), column: Some(3) });
        change.head = Some(Location { pointer: "/a".into(), line: Some(1), column: Some(1) });
    }
    let mut view = DiffView::of_changes("old file.yaml", "main:new.yaml", "openapi", changes);
    view.texts = ["a:\n  b: <1>\n  c: 2\n".into(), "a:\n  c: 2\n".into()];
    view
}

fn written(view: DiffView, format: Format) -> String {
    let mut out = Vec::new();
    let style = Style {
        color: false,
        quiet: false,
        verbose: 0,
        prefix: "api/",
        stop_token: "TOKEN",
        source: &|_| None,
    };
    outcome(&Outcome::Diff(view), format, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_witness_says_what_it_shows_and_a_long_one_is_cut() {
    let mut view = comparison();
    view.changes.0.truncate(2);
    view.changes.0[1].witness.as_mut().unwrap().value = "x".repeat(300);
    let shown = written(view, Format::Human);
    assert!(shown.contains(&format!("    can arrive now: {}…\n", "x".repeat(200))), "{shown}");
    assert!(shown.contains("    unproven: the old schema allows it, too\n"), "{shown}");
}

#[test]
fn a_comparison_for_a_pull_request() {
    insta::assert_snapshot!(written(comparison(), Format::Markdown), @r#"
    ### Contract diff: breaking

    **3 changes: 1 breaking, 0 risky, 2 compatible**, from `old file.yaml` to `main:new.yaml`. Suggested version: **major**.

    #### Breaking: 1

    <details open>
    <summary><b>Removed the required property <code>last_checked_at</code> from the response</b> <code>response-required-property-removed</code></summary>

    - Reaches `GET /watches`, `GET /watches/{watch_id}`, `POST /watches`
    - At `main:new.yaml:1:1`, was at `old file.yaml:2:3`
    - Before: `string`
    - Can arrive now: `{"id":1}`
    - Unproven: the old schema allows it, too

    </details>

    <details>
    <summary>2 compatible changes</summary>

    - One (`GET /watches` and 2 more) `response-property-added`
    - Two (`GET /watches` and 2 more) `response-property-added`

    </details>

    <details>
    <summary>Changelog entry</summary>

    ~~~markdown
    ### Added
    - One (`GET /watches` and 2 more)
    - Two (`GET /watches` and 2 more)
    ### Removed
    - **Breaking:** Removed the required property `last_checked_at` from the response (`GET /watches` and 2 more)
    ~~~

    </details>
    "#);
    let nothing = DiffView::of_changes("a", "b", "json", ChangeSet::default());
    insta::assert_snapshot!(written(nothing, Format::Markdown), @r#"
    ### Contract diff: no change

    Nothing changed from `a` to `b`.
    "#);
}

#[test]
fn a_page_shows_both_documents_and_needs_nobody_else() {
    let page = written(comparison(), Format::Html);
    for outside in ["http:", "https:", "src=", "url(", "@import", "<script", "style=", "onclick"] {
        assert!(!page.contains(outside), "{outside}");
    }
    let (_, figures) = page.split_once("<figure>").unwrap();
    let (figures, _) = figures.split_once("</div>").unwrap();
    insta::assert_snapshot!(figures, @r#"
    <figcaption><b>Old</b> old file.yaml:2:3</figcaption>
    <pre tabindex="0" role="group" aria-label="Old document at old file.yaml:2:3"><code><span class="line"><i>1</i>  a:
    </span><span class="line removed named"><i>▸ 2</i>−   b: &lt;1&gt;
    </span><span class="line"><i>3</i>    c: 2
    </span></code></pre></figure>
    <figure><figcaption><b>New</b> main:new.yaml:1:1</figcaption>
    <pre tabindex="0" role="group" aria-label="New document at main:new.yaml:1:1"><code><span class="line named"><i>▸ 1</i>  a:
    </span><span class="line gap" aria-hidden="true"></span><span class="line"><i>2</i>    c: 2
    </span></code></pre></figure>
    "#);
    let ids: Vec<_> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let links = page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next());
    links.for_each(|link| assert!(ids.contains(&link), "{link}"));
}

#[test]
fn a_comparison_for_code_scanning() {
    let log: serde_json::Value = serde_json::from_str(&written(comparison(), Format::Sarif)).unwrap();
    let run = &log["runs"][0];
    let rules: Vec<_> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    assert_eq!(rules, ["response-required-property-removed", "response-property-added"]);
    for result in run["results"].as_array().unwrap() {
        assert_eq!(*rules[result["ruleIndex"].as_u64().unwrap() as usize], result["ruleId"]);
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&run["results"][0]).unwrap(), @r#"
    {
      "ruleId": "response-required-property-removed",
      "ruleIndex": 0,
      "level": "error",
      "message": {
        "text": "removed the required property `last_checked_at` from the response (reaches GET /watches, GET /watches/{watch_id}, POST /watches)"
      },
      "locations": [
        {
          "physicalLocation": {
            "artifactLocation": {
              "uri": "api/main%3Anew.yaml"
            },
            "region": {
              "startLine": 1,
              "startColumn": 1
            }
          }
        }
      ],
      "partialFingerprints": {
        "ruleAndMessage/v1": "0d7472ade337a875b70d10d1f42e53448b638ccc777dfbea10b0c2bdf068801f"
      }
    }
    "#);
}

#[test]
fn a_comparison_for_a_test_report() {
    insta::assert_snapshot!(written(comparison(), Format::Junit), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="countersign" tests="3" failures="1">
      <testsuite name="countersign" tests="3" failures="1" errors="0" skipped="0">
        <testcase classname="main:new.yaml" name="response-required-property-removed: removed the required property `last_checked_at` from the response (reaches GET /watches, GET /watches/{watch_id}, POST /watches)">
          <failure type="response-required-property-removed" message="removed the required property `last_checked_at` from the response (reaches GET /watches, GET /watches/{watch_id}, POST /watches)">main:new.yaml:1:1: removed the required property `last_checked_at` from the response (reaches GET /watches, GET /watches/{watch_id}, POST /watches)</failure>
        </testcase>
        <testcase classname="main:new.yaml" name="response-property-added: one (reaches GET /watches, GET /watches/{watch_id}, POST /watches)"/>
        <testcase classname="main:new.yaml" name="response-property-added: two (reaches GET /watches, GET /watches/{watch_id}, POST /watches)"/>
      </testsuite>
    </testsuites>
    "#);
    let nothing = DiffView::of_changes("a", "b", "json", ChangeSet::default());
    insta::assert_snapshot!(written(nothing, Format::Junit), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="countersign" tests="1" failures="0">
      <testsuite name="countersign" tests="1" failures="0" errors="0" skipped="0">
        <testcase classname="countersign" name="nothing to report"/>
      </testsuite>
    </testsuites>
    "#);
}
