//! Keys, addresses, and signatures there and back; their encoding is tested beside [`Signature`].

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use super::*;

mod field;
mod many;

/// Half the order of secp256k1, rounded down: the highest low s.
const HALF_ORDER: &str = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";
const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
const ORDER_LESS_ONE: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140";
const ZERO: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const ONE: &str = "0000000000000000000000000000000000000000000000000000000000000001";

fn bytes32(text: &str) -> [u8; 32] {
    hex::decode(text).unwrap().try_into().unwrap()
}

fn digest_of(byte: u8) -> Hash32 {
    Hash32::from_bytes([byte; 32])
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
        assert_eq!(hex::encode(key.address().as_bytes()), address);
    }
}

#[test]
fn a_key_shows_its_address_and_nothing_else() {
    let key = SecretKey::from_bytes(&[7; 32]).unwrap();
    assert_eq!(format!("{key:?}"), format!("SecretKey(of {})", key.address()));
}

#[test]
fn a_signature_recovers_to_its_key_and_to_no_other_digest() {
    let key = SecretKey::generate().unwrap();
    let other = SecretKey::generate().unwrap();
    assert_ne!(key.address(), other.address());
    for digest in [ZERO, ONE, HALF_ORDER, ORDER_LESS_ONE, ORDER, &"f".repeat(64)] {
        let digest = Hash32::from_bytes(bytes32(digest));
        let signature = key.sign(&digest).unwrap();
        assert_eq!(key.sign(&digest), Ok(signature));
        assert_eq!(recover(&digest, &signature), Ok(key.address()));
        assert_ne!(recover(&digest_of(0xa5), &signature), Ok(key.address()));
    }
}

#[test]
fn a_signature_of_another_key_does_not_leave() {
    let key = SecretKey::from_bytes(&[1; 32]).unwrap();
    let other = SecretKey::from_bytes(&[2; 32]).unwrap();
    let signature = key.sign(&digest_of(3)).unwrap();
    assert_eq!(
        checked(&digest_of(3), signature, other.address()),
        Err(SigningError::SelfCheck { expected: other.address(), recovered: key.address() })
    );
}

#[test]
fn an_x_coordinate_off_the_curve_has_no_signer() {
    // x = 5 is not on the curve, for either parity.
    for v in ["1b", "1c"] {
        let r = format!("{}5", &ZERO[1..]);
        let signature: Signature = format!("0x{r}{ONE}{v}").parse().unwrap();
        assert_eq!(code(recover(&digest_of(1), &signature)), "SIGNATURE_NO_SIGNER");
    }
}

#[test]
fn debug_shows_no_key() {
    let shown = format!("{:?}", SecretKey::from_bytes(&[0x5a; 32]).unwrap());
    assert!(!shown.contains("5a5a") && !shown.contains("90, 90"), "{shown}");
}
