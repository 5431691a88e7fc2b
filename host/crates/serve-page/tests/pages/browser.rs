//! Every page in a real Chromium: light and dark, wide and narrow, with and without a script, for barriers (axe-core),
//! for what the content security policy refuses, and for how it behaves. `SCREENSHOTS=1` keeps a picture of each.

use countersign_tests::{browser, scratch};
use std::path::Path;
use std::process::Command;

#[test]
fn chromium_shows_every_page_without_a_barrier() {
    let Some(browser) = browser() else { return };
    let gallery = scratch("serve-page-gallery");
    crate::served::write(&gallery).expect("the gallery can be written");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/check.mjs");
    let mut node = Command::new("node");
    node.arg(script).args([&browser.modules, &browser.program, &gallery]);
    if browser.screenshots {
        node.arg(gallery.join("screenshots"));
        eprintln!("screenshots are in {}", gallery.join("screenshots").display());
    }
    let looked = node.output().expect("node can be started");
    let said = String::from_utf8_lossy(&looked.stdout);
    let failed = String::from_utf8_lossy(&looked.stderr);
    assert!(looked.status.success(), "{said}{failed}");
    assert!(said.contains("4 behaviours: 0 faults"), "{said}");
}
