//! Streams of compressed files, bounded in what they may swell to.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use flate2::bufread::MultiGzDecoder;

const BUFFER_BYTES: usize = 128 * 1024;
const MOST_RATIO: u64 = 1_000;
const ALLOWANCE_BYTES: u64 = 1024 * 1024;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Gzip,
    Zstandard,
}

/// Opens a stream of the content of `file`; `read` counts the bytes of a compressed file itself.
pub(super) fn open(
    file: File,
    size: u64,
    compression: Compression,
    read: &Arc<AtomicU64>,
) -> io::Result<Box<dyn Read + Send>> {
    if compression != Compression::None && size == 0 {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the compressed file is empty"));
    }
    let left = size.saturating_mul(MOST_RATIO).saturating_add(ALLOWANCE_BYTES);
    let buffered = |input| BufReader::with_capacity(BUFFER_BYTES, Counting { input, read: Arc::clone(read) });
    Ok(match compression {
        Compression::None => Box::new(file),
        Compression::Gzip => Box::new(Bounded { input: MultiGzDecoder::new(buffered(file)), left }),
        Compression::Zstandard => Box::new(Bounded { input: zstd::Decoder::with_buffer(buffered(file))?, left }),
    })
}

/// Says whether an error is the content's and not the disk's.
pub(super) fn is_of_content(error: &io::Error, compression: Compression) -> bool {
    // Errors of the operating system carry its number; those of decoders do not.
    compression != Compression::None && error.raw_os_error().is_none()
}

/// Counts what is read.
struct Counting<R> {
    input: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        self.read.fetch_add(u64::try_from(length).unwrap_or_default(), Ordering::Relaxed);
        Ok(length)
    }
}

/// Ends with an error where more comes out than any honest table holds.
struct Bounded<R> {
    input: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        let left = u64::try_from(length).ok().and_then(|length| self.left.checked_sub(length));
        self.left = left.ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, format!("it swells to more than {MOST_RATIO} times its size"))
        })?;
        Ok(length)
    }
}
