//! The password of a key file, and the three ways in which it arrives.
//!
//! A password is never an argument and never an environment variable: other processes can read those.
//! Its bytes are used as they are given, without Unicode normalisation, as geth does.
//! Tools that normalise (NFKC) differ only on passwords for which that changes the bytes.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

/// The longest password, in bytes.
pub const MAX_PASSWORD_BYTES: usize = 4096;

/// A password: any bytes, overwritten when dropped, never shown.
pub struct Password(Zeroizing<Vec<u8>>);

impl Password {
    /// Takes the bytes as they are; the empty password opens some key files that exist.
    ///
    /// # Errors
    /// [`PasswordError::TooLong`] above [`MAX_PASSWORD_BYTES`].
    pub fn new(bytes: Vec<u8>) -> Result<Self, PasswordError> {
        let bytes = Zeroizing::new(bytes);
        if bytes.len() > MAX_PASSWORD_BYTES {
            return Err(PasswordError::TooLong);
        }
        Ok(Self(bytes))
    }

    /// Says whether it has no bytes at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// What a password is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To open a key that exists: asked once.
    Open,
    /// To seal a new key: asked twice where a person types it, and not empty.
    Seal,
}

/// Where a password comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordSource {
    /// A person types it at the terminal, without echo.
    Prompt,
    /// A file holds it; exactly one line end (`\n` or `\r\n`) at its end does not count.
    File(PathBuf),
    /// An open file descriptor of this process gives it, read like a file.
    Descriptor(u32),
}

impl PasswordSource {
    /// Reads the password; `key` names the key file in the prompt.
    ///
    /// # Errors
    /// [`PasswordError`] where the source cannot be read, is too long, or a new password is empty or typed differently the second time.
    pub fn read(&self, purpose: Purpose, key: &Path) -> Result<Password, PasswordError> {
        let password = match self {
            Self::Prompt => prompted(purpose, key)?,
            Self::File(path) => from_file(path, self)?,
            Self::Descriptor(number) => from_file(Path::new(&format!("/dev/fd/{number}")), self)?,
        };
        if purpose == Purpose::Seal && password.is_empty() {
            return Err(PasswordError::Empty);
        }
        Ok(password)
    }
}

impl fmt::Display for PasswordSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prompt => f.write_str("the terminal"),
            Self::File(path) => f.write_str(&crate::keystore::printable(&path.to_string_lossy())),
            Self::Descriptor(number) => write!(f, "file descriptor {number}"),
        }
    }
}

/// Why there is no password.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// The source cannot be read.
    #[error("no password from `{origin}`: {reason}")]
    Unreadable {
        /// The source.
        origin: PasswordSource,
        /// What the operating system said.
        reason: String,
    },
    /// More than [`MAX_PASSWORD_BYTES`].
    #[error("the password is longer than {MAX_PASSWORD_BYTES} bytes")]
    TooLong,
    /// A new key would be sealed with nothing.
    #[error("the password is empty")]
    Empty,
    /// The second entry is not the first.
    #[error("the two passwords differ")]
    Differ,
}

impl PasswordError {
    /// The error's stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "PASSWORD_UNREADABLE",
            Self::TooLong => "PASSWORD_TOO_LONG",
            Self::Empty => "PASSWORD_EMPTY",
            Self::Differ => "PASSWORD_DIFFERS",
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Unreadable { origin: PasswordSource::Prompt, .. } => {
                "without a terminal, give --password-file PATH or --password-fd N"
            }
            Self::Unreadable { .. } => "name a readable file, or a descriptor that is open for reading",
            Self::TooLong => "is this the password's file, and not another one?",
            Self::Empty => "anyone who copies a key file without a password owns the key",
            Self::Differ => "nothing was written; try again",
        }
    }
}

fn prompted(purpose: Purpose, key: &Path) -> Result<Password, PasswordError> {
    let name = crate::keystore::printable(&key.to_string_lossy());
    match purpose {
        Purpose::Open => ask(&format!("Password of {name}: ")),
        Purpose::Seal => {
            let first = ask(&format!("New password for {name}: "))?;
            let second = ask("The same again: ")?;
            if first.as_bytes() == second.as_bytes() { Ok(first) } else { Err(PasswordError::Differ) }
        }
    }
}

fn ask(prompt: &str) -> Result<Password, PasswordError> {
    rpassword::prompt_password(prompt)
        .map_err(|error| unreadable(&PasswordSource::Prompt, &error))
        .and_then(|text| Password::new(text.into_bytes()))
}

