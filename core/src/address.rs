//! Account addresses and their checksum (ERC-55).

use alloc::string::{String, ToString};
use core::{fmt, str::FromStr};

use crate::{diagnostic::Diagnostic, hash::keccak256};

/// An account address of 20 bytes, never zero; shown with its ERC-55 checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address([u8; 20]);

/// Why a text is not an address that money could go to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// The text is not `0x` and 40 hexadecimal digits.
    #[error("`{text}` is not an address")]
    Text {
        /// The offending text.
        text: String,
    },
    /// The capital letters are not those of the checksum.
    #[error("`{text}` has a wrong checksum")]
    Checksum {
        /// The offending text.
        text: String,
        /// The same address with the right checksum.
        expected: String,
    },
    /// The zero address, where nobody could reach the money.
    #[error("`{text}` is the zero address")]
    Zero {
        /// The offending text.
        text: String,
    },
}

impl Diagnostic for AddressError {
    fn code(&self) -> &'static str {
        match self {
            Self::Text { .. } => "ADDRESS_TEXT",
            Self::Checksum { .. } => "ADDRESS_CHECKSUM",
            Self::Zero { .. } => "ADDRESS_ZERO",
        }
    }

    fn help(&self) -> String {
        match self {
            Self::Text { .. } => "write `0x` and 40 hexadecimal digits".to_string(),
            Self::Checksum { expected, .. } => {
                alloc::format!("copy the address again from its source; these digits would be `{expected}`")
            }
            Self::Zero { .. } => "name the account that the money goes to".to_string(),
        }
    }
}

impl Address {
    /// Makes an address from its bytes, or returns `None` for the zero address.
    pub fn from_bytes(bytes: [u8; 20]) -> Option<Self> {
        (bytes != [0; 20]).then_some(Self(bytes))
    }

    /// Returns the bytes.
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

impl FromStr for Address {
    type Err = AddressError;

    /// Reads an address with the right checksum or all in lower case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || AddressError::Text { text: text.to_string() };
        let digits = text.strip_prefix("0x").ok_or_else(error)?;
        let mut bytes = [0; 20];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| error())?;
        let address = Self::from_bytes(bytes).ok_or_else(|| AddressError::Zero { text: text.to_string() })?;
        let expected = address.to_string();
        let lower = !digits.bytes().any(|byte| byte.is_ascii_uppercase());
        if lower || expected == text {
            return Ok(address);
        }
        Err(AddressError::Checksum { text: text.to_string(), expected })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = hex::encode(self.0);
        let checksum = hex::encode(keccak256(&[digits.as_bytes()]).as_bytes());
        let mut text = String::from("0x");
        text.extend(
            digits.chars().zip(checksum.chars()).map(
                |(digit, nibble)| {
                    if nibble >= '8' { digit.to_ascii_uppercase() } else { digit }
                },
            ),
        );
        formatter.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, &str>) {
        let outcome = text.parse::<Address>().map(|address| address.to_string());
        assert_eq!(outcome.as_deref().map_err(Diagnostic::code), expected, "{text}");
    }

    #[test]
    fn the_checksum_is_kept() {
        let token = "0xf1f955016EcbCd7321c7266BccFB96c68ea5E49b";
        check(token, Ok(token));
        check("0xf1f955016ecbcd7321c7266bccfb96c68ea5e49b", Ok(token));
        check("0xF1f955016EcbCd7321c7266BccFB96c68ea5E49b", Err("ADDRESS_CHECKSUM"));
        check("0xF1F955016ECBCD7321C7266BCCFB96C68EA5E49B", Err("ADDRESS_CHECKSUM"));
        check("0x0000000000000000000000000000000000000000", Err("ADDRESS_ZERO"));
        check("f1f955016ecbcd7321c7266bccfb96c68ea5e49b", Err("ADDRESS_TEXT"));
        check("0xf1f9", Err("ADDRESS_TEXT"));
        check("", Err("ADDRESS_TEXT"));
    }
}
