//! Key files and signatures, against the tools of others.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on should stop")]

mod interop;
mod transactions;

use ambassador_signer::password::Password;
use ambassador_signer::signing::SecretKey;

pub(crate) fn password(text: &str) -> Password {
    Password::new(text.into()).expect("short enough")
}

pub(crate) fn key(digits: &str) -> SecretKey {
    SecretKey::from_bytes(&bytes(digits)).expect("a key")
}

pub(crate) fn bytes<const N: usize>(digits: &str) -> [u8; N] {
    let digits = digits.strip_prefix("0x").unwrap_or(digits);
    let bytes = hex::decode(digits).expect("hexadecimal");
    bytes.try_into().expect("as long as asked for")
}
