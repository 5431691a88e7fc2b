//! Which commit of Countersign a workflow installs.

use countersign_model::Problem;
use std::collections::BTreeMap;
use std::path::Path;

const SOURCE: &str = concat!("git+", env!("CARGO_PKG_REPOSITORY"));

/// Refuse what is not a whole commit: a branch or a tag can move.
///
/// # Errors
/// A problem that says what is expected.
pub(in crate::command::init) fn check(revision: Option<&str>) -> Result<(), Problem> {
    let Some(revision) = revision.filter(|revision| !is_commit(revision)) else { return Ok(()) };
    let message = format!("`{revision}` is not a whole commit, with 40 hexadecimal digits");
    let hint = concat!("git ls-remote ", env!("CARGO_PKG_REPOSITORY"), " main");
    Err(Problem::new("invalid-revision", message).hint(hint))
}

fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The commit that Cargo installed this version from, as it keeps account of it.
pub(super) fn installed(environment: &BTreeMap<String, String>) -> Option<String> {
    let get = |name: &str| environment.get(name).filter(|value| !value.is_empty());
    let home = get("CARGO_HOME").cloned().or_else(|| get("HOME").map(|home| format!("{home}/.cargo")))?;
    commit_in(&std::fs::read_to_string(Path::new(&home).join(".crates.toml")).ok()?)
}

/// The commit in Cargo's account, a table of `"NAME VERSION (SOURCE#COMMIT)"`.
fn commit_in(account: &str) -> Option<String> {
    let account: toml::Table = toml::from_str(account).ok()?;
    let package = concat!("countersign ", env!("CARGO_PKG_VERSION"), " (");
    let sources = account.get("v1")?.as_table()?.keys().filter_map(|key| key.strip_prefix(package));
    let ours = sources.filter_map(|rest| rest.strip_prefix(SOURCE)?.strip_suffix(')')?.rsplit_once('#'));
    let is_end = |rest: &str| rest.is_empty() || rest.starts_with(['?', '.']);
    ours.filter(|(rest, commit)| is_end(rest) && is_commit(commit))
        .map(|(_, commit)| commit.to_owned())
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn cargo_says_what_was_installed() {
        let account = |source: &str| {
            format!("[v1]\n\"countersign {} ({source})\" = [\"countersign\"]\n", env!("CARGO_PKG_VERSION"))
        };
        let found = |source: &str| commit_in(&account(source));
        assert_eq!(found(&format!("{SOURCE}?rev=0123#{COMMIT}")).as_deref(), Some(COMMIT));
        assert_eq!(found(&format!("{SOURCE}#{COMMIT}")).as_deref(), Some(COMMIT));
        assert_eq!(found(&format!("{SOURCE}-fork#{COMMIT}")), None);
        assert_eq!(found(&format!("{SOURCE}#main")), None);
        assert_eq!(found("path+file:///countersign"), None);
        assert_eq!(commit_in("not TOML ="), None);
    }

    #[test]
    fn only_a_whole_commit_pins() {
        assert!(check(None).is_ok() && check(Some(COMMIT)).is_ok());
        for text in ["main", "v1", "0123", &COMMIT.to_uppercase(), "$(reboot)"] {
            assert_eq!(check(Some(text)).unwrap_err().code, "invalid-revision");
        }
    }
}
