use rustix::process::{Resource, getrlimit};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use wasmtime::{Config, ModuleVersionStrategy, OptLevel, WasmBacktraceDetails};

/// How often the ticker wakes guests so that they look at the clock.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// The version of the engine that compiled code must come from. wasmtime by itself compares its major
/// version only, and would accept code from before a security fix.
const COMPILED_BY: &str = concat!("countersign-", env!("CARGO_PKG_VERSION"), "+wasmtime-48.0.8");

/// The engine could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the WebAssembly engine could not be started: {0}")]
pub struct EngineError(pub(crate) String);

/// Compiles and runs components. One for the life of the process; cheap to make.
pub struct Engine {
    pub(crate) engine: wasmtime::Engine,
    ticking: AtomicBool,
}

impl Engine {
    /// An engine for this machine.
    ///
    /// # Errors
    /// [`EngineError`] where this machine cannot run compiled WebAssembly.
    pub fn new() -> Result<Self, EngineError> {
        let is_bounded = getrlimit(Resource::As).current.is_some();
        Self::with(&configuration(if is_bounded { SMALL } else { WHOLE })?)
    }

    /// An engine that compiles for every machine of one target and runs nothing.
    pub(crate) fn for_target(triple: &str) -> Result<Self, EngineError> {
        let mut configuration = configuration(WHOLE)?;
        configuration.target(triple).map_err(|error| EngineError(format!("{error:#}")))?;
        crate::store::with_vectors(&mut configuration, triple);
        Self::with(&configuration)
    }

    fn with(configuration: &Config) -> Result<Self, EngineError> {
        let engine =
            wasmtime::Engine::new(configuration).map_err(|error| EngineError(format!("{error:#}")))?;
        Ok(Self { engine, ticking: AtomicBool::new(false) })
    }

    /// Start the ticker with the first call; without it, epochs never advance and nothing is ever stopped.
    pub(crate) fn tick(&self) {
        if self.ticking.swap(true, Ordering::Relaxed) {
            return;
        }
        let engine = self.engine.weak();
        std::thread::spawn(move || {
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(TICK);
            }
        });
    }
}

/// Bytes of address space for each memory: all that a guest can name, so that no access has to be checked.
const WHOLE: u64 = 4 << 30;

/// Where address space is bounded (`ulimit -v`): accesses are checked, and the built-in stages are compiled anew.
const SMALL: u64 = 256 << 20;

fn configuration(reservation: u64) -> Result<Config, EngineError> {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .cranelift_opt_level(OptLevel::Speed)
        .epoch_interruption(true)
        .memory_reservation(reservation)
        // Deeply nested documents overflow the default of 512 KiB.
        .max_wasm_stack(1 << 20)
        .wasm_backtrace_details(WasmBacktraceDetails::Enable)
        // The same inputs give the same bytes on every machine.
        .cranelift_nan_canonicalization(true)
        .wasm_relaxed_simd(false);
    config
        .module_version(ModuleVersionStrategy::Custom(COMPILED_BY.into()))
        .map_err(|error| EngineError(format!("{error:#}")))?;
    Ok(config)
}
