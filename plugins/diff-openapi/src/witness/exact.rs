//! Decimal arithmetic without rounding, for values beside a bound.

/// Digits after the point at most; what is finer is left to others.
const SCALE: u32 = 18;

/// `mantissa / 10^scale`, with the smallest scale that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exact {
    mantissa: i128,
    scale: u32,
}

impl Exact {
    /// The value of a JSON number token, if it is neither too large nor too fine.
    pub(super) fn parse(token: &str) -> Option<Self> {
        let (mantissa, exponent) = token.split_once(['e', 'E']).unwrap_or((token, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        let scale = i64::try_from(fraction.len()).ok()?.checked_sub(exponent.parse().ok()?)?;
        if scale >= 0 {
            return Self::new(digits, u32::try_from(scale).ok()?);
        }
        let factor = 10_i128.checked_pow(u32::try_from(scale.checked_neg()?).ok()?)?;
        Self::new(digits.checked_mul(factor)?, 0)
    }

    /// A whole number.
    pub(super) fn whole(value: i64) -> Self {
        Self { mantissa: value.into(), scale: 0 }
    }

    fn new(mut mantissa: i128, mut scale: u32) -> Option<Self> {
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        (scale <= SCALE).then_some(Self { mantissa, scale })
    }

    /// Both mantissas at one scale.
    fn aligned(self, other: Self) -> Option<(i128, i128, u32)> {
        let scale = self.scale.max(other.scale);
        let at = |value: Self| value.mantissa.checked_mul(10_i128.checked_pow(scale - value.scale)?);
        Some((at(self)?, at(other)?, scale))
    }

    pub(super) fn is_whole(self) -> bool {
        self.scale == 0
    }

    /// Whether neighbours are the same number to whoever reads numbers as doubles.
    pub(super) fn is_huge(self) -> bool {
        self.mantissa.unsigned_abs() / 10_u128.pow(self.scale) >= 1 << 52
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let (left, right, scale) = self.aligned(other)?;
        Self::new(left.checked_add(right)?, scale)
    }

    pub(super) fn minus(self, other: Self) -> Option<Self> {
        self.plus(Self { mantissa: other.mantissa.checked_neg()?, scale: other.scale })
    }

    /// Half of it.
    pub(super) fn half(self) -> Option<Self> {
        Self::new(self.mantissa.checked_mul(5)?, self.scale + 1)
    }

    /// Whether it is a multiple of another number, which JSON Schema wants above 0.
    pub(super) fn is_multiple_of(self, other: Self) -> Option<bool> {
        let (left, right, _) = self.aligned(other)?;
        left.checked_rem(right).map(|rest| rest == 0)
    }

    /// The largest multiple of `step` that is not above it.
    pub(super) fn floor_to(self, step: Self) -> Option<Self> {
        let (value, step, scale) = self.aligned(step)?;
        let floor = value.checked_div_euclid(step)?.checked_mul(step)?;
        Self::new(floor, scale)
    }

    /// The token of a JSON number.
    pub(super) fn token(self) -> String {
        if self.scale == 0 {
            return self.mantissa.to_string();
        }
        let digits = format!("{:0>1$}", self.mantissa.unsigned_abs(), self.scale as usize + 1);
        let (whole, fraction) = digits.split_at(digits.len() - self.scale as usize);
        format!("{}{whole}.{fraction}", if self.mantissa < 0 { "-" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(token: &str) -> Exact {
        Exact::parse(token).unwrap()
    }

    #[test]
    fn numbers_are_read_and_written_without_rounding() {
        for (token, written) in [
            ("1.50", "1.5"),
            ("-0.05", "-0.05"),
            ("1e3", "1000"),
            ("12.5e-1", "1.25"),
            ("-0", "0"),
            ("9223372036854775807", "9223372036854775807"),
        ] {
            assert_eq!(exact(token).token(), written);
        }
        assert_eq!(
            exact("9223372036854775807").plus(Exact::whole(1)).unwrap().token(),
            "9223372036854775808"
        );
        assert_eq!(exact("0.3").minus(exact("0.1")), Some(exact("0.2")));
        assert_eq!(Exact::parse("1e300"), None);
        assert_eq!(Exact::parse("1e-30"), None);
    }

    #[test]
    fn multiples_are_exact() {
        assert_eq!(exact("0.3").is_multiple_of(exact("0.1")), Some(true));
        assert_eq!(exact("0.35").is_multiple_of(exact("0.1")), Some(false));
        assert_eq!(exact("1").is_multiple_of(exact("0")), None);
        assert_eq!(exact("-7").floor_to(exact("5")), Some(exact("-10")));
        assert_eq!(exact("7").half(), Some(exact("3.5")));
    }
}
