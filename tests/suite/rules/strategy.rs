//! Random small programmes: few people, few days, much collision.

use std::fmt::Write;

use proptest::{
    collection::vec,
    prelude::{Just, ProptestConfig, Strategy, prop_oneof},
    sample::select,
};
use serde_json::{Value, json};

use super::sketch::{Sketch, sketch_with};

/// The months that every programme is settled for; nothing happens after the sixth.
pub(super) const MONTHS: [&str; 9] =
    ["2020-11", "2020-12", "2021-01", "2021-02", "2021-03", "2021-04", "2021-05", "2021-06", "2021-07"];

/// So many cases unless `PROPTEST_CASES` asks for more or fewer, and no file of failures beside the sources.
pub(super) fn cases(number: u32) -> ProptestConfig {
    let asked = std::env::var_os("PROPTEST_CASES").map(|_| ProptestConfig::default().cases);
    ProptestConfig { cases: asked.unwrap_or(number), failure_persistence: None, ..ProptestConfig::default() }
}

/// What bounds a month in a random programme.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bounds {
    /// Nothing does.
    Lifted,
    /// A few lines, little money, a minimum.
    Tight,
}

/// Returns programmes of up to three ambassadors and four creators.
pub(super) fn programmes(bounds: Bounds) -> impl Strategy<Value = Sketch> {
    (terms(bounds), vec(creator(), 1..5), vec(event(), 0..40), vec(adjustment(), 0..4)).prop_map(
        |(terms, creators, events, adjustments)| {
            let mut text =
                String::from("ambassador a0\nambassador a1\nambassador a2\nambassador a3 joined=2020-12-20\n");
            text += "party own0 creator:c0\nparty own1 ambassador:a1\nparty own0 ambassador:a0\nparty bank treasury\n";
            for (number, creator) in creators.iter().enumerate() {
                creator.write(number, &mut text);
            }
            write_events(&events, creators.len(), &mut text);
            for (number, (ambassador, month, cents)) in adjustments.iter().enumerate() {
                let sign = if *cents < 0 { "-" } else { "" };
                let (dollars, rest) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
                writeln!(text, "adjust a{ambassador} {} {sign}{dollars}.{rest:02} n{number}", MONTHS[*month])
                    .expect("text has room");
            }
            sketch_with(&terms, &text)
        },
    )
}

fn terms(bounds: Bounds) -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let caps = match bounds {
        Bounds::Lifted => Just(("1000000000000".to_string(), "0".to_string(), 1_000)).boxed(),
        Bounds::Tight => (prop_oneof![1_000_u32..20_000, 20_000_u32..200_000], 0_u32..=1_000, 1_u32..4)
            .prop_map(|(budget, minimum, most)| {
                let cents = |cents: u32| format!("{}.{:02}", cents / 100, cents % 100);
                (cents(budget), cents(minimum), most)
            })
            .boxed(),
    };
    let base = select(vec!["250", "250.000001", "33.333333"]);
    (caps, 0_u32..4, 0_u16..20, 0_u16..10, 5_u16..40, base, select(vec![2_500_u16, 5_000, 10_000])).prop_map(
        |((budget, minimum, most), supporters, hold, grace, days, base, cap)| {
            vec![
                ("/caps/budget_usd_per_month", json!(budget)),
                ("/caps/min_payout_usd", json!(minimum)),
                ("/caps/max_per_month", json!(most)),
                ("/caps/expected_per_month", json!(0)),
                ("/gate/min_supporters", json!(supporters)),
                ("/gate/min_use_cases", json!(supporters.min(1))),
                ("/window/hold_days", json!(hold)),
                ("/window/grace_days", json!(grace)),
                ("/window/days", json!(days)),
                ("/reward/base_usd", json!(base)),
                ("/reward/use_case/need", json!(2)),
                ("/volume/supporter_cap_bps", json!(cap)),
            ]
        },
    )
}

/// A creator with the days of its steps, a second ambassador who may come first, and use cases.
#[derive(Clone, Debug)]
struct Creator {
    ambassador: usize,
    steps: usize,
    days: [u64; 4],
    status: &'static str,
    rival: Option<(usize, u64)>,
    adoptions: Vec<(&'static str, u64, &'static str)>,
}

