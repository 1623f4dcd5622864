//! Instants, days, dates and UTC calendar months, from 1970 up to the year 2199.

mod civil;
mod layout;

use alloc::string::{String, ToString};
use core::{fmt, str::FromStr};

use self::{
    civil::{civil_from_days, days_from_civil},
    layout::{Scanner, whole_second_of_utc},
};
use crate::diagnostic::Diagnostic;

const NANOS_PER_SECOND: i64 = 1_000_000_000;
const SECONDS_PER_DAY: i64 = 86_400;
const NANOS_PER_DAY: i64 = 86_400_000_000_000;
const FIRST_YEAR: u32 = 1970;
const LAST_YEAR: u32 = 2199;
/// The fewest digits of unix seconds.
const SHORTEST_UNIX: usize = 9;
/// Unix seconds of 2200-01-01T00:00:00Z.
const END_SECONDS: i64 = 7_258_118_400;

/// Why a text is not an instant, a date or a month.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// An instant without an offset from UTC.
    #[error("`{text}` does not say its offset from UTC")]
    Naive {
        /// The offending text.
        text: String,
    },
    /// The text has another layout.
    #[error("`{text}` is not {expected}")]
    Layout {
        /// The offending text.
        text: String,
        /// What was looked for.
        expected: &'static str,
    },
    /// The layout is right, but there is no such day or time.
    #[error("`{text}` does not exist in the calendar")]
    NoSuchTime {
        /// The offending text.
        text: String,
    },
    /// Before 1970 or after 2199.
    #[error("`{text}` is not between 1970 and 2199")]
    OutOfRange {
        /// The offending text.
        text: String,
    },
}

impl Diagnostic for CalendarError {
    fn code(&self) -> &'static str {
        match self {
            Self::Naive { .. } => "TIME_NAIVE",
            Self::Layout { .. } => "TIME_LAYOUT",
            Self::NoSuchTime { .. } => "TIME_NO_SUCH",
            Self::OutOfRange { .. } => "TIME_RANGE",
        }
    }

    fn help(&self) -> String {
        match self {
            Self::Naive { .. } => "add `Z` for UTC, or an offset such as `+01:00`",
            Self::Layout { .. } => {
                "write an instant as `2020-12-31T18:00:00Z` or unix seconds, a date as `2020-12-31`, a month as `2020-12`"
            }
            Self::NoSuchTime { .. } => "check the day of the month, the hour and the offset (at most 14:00)",
            Self::OutOfRange { .. } => "check the year; unix times are seconds, not milliseconds",
        }
        .to_string()
    }
}

/// A point in time with a precision of one nanosecond.
///
/// Text is RFC 3339 with `Z` or an offset, or unix seconds; a time without an offset is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    // INVARIANT: from 1970 on; sums with `Days` saturate at the year 2262.
    nanos: i64,
}

impl Instant {
    /// The first instant: 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self { nanos: 0 };

    /// Makes an instant from whole unix seconds, or returns `None` outside 1970 to 2199.
    pub const fn from_unix_seconds(seconds: i64) -> Option<Self> {
        if seconds < 0 || seconds >= END_SECONDS {
            return None;
        }
        Some(Self { nanos: seconds.saturating_mul(NANOS_PER_SECOND) })
    }

    /// Returns the whole unix seconds, without the fraction.
    pub const fn to_unix_seconds(self) -> u64 {
        self.nanos.div_euclid(NANOS_PER_SECOND).unsigned_abs()
    }

    /// Returns the nanoseconds since 1970-01-01T00:00:00Z, never negative.
    pub const fn to_unix_nanos(self) -> i64 {
        self.nanos
    }

    /// Returns the instant that is `days` × 86,400 seconds later.
    #[must_use]
    pub fn plus(self, days: Days) -> Self {
        Self { nanos: self.nanos.saturating_add(i64::from(days.0).saturating_mul(NANOS_PER_DAY)) }
    }

    /// Returns the instant that is `days` × 86,400 seconds earlier, or `None` before 1970.
    pub fn minus(self, days: Days) -> Option<Self> {
        let nanos = self.nanos.saturating_sub(i64::from(days.0).saturating_mul(NANOS_PER_DAY));
        (nanos >= 0).then_some(Self { nanos })
    }

