//! Writes a programme folder with any number of events: the same arguments, the same bytes.
//!
//! `generate FOLDER ROWS [csv|jsonl][.gz|.zst] [REFERRED] [AMBASSADORS]`

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
};

/// How many coins there are, unless more are referred.
const COINS: u64 = 50_000;
const ACTORS: u64 = 400_000;
const KINDS: [&str; 6] = ["buy", "buy", "buy", "convert_in", "send_creator", "sell"];
/// 2020-11-01T00:00:00Z, and how far events reach from there: into January.
const START: u64 = 1_604_188_800;
const SPAN: u64 = 66 * 86_400;
const RING: usize = 4_096;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// One time in `times`.
    fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[derive(Clone)]
struct Event {
    id: u64,
    at: u64,
    coin: u64,
    kind: &'static str,
    actor: String,
    /// Whole dollars, and the fraction as text.
    amount: (u64, String),
    reverses: Option<u64>,
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, rows, rest @ ..] = arguments.as_slice() else {
        return Err(io::Error::other("usage: generate FOLDER ROWS [csv|jsonl][.gz|.zst] [REFERRED] [AMBASSADORS]"));
    };
    let folder = Path::new(folder);
    let number = |text: &String| text.parse::<u64>().map_err(io::Error::other);
    let rows = number(rows)?;
    let format = rest.first().map_or("csv", String::as_str);
    let referred = rest.get(1).map_or(Ok(5_000), number)?.max(1);
    let network = Network { coins: referred.max(COINS), referred };
    let ambassadors = rest.get(2).map_or(Ok(referred.div_ceil(5)), number)?.max(1);
    fs::create_dir_all(folder.join("activity/network"))?;
    fs::create_dir_all(folder.join("terms"))?;
    fs::write(folder.join("terms/1.toml"), include_str!("../terms.toml"))?;
    records(folder, network, ambassadors)?;
    let name = folder.join(format!("activity/network/events.{format}"));
    let output = BufWriter::with_capacity(1 << 20, File::create(name)?);
    let json = format.starts_with("jsonl");
    match format.rsplit_once('.').map(|(_, compression)| compression) {
        None => events(output, json, rows, network),
        Some("gz") => events(flate2::write::GzEncoder::new(output, flate2::Compression::new(6)), json, rows, network),
        Some("zst") => {
            let mut output = zstd::Encoder::new(output, 3)?;
            events(&mut output, json, rows, network)?;
            output.finish()?.flush()
        }
        Some(other) => Err(io::Error::other(format!("unknown compression `{other}`"))),
    }
}

/// How many coins there are, and how many of them are referred.
#[derive(Clone, Copy)]
struct Network {
    coins: u64,
    referred: u64,
}

impl Network {
    /// Which coins are referred: evenly spread over the large and the small.
    fn is_referred(self, coin: u64) -> bool {
        (coin * self.referred) / self.coins != ((coin + 1) * self.referred) / self.coins
    }
}

fn launch(coin: u64) -> u64 {
    START + 4 * 86_400 + mixed(coin) % (26 * 86_400)
}

fn records(folder: &Path, network: Network, ambassadors: u64) -> io::Result<()> {
    let mut text = String::from("index,id,name,payee,joined_at,status\n");
    for index in 0..ambassadors {
        let _ = writeln!(text, "{index},a{index},Ambassador {index},{},2020-10-01T00:00:00Z,active", account(index, 1));
    }
    fs::write(folder.join("ambassadors.csv"), text)?;
    let mut text = String::from("creator,coin,ambassador,invited_at,accepted_at,approved_at,launched_at,status\n");
    let mut adoptions = String::from("creator,use_case,live_at,evidence,decision\n");
    let mut parties = String::from("actor,relation\nbank,treasury\n");
    for (number, coin) in (0..network.coins).filter(|coin| network.is_referred(*coin)).enumerate() {
        let ambassador = number as u64 % ambassadors;
        let _ = writeln!(
            text,
            "c{coin},COIN{coin},a{ambassador},2020-11-01T00:00:00Z,2020-11-02T00:00:00Z,2020-11-03T00:00:00Z,{},active",
            launch(coin)
        );
        let _ = writeln!(parties, "{},creator:c{coin}", account(coin, 2));
        let live = launch(coin) + 86_400;
        // Most creators need no supporters for the gate.
        for use_case in if mixed(coin).is_multiple_of(4) { &["raffle"][..] } else { &["raffle", "auction"] } {
            let _ = writeln!(adoptions, "c{coin},{use_case},{live},https://example.org/c{coin},approved");
        }
    }
    fs::write(folder.join("referrals.csv"), text)?;
    fs::write(folder.join("parties.csv"), parties)?;
    fs::write(folder.join("adoptions.csv"), adoptions)?;
    fs::write(folder.join("prices.csv"), "date,usd,tokens\n2020-12-31,1250,21000\n2021-01-31,1250,21000\n")
}

