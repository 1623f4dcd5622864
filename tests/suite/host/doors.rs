//! Every door of the command line against every hostile content: a code, a status, little memory, little time, nothing
//! written, and nothing that a terminal obeys.

use std::{
    fs,
    path::Path,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};

use super::{
    CLOSE, HUNG, PATIENCE, assert_plain,
    contents::{CONTENTS, Content, End, Format},
    run_well,
};
use crate::{
    binary::{self, Run},
    cli::folder::{Folder, Snapshot, assert_same},
    crash::in_parallel,
};

/// So much memory a command may ask for, in bytes; what it needs for good files of this size is less.
const MEMORY: &str = "--as=1073741824";

/// A file that is read, and the command that reads it.
struct Door {
    file: &'static str,
    format: Format,
    command: &'static str,
    /// How it ends where the file is refused.
    status: i32,
}

const fn door(file: &'static str, format: Format, command: &'static str, status: i32) -> Door {
    Door { file, format, command, status }
}

const CHECK: &str = "check";
const ATTACH: &str = "attach 2021-01 alex.sig mika.sig --signer 0xab7042d28Bb8af997c8fC85249D6B42aB5563183 --dry-run";

const DOORS: &[Door] = &[
    door("ambassadors.csv", Format::Csv, CHECK, 3),
    door("referrals.csv", Format::Csv, CHECK, 3),
    door("adoptions.csv", Format::Csv, CHECK, 3),
    door("parties.csv", Format::Csv, CHECK, 3),
    door("prices.csv", Format::Csv, CHECK, 3),
    door("adjustments.csv", Format::Csv, CHECK, 3),
    door("resolutions.csv", Format::Csv, CHECK, 3),
    door("activity/rally/2020-12.csv", Format::Csv, CHECK, 3),
    door("activity/rally/2021-01.jsonl", Format::JsonLines, CHECK, 3),
    door("exports/shop.csv", Format::Csv, "import shop exports/shop.csv --dry-run", 3),
    door("exports/chart.csv", Format::Csv, "import chart exports/chart.csv --dry-run", 3),
    door("exports/chart.json", Format::Json, "import market exports/chart.json --dry-run", 3),
    door("exports/redemptions.csv", Format::Csv, "export tax 2020-12 --redemptions exports/redemptions.csv", 3),
    door("sources.toml", Format::Toml, "import shop exports/shop.csv --dry-run", 3),
    door("terms/1.toml", Format::Toml, CHECK, 3),
    door("key.json", Format::Json, "key address", 4),
    door("alex.sig", Format::Text, ATTACH, 4),
    door("months/2020-12/claims/alex.json", Format::Json, "verify months/2020-12/claims/alex.json", 1),
    door("months/2020-12/statements/alex.json", Format::CanonicalJson, "verify months/2020-12/statements/alex.json", 1),
    door("months/2020-12/records.json", Format::CanonicalJson, "verify months/2020-12/records.json", 1),
    door("published/months/2020-12/summary.json", Format::CanonicalJson, "verify published", 1),
    door("published/index.json", Format::CanonicalJson, "verify published", 1),
    door("published/ledger.json", Format::Json, "publish 2020-12 --dry-run", 5),
];

const SOURCES: &str = "schema = \"ambassador-sources/1\"\n[events.shop]\ncolumns = { event_id = \"id\", \
    occurred_at = \"at\", actor = \"who\", amount_usd = \"usd\" }\nconstants = { coin = \"ZOE\", kind = \"buy\" }\n\
    [prices.chart]\ncolumns = { time = \"at\", usd = \"usd\" }\n[prices.market]\nformat = \"coingecko-json\"\n";

