//! Compare two documents line by line.
