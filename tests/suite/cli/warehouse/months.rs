//! Random months: events at the borders of windows, taken back, told twice, of actors with hostile names.

use std::{fmt::Write as _, fs, path::Path};

use ambassador_core::{calendar::Instant, usd::Volume};

use super::super::{folder::Folder, random::Random};

const SECOND: i64 = 1_000_000_000;
const DAY: i64 = 86_400 * SECOND;
/// 2021-01-01T00:00:00Z.
const NEW_YEAR: i64 = 1_609_459_200 * SECOND;
/// The coins of the programme and their launches, in days before the new year.
const LAUNCHES: [(&str, i64); 4] = [("ZOE", 41), ("KAI", 21), ("IDA", 30), ("DORA", 25)];
const HEADER: &str = "event_id,occurred_at,coin,kind,actor,amount_usd,reverses";
const PARTIES: &str = "actor,relation
u-zoe,creator:zoe
u-mika,ambassador:mika
u-bank,treasury
O'Hara,creator:kai
back\\slash\\,treasury
${user.name},ambassador:alex
名前,creator:ida
\"\"\"quoted\"\"\",creator:dora
0xDDdDddDdDdddDDddDDddDDDDdDdDDdDDdDDDDDDd,ambassador:mika
";
const ACTORS: [&str; 22] = [
    "u-1",
    "u-2",
    "u-3",
    "u-4",
    "U-1",
    "it's",
    "\\",
    "\\'",
    "a, b",
    "$1",
    "${user.home}",
    "0xAAaaAAaaAAaaAAaaAAaaAAaaAAaaAAaaAAaaAAaa",
    "0xAAaaAAaaAAaaAAaaAAaaAAaaAAaaAAaaAAaaAAa",
    "0xAAaaAAaaAAaaAAaaAAaaAAaaAAaaAAaaAAaaAAaaA",
    "0x67cFaBBC75F4aeCB0C48db513b37a11db92dDf4b",
    "0xDDdDddDdDdddDDddDDddDDDDdDdDDdDDdDDDDDDd",
    "u-zoe",
    "O'Hara",
    "back\\slash\\",
    "${user.name}",
    "名前",
    "\"quoted\"",
];
const KINDS: [&str; 8] = ["buy", "buy", "buy", "convert_in", "send_creator", "sell", "Buy", "refund"];

/// The finest fraction of a second that the months of a run have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precision {
    Nanoseconds,
    Microseconds,
}

impl Precision {
    pub(super) const fn nanos(self) -> i64 {
        match self {
            Self::Nanoseconds => 1,
            Self::Microseconds => 1_000,
        }
    }
}

/// An event; `spelling` varies how one and the same is written.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) source: &'static str,
    pub(super) id: String,
    pub(super) nanos: i64,
    pub(super) coin: &'static str,
    pub(super) kind: &'static str,
    pub(super) actor: String,
    pub(super) attos: u128,
    pub(super) reverses: String,
    pub(super) spelling: usize,
}

/// A programme's records and events.
#[derive(Clone, Debug)]
pub(super) struct Story {
    pub(super) precision: Precision,
    pub(super) events: Vec<Event>,
    referrals: String,
}

impl Story {
    /// Tells the story of that number.
    pub(super) fn new(number: u64, precision: Precision) -> Self {
        let mut random = Random(number);
        let unit = precision.nanos();
        let launches = LAUNCHES
            .map(|(coin, days)| (coin, NEW_YEAR - days * DAY + [0, unit, SECOND / 2, SECOND - unit][random.below(4)]));
        let mut events = Vec::new();
        for number in 0..30 + random.below(30) {
            let event = event(&mut random, number, &launches, unit);
            tell(&mut random, &event, unit, &mut events);
        }
        // The order of rows does not matter.
        for position in (1..events.len()).rev() {
            events.swap(position, random.below(position + 1));
        }
        Self { precision, events, referrals: referrals(&launches) }
    }

    /// Makes the programme's folder without events.
    pub(super) fn folder(&self) -> Folder {
        let folder = Folder::base();
        fs::remove_dir_all(folder.path().join("activity")).expect("the base has events");
        write(folder.path(), "referrals.csv", &self.referrals);
        write(folder.path(), "parties.csv", PARTIES);
        folder
    }

    /// Writes the events below `activity` as networks export them, each in its own way.
    pub(super) fn write_activity(&self, root: &Path) {
        for (source, files) in
            [("", ["loose", "more"]), ("rally", ["rally/a", "rally/b"]), ("bridge", ["bridge/a", "bridge/deep/b"])]
        {
            for (half, file) in files.iter().enumerate() {
                let mut text = format!("{HEADER}\n");
                let events = self.events.iter().enumerate().filter(|(place, _)| place % 2 == half);
                for (_, event) in events.filter(|(_, event)| event.source == source) {
                    event.write(&mut text, event.spelling);
                    text.push('\n');
                }
                write(root, &format!("activity/{file}.csv"), &text);
            }
        }
    }

    /// Writes the table of the warehouse.
    pub(super) fn write_table(&self, path: &Path) {
        let mut text = format!("{HEADER},source\n");
        for event in &self.events {
            event.write(&mut text, 0);
            writeln!(text, ",{}", event.source).expect("text has room");
        }
        fs::write(path, text).expect("a file can be written");
    }
}

/// Returns an event of Zoe's that counts, which other events can contradict.
pub(super) fn seed() -> Event {
    Event {
        source: "rally",
        id: "s-1".into(),
        nanos: NEW_YEAR - 20 * DAY,
        coin: "ZOE",
        kind: "buy",
        actor: "u-1".into(),
        attos: 5_000_000_000_000_000_001,
        reverses: String::new(),
        spelling: 0,
    }
}

