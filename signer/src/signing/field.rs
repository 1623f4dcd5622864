//! Numbers modulo p = 2^256 − 2^32 − 977, the field of secp256k1's coordinates, in constant time.
//!
//! Any number below 2^256 stands for its remainder, so that a sum or a product is not brought below p before it is used
//! again: what passes 2^256 is folded back, because 2^256 leaves the remainder [`FOLD`].
//! Neither a branch nor an address depends on a number, other than in what says that it is for public ones.

#![expect(clippy::inline_always, reason = "it is compiled for the instructions of whoever calls it")]
#![expect(clippy::many_single_char_names, reason = "the words of a number are letters, the lowest first")]

use std::{
    hint::black_box,
    ops::{Add, Mul, Neg, Sub},
};

use zeroize::Zeroize;

/// 2^256 − p.
const FOLD: u64 = 0x1_0000_03d1;
/// p, lowest word first.
const P: [u64; 4] = [u64::MAX - FOLD + 1, u64::MAX, u64::MAX, u64::MAX];

/// A number modulo p.
#[derive(Clone, Copy, Debug, Default, Zeroize)]
pub(crate) struct Coordinate {
    /// Any number of that remainder, lowest word first.
    words: [u64; 4],
}

/// One of two ways, as a mask that the compiler does not see through: it would make a branch of it.
#[derive(Clone, Copy)]
pub(crate) struct Choice(u64);

impl Choice {
    /// Makes a choice out of a bit, 0 or 1.
    #[inline(always)]
    pub(crate) fn of_bit(bit: u8) -> Self {
        Self(black_box(u64::from(bit).wrapping_neg()))
    }
}

impl Coordinate {
    pub(crate) const ZERO: Self = Self { words: [0; 4] };
    pub(crate) const ONE: Self = Self { words: [1, 0, 0, 0] };

    /// Takes four words, lowest first, of which each number is allowed.
    #[inline(always)]
    pub(crate) const fn from_words(words: [u64; 4]) -> Self {
        Self { words }
    }

    /// Takes 32 bytes, big-endian, of which each number is allowed.
    #[inline(always)]
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().rev().zip(bytes.as_chunks().0) {
            *word = u64::from_be_bytes(*bytes);
        }
        Self { words }
    }

    /// Returns the remainder as 32 bytes, big-endian.
    #[inline(always)]
    pub(crate) fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(self.to_words().iter().rev()) {
            *bytes = word.to_be_bytes();
        }
        bytes
    }

    /// Returns the remainder as four words, lowest first.
    #[inline(always)]
    pub(crate) fn to_words(self) -> [u64; 4] {
        // A number below 2^256 is below 2p: p is taken away once, where that borrows nothing.
        let (less, borrowed) = minus(self.words, P);
        let keep = Choice(black_box(u64::from(borrowed).wrapping_neg()));
        Self::chosen(&Self { words: less }, &self, keep).words
    }

    /// Returns 1 where the remainder is odd, else 0.
    #[inline(always)]
    pub(crate) fn odd(self) -> u8 {
        let [low, ..] = self.to_words();
        let [byte, ..] = low.to_le_bytes();
        byte & 1
    }

    /// Whether the remainder is zero, of a public number.
    #[inline(always)]
    pub(crate) fn is_zero(self) -> bool {
        self.words == [0; 4] || self.words == P
    }

    /// Returns the second number where this is chosen, else the first.
    #[inline(always)]
    pub(crate) fn chosen(first: &Self, second: &Self, choice: Choice) -> Self {
        let [a, b, c, d] = first.words;
        let [e, f, g, h] = second.words;
        let word = |first: u64, second: u64| first ^ (first ^ second) & choice.0;
        Self { words: [word(a, e), word(b, f), word(c, g), word(d, h)] }
    }

    /// Returns the square.
    #[inline(always)]
    pub(crate) fn square(self) -> Self {
        folded(squared(self.words))
    }

    /// Returns the square of the square, and so on, so many times.
    fn squared(self, times: u32) -> Self {
        (0..times).fold(self, |number, _| number.square())
    }

    /// Returns the inverse, and zero for zero: the power p − 2, by Fermat's little theorem.
    pub(crate) fn inverted(self) -> Self {
        // Each is the power of so many binary ones, 2^n − 1; p − 2 is 223 ones, a zero, 22 ones, 0000101101.
        let two = self.squared(1) * self;
        let four = two.squared(2) * two;
        let five = four.squared(1) * self;
        let seven = five.squared(2) * two;
        let eleven = seven.squared(4) * four;
        let twenty_two = eleven.squared(11) * eleven;
        let twenty_seven = twenty_two.squared(5) * five;
        let fifty_four = twenty_seven.squared(27) * twenty_seven;
        let hundred_eight = fifty_four.squared(54) * fifty_four;
        let most = hundred_eight.squared(108) * hundred_eight;
        let high = (most.squared(7) * seven).squared(23) * twenty_two;
        ((high.squared(5) * self).squared(3) * two).squared(2) * self
    }
}

impl Add for Coordinate {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = (self.words, other.words);
        let (a, carry) = a.carrying_add(e, false);
        let (b, carry) = b.carrying_add(f, carry);
        let (c, carry) = c.carrying_add(g, carry);
        let (d, carry) = d.carrying_add(h, carry);
        let (a, carry) = a.carrying_add(fold_where(carry), false);
        let (b, carry) = b.carrying_add(0, carry);
        let (c, carry) = c.carrying_add(0, carry);
        let (d, carry) = d.carrying_add(0, carry);
        // After a second carry less than FOLD is left, and twice FOLD is below 2^64.
        Self { words: [a.wrapping_add(fold_where(carry)), b, c, d] }
    }
}

