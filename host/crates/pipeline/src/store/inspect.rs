use countersign_model::{Problem, Record, Snapshot};

/// Whether the bytes of a snapshot are what was committed.
///
/// # Errors
/// A [`Problem`] for conflict markers, a Git LFS pointer, CRLF line ends and an empty file.
pub fn inspect_snapshot(bytes: &[u8], label: &str) -> Result<(), Problem> {
    let _ = (bytes, label);
    todo!()
}

/// Whether a snapshot is the one that its record names. `label` is the snapshot's path.
///
/// # Errors
/// The problem `snapshot-edited` where it is not.
pub fn check_record(record: &Record, snapshot: &Snapshot, label: &str) -> Result<(), Problem> {
    let _ = (record, snapshot, label);
    todo!()
}
