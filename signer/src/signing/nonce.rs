//! The nonces of RFC 6979 for one key and many digests.
//!
//! HMAC-DRBG over SHA-256, on the compression function itself: the blocks that are the same for every digest are
//! hashed once for a key, and each HMAC's key blocks once for both of its uses.

use ambassador_core::hash::Hash32;
use k256::{Scalar, U256, elliptic_curve::ff::PrimeField, elliptic_curve::ops::Reduce};
use sha2::block_api::compress256;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// SHA-256's chaining value before the first block (FIPS 180-4, 5.3.3).
const START: State =
    State([0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19]);
/// The bits of a message of one key block and 32 bytes, and of one key block and 97 bytes.
const SHORT_BITS: [u8; 2] = 768_u16.to_be_bytes();
const SEED_BITS: [u8; 2] = 1_288_u16.to_be_bytes();
/// V before the first step (RFC 6979, 3.2 b).
const FIRST_V: [u8; 32] = [1; 32];

/// Makes the nonces of one key.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct NonceSource {
    key: [u8; 32],
    /// The first HMAC's key and the first block of its message, which no digest changes.
    first: Hmac,
}

impl NonceSource {
    /// Prepares the nonces of a key, given as 32 bytes, big-endian.
    pub(super) fn new(key: [u8; 32]) -> Self {
        let mut first = Hmac::new(&[0; 32]);
        first.inner.absorb(&seed_block(&FIRST_V, 0, &key));
        Self { key, first }
    }

    /// Returns the nonce for a digest, and zero where RFC 6979 draws again, with odds of 2^-128.
    ///
    /// The digest is taken modulo the order of the curve, as `bits2octets` says.
    pub(super) fn nonce(&self, digest: &Scalar) -> Scalar {
        let digest: [u8; 32] = digest.to_bytes().into();
        let last_block = seed_rest(&self.key, &digest);
        let mut hmac = self.first.clone();
        hmac.inner.absorb(&last_block);
        let mut hmac = Hmac::new(&hmac.finish());
        let mut v = hmac.of(&FIRST_V);
        hmac.inner.absorb(&seed_block(&v, 1, &self.key));
        hmac.inner.absorb(&last_block);
        let hmac = Hmac::new(&hmac.finish());
        v = hmac.of(&v);
        v = hmac.of(&v);
        Scalar::from_repr(v.into()).unwrap_or(Scalar::ZERO)
    }
}

/// Takes a digest as a number modulo the order of the curve.
pub(super) fn reduced(digest: &Hash32) -> Scalar {
    Scalar::reduce(&U256::from_be_slice(digest.as_bytes()))
}

/// Returns the first 64 of the bytes V ‖ step ‖ key ‖ digest.
fn seed_block(v: &[u8; 32], step: u8, key: &[u8; 32]) -> [u8; 64] {
    block(v.iter().chain(&[step]).chain(key))
}

/// Returns the last 33 of these bytes, padded.
fn seed_rest(key: &[u8; 32], digest: &[u8; 32]) -> [u8; 64] {
    padded(key.iter().skip(31).chain(digest), SEED_BITS)
}

fn padded<'a>(bytes: impl Iterator<Item = &'a u8>, bits: [u8; 2]) -> [u8; 64] {
    let mut block = block(bytes.chain(&[0x80]));
    if let Some(length) = block.last_chunk_mut() {
        *length = bits;
    }
    block
}

fn block<'a>(bytes: impl Iterator<Item = &'a u8>) -> [u8; 64] {
    let mut block = [0; 64];
    for (to, from) in block.iter_mut().zip(bytes) {
        *to = *from;
    }
    block
}

/// An HMAC-SHA-256 whose key was absorbed.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
struct Hmac {
    inner: State,
    outer: State,
}

impl Hmac {
    fn new(key: &[u8; 32]) -> Self {
        let keyed = |pad: u8| {
            let mut block = block(key.iter());
            for byte in &mut block {
                *byte ^= pad;
            }
            let mut state = START;
            state.absorb(&block);
            state
        };
        Self { inner: keyed(0x36), outer: keyed(0x5c) }
    }

    /// Returns the code of what the inner hash absorbed, the padding included.
    fn finish(&self) -> [u8; 32] {
        let mut outer = self.outer.clone();
        outer.absorb(&padded(self.inner.to_bytes().iter(), SHORT_BITS));
        outer.to_bytes()
    }

    /// Returns the code of a message of 32 bytes.
    fn of(&self, message: &[u8; 32]) -> [u8; 32] {
        let mut hmac = self.clone();
        hmac.inner.absorb(&padded(message.iter(), SHORT_BITS));
        hmac.finish()
    }
}

/// A chaining value of SHA-256.
#[derive(Clone, Zeroize)]
struct State([u32; 8]);

impl State {
    fn absorb(&mut self, block: &[u8; 64]) {
        compress256(&mut self.0, std::slice::from_ref(block));
    }

    fn to_bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (to, word) in bytes.chunks_exact_mut(4).zip(self.0) {
            to.copy_from_slice(&word.to_be_bytes());
        }
        bytes
    }
}
