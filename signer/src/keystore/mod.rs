//! Key files: Web3 Secret Storage, version 3.
//!
//! The way in is [`load`] (no password yet: everything that can be refused is refused) and [`KeyFile::open`]; the way out is [`KeyFile::seal`] and [`create`].
//!
//! ```
//! use ambassador_signer::keystore::{KeyFile, ScryptCost};
//! use ambassador_signer::password::Password;
//! use ambassador_signer::signing::SecretKey;
//!
//! let key = SecretKey::generate()?;
//! let password = Password::new(b"correct horse".to_vec())?;
//! // Cheap, for the example; a treasury takes `ScryptCost::STANDARD`.
//! let file = KeyFile::seal(&key, &password, ScryptCost::new(2, 8, 1)?)?;
//! let again = KeyFile::parse(file.to_json().as_bytes())?.open(&password)?;
//! assert_eq!(again.address(), key.address());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What it does not do: it does not wipe the table that scrypt works in (the crate frees it as it is), it does not lock memory, and it knows no other format, such as presale wallets or version 1.

mod document;
mod duplicates;
mod error;
mod file;
mod kdf;
mod seal;
#[cfg(test)]
mod tests;

pub use document::KeyFile;
pub use error::KeystoreError;
pub use file::{KeyWarning, Loaded, create, load};
pub use kdf::{MAX_PBKDF2_ROUNDS, MAX_SCRYPT_BLOCK_BYTES, MAX_SCRYPT_TABLE_BYTES, MAX_SCRYPT_WORK, ScryptCost};

pub(crate) use error::{excerpt, printable};
