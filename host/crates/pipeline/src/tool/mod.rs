//! Tools that `pipeline.toml` declares, run in a mirror, with limits.
