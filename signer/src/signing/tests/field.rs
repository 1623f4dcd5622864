//! Every operation of the field against whole numbers without bounds, above all where numbers pass p or 2^256.

#![expect(clippy::arithmetic_side_effects, reason = "whole numbers without bounds do not overflow")]

use num_bigint::BigUint;
use proptest::prelude::*;

use crate::{
    instructions::with_best,
    signing::field::{Choice, Coordinate},
};

const P: [u64; 4] = [0xffff_fffe_ffff_fc2f, u64::MAX, u64::MAX, u64::MAX];

fn whole(words: [u64; 4]) -> BigUint {
    words.iter().rev().fold(BigUint::ZERO, |number, word| (number << 64_u8) + *word)
}

/// The remainder that a coordinate says it has, which must lie below p.
fn remainder(coordinate: Coordinate) -> BigUint {
    let number = whole(coordinate.to_words());
    assert_eq!(number, BigUint::from_bytes_be(&coordinate.to_bytes()));
    assert!(number < whole(P), "{number:x} is not reduced");
    assert_eq!(coordinate.odd() == 1, number.bit(0));
    assert_eq!(coordinate.is_zero(), number == BigUint::ZERO);
    number
}

/// Checks every operation on two numbers below 2^256.
fn check(left: [u64; 4], right: [u64; 4]) {
    let (prime, a, b) = (whole(P), whole(left), whole(right));
    let (x, y) = (Coordinate::from_words(left), Coordinate::from_words(right));
    let opposite = |number: &BigUint| &prime - number % &prime;
    let operations = |x: Coordinate, y: Coordinate| [x, x + y, x - y, -x, x * y, x.square()];
    let expected =
        [a.clone(), &a + &b, &a + opposite(&b), opposite(&a), &a * &b, &a * &a].map(|number| number % &prime);
    assert_eq!(operations(x, y).map(remainder), expected, "{left:x?} and {right:x?}");
    let wide = with_best!(_ => operations(x, y));
    assert_eq!(wide.map(remainder), expected, "{left:x?} and {right:x?}");
    // What an operation returns may be any number of its remainder, and is taken by the next as it is.
    let unreduced = ((x + y) * (x - y) - x.square()) * -(y + y);
    assert_eq!(remainder(unreduced), b.pow(3) * 2_u8 % &prime, "{left:x?} and {right:x?}");
    assert_eq!(remainder(Coordinate::chosen(&x, &y, Choice::of_bit(0))), &a % &prime);
    assert_eq!(remainder(Coordinate::chosen(&x, &y, Choice::of_bit(1))), &b % &prime);
    let mut bytes = [0; 32];
    for (to, word) in bytes.chunks_exact_mut(8).zip(left.iter().rev()) {
        to.copy_from_slice(&word.to_be_bytes());
    }
    assert_eq!(remainder(Coordinate::from_bytes(&bytes)), &a % &prime);
}

fn check_inverse(words: [u64; 4]) {
    let number = Coordinate::from_words(words);
    let expected = whole(words).modinv(&whole(P)).unwrap_or_default();
    assert_eq!(remainder(number.inverted()), expected, "{words:x?}");
}

/// Numbers around zero, p, 2^256 and 2^32 + 977, and words of nothing or of ones only.
fn edges() -> Vec<[u64; 4]> {
    let ones = u64::MAX;
    let fold = 0x1_0000_03d1;
    let mut edges: Vec<[u64; 4]> =
        (0..16).map(|bits| [0, 1, 2, 3].map(|position| if bits >> position & 1 == 1 { ones } else { 0 })).collect();
    let [low, ..] = P;
    edges.extend([1, 2, fold - 1, fold, fold + 1, 1 << 63].map(|low| [low, 0, 0, 0]));
    edges.extend([low - 1, low, low + 1, ones - 1].map(|low| [low, ones, ones, ones]));
    edges.extend([[0, 0, 0, 1 << 63], [ones, ones, ones, ones >> 1], [low, 0, 0, ones], [1, 0, ones, 0]]);
    edges
}

#[test]
fn the_field_is_exact_at_every_edge() {
    for left in edges() {
        check_inverse(left);
        for right in edges() {
            check(left, right);
        }
    }
}

/// Words that are random, or near a bound.
fn words() -> impl Strategy<Value = [u64; 4]> {
    let word = prop_oneof![3 => any::<u64>(), 1 => Just(u64::MAX), 1 => Just(0), 1 => 0..4_u64, 1 => Just(P[0])];
    proptest::array::uniform4(word)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_field_is_exact(left in words(), right in words()) {
        check(left, right);
    }

    #[test]
    fn an_inverse_is_exact(number in words()) {
        check_inverse(number);
    }
}
