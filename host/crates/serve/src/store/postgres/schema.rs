//! The tables, in a schema of their own, and how a database comes to have them.

use super::address::Address;
use super::connection::Connection;
use crate::store::StoreError;
use crate::store::sql::{Database, steps_since};

/// What one server holds while it migrates.
const MIGRATING: i64 = 0x636f_756e_7465_7202;

/// Each entry brings a database from the version of its index to the next. Entries are never changed, only added.
const MIGRATIONS: &[&str] = &[FIRST];

/// The columns of the file's tables, with names in the order of their bytes, whatever the server's language. `rowid`,
/// which a file has by itself, tells apart what arrived in the same millisecond.
const FIRST: &str = r#"
CREATE TABLE deliveries (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY, rowid BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE,
    source TEXT NOT NULL, event TEXT NOT NULL, repository TEXT, node TEXT COLLATE "C", branch TEXT,
    before_commit TEXT, after_commit TEXT, author TEXT, commits BIGINT,
    received BIGINT NOT NULL, disposition TEXT NOT NULL, duplicate_of TEXT, content TEXT COLLATE "C",
    seen BIGINT NOT NULL DEFAULT 1, last_seen BIGINT NOT NULL,
    headers TEXT NOT NULL, body BYTEA NOT NULL
);
CREATE INDEX deliveries_content ON deliveries (content) WHERE content IS NOT NULL AND disposition = 'queued';
CREATE INDEX deliveries_disposition ON deliveries (disposition);
CREATE INDEX deliveries_received ON deliveries (received);
CREATE INDEX deliveries_node ON deliveries (node, received) WHERE node IS NOT NULL;

CREATE TABLE runs (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY, rowid BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE,
    node TEXT COLLATE "C" NOT NULL, causes TEXT NOT NULL, state TEXT NOT NULL,
    queued BIGINT NOT NULL, started BIGINT, finished BIGINT, attempts BIGINT NOT NULL DEFAULT 0,
    verdict TEXT, error TEXT, effects TEXT NOT NULL DEFAULT '[]',
    log TEXT NOT NULL DEFAULT '', live TEXT NOT NULL DEFAULT ''
);
CREATE INDEX runs_queued ON runs (queued);
CREATE INDEX runs_node ON runs (node, queued);

CREATE TABLE run_deliveries (run TEXT COLLATE "C" NOT NULL, delivery TEXT COLLATE "C" NOT NULL, PRIMARY KEY (run, delivery));
CREATE INDEX run_deliveries_delivery ON run_deliveries (delivery);

CREATE TABLE jobs (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key TEXT COLLATE "C" NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, run TEXT COLLATE "C",
    run_at BIGINT NOT NULL, not_before BIGINT NOT NULL DEFAULT 0, since BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'ready',
    claimed_by TEXT, claimed_until BIGINT, last_error TEXT
);
-- What waits under one key is one job, and of what runs under one key there is one.
CREATE UNIQUE INDEX jobs_ready ON jobs (key) WHERE state = 'ready';
CREATE UNIQUE INDEX jobs_running ON jobs (key) WHERE state = 'running';
CREATE INDEX jobs_due ON jobs (kind, state, run_at);
CREATE INDEX jobs_run ON jobs (run) WHERE run IS NOT NULL;

CREATE TABLE nodes (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY, head TEXT, head_at BIGINT, last_delivery TEXT, last_delivery_at BIGINT,
    reconciled TEXT COLLATE "C", reconciled_at BIGINT
);

CREATE TABLE rooms (
    channel TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    tokens DOUBLE PRECISION NOT NULL, refilled BIGINT NOT NULL, last_message BIGINT NOT NULL,
    next_allowed_at BIGINT NOT NULL
);
CREATE TABLE gates (
    channel TEXT COLLATE "C" NOT NULL, repository TEXT COLLATE "C" NOT NULL, next_allowed_at BIGINT NOT NULL,
    PRIMARY KEY (channel, repository)
);
CREATE TABLE pending (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel TEXT COLLATE "C" NOT NULL, repository TEXT COLLATE "C" NOT NULL, branch TEXT COLLATE "C" NOT NULL,
    line TEXT NOT NULL, since BIGINT NOT NULL, UNIQUE (channel, repository, branch)
);
CREATE TABLE messages (
    transaction_id TEXT COLLATE "C" NOT NULL PRIMARY KEY, rowid BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE,
    channel TEXT COLLATE "C" NOT NULL, lines TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open', frozen BIGINT NOT NULL,
    created BIGINT NOT NULL, ended BIGINT, attempts BIGINT NOT NULL DEFAULT 0,
    next_attempt BIGINT NOT NULL, error TEXT
);
CREATE UNIQUE INDEX messages_open ON messages (channel) WHERE state = 'open';
CREATE INDEX messages_created ON messages (created);

CREATE TABLE pointers (
    key TEXT COLLATE "C" NOT NULL PRIMARY KEY, state TEXT NOT NULL, pointer TEXT NOT NULL, next_probe BIGINT NOT NULL
);

-- Which server does what only one of them does.
CREATE TABLE turns (duty TEXT COLLATE "C" NOT NULL PRIMARY KEY, holder TEXT NOT NULL, until BIGINT NOT NULL);

CREATE TABLE standings (
    contract TEXT COLLATE "C" NOT NULL, client TEXT COLLATE "C" NOT NULL, stood TEXT NOT NULL,
    PRIMARY KEY (contract, client)
);
"#;

/// Brings a database to the newest version, all steps or none. Who comes meanwhile waits.
pub(super) fn migrate(connection: &Connection, address: &Address) -> Result<(), StoreError> {
    connection.script(&format!(
        "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({MIGRATING})"
    ))?;
    let migrated = steps(connection, address);
    connection.script(if migrated.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    migrated
}

fn steps(connection: &Connection, address: &Address) -> Result<(), StoreError> {
    let encoding: String = connection.one("SELECT pg_catalog.getdatabaseencoding()::text", &[])?.get(0)?;
    if encoding != "UTF8" {
        let why = format!(
            "its encoding is {encoding}, and texts of every language go in: make one with \
             `createdb --encoding UTF8 --template template0 NAME`"
        );
        return Err(StoreError::Open { file: address.to_string(), why });
    }
    for (version, step) in steps_since(found(connection)?, MIGRATIONS, &address.to_string())? {
        if version == 1 {
            // Who may use the schema need not be allowed to make one.
            let make =
                "CREATE SCHEMA IF NOT EXISTS countersign; CREATE TABLE version (version BIGINT NOT NULL);
                 INSERT INTO version VALUES (0)";
            connection.script(make).map_err(|error| address.refused(error))?;
        }
        connection.script(step).map_err(|error| address.refused(error))?;
        connection.execute("UPDATE version SET version = ?1", &[version.into()])?;
    }
    Ok(())
}

fn found(connection: &Connection) -> Result<u32, StoreError> {
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'countersign'";
    let is_new = connection.one(tables, &[])?.get::<i64>(0)? == 0;
    if is_new { Ok(0) } else { connection.one("SELECT version FROM version", &[])?.get(0) }
}
