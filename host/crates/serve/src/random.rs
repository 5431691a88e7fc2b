//! Randomness of the kernel: for names of processes, for jitter, and for what nobody may guess.

/// Eight bytes; zero where the kernel has none yet.
pub(crate) fn word() -> u64 {
    let mut bytes = [0; 8];
    let filled = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty());
    filled.map_or(0, |_| u64::from_le_bytes(bytes))
}

/// What nobody can guess, in hexadecimal; none where the kernel has no randomness to give.
pub(crate) fn secret() -> Option<String> {
    let mut bytes = [0; 32];
    let filled = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty());
    (filled == Ok(bytes.len())).then(|| bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

pub(crate) fn hex() -> String {
    format!("{:08x}", word() as u32)
}
