//! The signature of a contract (ERC-1271): bytes that only the contract itself can judge.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::{fmt, str::FromStr};

use crate::diagnostic::Diagnostic;

/// What a contract takes as its signature: any bytes up to [`ContractSignature::LONGEST`], shown as `0x` and their digits.
///
/// Whether it is a signature of anything, only the contract that is said to have signed can tell.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContractSignature {
    // INVARIANT: not longer than LONGEST.
    bytes: Vec<u8>,
}

impl ContractSignature {
    /// The most bytes that are read: a hundred owners of a wallet need fewer.
    pub const LONGEST: usize = 8_192;

    /// Returns the bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Why a text is no signature of a contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContractSignatureError {
    /// Not `0x` and an even number of lower-case hexadecimal digits.
    #[error("`{text}` is not `0x` and bytes in lower-case hexadecimal digits")]
    Text {
        /// The offending text.
        text: String,
    },
    /// More bytes than are read.
    #[error("the signature has more than {} bytes", ContractSignature::LONGEST)]
    TooLong,
}

impl Diagnostic for ContractSignatureError {
    fn code(&self) -> &'static str {
        match self {
            Self::Text { .. } => "CONTRACT_SIGNATURE_TEXT",
            Self::TooLong => "CONTRACT_SIGNATURE_TOO_LONG",
        }
    }

    fn help(&self) -> String {
        String::from(match self {
            Self::Text { .. } => "write the bytes that the contract's `isValidSignature` takes",
            Self::TooLong => "let fewer owners sign",
        })
    }
}

impl FromStr for ContractSignature {
    type Err = ContractSignatureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > Self::LONGEST.saturating_mul(2).saturating_add(2) {
            return Err(ContractSignatureError::TooLong);
        }
        let digits = text.strip_prefix("0x").filter(|digits| !digits.bytes().any(|byte| byte.is_ascii_uppercase()));
        let bytes = digits.and_then(|digits| hex::decode(digits).ok());
        bytes.map(|bytes| Self { bytes }).ok_or_else(|| ContractSignatureError::Text { text: text.to_string() })
    }
}

impl fmt::Display for ContractSignature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "0x{}", hex::encode(&self.bytes))
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn bytes_of_any_length_are_taken_in_one_form() {
        let longest = format!("0x{}", "ab".repeat(ContractSignature::LONGEST));
        for (text, expected) in [
            ("0x", "fine"),
            ("0x00", "fine"),
            (&longest, "fine"),
            (&format!("{longest}ab"), "CONTRACT_SIGNATURE_TOO_LONG"),
            ("", "CONTRACT_SIGNATURE_TEXT"),
            ("00", "CONTRACT_SIGNATURE_TEXT"),
            ("0x0", "CONTRACT_SIGNATURE_TEXT"),
            ("0xAB", "CONTRACT_SIGNATURE_TEXT"),
            ("0x0g", "CONTRACT_SIGNATURE_TEXT"),
        ] {
            let outcome = text.parse::<ContractSignature>();
            let code = outcome.as_ref().map_or_else(Diagnostic::code, |_| "fine");
            assert_eq!(code, expected, "{}", text.len());
            if let Ok(signature) = outcome {
                assert_eq!(signature.to_string(), text);
            }
        }
    }
}