    /// Returns the whole hours since `earlier`, or 0 if that is later.
    pub const fn hours_since(self, earlier: Self) -> u64 {
        let nanos = self.nanos.saturating_sub(earlier.nanos);
        if nanos < 0 { 0 } else { nanos.div_euclid(NANOS_PER_SECOND).unsigned_abs().div_euclid(3600) }
    }

    /// Returns the UTC date.
    pub fn to_date(self) -> Date {
        Date { days: u32::try_from(self.nanos.div_euclid(NANOS_PER_DAY)).unwrap_or_default() }
    }

    /// Returns the UTC calendar month.
    pub fn to_month(self) -> Month {
        self.to_date().to_month()
    }
}

impl FromStr for Instant {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(instant) = whole_second_of_utc(text.as_bytes()) {
            return Ok(instant);
        }
        let layout = || CalendarError::Layout { text: text.to_string(), expected: "an instant" };
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            // Fewer digits would be 1973 or before: a date without hyphens, or a number from another column.
            if text.len() < SHORTEST_UNIX || text.starts_with('0') {
                return Err(layout());
            }
            let seconds = text.parse().ok().and_then(Self::from_unix_seconds);
            return seconds.ok_or_else(|| CalendarError::OutOfRange { text: text.to_string() });
        }
        let mut scanner = Scanner { rest: text.as_bytes() };
        let seconds = scanner.instant_fields().ok_or_else(layout)?;
        let fraction = scanner.fraction().ok_or_else(layout)?;
        if scanner.rest.is_empty() {
            return Err(CalendarError::Naive { text: text.to_string() });
        }
        let offset = scanner.offset().ok_or_else(layout)?;
        if !scanner.rest.is_empty() {
            return Err(layout());
        }
        let no_such = || CalendarError::NoSuchTime { text: text.to_string() };
        let utc = seconds.resolve().ok_or_else(no_such)?.checked_sub(offset.ok_or_else(no_such)?);
        let out_of_range = || CalendarError::OutOfRange { text: text.to_string() };
        let instant = utc.and_then(Self::from_unix_seconds).ok_or_else(out_of_range)?;
        Ok(Self { nanos: instant.nanos.saturating_add(fraction) })
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let small = |number: i64| u32::try_from(number).unwrap_or_default();
        let second_of_day = small(self.nanos.div_euclid(NANOS_PER_SECOND).rem_euclid(SECONDS_PER_DAY));
        let (hour, minute) = (second_of_day.div_euclid(3600), second_of_day.div_euclid(60).rem_euclid(60));
        let fraction = small(self.nanos.rem_euclid(NANOS_PER_SECOND));
        let mut text = String::with_capacity("2020-12-31T23:59:59.123456789Z".len());
        self.to_date().write(&mut text);
        for (mark, number) in [('T', hour), (':', minute), (':', second_of_day.rem_euclid(60))] {
            text.push(mark);
            push_digits(&mut text, number, 2);
        }
        if fraction > 0 {
            text.push('.');
            push_digits(&mut text, fraction, 9);
            text.truncate(text.trim_end_matches('0').len());
        }
        text.push('Z');
        formatter.pad(&text)
    }
}

/// A length of time in days of 86,400 seconds: 0 to 3,650.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Days(u16);

impl Days {
    /// The longest length: ten years.
    pub const MAXIMUM: u16 = 3_650;

    /// One day.
    pub const ONE: Self = Self(1);

    /// Makes a length, or returns `None` above [`Self::MAXIMUM`].
    pub const fn new(days: u16) -> Option<Self> {
        if days > Self::MAXIMUM { None } else { Some(Self(days)) }
    }

    /// Returns the number of days.
    pub const fn as_u16(self) -> u16 {
        self.0
    }
}

/// A UTC calendar day, as text `2020-12-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    days: u32,
}

impl Date {
    /// Returns the first instant of the day.
    pub fn start(self) -> Instant {
        Instant { nanos: i64::from(self.days).saturating_mul(NANOS_PER_DAY) }
    }

    /// Returns the first instant of the next day.
    pub fn end(self) -> Instant {
        self.next().start()
    }

    /// Returns the next day.
    #[must_use]
    pub const fn next(self) -> Self {
        Self { days: self.days.saturating_add(1) }
    }

    /// Returns the calendar month of the day.
    pub fn to_month(self) -> Month {
        let (year, month, _) = civil_from_days(self.days);
        Month::from_civil(year, month)
    }
}

