//! The secret key, and the signatures that it makes.
//!
//! ECDSA on secp256k1 over a 32-byte digest, with the nonce of RFC 6979; what a signature looks like is [`Signature`]'s to say.
//! A signature is recovered, and its signer compared, before it leaves [`SecretKey::sign`].
//! Many are made and checked together, several times faster, and leave [`SecretKey::sign_many`] as they would leave that.

use std::fmt;

use ambassador_core::address::Address;
use ambassador_core::diagnostic::Diagnostic;
use ambassador_core::hash::{Hash32, keccak256};
use ambassador_core::signature::{Parity, Signature, SignatureError};
use k256::ecdsa::{self, RecoveryId, SigningKey, VerifyingKey};
use thiserror::Error;
use zeroize::Zeroizing;

use self::pick::{Pick, Scan};
use crate::parallel;

mod field;
mod point;
mod invert;
mod nonce;
pub(crate) mod pick;
mod comb;
mod weighted_sum;
mod check;
pub(crate) mod batch;

/// A private key on secp256k1, with the address that belongs to it.
///
/// The key is overwritten when the value is dropped, and neither `Debug` nor `Display` shows it.
pub struct SecretKey {
    // INVARIANT: `address` is the address of `key`.
    key: SigningKey,
    address: Address,
}

impl SecretKey {
    /// So many digests are best signed together by [`SecretKey::sign_batch`].
    pub(crate) const LARGEST_BATCH: usize = batch::LARGEST;

    /// Takes the 32 bytes of a key, big-endian.
    ///
    /// # Errors
    /// [`SigningError::NotAKey`] for zero and for numbers from the order of the curve upwards.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, SigningError> {
        let key = SigningKey::from_slice(bytes).map_err(|_| SigningError::NotAKey)?;
        let address = address_of(key.verifying_key()).ok_or(SigningError::NotAKey)?;
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
    pub fn address(&self) -> Address {
        self.address
    }

    /// Signs a digest.
    ///
    /// The same key and digest always give the same signature.
    ///
    /// # Errors
    /// [`SigningError::SelfCheck`] if the signature does not recover to this key's address, as after a fault of the machine; [`SigningError::NotCanonical`] and [`SigningError::NoSigner`] likewise.
    ///
    /// # Examples
    /// ```
    /// use ambassador_core::hash::Hash32;
    /// use ambassador_signer::signing::{SecretKey, recover};
    ///
    /// let key = SecretKey::from_bytes(&[7; 32])?;
    /// let digest = Hash32::from_bytes([1; 32]);
    /// let signature = key.sign(&digest)?;
    /// assert_eq!(recover(&digest, &signature)?, key.address());
    /// # Ok::<(), ambassador_signer::signing::SigningError>(())
    /// ```
    pub fn sign(&self, digest: &Hash32) -> Result<Signature, SigningError> {
        let (signature, recovery) = self.key.sign_prehash_recoverable(digest.as_bytes());
        checked(digest, canonical(&signature, recovery)?, self.address)
    }

    /// Signs many digests, on every core.
    ///
    /// The signatures are those of [`SecretKey::sign`], in the order of their digests.
    ///
    /// # Errors
    /// Those of [`SecretKey::sign`].
    ///
    /// # Examples
    /// ```
    /// use ambassador_core::hash::Hash32;
    /// use ambassador_signer::signing::SecretKey;
    ///
    /// let key = SecretKey::from_bytes(&[7; 32])?;
    /// let digests: Vec<Hash32> = (0..100).map(|byte| Hash32::from_bytes([byte; 32])).collect();
    /// assert_eq!(key.sign_many(&digests)?.last(), Some(&key.sign(&digests[99])?));
    /// # Ok::<(), ambassador_signer::signing::SigningError>(())
    /// ```
    pub fn sign_many(&self, digests: &[Hash32]) -> Result<Vec<Signature>, SigningError> {
        parallel::map_chunks(digests, Self::LARGEST_BATCH, |digests| self.sign_batch(digests))
    }

    /// Signs digests together, on this core.
    ///
    /// # Errors
    /// Those of [`SecretKey::sign`].
    pub(crate) fn sign_batch(&self, digests: &[Hash32]) -> Result<Vec<Signature>, SigningError> {
        self.sign_batch_by::<Scan>(digests)
    }

    fn sign_batch_by<P: Pick>(&self, digests: &[Hash32]) -> Result<Vec<Signature>, SigningError> {
        if digests.len() >= batch::SMALLEST {
            let unchecked = batch::sign::<P>(self.key.as_nonzero_scalar(), digests);
            if let Some(signatures) = batch::checked(self.key.verifying_key(), digests, &unchecked) {
                return Ok(signatures);
            }
        }
        digests.iter().map(|digest| self.sign(digest)).collect()
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
        write!(f, "SecretKey(of {})", self.address)
    }
}

