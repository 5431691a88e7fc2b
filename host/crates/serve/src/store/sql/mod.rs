//! What a store does with its tables, whichever database holds them: the rules, once, in SQL that each understands.
//!
//! `?1` is the first value of a statement, in every dialect. A row that is read to be changed is locked by
//! `FOR UPDATE` at the end of its statement; SQLite, whose writer is alone, does without.

pub(super) mod deliveries;
pub(super) mod jobs;
pub(super) mod lists;
pub(super) mod messages;
pub(super) mod nodes;
mod pool;
pub(super) mod standings;
mod value;
mod writer;

use super::StoreError;
pub(super) use pool::{Pool, Reusable};
pub(super) use value::{Row, Value};
pub(super) use writer::{Session, Writer, is_worth_another};

use serde::{Serialize, de::DeserializeOwned};

type Result<T> = std::result::Result<T, StoreError>;

/// A database in the middle of an operation.
pub(super) trait Database {
    /// The rows that a statement reads or returns.
    fn rows(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>>;

    /// How many rows a statement changed.
    fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64>;

    /// Runs a statement whose answer nobody needs: it takes place before those that follow it, and where it fails, one of
    /// those does, or [`Database::flush`].
    fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<()> {
        self.execute(sql, values).map(drop)
    }

    /// Waits until everything has taken place.
    fn flush(&self) -> Result<()> {
        Ok(())
    }

    /// The first row, where there is one.
    fn row(&self, sql: &str, values: &[Value<'_>]) -> Result<Option<Row>> {
        Ok(self.rows(sql, values)?.into_iter().next())
    }

    /// The row that there must be.
    fn one(&self, sql: &str, values: &[Value<'_>]) -> Result<Row> {
        self.row(sql, values)?
            .ok_or_else(|| StoreError::Broken { why: "a row that others refer to is missing".into() })
    }
}

/// The values of a statement, in the order of their numbers.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::store::sql::Value::from($value)),*] };
}
use values;

/// A value as it is kept in a column of text.
fn text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| unreadable(&error))
}

/// The word of an enum of ours.
fn word(value: &impl Serialize) -> Result<String> {
    Ok(text(value)?.trim_matches('"').to_owned())
}

fn value<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| unreadable(&error))
}

fn from_word<T: DeserializeOwned>(word: String) -> Result<T> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::Broken { why: error.to_string() }
}

/// The steps that a store of version `found` lacks, each with the version that it leads to.
pub(super) fn steps_since<'a>(
    found: u32,
    steps: &'a [&'a str],
    file: &str,
) -> Result<impl Iterator<Item = (u32, &'a str)>> {
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(StoreError::Newer { file: file.to_owned(), found, known });
    }
    Ok((1..).zip(steps.iter().copied()).skip(found as usize))
}
