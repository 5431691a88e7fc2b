//! Generate a client by running a declared tool.
