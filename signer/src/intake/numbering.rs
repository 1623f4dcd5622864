//! Numbers of lines, which are known when all parts of a text were read.
//!
//! Parts are read by several threads, and how many lines stand before one is not known before all of those were
//! counted. Until then a line has a mark instead: the number of bytes that were read before its part, and its number
//! in the part. Marks grow as lines do, since no part has more lines than bytes.

/// How many lines a part of a text has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Counted {
    /// The number of the file.
    pub(super) file: usize,
    /// The mark before that of the first line.
    pub(super) start: u64,
    /// How many lines there are.
    pub(super) lines: u64,
    /// The last mark that a line could have; what follows up to the next part are lines that were left out.
    pub(super) end: u64,
}

/// The parts that were read, in any order.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbering {
    parts: Vec<Counted>,
}

impl Numbering {
    pub(super) fn push(&mut self, part: Counted) {
        self.parts.push(part);
    }

    pub(super) fn merge(&mut self, mut other: Self) {
        self.parts.append(&mut other.parts);
    }

    /// Adds the lines up.
    pub(super) fn finish(self) -> Numbers {
        let mut parts = self.parts;
        parts.sort_unstable();
        let mut before: Option<(Counted, u64)> = None;
        let add_up = |part: Counted| {
            let first = match before {
                Some((other, line)) if other.file == part.file => {
                    line.saturating_add(other.lines).saturating_add(part.start.saturating_sub(other.end))
                }
                _ => part.start,
            };
            before = Some((part, first));
            (part, first)
        };
        Numbers { parts: parts.into_iter().map(add_up).collect() }
    }
}

/// The parts of all files, in their order, each with the number of the line before it.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    parts: Vec<(Counted, u64)>,
}

impl Numbers {
    /// Returns the number of a line; of a file that is not read by parts a mark is one already.
    pub(super) fn line(&self, file: usize, mark: u64) -> u64 {
        let after = self.parts.partition_point(|(part, _)| (part.file, part.start) < (file, mark));
        let part = after.checked_sub(1).and_then(|at| self.parts.get(at)).filter(|(part, _)| part.file == file);
        let Some((part, before)) = part else { return mark };
        let within = mark.saturating_sub(part.start);
        let number =
            if within <= part.lines { within } else { part.lines.saturating_add(mark.saturating_sub(part.end)) };
        before.saturating_add(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_through_all_parts_of_their_file() {
        let mut numbering = Numbering::default();
        let part = |file, start, lines, end| Counted { file, start, lines, end };
        let mut other = Numbering::default();
        // Behind a header; two empty lines are left out behind the first part, and three behind the second.
        numbering.push(part(1, 103, 4, 203));
        other.push(part(1, 1, 3, 101));
        other.push(part(1, 206, 1, 207));
        other.push(part(4, 0, 2, 9));
        numbering.merge(other);
        let numbers = numbering.finish();
        for (file, mark, line) in [
            (1, 1, 1),
            (1, 2, 2),
            (1, 4, 4),
            (1, 102, 5),
            (1, 103, 6),
            (1, 104, 7),
            (1, 107, 10),
            (1, 204, 11),
            (1, 206, 13),
            (1, 207, 14),
            (4, 1, 1),
            (4, 2, 2),
            (4, 10, 3),
            (0, 7, 7),
            (2, 300, 300),
            (5, 1, 1),
        ] {
            assert_eq!(numbers.line(file, mark), line, "{file}:{mark}");
        }
    }
}
