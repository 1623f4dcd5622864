//! Links, pipes, devices and folders where files belong: nothing is written through them, and nothing waits for them.

use std::{
    ffi::OsString,
    fs,
    os::unix::fs::{MetadataExt as _, symlink},
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use super::{CLOSE, run, run_well};
use crate::cli::folder::Folder;

/// What somebody put where a file belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trap {
    LinkToFile,
    LinkToNothing,
    LinkToDevice,
    LinkToFolder,
    HardLink,
    Pipe,
    Folder,
}

const TRAPS: [Trap; 7] = [
    Trap::LinkToFile,
    Trap::LinkToNothing,
    Trap::LinkToDevice,
    Trap::LinkToFolder,
    Trap::HardLink,
    Trap::Pipe,
    Trap::Folder,
];

/// Somebody else's folder, with a file in it.
struct Foreign(Folder);

const PRECIOUS: &str = "nobody may change this\n";

impl Foreign {
    fn new() -> Self {
        let folder = Folder::empty();
        fs::write(folder.path().join("precious"), PRECIOUS).expect("a file can be written");
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("precious")
    }

    fn assert_untouched(&self, what: &str) {
        assert_eq!(names(self.0.path()), ["precious"], "{what}");
        assert_eq!(fs::read_to_string(self.file()).expect("it is there"), PRECIOUS, "{what}");
    }
}

impl Trap {
    fn set(self, path: &Path, foreign: &Foreign) {
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        let made = match self {
            Self::LinkToFile => symlink(foreign.file(), path),
            Self::LinkToNothing => symlink(foreign.0.path().join("nothing"), path),
            Self::LinkToDevice => symlink("/dev/zero", path),
            Self::LinkToFolder => symlink(foreign.0.path(), path),
            Self::HardLink => fs::hard_link(foreign.file(), path),
            Self::Folder => fs::create_dir_all(path.join("in the way")),
            Self::Pipe => {
                assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo starts").success());
                Ok(())
            }
        };
        made.expect("a trap can be set");
    }
}

/// What names all that is published.
const INDEX: &str = "published/index.json";

/// In every place of a month's files, and beside it, where a file is written first.
#[test]
fn a_file_is_written_in_its_place_and_never_through_what_stands_there() {
    for place in [
        "months/2020-12/claims/alex.json",
        "published/months/2020-12/summary.json",
        INDEX,
        "published/.index.json.new",
        "published/.probe",
    ] {
        for trap in TRAPS {
            let (folder, foreign) = (Folder::base(), Foreign::new());
            let (path, what) = (folder.path().join(place), format!("{trap:?} at {place}"));
            trap.set(&path, &foreign);
            let closed = run(folder.path(), CLOSE);
            foreign.assert_untouched(&what);
            let beside = place.contains("/.");
            // Nobody's folder is removed, and an index that cannot be read is not taken for none.
            if trap == Trap::Folder || (place == INDEX && trap != Trap::LinkToNothing) {
                assert_eq!(closed.status, 5, "{what}: {}", closed.stderr);
                assert!(fs::symlink_metadata(&path).is_ok(), "{what}");
                assert_eq!(path.join("in the way").is_dir(), trap == Trap::Folder, "{what}");
                assert!(closed.stderr.contains("  help: "), "{what}: {}", closed.stderr);
                continue;
            }
            assert_eq!(closed.status, 0, "{what}: {}", closed.stderr);
            if beside {
                assert!(fs::symlink_metadata(&path).is_err(), "{what} is gone");
            } else {
                let about = fs::symlink_metadata(&path).expect("the file is there");
                assert!(about.is_file() && about.nlink() == 1, "{what} is a file of its own");
            }
        }
    }
}

