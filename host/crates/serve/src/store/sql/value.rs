//! What goes into a statement and comes out of a row.

use super::{Result, from_word, value};
use crate::store::StoreError;
use crate::time::Time;
use serde::de::DeserializeOwned;
use std::borrow::Cow;

/// A value of one of the types that every database has.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
}

impl Value<'_> {
    /// The same, borrowed from nobody.
    pub(crate) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Integer(number) => Value::Integer(number),
            Self::Real(number) => Value::Real(number),
            Self::Text(text) => Value::Text(text.into_owned().into()),
            Self::Bytes(bytes) => Value::Bytes(bytes.into_owned().into()),
        }
    }
}

/// The values of a row, in the order of its columns.
pub(crate) struct Row(pub(crate) Vec<Value<'static>>);

impl Row {
    /// The value of a column, from 0.
    pub(crate) fn get<T: Readable>(&self, column: usize) -> Result<T> {
        let value = self.0.get(column).unwrap_or(&Value::Null);
        T::read(value).ok_or_else(|| StoreError::Broken {
            why: format!("column {column} of a row is not what it has to be"),
        })
    }

    /// A value that is kept as JSON.
    pub(super) fn json<T: DeserializeOwned>(&self, column: usize) -> Result<T> {
        value(&self.get::<String>(column)?)
    }

    /// A word of an enum of ours.
    pub(super) fn word<T: DeserializeOwned>(&self, column: usize) -> Result<T> {
        from_word(self.get(column)?)
    }

    /// Names that were put together, one a line.
    pub(super) fn names(&self, column: usize) -> Result<Vec<String>> {
        let names: Option<String> = self.get(column)?;
        Ok(names.map_or_else(Vec::new, |names| names.split('\n').map(str::to_owned).collect()))
    }
}

/// What can be read from a value; none where it is of another type.
pub(crate) trait Readable: Sized {
    fn read(value: &Value<'static>) -> Option<Self>;
}

impl Readable for i64 {
    fn read(value: &Value<'static>) -> Option<Self> {
        if let Value::Integer(number) = value { Some(*number) } else { None }
    }
}

impl Readable for u32 {
    fn read(value: &Value<'static>) -> Option<Self> {
        Self::try_from(i64::read(value)?).ok()
    }
}

impl Readable for u64 {
    fn read(value: &Value<'static>) -> Option<Self> {
        Self::try_from(i64::read(value)?).ok()
    }
}

impl Readable for bool {
    fn read(value: &Value<'static>) -> Option<Self> {
        i64::read(value).map(|number| number != 0)
    }
}

impl Readable for Time {
    fn read(value: &Value<'static>) -> Option<Self> {
        i64::read(value).map(Self)
    }
}

impl Readable for f64 {
    fn read(value: &Value<'static>) -> Option<Self> {
        if let Value::Real(number) = value { Some(*number) } else { None }
    }
}

impl Readable for String {
    fn read(value: &Value<'static>) -> Option<Self> {
        if let Value::Text(text) = value { Some(text.clone().into_owned()) } else { None }
    }
}

impl Readable for Vec<u8> {
    fn read(value: &Value<'static>) -> Option<Self> {
        if let Value::Bytes(bytes) = value { Some(bytes.clone().into_owned()) } else { None }
    }
}

impl<T: Readable> Readable for Option<T> {
    fn read(value: &Value<'static>) -> Option<Self> {
        if *value == Value::Null { Some(None) } else { T::read(value).map(Some) }
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<bool> for Value<'_> {
    fn from(is: bool) -> Self {
        Self::Integer(is.into())
    }
}

impl From<f64> for Value<'_> {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl From<Time> for Value<'_> {
    fn from(time: Time) -> Self {
        Self::Integer(time.0)
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text.as_str().into())
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl<'a> From<&'a Vec<u8>> for Value<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self::Bytes(bytes.as_slice().into())
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<'a> From<&'a Option<String>> for Value<'a> {
    fn from(text: &'a Option<String>) -> Self {
        Self::from(text.as_deref())
    }
}
