//! The check of a batch of signatures, whose nonces' points are known; everything here is public.
//!
//! Each signature says R = (z / s) G + (r / s) Q, for the digest z, the key's point Q, and the point R of this r and parity.
//! A sum of all of these equations is checked instead of each, every one multiplied by a random number of 64 bits that
//! is drawn after the signatures were made: if any equation is wrong, the sum is right for one number of 2^64 at most.

use ambassador_core::{
    hash::Hash32,
    signature::{Parity, Signature},
};
use k256::{
    ProjectivePoint, Scalar,
    elliptic_curve::{ff::PrimeField, ops::MulByGeneratorVartime},
};

use super::{
    field::{Choice, Coordinate},
    invert::invert_all,
    nonce::reduced,
    point::Point,
    weighted_sum::{Factor, weighted_sum},
};

/// b of the curve's y² = x³ + b.
const B: Coordinate = Coordinate::from_words([7, 0, 0, 0]);

/// Whether every signature is one of its digest by the key of this point, and belongs to its nonce's point.
///
/// A point may be given with either y.
/// It is wrong with odds of 2^-64 at most, and never about signatures that are all right.
///
/// # Errors
///
/// The operating system gives no random bytes.
pub(super) fn all_right(
    key: &ProjectivePoint,
    digests: &[Hash32],
    signatures: &[Signature],
    points: &[Point],
) -> Result<bool, getrandom::Error> {
    let nonce_points = signatures.iter().zip(points).map(|(signature, point)| nonce_point(signature, point));
    let Some(points) = nonce_points.collect::<Option<Vec<Point>>>() else { return Ok(false) };
    let scalars = |part: fn(&Signature) -> &[u8; 32]| -> Option<Vec<Scalar>> {
        signatures.iter().map(|signature| Scalar::from_repr((*part(signature)).into()).into_option()).collect()
    };
    let (Some(r), Some(mut s)) = (scalars(Signature::r), scalars(Signature::s)) else { return Ok(false) };
    invert_all(&mut s);
    let factors = draw(digests.len())?;
    let (mut of_generator, mut of_key) = (Scalar::ZERO, Scalar::ZERO);
    for (((factor, digest), r), inverse) in factors.iter().zip(digests).zip(&r).zip(&s) {
        let weight = value(*factor) * inverse;
        of_generator += weight * reduced(digest);
        of_key += weight * r;
    }
    let right = ProjectivePoint::mul_by_generator_and_mul_add_vartime(&of_generator, &of_key, key);
    Ok(points.len() == digests.len() && weighted_sum(&points, &factors) == right)
}

/// Returns the point of the signature's r and parity, if it is the given one or its negative and on the curve.
fn nonce_point(signature: &Signature, point: &Point) -> Option<Point> {
    let odd = u8::from(signature.parity() == Parity::Odd);
    let point = point.negated(Choice::of_bit(point.y.odd() ^ odd));
    let off_curve = point.y.square() - (point.x.square() * point.x + B);
    (point.x.to_bytes() == *signature.r() && off_curve.is_zero()).then_some(point)
}

/// Draws a factor for each equation.
fn draw(count: usize) -> Result<Vec<Factor>, getrandom::Error> {
    let mut bytes = vec![0; count.saturating_mul(8)];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.as_chunks().0.iter().map(|bytes| bytes.map(u8::cast_signed)).collect())
}

fn value(factor: Factor) -> Scalar {
    let value = factor.iter().rev().fold(0_i128, |value, digit| (value << 8).wrapping_add(i128::from(*digit)));
    let magnitude = Scalar::from(value.unsigned_abs());
    if value < 0 { -magnitude } else { magnitude }
}
