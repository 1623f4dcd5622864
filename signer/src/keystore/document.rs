//! The key file as JSON.
//!
//! Other tools write these files, so unknown fields are passed over and known ones are found in any case (`Crypto`, as some wallets wrote it).
//! Nothing else is loose: a name that stands twice is refused everywhere in the file.

use serde::Serialize;
use serde_json::{Map, Value};

use super::duplicates::{not_json, refuse_duplicates};
use super::error::{KeystoreError, excerpt};
use super::kdf::{Kdf, Rounds, ScryptCost};

/// A key file: a private key, sealed with a password.
///
/// Whatever [`KeyFile::parse`] returns can be opened within the bounds of cost, given the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFile {
    pub(super) address: Option<[u8; 20]>,
    pub(super) id: Option<[u8; 16]>,
    pub(super) kdf: Kdf,
    pub(super) iv: [u8; 16],
    pub(super) ciphertext: [u8; 32],
    pub(super) mac: [u8; 32],
}

impl KeyFile {
    /// Reads the bytes of a key file, without a password.
    ///
    /// # Errors
    /// [`KeystoreError`] for anything that is not a version 3 key file within the bounds of cost.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeystoreError> {
        refuse_duplicates(bytes)?;
        let value: Value = serde_json::from_slice(bytes).map_err(|error| not_json(&error))?;
        let Value::Object(root) = value else {
            return Err(KeystoreError::NotJson { line: 1, column: 1 });
        };
        version(&root)?;
        let crypto = object(&root, "crypto", "crypto")?;
        cipher(crypto)?;
        Ok(Self {
            address: optional_address(&root)?,
            id: optional_id(&root)?,
            kdf: kdf(crypto)?,
            iv: bytes_of(
                object(crypto, "cipherparams", "crypto.cipherparams")?,
                "iv",
                "crypto.cipherparams.iv",
                "16 bytes in hexadecimal",
            )?,
            ciphertext: bytes_of(crypto, "ciphertext", "crypto.ciphertext", "32 bytes in hexadecimal")?,
            mac: bytes_of(crypto, "mac", "crypto.mac", "32 bytes in hexadecimal")?,
        })
    }

    /// The address that the file states, if it states one.
    ///
    /// Only [`KeyFile::open`] can say whether it is true.
    pub fn stated_address(&self) -> Option<[u8; 20]> {
        self.address
    }

    /// The file's text: version 3 in lower case, with a line end at its end.
    pub fn to_json(&self) -> String {
        let (kdf, kdfparams) = match &self.kdf {
            Kdf::Scrypt { cost, salt } => (
                "scrypt",
                KdfParameters::Scrypt { dklen: 32, n: cost.n(), p: cost.p(), r: cost.r(), salt: hex::encode(salt) },
            ),
            Kdf::Pbkdf2 { rounds, salt } => (
                "pbkdf2",
                KdfParameters::Pbkdf2 { c: rounds.count(), dklen: 32, prf: "hmac-sha256", salt: hex::encode(salt) },
            ),
        };
        let document = Document {
            address: self.address.map(hex::encode),
            crypto: Crypto {
                cipher: "aes-128-ctr",
                cipherparams: CipherParameters { iv: hex::encode(self.iv) },
                ciphertext: hex::encode(self.ciphertext),
                kdf,
                kdfparams,
                mac: hex::encode(self.mac),
            },
            id: self.id.map(uuid_text),
            version: 3,
        };
        let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
        text.push('\n');
        text
    }
}

fn version(root: &Map<String, Value>) -> Result<(), KeystoreError> {
    let version = field(root, "version", "version")?;
    if version.as_u64() == Some(3) {
        return Ok(());
    }
    Err(KeystoreError::Version { found: excerpt(&version.to_string()) })
}

fn cipher(crypto: &Map<String, Value>) -> Result<(), KeystoreError> {
    match text(crypto, "cipher", "crypto.cipher")? {
        "aes-128-ctr" => Ok(()),
        other => Err(KeystoreError::UnsupportedCipher { found: excerpt(other) }),
    }
}

fn kdf(crypto: &Map<String, Value>) -> Result<Kdf, KeystoreError> {
    let name = text(crypto, "kdf", "crypto.kdf")?;
    if !matches!(name, "scrypt" | "pbkdf2") {
        return Err(KeystoreError::UnsupportedKdf { found: excerpt(name) });
    }
    let parameters = object(crypto, "kdfparams", "crypto.kdfparams")?;
    if number(parameters, "dklen", "crypto.kdfparams.dklen")? < 32 {
        return Err(KeystoreError::InvalidField { field: "crypto.kdfparams.dklen", expected: "at least 32" });
    }
    let salt = salt(parameters)?;
    if name == "scrypt" {
        let cost = ScryptCost::new(
            number(parameters, "n", "crypto.kdfparams.n")?,
            number(parameters, "r", "crypto.kdfparams.r")?,
            number(parameters, "p", "crypto.kdfparams.p")?,
        )?;
        return Ok(Kdf::Scrypt { cost, salt });
    }
    match text(parameters, "prf", "crypto.kdfparams.prf")? {
        "hmac-sha256" => Ok(Kdf::Pbkdf2 { rounds: Rounds::new(number(parameters, "c", "crypto.kdfparams.c")?)?, salt }),
        other => Err(KeystoreError::UnsupportedKdf { found: format!("pbkdf2 with {}", excerpt(other)) }),
    }
}

