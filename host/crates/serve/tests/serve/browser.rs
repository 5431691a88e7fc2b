//! The running server in a real Chromium: everything works without a script, and with one a page stays true.

use crate::pages::{TOKEN, busy, open_to_sign_in};
use countersign_tests::browser;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn people_read_sign_in_run_again_and_see_what_arrives() {
    let Some(browser) = browser() else { return };
    let (server, _) = busy(open_to_sign_in());
    let mut looking = Command::new("node")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/serve/look.mjs"))
        .args([&browser.modules, &browser.program])
        .args([&format!("http://{}", server.address), TOKEN])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(looking.stdout.take().unwrap()).lines().map(|line| line.unwrap());
    let mut lines = Vec::new();
    for line in said {
        if line == "listening" {
            assert_eq!(server.push("live", "b", "c").status, 202);
        }
        lines.push(line);
    }
    assert!(looking.wait().unwrap().success(), "{lines:?}");
    assert_eq!(lines, ["listening", "seen"]);
}
