//! Documents: what is accepted is written as the same bytes where a hash is taken of them, and else as the same
//! document; digests, calldata and sums are those of other implementations.
//!
//! A digest that does not fit would end most ways at once, so that what the reader says would have fitted is put in its
//! place; that it is right, the other implementation says.

use std::fmt::Debug;

use alloy_primitives::{Address as OtherAddress, B256, Bytes, U256, keccak256 as other_keccak};
use alloy_sol_types::{Eip712Domain, SolCall as _, SolStruct as _, eip712_domain, sol};
use ambassador_core::{
    claim::{Claim, Domain},
    diagnostic::Diagnostic as _,
    documents::{
        acceptance::AcceptanceDocument,
        account::{Account, ClaimStanding},
        claim::{ClaimDocument, SignedClaim},
        contract_claim::ContractClaim,
        invite::InviteDocument,
        invite_link::{from_link, to_link},
        json::DocumentError,
        records::RecordsDocument,
        replacement::ReplacementDocument,
        statement::StatementDocument,
        tree::{self, FromValue, Value},
    },
    invite::{SignedAcceptance, SignedInvite},
    signature::Signature,
    terms::TermsHistory,
};
use ambassador_signer::intake::doors;
use num_bigint::BigUint;

use super::programme;

/// So many fields may be put right.
const MOST_MENDS: usize = 6;

mod other {
    use super::sol;

    sol! {
        struct Claim {
            address account; uint256 index; uint256 from; uint256 to; uint256 amount; uint256 validUntil; bytes32 statement;
        }
        struct Invite { address ambassador; string creator; bytes32 terms; uint256 expires; }
        struct Acceptance { bytes32 invite; string creator; string coin; address account; uint256 acceptedAt; }
        function redeem(Claim calldata claim, bytes32 r, bytes32 vs);
        interface WithBytes {
            function redeem(Claim calldata claim, bytes calldata signature);
        }
    }
}

/// Checks bytes as every document.
pub fn check(bytes: &[u8]) {
    claim(bytes);
    invite(bytes);
    acceptance(bytes);
    statement(bytes);
    records(bytes);
    replacement(bytes);
    if let Ok(text) = str::from_utf8(bytes) {
        link(text.trim_ascii_end());
    }
}

/// Returns a document, or nothing where it was refused in words.
fn accepted<T>(bytes: &[u8], read: Result<T, DocumentError>) -> Option<T> {
    read.map_err(|error| refused(bytes, &error)).ok()
}

fn refused(bytes: &[u8], error: &DocumentError) {
    let is_code =
        |code: &str| code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    assert!(is_code(error.code()) && !error.help().is_empty() && !error.to_string().is_empty(), "{error:?}");
    // The end of a text stands in the line behind its last.
    let lines = bytes.split(|byte| *byte == b'\n').count();
    assert!(error.line().is_none_or(|line| line <= lines), "{error:?}");
}

/// Checks a document that is hashed: there is one way to write it, and trees of values lead to the same.
fn canonical<T: FromValue + PartialEq + Debug>(bytes: &[u8], document: &T, written: &[u8]) {
    assert_eq!(written, bytes);
    let text = str::from_utf8(bytes).expect("JSON is text");
    let tree = Value::parse(text).and_then(|value| tree::read::<T>("", value));
    assert_eq!(tree.as_ref(), Ok(document));
}

/// Finds a field of a document by its path.
type Field<D> = for<'a> fn(&'a mut D, &str) -> Option<&'a mut String>;

/// Reads what a document says, after what its other fields lead to was put where it says something else.
fn mended<D, T>(document: &mut D, read: impl Fn(&D) -> Result<T, DocumentError>, field: Field<D>) -> Option<T> {
    for _ in 0..MOST_MENDS {
        match read(document) {
            Ok(said) => return Some(said),
            Err(DocumentError::Mismatch { path, expected, .. }) => match field(document, &path) {
                Some(field) => *field = expected,
                None => return None,
            },
            Err(error) => {
                refused(b"", &error);
                return None;
            }
        }
    }
    panic!("a field that was put right does not stay right");
}

