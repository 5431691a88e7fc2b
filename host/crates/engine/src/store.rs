//! Compiled components. The only place that says how machine code is made and loads it, and so the only one with `unsafe`.

use crate::{Engine, EngineError};
use wasmtime::Config;
use wasmtime::component::Component;

/// A stage that the binary carries: an ordinary component, and what this engine made of it at build time.
#[derive(Clone, Copy, Debug)]
pub struct Builtin {
    /// The plugin's name.
    pub name: &'static str,
    /// The component.
    pub wasm: &'static [u8],
    /// `sha256:` and the hexadecimal digest of the component.
    pub digest: &'static str,
    /// Machine code for nearly every processor of the target, from [`precompile`]. Others compile [`Self::wasm`].
    pub compiled: &'static [u8],
}

/// Compile a component ahead of time for every processor of `triple`.
///
/// # Errors
/// [`EngineError`] where the bytes are not a component.
pub fn precompile(wasm: &[u8], triple: &str) -> Result<Vec<u8>, EngineError> {
    let engine = Engine::for_target(triple)?;
    engine.engine.precompile_component(wasm).map_err(|error| EngineError(format!("{error:#}")))
}

/// The instructions of x86-64-v2 (System V ABI for x86-64, section 3.1.1), which machines have had since 2009.
const X86_64_V2: [&str; 5] = ["has_sse3", "has_ssse3", "has_sse41", "has_sse42", "has_popcnt"];

/// Lets code for a target use what nearly every machine of it has. Without that, many vector instructions of WebAssembly
/// become calls into the runtime, one for each 16 bytes that a scanner looks at.
pub(crate) fn with_vectors(configuration: &mut Config, triple: &str) {
    if !triple.starts_with("x86_64-") {
        return;
    }
    for flag in X86_64_V2 {
        // SAFETY: the flags name instructions and change no rule of the sandbox. wasmtime looks whether a machine has
        // them before it loads what was compiled with them, and where it has not, the component is compiled there.
        #[expect(unsafe_code, reason = "wasmtime offers no other way to say what a target's machines have")]
        unsafe {
            configuration.cranelift_flag_enable(flag);
        }
    }
}

/// The component of a built-in stage: the embedded machine code where it fits this machine and this engine,
/// else compiled anew, which is slower and never an error.
pub(crate) fn load_builtin(engine: &Engine, builtin: &Builtin) -> wasmtime::Result<Component> {
    // SAFETY: the bytes were made by `precompile` in this binary's own build script and are embedded in
    // the binary's read-only data, so whoever can change them can change the binary itself. wasmtime
    // compares version, target, settings and features before it accepts them.
    #[expect(unsafe_code, reason = "the component store is where compiled code is loaded")]
    let loaded = unsafe { Component::deserialize(&engine.engine, builtin.compiled) };
    loaded.or_else(|_| compile(engine, builtin.wasm))
}

/// The most bytes of a component that is compiled on this machine.
const LARGEST_COMPONENT: usize = 64 << 20;

/// Compile a component that is not one of ours.
pub(crate) fn compile(engine: &Engine, wasm: &[u8]) -> wasmtime::Result<Component> {
    if wasm.len() > LARGEST_COMPONENT {
        return Err(wasmtime::Error::msg(format!(
            "it has {} bytes, and at most {LARGEST_COMPONENT} are compiled",
            wasm.len()
        )));
    }
    Component::from_binary(&engine.engine, wasm)
}