/// The address whose key made this signature of this digest.
///
/// # Errors
/// [`SigningError::NoSigner`] where no public key fits.
pub fn recover(digest: &Hash32, signature: &Signature) -> Result<Address, SigningError> {
    let recovery = RecoveryId::new(signature.parity() == Parity::Odd, false);
    ecdsa::Signature::from_scalars(*signature.r(), *signature.s())
        .and_then(|parts| VerifyingKey::recover_from_prehash(digest.as_bytes(), &parts, recovery))
        .ok()
        .and_then(|key| address_of(&key))
        .ok_or(SigningError::NoSigner)
}

/// Takes a signature that was made elsewhere, as `0x` and 65 bytes, if this signer made it of this digest.
///
/// # Errors
/// [`SigningError::NotCanonical`] for bytes that the contract would not take, [`SigningError::NoSigner`] where no key fits, [`SigningError::Foreign`] where another one does.
///
/// # Examples
/// ```
/// use ambassador_core::hash::Hash32;
/// use ambassador_signer::signing::{SecretKey, accept};
///
/// let (key, digest) = (SecretKey::from_bytes(&[7; 32])?, Hash32::from_bytes([1; 32]));
/// let text = key.sign(&digest)?.to_string();
/// assert!(accept(&text, &digest, key.address()).is_ok());
/// assert!(accept(&text, &Hash32::from_bytes([2; 32]), key.address()).is_err());
/// # Ok::<(), ambassador_signer::signing::SigningError>(())
/// ```
pub fn accept(text: &str, digest: &Hash32, signer: Address) -> Result<Signature, SigningError> {
    let signature = text.parse()?;
    let recovered = recover(digest, &signature)?;
    if recovered == signer { Ok(signature) } else { Err(SigningError::Foreign { expected: signer, recovered }) }
}

/// Why a key was refused, or a signature not made or not recovered.
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
    /// A signature just made is not one that the contract would take.
    #[error(transparent)]
    NotCanonical(#[from] SignatureError),
    /// No public key fits signature and digest.
    #[error("the signature belongs to no key")]
    NoSigner,
    /// Somebody else signed, or something else was signed.
    #[error("the signature is of `{recovered}`, not of `{expected}`")]
    Foreign {
        /// Who must have signed.
        expected: Address,
        /// The address that the signature recovers to.
        recovered: Address,
    },
    /// A signature just made does not recover to the key that made it.
    #[error("a signature just made recovers to `{recovered}`, not to `{expected}`")]
    SelfCheck {
        /// The signing key's address.
        expected: Address,
        /// The address that the signature recovers to.
        recovered: Address,
    },
}

impl Diagnostic for SigningError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotAKey => "KEY_OUT_OF_RANGE",
            Self::NoRandomness { .. } => "KEY_NO_RANDOMNESS",
            Self::NotCanonical(error) => error.code(),
            Self::NoSigner => "SIGNATURE_NO_SIGNER",
            Self::Foreign { .. } => "SIGNATURE_FOREIGN",
            Self::SelfCheck { .. } => "SIGNATURE_SELF_CHECK",
        }
    }

    fn help(&self) -> String {
        String::from(match self {
            Self::NotAKey => "a private key is a number from 1 to the order of secp256k1 less 1",
            Self::NoRandomness { .. } => "keys need the operating system's random source",
            Self::NotCanonical(error) => return error.help(),
            Self::NoSigner => "the file is damaged or belongs to another claim",
            Self::Foreign { .. } => {
                "another account signed, or other data: let the signer sign this claim's typed data"
            }
            Self::SelfCheck { .. } => "nothing was written; this machine computes wrongly: sign on another one",
        })
    }
}

fn canonical(signature: &ecdsa::Signature, recovery: RecoveryId) -> Result<Signature, SignatureError> {
    // A point whose x-coordinate passes the order of the curve has no `v`; its odds are 2^-128.
    if recovery.is_x_reduced() {
        return Err(SignatureError::OutOfRange);
    }
    let (r, s) = signature.split_bytes();
    Signature::new(r.into(), s.into(), if recovery.is_y_odd() { Parity::Odd } else { Parity::Even })
}

fn checked(digest: &Hash32, signature: Signature, expected: Address) -> Result<Signature, SigningError> {
    let recovered = recover(digest, &signature)?;
    if recovered == expected { Ok(signature) } else { Err(SigningError::SelfCheck { expected, recovered }) }
}

/// `None` for the zero address, which no known key has.
fn address_of(key: &VerifyingKey) -> Option<Address> {
    let point = key.to_sec1_point(false);
    // The first byte only says that both coordinates follow.
    let hash = keccak256(&[point.as_bytes().get(1..).unwrap_or_default()]);
    let (_, address) = hash.as_bytes().split_last_chunk()?;
    Address::from_bytes(*address)
}

#[cfg(test)]
mod tests;
