//! Cipher and check value: from key file and password to the key, and back.

use aes::Aes128;
use aes::cipher::{KeyIvInit, StreamCipher};
use k256::elliptic_curve::subtle::ConstantTimeEq;
use sha3::{Digest, Keccak256};
use zeroize::Zeroizing;

use super::document::KeyFile;
use super::error::KeystoreError;
use super::kdf::{Kdf, ScryptCost};
use crate::password::Password;
use crate::signing::SecretKey;

/// AES-128 in counter mode, where the whole IV is the counter.
type Cipher = ctr::Ctr128BE<Aes128>;

impl KeyFile {
    /// Opens the file.
    ///
    /// The check value covers password, derivation and ciphertext, but not the IV: a file without `address` whose IV was changed opens to another key.
    /// Callers who know the signer's address compare it.
    ///
    /// # Errors
    /// [`KeystoreError::WrongPassword`]; [`KeystoreError::NotAKey`]; [`KeystoreError::AddressMismatch`] if the file states another address.
    pub fn open(&self, password: &Password) -> Result<SecretKey, KeystoreError> {
        let derived = self.kdf.derive(password.as_bytes())?;
        let [cipher_key, mac_key] = &*derived;
        let mac = check_value(mac_key, &self.ciphertext);
        if !bool::from(mac.as_slice().ct_eq(self.mac.as_slice())) {
            return Err(KeystoreError::WrongPassword);
        }
        let mut plain = Zeroizing::new(self.ciphertext);
        apply_keystream(cipher_key, &self.iv, plain.as_mut_slice());
        let key = SecretKey::from_bytes(&plain)?;
        match self.address {
            Some(stated) if stated != key.address() => {
                Err(KeystoreError::AddressMismatch { stated, actual: key.address() })
            }
            _ => Ok(key),
        }
    }

    /// Seals a key with scrypt, a new salt, IV and identifier.
    ///
    /// # Errors
    /// [`KeystoreError::EmptyPassword`]; [`KeystoreError::NoRandomness`].
    pub fn seal(key: &SecretKey, password: &Password, cost: ScryptCost) -> Result<Self, KeystoreError> {
        if password.is_empty() {
            return Err(KeystoreError::EmptyPassword);
        }
        let kdf = Kdf::Scrypt { cost, salt: random::<32>()?.to_vec() };
        Self::seal_with(key, password, kdf, random()?, random()?)
    }

    /// Seals with everything given; the same input gives the same file.
    pub(super) fn seal_with(
        key: &SecretKey,
        password: &Password,
        kdf: Kdf,
        iv: [u8; 16],
        id: [u8; 16],
    ) -> Result<Self, KeystoreError> {
        let derived = kdf.derive(password.as_bytes())?;
        let [cipher_key, mac_key] = &*derived;
        let mut ciphertext = *key.to_bytes();
        apply_keystream(cipher_key, &iv, ciphertext.as_mut_slice());
        Ok(Self {
            address: Some(key.address()),
            id: Some(version_4(id)),
            mac: check_value(mac_key, &ciphertext),
            kdf,
            iv,
            ciphertext,
        })
    }
}

fn apply_keystream(key: &[u8; 16], iv: &[u8; 16], bytes: &mut [u8]) {
    Cipher::new(key.into(), iv.into()).apply_keystream(bytes);
}

fn check_value(key: &[u8; 16], ciphertext: &[u8; 32]) -> [u8; 32] {
    Keccak256::new().chain_update(key).chain_update(ciphertext).finalize().into()
}

/// Marks random bytes as a UUID of version 4 (RFC 9562).
fn version_4(mut id: [u8; 16]) -> [u8; 16] {
    let [.., version, _, variant, _, _, _, _, _, _, _] = &mut id;
    *version = (*version & 0x0f) | 0x40;
    *variant = (*variant & 0x3f) | 0x80;
    id
}

fn random<const N: usize>() -> Result<[u8; N], KeystoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| KeystoreError::NoRandomness { reason: error.to_string() })?;
    Ok(bytes)
}
