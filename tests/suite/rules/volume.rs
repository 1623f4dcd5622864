//! R3, which events count: each case is a list of events and what remains of them.

use ambassador_core::{calendar::Instant, diagnostic::Diagnostic, volume::Measured};

use super::{
    render::assert_lines,
    sketch::{Sketch, at, sketch},
};

/// Zoe's window is 2020-11-10 to 2020-12-10; Yan has not launched, Wim has not accepted.
const PROGRAMME: &str = "
    ambassador alex
    ambassador sam
    referral zoe alex 2020-11-01 2020-11-02 2020-11-03 2020-11-10
    referral zoe sam 2020-11-01 2020-11-20 - -
    referral yan alex 2020-11-01 2020-11-02 2020-11-03 -
    referral wim alex 2020-11-01 - - -
    referral vic sam 2020-11-01 2020-11-02 2020-11-03 2020-11-10 coin=vic-coin
    party creators-own creator:zoe
    party alex-own ambassador:alex
    party sam-own ambassador:sam
    party bank treasury
    party vics-own creator:vic";

const HELPS: [(&str, &str); 7] = [
    ("EVENT_CONFLICT", "one export is wrong: keep the row that the network confirms"),
    ("REVERSAL_UNKNOWN", "add the export that contains the event, or correct the id"),
    ("REVERSAL_OF_REVERSAL", "name the event that was taken back first"),
    ("REVERSAL_COIN", "a reversal has the coin of its event"),
    ("REVERSAL_TIME", "correct one of the two times"),
    ("REVERSAL_AMOUNT", "the reversals of an event are at most its amount together"),
    ("VOLUME_OVERFLOW", "check the unit of `amount_usd`"),
];

fn programme(events: &str) -> Sketch {
    sketch(&format!("{PROGRAMME}\n{events}"))
}

/// Supporters as `zoe fan 100 2020-11-11T00:00:00Z`, then the fates as `counted=1`.
fn render(measured: &Measured) -> String {
    let supporters = measured.supporters.iter().flat_map(|(creator, supporters)| {
        supporters.iter().map(move |row| format!("{creator} {} {} {}", row.actor, row.volume, row.first_at))
    });
    let fates: Vec<_> = measured.fates.iter().map(|(fate, count)| format!("{}={count}", fate.as_str())).collect();
    supporters.chain([fates.join(" ")]).collect::<Vec<_>>().join("\n")
}

fn check_at(as_of: Instant, events: &str, expected: &str) {
    let mut sketch = programme(events);
    for order in ["as written", "reversed"] {
        match sketch.measure(as_of) {
            Ok(measured) => assert_lines(&render(&measured), expected, &format!("{order}: {events}")),
            Err(errors) => panic!("{events}\n{errors:?}"),
        }
        sketch.events.reverse();
    }
}

fn check(events: &str, expected: &str) {
    check_at(at("2021-01-01"), events, expected);
}

fn check_wrong(events: &str, expected: &[(u64, Option<u64>, &str)]) {
    let errors = programme(events).measure(at("2021-01-01")).expect_err(events);
    let found: Vec<_> =
        errors.iter().map(|error| (error.place.0, error.other.map(|other| other.0), error.code())).collect();
    assert_eq!(found, expected, "{events}");
    for error in &errors {
        let help = HELPS.iter().find(|(code, _)| *code == error.code()).map(|(_, help)| *help);
        assert_eq!(Some(error.help().as_str()), help, "{error}");
        assert!(!error.to_string().ends_with('.'), "{error}");
    }
}

#[test]
fn sums_are_exact() {
    check("", "");
    check(
        "event e1 2020-11-11 zoe buy fan 0.1
        event e2 2020-11-12 zoe convert_in fan 0.2
        event e3 2020-11-13 zoe send_creator fan 0.000000000000000001
        event e4 2020-11-12 zoe buy other 1000000000000
        event e5 2020-11-12 vic-coin buy fan 7",
        "vic fan 7 2020-11-12T00:00:00Z
        zoe fan 0.300000000000000001 2020-11-11T00:00:00Z
        zoe other 1000000000000 2020-11-12T00:00:00Z
        counted=5",
    );
}

#[test]
fn only_known_coins_kinds_and_strangers_count() {
    check("event e1 2020-11-11 sell-coin buy fan 5", "other_coin=1");
    check("event e1 2020-11-11 vic buy fan 5", "other_coin=1");
    check("event e1 2020-11-11 zoe sell fan 5\nevent e2 2020-11-11 zoe Buy fan 5", "other_kind=2");
    check(
        "event e1 2020-11-11 zoe buy creators-own 5
        event e2 2020-11-11 zoe buy alex-own 5
        event e3 2020-11-11 zoe buy bank 5
        event e4 2020-11-11 zoe buy sam-own 5
        event e5 2020-11-11 zoe buy vics-own 5
        event e6 2020-11-11 zoe buy Bank 5",
        "zoe Bank 5 2020-11-11T00:00:00Z
        zoe sam-own 5 2020-11-11T00:00:00Z
        zoe vics-own 5 2020-11-11T00:00:00Z
        counted=3 related_party=3",
    );
    check("event e1 2020-11-11 zoe buy fan 0\nevent e2 2020-11-11 zoe buy fan 0.0", "nothing=2");
}

