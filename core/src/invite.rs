//! An ambassador's invite and a creator's acceptance, and their EIP-712 encoding.
//!
//! Both stand in the domain of the programme's claim contract: one chain and one contract are one programme, wallets
//! show both and insist on the chain, and no third party's message can be taken for one. The type hashes keep
//! invites, acceptances and claims apart.

use crate::{
    address::Address,
    calendar::Instant,
    claim::{Domain, typed_data_digest, word_of_address, word_of_u128},
    hash::{Hash32, keccak256},
    identifier::{CoinId, CreatorId},
    signature::Signature,
};

/// The EIP-712 type of an invite.
pub const INVITE_TYPE: &str = "Invite(address ambassador,string creator,bytes32 terms,uint256 expires)";
/// The hash of [`INVITE_TYPE`].
pub const INVITE_TYPE_HASH: Hash32 = Hash32::from_bytes([
    0x17, 0x23, 0x85, 0x69, 0x6b, 0x5e, 0x43, 0xe8, 0x5b, 0xbc, 0xea, 0x51, 0x78, 0x6c, 0x6a, 0x56, 0xeb, 0xa6, 0x0a,
    0x18, 0xef, 0x1e, 0x5b, 0x20, 0x68, 0xe9, 0x38, 0x06, 0xa6, 0xc7, 0xce, 0x81,
]);
/// The EIP-712 type of an acceptance.
pub const ACCEPTANCE_TYPE: &str =
    "Acceptance(bytes32 invite,string creator,string coin,address account,uint256 acceptedAt)";
/// The hash of [`ACCEPTANCE_TYPE`].
pub const ACCEPTANCE_TYPE_HASH: Hash32 = Hash32::from_bytes([
    0x89, 0x70, 0x61, 0x62, 0x6e, 0x54, 0xce, 0x5f, 0xbe, 0xc2, 0xd7, 0x9b, 0xb1, 0x67, 0xca, 0xd0, 0xc8, 0x50, 0x8d,
    0x31, 0x96, 0x59, 0x88, 0x42, 0x5f, 0x9e, 0x8f, 0xd2, 0xd0, 0xbe, 0xb4, 0x7f,
]);

/// What an ambassador signs to invite one creator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// The account that the ambassador is paid to, which signs.
    pub ambassador: Address,
    /// The creator who is invited.
    pub creator: CreatorId,
    /// The hash of the terms that it is made under (rule R1).
    pub terms: Hash32,
    /// The first instant at which it can no longer be accepted, in whole seconds.
    pub expires: Instant,
}

/// What a creator signs to accept an invite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// The digest of the invite, which binds programme, ambassador, terms and deadline.
    pub invite: Hash32,
    /// The creator, as in the invite.
    pub creator: CreatorId,
    /// The coin that the creator launches.
    pub coin: CoinId,
    /// The creator's own account, which signs.
    pub account: Address,
    /// The acceptance, in whole seconds, by the creator's clock.
    pub accepted_at: Instant,
}

/// An invite with its signature; who signed is known only once it was recovered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedInvite {
    /// The programme.
    pub domain: Domain,
    /// What was signed.
    pub invite: Invite,
    /// The signature.
    pub signature: Signature,
}

/// An acceptance with its signature and its invite; who signed is known only once both were recovered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedAcceptance {
    /// The invite that is accepted; its digest and creator are those of the acceptance.
    pub invite: SignedInvite,
    /// What was signed.
    pub acceptance: Acceptance,
    /// The signature.
    pub signature: Signature,
}

impl Invite {
    /// Returns the EIP-712 struct hash.
    pub fn struct_hash(&self) -> Hash32 {
        keccak256(&[
            INVITE_TYPE_HASH.as_bytes(),
            &word_of_address(&self.ambassador),
            keccak256(&[self.creator.as_str().as_bytes()]).as_bytes(),
            self.terms.as_bytes(),
            &word_of_instant(self.expires),
        ])
    }

    /// Returns the EIP-712 digest that is signed.
    pub fn digest(&self, domain: &Domain) -> Hash32 {
        typed_data_digest(&domain.separator(), &self.struct_hash())
    }
}

impl Acceptance {
    /// Returns the EIP-712 struct hash.
    pub fn struct_hash(&self) -> Hash32 {
        keccak256(&[
            ACCEPTANCE_TYPE_HASH.as_bytes(),
            self.invite.as_bytes(),
            keccak256(&[self.creator.as_str().as_bytes()]).as_bytes(),
            keccak256(&[self.coin.as_str().as_bytes()]).as_bytes(),
            &word_of_address(&self.account),
            &word_of_instant(self.accepted_at),
        ])
    }

    /// Returns the EIP-712 digest that is signed.
    pub fn digest(&self, domain: &Domain) -> Hash32 {
        typed_data_digest(&domain.separator(), &self.struct_hash())
    }
}

