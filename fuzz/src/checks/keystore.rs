//! Key files: what is accepted is bounded in what it costs, is written and read again as the same, and opens to the key
//! that it states or to none; a key that is sealed opens again, and under no other password.

use ambassador_core::diagnostic::Diagnostic as _;
use ambassador_signer::{
    keystore::{
        KeyFile, KeystoreError, MAX_PBKDF2_ROUNDS, MAX_SCRYPT_BLOCK_BYTES, MAX_SCRYPT_TABLE_BYTES, MAX_SCRYPT_WORK,
        ScryptCost,
    },
    password::Password,
    signing::SecretKey,
};
use num_bigint::BigUint;
use serde_json::Value;

/// Derivations that cost more than so many steps are not made here.
const CHEAP: u64 = 1 << 13;
/// The password of the seeds.
const PASSWORD: &[u8] = b"password";

/// Checks bytes as a key file, and as a key with a password.
pub fn check(bytes: &[u8]) {
    match KeyFile::parse(bytes) {
        Ok(file) => accepted(&file),
        Err(error) => {
            assert!(error.code().starts_with("KEY_") && !error.help().is_empty(), "{error}");
            // No message quotes a key file at length, or moves the cursor.
            let text = error.to_string();
            assert!(text.len() < 400 && !text.contains(char::is_control), "{text}");
        }
    }
    sealed(bytes);
}

fn accepted(file: &KeyFile) {
    let text = file.to_json();
    assert_eq!(KeyFile::parse(text.as_bytes()).as_ref(), Ok(file));
    let value: Value = serde_json::from_str(&text).expect("what is written is JSON");
    let parameters = &value["crypto"]["kdfparams"];
    let number = |name: &str| parameters[name].as_u64().expect("it is a number");
    let product = |factors: &[u64]| factors.iter().map(|factor| BigUint::from(*factor)).product::<BigUint>();
    let steps = if value["crypto"]["kdf"] == "scrypt" {
        let [n, r, p] = ["n", "r", "p"].map(number);
        assert!(product(&[n, r, p]) <= MAX_SCRYPT_WORK.into());
        assert!(product(&[128, n, r]) <= MAX_SCRYPT_TABLE_BYTES.into());
        assert!(product(&[128, r, p]) <= MAX_SCRYPT_BLOCK_BYTES.into());
        n * r * p
    } else {
        assert!(number("c") <= MAX_PBKDF2_ROUNDS.into());
        number("c")
    };
    if steps > CHEAP {
        return;
    }
    match file.open(&password(PASSWORD)) {
        Ok(key) => {
            assert!(file.stated_address().is_none_or(|stated| stated == key.address()));
            seal(&key, PASSWORD);
        }
        Err(error) => assert!(
            matches!(
                error,
                KeystoreError::WrongPassword | KeystoreError::NotAKey | KeystoreError::AddressMismatch { .. }
            ),
            "{error}"
        ),
    }
}

/// Takes the bytes for a key and a password.
fn sealed(bytes: &[u8]) {
    let Some((key, rest)) = bytes.split_first_chunk::<32>() else { return };
    let Ok(key) = SecretKey::from_bytes(key) else { return };
    seal(&key, rest.get(..4096).unwrap_or(rest));
}

fn seal(key: &SecretKey, secret: &[u8]) {
    let cost = ScryptCost::new(2, 8, 1).expect("it is cheap and legal");
    let file = match KeyFile::seal(key, &password(secret), cost) {
        Ok(file) => file,
        Err(error) => return assert!(secret.is_empty() && error == KeystoreError::EmptyPassword, "{error}"),
    };
    let read = KeyFile::parse(file.to_json().as_bytes());
    assert_eq!(read.as_ref(), Ok(&file));
    let address = file.open(&password(secret)).map(|key| key.address());
    assert_eq!((address.as_ref().ok(), file.stated_address()), (Some(&key.address()), Some(key.address())));
    let other = [secret, b"x"].concat();
    if other.len() <= 4096 {
        assert!(matches!(file.open(&password(&other)), Err(KeystoreError::WrongPassword)));
    }
}

fn password(bytes: &[u8]) -> Password {
    Password::new(bytes.to_vec()).expect("it is short")
}
