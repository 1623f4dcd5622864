//! The secret key, and the signatures that it makes.
//!
//! ECDSA on secp256k1 over a 32-byte digest, with the nonce of RFC 6979, `s` in the lower half of the range (EIP-2) and `v` 27 or 28.
//! A signature is recovered, and its signer compared, before it leaves [`SecretKey::sign`].

use std::fmt;
use std::str::FromStr;

use k256::ecdsa::{RecoveryId, Signature, SigningKey, VerifyingKey};
use k256::elliptic_curve::scalar::IsHigh;
use sha3::{Digest, Keccak256};
use thiserror::Error;
use zeroize::Zeroizing;

/// A private key on secp256k1, with the address that belongs to it.
///
/// The key is overwritten when the value is dropped, and neither `Debug` nor `Display` shows it.
pub struct SecretKey {
    // INVARIANT: `address` is the address of `key`.
    key: SigningKey,
    address: [u8; 20],
}

impl SecretKey {
    /// Takes the 32 bytes of a key, big-endian.
    ///
    /// # Errors
    /// [`SigningError::NotAKey`] for zero and for numbers from the order of the curve upwards.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, SigningError> {
        let key = SigningKey::from_slice(bytes).map_err(|_| SigningError::NotAKey)?;
        let address = address_of(key.verifying_key());
        Ok(Self { key, address })
    }

    /// Makes a new key from the randomness of the operating system.
    ///
    /// A draw outside the range of keys is thrown away and drawn anew, so that every key is equally likely.
    ///
    /// # Errors
    /// [`SigningError::NoRandomness`] where the operating system gives none.
    pub fn generate() -> Result<Self, SigningError> {
        let mut draw = Zeroizing::new([0_u8; 32]);
        loop {
            getrandom::fill(draw.as_mut_slice())
                .map_err(|error| SigningError::NoRandomness { reason: error.to_string() })?;
            if let Ok(key) = Self::from_bytes(&draw) {
                return Ok(key);
            }
        }
    }

    /// The address: the last 20 bytes of keccak256 of the public key.
    pub fn address(&self) -> [u8; 20] {
        self.address
    }

    /// Signs a digest.
    ///
    /// The same key and digest always give the same signature.
    ///
    /// # Errors
    /// [`SigningError::SelfCheck`] if the signature does not recover to this key's address, as after a fault of the machine.
    ///
    /// # Examples
    /// ```
    /// use ambassador_signer::signing::{SecretKey, recover};
    ///
    /// let key = SecretKey::from_bytes(&[7; 32])?;
    /// let signature = key.sign(&[1; 32])?;
    /// assert_eq!(recover(&[1; 32], &signature)?, key.address());
    /// # Ok::<(), ambassador_signer::signing::SigningError>(())
    /// ```
    pub fn sign(&self, digest: &[u8; 32]) -> Result<Signature65, SigningError> {
        let (signature, recovery) = self.key.sign_prehash_recoverable(digest);
        let signature = Signature65::from_parts(signature, recovery)?;
        checked(digest, signature, self.address)
    }

    /// The 32 bytes of the key, for the one place that encrypts them.
    pub(crate) fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        let mut field = self.key.to_bytes();
        let bytes = Zeroizing::new(field.into());
        zeroize::Zeroize::zeroize(&mut field[..]);
        bytes
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of 0x{})", hex::encode(self.address))
    }
}

/// A signature in its one canonical form: `r` and `s` in range, `s` low (EIP-2), `v` 27 or 28.
///
/// Its text is `0x` and 130 hexadecimal digits: `r`, `s`, `v`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature65([u8; 65]);

impl Signature65 {
    /// Takes the 65 bytes `r ‖ s ‖ v`.
    ///
    /// # Errors
    /// [`SigningError::RecoveryByte`], [`SigningError::OutOfRange`] or [`SigningError::HighS`] where they are not canonical.
    pub fn from_bytes(bytes: [u8; 65]) -> Result<Self, SigningError> {
        let (body, recovery) = split(&bytes);
        if !matches!(recovery, 27 | 28) {
            return Err(SigningError::RecoveryByte { v: recovery });
        }
        let signature = Signature::from_slice(body).map_err(|_| SigningError::OutOfRange)?;
        if bool::from(signature.s().is_high()) {
            return Err(SigningError::HighS);
        }
        Ok(Self(bytes))
    }

