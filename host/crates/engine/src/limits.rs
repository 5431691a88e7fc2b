use std::time::Duration;
use wasmtime::ResourceLimiter;

/// What one call of a stage may use. The same on a laptop and in CI, changed only in committed configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory, summed over every memory of the store.
    pub memory: usize,
    /// Time that the guest itself runs; time in a host call has a limit of its own.
    pub wall: Duration,
    /// Bytes that the guest may hand to the host in one transfer.
    pub output: usize,
    /// Bytes of messages.
    pub log: usize,
    /// Calls of the host.
    pub host_calls: u32,
}

impl Default for Limits {
    /// 512 MiB, 30 seconds, 64 MiB, 256 KiB and 100,000 calls.
    fn default() -> Self {
        Self {
            memory: 512 << 20,
            wall: Duration::from_secs(30),
            output: 64 << 20,
            log: 256 << 10,
            host_calls: 100_000,
        }
    }
}

/// Sums memory and tables over the store. wasmtime's own limiter compares each memory by itself, so that a
/// component of N modules gets N times the limit.
pub(crate) struct StoreLimiter {
    granted: usize,
    used: usize,
    entries: usize,
}

/// Entries of all tables together; the tables of a component grow with its code, not with its input.
const TABLE_ENTRIES: usize = 1_000_000;

impl StoreLimiter {
    pub(crate) fn new(granted: usize) -> Self {
        Self { granted, used: 0, entries: 0 }
    }
}

/// The memory limit was hit. Travels through wasmtime as the cause of the trap.
#[derive(Debug, thiserror::Error)]
#[error("memory limit: the stage asked for {asked} bytes and is granted {granted}")]
pub(crate) struct MemoryExceeded {
    pub(crate) asked: usize,
    pub(crate) granted: usize,
}

impl ResourceLimiter for StoreLimiter {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let asked = self.used.saturating_add(desired.saturating_sub(current));
        if asked > self.granted {
            return Err(wasmtime::Error::from(MemoryExceeded { asked, granted: self.granted }));
        }
        self.used = asked;
        Ok(true)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.entries = self.entries.saturating_add(desired.saturating_sub(current));
        Ok(self.entries <= TABLE_ENTRIES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_memories_share_one_limit() {
        let mut limiter = StoreLimiter::new(100);
        assert!(limiter.memory_growing(0, 60, None).is_ok());
        let error = limiter.memory_growing(0, 60, None).unwrap_err();
        assert!(error.downcast_ref::<MemoryExceeded>().is_some_and(|exceeded| exceeded.asked == 120));
    }
}
