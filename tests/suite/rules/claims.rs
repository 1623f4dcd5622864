//! EIP-712 and ABI encodings of claims beside an independent implementation, and the vectors that other rooms read.

use alloy_primitives::{Address as OtherAddress, B256, Bytes, U256, keccak256 as other_keccak};
use alloy_sol_types::{Eip712Domain, SolCall, SolStruct, eip712_domain, sol};
use ambassador_core::{
    address::Address,
    calendar::Month,
    calldata,
    claim::{CLAIM_TYPE, Claim, DOMAIN_TYPE, Domain, MonthRange},
    hash::{Hash32, keccak256},
    records::AmbassadorIndex,
    signature::{Parity, Signature},
    token::TokenAmount,
};
use k256::ecdsa::{SigningKey, VerifyingKey};
use proptest::{array::uniform32, collection::vec, prelude::*};
use serde_json::{Value, json};

use super::strategy::cases;

mod contract {
    use super::sol;

    sol! {
        struct Claim {
            address account; uint256 index; uint256 from; uint256 to; uint256 amount; uint256 validUntil; bytes32 statement;
        }
        struct Signed { Claim claim; bytes32 r; bytes32 vs; }
        function redeem(Claim calldata claim, bytes32 r, bytes32 vs);
        function redeemTo(Claim calldata claim, bytes calldata signature, address to);
        function redeemMany(Signed[] calldata claims) returns (uint256 paid);
        interface WithBytes {
            function redeem(Claim calldata claim, bytes calldata signature);
        }
    }
}
use contract::{Claim as OtherClaim, Signed, WithBytes, redeemCall, redeemManyCall, redeemToCall};

/// The vectors, from the suite's folder.
const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/claims.json");
/// What signs the vectors; it is published and guards nothing.
const KEY_SEED: &[u8] = b"the published key of the claim vectors";

/// A claim with its domain and signature in the words of both implementations.
#[derive(Clone, Debug)]
struct Case {
    domain: Domain,
    claim: Claim,
    signature: Signature,
    to: Address,
}

impl Case {
    fn other_domain(&self) -> Eip712Domain {
        eip712_domain! {
            name: "AmbassadorPayouts",
            version: "1",
            chain_id: self.domain.chain_id,
            verifying_contract: OtherAddress::from(*self.domain.verifying_contract.as_bytes()),
        }
    }

    fn other_claim(&self) -> OtherClaim {
        OtherClaim {
            account: OtherAddress::from(*self.claim.account.as_bytes()),
            index: U256::from(self.claim.index.as_u32()),
            from: U256::from(self.claim.months.from().as_number()),
            to: U256::from(self.claim.months.to().as_number()),
            amount: U256::from(self.claim.amount.as_base_units()),
            validUntil: U256::from(self.claim.deadline),
            statement: B256::from(*self.claim.statement.as_bytes()),
        }
    }

    /// The yParityAndS of EIP-2098, from s and the parity alone.
    fn other_vs(&self) -> B256 {
        let parity = U256::from(self.signature.v() - 27) << 255;
        B256::from(U256::from_be_bytes(*self.signature.s()) | parity)
    }

    fn other_bytes(&self) -> Bytes {
        [self.signature.r().as_slice(), self.signature.s(), &[self.signature.v()]].concat().into()
    }

    fn other_signed(&self) -> Signed {
        Signed { claim: self.other_claim(), r: B256::from(*self.signature.r()), vs: self.other_vs() }
    }

    fn other_calldata(&self) -> [Vec<u8>; 3] {
        let Signed { claim, r, vs } = self.other_signed();
        let to = OtherAddress::from(*self.to.as_bytes());
        [
            redeemCall { claim: claim.clone(), r, vs }.abi_encode(),
            WithBytes::redeemCall { claim: claim.clone(), signature: self.other_bytes() }.abi_encode(),
            redeemToCall { claim, signature: self.other_bytes(), to }.abi_encode(),
        ]
    }

