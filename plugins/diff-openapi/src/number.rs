//! JSON numbers, compared by value without rounding.

use std::cmp::Ordering;

/// A number as its decimal digits: `0.digits × 10^exponent`, where the first and the last digit are not zero.
/// Zero has no digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Decimal {
    negative: bool,
    exponent: i64,
    digits: String,
}

impl Decimal {
    /// The value of a JSON number token (RFC 8259, section 6).
    pub(crate) fn parse(token: &str) -> Option<Self> {
        let (negative, rest) = token.strip_prefix('-').map_or((false, token), |rest| (true, rest));
        let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let all = format!("{whole}{fraction}");
        let significant = all.trim_start_matches('0');
        let leading = i64::try_from(all.len() - significant.len()).ok()?;
        let digits = significant.trim_end_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Self { negative: false, exponent: 0, digits });
        }
        let exponent =
            exponent.parse::<i64>().ok()?.checked_add(i64::try_from(whole.len()).ok()? - leading)?;
        Some(Self { negative, exponent, digits })
    }

    /// A whole number as a decimal.
    pub(crate) fn from_integer(value: i128) -> Self {
        let text = value.unsigned_abs().to_string();
        let digits = text.trim_end_matches('0').to_owned();
        let exponent = if digits.is_empty() { 0 } else { text.len() as i64 };
        Self { negative: value < 0, exponent, digits }
    }

    /// Whether the number has no fraction.
    pub(crate) fn is_integer(&self) -> bool {
        self.digits.is_empty() || self.exponent >= self.digits.len() as i64
    }

    /// The number, if it is whole and not too large.
    pub(crate) fn integer(&self) -> Option<i128> {
        self.is_integer().then(|| self.scaled(0)).flatten()
    }

    /// The number times a power of ten, if that is whole and not too large.
    fn scaled(&self, power: i64) -> Option<i128> {
        let digits: i128 = if self.digits.is_empty() { 0 } else { self.digits.parse().ok()? };
        let zeros = self.exponent.checked_sub(self.digits.len() as i64)?.checked_add(power)?;
        let value = digits.checked_mul(10_i128.checked_pow(u32::try_from(zeros).ok()?)?)?;
        Some(if self.negative { -value } else { value })
    }

    /// Whether the number is a whole multiple of another; nothing where the two are too far apart to tell.
    pub(crate) fn is_multiple_of(&self, divisor: &Self) -> Option<bool> {
        let places = |number: &Self| (number.digits.len() as i64).saturating_sub(number.exponent).max(0);
        let power = places(self).max(places(divisor));
        let (value, divisor) = (self.scaled(power)?, divisor.scaled(power)?);
        (divisor != 0).then(|| value % divisor == 0)
    }

    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let magnitude = || self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits));
        self.sign()
            .cmp(&other.sign())
            .then_with(|| if self.negative { magnitude().reverse() } else { magnitude() })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_equal_however_they_are_written() {
        for same in
            [["1", "1.0"], ["1E2", "100"], ["-0", "0.0"], ["0.05", "5e-2"], ["100000000000000000000", "1e20"]]
        {
            assert_eq!(Decimal::parse(same[0]), Decimal::parse(same[1]), "{same:?}");
        }
    }

    #[test]
    fn values_are_ordered_beyond_what_a_float_can_hold() {
        let rising =
            ["-1e30", "-10", "-9.5", "0", "0.1", "0.15", "2", "10", "9007199254740992", "9007199254740993"];
        for pair in rising.windows(2) {
            assert!(Decimal::parse(pair[0]) < Decimal::parse(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn whole_numbers_and_multiples_are_told_without_rounding() {
        let number = |token: &str| Decimal::parse(token).unwrap();
        for (token, whole) in
            [("1.0", Some(1)), ("-12e1", Some(-120)), ("0", Some(0)), ("0.5", None), ("1e99", None)]
        {
            assert_eq!(number(token).integer(), whole, "{token}");
        }
        for value in [0, 1, -10, 100, i128::MAX] {
            assert_eq!(Decimal::from_integer(value).integer(), Some(value));
        }
        for (value, divisor, multiple) in [
            ("10", "5", Some(true)),
            ("5", "10", Some(false)),
            ("0.3", "0.1", Some(true)),
            ("1", "0.3", Some(false)),
            ("1", "0", None),
        ] {
            assert_eq!(number(value).is_multiple_of(&number(divisor)), multiple, "{value} {divisor}");
        }
        assert!(number("1e99").is_integer());
    }

    #[test]
    fn what_is_not_a_number_is_nothing() {
        for token in ["", "-", "a", "1e", "1.x"] {
            assert_eq!(Decimal::parse(token), None, "{token}");
        }
    }
}