fn claim(bytes: &[u8]) {
    let Some(mut document) = accepted(bytes, ClaimDocument::from_bytes(bytes)) else { return };
    assert_eq!(ClaimDocument::from_bytes(&document.to_bytes()).as_ref(), Ok(&document));
    let field: Field<ClaimDocument> = |document, path| match path {
        "digest" => Some(&mut document.digest),
        "calldata" => Some(&mut document.calldata),
        _ => None,
    };
    if document.is_of_contract() {
        assert!(document.to_signed_claim().is_err());
        let Some(signed) = mended(&mut document, ClaimDocument::to_contract_claim, field) else { return };
        let ContractClaim { domain, claim, signature, .. } = &signed;
        check_digest(domain, claim, &document.digest);
        let bytes = Bytes::copy_from_slice(signature.as_bytes());
        let call = other::WithBytes::redeemCall { claim: other_claim(claim), signature: bytes };
        assert_eq!(document.calldata, hexadecimal(&call.abi_encode()));
        let again = ClaimDocument::of_contract(&signed);
        assert_eq!(again.to_contract_claim().as_ref(), Ok(&signed));
        assert_eq!(again.to_domain_and_claim(), Ok((*domain, *claim)));
    } else {
        let Some(signed) = mended(&mut document, ClaimDocument::to_signed_claim, field) else { return };
        let SignedClaim { domain, claim, signature, .. } = &signed;
        check_digest(domain, claim, &document.digest);
        let [r, vs] = [*signature.r(), signature.to_vs()].map(B256::from);
        let call = other::redeemCall { claim: other_claim(claim), r, vs };
        assert_eq!(document.calldata, hexadecimal(&call.abi_encode()));
        check_signature(signature);
        let again = ClaimDocument::of(&signed);
        assert_eq!(again.to_signed_claim().as_ref(), Ok(&signed));
        assert_eq!(ClaimDocument::from_bytes(&again.to_bytes()).as_ref(), Ok(&again));
        assert_eq!(again.to_domain_and_claim(), Ok((*domain, *claim)));
    }
}

fn check_digest(domain: &Domain, claim: &Claim, digest: &str) {
    assert_eq!(digest, other_claim(claim).eip712_signing_hash(&other_domain(domain)).to_string());
    assert!(claim.amount.as_base_units() > 0 && claim.months.from() <= claim.months.to());
    let block = |month: u32| month / 16;
    assert_eq!(block(claim.months.from().as_number()), block(claim.months.to().as_number()));
}

/// Checks that of the two forms of a signature only one is read, and that it is written as it was.
fn check_signature(signature: &Signature) {
    const HALF: &str = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";
    let half = U256::from_str_radix(HALF, 16).expect("it is a number");
    let bytes = signature.to_bytes();
    assert!(U256::from_be_slice(&bytes[32..64]) <= half && matches!(bytes[64], 27 | 28));
    assert_eq!(Signature::from_bytes(bytes).as_ref(), Ok(signature));
    assert_eq!(Signature::from_words(*signature.r(), signature.to_vs()).as_ref(), Ok(signature));
    assert_eq!(signature.to_string().parse().as_ref(), Ok(signature));
}

fn invite(bytes: &[u8]) {
    let Some(mut document) = accepted(bytes, InviteDocument::from_bytes(bytes)) else { return };
    assert_eq!(InviteDocument::from_bytes(&document.to_bytes()).as_ref(), Ok(&document));
    let field: Field<InviteDocument> = |document, path| (path == "digest").then_some(&mut document.digest);
    let Some(signed) = mended(&mut document, InviteDocument::to_signed_invite, field) else { return };
    assert_eq!(document.digest, digest_of_invite(&signed).to_string());
    check_signature(&signed.signature);
    let again = InviteDocument::of(&signed);
    assert_eq!(again.to_signed_invite().as_ref(), Ok(&signed));
    // A link leaves the programme to the terms.
    let text = to_link(&signed);
    assert!(text.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase()), "{text}");
    link(&text);
}

fn digest_of_invite(signed: &SignedInvite) -> B256 {
    let invite = other::Invite {
        ambassador: OtherAddress::from(*signed.invite.ambassador.as_bytes()),
        creator: signed.invite.creator.to_string(),
        terms: B256::from(*signed.invite.terms.as_bytes()),
        expires: U256::from(signed.invite.expires.to_unix_seconds()),
    };
    invite.eip712_signing_hash(&other_domain(&signed.domain))
}

fn acceptance(bytes: &[u8]) {
    let Some(mut document) = accepted(bytes, AcceptanceDocument::from_bytes(bytes)) else { return };
    assert_eq!(AcceptanceDocument::from_bytes(&document.to_bytes()).as_ref(), Ok(&document));
    let field: Field<AcceptanceDocument> = |document, path| match path {
        "digest" => Some(&mut document.digest),
        "invite.digest" => Some(&mut document.invite.digest),
        "acceptance.invite" => Some(&mut document.acceptance.invite),
        "acceptance.creator" => Some(&mut document.acceptance.creator),
        _ => None,
    };
    let Some(signed) = mended(&mut document, AcceptanceDocument::to_signed_acceptance, field) else { return };
    let SignedAcceptance { invite, acceptance, signature } = &signed;
    assert_eq!(acceptance.creator, invite.invite.creator);
    assert_eq!(B256::from(*acceptance.invite.as_bytes()), digest_of_invite(invite));
    let other = other::Acceptance {
        invite: digest_of_invite(invite),
        creator: acceptance.creator.to_string(),
        coin: acceptance.coin.to_string(),
        account: OtherAddress::from(*acceptance.account.as_bytes()),
        acceptedAt: U256::from(acceptance.accepted_at.to_unix_seconds()),
    };
    assert_eq!(document.digest, other.eip712_signing_hash(&other_domain(&invite.domain)).to_string());
    check_signature(signature);
    assert_eq!(AcceptanceDocument::of(&signed).to_signed_acceptance().as_ref(), Ok(&signed));
}

