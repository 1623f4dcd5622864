//! Events on standard input: the month is the one that the same events make as a file.

use std::{fs, path::Path};

use super::folder::{Folder, assert_same};
use crate::binary::{Run, run, run_fed, run_well};

const FILE: &str = "activity/rally/2020-12.csv";
const CLOSE: &str = "close 2020-12 --yes";

/// Makes a programme whose events of the month lie in no folder of `activity`, and returns them.
fn without_events() -> (Folder, Vec<u8>) {
    let folder = Folder::base();
    let events = fs::read(folder.path().join(FILE)).expect("the programme has events");
    fs::remove_dir_all(folder.path().join("activity")).expect("the events can be removed");
    fs::create_dir(folder.path().join("activity")).expect("a folder can be made");
    (folder, events)
}

fn json_lines(csv: &[u8]) -> Vec<u8> {
    let text = str::from_utf8(csv).expect("the events are text");
    let mut rows = text.lines();
    let names: Vec<&str> = rows.next().expect("there is a header").split(',').collect();
    let lines = rows.map(|row| {
        let pairs = names.iter().zip(row.split(','));
        let fields: Vec<String> = pairs.map(|(name, cell)| format!("\"{name}\":\"{cell}\"")).collect();
        format!("{{{}}}", fields.join(","))
    });
    lines.collect::<Vec<_>>().join("\n").into_bytes()
}

/// Packs bytes as gzip, without making them any smaller.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("the events fit into one block");
    let crc = !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    });
    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    let sizes = [length.to_le_bytes(), (!length).to_le_bytes()].concat();
    let tail = [crc.to_le_bytes(), u32::from(length).to_le_bytes()].concat();
    [&head[..], &sizes, bytes, &tail].concat()
}

fn statements(folder: &Folder) -> super::folder::Snapshot {
    let mut all = folder.snapshot();
    all.retain(|path, _| path.starts_with("months/2020-12/statements"));
    all
}

#[test]
fn a_month_on_standard_input_makes_the_same_statements() {
    let (filed, events) = without_events();
    fs::write(filed.path().join("activity/2020-12.csv"), &events).expect("the events can be written");
    run_well(filed.path(), CLOSE);
    let expected = statements(&filed);
    assert!(!expected.is_empty(), "the month has statements");

    let forms = [("csv", events.clone()), ("csv.gz", gzip(&events)), ("jsonl", json_lines(&events))];
    for (form, bytes) in forms {
        let (folder, _) = without_events();
        let command = format!("{CLOSE} --activity -");
        assert_eq!(run_fed(folder.path(), &command, &bytes).status, 0, "{form}");
        assert_same(&expected, &statements(&folder), form);
        // What came in is not kept; the month is repeated with the same events, and refused without them.
        assert_eq!(run_fed(folder.path(), &command, &bytes).status, 0, "{form}");
        assert_same(&expected, &statements(&folder), form);
        assert_eq!(run(folder.path(), CLOSE).status, 1, "{form}");
    }

    // Beside the file itself, every event is an exact duplicate.
    let both = run_fed(filed.path(), "check --activity -", &events);
    assert_eq!(both.status, 0, "{}", both.stderr);
    assert!(both.stdout.contains("duplicate"), "{}", both.stdout);
}

#[test]
fn what_is_wrong_on_standard_input_has_its_place() {
    let check = |bytes: &[u8], expected: &str| {
        let (folder, _) = without_events();
        let Run { status, stderr, .. } = run_fed(folder.path(), "check --activity -", bytes);
        assert_eq!(status, 3, "{stderr}");
        assert!(stderr.contains(expected), "{expected}: {stderr}");
    };
    let (_, events) = without_events();
    let spoilt = String::from_utf8(events.clone()).expect("the events are text");
    let line = spoilt.lines().count();
    check(format!("{spoilt}x,1606000000\n").as_bytes(), &format!("-:{}", line + 1));
    check(b"", "CSV_HEADER");
    check(b"PAR1", "FILE_FORMAT");
    check(b"{\"event_id\":\"e\"}\n", "JSON_FIELD_MISSING");
    check(b"\x1f\x8b\x08", "COMPRESSION");

    let (folder, _) = without_events();
    let named = run(folder.path(), "check --activity events.csv");
    assert_eq!(named.status, 2, "{}", named.stderr);
    fs::create_dir(folder.path().join("supporters")).expect("a folder can be made");
    let sums = Path::new("supporters/2020-12.csv");
    fs::write(folder.path().join(sums), "creator,actor,counted_usd,first_at\n").expect("a file can be written");
    let both = run_fed(folder.path(), &format!("{CLOSE} --activity -"), &events);
    assert!(both.stderr.contains("SUPPORTERS_AND_EVENTS"), "{}", both.stderr);
}