/// An account's address, in lower case.
fn account(number: u64, realm: u64) -> String {
    let (a, b) = (mixed(number ^ (realm << 48)), mixed(number.wrapping_add(realm << 56)));
    format!("0x{a:016x}{b:016x}{:08x}", a as u32 ^ b as u32)
}

fn events(mut output: impl Write, json: bool, rows: u64, network: Network) -> io::Result<()> {
    let mut random = Random(611);
    let mut ring: Vec<Event> = Vec::with_capacity(RING);
    if !json {
        output.write_all(b"event_id,occurred_at,coin,kind,actor,amount_usd,reverses\n")?;
    }
    for id in 0..rows {
        let at = START + id * SPAN / rows;
        let before = (ring.len() == RING).then(|| random.below(RING as u64) as usize);
        let event = match before {
            Some(before) if random.once_in(200) => ring[before].clone(),
            // Each event is taken back once at most, so that the parts never exceed the whole.
            Some(before) if random.once_in(100) && ring[before].reverses.is_none() => {
                let taken = ring[before].clone();
                ring[before].reverses = Some(u64::MAX);
                let amount =
                    if random.once_in(2) { taken.amount.clone() } else { (taken.amount.0 / 2, taken.amount.1.clone()) };
                let event = Event { id, at, amount, reverses: Some(taken.id), ..taken };
                write(&mut output, json, &event)?;
                continue;
            }
            _ => {
                let share = random.next() as f64 / u64::MAX as f64;
                let coin = ((share * share * share * network.coins as f64) as u64).min(network.coins - 1);
                let actor = match random.below(400) {
                    0 => "bank".to_owned(),
                    1 => account(coin, 2),
                    _ => account(random.below(ACTORS), 3),
                };
                let places = [2, 2, 2, 6, 18][random.below(5) as usize];
                let fraction = format!("{:018}", random.below(1_000_000_000_000_000_000))[..places].to_owned();
                let kind = KINDS[random.below(KINDS.len() as u64) as usize];
                let size = 1 + random.below(11);
                let dollars = random.below(1 << size);
                let at = at.saturating_sub(random.below(3_600)).max(START);
                Event { id, at, coin, kind, actor, amount: (dollars, fraction), reverses: None }
            }
        };
        if event.reverses == Some(u64::MAX) {
            // A copy of an event that was taken back since: it stood there before.
            write(&mut output, json, &Event { reverses: None, ..event })?;
            continue;
        }
        write(&mut output, json, &event)?;
        // Only events of referred coins are taken back often enough to matter.
        let keep = network.is_referred(event.coin) || random.once_in(10);
        if event.id == id && ring.len() < RING {
            ring.push(event);
        } else if event.id == id && keep {
            ring[random.below(RING as u64) as usize] = event;
        }
    }
    output.flush()
}

fn write(output: &mut impl Write, json: bool, event: &Event) -> io::Result<()> {
    let Event { id, at, coin, kind, actor, amount: (dollars, fraction), reverses } = event;
    let days = at / 86_400 - START / 86_400;
    let (month, day) = match days {
        0..30 => ("2020-11", days + 1),
        30..61 => ("2020-12", days - 29),
        _ => ("2021-01", days - 60),
    };
    let (hour, minute, second) = (at / 3_600 % 24, at / 60 % 60, at % 60);
    if json {
        write!(
            output,
            "{{\"event_id\":\"tx{id:010}\",\"occurred_at\":\"{month}-{day:02}T{hour:02}:{minute:02}:{second:02}Z\",\
             \"coin\":\"COIN{coin}\",\"kind\":\"{kind}\",\"actor\":\"{actor}\",\"amount_usd\":\"{dollars}.{fraction}\""
        )?;
        if let Some(reverses) = reverses {
            write!(output, ",\"reverses\":\"tx{reverses:010}\"")?;
        }
        return output.write_all(b"}\n");
    }
    write!(
        output,
        "tx{id:010},{month}-{day:02}T{hour:02}:{minute:02}:{second:02}Z,COIN{coin},{kind},{actor},{dollars}.{fraction},"
    )?;
    if let Some(reverses) = reverses {
        write!(output, "tx{reverses:010}")?;
    }
    output.write_all(b"\n")
}