/// Reads what a link carries: one invite has one link.
fn link(text: &str) {
    let (terms, _) = doors::terms(programme::TERMS.as_bytes()).unwrap_or_else(|failure| panic!("{failure}"));
    let history = TermsHistory::new(vec![terms]).expect("one version is a history");
    match from_link(text, &history) {
        Ok(signed) => assert_eq!(to_link(&signed), text),
        Err(error) => assert!(!error.help().is_empty() && error.code().starts_with("INVITE"), "{error}"),
    }
}

fn statement(bytes: &[u8]) {
    let Some(document) = accepted(bytes, StatementDocument::from_bytes(bytes)) else { return };
    canonical(bytes, &document, &document.to_bytes());
    match document.explain() {
        // A step for each line, one for the price and one for the sum.
        Ok(steps) => assert_eq!(steps.len(), document.lines.len() + 2),
        Err(error) => refused(b"", &error),
    }
    let standings = [ClaimStanding::None, ClaimStanding::Claimable, ClaimStanding::Redeemed, ClaimStanding::Expired];
    let months: Vec<_> = standings.into_iter().map(|standing| (document.clone(), standing)).collect();
    match Account::of(&months) {
        Ok(account) => {
            let [usd, amount] = [&document.total_usd, &document.amount].map(|text| text.parse::<BigUint>().ok());
            for sum in [account.claimable, account.redeemed, account.expired] {
                assert_eq!(sum.usd.to_string().parse(), Ok(sum.usd));
                assert!(usd.as_ref().is_none_or(|usd| sum.usd.to_string().parse().as_ref() == Ok(usd)));
                assert_eq!(sum.amount.to_string().parse().ok(), amount);
            }
        }
        Err(error) => refused(b"", &error),
    }
}

fn records(bytes: &[u8]) {
    let Some(document) = accepted(bytes, RecordsDocument::from_bytes(bytes)) else { return };
    canonical(bytes, &document, &document.to_bytes());
    assert_eq!(document.part_hashes().len(), 12);
    let terms = document.terms.iter().map(|part| doors::terms(part.text.as_bytes()).ok().map(|(terms, _)| terms));
    let Some(history) = terms.collect::<Option<Vec<_>>>().and_then(|terms| TermsHistory::new(terms).ok()) else {
        return;
    };
    match document.to_month_records(history) {
        Ok(read) => {
            let records = read.programme.records();
            assert_eq!(read.month.to_string(), document.month);
            assert_eq!(records.referrals.len(), document.referrals.len());
            assert_eq!(records.ambassadors.len(), document.ambassadors.len());
            assert_eq!(records.closes.len(), document.prices.closes.len());
            let supporters: usize = read.measurements.supporters.values().map(Vec::len).sum();
            assert_eq!(supporters, document.supporters.len());
        }
        Err(error) => refused(b"", &error),
    }
}

fn replacement(bytes: &[u8]) {
    let Some(mut document) = accepted(bytes, ReplacementDocument::from_bytes(bytes)) else { return };
    canonical(bytes, &document, &document.to_bytes());
    let field: Field<ReplacementDocument> = |document, path| (path == "amount").then_some(&mut document.amount);
    let Some(claim) = mended(&mut document, ReplacementDocument::to_claim, field) else { return };
    assert_eq!(B256::from(*claim.statement.as_bytes()), other_keccak(document.to_bytes()));
    let amounts = document.months.iter().map(|part| part.amount.parse::<BigUint>().expect("it was read before"));
    assert_eq!(BigUint::from(claim.amount.as_base_units()), amounts.sum::<BigUint>());
    let replaced = document.replaced().expect("they were read before");
    assert!(replaced.is_sorted_by(|one, next| one.month < next.month));
    assert!(replaced.iter().all(|one| (claim.months.from()..=claim.months.to()).contains(&one.month)));
}

fn other_domain(domain: &Domain) -> Eip712Domain {
    eip712_domain! {
        name: "AmbassadorPayouts",
        version: "1",
        chain_id: domain.chain_id,
        verifying_contract: OtherAddress::from(*domain.verifying_contract.as_bytes()),
    }
}

fn other_claim(claim: &Claim) -> other::Claim {
    other::Claim {
        account: OtherAddress::from(*claim.account.as_bytes()),
        index: U256::from(claim.index.as_u32()),
        from: U256::from(claim.months.from().as_number()),
        to: U256::from(claim.months.to().as_number()),
        amount: U256::from(claim.amount.as_base_units()),
        validUntil: U256::from(claim.deadline),
        statement: B256::from(*claim.statement.as_bytes()),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}
