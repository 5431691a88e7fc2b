//! Dump a document from a URL.