impl Sub for Coordinate {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        let ([a, b, c, d], borrowed) = minus(self.words, other.words);
        let (a, borrowed) = a.borrowing_sub(fold_where(borrowed), false);
        let (b, borrowed) = b.borrowing_sub(0, borrowed);
        let (c, borrowed) = c.borrowing_sub(0, borrowed);
        let (d, borrowed) = d.borrowing_sub(0, borrowed);
        // After a second borrow 2^256 − FOLD or more is left, whose lowest word is above FOLD.
        Self { words: [a.wrapping_sub(fold_where(borrowed)), b, c, d] }
    }
}

impl Neg for Coordinate {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        Self::ZERO - self
    }
}

impl Mul for Coordinate {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        folded(multiplied(self.words, other.words))
    }
}

/// Returns the difference modulo 2^256, and whether it borrowed.
#[inline(always)]
fn minus([a, b, c, d]: [u64; 4], [e, f, g, h]: [u64; 4]) -> ([u64; 4], bool) {
    let (a, borrowed) = a.borrowing_sub(e, false);
    let (b, borrowed) = b.borrowing_sub(f, borrowed);
    let (c, borrowed) = c.borrowing_sub(g, borrowed);
    let (d, borrowed) = d.borrowing_sub(h, borrowed);
    ([a, b, c, d], borrowed)
}

/// Returns [`FOLD`] for a carry or a borrow, else zero.
#[inline(always)]
fn fold_where(carry: bool) -> u64 {
    FOLD & u64::from(carry).wrapping_neg()
}

/// Returns the product's eight words, lowest first.
#[inline(always)]
fn multiplied(left: [u64; 4], right: [u64; 4]) -> [u64; 8] {
    let [a, b, c, d] = left;
    let [e, f, g, h] = right;
    // One row for each word of the right number; a word's product and two words more fit into two words.
    let row = |word: u64, [p, q, r, s]: [u64; 4]| {
        let (p, carry) = a.carrying_mul_add(word, p, 0);
        let (q, carry) = b.carrying_mul_add(word, q, carry);
        let (r, carry) = c.carrying_mul_add(word, r, carry);
        let (s, carry) = d.carrying_mul_add(word, s, carry);
        (p, [q, r, s, carry])
    };
    let (first, above) = row(e, [0; 4]);
    let (second, above) = row(f, above);
    let (third, above) = row(g, above);
    let (fourth, [p, q, r, s]) = row(h, above);
    [first, second, third, fourth, p, q, r, s]
}

/// Returns the square's eight words, lowest first.
#[inline(always)]
fn squared([a, b, c, d]: [u64; 4]) -> [u64; 8] {
    // The products of two different words, which count twice.
    let (p, carry) = a.carrying_mul(b, 0);
    let (q, carry) = a.carrying_mul(c, carry);
    let (r, s) = a.carrying_mul(d, carry);
    let (r, carry) = b.carrying_mul_add(c, r, 0);
    let (s, t) = b.carrying_mul_add(d, s, carry);
    let (t, u) = c.carrying_mul_add(d, t, 0);
    let twice = |low: u64, high: u64| high << 1 | low >> 63;
    let (first, high) = a.carrying_mul(a, 0);
    let (second, carry) = twice(0, p).carrying_add(high, false);
    let (low, high) = b.carrying_mul(b, 0);
    let (third, carry) = twice(p, q).carrying_add(low, carry);
    let (fourth, carry) = twice(q, r).carrying_add(high, carry);
    let (low, high) = c.carrying_mul(c, 0);
    let (fifth, carry) = twice(r, s).carrying_add(low, carry);
    let (sixth, carry) = twice(s, t).carrying_add(high, carry);
    let (low, high) = d.carrying_mul(d, 0);
    let (seventh, carry) = twice(t, u).carrying_add(low, carry);
    let (eighth, _) = twice(u, 0).carrying_add(high, carry);
    [first, second, third, fourth, fifth, sixth, seventh, eighth]
}

/// Returns a number below 2^512 modulo p.
#[inline(always)]
fn folded([a, b, c, d, e, f, g, h]: [u64; 8]) -> Coordinate {
    let (a, carry) = e.carrying_mul_add(FOLD, a, 0);
    let (b, carry) = f.carrying_mul_add(FOLD, b, carry);
    let (c, carry) = g.carrying_mul_add(FOLD, c, carry);
    let (d, above) = h.carrying_mul_add(FOLD, d, carry);
    // At most (2^256 − 1) (FOLD + 1) by now, so that what is above 2^256 is FOLD at most.
    let (low, high) = above.carrying_mul(FOLD, 0);
    let (a, carry) = a.carrying_add(low, false);
    let (b, carry) = b.carrying_add(high, carry);
    let (c, carry) = c.carrying_add(0, carry);
    let (d, carry) = d.carrying_add(0, carry);
    // After that carry less than FOLD² is left, which is below 2^67.
    let (a, carry) = a.carrying_add(fold_where(carry), false);
    let (b, _) = b.carrying_add(0, carry);
    Coordinate { words: [a, b, c, d] }
}
