//! JSON and YAML documents.
