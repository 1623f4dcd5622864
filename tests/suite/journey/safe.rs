//! A real Safe as the signer (ERC-1271): its owners sign, it is asked, and the contract pays.

use std::{fs, path::Path};

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall as _, sol};
use ambassador_core::documents::claim::ClaimDocument;
use serde_json::{Value, json};

use super::{
    node::{CHAIN_ID, Node},
    programme::Programme,
    way::calldata_of,
    world::World,
};
use crate::{contract::build::creation_code, interop::interop};

sol! {
    function setup(address[] owners, uint256 threshold, address to, bytes data, address fallbackHandler,
        address paymentToken, uint256 payment, address paymentReceiver);
}

const MONTH: &str = "2020-12";
/// The places of the owners among the node's accounts; two of them must sign.
const OWNERS: [usize; 3] = [3, 4, 5];

#[test]
fn a_safe_signs_and_the_contract_pays() {
    let mut safe = Address::ZERO;
    let world = World::signed_by_contract(|node| {
        safe = deploy_safe(node);
        safe
    });
    let (programme, url, signer) = (&world.programme, world.node.url(), safe.to_string());
    programme.run(&["settle", MONTH, "--yes"]);
    let exported = programme.run(&["sign", MONTH, "--typed-data"]);
    let claims = exported["claims"].as_array().expect("a list");
    let ids: Vec<&str> = claims.iter().map(|claim| claim["id"].as_str().expect("an id")).collect();
    let put = |owners: &[usize]| {
        for (claim, id) in claims.iter().zip(&ids) {
            let signature = sign(&world.node, safe, claim["digest"].as_str().expect("a digest"), owners);
            fs::write(programme.path(&format!("{id}.sig")), format!("{signature}\n")).expect("a file is written");
        }
    };
    let files: Vec<String> = ids.iter().map(|id| format!("{id}.sig")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let attach = [["attach", MONTH, "--signer", &signer, "--yes", "--rpc", &url].as_slice(), &files].concat();
    let ledger = programme.bytes("ledger.db");

    // Without the chain nobody can say whether it signed, and one owner is not enough.
    put(&[3, 5]);
    let unasked: Vec<&str> = attach.iter().copied().filter(|word| !["--rpc", &url].contains(word)).collect();
    assert_refused(programme, &unasked, "SIGNATURE_TEXT", 4);
    put(&[4]);
    assert_refused(programme, &attach, "SIGNATURE_NOT_OF_CONTRACT", 4);
    put(&[3, 9]);
    assert_refused(programme, &attach, "SIGNATURE_NOT_OF_CONTRACT", 4);
    put(&[3, 5]);
    let nobody = world.node.account(3).to_string();
    let of_account: Vec<&str> = attach.iter().map(|word| if *word == signer { &nobody } else { *word }).collect();
    assert_refused(programme, &of_account, "SIGNATURE_NOT_OF_CONTRACT", 4);
    assert_eq!(programme.bytes("ledger.db"), ledger);
    assert!(!programme.path("months/2020-12/claims").exists());

    let attached = programme.run(&attach);
    assert_eq!(attached["claims"][0]["signer"], Value::from(signer.clone()));
    let ledger = programme.bytes("ledger.db");
    assert_eq!(programme.run(&attach)["files"], json!([]), "attached again");
    assert_eq!(programme.bytes("ledger.db"), ledger);
    let total = world.close(MONTH);

    let claim_file = format!("months/{MONTH}/claims/{}.json", ids[0]);
    for path in ["published", "months/2020-12", &claim_file] {
        assert_refused(programme, &["verify", path], "SIGNATURE_UNCHECKED", 1);
        programme.run(&["verify", path, "--rpc", &url, "--signer", &signer]);
        assert_refused(programme, &["verify", path, "--rpc", &url, "--signer", &nobody], "SIGNER", 1);
    }
    world.fund(total);
    for id in &ids {
        assert!(world.send(&calldata_of(&programme.claim(MONTH, id))).succeeded, "{id}");
    }
    assert_eq!(world.balance(world.payouts), U256::ZERO, "what was owed was funded, and nothing else");

    // Bytes that the Safe does not take, in a document that agrees with itself.
    let mut forged = programme.claim(MONTH, ids[0]).to_contract_claim().expect("it agrees with itself");
    forged.signature = sign(&world.node, safe, claims[1]["digest"].as_str().expect("a digest"), &[3, 5])
        .to_string()
        .parse()
        .expect("hexadecimal");
    let bytes = ClaimDocument::of_contract(&forged).to_bytes();
    fs::write(programme.path(&claim_file), bytes).expect("a file is written");
    for path in ["months/2020-12", &claim_file] {
        assert_refused(programme, &["verify", path, "--rpc", &url], "SIGNATURE_NOT_OF_CONTRACT", 1);
    }
}

#[test]
fn a_safe_signs_one_claim_for_several_months() {
    let mut safe = Address::ZERO;
    let world = World::signed_by_contract(|node| {
        safe = deploy_safe(node);
        safe
    });
    let (programme, url, signer) = (&world.programme, world.node.url(), safe.to_string());
    for month in ["2020-12", "2021-01"] {
        programme.run(&["settle", month, "--yes"]);
        let exported = programme.run(&["sign", month, "--typed-data"]);
        let mut files = Vec::new();
        for claim in exported["claims"].as_array().expect("a list") {
            let file = format!("{}.sig", claim["id"].as_str().expect("an id"));
            put(&world.node, safe, &programme.path(&file), &claim["digest"]);
            files.push(file);
        }
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        programme.run(&[["attach", month, "--signer", &signer, "--yes", "--rpc", &url].as_slice(), &files].concat());
        world.fund(world.close(month));
    }
    world.node.finalize();

    let consolidate = ["sign", "--consolidate", "alex", "2020-12..2021-01", "--rpc", &url];
    let exported = programme.run(&[consolidate.as_slice(), &["--typed-data"]].concat());
    assert_eq!((&exported["signed"], programme.path("replacements").exists()), (&json!(false), false));
    let document: Value = serde_json::from_slice(&programme.bytes(exported["file"].as_str().expect("a path")))
        .expect("typed data is JSON");
    assert_eq!(document["message"]["from"], "611");
    let take = [consolidate.as_slice(), &["--signature", "one.sig", "--yes"]].concat();
    fs::write(programme.path("one.sig"), sign(&world.node, safe, digest(&exported), &[4]).to_string())
        .expect("a file is written");
    assert_refused(programme, &take, "SIGNATURE_NOT_OF_CONTRACT", 4);
    let nobody = world.node.account(3).to_string();
    assert_refused(programme, &[take.as_slice(), &["--signer", &nobody]].concat(), "KEY_NOT_THE_SIGNER", 4);
    assert!(!programme.path("replacements").exists());

    put(&world.node, safe, &programme.path("one.sig"), &exported["digest"]);
    let made = programme.run(&take);
    assert_eq!((&made["digest"], &made["signer"]), (&exported["digest"], &json!(signer)));
    let folder = format!("replacements/alex/{}", &digest(&made)[2..18]);
    let claim = ClaimDocument::from_bytes(&programme.bytes(&format!("{folder}/claim.json"))).expect("a claim");
    programme.run(&["publish", "2020-12", "2021-01"]);
    assert_refused(programme, &["verify", "published"], "SIGNATURE_UNCHECKED", 1);
    programme.run(&["verify", "published", "--rpc", &url, "--signer", &signer]);
    assert!(world.send(&calldata_of(&claim)).succeeded);
    for month in ["2020-12", "2021-01"] {
        let own = programme.claim(month, "alex").to_contract_claim().expect("it agrees with itself").claim;
        assert!(world.is_settled(&own), "{month}");
    }
}

/// Returns the digest that an answer names.
fn digest(answer: &Value) -> &str {
    answer["digest"].as_str().expect("a digest")
}

/// Writes the signature that two owners give.
fn put(node: &Node, safe: Address, path: &Path, digest: &Value) {
    let signature = sign(node, safe, digest.as_str().expect("a digest"), &[3, 5]);
    fs::write(path, format!("{signature}\n")).expect("a file is written");
}

/// Deploys a Safe of the owners, behind a proxy as always.
fn deploy_safe(node: &Node) -> Address {
    let deployer = node.account(9);
    let deploy = |path: &str, arguments: &[u8]| {
        let artifacts = interop().join("node_modules/@safe-global/safe-contracts/build/artifacts/contracts");
        node.deploy(deployer, &creation_code(&artifacts.join(path)), arguments)
    };
    let singleton = deploy("Safe.sol/Safe.json", &[]);
    let handler = deploy("handler/CompatibilityFallbackHandler.sol/CompatibilityFallbackHandler.json", &[]);
    let safe = deploy("proxies/SafeProxy.sol/SafeProxy.json", singleton.into_word().as_slice());
    let setup = setupCall {
        owners: OWNERS.map(|place| node.account(place)).to_vec(),
        threshold: U256::from(2),
        to: Address::ZERO,
        data: Bytes::new(),
        fallbackHandler: handler,
        paymentToken: Address::ZERO,
        payment: U256::ZERO,
        paymentReceiver: Address::ZERO,
    };
    assert!(node.send(deployer, safe, &setup.abi_encode().into()).succeeded, "the Safe is set up");
    safe
}

/// Lets accounts sign a digest as a message of the Safe: their signatures, in the order of their addresses.
fn sign(node: &Node, safe: Address, digest: &str, accounts: &[usize]) -> Bytes {
    let document = json!({
        "types": {
            "EIP712Domain": [{ "name": "chainId", "type": "uint256" }, { "name": "verifyingContract", "type": "address" }],
            "SafeMessage": [{ "name": "message", "type": "bytes" }],
        },
        "primaryType": "SafeMessage",
        "domain": { "chainId": CHAIN_ID, "verifyingContract": safe },
        "message": { "message": digest },
    });
    let mut accounts: Vec<Address> = accounts.iter().map(|place| node.account(*place)).collect();
    accounts.sort();
    let signatures: Vec<Bytes> = accounts.iter().map(|account| node.sign_typed_data(*account, &document)).collect();
    signatures.concat().into()
}

/// Runs a command that must be refused, every problem with this code.
#[track_caller]
fn assert_refused(programme: &Programme, arguments: &[&str], code: &str, status: i32) {
    let refused = programme.start(arguments);
    let answer: Value = serde_json::from_slice(&refused.stdout).expect("JSON");
    assert_eq!(refused.status.code(), Some(status), "{answer}");
    let problems = answer["problems"].as_array().expect("a list");
    assert!(!problems.is_empty() && problems.iter().all(|problem| problem["code"] == code), "{code}: {answer}");
}
