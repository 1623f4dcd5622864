//! A month from its records to the ambassadors' accounts.

use alloy_primitives::{B256, Bytes, U256, keccak256};
use alloy_sol_types::SolCall as _;
use ambassador_core::{calldata, documents::claim::ClaimDocument};
use serde_json::{Value, json};

use super::{
    node::{CHAIN_ID, Receipt, tokens},
    world::{World, on_chain},
};
use crate::contract::abi::{AmbassadorPayouts as Payouts, Claim};
use crate::interop::script;

#[test]
fn a_month_goes_from_records_to_the_accounts() {
    let world = World::new();
    let total = world.close("2020-12");
    world.fund(total);
    assert_eq!(world.balance(world.payouts), total);

    let document = world.programme.claim("2020-12", "alex");
    let alex = document.to_signed_claim().expect("it agrees with itself").claim;
    let account = on_chain(&alex.account);
    let receipt = world.send(&calldata_of(&document));
    assert!(receipt.succeeded);
    assert_eq!(world.balance(account), tokens(21_000));
    assert_eq!(world.balance(world.payouts), total.checked_sub(tokens(21_000)).expect("it had enough"));
    assert!(world.read(&Payouts::isSettledCall { index: U256::ZERO, month: U256::from(611) }));

    // The event carries the hash of the file that explains the amount, and the signer recomputes the same one.
    let statement = keccak256(world.programme.bytes("months/2020-12/statements/alex.json"));
    let expected = Payouts::Redeemed {
        account,
        index: U256::ZERO,
        from: U256::from(611),
        to: U256::from(611),
        amount: tokens(21_000),
        statement,
    };
    assert_eq!(redeemed(&world, &receipt), [expected]);
    let signer = world.programme.signer().to_string();
    let files = ["months/2020-12/claims/alex.json", "months/2020-12/statements/alex.json", "published"];
    let verified = world.programme.run(&[["verify", "--signer", &signer].as_slice(), &files].concat());
    let sentences: Vec<&str> =
        verified["verified"].as_array().expect("a list").iter().filter_map(|one| one["verified"].as_str()).collect();
    assert!(sentences[0].starts_with(&format!("claim {} ", document.digest)), "{sentences:?}");
    assert!(sentences[1].starts_with(&format!("statement {statement} ")), "{sentences:?}");
    assert!(sentences.len() > 2, "{sentences:?}");

    let (index, month) = (U256::ZERO, U256::from(611));
    world.assert_refused(&calldata_of(&document), &Payouts::AlreadySettled { index, from: month, to: month });

    // Everybody else at once; what was paid already is skipped.
    let claims = world.programme.claims("2020-12");
    assert_eq!(claims.len(), 3);
    let items: Vec<_> = claims.iter().map(|signed| (signed.claim, signed.signature)).collect();
    let receipt = world.send(&calldata::redeem_many(&items).into());
    assert!(receipt.succeeded);
    assert_eq!(redeemed(&world, &receipt).len(), 2);
    for signed in &claims {
        assert_eq!(world.balance(on_chain(&signed.claim.account)), amount(&signed.claim));
        assert!(world.is_settled(&signed.claim));
    }
    assert_eq!(world.balance(world.payouts), U256::ZERO, "what was owed was funded, and nothing else");

    later_month(&world);
}

