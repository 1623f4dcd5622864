//! Who signed a claim, an invite or an acceptance: the one place of this module that knows the curve.

use ambassador_core::{
    address::Address,
    diagnostic::Diagnostic,
    documents::claim::SignedClaim,
    hash::{Hash32, keccak256},
    signature::{Parity, Signature},
};
use k256::ecdsa::{RecoveryId, Signature as CurveSignature, VerifyingKey};

use alloc::string::{String, ToString};

/// A claim whose signature is not the signer's that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ForeignSignature {
    stated: Address,
    found: Option<Address>,
}

impl core::fmt::Display for ForeignSignature {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let found = self.found.map_or_else(|| "nobody".to_string(), |found| found.to_string());
        write!(formatter, "the claim is signed by `{found}`, not by `{}`", self.stated)
    }
}

impl core::error::Error for ForeignSignature {}

impl Diagnostic for ForeignSignature {
    fn code(&self) -> &'static str {
        "SIGNATURE_FOREIGN"
    }

    fn help(&self) -> String {
        "fetch the claim again from the programme; if it stays so, ask the treasury to sign it again".to_string()
    }
}

/// Checks that the signer whom a claim names signed it.
pub(crate) fn check(signed: &SignedClaim) -> Result<(), ForeignSignature> {
    let SignedClaim { domain, claim, signer, signature } = signed;
    let found = recover(&claim.digest(domain), signature);
    if found == Some(*signer) { Ok(()) } else { Err(ForeignSignature { stated: *signer, found }) }
}

/// Returns whose signature of a digest it is.
pub(crate) fn recover(digest: &Hash32, signature: &Signature) -> Option<Address> {
    let curve = CurveSignature::from_scalars(*signature.r(), *signature.s()).ok()?;
    let parity = RecoveryId::new(signature.parity() == Parity::Odd, false);
    let key = VerifyingKey::recover_from_prehash(digest.as_bytes(), &curve, parity).ok()?;
    let point = key.to_sec1_point(false);
    // An account is the last twenty bytes of the hash of the point without its leading byte.
    let hash = keccak256(&[point.as_bytes().get(1..)?]);
    let (_, account) = hash.as_bytes().split_last_chunk::<20>()?;
    Address::from_bytes(*account)
}