    /// The 65 bytes `r ‖ s ‖ v`.
    pub fn to_bytes(self) -> [u8; 65] {
        self.0
    }

    /// The first word: the x-coordinate of the nonce's point.
    pub fn r(&self) -> [u8; 32] {
        self.word(0)
    }

    /// The second word, in the lower half of the range.
    pub fn s(&self) -> [u8; 32] {
        self.word(32)
    }

    /// The recovery byte: 27 for an even y-coordinate of the nonce's point, 28 for an odd one.
    pub fn v(&self) -> u8 {
        split(&self.0).1
    }

    /// The two words `(r, vs)` of EIP-2098: the highest bit of `vs` is the parity, the rest is `s`.
    pub fn compact(&self) -> ([u8; 32], [u8; 32]) {
        let mut vs = self.s();
        if self.v() == 28 {
            let [first, ..] = &mut vs;
            *first |= 0x80;
        }
        (self.r(), vs)
    }

    fn from_parts(signature: Signature, recovery: RecoveryId) -> Result<Self, SigningError> {
        // A point whose x-coordinate passes the order of the curve has no `v`; its odds are 2^-128.
        if recovery.is_x_reduced() {
            return Err(SigningError::OutOfRange);
        }
        let v = if recovery.is_y_odd() { 28 } else { 27 };
        let mut bytes = [v; 65];
        for (to, from) in bytes.iter_mut().zip(signature.to_bytes()) {
            *to = from;
        }
        Self::from_bytes(bytes)
    }

    fn word(&self, from: usize) -> [u8; 32] {
        let mut word = [0; 32];
        for (to, byte) in word.iter_mut().zip(self.0.iter().skip(from)) {
            *to = *byte;
        }
        word
    }
}

impl fmt::Display for Signature65 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex::encode(self.0))
    }
}

impl fmt::Debug for Signature65 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature65({self})")
    }
}

impl FromStr for Signature65 {
    type Err = SigningError;

    fn from_str(text: &str) -> Result<Self, SigningError> {
        let refuse = || SigningError::NotASignature { text: crate::keystore::excerpt(text) };
        let digits = text.strip_prefix("0x").ok_or_else(refuse)?;
        let mut bytes = [0_u8; 65];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| refuse())?;
        Self::from_bytes(bytes)
    }
}

/// The address whose key made this signature of this digest.
///
/// # Errors
/// [`SigningError::NoSigner`] where no public key fits.
pub fn recover(digest: &[u8; 32], signature: &Signature65) -> Result<[u8; 20], SigningError> {
    let (body, v) = split(&signature.0);
    let parts = Signature::from_slice(body).map_err(|_| SigningError::OutOfRange)?;
    let recovery = RecoveryId::new(v == 28, false);
    VerifyingKey::recover_from_prehash(digest, &parts, recovery)
        .map(|key| address_of(&key))
        .map_err(|_| SigningError::NoSigner)
}

/// Why a key or a signature was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SigningError {
    /// The number is zero, or not below the order of the curve.
    #[error("these 32 bytes are not a private key")]
    NotAKey,
    /// The operating system gave no random bytes.
    #[error("no random bytes: {reason}")]
    NoRandomness {
        /// What the operating system said.
        reason: String,
    },
    /// The text is not `0x` and 130 hexadecimal digits.
    #[error("`{text}` is not a signature")]
    NotASignature {
        /// The text, shortened and without control characters.
        text: String,
    },
    /// The last byte is neither 27 nor 28.
    #[error("the signature ends in `{v}`")]
    RecoveryByte {
        /// The byte found.
        v: u8,
    },
    /// `r` or `s` is zero, or not below the order of the curve.
    #[error("the signature's r or s is out of range")]
    OutOfRange,
    /// `s` lies in the upper half of the range.
    #[error("the signature's s is high")]
    HighS,
    /// No public key fits signature and digest.
    #[error("the signature belongs to no key")]
    NoSigner,
    /// A signature just made does not recover to the key that made it.
    #[error("a signature just made recovers to `0x{}`, not to `0x{}`", hex::encode(.recovered), hex::encode(.expected))]
    SelfCheck {
        /// The signing key's address.
        expected: [u8; 20],
        /// The address that the signature recovers to.
        recovered: [u8; 20],
    },
}

