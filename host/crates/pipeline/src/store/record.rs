use countersign_model::{ClientLock, Problem, Record, Waiver};

/// The version of `record.toml` that this program writes.
pub const RECORD_VERSION: u32 = 1;
/// The version of `clients/*.lock` that this program writes.
pub const LOCK_VERSION: u32 = 1;

/// The record in the bytes of a `record.toml`. `label` names the file to people.
///
/// # Errors
/// A [`Problem`] with the place in the file.
pub fn parse_record(bytes: &[u8], label: &str) -> Result<Record, Problem> {
    let _ = (bytes, label);
    todo!()
}

/// The bytes of a `record.toml`.
pub fn print_record(record: &Record) -> Vec<u8> {
    let _ = record;
    todo!()
}

/// The waivers in the bytes of a `waivers.toml`.
///
/// # Errors
/// A [`Problem`] with the place in the file.
pub fn parse_waivers(bytes: &[u8], label: &str) -> Result<Vec<Waiver>, Problem> {
    let _ = (bytes, label);
    todo!()
}

/// The bytes of a `waivers.toml`.
pub fn print_waivers(waivers: &[Waiver]) -> Vec<u8> {
    let _ = waivers;
    todo!()
}

/// The lock in the bytes of a `clients/*.lock`.
///
/// # Errors
/// A [`Problem`] with the place in the file.
pub fn parse_lock(bytes: &[u8], label: &str) -> Result<ClientLock, Problem> {
    let _ = (bytes, label);
    todo!()
}

/// The bytes of a `clients/*.lock`.
pub fn print_lock(lock: &ClientLock) -> Vec<u8> {
    let _ = lock;
    todo!()
}