    fn calldata(&self) -> [Vec<u8>; 3] {
        let bytes = self.signature.to_bytes();
        [
            calldata::redeem(&self.claim, &self.signature),
            calldata::redeem_with_bytes(&self.claim, &bytes),
            calldata::redeem_to(&self.claim, &bytes, &self.to),
        ]
    }
}

fn addresses() -> impl Strategy<Value = Address> {
    any::<[u8; 20]>().prop_filter_map("the zero address", Address::from_bytes)
}

fn month_ranges() -> impl Strategy<Value = MonthRange> {
    (0_u32..2760, 0_u32..16).prop_map(|(from, more)| {
        let month = |number| Month::from_number(number).expect("a month");
        let last = (from | 15).min(2759);
        MonthRange::new(month(from), month((from + more).min(last))).expect("one block")
    })
}

fn signatures() -> impl Strategy<Value = Signature> {
    (uniform32(any::<u8>()), uniform32(any::<u8>()), any::<bool>()).prop_filter_map(
        "no signature",
        |(r, mut s, odd)| {
            s[0] &= 0x7f;
            Signature::new(r, s, if odd { Parity::Odd } else { Parity::Even }).ok()
        },
    )
}

fn random_cases() -> impl Strategy<Value = Case> {
    let edge = |most: u128| prop_oneof![1 => Just(1_u128), 1 => Just(most), 8 => 1..=most];
    let domain = (prop_oneof![Just(1_u64), any::<u64>()], addresses());
    let claim = (addresses(), any::<u32>(), month_ranges(), edge(u128::MAX), any::<u64>(), uniform32(any::<u8>()));
    (domain, claim, signatures(), addresses()).prop_map(
        |((chain_id, verifying_contract), (account, index, months, amount, deadline, statement), signature, to)| Case {
            domain: Domain { chain_id, verifying_contract },
            claim: Claim {
                account,
                index: AmbassadorIndex::new(index),
                months,
                amount: TokenAmount::from_base_units(amount),
                deadline,
                statement: Hash32::from_bytes(statement),
            },
            signature,
            to,
        },
    )
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn hashes_and_calldata_are_those_of_another_implementation(case in random_cases()) {
        let (domain, claim) = (case.other_domain(), case.other_claim());
        prop_assert_eq!(*case.domain.separator().as_bytes(), domain.separator().0);
        prop_assert_eq!(*case.claim.struct_hash().as_bytes(), claim.eip712_hash_struct().0);
        prop_assert_eq!(*case.claim.digest(&case.domain).as_bytes(), claim.eip712_signing_hash(&domain).0);
        prop_assert_eq!(case.claim.digest_under(&case.domain.separator()), case.claim.digest(&case.domain));
        prop_assert_eq!(case.signature.to_vs(), case.other_vs().0);
        prop_assert_eq!(case.calldata(), case.other_calldata());
    }

    #[test]
    fn many_claims_are_encoded_as_by_another_implementation(list in vec(random_cases(), 0..5)) {
        let ours: Vec<_> = list.iter().map(|case| (case.claim, case.signature)).collect();
        let theirs = redeemManyCall { claims: list.iter().map(Case::other_signed).collect() }.abi_encode();
        prop_assert_eq!(calldata::redeem_many(&ours), theirs);
    }

    #[test]
    fn a_contracts_signature_of_any_length_is_encoded(case in random_cases(), signature in vec(any::<u8>(), 0..100)) {
        let (claim, to) = (case.other_claim(), OtherAddress::from(*case.to.as_bytes()));
        let bytes = Bytes::from(signature.clone());
        let call = WithBytes::redeemCall { claim: claim.clone(), signature: bytes.clone() };
        prop_assert_eq!(calldata::redeem_with_bytes(&case.claim, &signature), call.abi_encode());
        prop_assert_eq!(calldata::redeem_to(&case.claim, &signature, &case.to), redeemToCall { claim, signature: bytes, to }.abi_encode());
    }
}