fn salt(parameters: &Map<String, Value>) -> Result<Vec<u8>, KeystoreError> {
    const FIELD: &str = "crypto.kdfparams.salt";
    hex::decode(digits(text(parameters, "salt", FIELD)?))
        .map_err(|_| KeystoreError::InvalidField { field: FIELD, expected: "bytes in hexadecimal" })
}

fn optional_address(root: &Map<String, Value>) -> Result<Option<[u8; 20]>, KeystoreError> {
    match field(root, "address", "address") {
        Err(KeystoreError::MissingField { .. }) => Ok(None),
        Err(error) => Err(error),
        Ok(_) => bytes_of(root, "address", "address", "20 bytes in hexadecimal").map(Some),
    }
}

fn optional_id(root: &Map<String, Value>) -> Result<Option<[u8; 16]>, KeystoreError> {
    let invalid = KeystoreError::InvalidField { field: "id", expected: "a UUID" };
    let id = match field(root, "id", "id") {
        Err(KeystoreError::MissingField { .. }) => return Ok(None),
        other => other?.as_str().ok_or_else(|| invalid.clone())?,
    };
    // Version and variant are free: other tools number their identifiers as they like.
    let lengths = [8, 4, 4, 4, 12];
    if !id.split('-').map(str::len).eq(lengths) {
        return Err(invalid);
    }
    let mut bytes = [0; 16];
    hex::decode_to_slice(id.replace('-', ""), &mut bytes).map_err(|_| invalid)?;
    Ok(Some(bytes))
}

/// The one field of this name, whatever its case; `path` is what a message calls it.
fn field<'a>(object: &'a Map<String, Value>, name: &str, path: &'static str) -> Result<&'a Value, KeystoreError> {
    let mut found = object.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
    match (found.next(), found.next()) {
        (Some((_, value)), None) => Ok(value),
        (None, _) => Err(KeystoreError::MissingField { field: path }),
        (Some(_), Some((again, _))) => Err(KeystoreError::DuplicateField { field: excerpt(again) }),
    }
}

fn object<'a>(
    from: &'a Map<String, Value>,
    name: &str,
    path: &'static str,
) -> Result<&'a Map<String, Value>, KeystoreError> {
    field(from, name, path)?.as_object().ok_or(KeystoreError::InvalidField { field: path, expected: "an object" })
}

fn text<'a>(from: &'a Map<String, Value>, name: &str, path: &'static str) -> Result<&'a str, KeystoreError> {
    field(from, name, path)?.as_str().ok_or(KeystoreError::InvalidField { field: path, expected: "text" })
}

fn number(from: &Map<String, Value>, name: &str, path: &'static str) -> Result<u64, KeystoreError> {
    field(from, name, path)?.as_u64().ok_or(KeystoreError::InvalidField { field: path, expected: "a whole number" })
}

fn bytes_of<const N: usize>(
    from: &Map<String, Value>,
    name: &str,
    path: &'static str,
    expected: &'static str,
) -> Result<[u8; N], KeystoreError> {
    let mut bytes = [0; N];
    hex::decode_to_slice(digits(text(from, name, path)?), &mut bytes)
        .map_err(|_| KeystoreError::InvalidField { field: path, expected })?;
    Ok(bytes)
}

fn digits(text: &str) -> &str {
    text.strip_prefix("0x").unwrap_or(text)
}

fn uuid_text(id: [u8; 16]) -> String {
    let digits = hex::encode(id);
    let mut text = String::with_capacity(36);
    for (place, digit) in digits.chars().enumerate() {
        if matches!(place, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}

#[derive(Serialize)]
struct Document {
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    crypto: Crypto,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    version: u8,
}

#[derive(Serialize)]
struct Crypto {
    cipher: &'static str,
    cipherparams: CipherParameters,
    ciphertext: String,
    kdf: &'static str,
    kdfparams: KdfParameters,
    mac: String,
}

#[derive(Serialize)]
struct CipherParameters {
    iv: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum KdfParameters {
    Scrypt { dklen: u32, n: u64, p: u32, r: u32, salt: String },
    Pbkdf2 { c: u32, dklen: u32, prf: &'static str, salt: String },
}
