//! Streams of compressed files, bounded in what they may swell to.

use std::{
    io::{self, BufRead as _, BufReader, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use flate2::bufread::MultiGzDecoder;

const BUFFER_BYTES: usize = 128 * 1024;
/// How often a file may stand in what it swells to, and how much any file may.
pub(super) const MOST_RATIO: u64 = 1_000;
pub(super) const ALLOWANCE_BYTES: u64 = 1024 * 1024;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Gzip,
    Zstandard,
}

/// Opens a stream of the content of `input`; `read` counts the bytes of a compressed one itself.
pub(super) fn open(
    input: impl Read + Send + 'static,
    compression: Compression,
    read: &Arc<AtomicU64>,
) -> io::Result<Box<dyn Read + Send>> {
    let fed = Arc::new(AtomicU64::new(0));
    let buffered = |input| {
        let counting = Counting { input, fed: Arc::clone(&fed), read: Arc::clone(read) };
        let mut input = BufReader::with_capacity(BUFFER_BYTES, counting);
        if input.fill_buf()?.is_empty() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the compressed file is empty"));
        }
        Ok(input)
    };
    Ok(match compression {
        Compression::None => Box::new(input),
        Compression::Gzip => Box::new(Bounded { input: MultiGzDecoder::new(buffered(input)?), out: 0, fed }),
        Compression::Zstandard => {
            Box::new(Bounded { input: zstd::Decoder::with_buffer(buffered(input)?)?, out: 0, fed })
        }
    })
}

/// Says whether an error is the content's and not the disk's.
pub(super) fn is_of_content(error: &io::Error, compression: Compression) -> bool {
    // Errors of the operating system carry its number; those of decoders do not.
    compression != Compression::None && error.raw_os_error().is_none()
}

/// Counts what is read, of this input and of all.
struct Counting<R> {
    input: R,
    fed: Arc<AtomicU64>,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        for counter in [&self.fed, &self.read] {
            counter.fetch_add(u64::try_from(length).unwrap_or_default(), Ordering::Relaxed);
        }
        Ok(length)
    }
}

/// Ends with an error where more comes out than any honest table holds.
struct Bounded<R> {
    input: R,
    out: u64,
    /// How much went in.
    fed: Arc<AtomicU64>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        self.out = self.out.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        let most = self.fed.load(Ordering::Relaxed).saturating_mul(MOST_RATIO).saturating_add(ALLOWANCE_BYTES);
        if self.out > most {
            let message = format!("it swells to more than {MOST_RATIO} times its size");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(length)
    }
}