impl SigningError {
    /// The error's stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAKey => "KEY_OUT_OF_RANGE",
            Self::NoRandomness { .. } => "KEY_NO_RANDOMNESS",
            Self::NotASignature { .. } => "SIGNATURE_TEXT",
            Self::RecoveryByte { .. } => "SIGNATURE_RECOVERY_BYTE",
            Self::OutOfRange => "SIGNATURE_OUT_OF_RANGE",
            Self::HighS => "SIGNATURE_HIGH_S",
            Self::NoSigner => "SIGNATURE_NO_SIGNER",
            Self::SelfCheck { .. } => "SIGNATURE_SELF_CHECK",
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotAKey => "a private key is a number from 1 to the order of secp256k1 less 1",
            Self::NoRandomness { .. } => "keys need the operating system's random source",
            Self::NotASignature { .. } => "a signature is 0x and 130 hexadecimal digits: r, s, v",
            Self::RecoveryByte { .. } => "v is 27 or 28: a signer that writes 0 or 1 needs 27 added",
            Self::OutOfRange => "the file is damaged or not a signature on secp256k1",
            Self::HighS => "the contract takes only the lower of the two forms of a signature (EIP-2)",
            Self::NoSigner => "the file is damaged or belongs to another claim",
            Self::SelfCheck { .. } => "nothing was written; this machine computes wrongly: sign on another one",
        }
    }
}

fn checked(digest: &[u8; 32], signature: Signature65, expected: [u8; 20]) -> Result<Signature65, SigningError> {
    let recovered = recover(digest, &signature)?;
    if recovered == expected { Ok(signature) } else { Err(SigningError::SelfCheck { expected, recovered }) }
}

fn address_of(key: &VerifyingKey) -> [u8; 20] {
    let point = key.to_sec1_point(false);
    // The first byte only says that both coordinates follow.
    let hash = Keccak256::digest(point.as_bytes().get(1..).unwrap_or_default());
    let mut address = [0; 20];
    for (to, from) in address.iter_mut().zip(hash.iter().skip(12)) {
        *to = *from;
    }
    address
}

