//! `pipeline.toml`: read, checked, with every mistake in it told at once.
