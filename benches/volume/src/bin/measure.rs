//! Measures a generated folder in one way and prints seconds, rows, sums: `measure FOLDER ours|csv|bytes`.
//!
//! `ours` is the signer's own way from the files to the supporters of all creators, with every check.
//! `csv` is the plain program that one would write with the `csv` crate: it trusts every row.
//! `bytes` reads the files and does nothing with them.

use std::{
    collections::{HashMap, HashSet},
    error::Error,
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
    time::Instant,
};

use ambassador_core::calendar::Month;
use ambassador_signer::intake::{self, activity::Scrutiny};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, way] = arguments.as_slice() else { return Err("usage: measure FOLDER ours|csv|bytes".into()) };
    let root = Path::new(folder);
    let (seconds, supporters, attos) = match way.as_str() {
        "ours" => ours(root)?,
        "csv" => plain(root)?,
        "bytes" => bytes(root)?,
        other => return Err(format!("unknown way `{other}`").into()),
    };
    println!("{seconds:.3} {supporters} {attos}");
    Ok(())
}

fn ours(root: &Path) -> Result<(f64, u64, u128), Box<dyn Error>> {
    let month: Month = "2020-12".parse()?;
    let intake = intake::read(root).map_err(|failure| failure.to_string())?;
    let started = Instant::now();
    let measured = intake::activity::measure(root, &intake.programme, month.end(), Scrutiny::Referred, &|_, _| ());
    let measured = measured.map_err(|failure| failure.to_string())?;
    let seconds = started.elapsed().as_secs_f64();
    let all = measured.supporters.values().flatten();
    let (count, sum) = all.fold((0, 0), |(count, sum), one| (count + 1, sum + one.volume.as_attos()));
    eprintln!("{:?}", measured.fates);
    Ok((seconds, count, sum))
}

fn bytes(root: &Path) -> Result<(f64, u64, u128), Box<dyn Error>> {
    let started = Instant::now();
    let mut buffer = vec![0; 1 << 20];
    let mut sum = 0;
    for path in files(root)? {
        let mut file = File::open(path)?;
        loop {
            let length = file.read(&mut buffer)?;
            if length == 0 {
                break;
            }
            sum += length as u128;
        }
    }
    Ok((started.elapsed().as_secs_f64(), 0, sum))
}

fn files(root: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries = fs::read_dir(root.join("activity/network"))?;
    Ok(entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?)
}

/// A counted event, until the reversals are known.
struct Row {
    coin: u32,
    actor: Box<[u8]>,
    attos: i128,
}

fn plain(root: &Path) -> Result<(f64, u64, u128), Box<dyn Error>> {
    let started = Instant::now();
    let (coins, related) = referrals(root)?;
    let mut seen: HashSet<Box<[u8]>> = HashSet::new();
    let mut rows: HashMap<Box<[u8]>, Row> = HashMap::new();
    let mut reversals: Vec<(Box<[u8]>, i128)> = Vec::new();
    for path in files(root)? {
        let mut reader = csv::Reader::from_path(path)?;
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record)? {
            let Some((coin, launch)) = coins.get(&record[2]) else { continue };
            let at = seconds(&record[1]).ok_or("a time")?;
            if at >= 1_609_459_200 || !seen.insert(record[0].into()) {
                continue;
            }
            let attos = attos(&record[5]).ok_or("an amount")?;
            if !record[6].is_empty() {
                reversals.push((record[6].into(), attos));
                continue;
            }
            let counted = matches!(&record[3], b"buy" | b"convert_in" | b"send_creator")
                && at >= *launch
                && at < launch + 30 * 86_400
                && &record[4] != b"bank"
                && related.get(coin).is_none_or(|own| own != &record[4]);
            if counted {
                rows.insert(record[0].into(), Row { coin: *coin, actor: record[4].into(), attos });
            }
        }
    }
    for (id, attos) in reversals {
        if let Some(row) = rows.get_mut(&id) {
            row.attos -= attos;
        }
    }
    let mut sums: HashMap<(u32, Box<[u8]>), i128> = HashMap::new();
    for row in rows.into_values().filter(|row| row.attos > 0) {
        *sums.entry((row.coin, row.actor)).or_default() += row.attos;
    }
    let sum: i128 = sums.values().sum();
    Ok((started.elapsed().as_secs_f64(), sums.len() as u64, sum.unsigned_abs()))
}

type Coins = HashMap<Vec<u8>, (u32, i64)>;

fn referrals(root: &Path) -> Result<(Coins, HashMap<u32, Vec<u8>>), Box<dyn Error>> {
    let (mut coins, mut numbers) = (HashMap::new(), HashMap::new());
    for record in csv::Reader::from_path(root.join("referrals.csv"))?.into_records() {
        let record = record?;
        let number = coins.len() as u32;
        numbers.insert(format!("creator:{}", &record[0]), number);
        coins.insert(record[1].as_bytes().to_vec(), (number, record[6].parse()?));
    }
    let mut related = HashMap::new();
    for record in csv::Reader::from_path(root.join("parties.csv"))?.into_records() {
        let record = record?;
        if let Some(number) = numbers.get(&record[1]) {
            related.insert(*number, record[0].as_bytes().to_vec());
        }
    }
    Ok((coins, related))
}

/// Reads a time of the generator's own years.
fn seconds(text: &[u8]) -> Option<i64> {
    let number = |from: usize, to: usize| std::str::from_utf8(text.get(from..to)?).ok()?.parse::<i64>().ok();
    let days = match text.get(..7)? {
        b"2020-11" => 18_567,
        b"2020-12" => 18_597,
        b"2021-01" => 18_628,
        _ => return None,
    };
    Some((days + number(8, 10)? - 1) * 86_400 + number(11, 13)? * 3_600 + number(14, 16)? * 60 + number(17, 19)?)
}

fn attos(text: &[u8]) -> Option<i128> {
    let mut digits = text.split(|byte| *byte == b'.');
    let (whole, fraction) = (digits.next()?, digits.next().unwrap_or_default());
    let number =
        |text: &[u8]| text.iter().try_fold(0_i128, |sum, digit| Some(sum * 10 + i128::from(digit.checked_sub(b'0')?)));
    Some(number(whole)? * 10_i128.pow(18) + number(fraction)? * 10_i128.pow(18 - u32::try_from(fraction.len()).ok()?))
}
