//! A signature's encoding, and the one form in which it is taken; no curve arithmetic.

use alloc::string::{String, ToString};
use core::{fmt, str::FromStr};

use crate::diagnostic::Diagnostic;

/// An ECDSA signature over secp256k1 in its one canonical form (EIP-2): shown as `0x` and the 65 bytes r, s, v.
///
/// Whether it is a signature of anything, and by whom, only a recovery shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Signature {
    // INVARIANT: 0 < r < order.
    r: [u8; 32],
    // INVARIANT: 0 < s ≤ order / 2.
    s: [u8; 32],
    parity: Parity,
}

/// Which of the two points with the same r the nonce made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parity {
    /// v is 27.
    Even,
    /// v is 28.
    Odd,
}

/// Why bytes are no signature that the contract would take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// Not `0x` and 130 lower-case hexadecimal digits.
    #[error("`{text}` is not a signature of 65 bytes")]
    Text {
        /// The offending text.
        text: String,
    },
    /// v is neither 27 nor 28.
    #[error("the signature's last byte is `{v}`, neither 27 nor 28")]
    V {
        /// The offending byte.
        v: u8,
    },
    /// r or s is zero.
    #[error("a part of the signature is zero")]
    Zero,
    /// r or s is not below the group's order.
    #[error("a part of the signature is not below the order of the curve")]
    OutOfRange,
    /// s is above half of the group's order, so that a second signature of the same claim exists.
    #[error("the signature is malleable: its s is high")]
    HighS,
}

impl Diagnostic for SignatureError {
    fn code(&self) -> &'static str {
        match self {
            Self::Text { .. } => "SIGNATURE_TEXT",
            Self::V { .. } => "SIGNATURE_V",
            Self::Zero => "SIGNATURE_ZERO",
            Self::OutOfRange => "SIGNATURE_OUT_OF_RANGE",
            Self::HighS => "SIGNATURE_HIGH_S",
        }
    }

    fn help(&self) -> String {
        String::from(match self {
            Self::Text { .. } => "write `0x` and 130 lower-case hexadecimal digits: r, s and v",
            Self::V { .. } => "v is 27 or 28: add 27 where a signer writes 0 or 1",
            Self::Zero | Self::OutOfRange => "the signature is damaged or of another curve: sign the claim again",
            Self::HighS => "the contract takes only the lower of the two forms of a signature (EIP-2)",
        })
    }
}

/// The order of secp256k1.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc,
    0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];
/// Half of the order of secp256k1, rounded down.
const HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x5d, 0x57, 0x6e,
    0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
];

impl Signature {
    /// Makes a signature from its parts, both big-endian.
    ///
    /// # Errors
    ///
    /// A part is zero or not below the order of secp256k1, or s is high.
    pub fn new(r: [u8; 32], s: [u8; 32], parity: Parity) -> Result<Self, SignatureError> {
        if r == [0; 32] || s == [0; 32] {
            return Err(SignatureError::Zero);
        }
        if r >= ORDER || s >= ORDER {
            return Err(SignatureError::OutOfRange);
        }
        if s > HALF_ORDER {
            return Err(SignatureError::HighS);
        }
        Ok(Self { r, s, parity })
    }

    /// Makes a signature from the 65 bytes r, s, v.
    ///
    /// # Errors
    ///
    /// v is neither 27 nor 28, or [`Signature::new`] refuses the rest.
    pub fn from_bytes(bytes: [u8; 65]) -> Result<Self, SignatureError> {
        let (mut r, mut s) = ([0; 32], [0; 32]);
        let [words @ .., v] = bytes;
        for (to, from) in r.iter_mut().chain(&mut s).zip(words) {
            *to = from;
        }
        let parity = match v {
            27 => Parity::Even,
            28 => Parity::Odd,
            v => return Err(SignatureError::V { v }),
        };
        Self::new(r, s, parity)
    }

    /// Makes a signature from its two words r and yParityAndS (EIP-2098).
    ///
    /// # Errors
    ///
    /// Those of [`Signature::new`].
    pub fn from_words(r: [u8; 32], vs: [u8; 32]) -> Result<Self, SignatureError> {
        let mut s = vs;
        let odd = s.first_mut().is_some_and(|first| {
            let odd = *first & 0x80 != 0;
            *first &= 0x7f;
            odd
        });
        Self::new(r, s, if odd { Parity::Odd } else { Parity::Even })
    }

