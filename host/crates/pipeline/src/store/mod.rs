//! The files of record, and the only way to change them: all or nothing.
