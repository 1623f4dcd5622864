//! Whatever files, folders and their contents are called, a terminal shows it and does not obey it.

use std::{
    ffi::OsStr,
    fs,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use super::{CLOSE, PATIENCE, assert_plain, run_well};
use crate::{
    binary::{self, Run},
    cli::folder::Folder,
};

/// Clears the screen in two ways, turns text around, hides, and marks a byte order.
const EVIL: &str = "\u{1b}[2J\u{9b}2J\u{202e}\u{200b}\u{feff}\u{7f}\u{e0041}";

/// Runs the binary with arguments that may hold anything.
fn run(folder: &Path, arguments: &[&OsStr]) -> Run {
    let mut process = Command::new("timeout");
    process.args([PATIENCE, "setsid", "--wait"]).arg(binary::path()).args(arguments);
    binary::of(process.current_dir(folder))
}

/// Runs a command for people and for scripts; nothing that it says may be obeyed by a terminal.
fn check(folder: &Path, arguments: &[&str], status: i32) -> Value {
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    let what = format!("{arguments:?}");
    let told = run(folder, &arguments);
    assert_eq!(told.status, status, "{what}: {}{}", told.stdout, told.stderr);
    assert_plain(&told.stdout, &what);
    assert_plain(&told.stderr, &what);
    let json = run(folder, &[&arguments[..], &[OsStr::new("--json")]].concat());
    assert_plain(&json.stdout, &what);
    assert_plain(&json.stderr, &what);
    serde_json::from_str(&json.stdout).unwrap_or_else(|error| panic!("{what}: {error}: {}", json.stdout))
}

fn write(folder: &Folder, file: impl AsRef<Path>, text: &str) {
    let path = folder.path().join(file);
    fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
    fs::write(path, text).expect("a file can be written");
}

fn edit(folder: &Folder, file: &str, old: &str, new: &str) {
    let text = fs::read_to_string(folder.path().join(file)).expect("it is text");
    assert!(text.contains(old), "`{old}` does not stand in {file}");
    write(folder, file, &text.replacen(old, new, 1));
}

/// A name of a field, a column or a source that somebody else chose.
#[test]
fn names_of_fields_do_not_move_the_cursor() {
    let escaped = EVIL.chars().fold(String::new(), |text, character| {
        let mut units = [0; 2];
        character.encode_utf16(&mut units).iter().fold(text, |text, unit| text + &format!("\\u{unit:04x}"))
    });
    let toml = EVIL.chars().fold(String::new(), |text, one| text + &format!("\\U{:08x}", u32::from(one)));
    let closed = Folder::base();
    run_well(closed.path(), CLOSE);
    let in_json = |old: &str| (old.to_owned(), format!("\"{escaped}\": 1, {old}"));
    for (file, (old, new), arguments, status) in [
        ("ambassadors.csv", ("name,".to_owned(), format!("{EVIL},")), &["check"][..], 3),
        ("activity/rally/2020-12.csv", ("kind,".to_owned(), format!("{EVIL},")), &["check"], 3),
        ("activity/rally/2021-01.jsonl", in_json("\"event_id\""), &["check"], 3),
        ("terms/1.toml", ("[gate]".to_owned(), format!("[gate]\n\"{toml}\" = 1")), &["check"], 3),
        ("terms/1.toml", ("[gate]".to_owned(), format!("[gate]\n{EVIL} = 1")), &["check"], 3),
        ("terms/1.toml", ("\"RLY\"".to_owned(), format!("\"{toml}\"")), &["check"], 3),
        ("key.json", in_json("\"version\""), &["key", "address"], 0),
        ("key.json", in_json("\"n\": 2, \"n\""), &["key", "address"], 4),
        ("months/2020-12/summary.json", in_json("\"schema\""), &["verify", "months/2020-12"], 1),
        ("months/2020-12/statements/alex.json", in_json("\"schema\""), &["verify", "months/2020-12"], 1),
        ("months/2020-12/claims/alex.json", in_json("\"schema\""), &["verify", "months/2020-12/claims/alex.json"], 1),
        ("months/2020-12/records.json", in_json("\"schema\""), &["verify", "months/2020-12/records.json"], 1),
        ("published/index.json", in_json("\"schema\""), &["verify", "published"], 1),
        ("published/ledger.json", in_json("\"schema\""), &["publish", "2020-12"], 5),
    ] {
        let folder = Folder::copy_of(closed.path());
        let old = if old.contains("\"n\": 2") { "\"n\"".to_owned() } else { old };
        edit(&folder, file, &old, &new);
        check(folder.path(), arguments, status);
    }
}

/// A name of a file or folder: in the programme, or handed over.
#[test]
fn names_of_files_do_not_move_the_cursor() {
    let folder = Folder::base();
    run_well(folder.path(), CLOSE);
    let problems = |value: &Value| value["problems"].as_array().map(Vec::len).unwrap_or_default();
    for file in [format!("activity/{EVIL}.txt"), format!("terms/{EVIL}.toml"), format!("acceptances/{EVIL}.txt")] {
        write(&folder, &file, "x");
        let told = check(folder.path(), &["check"], 3);
        assert!(problems(&told) > 0, "{told}");
        fs::remove_file(folder.path().join(&file)).expect("a file can be removed");
    }
    write(
        &folder,
        format!("activity/{EVIL}.csv"),
        "event_id,occurred_at,coin,kind,actor,amount_usd\ne-1,1,ZOE,buy,x,1\n",
    );
    check(folder.path(), &["check"], 3);
    fs::remove_file(folder.path().join(format!("activity/{EVIL}.csv"))).expect("a file can be removed");
    let name = format!("{EVIL}.json");
    for arguments in [
        vec!["verify", name.as_str()],
        vec!["attach", "2020-12", name.as_str()],
        vec!["key", "address", "--key", name.as_str()],
        vec!["key", "address", "--key", "key.json", "-C", name.as_str()],
        vec!["check", "-C", name.as_str()],
        vec!["terms", "hash", name.as_str()],
        vec!["import", name.as_str(), "x.csv"],
        vec!["export", "statement", "2020-12", name.as_str()],
        vec!["export", "tax", "2020-12", "--redemptions", name.as_str()],
    ] {
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        let told = run(folder.path(), &arguments);
        assert_plain(&told.stdout, &format!("{arguments:?}"));
        assert_plain(&told.stderr, &format!("{arguments:?}"));
    }
    // A whole programme in a folder of such a name, and of one that is no UTF-8.
    let elsewhere = Folder::empty();
    for name in [PathBuf::from(EVIL), PathBuf::from(OsStr::from_bytes(b"\xff\x1b[2J"))] {
        for arguments in [&["init"][..], &["check", "-C"], &["key", "address", "--key"]] {
            let mut arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
            arguments.push(name.as_os_str());
            let told = run(elsewhere.path(), &arguments);
            assert_plain(&told.stdout, &format!("{arguments:?}"));
            assert_plain(&told.stderr, &format!("{arguments:?}"));
        }
        crate::cli::folder::copy(folder.path(), &elsewhere.path().join(&name).join("programme"));
        let programme = elsewhere.path().join(&name).join("programme");
        for command in ["status", "publish 2020-12", "close 2021-01 --yes", "sign 2021-01 --yes"] {
            let mut arguments: Vec<&OsStr> = command.split(' ').map(OsStr::new).collect();
            arguments.extend([OsStr::new("-C"), programme.as_os_str()]);
            let told = run(elsewhere.path(), &arguments);
            assert_eq!(told.status, 0, "{command}: {}", told.stderr);
            assert_plain(&told.stdout, command);
            assert_plain(&told.stderr, command);
        }
    }
}

/// What scripts read is the same text, and a terminal on which it lands does not obey it either.
#[test]
fn json_on_standard_output_is_plain_and_says_the_same() {
    let folder = Folder::base();
    let name = format!("no-{EVIL}\u{10ffff}ü.json");
    let told = check(folder.path(), &["verify", &name], 1);
    assert_eq!(told["problems"][0]["file"], name.as_str());
}

/// What somebody types is told back as a text.
#[test]
fn words_of_a_wrong_command_line_do_not_move_the_cursor() {
    let folder = Folder::base();
    for arguments in [
        vec![EVIL],
        vec!["close", EVIL],
        vec!["check", EVIL],
        vec!["close", "--x", EVIL],
        vec!["verify", "--signer", EVIL],
    ] {
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        let told = run(folder.path(), &arguments);
        assert_eq!(told.status, 2, "{}", told.stderr);
        assert_plain(&told.stdout, &format!("{arguments:?}"));
        assert_plain(&told.stderr, &format!("{arguments:?}"));
    }
}