impl SignedInvite {
    /// Returns the EIP-712 digest that was signed.
    pub fn digest(&self) -> Hash32 {
        self.invite.digest(&self.domain)
    }
}

impl SignedAcceptance {
    /// Returns the EIP-712 digest that was signed.
    pub fn digest(&self) -> Hash32 {
        self.acceptance.digest(&self.invite.domain)
    }
}

fn word_of_instant(instant: Instant) -> [u8; 32] {
    word_of_u128(instant.to_unix_seconds().into())
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn the_type_hashes_are_the_known_values() {
        // Computed by another Keccak-256.
        for (text, hash, known) in [
            (INVITE_TYPE, INVITE_TYPE_HASH, "0x172385696b5e43e85bbcea51786c6a56eba60a18ef1e5b2068e93806a6c7ce81"),
            (
                ACCEPTANCE_TYPE,
                ACCEPTANCE_TYPE_HASH,
                "0x897061626e54ce5fbec2d79bb167cad0c8508d31965988425f9e8fd2d0beb47f",
            ),
        ] {
            assert_eq!(keccak256(&[text.as_bytes()]).to_string(), known, "{text}");
            assert_eq!(hash.to_string(), known, "{text}");
        }
    }

    const KNOWN: [&str; 2] = [
        "0x7af619577f8f6b1d48f5d4b3c652fcdebf0e3f0a67069247e56d1e16b27c097d",
        "0x4f3a19e56a04cf84ced4e25d05ebb60765a8ea40277135444b53be478d1593c7",
    ];

    fn invite() -> Option<(Domain, Invite)> {
        let verifying_contract = Address::from_bytes([0xff; 20])?;
        let invite = Invite {
            ambassador: Address::from_bytes([0x11; 20])?,
            creator: "zoe".parse().ok()?,
            terms: Hash32::from_bytes([0x22; 32]),
            expires: Instant::from_unix_seconds(1_609_459_200)?,
        };
        Some((Domain { chain_id: 1, verifying_contract }, invite))
    }

    fn acceptance(domain: &Domain, invite: &Invite) -> Option<Acceptance> {
        Some(Acceptance {
            invite: invite.digest(domain),
            creator: invite.creator.clone(),
            coin: "ZOE".parse().ok()?,
            account: Address::from_bytes([0x33; 20])?,
            accepted_at: Instant::from_unix_seconds(1_609_000_000)?,
        })
    }

    #[test]
    fn the_digests_are_those_of_other_implementations() {
        // Computed by viem.
        let digests = invite().and_then(|(domain, invite)| {
            Some([invite.digest(&domain), acceptance(&domain, &invite)?.digest(&domain)].map(|hash| hash.to_string()))
        });
        assert_eq!(digests.as_ref().map(|digests| digests.each_ref().map(alloc::string::String::as_str)), Some(KNOWN));
    }

    #[test]
    fn every_field_and_the_programme_change_the_digest() {
        let digests = || {
            let (domain, invite) = invite()?;
            let other = Address::from_bytes([0x44; 20])?;
            let later = Instant::from_unix_seconds(1_609_459_201)?;
            let accepted = acceptance(&domain, &invite)?;
            Some(alloc::vec![
                invite.digest(&domain),
                invite.digest(&Domain { chain_id: 5, ..domain }),
                invite.digest(&Domain { verifying_contract: other, ..domain }),
                Invite { ambassador: other, ..invite.clone() }.digest(&domain),
                Invite { creator: "zo".parse().ok()?, ..invite.clone() }.digest(&domain),
                Invite { terms: Hash32::default(), ..invite.clone() }.digest(&domain),
                Invite { expires: later, ..invite.clone() }.digest(&domain),
                accepted.digest(&domain),
                accepted.digest(&Domain { chain_id: 5, ..domain }),
                Acceptance { invite: Hash32::default(), ..accepted.clone() }.digest(&domain),
                Acceptance { creator: "zo".parse().ok()?, ..accepted.clone() }.digest(&domain),
                Acceptance { coin: "ZO".parse().ok()?, ..accepted.clone() }.digest(&domain),
                // What moves from one text into the next is not the same.
                Acceptance { creator: "zoeZ".parse().ok()?, coin: "OE".parse().ok()?, ..accepted.clone() }
                    .digest(&domain),
                Acceptance { account: other, ..accepted.clone() }.digest(&domain),
                Acceptance { accepted_at: later, ..accepted }.digest(&domain),
            ])
        };
        let digests = digests().unwrap_or_default();
        assert_eq!(digests.len(), 15);
        assert_eq!(digests.iter().collect::<alloc::collections::BTreeSet<_>>().len(), 15);
    }
}