impl FromStr for Date {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut scanner = Scanner { rest: text.as_bytes() };
        let date = scanner.date_fields().filter(|_| scanner.rest.is_empty());
        let (year, month, day) =
            date.ok_or_else(|| CalendarError::Layout { text: text.to_string(), expected: "a date" })?;
        if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
            return Err(CalendarError::OutOfRange { text: text.to_string() });
        }
        days_from_civil(year, month, day)
            .and_then(|days| u32::try_from(days).ok())
            .map(|days| Self { days })
            .ok_or_else(|| CalendarError::NoSuchTime { text: text.to_string() })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity("2020-12-31".len());
        self.write(&mut text);
        formatter.pad(&text)
    }
}

impl Date {
    fn write(self, text: &mut String) {
        let (year, month, day) = civil_from_days(self.days);
        push_digits(text, year, 4);
        for number in [month, day] {
            text.push('-');
            push_digits(text, number, 2);
        }
    }
}

/// Writes the last digits of a number, with zeros in front.
fn push_digits(text: &mut String, number: u32, digits: u32) {
    for place in (0..digits).rev() {
        let digit = number.div_euclid(10_u32.saturating_pow(place)).rem_euclid(10);
        text.push(u8::try_from(digit).map_or('0', |digit| char::from(b'0'.saturating_add(digit))));
    }
}

/// A UTC calendar month, as text `2020-12`; on chain the number of months since 1970-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(u32);

impl Month {
    /// Makes a month from the number of months since 1970-01, or returns `None` after 2199-12.
    pub const fn from_number(number: u32) -> Option<Self> {
        if number < 2760 { Some(Self(number)) } else { None }
    }

    /// Returns the number of months since 1970-01: 611 for `2020-12`.
    pub const fn as_number(self) -> u32 {
        self.0
    }

    /// Returns the next month.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Returns the first instant of the month.
    pub fn start(self) -> Instant {
        let (year, month) = self.to_civil();
        let days = days_from_civil(year, month, 1).unwrap_or_default();
        Instant { nanos: days.saturating_mul(NANOS_PER_DAY) }
    }

    /// Returns the first instant after the month.
    pub fn end(self) -> Instant {
        self.next().start()
    }

    fn from_civil(year: u32, month: u32) -> Self {
        Self(year.saturating_sub(FIRST_YEAR).saturating_mul(12).saturating_add(month).saturating_sub(1))
    }

    fn to_civil(self) -> (u32, u32) {
        (self.0.div_euclid(12).saturating_add(FIRST_YEAR), self.0.rem_euclid(12).saturating_add(1))
    }
}

impl FromStr for Month {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut scanner = Scanner { rest: text.as_bytes() };
        let fields = scanner.month_fields().filter(|_| scanner.rest.is_empty());
        let (year, month) =
            fields.ok_or_else(|| CalendarError::Layout { text: text.to_string(), expected: "a month" })?;
        if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
            return Err(CalendarError::OutOfRange { text: text.to_string() });
        }
        if !(1..=12).contains(&month) {
            return Err(CalendarError::NoSuchTime { text: text.to_string() });
        }
        Ok(Self::from_civil(year, month))
    }
}

