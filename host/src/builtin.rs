//! The stages that this binary carries, as the build script made them.

use countersign_engine::Builtin;

include!(concat!(env!("OUT_DIR"), "/builtins.rs"));
