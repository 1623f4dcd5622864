//! A month's documents: the hash of each part of its records, and what its statements say in words.

use std::collections::{BTreeMap, BTreeSet};

use ambassador_core::{
    diagnostic::Diagnostic as _,
    documents::{
        records::{MonthInputs, RecordsDocument},
        statement::StatementDocument,
    },
    explanation::Step,
    hash::{Hash32, keccak256},
    settlement::Credited,
    terms::TermsHistory,
};
use serde_json::{Value, json};

use super::{
    render::assert_lines,
    sketch::{Sketch, read_terms, set, sketch, sketch_with},
};

/// A programme in whose month 2020-12 every part of the records has a row.
const PROGRAMME: &str = "
    ambassador alex payee=alex.eth
    ambassador bea
    referral   zoe alex 2020-11-02 2020-11-03 2020-11-04 2020-11-05
    referral   yan bea 2020-11-02 2020-11-03 2020-11-04 2020-11-05
    adoption   zoe raffle 2020-11-06
    party      yan-fan ambassador:bea
    fans       zoe 20 300 2020-11-07
    fans       yan 3 1 2020-11-07
    adjust     alex 2020-12 -50 an-error
    adjust     bea 2020-12 30 a-gift
    pin        alex.eth 0x00000000000000000000000000000000000000aa 100";

/// What its statements say under a budget of $300.
const EXPLAINED: &str = "
    R6 Adjustment | the programme: Adjusted: 2020-12 -50 (an-error, treasury). Earned -$50, credited before $0, credited now -$50. | -50
    R5 Qualified referral | zoe: It qualifies: supporters 20, use cases 1. Earned $250, credited before $0, credited now $250. | 250
    R4 Volume tier | zoe: $6000 count towards the tier of $5000, which is reached. Earned $125, credited before $0, credited now $70. | 70
    R9 Price | The price is the mean of 7 daily closes: $1250 buy 21000 tokens. | 1250 / 21000
    R8 Dollars to tokens | The sum is converted once and rounded down: ⌊270 × 10^18 × 21000 / 1250⌋ base units are 4536 RLY. | 4536000000000000000000
    R6 Adjustment | the programme: Adjusted: 2020-12 30 (a-gift, treasury). Earned $30, credited before $0, credited now $30. | 30
    R9 Price | The price is the mean of 7 daily closes: $1250 buy 21000 tokens. | 1250 / 21000
    R8 Dollars to tokens | The sum is converted once and rounded down: ⌊30 × 10^18 × 21000 / 1250⌋ base units are 504 RLY. | 504000000000000000000";

fn records(sketch: &Sketch) -> RecordsDocument {
    let month = "2020-12".parse().expect("a month");
    let measured = sketch.measure("2021-01-01T00:00:00Z".parse().expect("an instant")).expect("events that agree");
    RecordsDocument::of(
        &sketch.programme(),
        &MonthInputs {
            month,
            previous: Some(("2020-11".parse().expect("a month"), keccak256(&[b"2020-11"]))),
            terms_texts: &sketch.terms_texts,
            measurements: &sketch.measurements(month.end()),
            fates: &measured.fates,
            price_file: keccak256(&[b"prices"]),
            deviation_override: None,
        },
    )
}

#[test]
fn a_change_is_traced_to_its_part() {
    let document = records(&sketch(PROGRAMME));
    let hashes = document.part_hashes();
    let parts = |hashes: &BTreeMap<&'static str, Hash32>| hashes.keys().copied().collect::<BTreeSet<_>>();
    let value: Value = serde_json::from_slice(&document.to_bytes()).expect("JSON");
    let fields = value.as_object().expect("an object").keys().map(String::as_str);
    // The schema is of the month's part.
    assert_eq!(parts(&hashes), fields.filter(|name| *name != "schema").collect());
    assert_eq!(hashes["previous"], keccak256(&[format!("{:#}\n", value["previous"]).as_bytes()]));
    for (pointer, change, part) in [
        ("/schema", json!("ambassador-records/9"), "month"),
        ("/month", json!("2021-01"), "month"),
        ("/previous/month", json!("2020-10"), "previous"),
        ("/terms/0/version", json!(2), "terms"),
        ("/ambassadors/1/status", json!("held"), "ambassadors"),
        ("/referrals/0/coin", json!("zz"), "referrals"),
        ("/adoptions/0/use_case", json!("auction"), "adoptions"),
        ("/prices/file", json!("0x00"), "prices"),
        ("/adjustments/0/usd", json!("-51"), "adjustments"),
        ("/resolutions/0/block", json!("101"), "resolutions"),
        ("/self_referrals/-", json!({ "creator": "zoe", "ambassador": "alex" }), "self_referrals"),
        ("/supporters/0/usd", json!("301"), "supporters"),
        ("/events/unreferred", json!(7), "events"),
    ] {
        let mut other = value.clone();
        set(&mut other, pointer, change);
        let other: RecordsDocument = serde_json::from_value(other).unwrap_or_else(|error| panic!("{pointer}: {error}"));
        let other = other.part_hashes();
        let changed: Vec<_> = hashes.keys().filter(|name| other[*name] != hashes[*name]).copied().collect();
        assert_eq!(changed, [part], "{pointer}");
    }
}

#[test]
fn records_are_read_under_the_terms_that_they_name() {
    let sketch = sketch(PROGRAMME);
    let read = |text: &str| {
        let terms = TermsHistory::new(vec![read_terms(text)]).expect("a history");
        let read = records(&sketch).to_month_records(terms);
        read.map(drop).map_err(|error| (error.code(), error.path().map(str::to_owned)))
    };
    let text = &sketch.terms_texts[&1];
    assert_eq!(read(text), Ok(()));
    assert_eq!(read(&format!("{text} ")), Err(("FIELD_MISMATCH", Some("terms[1].hash".to_owned()))));
}

fn explained(price: Value) -> String {
    let sketch = sketch_with(&[("/price", price), ("/caps/budget_usd_per_month", json!("300"))], PROGRAMME);
    let settled = sketch.settle("2020-12", &mut Credited::default());
    let line = |step: &Step| format!("{} {} | {} | {}", step.rule, step.title, step.sentence, step.figure);
    let steps = settled
        .statements
        .iter()
        .flat_map(|statement| StatementDocument::of(statement, &settled).explain().expect("amounts that can be read"));
    steps.map(|step| line(&step)).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_statement_is_explained_line_by_line() {
    let mean = json!({ "policy": "mean", "days": 7, "quorum": 5, "max_age_hours": 48, "deviation_bps": 2000 });
    let mean = explained(mean);
    assert_lines(&mean, EXPLAINED, "the mean");
    let close = mean.replace("the mean of 7 daily closes", "the month's last close");
    assert_lines(&explained(json!({ "policy": "close" })), &close, "the last close");
}