fn split(bytes: &[u8; 65]) -> (&[u8], u8) {
    let [body @ .., v] = bytes;
    (body, *v)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

    use super::*;

    /// Half the order of secp256k1, rounded down: the highest low s.
    const HALF_ORDER: &str = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";
    const HALF_ORDER_AND_ONE: &str = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1";
    const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    const ORDER_LESS_ONE: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140";
    const ZERO: &str = "0000000000000000000000000000000000000000000000000000000000000000";
    const ONE: &str = "0000000000000000000000000000000000000000000000000000000000000001";

    fn bytes32(text: &str) -> [u8; 32] {
        hex::decode(text).unwrap().try_into().unwrap()
    }

    fn code(result: Result<impl fmt::Debug, SigningError>) -> &'static str {
        result.map_or_else(|error| error.code(), |_| "fine")
    }

    #[test]
    fn keys_lie_between_zero_and_the_order() {
        for (bytes, expected) in [
            (ZERO, "KEY_OUT_OF_RANGE"),
            (ONE, "fine"),
            (ORDER_LESS_ONE, "fine"),
            (ORDER, "KEY_OUT_OF_RANGE"),
            (&"f".repeat(64), "KEY_OUT_OF_RANGE"),
        ] {
            assert_eq!(code(SecretKey::from_bytes(&bytes32(bytes))), expected, "{bytes}");
        }
    }

    #[test]
    fn addresses_are_the_known_ones() {
        // The keys 1 and 2, and the first account of every local test chain.
        for (key, address) in [
            (ONE, "7e5f4552091a69125d5dfcb7b8c2659029395bdf"),
            (
                "0000000000000000000000000000000000000000000000000000000000000002",
                "2b5ad5c4795c026514f8317c7a215e218dccd6cf",
            ),
            (
                "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
                "f39fd6e51aad88f6f4ce6ab8827279cfffb92266",
            ),
        ] {
            let key = SecretKey::from_bytes(&bytes32(key)).unwrap();
            assert_eq!(hex::encode(key.address()), address);
        }
    }

    #[test]
    fn only_the_canonical_form_is_a_signature() {
        for (r, s, v, expected) in [
            (ONE, ONE, "1b", "fine"),
            (ONE, ONE, "1c", "fine"),
            (ONE, HALF_ORDER, "1b", "fine"),
            (ORDER_LESS_ONE, ONE, "1b", "fine"),
            (ONE, HALF_ORDER_AND_ONE, "1b", "SIGNATURE_HIGH_S"),
            (ONE, ORDER_LESS_ONE, "1b", "SIGNATURE_HIGH_S"),
            (ZERO, ONE, "1b", "SIGNATURE_OUT_OF_RANGE"),
            (ONE, ZERO, "1b", "SIGNATURE_OUT_OF_RANGE"),
            (ORDER, ONE, "1b", "SIGNATURE_OUT_OF_RANGE"),
            (ONE, ORDER, "1b", "SIGNATURE_OUT_OF_RANGE"),
            (ONE, ONE, "00", "SIGNATURE_RECOVERY_BYTE"),
            (ONE, ONE, "01", "SIGNATURE_RECOVERY_BYTE"),
            (ONE, ONE, "1a", "SIGNATURE_RECOVERY_BYTE"),
            (ONE, ONE, "1d", "SIGNATURE_RECOVERY_BYTE"),
            (ONE, ONE, "ff", "SIGNATURE_RECOVERY_BYTE"),
            (ONE, ONE, "", "SIGNATURE_TEXT"),
            (ONE, ONE, "1b1b", "SIGNATURE_TEXT"),
            (ONE, ONE, "1g", "SIGNATURE_TEXT"),
        ] {
            let text = format!("0x{r}{s}{v}");
            assert_eq!(code(text.parse::<Signature65>()), expected, "{text}");
        }
        let bare = format!("{ONE}{ONE}1b");
        assert_eq!(code(bare.parse::<Signature65>()), "SIGNATURE_TEXT");
    }

    #[test]
    fn words_and_text_agree() {
        for (v, expected_vs) in [("1b", HALF_ORDER), ("1c", &format!("f{}", &HALF_ORDER[1..]))] {
            let text = format!("0x{ORDER_LESS_ONE}{HALF_ORDER}{v}");
            let signature: Signature65 = text.parse().unwrap();
            assert_eq!(signature.to_string(), text);
            assert_eq!(hex::encode(signature.r()), ORDER_LESS_ONE);
            assert_eq!(hex::encode(signature.s()), HALF_ORDER);
            assert_eq!(hex::encode([signature.v()]), v);
            let (r, vs) = signature.compact();
            assert_eq!(hex::encode(r), ORDER_LESS_ONE);
            assert_eq!(hex::encode(vs), expected_vs);
            assert_eq!(Signature65::from_bytes(signature.to_bytes()), Ok(signature));
        }
    }

    #[test]
    fn a_signature_recovers_to_its_key_and_to_no_other_digest() {
        let key = SecretKey::generate().unwrap();
        let other = SecretKey::generate().unwrap();
        assert_ne!(key.address(), other.address());
        for digest in [ZERO, ONE, HALF_ORDER, ORDER_LESS_ONE, ORDER, &"f".repeat(64)] {
            let digest = bytes32(digest);
            let signature = key.sign(&digest).unwrap();
            assert_eq!(key.sign(&digest), Ok(signature));
            assert_eq!(recover(&digest, &signature), Ok(key.address()));
            assert_ne!(recover(&[0xa5; 32], &signature), Ok(key.address()));
        }
    }

    #[test]
    fn a_signature_of_another_key_does_not_leave() {
        let key = SecretKey::from_bytes(&[1; 32]).unwrap();
        let other = SecretKey::from_bytes(&[2; 32]).unwrap();
        let signature = key.sign(&[3; 32]).unwrap();
        assert_eq!(
            checked(&[3; 32], signature, other.address()),
            Err(SigningError::SelfCheck { expected: other.address(), recovered: key.address() })
        );
    }

    #[test]
    fn an_x_coordinate_off_the_curve_has_no_signer() {
        // x = 5 is not on the curve, for either parity.
        for v in ["1b", "1c"] {
            let r = format!("{}5", &ZERO[1..]);
            let signature: Signature65 = format!("0x{r}{ONE}{v}").parse().unwrap();
            assert_eq!(code(recover(&[1; 32], &signature)), "SIGNATURE_NO_SIGNER");
        }
    }

    #[test]
    fn debug_shows_no_key() {
        let shown = format!("{:?}", SecretKey::from_bytes(&[0x5a; 32]).unwrap());
        assert!(!shown.contains("5a5a") && !shown.contains("90, 90"), "{shown}");
    }
}