/// Makes a programme with a closed month, a settled one whose signatures lie beside it, and a file for every door.
fn programme() -> Folder {
    let folder = Folder::base();
    fs::create_dir(folder.path().join("exports")).expect("a folder can be made");
    for (file, text) in [
        ("sources.toml", SOURCES),
        ("exports/shop.csv", "id,at,who,usd\ns-1,2020-12-02T12:00:00Z,ann,5\n"),
        ("exports/chart.csv", "at,usd\n2021-02-01T12:00:00Z,0.07\n2021-02-02T12:00:00Z,0.07\n"),
        ("exports/chart.json", "{\"prices\": [[1612180800000, 0.07], [1612267200000, 0.07]],\n\"market_caps\": []}\n"),
        ("exports/redemptions.csv", "index,month,redeemed_at\n0,2020-12,2021-02-01T12:00:00Z\n"),
    ] {
        fs::write(folder.path().join(file), text).expect("a file can be written");
    }
    run_well(folder.path(), CLOSE);
    let signed = Folder::copy_of(folder.path());
    run_well(signed.path(), "close 2021-01 --yes");
    run_well(folder.path(), "settle 2021-01 --yes");
    for id in ["alex", "mika"] {
        let claim = fs::read(signed.path().join(format!("months/2021-01/claims/{id}.json"))).unwrap_or_default();
        let Ok(claim) = serde_json::from_slice::<serde_json::Value>(&claim) else { continue };
        let text = format!("{}\n", claim["signature"].as_str().expect("a signature"));
        fs::write(folder.path().join(format!("{id}.sig")), text).expect("a file can be written");
    }
    folder
}

fn run_bounded(folder: &Path, command: &str) -> Run {
    let mut process = Command::new("timeout");
    process.args([PATIENCE, "prlimit", MEMORY]).arg(binary::path()).args(command.split(' '));
    binary::of(process.current_dir(folder))
}

#[test]
fn every_door_takes_what_is_good() {
    let folder = programme();
    let before = folder.snapshot();
    for door in DOORS {
        let run = run_bounded(folder.path(), door.command);
        assert_eq!(run.status, 0, "{}: {}", door.command, run.stderr);
        assert_same(&before, &folder.snapshot(), door.command);
    }
}

#[test]
fn every_door_refuses_what_is_hostile_in_words_and_writes_nothing() {
    let good = programme();
    let count = AtomicUsize::new(0);
    in_parallel(DOORS, |door| {
        let folder = Folder::copy_of(good.path());
        let before = folder.snapshot();
        for content in CONTENTS {
            if let Some((_, end)) = content.ends.iter().find(|(format, _)| *format == door.format) {
                check(&folder, &before, door, content, *end);
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    assert!(count.into_inner() > 200, "every pair is tried");
}

fn check(folder: &Folder, before: &Snapshot, door: &Door, content: &Content, end: End) {
    let what = format!("{} in {}", content.name, door.file);
    let path = folder.path().join(door.file);
    let good = fs::read(&path).expect("the file is there");
    let spoilt = (content.spoil)(&good);
    fs::write(&path, &spoilt).expect("a file can be written");
    let run = run_bounded(folder.path(), door.command);
    assert_ne!(run.status, HUNG, "{what} hangs");
    assert!(!run.stderr.contains("panicked"), "{what}: {}", run.stderr);
    assert_plain(&run.stdout, &what);
    assert_plain(&run.stderr, &what);
    match end {
        End::Taken => assert_eq!(run.status, 0, "{what}: {}", run.stderr),
        End::Refused(codes) => {
            assert_eq!(run.status, door.status, "{what}: {} {}", run.stdout, run.stderr);
            let mut told = run.stderr.split("error[").skip(1).filter_map(|rest| Some(rest.split_once(']')?.0));
            let fits = told.any(|code| codes.is_empty() || codes.contains(&code));
            assert!(fits, "{what}: {codes:?} are not in {}", run.stderr);
            assert!(run.stderr.contains("  help: "), "{what}: {}", run.stderr);
        }
    }
    assert!(fs::read(&path).is_ok_and(|bytes| bytes == spoilt), "{what}: the file itself was changed");
    fs::write(path, good).expect("a file can be written");
    assert_same(before, &folder.snapshot(), &what);
}
