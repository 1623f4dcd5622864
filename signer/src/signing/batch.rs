//! Many signatures at once, in constant time: neither a branch nor an address depends on the key or a nonce.
//!
//! They are the signatures that [`SecretKey::sign`](super::SecretKey::sign) makes, bit for bit, and not checked yet.

use ambassador_core::{
    hash::Hash32,
    signature::{Parity, Signature},
};
use k256::{
    NonZeroScalar, ProjectivePoint, Scalar, U256,
    ecdsa::VerifyingKey,
    elliptic_curve::{ops::Reduce, scalar::IsHigh, subtle::ConditionallySelectable},
};
use zeroize::{Zeroize, Zeroizing};

use super::{
    check::all_right,
    comb::Comb,
    field::Choice,
    invert::invert_all,
    nonce::{NonceSource, reduced},
    pick::Pick,
    point::Point,
};

/// Fewer digests are signed one by one, which is then faster.
pub(crate) const SMALLEST: usize = 16;
/// More digests are signed in several batches; they share their inversions as well as fewer, and leave the cache.
pub(crate) const LARGEST: usize = 2_048;

/// A signature that nothing has checked, and the point that its nonce made.
#[derive(Clone, Copy)]
pub(crate) struct Unchecked {
    /// r, big-endian.
    pub(crate) r: [u8; 32],
    /// s, big-endian, the lower of the two.
    pub(crate) s: [u8; 32],
    /// 1 where the point's y is odd, else 0.
    pub(crate) odd: u8,
    /// The point whose x is r, with the y that a recovery finds.
    pub(crate) point: Point,
}

/// Signs digests with a key.
///
/// Where RFC 6979 draws a second nonce, or [`Comb::multiples`] meets an exception, the whole batch is wrong; a check
/// refuses it.
pub(crate) fn sign<P: Pick>(key: &NonZeroScalar, digests: &[Hash32]) -> Vec<Unchecked> {
    let source = NonceSource::new(key.to_bytes().into());
    let numbers: Vec<Scalar> = digests.iter().map(reduced).collect();
    let mut nonces = Zeroizing::new(vec![Scalar::ZERO; digests.len()]);
    for (nonce, number) in nonces.iter_mut().zip(&numbers) {
        *nonce = source.nonce(number);
    }
    let points = Comb::shared().multiples::<P>(&nonces);
    invert_all(&mut nonces);
    let inverses = nonces;
    let parts = points.iter().zip(inverses.iter()).zip(&numbers);
    parts.map(|((point, inverse), number)| signature(key, point, inverse, number)).collect()
}

/// Returns the signatures if every one of them is right.
///
/// `None` too where the operating system gives no random bytes for the check.
pub(crate) fn checked(key: &VerifyingKey, digests: &[Hash32], unchecked: &[Unchecked]) -> Option<Vec<Signature>> {
    let signatures = unchecked.iter().map(|parts| {
        let parity = if parts.odd == 1 { Parity::Odd } else { Parity::Even };
        Signature::new(parts.r, parts.s, parity).ok()
    });
    let signatures: Vec<Signature> = signatures.collect::<Option<_>>()?;
    let points: Vec<Point> = unchecked.iter().map(|parts| parts.point).collect();
    let right = all_right(&ProjectivePoint::from(*key.as_affine()), digests, &signatures, &points).ok()?;
    right.then_some(signatures)
}

fn signature(key: &NonZeroScalar, point: &Point, inverse: &Scalar, number: &Scalar) -> Unchecked {
    let r = Scalar::reduce(&U256::from_be_slice(&point.x.to_bytes()));
    let mut product = r * **key;
    let s = *inverse * (product + number);
    product.zeroize();
    let high = s.is_high();
    // The other s belongs to the other nonce, whose point has the other y.
    let point = point.negated(Choice::of_bit(high.unwrap_u8()));
    let s = Scalar::conditional_select(&s, &-s, high);
    Unchecked { r: r.to_bytes().into(), s: s.to_bytes().into(), odd: point.y.odd(), point }
}
