//! Claims, invites and acceptances as EIP-712 typed data: what wallets and other signers are shown, and sign.

use alloc::{
    borrow::ToOwned as _,
    collections::BTreeMap,
    string::{String, ToString as _},
    vec::Vec,
};

use serde::Serialize;

use super::{
    acceptance::AcceptancePart,
    claim::{ClaimPart, DomainPart},
    invite::InvitePart,
    json,
};
use crate::{
    claim::{CLAIM_TYPE, Claim, DOMAIN_TYPE, Domain},
    invite::{ACCEPTANCE_TYPE, Acceptance, INVITE_TYPE, Invite},
};

/// The typed data of a message, in the form of `eth_signTypedData_v4`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are those of EIP-712")]
pub struct TypedDataDocument<Message = ClaimPart> {
    pub types: BTreeMap<String, Vec<MemberPart>>,
    pub primary_type: String,
    pub domain: DomainPart,
    pub message: Message,
}

/// A member of an EIP-712 type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are those of EIP-712")]
pub struct MemberPart {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
}

impl TypedDataDocument {
    /// Writes a claim down for a signer; the types are read from [`DOMAIN_TYPE`] and [`CLAIM_TYPE`].
    pub fn of(claim: &Claim, domain: &Domain) -> Self {
        Self::of_message(CLAIM_TYPE, ClaimPart::of(claim), domain)
    }
}

impl TypedDataDocument<InvitePart> {
    /// Writes an invite down for the ambassador's wallet.
    pub fn of_invite(invite: &Invite, domain: &Domain) -> Self {
        Self::of_message(INVITE_TYPE, InvitePart::of(invite), domain)
    }
}

impl TypedDataDocument<AcceptancePart> {
    /// Writes an acceptance down for the creator's wallet.
    pub fn of_acceptance(acceptance: &Acceptance, domain: &Domain) -> Self {
        Self::of_message(ACCEPTANCE_TYPE, AcceptancePart::of(acceptance), domain)
    }
}

impl<Message: Serialize> TypedDataDocument<Message> {
    fn of_message(encoded: &str, message: Message, domain: &Domain) -> Self {
        let (primary_type, members) = read_type(encoded);
        Self {
            types: [read_type(DOMAIN_TYPE), (primary_type.clone(), members)].into(),
            primary_type,
            domain: DomainPart::of(domain),
            message,
        }
    }

    /// Returns the bytes of the file that a signer is given.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

/// Reads the name and the members of an encoded type (EIP-712 `encodeType`) that refers to no other one.
fn read_type(encoded: &str) -> (String, Vec<MemberPart>) {
    let (name, rest) = encoded.split_once('(').unwrap_or((encoded, ""));
    let members = rest.trim_end_matches(')').split(',').filter_map(|member| member.split_once(' '));
    let member = |(kind, name): (&str, &str)| MemberPart { name: name.to_owned(), kind: kind.to_owned() };
    (name.to_string(), members.map(member).collect())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::indexing_slicing, reason = "a field of JSON that is missing reads as null")]

    use alloc::format;

    use super::*;
    use crate::{
        address::Address, calendar::Month, claim::MonthRange, hash::Hash32, records::AmbassadorIndex,
        token::TokenAmount,
    };

    fn document() -> Option<TypedDataDocument> {
        let account = Address::from_bytes([0x11; 20])?;
        let claim = Claim {
            account,
            index: AmbassadorIndex::new(7),
            months: MonthRange::single(Month::from_number(611)?),
            amount: TokenAmount::from_base_units(21),
            deadline: 1_641_600_000,
            statement: Hash32::from_bytes([0x22; 32]),
        };
        Some(TypedDataDocument::of(&claim, &Domain { chain_id: 1, verifying_contract: account }))
    }

    #[test]
    fn the_types_are_those_whose_hashes_are_signed() {
        let document = document();
        for (name, encoded) in [("EIP712Domain", DOMAIN_TYPE), ("Claim", CLAIM_TYPE)] {
            let members = document.as_ref().and_then(|document| document.types.get(name)).map(|members| {
                let members: Vec<String> =
                    members.iter().map(|member| format!("{} {}", member.kind, member.name)).collect();
                format!("{name}({})", members.join(","))
            });
            assert_eq!(members.as_deref(), Some(encoded));
        }
    }

    #[test]
    fn every_member_has_its_value_and_nothing_else_has_one() {
        let value = document().and_then(|document| serde_json::to_value(document).ok()).unwrap_or_default();
        for (type_name, part) in [("EIP712Domain", "domain"), ("Claim", "message")] {
            let types = value["types"][type_name].as_array();
            let mut members: Vec<_> =
                types.into_iter().flatten().filter_map(|member| member["name"].as_str()).collect();
            let mut values: Vec<_> =
                value[part].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
            members.sort_unstable();
            values.sort_unstable();
            assert!(members.len() > 3, "{value}");
            assert_eq!(members, values, "{part}");
        }
        assert_eq!(value["primaryType"], "Claim");
    }
}
