//! Text at the border: every amount and time crosses as text and is read by its own grammar.

#[cfg(feature = "claims")]
use alloc::{format, string::String, vec::Vec};
use core::str::FromStr;

use ambassador_core::diagnostic::Diagnostic;

use crate::error::Failure;

/// Reads a text; a failure names its path.
pub(crate) fn parse<T>(path: &str, text: &str) -> Result<T, Failure>
where
    T: FromStr,
    T::Err: Diagnostic,
{
    text.parse().map_err(|error: T::Err| Failure::at(path, &error))
}

/// Shows bytes as `0x` and hexadecimal digits.
#[cfg(feature = "claims")]
pub(crate) fn bytes(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// Reads bytes from `0x` and hexadecimal digits.
#[cfg(feature = "claims")]
pub(crate) fn hexadecimal(path: &str, text: &str) -> Result<Vec<u8>, Failure> {
    let digits = text.strip_prefix("0x").and_then(|digits| hex::decode(digits).ok());
    digits.ok_or_else(|| Failure::shape_at(path, "it is not `0x` and pairs of hexadecimal digits"))
}

/// Reads a word of 32 bytes.
#[cfg(feature = "claims")]
pub(crate) fn word(path: &str, text: &str) -> Result<[u8; 32], Failure> {
    let bytes = hexadecimal(path, text)?;
    bytes.try_into().map_err(|_| Failure::shape_at(path, "it is not 32 bytes long"))
}
