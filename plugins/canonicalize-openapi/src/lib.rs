//! Canonicalize OpenAPI documents.
