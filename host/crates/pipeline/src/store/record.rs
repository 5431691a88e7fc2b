use super::inspect::inspect_text;
use countersign_model::{ClientLock, Position, Problem, Record, Waiver};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The version of `record.toml` that this program writes.
pub const RECORD_VERSION: u32 = 1;
/// The version of `clients/*.lock` that this program writes.
pub const LOCK_VERSION: u32 = 1;

const RECORD_HEADER: &str =
    "# Written by countersign. `countersign accept` changes it; nothing else should.\n";
const WAIVERS_HEADER: &str = "# Written by countersign. Accepted breaks: `countersign waive` adds one.\n";
const LOCK_HEADER: &str =
    "# Written by countersign. `countersign generate` changes it; nothing else should.\n";

/// The record in the bytes of a `record.toml`. `label` names the file to people.
///
/// # Errors
/// A boxed [`Problem`] with the place in the file.
pub fn parse_record(bytes: &[u8], label: &str) -> Result<Record, Box<Problem>> {
    parse_versioned(bytes, label, RECORD_VERSION)
}

/// The bytes of a `record.toml`: the same for the same record.
pub fn print_record(record: &Record) -> Vec<u8> {
    print(RECORD_HEADER, record)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Waivers {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    waiver: Vec<Waiver>,
}

/// The waivers in the bytes of a `waivers.toml`, in the file's order.
///
/// # Errors
/// A boxed [`Problem`] with the place in the file.
pub fn parse_waivers(bytes: &[u8], label: &str) -> Result<Vec<Waiver>, Box<Problem>> {
    let text = inspected(bytes, label)?;
    let parsed: Waivers = parse_toml(text, label).map_err(|problem| {
        let date = "write a waiver as `countersign waive` does, its date in quotes: `until = \"2030-12-31\"`";
        Box::new(problem.hint(date))
    })?;
    Ok(parsed.waiver)
}

/// The bytes of a `waivers.toml`, in the given order.
pub fn print_waivers(waivers: &[Waiver]) -> Vec<u8> {
    print(WAIVERS_HEADER, &Waivers { waiver: waivers.to_vec() })
}

/// The lock in the bytes of a `clients/*.lock`.
///
/// # Errors
/// A boxed [`Problem`] with the place in the file.
pub fn parse_lock(bytes: &[u8], label: &str) -> Result<ClientLock, Box<Problem>> {
    parse_versioned(bytes, label, LOCK_VERSION)
}

/// The bytes of a `clients/*.lock`: the same for the same lock.
pub fn print_lock(lock: &ClientLock) -> Vec<u8> {
    print(LOCK_HEADER, lock)
}

fn print(header: &str, value: &impl Serialize) -> Vec<u8> {
    let body = toml::to_string(value).expect("records have text keys, and values before tables");
    let gap = if body.is_empty() { "" } else { "\n" };
    format!("{header}{gap}{body}").into_bytes()
}

fn parse_versioned<T: DeserializeOwned>(bytes: &[u8], label: &str, known: u32) -> Result<T, Box<Problem>> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let text = inspected(bytes, label)?;
    // The version first: a newer file may well have keys that this program does not know.
    let Versioned { version } = parse_toml(text, label)?;
    if version != known {
        let message = format!("`{label}` has version {version}, and this countersign reads version {known}");
        let problem = Problem::new("record-version", message).at(position(text, label, 0));
        return Err(Box::new(problem.hint("install the version of countersign that the project pins")));
    }
    parse_toml(text, label)
}

fn inspected<'a>(bytes: &'a [u8], label: &str) -> Result<&'a str, Box<Problem>> {
    inspect_text(bytes, label)?;
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let problem = Problem::new("record-invalid", format!("`{label}` is not UTF-8"));
        Box::new(restorable(problem, label).at(position(&valid, label, valid.len())))
    })
}

fn parse_toml<T: DeserializeOwned>(text: &str, label: &str) -> Result<T, Box<Problem>> {
    toml::from_str(text).map_err(|error| {
        let Range { start, .. } = error.span().unwrap_or_default();
        let message = format!("`{label}` cannot be read: {}", error.message().trim_end());
        let problem = Problem::new("record-invalid", message).at(position(text, label, start));
        Box::new(restorable(problem, label))
    })
}

fn restorable(problem: Problem, label: &str) -> Problem {
    problem.hint(format!("git restore -- {label}"))
}