#[test]
fn the_types_are_those_of_another_implementation() {
    assert_eq!(OtherClaim::eip712_encode_type(), CLAIM_TYPE);
    let domain: Eip712Domain =
        eip712_domain! { name: "", version: "", chain_id: 1, verifying_contract: OtherAddress::ZERO, };
    assert_eq!(domain.encode_type(), DOMAIN_TYPE);
    assert_eq!(keccak256(&[b"Ambassador", b"Payouts"]).as_bytes(), &other_keccak(b"AmbassadorPayouts").0);
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&other_keccak(KEY_SEED).0.into()).expect("a hash below the order")
}

fn account_of(key: &VerifyingKey) -> OtherAddress {
    let point = key.to_sec1_point(false);
    OtherAddress::from_slice(&other_keccak(&point.as_bytes()[1..])[12..])
}

/// The twenty claims of the vectors, drawn from hashes of their numbers and signed with the published key.
fn vector_cases() -> Vec<Case> {
    let draw = |number: u8, what: &str| other_keccak([what.as_bytes(), &[number]].concat()).0;
    let address =
        |number, what| draw(number, what).last_chunk().copied().and_then(Address::from_bytes).expect("no zero");
    let small = |number, what| u32::from_be_bytes(*draw(number, what).last_chunk().expect("four bytes"));
    let build = |number: u8| {
        // Most share a domain, so that they can be redeemed together.
        let domain = match number {
            0..16 => Domain { chain_id: 1, verifying_contract: address(0, "contract") },
            _ => Domain { chain_id: small(number, "chain").into(), verifying_contract: address(number, "contract") },
        };
        let month = |number| Month::from_number(number).expect("a month");
        let from = 600 + small(number, "from") % 40;
        let to = if number % 4 == 3 { from | 15 } else { from };
        let wide = u128::from_be_bytes(*draw(number, "amount").last_chunk().expect("sixteen bytes"));
        let amount = [21_000_000_000_000_000_000_000, 1, u128::MAX].get(usize::from(number)).copied();
        let claim = Claim {
            account: address(number, "account"),
            index: AmbassadorIndex::new(if number < 16 { number.into() } else { small(number, "index") }),
            months: MonthRange::new(month(from), month(to)).expect("one block"),
            amount: TokenAmount::from_base_units(amount.unwrap_or((wide >> 40).max(1))),
            deadline: 1_641_600_000 + u64::from(small(number, "deadline")),
            statement: Hash32::from_bytes(draw(number, "statement")),
        };
        let unsigned = Signature::new([1; 32], [1; 32], Parity::Even).expect("any signature");
        let case = Case { domain, claim, signature: unsigned, to: address(number, "to") };
        let digest = case.other_claim().eip712_signing_hash(&case.other_domain());
        let (signature, id) = key().sign_prehash_recoverable(digest.as_slice());
        let parity = if id.is_y_odd() { Parity::Odd } else { Parity::Even };
        let (r, s) = signature.split_bytes();
        let signature = Signature::new(r.into(), s.into(), parity).expect("a low s");
        Case { signature, ..case }
    };
    (0..20).map(build).collect()
}