/// The month after goes the same way; one account sends its money elsewhere.
fn later_month(world: &World) {
    let total = world.close("2021-01");
    world.fund(total);
    let document = world.programme.claim("2021-01", "alex");
    let signed = document.to_signed_claim().expect("it agrees with itself");
    let (account, elsewhere) = (on_chain(&signed.claim.account), world.node.account(8));
    let to = elsewhere.to_string().parse().expect("an address");
    let data = calldata::redeem_to(&signed.claim, &signed.signature.to_bytes(), &to).into();
    world.assert_refused(&data, &Payouts::NotAccount { sender: world.node.account(9), account });

    world.node.impersonate(account);
    let receipt = world.node.send(account, world.payouts, &data);
    assert!(receipt.succeeded);
    assert_eq!(world.balance(elsewhere), amount(&signed.claim));
    assert_eq!(world.balance(account), tokens(21_000), "December's, and nothing of January");
    let month = U256::from(612);
    let settled = Payouts::AlreadySettled { index: U256::ZERO, from: month, to: month };
    world.assert_refused(&calldata_of(&document), &settled);

    let others: Vec<_> = world.programme.claims("2021-01").into_iter().filter(|other| *other != signed).collect();
    assert!(!others.is_empty());
    for other in others {
        let receipt = world.send(&calldata::redeem(&other.claim, &other.signature).into());
        assert!(receipt.succeeded, "{:?}", other.claim);
        assert_eq!(redeemed(world, &receipt)[0].statement, B256::from(*other.claim.statement.as_bytes()));
    }
    assert_eq!(world.balance(world.payouts), U256::ZERO);
}

#[test]
fn a_claim_file_convinces_the_contract_and_the_libraries_of_others() {
    let world = World::new();
    world.close("2020-12");
    let document = world.programme.claim("2020-12", "alex");
    let domain = world.read(&Payouts::eip712DomainCall {});
    assert_eq!((domain.name.as_str(), domain.version.as_str()), ("AmbassadorPayouts", "1"));
    assert_eq!((domain.chainId, domain.verifyingContract), (U256::from(CHAIN_ID), world.payouts));

    // Of a signature that nobody made the contract says over which digest it would have had to be.
    let signed = document.to_signed_claim().expect("it agrees with itself");
    let forged = Payouts::redeem_0Call { c: of_chain(&signed.claim), r: B256::ZERO, vs: B256::ZERO };
    let digest: B256 = document.digest.parse().expect("a hash");
    world.assert_refused(&forged.abi_encode().into(), &Payouts::InvalidSignature { digest });

    let text = String::from_utf8(world.programme.bytes("months/2020-12/claims/alex.json")).expect("UTF-8");
    let domain = json!({
        "name": domain.name,
        "version": domain.version,
        "chainId": CHAIN_ID,
        "verifyingContract": domain.verifyingContract.to_string(),
    });
    let opinions = script("claims.mjs", &json!({ "claim": text, "domain": domain }));
    let expected = Value::from(document.signer.clone());
    for library in ["viem", "ethers"] {
        assert_eq!(opinions[library]["digest"], document.digest, "{library}");
        assert_eq!(opinions[library]["signer"], expected, "{library}");
        assert_eq!(opinions[library]["forged"], false, "{library}");
    }
    assert_eq!(document.signer, world.read(&Payouts::signerCall {}).to_string());
    let part = &document.claim;
    let fields = [&part.account, &part.index, &part.from, &part.to, &part.amount, &part.valid_until, &part.statement];
    assert_eq!(opinions["calldata"]["function"], "redeem");
    assert_eq!(opinions["calldata"]["claim"], json!(fields));
}

/// The bytes that a claim's file tells everybody to send.
pub(super) fn calldata_of(document: &ClaimDocument) -> Bytes {
    document.calldata.parse().expect("hexadecimal")
}

fn redeemed(world: &World, receipt: &Receipt) -> Vec<Payouts::Redeemed> {
    receipt.events(world.payouts)
}

fn amount(claim: &ambassador_core::claim::Claim) -> U256 {
    U256::from(claim.amount.as_base_units())
}

fn of_chain(claim: &ambassador_core::claim::Claim) -> Claim {
    Claim {
        account: on_chain(&claim.account),
        index: U256::from(claim.index.as_u32()),
        from: U256::from(claim.months.from().as_number()),
        to: U256::from(claim.months.to().as_number()),
        amount: amount(claim),
        validUntil: U256::from(claim.deadline),
        statement: B256::from(*claim.statement.as_bytes()),
    }
}
