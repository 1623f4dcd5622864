//! The texts of records: what each small type takes, and how it refuses the rest.

use std::{fmt, str::FromStr};

use ambassador_core::{
    address::Address,
    basis_points::BasisPoints,
    calendar::{Date, Instant, Month},
    diagnostic::Diagnostic,
    hash::Hash32,
    identifier::AmbassadorId,
    records::{AmbassadorStatus, Decision, EnsName, Relation, UseCase},
    usd::{Usd, Volume},
};

/// Reads a text; expected is how it is shown again, or code, message and help.
fn check<T: FromStr<Err: Diagnostic> + fmt::Display>(text: &str, expected: Result<&str, (&str, &str, &str)>) {
    let read = text.parse::<T>().map(|value| value.to_string());
    let read = read.map_err(|error| (error.code(), error.to_string(), error.help()));
    let expected = expected.map(str::to_owned);
    assert_eq!(read, expected.map_err(|(code, said, help)| (code, said.to_owned(), help.to_owned())), "{text}");
}

#[test]
fn names_that_can_be_resolved() {
    let help = "write an address, or a normalised name such as `alexmasmej.eth`";
    let longest = format!("{}.eth", "x".repeat(251));
    for text in ["alexmasmej.eth", "a-b_$#*0.x", "名前.eth", "👨\u{200d}👩.eth", "🏴\u{e0067}\u{e007f}.eth", &longest]
    {
        check::<EnsName>(text, Ok(text));
    }
    for (text, shown) in [
        ("alex", "alex"),
        ("Alex.eth", "Alex.eth"),
        ("a..eth", "a..eth"),
        (".eth", ".eth"),
        ("a b.eth", "a b.eth"),
        ("a\u{3000}b.eth", "a\u{3000}b.eth"),
        ("a\u{202e}b.eth", "a\\u{202e}b.eth"),
        ("a\u{200b}b.eth", "a\\u{200b}b.eth"),
    ] {
        check::<EnsName>(text, Err(("ENS_NAME", &format!("`{shown}` is no normalised ENS name"), help)));
    }
    assert!(format!("x{longest}").parse::<EnsName>().is_err());
}

#[test]
fn words_of_a_list() {
    let help = "write one of these words, in lower case";
    check::<AmbassadorStatus>("active", Ok("active"));
    check::<AmbassadorStatus>("held", Ok("held"));
    check::<AmbassadorStatus>("Held", Err(("WORD", "`Held` is none of `active`, `held`", help)));
    for word in Decision::WORDS {
        check::<Decision>(word, Ok(*word));
    }
}

#[test]
fn whose_an_actor_is() {
    let help = "write `creator:<id>`, `ambassador:<id>` or `treasury`";
    let check = |text: &str, expected: Option<Relation>| {
        let read = text.parse::<Relation>();
        let said = read.map_err(|error| (error.code(), error.to_string(), error.help()));
        let refusal = ("RELATION", format!("`{text}` is no relation"), help.to_owned());
        assert_eq!(said, expected.ok_or(refusal), "{text}");
    };
    check("treasury", Some(Relation::Treasury));
    check("creator:dara", "dara".parse().ok().map(Relation::Creator));
    check("ambassador:alex", "alex".parse().ok().map(Relation::Ambassador));
    for text in ["", "Treasury", "dara", "treasury:dara", "creator:", "creator:a b", "ambassador:", "friend:dara"] {
        check(text, None);
    }
}

#[test]
fn use_cases_known_and_new() {
    for (text, name, innovative) in [("tipping", "tipping", false), ("new:raffle", "raffle", true)] {
        check::<UseCase>(text, Ok(text));
        let read = text.parse::<UseCase>().map(|case| (case.name().to_string(), case.is_innovative()));
        assert_eq!(read, Ok((name.to_owned(), innovative)));
    }
}

#[test]
fn what_is_no_value_is_told_apart_and_mended() {
    check::<AmbassadorId>("", Err(("NAME_EMPTY", "an ambassador's id is missing", "fill the field in")));
    for (text, code, help) in [
        ("2020-12-31T18:00:00", "TIME_NAIVE", "add `Z` for UTC, or an offset such as `+01:00`"),
        (
            "noon",
            "TIME_LAYOUT",
            "write an instant as `2020-12-31T18:00:00Z` or unix seconds, a date as `2020-12-31`, a month as `2020-12`",
        ),
        ("2020-02-30T00:00:00Z", "TIME_NO_SUCH", "check the day of the month, the hour and the offset (at most 14:00)"),
        ("2200-01-01T00:00:00Z", "TIME_RANGE", "check the year; unix times are seconds, not milliseconds"),
    ] {
        let said = text.parse::<Instant>().map_err(|error| (error.code(), error.help()));
        assert_eq!(said, Err((code, help.to_owned())), "{text}");
    }
    for (text, code, help) in [
        ("", "NUMBER_EMPTY", "write a number such as `250` or `250.00`"),
        ("-1", "NUMBER_SIGN", "write the amount without `+` or `-`"),
        (
            "1,000",
            "NUMBER_CHARACTER",
            "write plain digits with one dot, without spaces, commas, underscores or exponents",
        ),
        (".5", "NUMBER_BARE_DOT", "write `0.5` for `.5` and `5` for `5.`"),
        ("01", "NUMBER_LEADING_ZERO", "remove the zeros in front"),
        ("0.1234567", "NUMBER_TOO_PRECISE", "write at most 6 digits behind the dot"),
        ("1000000000001", "NUMBER_TOO_LARGE", "check the unit: amounts are whole dollars or tokens with decimals"),
    ] {
        let said = text.parse::<Usd>().map_err(|error| (error.code(), error.help()));
        assert_eq!(said, Err((code, help.to_owned())), "{text}");
    }
    let hash = "0x12".parse::<Hash32>().map_err(|error| error.help());
    assert_eq!(hash, Err("write `0x` and 64 lower-case hexadecimal digits".to_owned()));
    let address = "0x12".parse::<Address>().map_err(|error| error.help());
    assert_eq!(address, Err("write `0x` and 40 hexadecimal digits".to_owned()));
}

#[test]
fn dates_and_months_are_shown_as_they_are_read() {
    for text in ["1970-01-01", "2020-02-29", "2199-12-31"] {
        check::<Date>(text, Ok(text));
    }
    for text in ["1970-01", "2020-12", "2199-12"] {
        check::<Month>(text, Ok(text));
    }
}

#[test]
fn a_part_in_basis_points() {
    let volume = |text: &str| text.parse::<Volume>().expect("a volume");
    for (part, whole, expected) in
        [("0", "0", 0), ("1", "0", 0), ("1", "3", 3_333), ("3", "3", 10_000), ("4", "3", 10_000), ("1", "100000", 0)]
    {
        assert_eq!(BasisPoints::proportion(volume(part), volume(whole)), expected, "{part} of {whole}");
    }
}
