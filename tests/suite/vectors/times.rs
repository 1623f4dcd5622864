//! Times, dates and durations of RFC 3339 through the one grammar of instants and each column that holds one.

use ambassador_core::calendar::Instant;
use serde_json::Value;

use super::{json, programme::Door, vectors};

/// Valid in RFC 3339 and refused here.
const REFUSED: [(&str, &str); 7] = [
    ("1963-06-19T08:30:06.283185Z", "before 1970: a chain knows no such time"),
    ("1963-06-19T08:30:06Z", "before 1970"),
    ("1937-01-01T12:00:27.87+00:20", "before 1970"),
    ("1998-12-31T23:59:60Z", "a leap second: unix time has none"),
    ("1998-12-31T15:59:60.123-08:00", "a leap second"),
    ("1963-06-19t08:30:06.283185z", "lower-case letters: one form of a time is enough"),
    ("1985-04-12T00:59:59.999999999999999Z", "more digits than nanoseconds have: none is cut off in silence"),
];

/// Returns the texts of a file of vectors, and whether each is valid.
fn cases(name: &str) -> Option<Vec<(String, bool)>> {
    let groups = json(&vectors(&format!("datetime/{name}.json"))?);
    let tests =
        groups.as_array().into_iter().flatten().flat_map(|group| group["tests"].as_array().into_iter().flatten());
    Some(
        tests
            .filter_map(|test| Some((test["data"].as_str()?.to_owned(), test["valid"] == Value::Bool(true))))
            .collect(),
    )
}

#[test]
fn date_times_of_rfc_3339() {
    let Some(cases) = cases("date-time") else { return };
    let differ = cases.iter().filter(|(text, valid)| text.parse::<Instant>().is_ok() != *valid);
    let differences: Vec<&str> = differ.map(|(text, _)| text.as_str()).collect();
    assert_eq!(differences, REFUSED.map(|(text, _)| text));
}

/// No text is an instant that is a date, a time of day or a duration, but the two that are date-times.
#[test]
fn dates_are_no_instants() {
    let mut taken = Vec::new();
    for name in ["date", "time", "duration"] {
        let Some(cases) = cases(name) else { return };
        taken.extend(cases.into_iter().map(|(text, _)| text).filter(|text| text.parse::<Instant>().is_ok()));
    }
    assert_eq!(taken, ["2020-11-28T23:55:45Z", "2020-11-28T23:55:45Z"]);
}

/// Every time of the vectors in every column that holds one: the same are taken, and by the same code refused.
#[test]
fn times_of_the_vectors_in_every_column() {
    let door = Door::new();
    for name in ["date-time", "date", "time", "duration"] {
        let Some(cases) = cases(name) else { return };
        for (text, _) in cases {
            // What is no line of a table is no cell of one.
            if text.contains(['\n', '\0', '"']) {
                continue;
            }
            let expected =
                text.parse::<Instant>().map_err(|error| ambassador_core::diagnostic::Diagnostic::code(&error));
            check_time(&door, &text, expected);
        }
    }
}

fn check_time(door: &Door, text: &str, expected: Result<Instant, &'static str>) {
    let csv = format!("event_id,occurred_at,coin,kind,actor,amount_usd\ne,\"{text}\",ZOE,buy,x,5\n");
    let line = serde_json::json!({
        "event_id": "e", "occurred_at": text, "coin": "ZOE", "kind": "buy", "actor": "x", "amount_usd": "5",
    });
    let empty = text.is_empty();
    let columns = [
        door.actors("x.csv", csv.as_bytes()).map(drop),
        door.actors("x.jsonl", format!("{line}\n").as_bytes()).map(drop),
        door.check(
            "adoptions.csv",
            format!("creator,use_case,live_at,evidence,decision\nzoe,raffle,\"{text}\",x,pending\n").as_bytes(),
        )
        .map(drop),
        door.check("resolutions.csv", format!("name,address,block,resolved_at\na.eth,,1,\"{text}\"\n").as_bytes())
            .map(drop),
    ];
    for column in columns {
        let code = column.as_ref().map_err(|(code, _)| code.as_str()).err();
        // A row may be refused for what its time means, once it is read.
        let is_read = code.is_none_or(|code| !code.starts_with("TIME_LAYOUT") && !code.starts_with("TIME_NO_SUCH"));
        assert!(empty || is_read || expected.is_err(), "{text:?}: {column:?}");
        assert!(empty || expected.is_ok() || code == expected.err(), "{text:?}: {column:?}, not {expected:?}");
    }
    let csv = format!("id,at,who,usd\ne,\"{text}\",x,5\n");
    let imported = door.import_events(csv.as_bytes());
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match (imported, expected) {
        // An import keeps the instant, however it was written.
        (Ok(table), Ok(instant)) => assert!(table.contains(&format!("e,{instant},")), "{table}"),
        (Err((code, column)), _) => {
            assert!(expected.is_err() || is_digits, "{text:?}: {code}");
            assert_eq!((code.as_str(), column.as_str()), ("SOURCE_TIME", "at"), "{text:?}");
        }
        (Ok(table), Err(code)) => panic!("{text:?} is {code}, and imported as {table}"),
    }
}

/// Valid dates are days of prices; what is valid and refused has its reason.
#[test]
fn dates_of_the_vectors_as_days_of_prices() {
    let Some(cases) = cases("date") else { return };
    let door = Door::new();
    let mut differences = Vec::new();
    for (text, valid) in cases {
        if text.contains(['\n', '"']) {
            assert!(!valid, "{text:?}");
            continue;
        }
        let read = door.check("prices.csv", format!("date,usd\n\"{text}\",0.07\n").as_bytes());
        if read.is_ok() != valid {
            differences.push(text);
        }
    }
    // No token had a price before 1970.
    assert_eq!(differences, ["1963-06-19", "0400-02-29", "0001-01-01", "1582-10-10"]);
}