/// The place of a byte. Lines and columns count from 1, columns in characters.
fn position(text: &str, label: &str, byte: usize) -> Position {
    let before = &text[..text.floor_char_boundary(byte)];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let count = |number: usize| u32::try_from(number + 1).unwrap_or(u32::MAX);
    Position {
        file: label.to_owned(),
        line: count(before.matches('\n').count()),
        column: count(before[line_start..].chars().count()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_model::{Digest, LockedTool};
    use insta::assert_snapshot;
    use std::collections::BTreeMap;

    fn text(bytes: &[u8]) -> &str {
        std::str::from_utf8(bytes).unwrap()
    }

    fn lock() -> ClientLock {
        let empty = Digest::of(b"");
        ClientLock {
            version: LOCK_VERSION,
            record: empty,
            tool: LockedTool {
                name: "ts".into(),
                configuration: empty,
                versions: BTreeMap::from([("ts --version".into(), "ts 1.2".into())]),
            },
            inputs: BTreeMap::from([("uv.lock".into(), empty)]),
            files: BTreeMap::from([("models/ä b.py".parse().unwrap(), empty)]),
        }
    }

    #[test]
    fn a_record_reads_as_it_was_written() {
        let record = Record { version: 1, format: "openapi".into(), digest: Digest::of(b""), canonical: 2 };
        let printed = print_record(&record);
        assert_snapshot!(text(&printed), @r##"
        # Written by countersign. `countersign accept` changes it; nothing else should.

        version = 1
        format = "openapi"
        digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        canonical = 2
        "##);
        assert_eq!(parse_record(&printed, "record.toml").unwrap(), record);
    }

    #[test]
    fn a_lock_reads_as_it_was_written() {
        let printed = print_lock(&lock());
        assert_snapshot!(text(&printed), @r##"
        # Written by countersign. `countersign generate` changes it; nothing else should.

        version = 1
        record = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

        [tool]
        name = "ts"
        configuration = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

        [tool.versions]
        "ts --version" = "ts 1.2"

        [inputs]
        "uv.lock" = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

        [files]
        "models/ä b.py" = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        "##);
        assert_eq!(parse_lock(&printed, "a.lock").unwrap(), lock());
    }

    #[test]
    fn waivers_read_as_they_were_written() {
        let waiver = Waiver {
            fingerprint: "0123456789abcdef".parse().unwrap(),
            owner: "ann".into(),
            reason: "nobody \"reads\" it\nany more".into(),
            until: "2030-12-31".parse().unwrap(),
            summary: String::new(),
        };
        let printed = print_waivers(std::slice::from_ref(&waiver));
        assert_snapshot!(text(&printed), @r##"
        # Written by countersign. Accepted breaks: `countersign waive` adds one.

        [[waiver]]
        fingerprint = "0123456789abcdef"
        owner = "ann"
        reason = """
        nobody "reads" it
        any more"""
        until = "2030-12-31"
        "##);
        assert_eq!(parse_waivers(&printed, "waivers.toml").unwrap(), [waiver]);
        assert_eq!(parse_waivers(&print_waivers(&[]), "waivers.toml").unwrap(), []);
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        let bytes = "version = 1\nformat = \"ä\"\ndigest = \"sha256:1\"\ncanonical = 1\n";
        let problem = parse_record(bytes.as_bytes(), "contracts/a/record.toml").unwrap_err();
        let at = problem.at.unwrap();
        assert_eq!((problem.code.as_str(), at.line, at.column), ("record-invalid", 3, 10));
        let problem = parse_record(b"version = 1\nfoo = 1\n", "record.toml").unwrap_err();
        assert_eq!(problem.at.unwrap().line, 2);
    }

    #[test]
    fn a_newer_file_is_told_by_its_version_whatever_else_it_holds() {
        let problem = parse_lock(b"version = 9\nnew-key = 1\n", "a.lock").unwrap_err();
        assert_eq!(problem.code, "record-version");
    }

    #[test]
    fn a_waiver_whose_date_is_not_quoted_gets_the_hint_that_it_should_be() {
        let bytes = b"[[waiver]]\nfingerprint = \"0123456789abcdef\"\nowner = \"a\"\nreason = \"b\"\nuntil = 2030-12-31\n";
        let problem = parse_waivers(bytes, "waivers.toml").unwrap_err();
        assert_eq!(problem.at.unwrap().line, 5);
        assert!(problem.hint.unwrap().contains("in quotes"));
    }

    #[test]
    fn what_git_does_to_a_record_is_named() {
        let code = |bytes: &[u8]| parse_record(bytes, "record.toml").unwrap_err().code;
        assert_eq!(code(b"version = 1\r\n"), "crlf");
        assert_eq!(code(b"<<<<<<< a\nversion = 1\n=======\n>>>>>>> b\n"), "merge-conflict");
        assert_eq!(code(b"version https://git-lfs.github.com/spec/v1\n"), "lfs-pointer");
        assert_eq!(code(b"version = 1\nformat = \"\xff\""), "record-invalid");
    }
}
