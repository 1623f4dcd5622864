//! Signs many digests with a key that valgrind takes for undefined, so that it finds every branch and every address that
//! depends on the key or a nonce.
//!
//! The argument names how a point is picked out of the table: `scan` as the signer does it, `index` and `seen` as it
//! must not.

#![cfg(all(target_arch = "x86_64", target_os = "linux"))]
#![expect(dead_code, reason = "of the signer's files only a part is called here")]

#[path = "../../../signer/src/instructions.rs"]
mod instructions;
#[path = "../../../signer/src/parallel.rs"]
mod parallel;
#[path = "../../../signer/src/signing/mod.rs"]
mod signing;
mod valgrind;

use std::env;

use ambassador_core::hash::{Hash32, keccak256};
use fearless_simd::Simd;
use k256::ecdsa::SigningKey;
use signing::{
    batch::{self, Unchecked},
    pick::{ENTRIES, Entry, Pick, Scan, Window},
};

/// Takes the entry from its place: its address is a digit of the nonce.
struct Index;

impl Pick for Index {
    fn pick<S: Simd>(_: S, window: &Window, position: u8) -> Entry {
        window[usize::from(position)]
    }
}

/// Keeps one of all entries by masks that the compiler sees through, and makes branches of.
struct Seen;

impl Pick for Seen {
    fn pick<S: Simd>(_: S, window: &Window, position: u8) -> Entry {
        let mut kept = Entry::default();
        for entry in 0..ENTRIES {
            let mask = u64::from(entry == usize::from(position)).wrapping_neg();
            for (kept, word) in kept.as_flattened_mut().iter_mut().zip(window[entry].as_flattened()) {
                *kept |= word & mask;
            }
        }
        kept
    }
}

fn main() {
    let sign = match env::args().nth(1).as_deref() {
        Some("scan") => batch::sign::<Scan>,
        Some("index") => batch::sign::<Index>,
        Some("seen") => batch::sign::<Seen>,
        other => panic!("no such way to pick a point: {other:?}"),
    };
    let key = SigningKey::from_slice(&[7; 32]).expect("seven is a key");
    let digests: Vec<Hash32> = (0_u64..40).map(|number| keccak256(&[&number.to_be_bytes()])).collect();
    valgrind::make_undefined(key.as_nonzero_scalar());
    let unchecked: Vec<Unchecked> = sign(key.as_nonzero_scalar(), &digests);
    // Signatures are public; so is what they are checked with.
    valgrind::make_defined(unchecked.as_slice());
    let signatures = batch::checked(key.verifying_key(), &digests, &unchecked).expect("the signatures are right");
    println!("{} signatures, {}", signatures.len(), if valgrind::is_running() { "watched" } else { "unwatched" });
}