#[test]
fn the_window_is_half_open() {
    for (time, expected) in [
        ("2020-11-09T23:59:59.999999999Z", "before_launch=1"),
        ("2020-11-10", "zoe fan 5 2020-11-10T00:00:00Z\ncounted=1"),
        ("2020-11-10T01:00:00+01:00", "zoe fan 5 2020-11-10T00:00:00Z\ncounted=1"),
        ("1604966400", "zoe fan 5 2020-11-10T00:00:00Z\ncounted=1"),
        ("2020-12-09T23:59:59.999999999Z", "zoe fan 5 2020-12-09T23:59:59.999999999Z\ncounted=1"),
        ("2020-12-10", "after_window=1"),
        ("2020-12-31T23:59:59.999999999Z", "after_window=1"),
        ("2021-01-01", "after_month=1"),
        ("2020-12-31T23:00:00-02:00", "after_month=1"),
    ] {
        check(&format!("event e1 {time} zoe buy fan 5"), expected);
    }
    check("event e1 2020-11-11 yan buy fan 5\nevent e2 2020-11-11 wim buy fan 5", "before_launch=2");
}

#[test]
fn a_month_ends_before_its_last_instant() {
    let events = "event e1 2020-11-30T23:59:59.999999999Z zoe buy fan 5\nevent e2 2020-12-01 zoe buy fan 7";
    check_at(at("2020-12-01"), events, "zoe fan 5 2020-11-30T23:59:59.999999999Z\ncounted=1 after_month=1");
    check_at(at("2020-11-01"), events, "after_month=2");
    check(events, "zoe fan 12 2020-11-30T23:59:59.999999999Z\ncounted=2");
}

#[test]
fn an_event_counts_once() {
    check(
        "event e1 2020-11-11 zoe buy fan 5
        event e1 2020-11-11 zoe buy fan 5.00
        event e1 2020-11-11T00:00:00Z zoe buy fan 5
        event b/e1 2020-11-11 zoe buy fan 5",
        "zoe fan 10 2020-11-11T00:00:00Z\ncounted=2 duplicate=2",
    );
    // A duplicate of what does not count is a duplicate too.
    check("event e1 2020-11-11 zoe sell fan 5\nevent e1 2020-11-11 zoe sell fan 5", "duplicate=1 other_kind=1");
}

#[test]
fn a_duplicate_with_another_field_is_an_error() {
    let first = "event e1 2020-11-11 zoe buy fan 5";
    for second in [
        "event e1 2020-11-11T00:00:00.000000001Z zoe buy fan 5",
        "event e1 2020-11-11 vic-coin buy fan 5",
        "event e1 2020-11-11 zoe sell fan 5",
        "event e1 2020-11-11 zoe buy Fan 5",
        "event e1 2020-11-11 zoe buy fan 5.000000000000000001",
        "event e1 2020-11-11 zoe buy fan 5 e0",
    ] {
        let errors = programme(&format!("event e0 2020-11-11 zoe buy fan 5\n{first}\n{second}"))
            .measure(at("2021-01-01"))
            .expect_err(second);
        let codes: Vec<_> = errors.iter().map(Diagnostic::code).collect();
        assert_eq!(codes, ["EVENT_CONFLICT"], "{second}");
    }
    check_wrong(
        "event e1 2020-11-11 zoe buy fan 5\nevent e2 2020-11-11 zoe buy fan 5\nevent e1 2020-11-11 zoe buy fan 6",
        &[(2, Some(0), "EVENT_CONFLICT")],
    );
    // Even where neither would count in this month.
    check_wrong(
        "event e1 2021-02-11 zoe buy fan 5\nevent e1 2021-02-11 zoe buy fan 6",
        &[(1, Some(0), "EVENT_CONFLICT")],
    );
}

