//! Dump a document by running a command of the repository.
