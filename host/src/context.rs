//! What a command may know of the world: where it runs, what the environment said, what time it is. Made
//! once, in `main`, so that no command reads any of it by itself.

use crate::args::{Cage, GlobalArgs};
use crate::progress::Progress;
use countersign_pipeline::tool::{Interrupt, Rung};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a command may know of the world.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// The folder that the command runs in; absolute.
    pub(crate) directory: PathBuf,
    /// The configuration file, where the user named one; absolute.
    pub(crate) config: Option<PathBuf>,
    /// Whether only what is wrong is printed.
    pub(crate) quiet: bool,
    /// The best rung to keep tools apart by.
    pub(crate) cage: Rung,
    /// How often `-v` was given.
    pub(crate) verbose: u8,
    /// The environment as it was at the start; entries that are not Unicode are left out.
    pub(crate) environment: BTreeMap<String, String>,
    /// The time at the start.
    pub(crate) now: Timestamp,
    /// Whether standard input is a terminal, so that questions can be asked.
    pub(crate) interactive: bool,
    /// Raised when the user interrupts the run, so that tools end with it.
    pub(crate) interrupt: Interrupt,
    /// Where to say what the run is busy with.
    pub(crate) progress: Progress,
}

impl Context {
    /// The context of a run with the given flags, environment, time and current folder.
    pub(crate) fn new(
        global: &GlobalArgs,
        current: &Path,
        environment: BTreeMap<String, String>,
        now: Timestamp,
        interactive: bool,
    ) -> Self {
        let directory = global.directory.as_ref().map_or(current.to_path_buf(), |path| current.join(path));
        Self {
            config: global.config.as_ref().map(|path| directory.join(path)),
            directory,
            quiet: global.quiet,
            cage: match global.cage {
                Cage::Namespaces => Rung::Namespaces,
                Cage::Mirror => Rung::Mirror,
                Cage::Bare => Rung::Bare,
            },
            verbose: global.verbose,
            environment,
            now,
            interactive,
            interrupt: Interrupt::default(),
            progress: Progress::new(global.quiet),
        }
    }

    /// The folder of the configuration, which the paths of a report are relative to: that of the file that
    /// the user named, else the nearest one upwards that holds a `pipeline.toml`, else the current one.
    pub(crate) fn root(&self) -> PathBuf {
        let named = self.config.as_ref().and_then(|path| path.parent()).map(Path::to_path_buf);
        let nearest = || self.directory.ancestors().find(|folder| folder.join("pipeline.toml").is_file());
        named.or_else(|| nearest().map(Path::to_path_buf)).unwrap_or_else(|| self.directory.clone())
    }
}