/// What the programme's own files say of earlier months is read from files only.
#[test]
fn what_the_programme_reads_of_itself_is_a_file_or_refused() {
    for place in ["published/ledger.json", "published/index.json", "months/2020-12/claims/alex.json"] {
        for trap in [Trap::LinkToDevice, Trap::Pipe, Trap::Folder] {
            let (folder, foreign) = (Folder::base(), Foreign::new());
            run_well(folder.path(), CLOSE);
            let path = folder.path().join(place);
            fs::remove_file(&path).expect("a file can be removed");
            trap.set(&path, &foreign);
            for command in [CLOSE, "publish 2020-12", "close 2021-01 --yes"] {
                let ended = run(folder.path(), command);
                let told = ended.status == 0 || ended.stderr.contains("error[");
                assert!(told, "{trap:?} at {place}, {command}: {} {}", ended.status, ended.stderr);
            }
        }
    }
}

/// What a stranger published is fetched with whatever links it has.
#[test]
fn verifying_reads_files_only_and_comes_to_an_end() {
    let closed = Folder::base();
    run_well(closed.path(), CLOSE);
    let files = [
        "index.json",
        "terms/1.toml",
        "months/2020-12/records.json",
        "months/2020-12/summary.json",
        "months/2020-12/summary.csv",
        "months/2020-12/report.md",
        "months/2020-12/statements/alex.json",
        "months/2020-12/claims/alex.json",
    ];
    for file in files {
        for trap in [Trap::LinkToDevice, Trap::Pipe, Trap::LinkToNothing] {
            let (folder, foreign) = (Folder::copy_of(&closed.path().join("published")), Foreign::new());
            let path = folder.path().join(file);
            fs::remove_file(&path).expect("a file can be removed");
            trap.set(&path, &foreign);
            // Two paths of one command: alone, and as a part of what was published.
            let refused = run(folder.path(), &format!("verify . {file}"));
            assert_eq!(refused.status, 1, "{trap:?} at {file}: {}", refused.stderr);
            assert!(refused.stderr.matches("error[").count() > 1, "{trap:?} at {file}: {}", refused.stderr);
        }
    }
    // Two links that lead back: followed, they would be 2^40 folders.
    let folder = Folder::copy_of(&closed.path().join("published"));
    for name in ["a", "b"] {
        symlink(".", folder.path().join("months/2020-12").join(name)).expect("a link can be made");
    }
    let refused = run(folder.path(), "verify .");
    assert!(refused.stderr.contains("error[FILE_UNEXPECTED]: ./months/2020-12/a"), "{}", refused.stderr);
}

/// Keys and passwords may come through a pipe, as a shell's `<(…)` gives them; devices have no end and are bounded.
#[test]
fn a_key_is_read_from_a_pipe_and_not_without_end() {
    let folder = Folder::base();
    for (key, status, said) in [("/dev/zero", 4, "KEY_TOO_LARGE"), (".", 4, "KEY_IO"), ("<(cat key.json)", 0, "")] {
        let command = format!("exec \"$0\" key address --key {key}");
        let mut process = Command::new("timeout");
        process.args([super::PATIENCE, "bash", "-c", &command]).arg(crate::binary::path());
        let ended = crate::binary::of(process.current_dir(folder.path()));
        assert_eq!(ended.status, status, "{key}: {}", ended.stderr);
        assert!(ended.stderr.contains(said), "{key}: {}", ended.stderr);
    }
}

/// A folder that is a link is the operator's: `published` may lie where a web server looks for it.
#[test]
fn a_folder_that_is_a_link_is_written_to() {
    let (folder, elsewhere) = (Folder::base(), Folder::empty());
    symlink(elsewhere.path(), folder.path().join("published")).expect("a link can be made");
    run_well(folder.path(), CLOSE);
    assert!(fs::symlink_metadata(folder.path().join("published")).expect("it is there").is_symlink());
    run_well(elsewhere.path(), "verify .");
}

