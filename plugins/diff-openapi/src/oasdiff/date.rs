//! Calendar dates (RFC 3339, section 5.6).

use std::fmt;

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// A full-date, such as `2026-11-21`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let [year, month, day] = numbers(text, &[4, 2, 2], '-')?;
        let date = Self { year, month: u8::try_from(month).ok()?, day: u8::try_from(day).ok()? };
        (1..=12).contains(&date.month).then_some(())?;
        (1..=date.days_of_month()).contains(&date.day).then_some(date)
    }

    /// The date of a full-date or of a date-time.
    pub(crate) fn of_time(text: &str) -> Option<Self> {
        let Some((date, time)) = text.split_once('T') else { return Self::parse(text) };
        is_time(time).then(|| Self::parse(date)).flatten()
    }

    /// Days from another date to this one.
    pub(crate) fn days_since(self, other: Self) -> i64 {
        self.number() - other.number()
    }

    fn days_of_month(self) -> u8 {
        let leap =
            self.year.is_multiple_of(4) && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        match self.month {
            2 => 28 + u8::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    /// The days since the first of March of the year 0, counted as if the year began in March.
    fn number(self) -> i64 {
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        let year = i64::from(self.year) - i64::from(month < 3);
        let month = (month + 9) % 12;
        365 * year + year.div_euclid(4) - year.div_euclid(100)
            + year.div_euclid(400)
            + (153 * month + 2) / 5
            + day
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Three numbers of fixed widths between separators.
fn numbers(text: &str, widths: &[usize; 3], separator: char) -> Option<[u16; 3]> {
    let mut parts = text.split(separator);
    let mut found = [0; 3];
    for (number, width) in found.iter_mut().zip(widths) {
        let part = parts.next()?;
        let digits = part.len() == *width && part.bytes().all(|byte| byte.is_ascii_digit());
        *number = digits.then(|| part.parse().ok()).flatten()?;
    }
    parts.next().is_none().then_some(found)
}

/// Whether a text is a partial-time with an offset.
fn is_time(text: &str) -> bool {
    let Some(at) = text.find(['Z', '+', '-']) else { return false };
    let (time, offset) = text.split_at(at);
    let (clock, fraction) = time.split_once('.').map_or((time, None), |(clock, rest)| (clock, Some(rest)));
    let clock = numbers(clock, &[2, 2, 2], ':').is_some_and(|[h, m, s]| h < 24 && m < 60 && s < 60);
    let fraction =
        fraction.is_none_or(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()));
    let offset = offset == "Z"
        || numbers(&format!("{}:00", offset.get(1..).unwrap_or_default()), &[2, 2, 2], ':')
            .is_some_and(|[h, m, _]| h < 24 && m < 60);
    clock && fraction && offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_read() {
        for text in ["2026-11-21", "2026-11-21T10:00:00Z", "2026-11-21T10:00:00.5+02:00"] {
            assert_eq!(Date::of_time(text).unwrap().to_string(), "2026-11-21");
        }
        let wrong =
            ["", "2026-1-1", "2026-02-29", "2026-13-01", "2026-11-21T10:00:00", "2026-11-21T25:00:00Z", "é"];
        for text in wrong {
            assert_eq!(Date::of_time(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_counted_over_months_and_leap_years() {
        let days = |from: &str, to: &str| Date::parse(to).unwrap().days_since(Date::parse(from).unwrap());
        assert_eq!(days("2024-02-28", "2024-03-01"), 2);
        assert_eq!(days("2023-12-31", "2024-12-31"), 366);
        assert_eq!(days("2026-11-21", "2026-11-11"), -10);
        assert_eq!(days("1900-01-01", "2000-01-01"), 36524);
    }
}
