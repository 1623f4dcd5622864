//! Times of exports, field by field.

use ambassador_core::calendar::Instant;

/// How the times of a source are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    Rfc3339,
    Seconds,
    Milliseconds,
    /// `2020-12-05 05:01:01` as the clocks of New York show it.
    NewYork,
    /// `2020-12-05 05:01:01 UTC`.
    Utc,
}

/// What a text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Nanoseconds since 1970.
    Time(i128),
    /// It is no time.
    None,
    /// Another layout, which a reader may take or not; where it does, the time is one of these, if there is any.
    Either([Option<i128>; 2]),
}

const SECOND: i128 = 1_000_000_000;
const HOUR: i64 = 3_600;

/// Reads a text in the layout of its source.
pub(super) fn read(text: &str, times: Times) -> Meaning {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let instant = || match text.parse::<Instant>() {
        Ok(instant) => Meaning::Time(instant.to_unix_nanos().into()),
        Err(_) => Meaning::None,
    };
    match times {
        Times::Rfc3339 if !is_digits => instant(),
        Times::Seconds if is_digits => instant(),
        Times::Milliseconds if is_digits && (1..=14).contains(&text.len()) => {
            Meaning::Time(text.parse::<i128>().expect("it has digits only") * 1_000_000)
        }
        Times::Rfc3339 | Times::Seconds | Times::Milliseconds => Meaning::None,
        Times::NewYork => local(text, "", new_york),
        Times::Utc => local(text, " UTC", |civil| match seconds(civil) {
            Some(seconds) => Meaning::Time(i128::from(seconds) * SECOND),
            None => Meaning::None,
        }),
    }
}

/// Year, month, day, hour, minute, second.
type Civil = [i64; 6];

fn local(text: &str, suffix: &str, zone: impl Fn(Civil) -> Meaning) -> Meaning {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let runs: Vec<&str> =
        text.split(|character: char| !character.is_ascii_digit()).filter(|run| !run.is_empty()).collect();
    let civil = if digits.len() == 14 {
        let part = |from: usize, length: usize| digits[from..from + length].parse().ok();
        [part(0, 4), part(4, 2), part(6, 2), part(8, 2), part(10, 2), part(12, 2)]
    } else if let [year, month, day, hour, minute, second] = runs[..] {
        [year, month, day, hour, minute, second].map(|run| run.parse().ok())
    } else {
        return Meaning::Either([None, None]);
    };
    let [Some(year), Some(month), Some(day), Some(hour), Some(minute), Some(second)] = civil else {
        return Meaning::Either([None, None]);
    };
    let civil = [year, month, day, hour, minute, second];
    let exact = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{suffix}");
    let meaning = zone(civil);
    if exact == text {
        return meaning;
    }
    match meaning {
        // A sign in front of the year is read as one.
        _ if text.trim_start().starts_with('-') => Meaning::Either([None, None]),
        Meaning::Time(time) => Meaning::Either([Some(time), Some(time)]),
        Meaning::None => Meaning::Either([None, None]),
        either @ Meaning::Either(_) => either,
    }
}

/// Returns the seconds since 1970 as if the clock showed UTC, counting the days of every year and month.
fn seconds([year, month, day, hour, minute, second]: Civil) -> Option<i64> {
    let in_range =
        (1..=12).contains(&month) && (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    if !in_range || !(0..=9999).contains(&year) || day < 1 || day > month_days(year, month) {
        return None;
    }
    Some((days(year, month, day) * 24 + hour) * HOUR + minute * 60 + second)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_days(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

pub(super) fn days(year: i64, month: i64, day: i64) -> i64 {
    let year_days = |year: i64| if is_leap(year) { 366 } else { 365 };
    let years: i64 =
        if year >= 1970 { (1970..year).map(year_days).sum() } else { -(year..1970).map(year_days).sum::<i64>() };
    years + (1..month).map(|month| month_days(year, month)).sum::<i64>() + day - 1
}

/// New York is five hours behind; since 2007 four from the second Sunday in March, 2:00, until the first in November, 2:00.
fn new_york(civil: Civil) -> Meaning {
    let Some(shown) = seconds(civil) else { return Meaning::None };
    let at = |hours: i64| i128::from(shown + hours * HOUR) * SECOND;
    let year = civil[0];
    if year < 2007 {
        return Meaning::Either([Some(at(4)), Some(at(5))]);
    }
    // The first of January 1970 was a Thursday.
    let sunday = |month: i64, from: i64| (from..from + 7).find(|day| (days(year, month, *day) + 4) % 7 == 0);
    let two = |month: i64, from: i64| sunday(month, from).and_then(|day| seconds([year, month, day, 2, 0, 0]));
    let (Some(spring), Some(autumn)) = (two(3, 8), two(11, 1)) else { return Meaning::None };
    if (spring..spring + HOUR).contains(&shown) || (autumn - HOUR..autumn).contains(&shown) {
        Meaning::None
    } else if (spring..autumn).contains(&shown) {
        Meaning::Time(at(4))
    } else {
        Meaning::Time(at(5))
    }
}