impl Event {
    fn write(&self, text: &mut String, spelling: usize) {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut amount = Volume::from_attos(self.attos).to_string();
        if spelling == 2 {
            match amount.split_once('.') {
                None => amount.push_str(".0"),
                Some((_, places)) if places.len() < 18 => amount.push('0'),
                Some(_) => {}
            }
        }
        let time = time(self.nanos, i64::from(spelling == 1));
        let actor = quoted(&self.actor);
        write!(text, "{},{time},{},{},{actor},{amount},{}", self.id, self.coin, self.kind, self.reverses)
            .expect("text has room");
    }
}

/// Writes an instant so many hours east of Greenwich.
fn time(nanos: i64, hours: i64) -> String {
    let (seconds, fraction) = (nanos.div_euclid(SECOND), nanos.rem_euclid(SECOND));
    let local = Instant::from_unix_seconds(seconds + hours * 3_600).expect("a time of ours").to_string();
    let local = local.trim_end_matches('Z');
    let fraction = if fraction == 0 { String::new() } else { format!(".{fraction:09}") };
    let offset = if hours == 0 { "Z".to_owned() } else { format!("+{hours:02}:00") };
    format!("{local}{fraction}{offset}")
}

fn event(random: &mut Random, number: usize, launches: &[(&'static str, i64)], unit: i64) -> Event {
    let (own, launch) = random.one_of(launches);
    let coin = random.one_of(&[own, own, own, own, own, own, "UNA", "WIM", "zoe", "OTHER"]);
    let window = 30 * DAY;
    let nanos = match random.below(12) {
        0 => launch - unit,
        1 => launch,
        2 => launch + window - unit,
        3 => launch + window,
        4 => NEW_YEAR - unit,
        5 => NEW_YEAR,
        _ => {
            launch
                + i64::try_from(random.below(33)).expect("a few") * DAY
                + i64::try_from(random.below(1_000_000_000)).expect("a part of a second") / unit * unit
        }
    };
    let attos = match random.below(12) {
        0 => 0,
        1 => 1,
        2 => 100_000_000_000 * 1_000_000_000_000_000_000,
        3 => 25 * 1_000_000_000_000_000_000,
        _ => {
            let [dollars, rest] = [200, 1_000_000_000_000_000_000].map(|bound| random.below(bound));
            u128::try_from(dollars).expect("it fits") * 1_000_000_000_000_000_000
                + u128::try_from(rest).expect("it fits")
        }
    };
    Event {
        source: random.one_of(&["", "rally", "rally", "bridge"]),
        // Another source may have the same id.
        id: format!("e-{}", number / 2 * 2 + usize::from(number.is_multiple_of(3))),
        nanos,
        coin,
        kind: random.one_of(&KINDS),
        actor: random.one_of(&ACTORS).into(),
        attos,
        reverses: String::new(),
        spelling: 0,
    }
}

/// Adds an event unless its source knows the id, perhaps told twice, perhaps taken back in whole or in parts.
fn tell(random: &mut Random, event: &Event, unit: i64, events: &mut Vec<Event>) {
    if events.iter().any(|other| (other.source, &other.id) == (event.source, &event.id)) {
        return;
    }
    let mut told = vec![event.clone()];
    let taken_back = match random.below(6) {
        0 => vec![event.attos],
        1 => vec![event.attos / 2, event.attos - event.attos / 2],
        2 => vec![event.attos / 3, event.attos / 5],
        _ => Vec::new(),
    };
    for (part, attos) in taken_back.into_iter().enumerate() {
        let later = [0, unit, DAY, 25 * DAY][random.below(4)];
        told.push(Event {
            id: format!("r{part}-{}", event.id),
            nanos: event.nanos + later,
            kind: random.one_of(&["refund", "buy"]),
            actor: random.one_of(&ACTORS).into(),
            attos,
            reverses: event.id.clone(),
            ..event.clone()
        });
    }
    for event in told {
        if random.below(4) == 0 {
            let spelling = random.below(3);
            let is_account = event.actor.len() == 42;
            let actor =
                if is_account { event.actor.to_lowercase().replacen("0X", "0x", 1) } else { event.actor.clone() };
            events.push(Event { actor, spelling, ..event.clone() });
        }
        events.push(event);
    }
}

/// Dora accepted Mika's invite before Alex's; Zoe accepted Alex's before Mika's; Una has not launched, Wim not accepted.
fn referrals(launches: &[(&str, i64)]) -> String {
    let mut text = String::from("creator,coin,ambassador,invited_at,accepted_at,approved_at,launched_at,status\n");
    let invited = "2020-11-04T10:00:00Z";
    for (coin, launch) in launches {
        let launch = time(*launch, 0);
        let creator = coin.to_lowercase();
        let rivals: &[(&str, &str)] = match *coin {
            "ZOE" => &[("alex", "2020-11-06T10:00:00Z"), ("mika", "2020-11-06T10:00:00.000000001Z")],
            "DORA" => &[("alex", "2020-11-06T10:00:00Z"), ("mika", "2020-11-05T10:00:00Z")],
            "IDA" => &[("mika", "2020-11-06T10:00:00Z")],
            _ => &[("alex", "2020-11-06T10:00:00Z")],
        };
        for (ambassador, accepted) in rivals {
            writeln!(text, "{creator},{coin},{ambassador},{invited},{accepted},2020-11-10T10:00:00Z,{launch},active")
                .expect("text has room");
        }
    }
    text += "una,UNA,mika,2020-11-10T10:00:00Z,2020-11-12T10:00:00Z,2020-11-18T10:00:00Z,,active\n";
    text += "wim,WIM,alex,2020-11-10T10:00:00Z,,,,active\n";
    text
}

fn write(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
    fs::write(path, text).expect("a file can be written");
}
