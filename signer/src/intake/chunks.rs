//! Parts of a text that end where its lines end, each of about the same size.

use std::io::{self, Read};

use memchr::{memchr, memrchr};

use super::lines::{Line, MOST_LINE_BYTES};

/// A part of a text.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunk {
    /// Whole lines, of which the last one is not empty.
    pub(super) bytes: Vec<u8>,
    /// The mark before that of its first line.
    pub(super) before: u64,
    /// The mark of the first of the empty lines right before it.
    pub(super) blank: Option<u64>,
}

impl Chunk {
    /// Returns the last mark that a line of the part could have.
    pub(super) fn end(&self) -> u64 {
        self.before.saturating_add(u64::try_from(self.bytes.len()).unwrap_or(u64::MAX))
    }
}

/// Cuts a text into parts.
#[derive(Debug)]
pub(super) struct Chunks<R> {
    input: R,
    size: usize,
    carried: Vec<u8>,
    /// The mark of the line before the next part.
    before: u64,
    blank: Option<u64>,
    within_long_line: bool,
    failure: Option<io::Error>,
    /// Bytes that were read since that was last asked.
    taken: u64,
}

/// Whether there may be more to read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    Some,
    None,
}

impl<R: Read> Chunks<R> {
    /// Makes a cutter of parts of about `size` bytes.
    pub(super) fn new(input: R, size: usize) -> Self {
        Self {
            input,
            size: size.max(1),
            carried: Vec::new(),
            before: 0,
            blank: None,
            within_long_line: false,
            failure: None,
            taken: 0,
        }
    }

    /// Returns how many bytes were read since this was last asked.
    pub(super) fn taken(&mut self) -> u64 {
        std::mem::take(&mut self.taken)
    }

