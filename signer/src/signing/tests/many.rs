//! Signatures made together are those made one by one, and none that is wrong leaves.

#![expect(clippy::indexing_slicing, reason = "a position of a list lies in it")]

use fearless_simd::{Level, Simd, dispatch};
use k256::{ProjectivePoint, Scalar, elliptic_curve::ff::Field};

use super::*;
use crate::signing::{
    batch::{LARGEST, SMALLEST, Unchecked},
    check::all_right,
    comb::Comb,
    field::{Choice, Coordinate},
    nonce::reduced,
    pick::{ENTRIES, Entry, Window, kept, masks},
    point::Point,
};

/// Digests around every bound, then those of counted numbers.
fn digests(count: usize) -> Vec<Hash32> {
    let above = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364142";
    let edges = [ZERO, ONE, HALF_ORDER, ORDER_LESS_ONE, ORDER, above, &"f".repeat(64)].map(bytes32);
    let counted = (0_u64..).map(|number| keccak256(&[&number.to_be_bytes()]));
    edges.map(Hash32::from_bytes).into_iter().chain(counted).take(count).collect()
}

fn keys() -> Vec<SecretKey> {
    let random = SecretKey::generate().unwrap();
    let known = [ONE, ORDER_LESS_ONE].map(|text| SecretKey::from_bytes(&bytes32(text)).unwrap());
    known.into_iter().chain([random]).collect()
}

/// What k256 makes of a digest, without a check of ours.
fn by_k256(key: &SecretKey, digest: &Hash32) -> Signature {
    let (signature, recovery) = key.key.sign_prehash_recoverable(digest.as_bytes());
    canonical(&signature, recovery).unwrap()
}

fn check_equal(key: &SecretKey, digests: &[Hash32]) {
    let expected: Vec<Signature> = digests.iter().map(|digest| by_k256(key, digest)).collect();
    assert!(key.sign_many(digests).unwrap() == expected, "{} digests", digests.len());
}

#[test]
fn signatures_made_together_are_those_of_k256() {
    for key in keys() {
        for count in [0, 1, 2, SMALLEST - 1, SMALLEST, 63, 64, 65, 1_000] {
            check_equal(&key, &digests(count));
        }
    }
    check_equal(&keys()[2], &digests(2 * LARGEST + 1));
}

/// `cargo test --release -p ambassador-signer -- --ignored half_a_million`
#[test]
#[ignore = "takes a minute"]
fn half_a_million_signatures_are_those_of_k256() {
    for round in 0_u8..10 {
        let mut start = [round; 32];
        getrandom::fill(&mut start).unwrap();
        let random = (0_u64..50_000).map(|number| keccak256(&[&start, &number.to_be_bytes()]));
        check_equal(&SecretKey::generate().unwrap(), &random.collect::<Vec<_>>());
    }
}

#[test]
fn the_same_digest_many_times_is_the_same_signature() {
    let key = SecretKey::from_bytes(&[3; 32]).unwrap();
    let digests = vec![digest_of(9); 300];
    check_equal(&key, &digests);
    // The check adds each point to itself and to its opposite.
    let unchecked = batch::sign::<Scan>(key.key.as_nonzero_scalar(), &digests);
    assert!(batch::checked(key.key.verifying_key(), &digests, &unchecked).is_some());
}

/// Takes a wrong entry now and then.
struct Faulty;

impl Pick for Faulty {
    fn pick<S: Simd>(simd: S, window: &Window, position: u8) -> Entry {
        Scan::pick(simd, window, if position == 31 { 30 } else { position })
    }
}

#[test]
fn a_batch_that_is_wrong_is_signed_one_by_one() {
    let key = SecretKey::from_bytes(&[3; 32]).unwrap();
    let digests = digests(100);
    let unchecked = batch::sign::<Faulty>(key.key.as_nonzero_scalar(), &digests);
    assert_eq!(batch::checked(key.key.verifying_key(), &digests, &unchecked), None);
    assert_eq!(key.sign_batch_by::<Faulty>(&digests), key.sign_batch(&digests));
}

