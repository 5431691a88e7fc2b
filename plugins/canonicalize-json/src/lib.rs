//! Canonicalize JSON and YAML documents.
