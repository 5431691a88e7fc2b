//! Version control, by the `git` command.
