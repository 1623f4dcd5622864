//! Everything that is wrong with a folder, in the order in which it was met, up to a bound.

use std::{io, path::PathBuf};

use crate::problem::{Exit, Failure, Problem};

/// The most problems that are listed; the others are counted.
pub(super) const MOST: usize = 100;
const MOST_MESSAGE_CHARACTERS: usize = 400;

/// Collects problems and remembers whether one of them was the disk's.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    list: Vec<Problem>,
    more: u64,
    disk: bool,
}

impl Problems {
    /// Returns how many there are, listed or not.
    pub(super) fn count(&self) -> u64 {
        u64::try_from(self.list.len()).unwrap_or(u64::MAX).saturating_add(self.more)
    }

    pub(crate) fn push(&mut self, mut problem: Problem) {
        if self.list.len() >= MOST {
            self.more = self.more.saturating_add(1);
            return;
        }
        if let Some((end, _)) = problem.message.char_indices().nth(MOST_MESSAGE_CHARACTERS) {
            problem.message.truncate(end);
            problem.message.push('…');
        }
        self.list.push(problem);
    }

    /// Counts problems that are not listed, and whether one of them or of the listed ones was the disk's.
    pub(super) fn pass_over(&mut self, more: u64, disk: bool) {
        self.more = self.more.saturating_add(more);
        self.disk |= disk;
    }

    /// Adds a file that could not be read.
    pub(super) fn disk(&mut self, file: impl Into<PathBuf>, error: &io::Error) {
        self.disk = true;
        for problem in Failure::disk(file, error).problems {
            self.push(problem);
        }
    }

    /// Returns `value` where nothing was wrong.
    pub(crate) fn or<T>(mut self, value: T) -> Result<T, Failure> {
        if self.list.is_empty() {
            return Ok(value);
        }
        if self.more > 0 {
            let message = format!("{} more problems are not listed", self.more);
            self.list.push(Problem::new("MORE", message).help("mend the ones above and repeat the command"));
        }
        let exit = if self.disk { Exit::Disk } else { Exit::Records };
        Err(Failure { exit, problems: self.list })
    }
}
