//! What several readers found wrong, put back into the order of files and lines.

use std::{io, path::Path};

use super::{
    numbering::Numbers,
    problems::{MOST, Problems},
};
use crate::problem::{Failure, Problem};

/// Collects what one reader finds, which goes through files and lines in their order.
#[derive(Debug, Default)]
pub(super) struct Reports {
    list: Vec<(usize, u64, Problem)>,
    more: u64,
    disk: bool,
}

impl Reports {
    /// Adds a problem of a file and the mark of a line, which is the last one where the whole file is meant.
    pub(super) fn push(&mut self, file: usize, line: u64, problem: Problem) {
        if self.list.len() < MOST {
            self.list.push((file, line, problem));
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// Adds a file that could not be read.
    pub(super) fn disk(&mut self, file: usize, path: &Path, error: &io::Error) {
        self.disk = true;
        for problem in Failure::disk(path, error).problems {
            self.push(file, u64::MAX, problem);
        }
    }

    /// Adds what another reader found.
    pub(super) fn merge(&mut self, mut other: Self) {
        self.list.append(&mut other.list);
        self.more = self.more.saturating_add(other.more);
        self.disk |= other.disk;
    }

    /// Hands everything over in the order of files and lines, by their numbers.
    pub(super) fn into_problems(mut self, numbers: &Numbers, problems: &mut Problems) {
        self.list.sort_by_key(|(file, line, _)| (*file, *line));
        for (file, _, mut problem) in self.list {
            problem.line = problem.line.map(|mark| numbers.line(file, mark));
            problems.push(problem);
        }
        problems.pass_over(self.more, self.disk);
    }
}