/// The vectors as the independent implementation writes them.
fn vector_text() -> String {
    let hex = |bytes: &[u8]| format!("0x{}", alloy_primitives::hex::encode(bytes));
    let one = |case: &Case| {
        let (domain, claim) = (case.other_domain(), case.other_claim());
        let [redeem, with_bytes, redeem_to] = case.other_calldata();
        json!({
            "domain": { "chainId": case.domain.chain_id, "verifyingContract": domain.verifying_contract.expect("one").to_string() },
            "claim": {
                "account": claim.account.to_string(), "index": claim.index.to_string(), "from": claim.from.to_string(),
                "to": claim.to.to_string(), "amount": claim.amount.to_string(), "validUntil": claim.validUntil.to_string(),
                "statement": claim.statement.to_string(),
            },
            "domainSeparator": domain.separator().to_string(),
            "structHash": claim.eip712_hash_struct().to_string(),
            "digest": claim.eip712_signing_hash(&domain).to_string(),
            "r": hex(case.signature.r()),
            "vs": case.other_vs().to_string(),
            "signature": hex(&case.other_bytes()),
            "calldata": { "redeem": hex(&redeem), "redeemWithBytes": hex(&with_bytes), "redeemTo": hex(&redeem_to) },
            "redeemTo": OtherAddress::from(*case.to.as_bytes()).to_string(),
        })
    };
    let list = vector_cases();
    let together = redeemManyCall { claims: list[..16].iter().map(Case::other_signed).collect() };
    let vectors = json!({
        "about": "Claims with every intermediate value, by an implementation that is not this project's. \
            The key is published: never fund its account.",
        "key": hex(&key().to_bytes()),
        "signer": account_of(key().verifying_key()).to_string(),
        "claimTypeHash": other_keccak(OtherClaim::eip712_encode_type().as_bytes()).to_string(),
        "redeemManyOfTheFirst16": hex(&together.abi_encode()),
        "vectors": list.iter().map(one).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&vectors).expect("text") + "\n"
}

/// With `BLESS` in the environment the vectors are written anew first.
#[test]
fn the_vectors_are_those_of_the_independent_implementation() {
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(VECTORS, vector_text()).expect("a writable folder");
    }
    assert!(std::fs::read_to_string(VECTORS).expect("the vectors") == vector_text(), "the vectors were changed");
}

#[test]
fn core_agrees_with_the_vectors() {
    let text = std::fs::read_to_string(VECTORS).expect("the vectors");
    let file: Value = serde_json::from_str(&text).expect("vectors");
    let list = file["vectors"].as_array().expect("a list");
    assert_eq!(list.len(), 20);
    let mut together = Vec::new();
    for vector in list {
        let text =
            |pointer: &str| vector.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer}"));
        let month = |pointer: &str| Month::from_number(text(pointer).parse().expect("a number")).expect("a month");
        let domain = Domain {
            chain_id: vector["domain"]["chainId"].as_u64().expect("a number"),
            verifying_contract: text("/domain/verifyingContract").parse().expect("an address"),
        };
        let claim = Claim {
            account: text("/claim/account").parse().expect("an address"),
            index: AmbassadorIndex::new(text("/claim/index").parse().expect("a number")),
            months: MonthRange::new(month("/claim/from"), month("/claim/to")).expect("one block"),
            amount: text("/claim/amount").parse().expect("an amount"),
            deadline: text("/claim/validUntil").parse().expect("a number"),
            statement: text("/claim/statement").parse().expect("a hash"),
        };
        let signature: Signature = text("/signature").parse().expect("a signature");
        let hex = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
        assert_eq!(domain.separator().to_string(), text("/domainSeparator"));
        assert_eq!(claim.struct_hash().to_string(), text("/structHash"));
        assert_eq!(claim.digest(&domain).to_string(), text("/digest"));
        assert_eq!((hex(signature.r()), hex(&signature.to_vs())), (text("/r").into(), text("/vs").into()));
        let (bytes, to) = (signature.to_bytes(), text("/redeemTo").parse().expect("an address"));
        assert_eq!(hex(&calldata::redeem(&claim, &signature)), text("/calldata/redeem"));
        assert_eq!(hex(&calldata::redeem_with_bytes(&claim, &bytes)), text("/calldata/redeemWithBytes"));
        assert_eq!(hex(&calldata::redeem_to(&claim, &bytes, &to)), text("/calldata/redeemTo"));
        together.push((claim, signature));
    }
    together.truncate(16);
    let together = format!("0x{}", hex::encode(calldata::redeem_many(&together)));
    assert_eq!(Some(together.as_str()), file["redeemManyOfTheFirst16"].as_str());
    let type_hash = keccak256(&[CLAIM_TYPE.as_bytes()]).to_string();
    assert_eq!(Some(type_hash.as_str()), file["claimTypeHash"].as_str());
}
