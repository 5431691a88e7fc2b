//! What runs found of contracts and clients.

use super::{Database, Result, text, values};
use crate::store::Stood;
use crate::time::Time;
use crate::work::Standing;

pub(in crate::store) fn put(
    database: &dyn Database,
    run: &str,
    now: Time,
    standings: &[Standing],
) -> Result<()> {
    for standing in standings {
        let client = standing.client.as_deref().unwrap_or_default();
        let before = database.row(
            "SELECT stood FROM standings WHERE contract = ?1 AND client = ?2 FOR UPDATE",
            values![&standing.contract, client],
        )?;
        let before = before.map(|row| row.json(0)).transpose()?;
        let stood = Stood::now(before, standing, run, now);
        database.run(
            "INSERT INTO standings (contract, client, stood) VALUES (?1, ?2, ?3)
             ON CONFLICT (contract, client) DO UPDATE SET stood = excluded.stood",
            values![&standing.contract, client, text(&stood)?],
        )?;
    }
    Ok(())
}

pub(in crate::store) fn all(database: &dyn Database) -> Result<Vec<Stood>> {
    let rows = database.rows("SELECT stood FROM standings ORDER BY contract, client", &[])?;
    rows.iter().map(|row| row.json(0)).collect()
}
