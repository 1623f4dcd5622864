//! The programmes that crash: small ones, in memory where there is a file system for that.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

pub(super) use crate::cli::folder::scratch;

use crate::{
    binary,
    cli::folder::{cases, copy},
};

/// So many ambassadors have their files synced together, folder by folder.
const MANY: u32 = 33;

/// A month's command, what was done before it, and in how large a programme.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scenario {
    pub(super) before: &'static [&'static str],
    pub(super) command: &'static str,
    pub(super) many: bool,
}

const SETTLE: &str = "settle 2020-12 --yes";
const SIGN: &str = "sign 2020-12 --yes";
const PUBLISH: &str = "publish 2020-12";
pub(super) const CLOSE: &str = "close 2020-12 --yes";

/// The commands of a month, at first and later, with files that are synced one by one and together.
pub(super) const SCENARIOS: [Scenario; 6] = [
    Scenario { before: &[], command: CLOSE, many: false },
    Scenario { before: &[], command: SETTLE, many: false },
    Scenario { before: &[SETTLE], command: SIGN, many: false },
    Scenario { before: &[SETTLE, SIGN], command: PUBLISH, many: false },
    Scenario { before: &[CLOSE], command: "close 2021-01 --yes", many: false },
    Scenario { before: &[], command: CLOSE, many: true },
];

/// A programme's folder, its way into a scenario done, and what people wrote there kept apart.
#[derive(Debug)]
pub(super) struct Programme {
    pub(super) folder: TempDir,
    inputs: PathBuf,
    _inputs: TempDir,
}

impl Scenario {
    /// Makes the programme and does what comes before the command.
    pub(super) fn prepare(&self) -> Programme {
        let (folder, inputs) = (scratch(), scratch());
        copy(&cases().join("base"), inputs.path());
        if self.many {
            enrol(inputs.path());
        }
        copy(inputs.path(), folder.path());
        for command in self.before {
            binary::run_well(folder.path(), command);
        }
        Programme { folder, inputs: inputs.path().to_path_buf(), _inputs: inputs }
    }
}

impl Programme {
    /// Makes the folder again without anything that the signer wrote.
    pub(super) fn inputs(&self) -> TempDir {
        let folder = scratch();
        copy(&self.inputs, folder.path());
        folder
    }

    /// Makes the folder again, all of it.
    pub(super) fn copy(&self) -> TempDir {
        let folder = scratch();
        copy(self.folder.path(), folder.path());
        folder
    }
}

/// Changes what every month pays, each time to something else.
pub(super) fn change_amounts(root: &Path) {
    let path = root.join("adjustments.csv");
    let mut text = fs::read_to_string(&path).expect("the adjustments can be read");
    for month in ["2020-12", "2021-01"] {
        for ambassador in ["alex", "mika"] {
            let row = text.lines().count();
            writeln!(text, "{ambassador},{month},{row}.25,Another amount {row},Nobody").expect("a text grows");
        }
    }
    fs::write(path, text).expect("a file can be written");
}

/// Enrols more ambassadors, each of whom is paid an adjustment.
fn enrol(root: &Path) {
    let append = |name: &str, row: &dyn Fn(u32) -> String| {
        let path = root.join(name);
        let mut text = fs::read_to_string(&path).expect("the table can be read");
        for index in 2..MANY {
            writeln!(text, "{}", row(index)).expect("a text grows");
        }
        fs::write(path, text).expect("a file can be written");
    };
    append("ambassadors.csv", &|index| {
        format!("{index},a{index},Ambassador {index},0x{:040x},2020-11-03T09:20:00Z,active", 0x1000 + index)
    });
    append("adjustments.csv", &|index| format!("a{index},2020-12,{index}5.50,Helped out,Community call 14"));
}
