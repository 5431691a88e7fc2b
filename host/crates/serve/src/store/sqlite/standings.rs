//! What runs found of contracts and clients.

use super::{text, value};
use crate::store::Stood;
use crate::time::Time;
use crate::work::Standing;
use rusqlite::{Connection, OptionalExtension, params};

pub(super) fn put(
    connection: &Connection,
    run: &str,
    now: Time,
    standings: &[Standing],
) -> rusqlite::Result<()> {
    for standing in standings {
        let client = standing.client.as_deref().unwrap_or_default();
        let before = connection
            .prepare_cached("SELECT stood FROM standings WHERE contract = ?1 AND client = ?2")?
            .query_row([&standing.contract, client], |row| value(row.get_ref(0)?.as_str()?))
            .optional()?;
        let stood = Stood::now(before, standing, run, now);
        connection
            .prepare_cached(
                "INSERT INTO standings (contract, client, stood) VALUES (?1, ?2, ?3)
                 ON CONFLICT (contract, client) DO UPDATE SET stood = excluded.stood",
            )?
            .execute(params![standing.contract, client, text(&stood)?])?;
    }
    Ok(())
}

pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<Stood>> {
    let mut select = connection.prepare_cached("SELECT stood FROM standings ORDER BY contract, client")?;
    let rows = select.query_map([], |row| value(row.get_ref(0)?.as_str()?))?;
    rows.collect()
}
