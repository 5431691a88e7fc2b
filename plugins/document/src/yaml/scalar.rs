//! What a scalar means in the core schema (YAML 1.2.2, section 10.3), as far as JSON can say it.

use crate::scan;
use std::borrow::Cow;

/// The JSON value of a scalar.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Meaning<'t> {
    Null,
    Boolean(bool),
    /// The token of a JSON number.
    Number(Cow<'t, str>),
    String,
}

/// Why a scalar has no JSON value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotJson(pub(crate) &'static str);

/// The meaning of a plain scalar without a tag.
pub(crate) fn plain(text: &str) -> Result<Meaning<'_>, NotJson> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Meaning::Null),
        "true" | "True" | "TRUE" => return Ok(Meaning::Boolean(true)),
        "false" | "False" | "FALSE" => return Ok(Meaning::Boolean(false)),
        _ => {}
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err(NotJson("JSON has no number for it"));
    }
    // Only these can begin a number, and most scalars begin with a letter.
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return Ok(Meaning::String);
    }
    Ok(number(text)?.map_or(Meaning::String, Meaning::Number))
}

/// The JSON number of a scalar, if it is one. What JSON can write stays as it is written.
fn number(text: &str) -> Result<Option<Cow<'_, str>>, NotJson> {
    if scan::is_number(text) {
        return Ok(Some(Cow::Borrowed(text)));
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|digit| digit.is_ascii_digit()) {
        // `0123` is 123 in YAML 1.2, 83 in YAML 1.1, and `0129` is a text there: writers of YAML 1.1 leave
        // identifiers such as `012345678912345678` without quotes.
        return Err(NotJson("the versions of YAML disagree about a leading zero"));
    }
    Ok(decimal(text).map(Cow::Owned))
}

fn radix(digits: &str, radix: u32) -> Result<Option<Cow<'static, str>>, NotJson> {
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Ok(None);
    }
    match u128::from_str_radix(digits, radix) {
        Ok(value) => Ok(Some(Cow::Owned(value.to_string()))),
        Err(_) => Err(NotJson("it does not fit 128 bits; write it as a decimal number")),
    }
}

/// A decimal number in a spelling that YAML has and JSON has not: `+1`, `.5`, `5.`, `00.5`.
fn decimal(text: &str) -> Option<String> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => unsigned.split_at(at),
        None => (unsigned, ""),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let has_digits = !whole.is_empty() || fraction.is_some_and(|fraction| !fraction.is_empty());
    if !has_digits || !digits(whole) || !fraction.is_none_or(digits) {
        return None;
    }
    let significant = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let fraction = match fraction {
        None => String::new(),
        Some("") => ".0".into(),
        Some(digits) => format!(".{digits}"),
    };
    let number = format!("{sign}{significant}{fraction}{exponent}");
    // The exponent is the same in both languages, so that the grammar of JSON judges it.
    scan::is_number(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match plain(text) {
            Ok(Meaning::Null) => "null".into(),
            Ok(Meaning::Boolean(value)) => value.to_string(),
            Ok(Meaning::Number(token)) => token.into_owned(),
            Ok(Meaning::String) => "string".into(),
            Err(NotJson(_)) => "refused".into(),
        }
    }

    #[test]
    fn the_core_schema_decides_what_a_plain_scalar_is() {
        for text in ["", "~", "null", "NULL"] {
            assert_eq!(read(text), "null", "{text}");
        }
        for text in
            ["yes", "on", "no", "Off", "y", "2024-01-01", "2024-01-01T00:00:00Z", "1.2.3", "0xg", "-", "."]
        {
            assert_eq!(read(text), "string", "{text}");
        }
        for text in ["+", "1e", "0o8", "-0x1", "1_000", "0b1", "nUll", "tRUE", "+.e1", "1,5"] {
            assert_eq!(read(text), "string", "{text}");
        }
        assert_eq!(read("True"), "true");
        assert_eq!(read("FALSE"), "false");
    }

    #[test]
    fn numbers_that_json_can_write_stay_as_they_are_written() {
        for text in ["1E2", "-0", "100000000000000000000", "1.50", "0"] {
            assert_eq!(read(text), text);
        }
    }

    #[test]
    fn other_spellings_of_numbers_are_brought_to_json() {
        let cases =
            [("+1", "1"), (".5", "0.5"), ("-.5", "-0.5"), ("5.", "5.0"), ("00.5", "0.5"), ("0o17", "15")];
        for (yaml, json) in
            cases.into_iter().chain([("0xFf", "255"), ("+00.e+3", "0.0e+3"), ("-.5e1", "-0.5e1")])
        {
            assert_eq!(read(yaml), json, "{yaml}");
        }
    }

    #[test]
    fn a_leading_zero_is_refused_since_readers_disagree() {
        for text in ["007", "-01", "+00", "012345678912345678"] {
            assert_eq!(read(text), "refused", "{text}");
        }
        assert_eq!(read("0"), "0");
        assert_eq!(read("00:11"), "string");
    }

    #[test]
    fn numbers_that_json_lacks_are_refused() {
        for text in [".inf", "-.INF", "+.Inf", ".nan", ".NaN", "0xfffffffffffffffffffffffffffffffff"] {
            assert_eq!(read(text), "refused", "{text}");
        }
    }
}
