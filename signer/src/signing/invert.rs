//! One inversion for many scalars, in constant time.

use k256::Scalar;
use zeroize::{Zeroize, Zeroizing};

/// Inverts every scalar for the price of one inversion; a zero among them makes all of them zero.
pub(super) fn invert_all(scalars: &mut [Scalar]) {
    let mut product = Scalar::ONE;
    let mut before = Zeroizing::new(vec![Scalar::ZERO; scalars.len()]);
    for (before, scalar) in before.iter_mut().zip(scalars.iter()) {
        *before = product;
        product *= scalar;
    }
    let mut inverse = product.invert().unwrap_or(Scalar::ZERO);
    for (scalar, before) in scalars.iter_mut().zip(before.iter()).rev() {
        let inverted = *before * inverse;
        inverse *= *scalar;
        *scalar = inverted;
    }
    product.zeroize();
    inverse.zeroize();
}
