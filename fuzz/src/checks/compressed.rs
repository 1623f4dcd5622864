//! Compressed events: what is no good stream is refused as such, what swells is cut off, and everything else says what
//! its content says when it is not compressed.
//!
//! Bytes that begin as gzip or Zstandard do are taken for a file; others are compressed first, in several ways.

use std::io::{self, Read, Write as _};

use ambassador_core::{hash::keccak256, volume::Measured};
use ambassador_signer::{
    intake::{activity::Scrutiny, doors::Parts},
    problem::Failure,
};
use flate2::{Compression, bufread::MultiGzDecoder, write::GzEncoder};

use super::{activity::is_foreign, programme::Folder};

const MOST_RATIO: usize = 1_000;
const ALLOWANCE_BYTES: usize = 1024 * 1024;

/// What is said of a file, whatever its name is.
type Said = Result<(Measured, u64), Vec<(Option<u64>, Option<String>, String)>>;

/// Checks a compressed file, or bytes that are compressed first.
pub fn check(bytes: &[u8]) {
    if bytes.starts_with(b"\x1f\x8b") {
        foreign(bytes, "gz", MultiGzDecoder::new(bytes));
    } else if bytes.starts_with(b"\x28\xb5\x2f\xfd") {
        match zstd::Decoder::with_buffer(bytes) {
            Ok(decoder) => foreign(bytes, "zst", decoder),
            Err(_) => assert!(is_refused(&said("zst", bytes))),
        }
    } else {
        let plain = said("", bytes);
        let middle = bytes.len() / 2;
        for level in [0, 1, 9] {
            let parts = [gzip(&bytes[..middle], level), gzip(&bytes[middle..], level)];
            assert_eq!(said("gz", &gzip(bytes, level)), plain);
            assert_eq!(said("gz", &parts.concat()), plain);
        }
        let parts = [zstandard(&bytes[..middle], 1), zstandard(&bytes[middle..], 3)];
        assert_eq!(said("zst", &zstandard(bytes, 3)), plain);
        assert_eq!(said("zst", &parts.concat()), plain);
        // A stream that breaks off is not a shorter one.
        let whole = gzip(bytes, 6);
        let cut = usize::from(keccak256(&[bytes]).as_bytes()[0]) % (whole.len() - 1);
        assert!(is_refused(&said("gz", &whole[..=cut])));
    }
}

/// Compares a compressed file with what another use of its decoder brings to light.
fn foreign(bytes: &[u8], extension: &str, decoder: impl Read) {
    let most = bytes.len() * MOST_RATIO + ALLOWANCE_BYTES;
    let mut content = Vec::new();
    let read = decoder.take(u64::try_from(most + 1).expect("it is small")).read_to_end(&mut content);
    let found = said(extension, bytes);
    if read.is_err() || content.len() > most {
        assert!(is_refused(&found), "{found:?}");
    } else {
        assert_eq!(found, said("", &content));
    }
}

/// Says whether the first bytes of a file, and of what is within, name the reader that its name does.
fn is_said_by_its_bytes(bytes: &[u8], extension: &str) -> bool {
    let mut head = Vec::new();
    let read = match extension {
        "gz" => MultiGzDecoder::new(bytes).take(4).read_to_end(&mut head),
        _ => zstd::Decoder::with_buffer(bytes).and_then(|decoder| decoder.take(4).read_to_end(&mut head)),
    };
    is_foreign(bytes) && read.is_ok() && !is_foreign(&head) && !head.starts_with(b"{")
}

/// Says whether a stream is refused, or so many of its rows that this is not listed, or its head already.
fn is_refused(said: &Said) -> bool {
    let tells = |(line, _, code): &(Option<u64>, Option<String>, String)| {
        code == "COMPRESSION" || code == "MORE" || (*line == Some(1) && code.starts_with("CSV_"))
    };
    said.as_ref().is_err_and(|problems| problems.iter().any(tells))
}

/// Measures a file of CSV or JSON Lines, whichever its content begins as when it is not compressed.
fn said(extension: &str, bytes: &[u8]) -> Said {
    let name = if extension.is_empty() { "activity/e.csv".to_owned() } else { format!("activity/e.csv.{extension}") };
    let parts = Parts { threads: 1, chunk_bytes: 1 << 16, scrutiny: Scrutiny::All };
    let places = |failure: Failure| {
        failure.problems.into_iter().map(|problem| (problem.line, problem.column, problem.code)).collect()
    };
    let said = Folder::with(&[(name, bytes.to_vec())], |folder| folder.measure(parts)).map_err(places);
    // On standard input nothing says what it is but its first bytes, and of those within the same.
    if !extension.is_empty() && is_said_by_its_bytes(bytes, extension) {
        let streamed = Folder::with(&[], |folder| folder.measure_with(bytes, parts)).map_err(places);
        // Where a stream breaks off, what came before it may or may not be seen.
        assert!(streamed == said || (is_refused(&streamed) && is_refused(&said)), "{streamed:?} {said:?}");
    }
    said
}

fn gzip(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    let written: io::Result<()> = encoder.write_all(bytes);
    written.and_then(|()| encoder.finish()).expect("memory can be written")
}

fn zstandard(bytes: &[u8], level: i32) -> Vec<u8> {
    zstd::encode_all(bytes, level).expect("memory can be written")
}
