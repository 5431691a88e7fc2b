//! Formats: values that have one, and values that surely have not.

use super::exact::Exact;
use crate::number::Decimal;

/// A format of text that validators agree on.
struct Text {
    name: &'static str,
    samples: [&'static str; 2],
    /// Whether a text surely does not have the format.
    refuses: fn(&str) -> bool,
}

static TEXTS: &[Text] = &[
    Text {
        name: "date-time",
        samples: ["2026-01-31T12:00:00Z", "1999-12-31T23:59:59Z"],
        refuses: |text| !text.contains([':', '-']),
    },
    Text { name: "date", samples: ["2026-01-31", "1999-12-31"], refuses: |text| text.len() != 10 },
    Text { name: "time", samples: ["12:00:00Z", "23:59:59Z"], refuses: |text| !text.contains(':') },
    Text { name: "duration", samples: ["P1D", "PT1H"], refuses: |text| !text.starts_with('P') },
    Text {
        name: "uuid",
        samples: ["00000000-0000-4000-8000-000000000000", "123e4567-e89b-42d3-a456-426614174000"],
        refuses: |text| text.len() != 36,
    },
    Text {
        name: "email",
        samples: ["a@example.com", "b@example.com"],
        refuses: |text| !text.contains('@') || text.contains(' '),
    },
    Text {
        name: "hostname",
        samples: ["example.com", "a.example.com"],
        refuses: |text| text.is_empty() || text.contains([' ', '@', ':', '/']),
    },
    Text { name: "ipv4", samples: ["192.0.2.1", "192.0.2.2"], refuses: |text| text.split('.').count() != 4 },
    Text { name: "ipv6", samples: ["2001:db8::1", "::1"], refuses: |text| !text.contains(':') },
    Text {
        name: "uri",
        samples: ["https://example.com/", "https://example.com/a"],
        refuses: |text| !text.contains(':') || text.contains(' '),
    },
    Text { name: "uri-reference", samples: ["/a", "/b"], refuses: |text| text.contains(' ') },
    Text {
        name: "json-pointer",
        samples: ["/a", ""],
        refuses: |text| !text.is_empty() && !text.starts_with('/'),
    },
];

/// Formats of numbers with their least and greatest value (OpenAPI Format Registry).
static NUMBERS: &[(&str, &str, &str)] = &[
    ("int8", "-128", "127"),
    ("int16", "-32768", "32767"),
    ("int32", "-2147483648", "2147483647"),
    ("int64", "-9223372036854775808", "9223372036854775807"),
    ("uint8", "0", "255"),
    ("uint16", "0", "65535"),
    ("uint32", "0", "4294967295"),
    ("uint64", "0", "18446744073709551615"),
];

/// A text that no format of ours takes.
pub(super) const NONSENSE: &str = "no such value";

/// Texts of a format; none for one that says nothing of the text.
pub(super) fn samples(format: &str) -> impl Iterator<Item = &'static str> {
    TEXTS.iter().filter(move |text| text.name == format).flat_map(|text| text.samples)
}

/// A text of a length, where the format lets texts grow.
pub(super) fn padded(format: &str, length: usize) -> Option<String> {
    let filler = |known: &str| Some("a".repeat(length.checked_sub(known.len())?));
    match format {
        "uri" => Some(format!("{URI}{}", filler(URI)?)),
        "email" => {
            Some(format!("{}{EMAIL}", filler(EMAIL).filter(|name| !name.is_empty() && name.len() <= 64)?))
        }
        _ => None,
    }
}

const URI: &str = "https://example.com/";
const EMAIL: &str = "@example.com";

/// Texts of all formats, the first of each.
pub(super) fn all_samples() -> impl Iterator<Item = &'static str> {
    TEXTS.iter().map(|text| text.samples[0])
}

/// Whether a text has a format; nothing where that is not sure. A format that says nothing of the text has all.
pub(super) fn has(format: &str, value: &str) -> Option<bool> {
    let Some(known) = TEXTS.iter().find(|known| known.name == format) else { return Some(true) };
    if known.samples.contains(&value) {
        return Some(true);
    }
    if padded(format, value.len()).as_deref() == Some(value) {
        return Some(true);
    }
    (known.refuses)(value).then_some(false)
}

/// Whether a number has a format.
pub(super) fn has_number(format: &str, value: &Decimal) -> bool {
    let Some((_, least, greatest)) = NUMBERS.iter().find(|(name, _, _)| *name == format) else { return true };
    let within = |least: Decimal, greatest: Decimal| *value >= least && *value <= greatest;
    Decimal::parse(least)
        .zip(Decimal::parse(greatest))
        .is_none_or(|(least, greatest)| within(least, greatest))
}

/// The least and the greatest number of a format.
pub(super) fn bounds(format: &str) -> Option<[Exact; 2]> {
    let (_, least, greatest) = NUMBERS.iter().find(|(name, _, _)| *name == format)?;
    Some([Exact::parse(least)?, Exact::parse(greatest)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_its_samples_and_refuses_nonsense() {
        for text in TEXTS {
            for sample in text.samples {
                assert_eq!(has(text.name, sample), Some(true), "{}", text.name);
                assert!(!(text.refuses)(sample), "{} {sample}", text.name);
            }
            assert_eq!(has(text.name, NONSENSE), Some(false), "{}", text.name);
        }
        assert_eq!(has("password", NONSENSE), Some(true));
    }

    #[test]
    fn numbers_have_the_bounds_of_their_format() {
        let number = |token| Decimal::parse(token).unwrap();
        assert!(has_number("int32", &number("2147483647")));
        assert!(!has_number("int32", &number("2147483648")));
        assert!(has_number("float", &number("1e30")));
        for (name, _, _) in NUMBERS {
            assert!(bounds(name).is_some());
        }
    }
}