#[test]
fn a_refund_takes_back_in_part_or_in_whole() {
    let event = "event e1 2020-11-11 zoe buy fan 5\nevent e2 2020-11-12 zoe buy fan 1";
    check(
        &format!("{event}\nevent r1 2020-11-13 zoe refund fan 2 e1"),
        "zoe fan 4 2020-11-11T00:00:00Z\ncounted=2 reversal=1",
    );
    check(
        &format!("{event}\nevent r1 2020-11-13 zoe refund fan 2 e1\nevent r2 2020-12-20 zoe refund fan 3 e1"),
        "zoe fan 1 2020-11-12T00:00:00Z\ncounted=1 reversed=1 reversal=2",
    );
    // It may be told twice, come at the same instant, from the treasury, and be of nothing.
    check(
        &format!(
            "{event}\nevent r1 2020-11-11 zoe buy bank 5 e1\nevent r1 2020-11-11 zoe buy bank 5 e1
            event r2 2020-11-12 zoe refund fan 0 e2"
        ),
        "zoe fan 1 2020-11-12T00:00:00Z\ncounted=1 duplicate=1 reversed=1 reversal=2",
    );
    // A refund after the measured month is not known yet; in the next one it is.
    let later = format!("{event}\nevent r1 2020-12-01 zoe refund fan 5 e1");
    check_at(at("2020-12-01"), &later, "zoe fan 6 2020-11-11T00:00:00Z\ncounted=2 after_month=1");
    check(&later, "zoe fan 1 2020-11-12T00:00:00Z\ncounted=1 reversed=1 reversal=1");
    // Events of another source have other ids.
    check(
        "event a/e1 2020-11-11 zoe buy fan 5\nevent b/e1 2020-11-11 zoe buy fan 7\nevent b/r 2020-11-12 zoe buy fan 7 e1",
        "zoe fan 5 2020-11-11T00:00:00Z\ncounted=1 reversed=1 reversal=1",
    );
}

#[test]
fn a_refund_that_cannot_be_is_an_error() {
    let event = "event e1 2020-11-11 zoe buy fan 5";
    for (refund, expected) in [
        ("event r1 2020-11-12 zoe refund fan 5 e2", (1, None, "REVERSAL_UNKNOWN")),
        ("event r1 2020-11-12 zoe refund fan 5 r1", (1, Some(1), "REVERSAL_OF_REVERSAL")),
        ("event b/r1 2020-11-12 zoe refund fan 5 e1", (1, None, "REVERSAL_UNKNOWN")),
        ("event r1 2020-11-12 vic-coin refund fan 5 e1", (1, Some(0), "REVERSAL_COIN")),
        ("event r1 2020-11-10T23:59:59.999999999Z zoe refund fan 5 e1", (1, Some(0), "REVERSAL_TIME")),
        ("event r1 2020-11-12 zoe refund fan 5.000000000000000001 e1", (1, Some(0), "REVERSAL_AMOUNT")),
    ] {
        check_wrong(&format!("{event}\n{refund}"), &[expected]);
    }
    check_wrong(
        &format!("{event}\nevent r1 2020-11-12 zoe refund fan 3 e1\nevent r2 2021-06-01 zoe refund fan 3 e1"),
        &[(2, Some(0), "REVERSAL_AMOUNT")],
    );
    check_wrong(
        &format!("{event}\nevent r1 2020-11-12 zoe refund fan 3 e1\nevent r2 2020-11-13 zoe refund fan 1 r1"),
        &[(2, Some(1), "REVERSAL_OF_REVERSAL")],
    );
    // Every problem is told, not only the first.
    check_wrong(
        &format!("{event}\nevent r1 2020-11-12 zoe refund fan 3 e8\nevent r2 2020-11-13 zoe refund fan 1 e9"),
        &[(1, None, "REVERSAL_UNKNOWN"), (2, None, "REVERSAL_UNKNOWN")],
    );
}

#[test]
fn an_account_is_one_actor_however_it_is_written() {
    let (mixed, lower) = ("0xf1f955016EcbCd7321c7266BccFB96c68ea5E49b", "0xf1f955016ecbcd7321c7266bccfb96c68ea5e49b");
    check(
        &format!("event e1 2020-11-11 zoe buy {mixed} 1\nevent e2 2020-11-12 zoe buy {lower} 2"),
        &format!("zoe {lower} 3 2020-11-11T00:00:00Z\ncounted=2"),
    );
    // The account that the ambassador is paid to is the ambassador's own.
    let events = format!("event e1 2020-11-11 zoe buy {mixed} 1\nevent e2 2020-11-12 zoe buy {lower} 2");
    let paid = PROGRAMME.replacen("ambassador alex", &format!("ambassador alex payee={lower}"), 1);
    let measured = sketch(&format!("{paid}\n{events}")).measure(at("2021-01-01")).expect("no contradiction");
    assert_lines(&render(&measured), "related_party=2", &events);
}

#[test]
fn actors_and_sources_are_told_apart_to_their_last_letter() {
    check(
        "event e1 2020-11-11 zoe buy supporter-a 1
        event e2 2020-11-12 zoe buy supporter-b 2
        event e3 2020-11-13 zoe buy supporter-a 4",
        "zoe supporter-a 5 2020-11-11T00:00:00Z
        zoe supporter-b 2 2020-11-12T00:00:00Z
        counted=3",
    );
    // A source without a name is one as well.
    check(
        "event /e1 2020-11-11 zoe buy fan 1
        event b/e1 2020-11-11 zoe buy fan 2",
        "zoe fan 3 2020-11-11T00:00:00Z
        counted=2",
    );
}
