use countersign_model::{Position, Problem, Record, Snapshot};

const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/v1";
const CONFLICT: &[u8] = b"<<<<<<< ";

/// Whether the bytes of a snapshot can be what was committed. `label` names the file to people.
///
/// # Errors
/// A boxed [`Problem`] `merge-conflict`, `lfs-pointer`, `crlf` or `empty-snapshot`.
pub fn inspect_snapshot(bytes: &[u8], label: &str) -> Result<(), Box<Problem>> {
    if bytes.is_empty() {
        let problem = Problem::new("empty-snapshot", format!("the snapshot `{label}` is empty"));
        return Err(Box::new(at(problem, label, 1).hint(format!("git restore -- {label}"))));
    }
    inspect_text(bytes, label)
}

/// What Git does to files on their way, whoever wrote them.
pub(super) fn inspect_text(bytes: &[u8], label: &str) -> Result<(), Box<Problem>> {
    let problem = if let Some(line) = conflict_line(bytes) {
        at(Problem::new("merge-conflict", format!("`{label}` has an unresolved merge conflict")), label, line)
            .hint(format!("git checkout --ours -- {label}, then run `countersign accept`"))
    } else if bytes.starts_with(LFS_POINTER) {
        let message = format!("`{label}` is a Git LFS pointer, not the file itself");
        at(Problem::new("lfs-pointer", message), label, 1).hint(format!("git lfs pull --include {label}"))
    } else if has_only_crlf(bytes) {
        let message = format!("`{label}` has CRLF line ends: Git converted it on checkout");
        at(Problem::new("crlf", message), label, 1).hint(format!(
            "add the line `contracts/** -text` to `.gitattributes`, then `rm {label} && git restore -- {label}`"
        ))
    } else {
        return Ok(());
    };
    Err(Box::new(problem))
}

/// The line of the first conflict marker. A lone `<<<<<<< ` may be part of a text document; with a divider
/// after it, it is not.
fn conflict_line(bytes: &[u8]) -> Option<u32> {
    let lines = || (1..).zip(bytes.split(|byte| *byte == b'\n'));
    let (first, _) = lines().find(|(_, line)| line.starts_with(CONFLICT))?;
    let is_divider = |line: &[u8]| line.strip_suffix(b"\r").unwrap_or(line) == b"=======";
    lines().any(|(number, line)| number > first && is_divider(line)).then_some(first)
}

/// Whether every line ends with CRLF, and there is one. Git converts all of them or none; one among others
/// belongs to the document.
fn has_only_crlf(bytes: &[u8]) -> bool {
    let mut ends = (0..bytes.len()).filter(|at| bytes[*at] == b'\n').peekable();
    ends.peek().is_some() && ends.all(|at| at > 0 && bytes[at - 1] == b'\r')
}

fn at(problem: Problem, label: &str, line: u32) -> Problem {
    problem.at(Position { file: label.to_owned(), line, column: 1 })
}

/// Whether a snapshot is the one that its record names. `label` is the snapshot's path.
///
/// # Errors
/// The boxed problem `snapshot-edited` where it is not.
pub fn check_record(record: &Record, snapshot: &Snapshot, label: &str) -> Result<(), Box<Problem>> {
    if record.digest == snapshot.digest() {
        return Ok(());
    }
    let message = format!("the snapshot `{label}` is not the one that `record.toml` names");
    let problem = Problem::new("snapshot-edited", message)
        .cause(format!("the record names {}, and the file is {}", record.digest, snapshot.digest()))
        .hint(format!(
            "put it back with `git restore -- {label}`, or record what the code says with `countersign accept`"
        ));
    Err(Box::new(at(problem, label, 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> Option<(String, u32)> {
        let problem = inspect_snapshot(bytes, "contracts/a/openapi.json").err()?;
        assert!(problem.hint.is_some());
        Some((problem.code, problem.at.unwrap().line))
    }

    #[test]
    fn what_git_does_to_a_snapshot_is_named() {
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
        assert_eq!(code(b"{}\n"), None);
        assert_eq!(code(b""), Some(("empty-snapshot".into(), 1)));
        assert_eq!(code(pointer), Some(("lfs-pointer".into(), 1)));
        assert_eq!(code(b"{\r\n}\r\n"), Some(("crlf".into(), 1)));
        let conflict = b"{\n<<<<<<< HEAD\n\"a\": 1\n=======\n\"a\": 2\n>>>>>>> topic\n}\n";
        assert_eq!(code(conflict), Some(("merge-conflict".into(), 2)));
    }

    #[test]
    fn a_text_document_may_hold_one_crlf_or_an_arrow_of_its_own() {
        assert_eq!(code(b"a\r\nb\n"), None);
        assert_eq!(code(b"<<<<<<< look here\n"), None);
    }

    #[test]
    fn a_snapshot_edited_by_hand_is_told_from_drift() {
        let snapshot = Snapshot::of(&b"{}\n"[..]);
        let record = Record { version: 1, format: "openapi".into(), digest: snapshot.digest(), canonical: 1 };
        assert!(check_record(&record, &snapshot, "a").is_ok());
        let problem = check_record(&record, &Snapshot::of(&b"{ }\n"[..]), "a").unwrap_err();
        assert_eq!(problem.code, "snapshot-edited");
    }
}
