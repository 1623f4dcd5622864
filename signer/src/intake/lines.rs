//! The lines of a text, one at a time and of bounded length.

use std::io::{self, BufRead, Read as _};

/// The longest line that is read, in bytes without its end.
pub const MOST_LINE_BYTES: usize = 64 * 1024;
const MOST_WITH_END: u64 = 64 * 1024 + 2;

/// A line as it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// The bytes without `LF` or `CRLF`.
    Bytes(&'a [u8]),
    /// It was longer than [`MOST_LINE_BYTES`] and was passed over.
    TooLong,
}

/// Reads lines that end in `LF` or `CRLF`; the last one may lack its end.
#[derive(Debug)]
pub struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    number: u64,
    too_long: bool,
}

impl<R: BufRead> Lines<R> {
    /// Makes a reader that stands before the first line.
    pub fn new(input: R) -> Self {
        Self::behind(input, 0)
    }

    /// Makes a reader of a part of a text, which stands behind the line `number`.
    pub fn behind(input: R, number: u64) -> Self {
        Self { input, buffer: Vec::new(), number, too_long: false }
    }

    /// Returns the number of the current line, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Returns the current line.
    pub fn current(&self) -> Line<'_> {
        if self.too_long { Line::TooLong } else { Line::Bytes(&self.buffer) }
    }

    /// Steps to the next line and returns whether there is one.
    ///
    /// # Errors
    ///
    /// The input cannot be read.
    pub fn step(&mut self) -> io::Result<bool> {
        self.buffer.clear();
        let length = self.input.by_ref().take(MOST_WITH_END).read_until(b'\n', &mut self.buffer)?;
        if length == 0 {
            return Ok(false);
        }
        self.number = self.number.saturating_add(1);
        let ended = self.buffer.pop_if(|last| *last == b'\n').is_some();
        if ended {
            self.buffer.pop_if(|last| *last == b'\r');
        }
        self.too_long = self.buffer.len() > MOST_LINE_BYTES;
        if self.too_long && !ended {
            self.input.skip_until(b'\n')?;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test that cannot go on should stop")]

    use super::*;

    fn check(text: &[u8], expected: &[Option<&[u8]>]) {
        let mut lines = Lines::new(text);
        let mut found = Vec::new();
        while lines.step().expect("memory can be read") {
            found.push(match lines.current() {
                Line::Bytes(bytes) => Some(bytes.to_vec()),
                Line::TooLong => None,
            });
        }
        let expected: Vec<_> = expected.iter().map(|line| line.map(<[u8]>::to_vec)).collect();
        assert_eq!(found, expected);
        assert_eq!(usize::try_from(lines.number()), Ok(expected.len()));
    }

    #[test]
    fn lines_end_in_lf_or_crlf_or_with_the_text() {
        check(b"", &[]);
        check(b"\n", &[Some(b"")]);
        check(b"a\nb", &[Some(b"a"), Some(b"b")]);
        check(b"a\r\nb\r\n", &[Some(b"a"), Some(b"b")]);
        check(b"a\rb\n\nc\r", &[Some(b"a\rb"), Some(b""), Some(b"c\r")]);
    }

    #[test]
    fn a_line_is_bounded_and_the_next_one_is_read() {
        let longest = vec![b'x'; MOST_LINE_BYTES];
        for end in ["", "\n", "\r\n"] {
            check(&[&longest, end.as_bytes()].concat(), &[Some(&longest)]);
        }
        for more in [1, 2, 3, 200_000] {
            let text = [&longest[..], &vec![b'x'; more], b"\nb\n"].concat();
            check(&text, &[None, Some(b"b")]);
            check(&[&longest[..], &vec![b'x'; more]].concat(), &[None]);
        }
    }
}
