//! Dump a document from a file of the repository.