impl fmt::Display for Month {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = self.to_civil();
        let mut text = String::with_capacity("2020-12".len());
        push_digits(&mut text, year, 4);
        text.push('-');
        push_digits(&mut text, month, 2);
        formatter.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, &str>) {
        let outcome = text.parse::<Instant>().map(|instant| instant.to_string());
        assert_eq!(outcome.as_deref().map_err(Diagnostic::code), expected, "{text}");
    }

    #[test]
    fn instants_are_read_and_shown() {
        check("2020-12-31T18:00:00Z", Ok("2020-12-31T18:00:00Z"));
        check("2020-12-31T18:00:00.5+02:00", Ok("2020-12-31T16:00:00.5Z"));
        check("2020-02-29T23:59:59.000000001-14:00", Ok("2020-03-01T13:59:59.000000001Z"));
        check("1606867200", Ok("2020-12-02T00:00:00Z"));
        check("1970-01-01T00:00:00Z", Ok("1970-01-01T00:00:00Z"));
        check("2199-12-31T23:59:59Z", Ok("2199-12-31T23:59:59Z"));
        check("2020-12-31T18:00:00", Err("TIME_NAIVE"));
        check("2020-12-31", Err("TIME_LAYOUT"));
        check("2020-12-31T18:00Z", Err("TIME_LAYOUT"));
        check("2020-12-31 18:00:00Z", Err("TIME_LAYOUT"));
        check("2020-12-31t18:00:00z", Err("TIME_LAYOUT"));
        check("2020-12-31T18:00:00.Z", Err("TIME_LAYOUT"));
        check("2020-12-31T18:00:00.1234567890Z", Err("TIME_LAYOUT"));
        check("2020-12-31T18:00:00Zulu", Err("TIME_LAYOUT"));
        check("", Err("TIME_LAYOUT"));
        // Bytes that are no digits, and count as some: by ten, or beyond 256.
        check("20:0-12-31T18:00:00Z", Err("TIME_LAYOUT"));
        check("2020-12-31T18:4::00Z", Err("TIME_LAYOUT"));
        check("1:1:-0:-0:T0::0::0:Z", Err("TIME_LAYOUT"));
        check("0D0D-0;-0;T0;:0;:0;Z", Err("TIME_LAYOUT"));
        check("K6K6-J0-J0TJ0:J0:J0Z", Err("TIME_LAYOUT"));
        check("-1", Err("TIME_LAYOUT"));
        check("+1606867200", Err("TIME_LAYOUT"));
        check("0", Err("TIME_LAYOUT"));
        check("20201231", Err("TIME_LAYOUT"));
        check("01606867200", Err("TIME_LAYOUT"));
        check("2021-02-29T00:00:00Z", Err("TIME_NO_SUCH"));
        check("2020-11-31T00:00:00Z", Err("TIME_NO_SUCH"));
        check("2020-12-00T00:00:00Z", Err("TIME_NO_SUCH"));
        check("2020-13-01T00:00:00Z", Err("TIME_NO_SUCH"));
        check("100000000", Ok("1973-03-03T09:46:40Z"));
        check("2020-12-31T24:00:00Z", Err("TIME_NO_SUCH"));
        check("2016-12-31T23:59:60Z", Err("TIME_NO_SUCH"));
        check("2020-12-31T18:00:00+25:00", Err("TIME_NO_SUCH"));
        check("2020-12-31T18:00:00+01:60", Err("TIME_NO_SUCH"));
        check("1606867200000", Err("TIME_RANGE"));
        check("1969-12-31T23:59:59Z", Err("TIME_RANGE"));
        check("2200-01-01T00:00:00Z", Err("TIME_RANGE"));
    }

    #[test]
    fn hours_are_whole_and_not_negative() {
        let [early, late] = ["2020-12-31T18:00:00.000000002Z", "2020-12-31T19:59:59Z"];
        for (instant, earlier, expected) in [(late, early, 1), (early, late, 0), (early, early, 0)] {
            let [instant, earlier] = [instant, earlier].map(|text| text.parse::<Instant>().ok());
            let hours = instant.zip(earlier).map(|(instant, earlier)| instant.hours_since(earlier));
            assert_eq!(hours, Some(expected));
        }
        assert_eq!(early.parse().map(Instant::to_unix_nanos), Ok(1_609_437_600_000_000_002));
    }

    #[test]
    fn the_window_of_a_launch_in_january_closes_in_march() {
        let launch: Result<Instant, _> = "2021-01-31T18:00:00Z".parse();
        let end = launch.ok().zip(Days::new(30)).map(|(launch, days)| launch.plus(days).to_string());
        assert_eq!(end.as_deref(), Some("2021-03-02T18:00:00Z"));
    }

    #[test]
    fn every_day_of_the_calendar_survives_a_round_trip() {
        let mut date = Date { days: 0 };
        while date.days < 84_006 {
            assert_eq!(date.to_string().parse(), Ok(date));
            date = date.next();
        }
        assert_eq!(date.to_string(), "2200-01-01");
    }

    #[test]
    fn months_are_numbered_from_1970() {
        assert_eq!("2020-12".parse::<Month>().map(Month::as_number), Ok(611));
        assert_eq!(Month(611).start().to_string(), "2020-12-01T00:00:00Z");
        assert_eq!(Month(611).end().to_string(), "2021-01-01T00:00:00Z");
        assert_eq!(Month(611).end().to_month(), Month(612));
        for text in ["2020-13", "2020-00", "2020-1", "20-12", "2020-12-01", "1969-12", "2200-01", ""] {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
    }
}