fn from_file(path: &Path, source: &PasswordSource) -> Result<Password, PasswordError> {
    let file = File::open(path).map_err(|error| unreadable(source, &error))?;
    from_reader(file, source)
}

fn from_reader(reader: impl Read, source: &PasswordSource) -> Result<Password, PasswordError> {
    // Room for the longest password, its line end and one byte too many: the buffer never moves and leaves no copy behind.
    const ROOM: usize = MAX_PASSWORD_BYTES + 3;
    let mut bytes = Zeroizing::new(Vec::with_capacity(2 * ROOM));
    reader
        .take(u64::try_from(ROOM).unwrap_or(u64::MAX))
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(source, &error))?;
    let ([password @ .., b'\r', b'\n'] | [password @ .., b'\n'] | password) = bytes.as_slice();
    let end = password.len();
    if let Some(line_end) = bytes.get_mut(end..) {
        line_end.zeroize();
    }
    bytes.truncate(end);
    Password::new(std::mem::take(&mut *bytes))
}

fn unreadable(source: &PasswordSource, error: &std::io::Error) -> PasswordError {
    PasswordError::Unreadable { origin: source.clone(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

    use super::*;

    type Case<'a> = (&'a [u8], Result<&'a [u8], PasswordError>);

    #[test]
    fn exactly_one_line_end_goes() {
        let long = vec![b'x'; MAX_PASSWORD_BYTES];
        let with = |end: &[u8]| [long.as_slice(), end].concat();
        let cases: &[Case<'_>] = &[
            (b"", Ok(b"")),
            (b"\n", Ok(b"")),
            (b"\r\n", Ok(b"")),
            (b"secret", Ok(b"secret")),
            (b"secret\n", Ok(b"secret")),
            (b"secret\r\n", Ok(b"secret")),
            (b"secret\n\n", Ok(b"secret\n")),
            (b"secret\r\n\r\n", Ok(b"secret\r\n")),
            (b"secret\n\r\n", Ok(b"secret\n")),
            (b"secret\r", Ok(b"secret\r")),
            (b" secret \n", Ok(b" secret ")),
            (b"two\nlines\n", Ok(b"two\nlines")),
            (b"\xff\x00\xfe\n", Ok(b"\xff\x00\xfe")),
            ("pässwörd\n".as_bytes(), Ok("pässwörd".as_bytes())),
            (&with(b""), Ok(&long)),
            (&with(b"\n"), Ok(&long)),
            (&with(b"\r\n"), Ok(&long)),
            (&with(b"x"), Err(PasswordError::TooLong)),
            (&with(b"\n\n"), Err(PasswordError::TooLong)),
            (&with(&long), Err(PasswordError::TooLong)),
        ];
        for (bytes, expected) in cases {
            let read = from_reader(*bytes, &PasswordSource::Prompt);
            let read = read.as_ref().map(Password::as_bytes);
            assert_eq!(read, expected.as_ref().copied(), "{:?}", bytes.get(..12));
        }
    }

    #[test]
    fn reads_files_and_descriptors() {
        use std::os::fd::AsRawFd;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        std::fs::write(&path, "secret\n").unwrap();
        let open = File::open(&path).unwrap();
        let number = u32::try_from(open.as_raw_fd()).unwrap();
        for source in [PasswordSource::File(path), PasswordSource::Descriptor(number)] {
            let password = source.read(Purpose::Open, Path::new("key.json")).unwrap();
            assert_eq!(password.as_bytes(), b"secret");
        }
    }

    #[test]
    fn refuses_what_is_not_there_and_new_passwords_of_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty");
        std::fs::write(&empty, "\n").unwrap();
        let empty = PasswordSource::File(empty);
        for (source, purpose, expected) in [
            (PasswordSource::File(folder.path().join("none")), Purpose::Open, "PASSWORD_UNREADABLE"),
            (PasswordSource::File(folder.path().into()), Purpose::Open, "PASSWORD_UNREADABLE"),
            (PasswordSource::Descriptor(u32::MAX), Purpose::Open, "PASSWORD_UNREADABLE"),
            (empty.clone(), Purpose::Open, "fine"),
            (empty, Purpose::Seal, "PASSWORD_EMPTY"),
        ] {
            let read = source.read(purpose, Path::new("key.json"));
            let code = read.map_or_else(|error| error.code(), |_| "fine");
            assert_eq!(code, expected, "{source}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Password::new(b"secret".to_vec()).unwrap()), "Password(..)");
    }
}
