//! Durations and sizes as people write them. Their schema admits nothing that cannot be read.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error};
use std::borrow::Cow;
use std::time::Duration;

/// A duration: digits and `ms`, `s`, `m` or `h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time(pub(super) Duration);

/// A size in bytes: digits and `B`, `KiB`, `MiB` or `GiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size(pub(super) u64);

const TIME: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];
const SIZE: [(&str, u64); 4] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("B", 1)];

/// Nine digits of the largest unit still fit into 64 bits, so a longer number is the only overflow.
fn read(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let unit_at = text.find(|character: char| !character.is_ascii_digit())?;
    let (digits, unit) = text.split_at(unit_at);
    let factor = units.iter().find(|(name, _)| *name == unit)?.1;
    let count = digits.parse::<u64>().ok().filter(|count| (1..1_000_000_000).contains(count))?;
    Some(count * factor)
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let milliseconds = read(&text, &TIME).ok_or_else(|| D::Error::custom("not a duration"))?;
        Ok(Self(Duration::from_millis(milliseconds)))
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        read(&text, &SIZE).map(Self).ok_or_else(|| D::Error::custom("not a size"))
    }
}

impl JsonSchema for Time {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "title": "duration",
            "pattern": "^[1-9][0-9]{0,8}(ms|s|m|h)$",
            "examples": ["500ms", "60s", "5m"],
        })
    }
}

impl JsonSchema for Size {
    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "title": "size",
            "pattern": "^[1-9][0-9]{0,8}(B|KiB|MiB|GiB)$",
            "examples": ["512KiB", "64MiB"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_that_the_schema_admits_can_be_read() {
        for (text, expected) in
            [("1ms", 1), ("60s", 60_000), ("5m", 300_000), ("999999999h", 3_599_999_996_400_000)]
        {
            assert_eq!(read(text, &TIME), Some(expected), "{text}");
        }
        assert_eq!(read("999999999GiB", &SIZE), Some(999_999_999 << 30));
        for text in ["", "5", "s", "0s", "5 s", "1.5s", "-1s", "1000000000s", "5d"] {
            assert_eq!(read(text, &TIME), None, "{text}");
        }
    }
}