    /// Reads a signature as wallets hand it over: with capital digits, too, and v also as 0 or 1.
    ///
    /// # Errors
    ///
    /// Those of reading a signature.
    pub fn from_wallet(text: &str) -> Result<Self, SignatureError> {
        let mut text = text.to_ascii_lowercase();
        if text.len() == 132 && (text.ends_with("00") || text.ends_with("01")) {
            let v = if text.ends_with('0') { "1b" } else { "1c" };
            text.truncate(130);
            text.push_str(v);
        }
        text.parse()
    }

    /// Returns r.
    pub const fn r(&self) -> &[u8; 32] {
        &self.r
    }

    /// Returns s.
    pub const fn s(&self) -> &[u8; 32] {
        &self.s
    }

    /// Returns which of the two points was made.
    pub const fn parity(&self) -> Parity {
        self.parity
    }

    /// Returns v: 27 or 28.
    pub const fn v(&self) -> u8 {
        match self.parity {
            Parity::Even => 27,
            Parity::Odd => 28,
        }
    }

    /// Returns s with the parity in its highest bit (EIP-2098 `yParityAndS`).
    pub fn to_vs(&self) -> [u8; 32] {
        let mut vs = self.s;
        if let (Parity::Odd, Some(first)) = (self.parity, vs.first_mut()) {
            *first |= 0x80;
        }
        vs
    }

    /// Returns the 65 bytes r, s, v.
    pub fn to_bytes(&self) -> [u8; 65] {
        let mut bytes = [0; 65];
        let parts = self.r.iter().chain(&self.s).copied().chain([self.v()]);
        for (byte, part) in bytes.iter_mut().zip(parts) {
            *byte = part;
        }
        bytes
    }
}

