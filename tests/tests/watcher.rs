//! The example service and its vendored client, from the first accept to the incident, with the real generator.

use countersign_tests::{INCIDENT, OUTPUT, PROGRAMS, accepted, digest, fresh};
use serde_json::{Value, json};

const SNAPSHOT: &str = "contracts/watcher/openapi.json";
const LOCK: &str = "contracts/watcher/clients/watcher-python.lock";

fn contract(report: &Value) -> &Value {
    &report["contracts"][0]
}

fn client(report: &Value) -> &Value {
    &report["contracts"][0]["clients"][0]
}

#[test]
fn a_first_accept_takes_the_committed_client_as_it_is() {
    let Some(sandbox) = fresh() else { return };
    let report = sandbox.json(&["check"], 1);
    assert_eq!(contract(&report)["record"], "missing");
    assert_eq!(contract(&report)["fixes"][0]["command"], "countersign accept watcher");

    let before = sandbox.files();
    let report = sandbox.json(&["accept"], 0);
    assert_eq!(contract(&report)["record"], "agreed");
    assert_eq!(client(&report)["upcoming"], json!([]), "the committed client is what the generator gives");
    let after = sandbox.files();
    let added: Vec<_> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    assert_eq!(added, [LOCK, SNAPSHOT, "contracts/watcher/record.toml"]);
    assert!(before.iter().all(|(path, bytes)| after.get(path) == Some(bytes)), "nothing else changed");

    let recorded = digest(&after[SNAPSHOT]);
    assert!(sandbox.read("contracts/watcher/record.toml").contains(&recorded));
    assert!(!sandbox.read(SNAPSHOT).contains("/dashboard"), "pruned paths are not in the record");
    let canonical = sandbox.run(&["canonicalize", SNAPSHOT]).exits(0);
    assert_eq!(canonical.stdout, sandbox.read(SNAPSHOT), "the snapshot is canonical");

    let report = sandbox.json(&["check"], 0);
    assert_eq!(
        (&contract(&report)["recorded"], &client(&report)["state"]),
        (&json!(recorded), &json!("agreed"))
    );
    drop(sandbox.run(&["accept"]).exits(0));
    assert_eq!(sandbox.files(), after, "a second accept changes nothing");
}

#[test]
fn the_dropped_response_field_is_a_red_build_before_it_is_an_incident() {
    let Some(sandbox) = accepted() else { return };
    let (file, marker) = INCIDENT;
    let text = sandbox.read(file);
    let (head, tail) = text.split_once(marker).expect("the marker stands in the file");
    let (_, tail) = tail.split_once('\n').expect("a line follows the marker");
    sandbox.write(file, format!("{head}{marker}{tail}"));

    let report = sandbox.json(&["check"], 1);
    let break_ = (contract(&report)["drift"].as_array().expect("it is a list").iter())
        .find(|change| change["impact"] == "breaking")
        .expect("the break is told");
    assert_eq!(break_["rule"], "response-required-property-removed");
    assert_eq!(break_["direction"], "response");
    assert_eq!(break_["subject"], "/components/schemas/Watch/properties/last_checked_at");
    let operations = break_["operations"].as_array().expect("it is a list");
    assert!(operations.contains(&json!("GET /api/v1/watches/{watch_id}")), "{operations:?}");
    let upcoming = client(&report)["upcoming"].as_array().expect("it is a list");
    assert!(upcoming.contains(&json!({ "path": "models/watch.py", "kind": "changed" })), "{upcoming:?}");
    drop(sandbox.run(&["check"]).exits(1).says("last_checked_at").says("countersign accept watcher"));

    drop(sandbox.run(&["accept"]).exits(0));
    assert!(!sandbox.read(&format!("{OUTPUT}/models/watch.py")).contains("last_checked_at"));
    let report = sandbox.json(&["check"], 0);
    assert_eq!(contract(&report)["record"], "agreed");
    assert_eq!(contract(&report)["breaks"][0]["state"], json!({ "is": "reported" }));
    assert_eq!(client(&report)["state"], "agreed");
}

#[test]
fn files_edited_deleted_and_added_by_hand_are_named_and_generated_again() {
    let Some(sandbox) = accepted() else { return };
    let before = sandbox.files();
    let generated = |path: &str| format!("{OUTPUT}/{path}");
    sandbox.write(&generated("client.py"), "# mine\n");
    sandbox.remove(&generated("models/watch.py"));
    sandbox.write(&generated("models/extra.py"), "");

    let report = sandbox.json(&["check"], 1);
    assert_eq!(client(&report)["state"], "stale");
    assert_eq!(client(&report)["cause"], "edited-by-hand");
    let expected = json!([
        { "path": "client.py", "kind": "changed" },
        { "path": "models/extra.py", "kind": "removed" },
        { "path": "models/watch.py", "kind": "added" },
    ]);
    assert_eq!(client(&report)["files"], expected);
    drop(sandbox.run(&["generate"]).exits(0));
    assert_eq!(sandbox.files(), before, "snapshot, lock and client are what they were");
}

#[test]
fn a_lock_that_was_edited_together_with_the_tree_proves_nothing() {
    let Some(sandbox) = accepted() else { return };
    let file = format!("{OUTPUT}/client.py");
    let old = sandbox.read(&file);
    let new = format!("{old}# mine\n");
    sandbox.edit(LOCK, &digest(old.as_bytes()), &digest(new.as_bytes()));
    sandbox.write(&file, new);
    let report = sandbox.json(&["check"], 1);
    assert_eq!(client(&report)["files"], json!([{ "path": "client.py", "kind": "changed" }]));
    assert_eq!(client(&report)["cause"], "edited-by-hand");
    let report = sandbox.json(&["check", "--no-tools"], 2);
    assert_eq!(client(&report)["state"], "unverified", "nobody may call it agreed without generating it");
}

#[test]
fn a_lock_that_the_baseline_holds_spares_every_tool() {
    let Some(sandbox) = accepted() else { return };
    // Whoever starts the generator fails.
    sandbox.remove(PROGRAMS);
    for arguments in [&["check"][..], &["check", "--no-tools"]] {
        let report = sandbox.json(arguments, 0);
        assert_eq!(client(&report)["proof"], "lock");
    }
    // The dump's declared inputs did not change either.
    assert_eq!(contract(&sandbox.json(&["check"], 0))["observed"]["from"], "kept-dump");
}

#[test]
fn a_report_does_not_depend_on_locale_time_zone_or_the_number_of_threads() {
    let Some(mut sandbox) = accepted() else { return };
    sandbox.write(&format!("{OUTPUT}/client.py"), "# mine\n");
    sandbox.write(&format!("{OUTPUT}/models/watch.py"), "# mine\n");
    for (name, value) in [("LANG", "C"), ("TZ", "UTC"), ("RAYON_NUM_THREADS", "1")] {
        sandbox.set(name, value);
    }
    let one = sandbox.json(&["check"], 1);
    for (name, value) in [("LANG", "de_DE.UTF-8"), ("TZ", "Asia/Tokyo"), ("RAYON_NUM_THREADS", "4")] {
        sandbox.set(name, value);
    }
    assert_eq!(sandbox.json(&["check"], 1), one);
}
