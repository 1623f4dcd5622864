//! What must hold after a crash or a power cut, at once and after the next command.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs,
    path::Path,
    sync::Arc,
};

use ambassador_signer::verification::{Signers, verify_month, verify_published};

use super::{
    disk::{Content, Disk, Image, Name},
    ledger::{Known, Rows},
    left::Left,
    programme::change_amounts,
    trace::Call,
};
use crate::binary;

/// What a command starts from and what it ends with.
#[derive(Debug)]
pub(super) struct Promises {
    before: Arc<Rows>,
    end: Image,
    end_rows: Arc<Rows>,
    index_changed: bool,
    /// Every content that a file may have under its own name.
    versions: HashMap<Name, HashSet<u64>>,
    known: Known,
}

fn index(image: &Image) -> Option<u64> {
    image.file("published/index.json").map(|content| content.hash)
}

/// Files of months that others read; a name that begins with a dot is nobody's yet.
fn visible(name: &str) -> bool {
    (name.starts_with("months") || name.starts_with("published")) && !name.starts_with('.') && !name.contains("/.")
}

impl Promises {
    /// Learns them from a run that nothing disturbed.
    pub(super) fn of(start: &Disk, calls: &[Call]) -> Self {
        let known = Known::default();
        let (mut disk, before) = (start.clone(), start.now());
        let mut versions: HashMap<Name, HashSet<u64>> = HashMap::new();
        let mut learn = |image: &Image| {
            for (path, content) in image.0.iter().filter(|(path, _)| visible(path)) {
                versions.entry(path.clone()).or_default().extend(content.as_ref().map(|content| content.hash));
            }
        };
        learn(&before);
        for call in calls {
            disk.apply(call);
            if matches!(call, Call::Rename { .. }) {
                learn(&disk.now());
            }
        }
        let end = disk.now();
        let rows = |image: &Image| known.rows(image).expect("an undisturbed ledger can be read");
        let (before_rows, end_rows) = (rows(&before), rows(&end));
        let index_changed = index(&before) != index(&end);
        Self { before: before_rows, end, end_rows, index_changed, versions, known }
    }

    /// Keeps to what the ledger held at the start of another run, which was killed before this one.
    pub(super) fn after(mut self, killed: &Self) -> Self {
        self.before = Arc::clone(&killed.before);
        self
    }

    /// Returns the ledger's rows after a power cut, or which promise is broken.
    ///
    /// `done` says that the command had ended before.
    pub(super) fn check(&self, image: &Image, left: &Left, done: bool) -> Result<Arc<Rows>, String> {
        let rows = self.known.rows(image)?;
        if let Some(lost) = rows.lost(&self.before).or_else(|| left.violation(&rows)) {
            return Err(lost);
        }
        for (path, content) in image.0.iter().filter(|(path, _)| visible(path)) {
            let Some(content) = content else { continue };
            if !self.versions.get(path).is_some_and(|versions| versions.contains(&content.hash)) {
                return Err(format!("{path} is neither the old file nor the new one"));
            }
        }
        if self.index_changed && index(image) == index(&self.end) {
            self.is_there(image, "published").map_err(|path| format!("the index is there before {path}"))?;
        }
        if done {
            self.is_there(image, "").map_err(|path| format!("the command had ended, and lost is {path}"))?;
            if rows != self.end_rows {
                return Err("the command had ended, and the ledger is an older one".to_owned());
            }
        }
        Ok(rows)
    }

    /// Checks that every file that the command writes below a folder is in an image.
    fn is_there(&self, image: &Image, folder: &str) -> Result<(), String> {
        let mut files = self.end.0.iter().filter(|(path, _)| visible(path) && path.starts_with(folder));
        let hash = |content: &Option<Content>| content.as_ref().map(|content| content.hash);
        let lost = files.find(|(path, content)| image.0.get(*path).map(hash) != Some(hash(content)));
        lost.map_or(Ok(()), |(path, _)| Err(path.to_string()))
    }
}

/// What the next command meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Amounts {
    Same,
    Other,
}

/// Runs the next command in a folder that a crash left, and says which promise is broken, if one is.
pub(super) fn go_on(root: &Path, command: &str, amounts: Amounts, left: &Left) -> Result<(), String> {
    let rows = Rows::of_folder(root)?;
    if let Some(violation) = left.violation(&rows) {
        return Err(violation);
    }
    if amounts == Amounts::Other {
        change_amounts(root);
    }
    let run = binary::run(root, command);
    let said = format!("`{command}` ended with {}: {}", run.status, run.stderr);
    let after = Rows::of_folder(root)?;
    let mut left = left.clone();
    left.meet_folder(root);
    if let Some(violation) = after.lost(&rows).or_else(|| left.violation(&after)) {
        return Err(format!("{violation}; {said}"));
    }
    match (run.status, amounts) {
        (0, _) => verify(root),
        (1, Amounts::Other) if run.stderr.contains("error[CLOSED_MONTH_CHANGED]") && after == rows => Ok(()),
        _ => Err(said),
    }
}

/// Recomputes everything that is there, and finds nothing that does not belong there.
pub(super) fn verify(root: &Path) -> Result<(), String> {
    let signers = Signers { named: None, endpoint: None };
    let mut reports = Vec::new();
    if root.join("published/index.json").exists() {
        reports.extend(verify_published(&root.join("published"), signers));
    }
    for month in fs::read_dir(root.join("months")).into_iter().flatten() {
        let mut known = BTreeMap::new();
        reports.extend(verify_month(&month.expect("an entry can be read").path(), signers, &mut known));
    }
    let problem = reports.into_iter().flat_map(|report| report.problems).next();
    problem.map_or(Ok(()), |problem| Err(format!("verified afterwards: {problem}")))
}
