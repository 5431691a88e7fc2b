//! The tables, and how a file comes to have them.

use super::down;
use crate::store::StoreError;
use crate::store::sql::steps_since;
use rusqlite::Connection;
use std::path::Path;

/// Each entry brings a file from the version of its index to the next. Entries are never changed, only added.
const MIGRATIONS: &[&str] = &[FIRST, STANDINGS];

const FIRST: &str = "
CREATE TABLE deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    source TEXT NOT NULL, event TEXT NOT NULL, repository TEXT, node TEXT, branch TEXT,
    before_commit TEXT, after_commit TEXT, author TEXT, commits INTEGER,
    received INTEGER NOT NULL, disposition TEXT NOT NULL, duplicate_of TEXT, content TEXT,
    seen INTEGER NOT NULL DEFAULT 1, last_seen INTEGER NOT NULL,
    headers TEXT NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX deliveries_content ON deliveries (content) WHERE content IS NOT NULL AND disposition = 'queued';
CREATE INDEX deliveries_disposition ON deliveries (disposition);
CREATE INDEX deliveries_received ON deliveries (received);
CREATE INDEX deliveries_node ON deliveries (node, received) WHERE node IS NOT NULL;

CREATE TABLE runs (
    id TEXT NOT NULL PRIMARY KEY,
    node TEXT NOT NULL, causes TEXT NOT NULL, state TEXT NOT NULL,
    queued INTEGER NOT NULL, started INTEGER, finished INTEGER, attempts INTEGER NOT NULL DEFAULT 0,
    verdict TEXT, error TEXT, effects TEXT NOT NULL DEFAULT '[]',
    log TEXT NOT NULL DEFAULT '', live TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX runs_queued ON runs (queued);
CREATE INDEX runs_node ON runs (node, queued);

CREATE TABLE run_deliveries (
    run TEXT NOT NULL, delivery TEXT NOT NULL, PRIMARY KEY (run, delivery)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_deliveries_delivery ON run_deliveries (delivery);

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, run TEXT,
    run_at INTEGER NOT NULL, not_before INTEGER NOT NULL DEFAULT 0, since INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'ready',
    claimed_by TEXT, claimed_until INTEGER, last_error TEXT
) STRICT;
-- What waits under one key is one job, and of what runs under one key there is one.
CREATE UNIQUE INDEX jobs_ready ON jobs (key) WHERE state = 'ready';
CREATE UNIQUE INDEX jobs_running ON jobs (key) WHERE state = 'running';
CREATE INDEX jobs_due ON jobs (kind, state, run_at);
CREATE INDEX jobs_run ON jobs (run) WHERE run IS NOT NULL;

CREATE TABLE nodes (
    name TEXT NOT NULL PRIMARY KEY, head TEXT, head_at INTEGER, last_delivery TEXT, last_delivery_at INTEGER,
    reconciled TEXT, reconciled_at INTEGER
) STRICT;

CREATE TABLE rooms (
    channel TEXT NOT NULL PRIMARY KEY,
    tokens REAL NOT NULL, refilled INTEGER NOT NULL, last_message INTEGER NOT NULL, next_allowed_at INTEGER NOT NULL
) STRICT;
CREATE TABLE gates (
    channel TEXT NOT NULL, repository TEXT NOT NULL, next_allowed_at INTEGER NOT NULL,
    PRIMARY KEY (channel, repository)
) STRICT, WITHOUT ROWID;
CREATE TABLE pending (
    id INTEGER PRIMARY KEY, channel TEXT NOT NULL, repository TEXT NOT NULL, branch TEXT NOT NULL,
    line TEXT NOT NULL, since INTEGER NOT NULL, UNIQUE (channel, repository, branch)
) STRICT;
CREATE TABLE messages (
    transaction_id TEXT NOT NULL PRIMARY KEY,
    channel TEXT NOT NULL, lines TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open', frozen INTEGER NOT NULL,
    created INTEGER NOT NULL, ended INTEGER, attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt INTEGER NOT NULL, error TEXT
) STRICT;
CREATE UNIQUE INDEX messages_open ON messages (channel) WHERE state = 'open';
CREATE INDEX messages_created ON messages (created);

CREATE TABLE pointers (
    key TEXT NOT NULL PRIMARY KEY, state TEXT NOT NULL, pointer TEXT NOT NULL, next_probe INTEGER NOT NULL
) STRICT;
";

const STANDINGS: &str = "
CREATE TABLE standings (
    contract TEXT NOT NULL, client TEXT NOT NULL, stood TEXT NOT NULL, PRIMARY KEY (contract, client)
) STRICT, WITHOUT ROWID;
";

/// Brings a file to the newest version. Each step is a transaction with its number in it.
pub(super) fn migrate(connection: &Connection, file: &Path) -> Result<(), StoreError> {
    let down = |error: rusqlite::Error| down(&error);
    let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(down)?;
    for (version, step) in steps_since(found, MIGRATIONS, &file.display().to_string())? {
        let script = format!("BEGIN IMMEDIATE;{step}PRAGMA user_version = {version};COMMIT;");
        connection.execute_batch(&script).map_err(down)?;
    }
    Ok(())
}
