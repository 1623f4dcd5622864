//! Standard input, whose first bytes say what it holds.

use std::io::{self, Cursor, Read};

use super::decompress::Compression;

/// What gzip and Zstandard, and Parquet, begin with.
const GZIP: &[u8] = b"\x1f\x8b";
const ZSTANDARD: &[u8] = b"\x28\xb5\x2f\xfd";
const PARQUET: &[u8] = b"PAR1";

/// What bytes turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Compressed(Compression),
    Parquet,
    JsonLines,
    Csv,
}

impl Content {
    fn of(head: &[u8]) -> Self {
        if head.starts_with(GZIP) {
            Self::Compressed(Compression::Gzip)
        } else if head.starts_with(ZSTANDARD) {
            Self::Compressed(Compression::Zstandard)
        } else if head.starts_with(PARQUET) {
            Self::Parquet
        } else if head.starts_with(b"{") {
            Self::JsonLines
        } else {
            // A header names known columns, and none of their names begins with a brace.
            Self::Csv
        }
    }
}

/// Looks at the first bytes of a stream, and returns what it is and the stream with them.
pub(super) fn look_at<R: Read + Send + 'static>(mut input: R) -> io::Result<(Content, Box<dyn Read + Send>)> {
    let most = u64::try_from(ZSTANDARD.len()).unwrap_or_default();
    let mut head = Vec::new();
    input.by_ref().take(most).read_to_end(&mut head)?;
    Ok((Content::of(&head), Box::new(Cursor::new(head).chain(input))))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test that cannot go on should stop")]

    use super::*;

    #[test]
    fn first_bytes_tell_and_are_not_lost() {
        for (bytes, expected) in [
            (&b""[..], Content::Csv),
            (b"e", Content::Csv),
            (b"event_id,coin\n", Content::Csv),
            (b"\xef\xbb\xbfevent_id", Content::Csv),
            (b"{\"event_id\":1}\n", Content::JsonLines),
            (b"\x1f\x8b\x08", Content::Compressed(Compression::Gzip)),
            (b"\x28\xb5\x2f\xfd\x00", Content::Compressed(Compression::Zstandard)),
            (b"PAR1\x15", Content::Parquet),
        ] {
            let (content, mut input) = look_at(bytes).expect("memory can be read");
            let mut all = Vec::new();
            input.read_to_end(&mut all).expect("memory can be read");
            assert_eq!((content, all.as_slice()), (expected, bytes));
        }
    }
}
