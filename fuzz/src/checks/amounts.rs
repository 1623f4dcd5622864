//! The grammars of numbers and times, against whole numbers of any size and a calendar that is walked through: what a
//! text means, that exactly one text is written for it, and that this one means the same.

use std::{fmt::Display, str::FromStr};

use ambassador_core::{
    calendar::{Date, Instant, Month},
    deployment::DailyCap,
    diagnostic::Diagnostic,
    price::PriceTerm,
    token::{Decimals, TokenAmount},
    usd::{SignedUsd, Usd, Volume},
};
use num_bigint::{BigInt, BigUint};

const LAST_YEAR: i64 = 2199;

/// Checks a few texts, each in a line of its own, by every grammar of numbers and times.
pub fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    // Several texts stand in lines of their own.
    for text in text.split('\n').take(8) {
        check_text(text);
    }
}

fn check_text(text: &str) {
    let million = || BigUint::from(10_u32).pow(12);
    amount(text, 6, &(million() * 1_000_000_u32), Usd::as_micros);
    amount(text, 18, &(million() * BigUint::from(10_u32).pow(18)), Volume::as_attos);
    price(text);
    signed(text);
    tokens(text);
    cap(text);
    times(text);
}

/// Reads digits with at most one dot among them as units of 10^-`places`, at most `most`.
fn units(text: &str, places: usize, most: &BigUint) -> Option<BigUint> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.chars().all(|character| character.is_ascii_digit());
    let plain = digits(whole) && digits(fraction) && (whole == "0" || !whole.starts_with('0'));
    let fits = plain && (fraction.len() <= places || !text.contains('.'));
    let shifted = format!("{whole}{}", format!("{fraction:0<places$}").get(..places)?);
    fits.then(|| shifted.parse().ok()).flatten().filter(|units| units <= most)
}

/// Checks that a value is shown in the one way that means the same.
fn shown<T: FromStr + Display + PartialEq + std::fmt::Debug>(value: &T) -> String
where
    T::Err: std::fmt::Debug,
{
    let text = value.to_string();
    assert_eq!(text.parse::<T>().as_ref().ok(), Some(value), "{text}");
    assert!(!text.contains('.') || !text.ends_with(['0', '.']), "{text}");
    text
}

fn refused<E: Diagnostic>(error: &E) {
    let code = error.code();
    assert!(["NUMBER_", "TIME_", "PRICE_", "DEPLOY_"].iter().any(|start| code.starts_with(start)), "{code}");
    assert!(!error.help().is_empty());
}

fn amount<T>(text: &str, places: usize, most: &BigUint, units_of: impl Fn(T) -> u128)
where
    T: FromStr<Err: Diagnostic + std::fmt::Debug> + Display + PartialEq + std::fmt::Debug + Copy,
{
    let read = text.parse::<T>();
    let expected = units(text, places, most);
    assert_eq!(read.as_ref().ok().map(|read| BigUint::from(units_of(*read))), expected, "{text:?}");
    match read {
        Ok(read) => _ = shown(&read),
        Err(error) => refused(&error),
    }
}

fn price(text: &str) {
    let expected = units(text, 18, &BigUint::from(10_u32).pow(33)).filter(|units| *units > BigUint::ZERO);
    let read = text.parse::<PriceTerm>();
    assert_eq!(read.as_ref().ok().map(|read| BigUint::from(read.as_attos())), expected, "{text:?}");
    match read {
        Ok(read) => {
            shown(&read);
            assert_eq!(PriceTerm::from_attos(read.as_attos()), Some(read));
        }
        Err(error) => refused(&error),
    }
}

fn signed(text: &str) {
    let (sign, magnitude) = text.strip_prefix('-').map_or((1, text), |magnitude| (-1, magnitude));
    let most = BigUint::from(10_u32).pow(18);
    let expected = units(magnitude, 6, &most).map(|units| BigInt::from(units) * sign);
    let read = text.parse::<SignedUsd>();
    assert_eq!(read.as_ref().ok().map(|read| BigInt::from(read.as_micros())), expected, "{text:?}");
    match read {
        Ok(read) => {
            shown(&read);
            assert_eq!(read.to_credit().is_some(), expected >= Some(BigInt::ZERO));
            assert_eq!(read.to_debit().is_some(), expected < Some(BigInt::ZERO));
        }
        Err(error) => refused(&error),
    }
}

fn tokens(text: &str) {
    let most = BigUint::from(u128::MAX);
    let read = text.parse::<TokenAmount>();
    let expected = units(text, 0, &most).filter(|_| !text.contains('.'));
    assert_eq!(read.as_ref().ok().map(|read| BigUint::from(read.as_base_units())), expected, "{text:?}");
    match read {
        Ok(read) => assert_eq!(shown(&read), text),
        Err(error) => refused(&error),
    }
    for places in [0, 1, 6, 18, 30] {
        let decimals = Decimals::new(places).expect("a token has so many");
        let read = TokenAmount::from_tokens(text, decimals);
        let expected = units(text, places.into(), &most);
        assert_eq!(read.as_ref().ok().map(|read| BigUint::from(read.as_base_units())), expected, "{text:?} {places}");
        match read {
            Ok(read) => assert_eq!(TokenAmount::from_tokens(&read.to_tokens(decimals), decimals), Ok(read)),
            Err(error) => refused(&error),
        }
    }
}

