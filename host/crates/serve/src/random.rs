//! Randomness of the kernel: for names of processes and for jitter, never for secrets.

/// Eight bytes; zero where the kernel has none yet.
pub(crate) fn word() -> u64 {
    let mut bytes = [0; 8];
    let filled = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty());
    filled.map_or(0, |_| u64::from_le_bytes(bytes))
}

pub(crate) fn hex() -> String {
    format!("{:08x}", word() as u32)
}