#[test]
fn the_check_refuses_every_flipped_bit() {
    let key = SecretKey::from_bytes(&[3; 32]).unwrap();
    let point = ProjectivePoint::from(*key.key.verifying_key().as_affine());
    let digests = digests(20);
    let unchecked = batch::sign::<Scan>(key.key.as_nonzero_scalar(), &digests);
    let right = |digests: &[Hash32], unchecked: &[Unchecked]| {
        batch::checked(key.key.verifying_key(), digests, unchecked).is_some()
    };
    assert!(right(&digests, &unchecked));
    for bit in [0, 1, 100, 255] {
        let flip = |bytes: &mut [u8; 32]| bytes[31 - bit / 8] ^= 1 << (bit % 8);
        for position in [0, 7, 19] {
            let mut r = unchecked.clone();
            flip(&mut r[position].r);
            assert!(!right(&digests, &r), "r");
            let mut s = unchecked.clone();
            flip(&mut s[position].s);
            assert!(!right(&digests, &s), "s");
            let mut odd = unchecked.clone();
            odd[position].odd ^= 1;
            assert!(!right(&digests, &odd), "parity");
            let mut digest = digests.clone();
            let mut bytes = *digest[position].as_bytes();
            flip(&mut bytes);
            digest[position] = Hash32::from_bytes(bytes);
            assert!(!right(&digest, &unchecked), "digest");
        }
    }
    let mut off = unchecked.clone();
    off[5].point.y = off[5].point.y + Coordinate::ONE;
    assert!(!right(&digests, &off), "a point off the curve");
    let signatures = batch::checked(key.key.verifying_key(), &digests, &unchecked).unwrap();
    let points: Vec<Point> = unchecked.iter().map(|parts| parts.point.negated(Choice::of_bit(1))).collect();
    assert!(all_right(&point, &digests, &signatures, &points).unwrap(), "either y will do");
    assert!(!all_right(&point.double(), &digests, &signatures, &points).unwrap(), "another key");
    assert!(!all_right(&point, &digests, &signatures, &points[1..]).unwrap(), "a point too few");
}

#[test]
fn errors_that_cancel_each_other_are_found() {
    // Two equations wrong by opposite points: only their random factors tell.
    let key = SecretKey::from_bytes(&[3; 32]).unwrap();
    let digests = vec![digest_of(9); 20];
    let mut unchecked = batch::sign::<Scan>(key.key.as_nonzero_scalar(), &digests);
    unchecked[3].odd ^= 1;
    let other = SecretKey::from_bytes(&[4; 32]).unwrap();
    let of_other = batch::sign::<Scan>(other.key.as_nonzero_scalar(), &digests);
    unchecked[7] = of_other[7];
    assert_eq!(batch::checked(key.key.verifying_key(), &digests, &unchecked), None);
}

#[test]
fn a_point_is_that_of_its_r() {
    // Any r and s fit the digest and the point that they lead to; they are a signature where its x is r.
    let key = SecretKey::from_bytes(&[3; 32]).unwrap();
    let digests = digests(20);
    let mut unchecked = batch::sign::<Scan>(key.key.as_nonzero_scalar(), &digests);
    let (r, s) = (Scalar::from(5_u32), Scalar::from(7_u32));
    let inverse = s.invert().unwrap();
    let public = ProjectivePoint::from(*key.key.verifying_key().as_affine());
    let point = ProjectivePoint::GENERATOR * (reduced(&digests[3]) * inverse) + public * (r * inverse);
    let point = Point::of(&point.to_affine());
    unchecked[3] = Unchecked { r: r.to_bytes().into(), s: s.to_bytes().into(), odd: point.y.odd(), point };
    assert_eq!(batch::checked(key.key.verifying_key(), &digests, &unchecked), None);
}

#[test]
fn the_comb_multiplies_the_generator() {
    let power = (0..252).fold(Scalar::ONE, |power, _| power.double());
    let exception = -(power * Scalar::from(94_u32));
    let scalars: Vec<Scalar> = [Scalar::ONE, -Scalar::ONE, power, exception + Scalar::ONE, exception - Scalar::ONE]
        .into_iter()
        .chain((0..50_u64).map(|number| Scalar::from(number * number + 2).invert().unwrap()))
        .collect();
    for (scalar, point) in scalars.iter().zip(Comb::shared().multiples::<Scan>(&scalars).iter()) {
        assert_eq!(point.to_k256(), Some(ProjectivePoint::mul_by_generator(scalar).to_affine()));
    }
    // The two exceptions spoil their batch, and nothing about the others of it can leave by mistake.
    for exception in [Scalar::ZERO, exception] {
        let points = Comb::shared().multiples::<Scan>(&[Scalar::ONE, exception]);
        assert_ne!(points[0].to_k256(), Some(ProjectivePoint::GENERATOR.to_affine()));
    }
}

#[test]
fn a_scan_keeps_the_entry_at_its_position() {
    let mut counter = 0;
    let mut next = || {
        counter += 1;
        counter
    };
    let window: Window = std::array::from_fn(|_| [(); 2].map(|()| [(); 4].map(|()| next())));
    for position in 0..u8::try_from(ENTRIES).unwrap() {
        let expected: Entry = window[usize::from(position)];
        assert_eq!(dispatch!(Level::new(), simd => kept(simd, &window, &masks(position))), expected);
        assert_eq!(dispatch!(Level::baseline(), simd => Scan::pick(simd, &window, position)), expected);
    }
}