fn cap(text: &str) {
    let expected = match text {
        "none" => Some(u32::MAX.into()),
        _ => units(text, 0, &BigUint::from(u32::MAX - 1)).filter(|cap| *cap > BigUint::ZERO && !text.contains('.')),
    };
    let read = text.parse::<DailyCap>();
    assert_eq!(read.is_ok(), expected.is_some(), "{text:?}");
    match read {
        Ok(read) => assert_eq!(read.to_string().parse(), Ok(read)),
        Err(error) => refused(&error),
    }
}

/// Says how many days a month of the calendar has.
fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Counts the days from 1970 to a day by walking there; nothing where there is no such day from then to 2199.
fn day(year: i64, month: i64, day: i64) -> Option<i64> {
    let real =
        (1970..=LAST_YEAR).contains(&year) && (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
    let years = (1970..year).flat_map(|year| (1..=12).map(move |month| days_of(year, month)));
    let months = (1..month).map(|month| days_of(year, month));
    real.then(|| years.chain(months).sum::<i64>() + day - 1)
}

/// Reads so many digits.
fn digits(text: &str, from: usize, to: usize) -> Option<i64> {
    let digits = text.get(from..to).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok()
}

/// Reads `2020-12-31`.
fn date(text: &str) -> Option<i64> {
    let dashes = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
    dashes.then(|| day(digits(text, 0, 4)?, digits(text, 5, 7)?, digits(text, 8, 10)?)).flatten()
}

/// Reads an instant as nanoseconds since 1970.
fn instant(text: &str) -> Option<i64> {
    const LAST: i64 = 7_258_118_400;
    if text.len() >= 9 && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0') {
        let seconds: i64 = text.parse().ok().filter(|seconds| *seconds < LAST)?;
        return Some(seconds * 1_000_000_000);
    }
    let seconds = seconds_of_layout(text.get(..19)?)?;
    let rest = text.get(19..)?;
    let (fraction, zone) = match rest.strip_prefix('.') {
        None => ("0", rest),
        Some(rest) => rest.split_at(rest.find(|character: char| !character.is_ascii_digit())?),
    };
    let nanos: i64 = format!("{fraction:0<9}").parse().ok().filter(|_| (1..=9).contains(&fraction.len()))?;
    let offset = if zone == "Z" {
        0
    } else {
        let sign = if zone.starts_with('+') { 1 } else { -1 };
        let shape = zone.len() == 6 && zone.starts_with(['+', '-']) && zone.get(3..4) == Some(":");
        let (hours, minutes) = shape.then(|| Some((digits(zone, 1, 3)?, digits(zone, 4, 6)?))).flatten()?;
        let minutes = Some(hours * 60 + minutes).filter(|whole| *whole <= 14 * 60 && minutes < 60)?;
        sign * minutes * 60
    };
    Some(seconds - offset).filter(|seconds| (0..LAST).contains(seconds)).map(|seconds| seconds * 1_000_000_000 + nanos)
}

/// Reads `2020-12-31T18:00:00`; the day may be one around the years that are read, as its offset brings it back.
fn seconds_of_layout(text: &str) -> Option<i64> {
    let marks = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")];
    let shape = marks.iter().all(|(at, mark)| text.get(*at..at + 1) == Some(mark));
    let [year, month, of_month, hour, minute, second] =
        [(0, 4), (5, 7), (8, 10), (11, 13), (14, 16), (17, 19)].map(|(from, to)| digits(text, from, to));
    let (year, month, of_month, hour, minute, second) = (year?, month?, of_month?, hour?, minute?, second?);
    let days = match (year, month, of_month) {
        (1969, 12, 31) => Some(-1),
        (2200, 1, 1) => day(LAST_YEAR, 12, 31).map(|day| day + 1),
        _ => day(year, month, of_month),
    }?;
    let real = shape && hour < 24 && minute < 60 && second < 60;
    real.then_some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

fn times(text: &str) {
    let read = text.parse::<Date>();
    let days = read.as_ref().ok().map(|read| read.start().to_unix_nanos() / 86_400_000_000_000);
    assert_eq!(days, date(text), "{text:?}");
    match read {
        Ok(read) => assert_eq!(read.to_string(), text),
        Err(error) => refused(&error),
    }
    let read = text.parse::<Month>();
    let first = read.as_ref().ok().map(|read| read.start().to_unix_nanos() / 86_400_000_000_000);
    assert_eq!(first, date(&format!("{text}-01")).filter(|_| text.len() == 7), "{text:?}");
    match read {
        Ok(read) => {
            assert_eq!(read.to_string(), text);
            assert_eq!(Month::from_number(read.as_number()), Some(read));
            assert_eq!(read.start().to_month(), read);
        }
        Err(error) => refused(&error),
    }
    let read = text.parse::<Instant>();
    assert_eq!(read.as_ref().ok().map(|read| read.to_unix_nanos()), instant(text), "{text:?}");
    match read {
        Ok(read) => {
            assert_eq!(read.to_string().parse(), Ok(read));
            assert_eq!(
                read.to_string().get(..10).and_then(date),
                Some(read.to_unix_nanos().div_euclid(86_400_000_000_000))
            );
        }
        Err(error) => refused(&error),
    }
}
