//! Other processes, and disks that take nothing: refused with status 5, and whole again afterwards.

use std::{
    env, fs,
    fs::File,
    path::Path,
    process::{Command, Stdio},
};

use rusqlite::Connection;

use super::folder::{Folder, assert_same, snapshot};
use crate::binary::{self, Run, run, run_well};

const CLOSE: &str = "close 2020-12 --yes";

#[test]
fn a_folder_belongs_to_one_process() {
    let folder = Folder::base();
    run_well(folder.path(), "settle 2020-12 --yes");
    let before = folder.snapshot();
    let held = File::open(folder.path()).expect("a folder can be opened");
    held.lock().expect("nobody else holds it");
    for command in [CLOSE, "settle 2020-12 --yes", "sign 2020-12 --yes", "publish 2020-12"] {
        let refused = run(folder.path(), command);
        assert_eq!(refused.status, 5, "{command}: {}", refused.stderr);
        assert!(refused.stderr.contains("error[FOLDER_BUSY]: .: another process"), "{command}: {}", refused.stderr);
        assert_same(&before, &folder.snapshot(), command);
    }
    run_well(folder.path(), "status");
    // A process that another test is just starting has this file open, too, until it runs: closing it is not enough.
    held.unlock().expect("it was held");
    run_well(folder.path(), CLOSE);
}

#[test]
fn of_two_processes_at_once_each_succeeds_or_is_refused() {
    for _ in 0..4 {
        let folder = Folder::base();
        let start = || {
            let mut process = Command::new(binary::path());
            process.args(CLOSE.split(' ')).current_dir(folder.path());
            process.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts")
        };
        let ended = [start(), start(), start()].map(|process| process.wait_with_output().expect("it ends"));
        for end in &ended {
            let said = String::from_utf8_lossy(&end.stderr);
            assert!(end.status.success() || said.contains("error[FOLDER_BUSY]"), "{said}");
        }
        assert!(ended.iter().any(|end| end.status.success()));
        let before = folder.snapshot();
        run_well(folder.path(), CLOSE);
        assert_same(&before, &folder.snapshot(), "closed again");
        run_well(folder.path(), "verify months/2020-12 published");
    }
}

#[test]
fn a_ledger_that_another_program_holds() {
    let folder = Folder::base();
    run_well(folder.path(), CLOSE);
    let before = folder.snapshot();
    let held = Connection::open(folder.path().join("ledger.db")).expect("the ledger opens");
    held.execute_batch("BEGIN EXCLUSIVE").expect("nobody else holds it");
    let refused = run(folder.path(), "close 2021-01 --yes");
    assert_eq!(refused.status, 5, "{}", refused.stderr);
    assert!(refused.stderr.contains("error[LEDGER_BUSY]: ledger.db: "), "{}", refused.stderr);
    held.execute_batch("ROLLBACK").expect("nothing was done");
    drop(held);
    assert_same(&before, &folder.snapshot(), "busy");
}

#[test]
fn a_disk_that_is_read_only() {
    let script = r#"mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && cd "$1" && exec "$2" $3"#;
    for (steps, command) in [
        (vec![], CLOSE),
        (vec![], "settle 2020-12 --yes"),
        (vec!["settle 2020-12 --yes"], "sign 2020-12 --yes"),
        (vec![CLOSE], "close 2021-01 --yes"),
        (vec![], "key new new.json --password-file key.password"),
        (vec![], "init new"),
    ] {
        let folder = Folder::base();
        for step in steps {
            run_well(folder.path(), step);
        }
        let before = folder.snapshot();
        let Some(refused) = in_a_namespace(script, folder.path(), command) else { return };
        let expected = if command.starts_with("key") { 4 } else { 5 };
        assert_eq!(refused.status, expected, "{command}: {}", refused.stderr);
        assert!(refused.stderr.contains("Read-only file system"), "{command}: {}", refused.stderr);
        assert!(refused.stderr.contains("  help: "), "{command}: {}", refused.stderr);
        assert_same(&before, &folder.snapshot(), command);
    }
    // What has nothing to write goes on, closing a closed month among it.
    let folder = Folder::base();
    run_well(folder.path(), CLOSE);
    for command in ["check", "status", "verify months/2020-12 published", CLOSE, "settle 2020-12", "sign 2020-12"] {
        let Some(read) = in_a_namespace(script, folder.path(), command) else { return };
        assert_eq!(read.status, 0, "{command}: {}", read.stderr);
    }
    // What has lost a file is told before anything is written.
    fs::remove_file(folder.path().join("months/2020-12/report.md")).expect("it can be removed");
    for command in [CLOSE, "settle 2020-12", "sign 2020-12"] {
        let Some(refused) = in_a_namespace(script, folder.path(), command) else { return };
        let said = "months: the folder takes no files: Read-only file system";
        assert!(refused.stderr.contains(said), "{command}: {}", refused.stderr);
    }
}

/// However small the disk is, the command says so, and repeating it on a larger one ends as if nothing had happened.
#[test]
fn a_disk_that_is_full() {
    let script = r#"mkdir "$1/disk" "$1/after" && mount -t tmpfs -o size="$4"k tmpfs "$1/disk" &&
        cp -a "$1/base/." "$1/disk" && (cd "$1/disk"; "$2" $3; status=$?; cp -a . "$1/after"; exit $status)"#;
    let base = Folder::base();
    let (mut refused, mut done) = (0, 0);
    for size in (80..=400).step_by(16) {
        let room = Folder::empty();
        super::folder::copy(base.path(), &room.path().join("base"));
        let command = format!("{CLOSE}\n{size}");
        let Some(end) = in_a_namespace(script, room.path(), &command) else { return };
        let after = room.path().join("after");
        assert!(matches!(end.status, 0 | 5), "{size} KiB: {} {}", end.status, end.stderr);
        let left = snapshot(&after);
        for (path, bytes) in base.snapshot() {
            assert_eq!(left.get(&path), Some(&bytes), "{size} KiB: {}", path.display());
        }
        if end.status == 5 {
            refused += 1;
            assert!(end.stderr.contains("error[") && end.stderr.contains("  help: "), "{size} KiB: {}", end.stderr);
            let beside = left
                .keys()
                .filter(|path| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".")));
            assert_eq!(beside.count(), 0, "{size} KiB: no half file stays");
        } else {
            done += 1;
        }
        run_well(&after, CLOSE);
        run_well(&after, "verify months/2020-12 published");
        fs::remove_dir_all(&after).expect("it can be removed");
    }
    assert!(refused > 4 && done > 1, "{refused} refused, {done} done");
}

/// Runs a script as the root of its own mounts, or says that the test does not run.
fn in_a_namespace(script: &str, folder: &Path, command: &str) -> Option<Run> {
    let possible = Command::new("unshare").args(["-rm", "true"]).output().is_ok_and(|output| output.status.success());
    if !possible {
        assert!(env::var_os("CI").is_none(), "mount namespaces are needed: `unshare -rm` does not work here");
        eprintln!("NOT RUN: `unshare -rm` does not work here, so no disk can be made full or read-only");
        return None;
    }
    let mut process = Command::new("unshare");
    process.args(["-rm", "sh", "-c", script, "sh"]).arg(folder).arg(binary::path()).args(command.split('\n'));
    Some(binary::of(&mut process))
}