fn creator() -> impl Strategy<Value = Creator> {
    let status = prop_oneof![8 => Just("active"), 1 => Just("held"), 1 => Just("rejected")];
    let use_case = select(vec!["raffle", "auction", "nft_perk", "new:a", "new:b"]);
    let decision = prop_oneof![6 => Just("approved"), 1 => Just("pending"), 1 => Just("rejected")];
    let rival = proptest::option::weighted(0.3, (1_usize..3, 0_u64..40));
    // Launches may lie on the last instants of months, days on borders of windows.
    let days = (20_u64..40, 0_u64..12, 0_u64..6, 0_u64..12).prop_map(|(a, b, c, d)| [a, b, c, d]);
    let steps = prop_oneof![1 => 1_usize..4, 4 => Just(4_usize)];
    (0_usize..3, steps, days, status, rival, vec((use_case, 20_u64..80, decision), 0..5)).prop_map(
        |(ambassador, steps, days, status, rival, adoptions)| Creator {
            ambassador,
            steps,
            days,
            status,
            rival,
            adoptions,
        },
    )
}

impl Creator {
    fn write(&self, number: usize, text: &mut String) {
        let mut day = 0;
        write!(text, "referral c{number} a{}", self.ambassador).expect("text has room");
        for (step, days) in self.days.iter().enumerate() {
            day += days;
            let time = if step < self.steps { date(day) } else { "-".into() };
            write!(text, " {time}").expect("text has room");
        }
        writeln!(text, " {}", self.status).expect("text has room");
        if let Some((other, days)) = self.rival {
            let other = (self.ambassador + other) % 3;
            writeln!(text, "referral c{number} a{other} {} {} - -", date(20), date(20 + days)).expect("text has room");
        }
        let mut seen = std::collections::BTreeSet::new();
        for (use_case, day, decision) in self.adoptions.iter().filter(|row| seen.insert(row.0)) {
            writeln!(text, "adoption c{number} {use_case} {} {decision}", date(*day)).expect("text has room");
        }
    }
}

/// Coin, day, kind, actor, cents, and whether a later event takes a share of it back.
type RandomEvent = (usize, u64, &'static str, &'static str, u32, Option<(u64, u32)>);

fn event() -> impl Strategy<Value = RandomEvent> {
    let kind = prop_oneof![6 => Just("buy"), 1 => Just("convert_in"), 1 => Just("sell")];
    let actor = select(vec!["f0", "f1", "f2", "f3", "f4", "f5", "own0", "own1", "bank"]);
    let refund = proptest::option::weighted(0.2, (0_u64..90, 0_u32..=100));
    (0_usize..5, 20_u64..100, kind, actor, 1_u32..900_000, refund)
}

fn write_events(events: &[RandomEvent], creators: usize, text: &mut String) {
    for (number, (coin, day, kind, actor, cents, refund)) in events.iter().enumerate() {
        // One coin more than there are creators, so that some events are nobody's.
        let coin = coin % (creators + 1);
        let usd = |cents: u32| format!("{}.{:02}", cents / 100, cents % 100);
        writeln!(text, "event e{number} {} c{coin} {kind} {actor} {}", date(*day), usd(*cents)).expect("text has room");
        if let Some((days, percent)) = refund {
            let back = u32::try_from(u64::from(*cents) * u64::from(*percent) / 100).expect("a part of it");
            writeln!(text, "event r{number} {} c{coin} refund {actor} {} e{number}", date(day + days), usd(back))
                .expect("text has room");
        }
    }
}

fn adjustment() -> impl Strategy<Value = (usize, usize, i32)> {
    let cents = (-60_000_i32..60_000).prop_filter("an adjustment of nothing", |cents| *cents != 0);
    (0_usize..4, 0_usize..6, cents)
}

/// The midnight so many days after 2020-10-12, in unix seconds.
fn date(day: u64) -> String {
    (1_602_460_800 + day * 86_400).to_string()
}