    /// Takes the first line and shows it, or nothing where there is none.
    ///
    /// # Errors
    ///
    /// The input cannot be read.
    pub(super) fn first_line<T>(&mut self, see: impl FnOnce(Option<Line<'_>>) -> T) -> io::Result<T> {
        let mut bytes = std::mem::take(&mut self.carried);
        let end = loop {
            let rest = self.fill(&mut bytes);
            if let Some(at) = memchr(b'\n', &bytes) {
                break at.saturating_add(1);
            }
            // A line before a failure is not known to be whole.
            if let Some(error) = self.failure.take() {
                return Err(error);
            }
            if rest == Rest::None || is_too_long(&bytes) {
                break bytes.len();
            }
        };
        self.carried = bytes.split_off(end);
        if bytes.is_empty() {
            return Ok(see(None));
        }
        self.before = 1;
        self.within_long_line = bytes.last() != Some(&b'\n');
        let line = bytes.strip_suffix(b"\n").map_or(&*bytes, |line| line.strip_suffix(b"\r").unwrap_or(line));
        Ok(see(Some(if line.len() > MOST_LINE_BYTES { Line::TooLong } else { Line::Bytes(line) })))
    }

    /// Puts the next part into `chunk` and returns whether there is one.
    ///
    /// # Errors
    ///
    /// The input cannot be read behind the parts that were returned.
    pub(super) fn next(&mut self, chunk: &mut Chunk) -> io::Result<bool> {
        loop {
            let bytes = &mut chunk.bytes;
            bytes.clear();
            bytes.append(&mut self.carried);
            let end = loop {
                let rest = self.fill(bytes);
                if self.within_long_line {
                    let end = memchr(b'\n', bytes);
                    self.within_long_line = end.is_none() && rest == Rest::Some;
                    bytes.drain(..end.map_or(bytes.len(), |end| end.saturating_add(1)));
                    if self.within_long_line {
                        continue;
                    }
                }
                match memrchr(b'\n', bytes) {
                    // The last line of a text may lack its end; one before a failure is not known to be whole.
                    _ if rest == Rest::None && self.failure.is_none() => break bytes.len(),
                    Some(at) => break at.saturating_add(1),
                    None if rest == Rest::None => break 0,
                    None if is_too_long(bytes) => {
                        self.within_long_line = true;
                        break bytes.len();
                    }
                    None => {}
                }
            };
            self.carried.extend_from_slice(bytes.get(end..).unwrap_or_default());
            bytes.truncate(end);
            if bytes.is_empty() {
                return self.failure.take().map_or(Ok(false), Err);
            }
            chunk.before = self.before;
            chunk.blank = self.blank.take();
            let empty = drop_empty_lines(bytes);
            let end = chunk.end();
            self.before = end.saturating_add(empty);
            self.blank = (empty > 0).then(|| end.saturating_add(1));
            if !chunk.bytes.is_empty() {
                return Ok(true);
            }
            self.blank = chunk.blank.or(self.blank);
        }
    }

    /// Reads on behind what is there; a failure is kept for later.
    fn fill(&mut self, bytes: &mut Vec<u8>) -> Rest {
        if self.failure.is_some() {
            return Rest::None;
        }
        let missing = self.size.saturating_sub(bytes.len()).max(self.size.div_ceil(4));
        let limit = u64::try_from(missing).unwrap_or(u64::MAX);
        let before = bytes.len();
        let read = self.input.by_ref().take(limit).read_to_end(bytes);
        let more = u64::try_from(bytes.len().saturating_sub(before)).unwrap_or(u64::MAX);
        self.taken = self.taken.saturating_add(more);
        match read {
            Ok(length) if length == missing => Rest::Some,
            Ok(_) => Rest::None,
            Err(error) => {
                self.failure = Some(error);
                Rest::None
            }
        }
    }
}

/// Says whether a line is too long whether its end follows or not.
fn is_too_long(line: &[u8]) -> bool {
    line.len() > MOST_LINE_BYTES.saturating_add(2)
}

/// Removes the empty lines at the end and returns how many they were.
fn drop_empty_lines(bytes: &mut Vec<u8>) -> u64 {
    let mut count = 0_u64;
    while let Some(line) = bytes.strip_suffix(b"\n") {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.is_empty() && !line.ends_with(b"\n") {
            break;
        }
        let length = line.len();
        bytes.truncate(length);
        count = count.saturating_add(1);
    }
    count
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

    use super::*;

    const SIZE: usize = 1_000;

    #[test]
    fn a_first_line_has_the_bound_of_every_line() {
        for (length, fits) in [(0, true), (1, true), (MOST_LINE_BYTES, true), (MOST_LINE_BYTES + 1, false)] {
            for end in ["\n", "\r\n", "\nx\n", ""] {
                let text = "a".repeat(length) + end;
                let expected = Some(Line::Bytes(text.as_bytes().get(..length).unwrap_or_default()));
                let expected = if fits { expected } else { Some(Line::TooLong) };
                let expected = expected.filter(|_| !text.is_empty());
                for size in [SIZE, MOST_LINE_BYTES, MOST_LINE_BYTES * 2] {
                    let found = Chunks::new(text.as_bytes(), size).first_line(|line| line == expected);
                    assert!(found.unwrap(), "{length} bytes and {end:?} in parts of {size}");
                }
            }
        }
    }

    /// An input that cannot be read.
    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::InvalidData.into())
        }
    }

    #[test]
    fn whole_lines_before_a_failure_are_parts_and_the_rest_is_none() {
        for (text, whole) in [("", ""), ("a", ""), ("a\n", "a\n"), ("a\nb\nc", "a\nb\n"), ("\n\nc", "")] {
            let mut chunks = Chunks::new(text.as_bytes().chain(Broken), SIZE);
            let mut chunk = Chunk::default();
            if !whole.is_empty() {
                assert!(chunks.next(&mut chunk).unwrap(), "{text:?}");
                assert_eq!(chunk.bytes, whole.as_bytes(), "{text:?}");
            }
            let error = chunks.next(&mut chunk).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{text:?}");
        }
    }

    #[test]
    fn a_line_without_end_is_not_kept() {
        let long = u64::try_from(MOST_LINE_BYTES * 10).unwrap();
        let most = MOST_LINE_BYTES + 2 + SIZE;
        let mut chunks = Chunks::new(io::repeat(b'a').take(long), SIZE);
        assert!(chunks.first_line(|line| line == Some(Line::TooLong)).unwrap());
        assert!(chunks.taken() <= u64::try_from(most).unwrap());
        let mut chunk = Chunk::default();
        assert!(!chunks.next(&mut chunk).unwrap(), "the rest of the first line is passed over");

        let mut chunks = Chunks::new(io::repeat(b'a').take(long), SIZE);
        assert!(chunks.next(&mut chunk).unwrap());
        assert!((MOST_LINE_BYTES + 1..=most).contains(&chunk.bytes.len()), "{}", chunk.bytes.len());
        assert!(!chunks.next(&mut chunk).unwrap());
        assert_eq!(chunks.taken(), long);
    }
}
