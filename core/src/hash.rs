//! Keccak-256 and its 32-byte values.

use alloc::string::{String, ToString};
use core::{
    fmt,
    str::{self, FromStr},
};

use sha3::{Digest, Keccak256};

use crate::diagnostic::Diagnostic;

/// A 32-byte value, shown as `0x` and 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash32([u8; 32]);

impl Hash32 {
    /// Makes a value from its bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Hashes the parts as one message with Keccak-256 (the hash of Ethereum, not of FIPS 202).
pub fn keccak256(parts: &[&[u8]]) -> Hash32 {
    let mut hasher = Keccak256::new();
    for part in parts {
        hasher.update(part);
    }
    Hash32(hasher.finalize().into())
}

/// The text is not `0x` and 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a 32-byte value in hexadecimal")]
pub struct HashError {
    /// The offending text.
    pub text: String,
}

impl Diagnostic for HashError {
    fn code(&self) -> &'static str {
        "HASH_TEXT"
    }

    fn help(&self) -> String {
        "write `0x` and 64 lower-case hexadecimal digits".to_string()
    }
}

impl FromStr for Hash32 {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || HashError { text: text.to_string() };
        let digits = text.strip_prefix("0x").ok_or_else(error)?;
        if digits.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(error());
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| error())?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for Hash32 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0; 64];
        hex::encode_to_slice(self.0, &mut digits).map_err(|_| fmt::Error)?;
        let mut text = String::with_capacity(66);
        text.push_str("0x");
        text.push_str(str::from_utf8(&digits).unwrap_or_default());
        formatter.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keccak_of_nothing_is_the_known_value() {
        let expected = "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470";
        assert_eq!(keccak256(&[]).to_string(), expected);
        assert_eq!(expected.parse(), Ok(keccak256(&[b"", b""])));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "0x", "c5d2", "0xC5D2460186F7233C927E7DB2DCC703C0E500B653CA82273B7BFAD8045D85A470"] {
            assert!(text.parse::<Hash32>().is_err(), "{text}");
        }
    }
}