/// A ledger that lies on a disk which is not there today is not a new programme.
#[test]
fn a_ledger_that_is_a_link_to_nothing_is_refused() {
    for command in ["settle 2020-12 --yes", CLOSE, "status", "import --actor x shop"] {
        let (folder, foreign) = (Folder::base(), Foreign::new());
        let sources = "schema = \"ambassador-sources/1\"\n[events.shop]\ncolumns = { occurred_at = \"at\", \
                       actor = \"who\", amount_usd = \"usd\" }\nconstants = { coin = \"ZOE\", kind = \"buy\" }\n";
        fs::write(folder.path().join("sources.toml"), sources).expect("a file can be written");
        Trap::LinkToNothing.set(&folder.path().join("ledger.db"), &foreign);
        let refused = run(folder.path(), command);
        assert_eq!(refused.status, 5, "{command}: {} {}", refused.stdout, refused.stderr);
        assert!(refused.stderr.contains("error[LEDGER_MISSING]: ledger.db: "), "{command}: {}", refused.stderr);
        foreign.assert_untouched(command);
    }
    // A link to a ledger is that ledger.
    let (folder, elsewhere) = (Folder::base(), Folder::empty());
    run_well(folder.path(), "settle 2020-12 --yes");
    let (ledger, moved) = (folder.path().join("ledger.db"), elsewhere.path().join("kept.db"));
    fs::copy(&ledger, &moved).and_then(|_| fs::remove_file(&ledger)).expect("a file can be moved");
    symlink(&moved, &ledger).expect("a link can be made");
    run_well(folder.path(), CLOSE);
    assert!(fs::symlink_metadata(&ledger).expect("it is there").is_symlink());
}

/// However fast somebody swaps what stands in a file's place, what it leads to is not written.
#[test]
fn a_link_that_is_swapped_in_meanwhile_is_not_followed() {
    let (folder, foreign) = (Folder::base(), Foreign::new());
    run_well(folder.path(), CLOSE);
    let places: Vec<PathBuf> = [
        "months/2020-12/summary.csv",
        "months/2020-12/.summary.csv.new",
        "published/.probe",
        "published/.index.json.new",
    ]
    .iter()
    .map(|place| folder.path().join(place))
    .collect();
    let (done, mut swaps, mut written) = (AtomicBool::new(false), 0_u32, 0);
    thread::scope(|scope| {
        let swapping = scope.spawn(|| {
            let mut swaps = 0;
            while !done.load(Ordering::Relaxed) {
                for place in &places {
                    let link = place.with_extension("swap");
                    if symlink(foreign.file(), &link).is_ok() && fs::rename(&link, place).is_ok() {
                        swaps += 1;
                    }
                }
            }
            swaps
        });
        for turn in 0..12 {
            // Something to write each time.
            fs::write(folder.path().join("months/2020-12/report.md"), format!("{turn}"))
                .expect("a file can be written");
            let ended = run(folder.path(), CLOSE);
            assert!(matches!(ended.status, 0 | 5), "{}", ended.stderr);
            written += i32::from(ended.status == 0);
        }
        done.store(true, Ordering::Relaxed);
        swaps = swapping.join().expect("it swaps until it is told to stop");
    });
    foreign.assert_untouched("swapped");
    assert!(swaps > 100, "{swaps} swaps, {written} runs ended well");
}

/// Nobody can make the check for the old key and the making of the new one disagree.
#[test]
fn a_new_key_takes_no_name_that_something_has() {
    for trap in TRAPS {
        let (folder, foreign) = (Folder::base(), Foreign::new());
        trap.set(&folder.path().join("new.json"), &foreign);
        let before = names(folder.path());
        let refused = run(folder.path(), "key new new.json --password-file key.password");
        assert_eq!(refused.status, 4, "{trap:?}: {}", refused.stderr);
        assert!(refused.stderr.contains("error[KEY_EXISTS]: "), "{trap:?}: {}", refused.stderr);
        foreign.assert_untouched(&format!("{trap:?}"));
        assert_eq!(names(folder.path()), before, "{trap:?}");
    }
}

fn names(folder: &Path) -> Vec<OsString> {
    let entries = fs::read_dir(folder).expect("a folder can be listed");
    let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry can be read").file_name()).collect();
    names.sort();
    names
}
