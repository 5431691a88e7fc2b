//! Times as forges write them, as seconds since 1970. They are only compared with the `Date` of the answer that
//! carries them: the forge's clock decides, and a wrong one on this machine does no harm.

/// The seconds of a date in the proleptic Gregorian calendar; none outside 1970–9999.
fn seconds(year: i64, month: i64, day: i64, clock: &str) -> Option<i64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Years are counted from March, so that the leap day is the last of its year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468;
    let mut parts = clock.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    if !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0..=60).contains(&second) {
        return None;
    }
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// A `Date` header: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7; only the form that may be sent).
pub(crate) fn http_date(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let [_, day, month, year, clock, "GMT"] = words[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? as i64 + 1;
    seconds(year.parse().ok()?, month, day.parse().ok()?, clock)
}

/// A time in UTC as GitHub writes it: `2016-07-11T22:14:10Z` (RFC 3339; a fraction is dropped, an offset refused).
pub(crate) fn utc(text: &str) -> Option<i64> {
    let (date, clock) = text.strip_suffix('Z')?.split_once('T')?;
    let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
    let clock = clock.split('.').next()?;
    seconds(parts.next()??, parts.next()??, parts.next()??, clock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_write_a_time_mean_the_same_second() {
        assert_eq!(http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(utc("1994-11-06T08:49:37Z"), Some(784_111_777));
        assert_eq!(utc("2000-02-29T00:00:00.5Z"), Some(951_782_400));
        assert_eq!(utc("1970-01-01T00:00:00Z"), Some(0));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["", "yesterday", "2016-07-11T22:14:10+02:00", "2016-13-11T22:14:10Z", "2016-07-11T22Z"] {
            assert_eq!(utc(text), None, "{text}");
        }
        assert_eq!(http_date("Sunday, 06-Nov-94 08:49:37 GMT"), None);
        assert_eq!(http_date("Sun, 06 Nov 1994 9223372036854775807:00:00 GMT"), None);
        assert_eq!(http_date("Sun, 06 Nov 1994 24:00:00 GMT"), None);
    }
}
