use super::SqliteStore;
use crate::store::conformance::{self, Opens};
use crate::store::{Store, StoreError};
use rusqlite::Connection;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

struct InFolder {
    folder: TempDir,
}

impl InFolder {
    fn file(&self) -> PathBuf {
        self.folder.path().join("state/serve.db")
    }
}

impl Opens for InFolder {
    fn fresh(&mut self) {
        self.folder = TempDir::new().unwrap();
    }

    fn open(&self) -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(&self.file()).unwrap())
    }
}

#[test]
fn one_file_holds_to_what_every_store_promises() {
    conformance::all(&mut InFolder { folder: TempDir::new().unwrap() });
}

#[test]
fn nobody_else_reads_the_file_or_its_log() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("serve.db");
    let _store = SqliteStore::open(&file).unwrap();
    for name in ["serve.db", "serve.db-wal", "serve.db-shm"] {
        let mode = std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn a_file_of_a_later_version_is_refused_and_not_touched() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("serve.db");
    drop(SqliteStore::open(&file).unwrap());
    let connection = Connection::open(&file).unwrap();
    connection.execute_batch("PRAGMA user_version = 99").unwrap();
    let refused = SqliteStore::open(&file).map(drop).unwrap_err();
    assert_eq!(refused, StoreError::Newer { file: file.display().to_string(), found: 99, known: 2 });
    let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(found, 99);
}

#[test]
fn what_is_no_store_is_refused() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("serve.db");
    std::fs::write(&file, "not a database, and long enough to be looked at as if it were one").unwrap();
    let refused = SqliteStore::open(&file).map(drop).unwrap_err();
    assert!(matches!(refused, StoreError::Open { .. }), "{refused}");
}

#[test]
fn a_copy_made_while_others_write_holds_everything_and_takes_no_file_away() {
    let folder = TempDir::new().unwrap();
    let (file, copy) = (folder.path().join("serve.db"), folder.path().join("copy.db"));
    let store = SqliteStore::open(&file).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(store.see_head("api", "a", crate::time::Time(1))).unwrap();
    SqliteStore::back_up(&file, &copy).unwrap();
    assert!(SqliteStore::back_up(&file, &copy).is_err(), "a copy is not written over");
    assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    let restored = SqliteStore::open(&copy).unwrap();
    assert_eq!(runtime.block_on(restored.nodes()).unwrap()[0].head.as_deref(), Some("a"));
}
