//! Where the daemon keeps what it knows: a file, or a database that several daemons share.

use crate::args::ServeArgs;
use crate::context::Context;
use countersign_model::Problem;
use countersign_pipeline::config::{Config, StorePlace};
use countersign_serve::{PostgresStore, SqliteStore, Store, StoreError};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The place of a store, with the variable that names it read.
pub(super) enum Place {
    /// A file.
    File(PathBuf),
    /// The URL of a database, which may hold a password.
    Database(String),
}

impl Place {
    /// Reads where the store is. A variable that says so is taken out of the environment: it may hold a password, and runs
    /// inherit the rest.
    pub(super) fn take(args: &ServeArgs, config: &Config, context: &mut Context) -> Result<Self, Problem> {
        let (place, folder) = match &args.store {
            Some(written) => (StorePlace::of(written)?, context.directory.as_path()),
            None => (config.serve.store.clone(), config.root.as_path()),
        };
        Ok(match place {
            StorePlace::File(file) => Self::File(folder.join(file)),
            StorePlace::Database(url) => Self::Database(url),
            StorePlace::Variable(name) => match context.environment.remove(&name) {
                Some(url) if StorePlace::is_url(&url) => Self::Database(url),
                Some(file) if !file.is_empty() => Self::File(folder.join(file)),
                Some(_) | None => return Err(unset(&name)),
            },
        })
    }

    pub(super) fn open(&self) -> Result<Arc<dyn Store>, Problem> {
        match self {
            Self::File(file) => match SqliteStore::open(file) {
                Ok(store) => Ok(Arc::new(store)),
                Err(error) => Err(file_failed(&error)),
            },
            Self::Database(url) => match PostgresStore::open(url) {
                Ok(store) => Ok(Arc::new(store)),
                Err(error) => Err(database_failed(&error)),
            },
        }
    }

    pub(super) fn back_up(&self, to: &Path) -> Result<(), Problem> {
        match self {
            Self::File(file) => SqliteStore::back_up(file, to).map_err(|error| {
                let hint = "name a file that does not exist yet, in a folder that you may write";
                Problem::new("store-failed", error.to_string()).hint(hint)
            }),
            Self::Database(_) => {
                let message = "`--backup` copies the file of a store, and this one is a database";
                let command = "pg_dump --schema=countersign --no-owner --file FILE \"$COUNTERSIGN_STORE\"";
                Err(Problem::new("store-failed", message).hint(format!("run `{command}`")))
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => write!(formatter, "{}", file.display()),
            Self::Database(_) => formatter.write_str("in PostgreSQL"),
        }
    }
}

fn unset(variable: &str) -> Problem {
    let message = format!("the store is where `{variable}` says, and that variable is not set");
    let hint =
        format!("set `{variable}` to a file, or to a URL like `postgres://user:password@host/database`");
    Problem::new("store-failed", message).hint(hint)
}

fn file_failed(error: &StoreError) -> Problem {
    let hint = "name another file with `--store`, or mend the permissions of its folder";
    Problem::new("store-failed", error.to_string()).hint(hint)
}

fn database_failed(error: &StoreError) -> Problem {
    let hint = match error {
        StoreError::Newer { .. } => "run the version that wrote it, or a later one",
        StoreError::Open { .. }
        | StoreError::Down { .. }
        | StoreError::Contended { .. }
        | StoreError::Broken { .. } => {
            "see whether `psql` reaches it by the same URL; on a network of your own, `?sslmode=disable` goes without TLS"
        }
    };
    Problem::new("store-failed", error.to_string()).hint(hint)
}
