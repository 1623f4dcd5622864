//! `ambassador-claim/1`, whoever signed it: a key, whose signature shows it, or a contract (ERC-1271), which the chain asks.

use alloc::vec::Vec;

use super::{
    claim::{ClaimDocument, SignedClaim},
    contract_claim::ContractClaim,
    json::DocumentError,
};
use crate::{
    calldata,
    claim::{Claim, Domain},
    contract::ContractSigned,
    redemption::Signer,
    signature::Signature,
};

/// A claim whose digest and calldata were checked; whose signature it is, is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GivenClaim {
    /// A key is said to have signed it.
    Key(SignedClaim),
    /// A contract is said to have signed it.
    Contract(ContractClaim),
}

impl GivenClaim {
    /// Returns where it can be redeemed.
    pub const fn domain(&self) -> &Domain {
        match self {
            Self::Key(signed) => &signed.domain,
            Self::Contract(signed) => &signed.domain,
        }
    }

    /// Returns what can be redeemed.
    pub const fn claim(&self) -> &Claim {
        match self {
            Self::Key(signed) => &signed.claim,
            Self::Contract(signed) => &signed.claim,
        }
    }

    /// Returns who is said to have signed it.
    pub const fn signer(&self) -> Signer {
        match self {
            Self::Key(signed) => Signer::Key(signed.signer),
            Self::Contract(signed) => Signer::Contract(signed.signer),
        }
    }

    /// Returns what a contract is asked that is said to have signed it, or `None` where that is a key.
    pub fn to_ask(&self) -> Option<ContractSigned> {
        let Self::Contract(ContractClaim { domain, claim, signer, signature }) = self else { return None };
        Some(ContractSigned { signer: *signer, digest: claim.digest(domain), signature: signature.clone() })
    }
}

/// Returns the calldata that redeems one claim, or many.
///
/// # Errors
///
/// The place of the first claim among several that a contract signed: the claim contract takes those one at a time.
pub fn redeem_calldata(claims: &[GivenClaim]) -> Result<Vec<u8>, usize> {
    let key = |(place, given): (usize, &GivenClaim)| match given {
        GivenClaim::Key(signed) => Ok((signed.claim, signed.signature)),
        GivenClaim::Contract(_) => Err(place),
    };
    match claims {
        [GivenClaim::Key(signed)] => Ok(calldata::redeem(&signed.claim, &signed.signature)),
        [GivenClaim::Contract(signed)] => Ok(calldata::redeem_with_bytes(&signed.claim, signed.signature.as_bytes())),
        many => {
            let many: Vec<(Claim, Signature)> = many.iter().enumerate().map(key).collect::<Result<_, _>>()?;
            Ok(calldata::redeem_many(&many))
        }
    }
}

impl ClaimDocument {
    /// Reads every field, and checks digest and calldata against the others; whose signature it is, nobody asks here.
    ///
    /// # Errors
    ///
    /// A field cannot be read or does not agree with the others.
    pub fn to_given_claim(&self) -> Result<GivenClaim, DocumentError> {
        if self.is_of_contract() {
            return self.to_contract_claim().map(GivenClaim::Contract);
        }
        self.to_signed_claim().map(GivenClaim::Key)
    }

    /// Reads what was signed, whoever signed it; whose signature it is, nobody asks here.
    ///
    /// # Errors
    ///
    /// A field cannot be read or does not agree with the others.
    pub fn to_domain_and_claim(&self) -> Result<(Domain, Claim), DocumentError> {
        self.to_given_claim().map(|given| (*given.domain(), *given.claim()))
    }
}
