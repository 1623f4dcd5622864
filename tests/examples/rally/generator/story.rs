//! What happens to each coin: its crowd, and the cases that a careless count would get wrong.

use ambassador_core::{calendar::Instant, usd::Volume};

use super::{
    activity::{Event, Source},
    crowd::{Crowd, seconds, usd, window},
    random::Random,
};

const REFERRALS: &str = include_str!("../../../../examples/rally/referrals.csv");

/// The actors of `parties.csv`, and whales who are nobody's.
const TREASURY: &str = "u-3d90c7";
const ALEX: &str = "u-b27e15";
const NOVA: &str = "u-90c2db";
const DARA: [&str; 2] = ["u-1e58f9", "u-c740a1"];
const JUNO: &str = "u-57d62f";
const LENAS_WHALE: &str = "u-2af06d";
const TOMOS_WHALE: &str = "u-8b31e7";

const CROWDS: [Crowd; 27] = [
    // Alex's five: the third tier, the second, the first to the cent, none, and none by a millionth of a dollar.
    crowd("NOVA", 148, 24, 560, "31204.55"),
    crowd("LENA", 86, 22, 300, "8900.5"),
    crowd("KAI", 44, 20, 170, "4938"),
    crowd("TOMO", 13, 18, 60, "1150"),
    crowd("DARA", 58, 21, 210, "4999.999999"),
    // Mika's.
    crowd("JUNO", 51, 18, 190, "4772.36"),
    crowd("MIKA", 25, 14, 60, "1310.4"),
    crowd("KSTRL", 26, 12, 70, "1540.25"),
    // Priya's: one supporter is missing, no use case is approved, the first tier is far, …
    crowd("GALE", 19, 15, 90, "6020.75"),
    crowd("HEXC", 40, 16, 110, "2315.3"),
    crowd("IDA", 28, 13, 90, "1874.8"),
    crowd("BRUNO", 74, 19, 240, "12480.6"),
    crowd("FERN", 33, 14, 100, "5913.15"),
    // Tunde's twelve.
    crowd("ADA", 24, 13, 40, "702.2"),
    crowd("BAYO", 22, 13, 36, "655.1"),
    crowd("CHIDI", 27, 13, 44, "914.75"),
    crowd("DAYO", 38, 13, 96, "5236.9"),
    crowd("EFE", 25, 13, 40, "811.6"),
    crowd("FEMI", 23, 13, 38, "590.35"),
    crowd("GOZIE", 30, 13, 52, "1187.45"),
    crowd("HAUWA", 21, 13, 34, "1420.9"),
    crowd("IFE", 22, 13, 34, "498.7"),
    crowd("JIDE", 29, 13, 50, "1022.3"),
    crowd("KEMI", 26, 13, 42, "877.25"),
    crowd("LOLA", 24, 13, 38, "760.8"),
    // Sofia's, and one that nobody's invite brought in time.
    crowd("OTTO", 36, 17, 120, "5640.05"),
    crowd("SABLE", 20, 14, 30, "610.2"),
];

const fn crowd(
    coin: &'static str,
    supporters: usize,
    arrived_after_days: u64,
    events: usize,
    volume: &'static str,
) -> Crowd {
    Crowd { coin, supporters, arrived_after_days, events, volume }
}

/// Returns everything that happened on the network.
pub(crate) fn events() -> Vec<Event> {
    let mut events: Vec<Event> = CROWDS.iter().flat_map(|crowd| crowd.events(launch(crowd.coin))).collect();
    events.extend(unreferred());
    events.extend(edges());
    events.extend(whales());
    events.extend(refunds());
    events.extend(washes());
    // What came later is not in these exports.
    let end = at("2021-03-01T00:00:00Z");
    events.retain(|event| event.occurred_at < end);
    for event in &mut events {
        if event.kind == "convert_in" && ["LENA", "BRUNO", "DAYO"].contains(&event.coin) {
            event.source = Source::Bridge;
        }
    }
    events
}

/// Returns when a coin was launched, as the referrals say.
fn launch(coin: &str) -> Instant {
    let fields = REFERRALS.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let mut launches =
        fields.filter(|fields| fields.get(1) == Some(&coin)).filter_map(|fields| fields.get(6)?.parse().ok());
    launches.next().expect("the coin is launched in `referrals.csv`")
}

fn at(text: &str) -> Instant {
    text.parse().expect("times of the story are instants")
}

