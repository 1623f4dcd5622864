//! What of a programme a month sees: what is there before the month ends, and nothing of the instant in which it ends.

use ambassador_core::{calendar::Month, diagnostic::Diagnostic as _, records::Relation};
use serde_json::json;

use super::sketch::{Sketch, at, sketch_under, terms_with};

/// Every kind of row, once before the end of 2020-12 and once at it; what is left out is named `late`.
const RECORDS: &str = "
    ambassador alex payee=alex.eth
    ambassador late joined=2021-01-01
    referral   zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-11-04
    referral   yan alex 2020-12-31 2021-01-01 2021-01-01 2021-01-01
    referral   late alex 2021-01-01 2021-01-02 2021-01-03 2021-01-04
    adoption   zoe raffle 2020-12-31
    adoption   zoe auction 2021-01-01
    adoption   zoe late_case 2020-12-01
    adoption   late raffle 2020-12-01
    party      fan treasury
    party      zoes creator:zoe
    party      lates creator:late
    party      alexes ambassador:alex
    party      later ambassador:late
    party      known ambassador:alex
    party      unknown ambassador:alex
    close      2020-11-30 1
    close      2020-12-01 1
    close      2020-12-31 1
    close      2021-01-01 1
    adjust     alex 2020-11 1
    adjust     alex 2020-12 1
    adjust     alex 2021-01 1
    adjust     late 2020-12 1
    pin        alex.eth 0x00000000000000000000000000000000000000aa 1
    pin        alex.eth 0x00000000000000000000000000000000000000aa 2";

fn sketched() -> Sketch {
    let later =
        [("/version", json!(2)), ("/effective", json!("2021-01")), ("/reward/known_use_cases/-", json!("late_case"))];
    let mut sketch = sketch_under(vec![terms_with(&[]), terms_with(&later)], RECORDS);
    for party in &mut sketch.records.parties {
        party.since = match party.actor.as_str() {
            "known" => Some(at("2020-12-31T23:59:59Z")),
            "unknown" => Some(at("2021-01-01")),
            _ => None,
        };
    }
    sketch.records.resolutions[0].resolved_at = at("2021-01-05");
    sketch.records.resolutions[1].resolved_at = at("2021-01-06");
    sketch
}

fn lines<T>(rows: &[T], line: impl Fn(&T) -> String) -> Vec<String> {
    rows.iter().map(line).collect()
}

#[test]
fn a_month_sees_what_is_there_before_it_ends() {
    let programme = sketched().programme();
    let month: Month = "2020-12".parse().expect("a month");
    let seen = programme.seen_in(month, at("2021-01-06")).expect("terms are in force");
    let records = seen.records();
    assert_eq!(records.terms.versions().len(), 1);
    assert_eq!(lines(&records.ambassadors, |row| row.id.to_string()), ["alex"]);
    let times = lines(&records.referrals, |row| {
        let times = [row.invited_at, row.accepted_at, row.approved_at, row.launched_at];
        format!("{} {}", row.creator, times.iter().flatten().count())
    });
    assert_eq!(times, ["yan 1", "zoe 4"]);
    assert_eq!(lines(&records.adoptions, |row| format!("{} {}", row.creator, row.use_case)), ["zoe raffle"]);
    assert_eq!(lines(&records.parties, |row| row.actor.to_string()), ["zoes", "alexes", "known", "fan"]);
    assert_eq!(lines(&records.closes, |row| row.date.to_string()), ["2020-12-01", "2020-12-31"]);
    assert_eq!(
        lines(&records.adjustments, |row| format!("{} {}", row.ambassador, row.month)),
        ["alex 2020-11", "alex 2020-12"]
    );
    assert_eq!(lines(&records.resolutions, |row| row.block.to_string()), ["1"]);

    let before = programme.seen_in("2020-10".parse().expect("a month"), at("2021-01-06"));
    let error = before.map(|_| ()).expect_err("no terms are in force");
    assert_eq!((error.code(), error.help()), ("TERMS_MISSING", "write the first version as `terms/1.toml`".to_owned()));
}

#[test]
fn actors_are_found_by_their_relation_alone() {
    let programme = sketched().programme();
    let actors = |relation: Relation| programme.actors_of(&relation).collect::<Vec<_>>();
    assert_eq!(actors(Relation::Treasury), ["fan"]);
    assert_eq!(actors(Relation::Creator("zoe".parse().expect("an id"))), ["zoes"]);
    assert_eq!(actors(Relation::Ambassador("alex".parse().expect("an id"))), ["alexes", "known", "unknown"]);
    assert!(actors(Relation::Creator("yan".parse().expect("an id"))).is_empty());
}