impl FromStr for Signature {
    type Err = SignatureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || SignatureError::Text { text: text.to_string() };
        let digits = text.strip_prefix("0x").ok_or_else(error)?;
        if digits.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(error());
        }
        let mut bytes = [0; 65];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| error())?;
        Self::from_bytes(bytes)
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "0x{}", hex::encode(self.to_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    const ZERO: &str = "0000000000000000000000000000000000000000000000000000000000000000";
    const ONE: &str = "0000000000000000000000000000000000000000000000000000000000000001";
    const HALF: &str = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";
    const HALF_AND_ONE: &str = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1";
    const WHOLE: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    const WHOLE_LESS_ONE: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140";
    const WHOLE_AND_ONE: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364142";
    const ONES: &str = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

    fn check(text: &str, expected: &str) {
        let outcome = text.parse::<Signature>();
        let code = outcome.as_ref().map_or_else(Diagnostic::code, |_| "fine");
        assert_eq!(code, expected, "{text}");
        if let Ok(signature) = outcome {
            assert_eq!(signature.to_string(), text);
            assert_eq!(Signature::from_bytes(signature.to_bytes()), Ok(signature));
        }
    }

    #[test]
    fn only_the_canonical_form_is_a_signature() {
        for (r, s, v, expected) in [
            (ONE, ONE, "1b", "fine"),
            (ONE, ONE, "1c", "fine"),
            (ONE, HALF, "1b", "fine"),
            (WHOLE_LESS_ONE, ONE, "1b", "fine"),
            (WHOLE_LESS_ONE, HALF, "1c", "fine"),
            (ONE, HALF_AND_ONE, "1b", "SIGNATURE_HIGH_S"),
            (ONE, WHOLE_LESS_ONE, "1b", "SIGNATURE_HIGH_S"),
            (ZERO, ONE, "1b", "SIGNATURE_ZERO"),
            (ONE, ZERO, "1b", "SIGNATURE_ZERO"),
            (WHOLE, ONE, "1b", "SIGNATURE_OUT_OF_RANGE"),
            (WHOLE_AND_ONE, ONE, "1c", "SIGNATURE_OUT_OF_RANGE"),
            (ONES, ONE, "1b", "SIGNATURE_OUT_OF_RANGE"),
            (ONE, WHOLE, "1b", "SIGNATURE_OUT_OF_RANGE"),
            (ONE, WHOLE_AND_ONE, "1c", "SIGNATURE_OUT_OF_RANGE"),
            (ONE, ONES, "1b", "SIGNATURE_OUT_OF_RANGE"),
            (ONE, ONE, "00", "SIGNATURE_V"),
            (ONE, ONE, "01", "SIGNATURE_V"),
            (ONE, ONE, "1a", "SIGNATURE_V"),
            (ONE, ONE, "1d", "SIGNATURE_V"),
            (ONE, ONE, "ff", "SIGNATURE_V"),
            (ONE, ONE, "", "SIGNATURE_TEXT"),
            (ONE, ONE, "1b1b", "SIGNATURE_TEXT"),
            (ONE, ONE, "1g", "SIGNATURE_TEXT"),
            (ONE, ONE, "1B", "SIGNATURE_TEXT"),
        ] {
            check(&format!("0x{r}{s}{v}"), expected);
        }
        check(&format!("{ONE}{ONE}1b"), "SIGNATURE_TEXT");
        check("", "SIGNATURE_TEXT");
    }

    #[test]
    fn only_one_signature_of_a_claim_is_taken() {
        let mut high = HALF_ORDER;
        assert!(Signature::new([1; 32], HALF_ORDER, Parity::Even).is_ok());
        if let Some(last) = high.last_mut() {
            *last = 0xa1;
        }
        assert_eq!(Signature::new([1; 32], high, Parity::Even), Err(SignatureError::HighS));
        assert_eq!(Signature::new([0; 32], [1; 32], Parity::Even), Err(SignatureError::Zero));
        assert_eq!(Signature::new([1; 32], [0; 32], Parity::Odd), Err(SignatureError::Zero));
        assert_eq!(Signature::new(ORDER, [1; 32], Parity::Even), Err(SignatureError::OutOfRange));
        assert_eq!(Signature::new([1; 32], ORDER, Parity::Odd), Err(SignatureError::OutOfRange));
    }

    #[test]
    fn words_and_text_agree() {
        for (v, expected_vs) in [("1b", HALF), ("1c", &format!("f{}", HALF.trim_start_matches('7')))] {
            let text = format!("0x{WHOLE_LESS_ONE}{HALF}{v}");
            let words = text.parse().map(|signature: Signature| {
                let word = |bytes: &[u8]| hex::encode(bytes);
                [word(signature.r()), word(signature.s()), word(&[signature.v()]), word(&signature.to_vs())]
            });
            assert_eq!(words, Ok([WHOLE_LESS_ONE, HALF, v, expected_vs].map(ToString::to_string)));
        }
    }

    #[test]
    fn what_a_wallet_writes_becomes_the_one_form() {
        let canonical = format!("0x{ONE}{HALF}1c");
        for text in [canonical.clone(), format!("0x{ONE}{HALF}01"), canonical.to_ascii_uppercase()] {
            let signature = Signature::from_wallet(&text).map(|signature| signature.to_string());
            assert_eq!(signature.as_deref(), Ok(canonical.as_str()), "{text}");
        }
        assert_eq!(Signature::from_wallet(&format!("0x{ONE}{HALF}00")).map(|signature| signature.v()), Ok(27));
        for text in ["", "0x", "0x00", &format!("0x{ONE}{HALF_AND_ONE}01"), &format!("0x{ONE}{HALF}02")] {
            assert!(Signature::from_wallet(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_signature_survives_its_words() {
        for parity in [Parity::Even, Parity::Odd] {
            let signature = Signature::new([0x11; 32], [0x22; 32], parity);
            let words = signature.as_ref().map(|signature| (*signature.r(), signature.to_vs()));
            let again = words.map_err(Clone::clone).and_then(|(r, vs)| Signature::from_words(r, vs));
            assert_eq!(again, signature);
        }
    }

    #[test]
    fn a_signature_survives_its_text() {
        let signature = Signature::new([0x11; 32], [0x22; 32], Parity::Odd);
        let text = signature.as_ref().map(ToString::to_string).unwrap_or_default();
        assert_eq!(text.parse(), signature);
        assert_eq!(signature.map(|signature| signature.to_vs()[0]), Ok(0xa2));
        assert!(text.replace("1c", "1d").parse::<Signature>().is_err());
    }
}
