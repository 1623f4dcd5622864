//! Why a key file was refused.

use std::path::PathBuf;

use thiserror::Error;

use crate::signing::SigningError;

/// Why a key file was not read, opened, sealed or written.
///
/// Field names, costs and addresses are quoted; salts, ciphertexts, keys and passwords never are.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeystoreError {
    /// The bytes are not one JSON object.
    #[error("the key file is not JSON at line {line}, column {column}")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1; 0 at the start of a line.
        column: usize,
    },
    /// More bytes than any key file has.
    #[error("the key file is larger than {limit} bytes")]
    TooLarge {
        /// The most that is read.
        limit: u64,
    },
    /// A name stands twice in one object.
    #[error("the key file has two fields `{field}`")]
    DuplicateField {
        /// The name.
        field: String,
    },
    /// A field that version 3 asks for is not there.
    #[error("the key file has no field `{field}`")]
    MissingField {
        /// The name, with the names of the objects around it.
        field: &'static str,
    },
    /// A field holds something else than it should.
    #[error("the key file's `{field}` is not {expected}")]
    InvalidField {
        /// The name, with the names of the objects around it.
        field: &'static str,
        /// What it should hold.
        expected: &'static str,
    },
    /// Another version than 3.
    #[error("the key file's version is `{found}`")]
    Version {
        /// The version found, shortened and without control characters.
        found: String,
    },
    /// A key derivation that version 3 does not name.
    #[error("the key file's key derivation is `{found}`")]
    UnsupportedKdf {
        /// The name found, shortened and without control characters.
        found: String,
    },
    /// A cipher that version 3 does not name.
    #[error("the key file's cipher is `{found}`")]
    UnsupportedCipher {
        /// The name found, shortened and without control characters.
        found: String,
    },
    /// Deriving the key would take more than this program gives.
    #[error("the key file asks for `{asked}`, more than {limit}")]
    TooCostly {
        /// The parameters.
        asked: String,
        /// The bound that they pass.
        limit: &'static str,
    },
    /// Parameters with which the derivation is not defined.
    #[error("the key file asks for `{asked}`: {rule}")]
    IllegalCost {
        /// The parameters.
        asked: String,
        /// What they break.
        rule: &'static str,
    },
    /// The check value does not fit: another password, or a damaged file.
    #[error("the password does not open the key file")]
    WrongPassword,
    /// The password fits, and what it opens is no private key.
    #[error("the key file holds no private key")]
    NotAKey,
    /// The key belongs to another address than the file says.
    #[error("the key file says `0x{}`, its key belongs to `0x{}`", hex::encode(.stated), hex::encode(.actual))]
    AddressMismatch {
        /// The address in the file.
        stated: [u8; 20],
        /// The key's own.
        actual: [u8; 20],
    },
    /// A new key would be sealed with nothing.
    #[error("the password is empty")]
    EmptyPassword,
    /// There is something at the path already.
    #[error("`{}` exists", printable(&.path.to_string_lossy()))]
    Exists {
        /// The path.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot {action} `{}`: {reason}", printable(&.path.to_string_lossy()))]
    Io {
        /// What was being done.
        action: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// The operating system gave no random bytes.
    #[error("no random bytes: {reason}")]
    NoRandomness {
        /// What the operating system said.
        reason: String,
    },
}

impl KeystoreError {
    /// The error's stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotJson { .. } => "KEY_NOT_JSON",
            Self::TooLarge { .. } => "KEY_TOO_LARGE",
            Self::DuplicateField { .. } => "KEY_DUPLICATE_FIELD",
            Self::MissingField { .. } => "KEY_FIELD_MISSING",
            Self::InvalidField { .. } => "KEY_FIELD_INVALID",
            Self::Version { .. } => "KEY_VERSION",
            Self::UnsupportedKdf { .. } => "KEY_UNSUPPORTED_KDF",
            Self::UnsupportedCipher { .. } => "KEY_UNSUPPORTED_CIPHER",
            Self::TooCostly { .. } => "KEY_TOO_COSTLY",
            Self::IllegalCost { .. } => "KEY_ILLEGAL_COST",
            Self::WrongPassword => "KEY_WRONG_PASSWORD",
            Self::NotAKey => "KEY_OUT_OF_RANGE",
            Self::AddressMismatch { .. } => "KEY_ADDRESS_MISMATCH",
            Self::EmptyPassword => "KEY_EMPTY_PASSWORD",
            Self::Exists { .. } => "KEY_EXISTS",
            Self::Io { .. } => "KEY_IO",
            Self::NoRandomness { .. } => "KEY_NO_RANDOMNESS",
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotJson { .. } | Self::TooLarge { .. } => {
                "name the key file itself: JSON of the Web3 Secret Storage, version 3"
            }
            Self::DuplicateField { .. } => "two readers could read two keys; keep the right one",
            Self::MissingField { .. } | Self::InvalidField { .. } => {
                "the file is damaged or of another format; restore it from its copy"
            }
            Self::Version { .. } => "only version 3 is read; geth and ethers write it",
            Self::UnsupportedKdf { .. } => "scrypt, and pbkdf2 with hmac-sha256, are read",
            Self::UnsupportedCipher { .. } => "aes-128-ctr is read",
            Self::TooCostly { .. } => "seal the key anew with scrypt n=262144 r=8 p=1",
            Self::IllegalCost { .. } => "the file is damaged; restore it from its copy",
            Self::WrongPassword => "check the password and its file's last line; or the key file is damaged",
            Self::NotAKey => "whoever made this file sealed something else in it",
            Self::AddressMismatch { .. } => {
                "the file was put together or damaged; do not sign with it, restore it from its copy"
            }
            Self::EmptyPassword => "anyone who copies a key file without a password owns the key",
            Self::Exists { .. } => "a key is never overwritten: choose another name",
            Self::Io { .. } => "look at the path, its permissions and the room on the disk",
            Self::NoRandomness { .. } => "keys need the operating system's random source",
        }
    }
}

impl From<SigningError> for KeystoreError {
    fn from(error: SigningError) -> Self {
        match error {
            SigningError::NoRandomness { reason } => Self::NoRandomness { reason },
            _ => Self::NotAKey,
        }
    }
}

/// Foreign text, made so that a terminal shows it and does not obey it.
pub(crate) fn printable(text: &str) -> String {
    text.chars().fold(String::new(), |mut shown, character| {
        match character {
            '\'' | '"' | '\\' => shown.push(character),
            other => shown.extend(other.escape_debug()),
        }
        shown
    })
}

/// The first characters of foreign text, made [`printable`].
pub(crate) fn excerpt(text: &str) -> String {
    const LENGTH: usize = 40;
    let mut shown = printable(&text.chars().take(LENGTH).collect::<String>());
    if text.chars().nth(LENGTH).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_move_the_cursor() {
        for (text, shown) in [
            ("argon2", "argon2"),
            ("\u{1b}[2Jx\r\n", "\\u{1b}[2Jx\\r\\n"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("it's \"ü\" \\", "it's \"ü\" \\"),
        ] {
            assert_eq!(printable(text), shown);
        }
        assert_eq!(excerpt(&"x".repeat(41)), format!("{}…", "x".repeat(40)));
        assert_eq!(excerpt(&"x".repeat(40)), "x".repeat(40));
    }
}