/// Coins that no ambassador brought.
fn unreferred() -> Vec<Event> {
    let mut random = Random::of("unreferred");
    let start = at("2020-11-24T00:00:00Z").to_unix_seconds();
    let event = |_| {
        let coin = *random.pick(&["ZEPH", "ZEPH", "MIRO"]);
        let kind = *random.pick(&["buy", "sell", "send_fan", "send_creator"]);
        let actor = format!("u-{:06x}", random.below(40) * 400_000 + 70_001);
        let at = seconds(start + random.below(80 * 86_400));
        let amount = Volume::from_attos(u128::from(150 + random.early(20_000)) * 10_u128.pow(16));
        Event::new(at, coin, kind, &actor, amount)
    };
    (0..420).map(event).collect()
}

/// The first and the last instant of a window.
fn edges() -> Vec<Event> {
    let (nova, _) = window(launch("NOVA"));
    let (kai, kai_ends) = window(launch("KAI"));
    let last = seconds(kai_ends.to_unix_seconds() - 1);
    [
        // At the very launch: counts.
        Event::new(nova, "NOVA", "buy", "u-7f3a9d", usd("25")),
        // A rehearsal a quarter of an hour before it: does not.
        Event::new(seconds(kai.to_unix_seconds() - 900), "KAI", "buy", "u-4c81b5", usd("60")),
        // In the last second: counts. At the end: does not.
        Event::new(last, "KAI", "buy", "u-e95d03", usd("12")),
        Event::new(kai_ends, "KAI", "buy", "u-a06b7f", usd("400")),
        // Nothing was moved.
        Event::new(at("2020-12-09T21:14:08Z"), "DARA", "send_creator", "u-0d7e43", usd("0")),
    ]
    .into()
}

/// Supporters with more than the volume of a tier, of which a quarter counts.
fn whales() -> Vec<Event> {
    let mut random = Random::of("whales");
    let day = 86_400;
    let mut whale = |coin, actor, amounts: &[&str]| -> Vec<Event> {
        let launched = launch(coin).to_unix_seconds();
        let mut event =
            |amount| Event::new(seconds(launched + day + random.below(24 * day)), coin, "buy", actor, usd(amount));
        amounts.iter().map(|amount| event(amount)).collect()
    };
    let lena = ["2500", "1800", "2400", "950", "3100", "1750", "2900", "2000"];
    let mut events = whale("LENA", LENAS_WHALE, &lena);
    events.extend(whale("TOMO", TOMOS_WHALE, &["2200", "1650.5", "1449.5"]));
    events
}

/// What was taken back, in whole, in part, and after the month that counted it.
fn refunds() -> Vec<Event> {
    let refunded = |at_text: &str, coin, kind, actor: &str, amount, refunds: &[(&str, &str)]| {
        let mut event = Event::new(at(at_text), coin, kind, actor, usd(amount));
        event.refunds = refunds.iter().map(|(at_text, amount)| (at(at_text), usd(amount))).collect();
        event
    };
    [
        refunded("2020-12-02T19:41:10Z", "NOVA", "buy", "u-c25f1b", "750", &[("2020-12-04T10:02:33Z", "750")]),
        refunded("2020-12-05T22:17:45Z", "LENA", "buy", "u-39ad71", "480", &[("2020-12-11T09:30:00Z", "180.5")]),
        // 50 of 90 are left.
        refunded(
            "2020-12-01T01:08:52Z",
            "KAI",
            "send_creator",
            "u-6be2c9",
            "90",
            &[("2020-12-03T18:00:00Z", "25"), ("2020-12-08T18:00:00Z", "15")],
        ),
        // 640 in December, 120 since February: the first tier was credited in January and is owed no longer.
        refunded("2020-12-12T20:26:31Z", "JUNO", "buy", "u-d4907b", "640", &[("2021-02-09T15:45:20Z", "520")]),
    ]
    .into()
}

/// Trades of the creators, their ambassador and the treasury with themselves.
fn washes() -> Vec<Event> {
    let mut random = Random::of("washes");
    let mut wash = |number: u64, coin, actor| -> Vec<Event> {
        let launched = launch(coin).to_unix_seconds();
        let mut event = |_| {
            let amount = Volume::from_attos(u128::from(9_000 + random.below(9_000)) * 10_u128.pow(16));
            Event::new(seconds(launched + 3_600 + random.below(28 * 86_400)), coin, "buy", actor, amount)
        };
        (0..number).map(&mut event).collect()
    };
    let [dara, daras_other] = DARA;
    let parts = [
        wash(18, "DARA", dara),
        wash(9, "DARA", daras_other),
        wash(6, "NOVA", NOVA),
        wash(5, "NOVA", ALEX),
        wash(4, "JUNO", JUNO),
        wash(7, "LENA", TREASURY),
        wash(5, "KAI", TREASURY),
        wash(3, "GALE", TREASURY),
    ];
    parts.into_iter().flatten().collect()
}
