//! Claims whose signer is elsewhere: the wallets and libraries of others sign them, and the contract pays.

use std::{collections::BTreeMap, fs, process::Command};

use alloy_primitives::U256;
use ambassador_core::calldata;
use serde_json::{Value, json};

use super::{
    node::program,
    world::{World, on_chain},
};
use crate::interop::script;

/// The place of the signer among the node's accounts.
const SIGNER: usize = 3;
/// Its key, which everybody knows.
const KEY: &str = "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6";
const MONTH: &str = "2020-12";

#[test]
fn wallets_of_others_sign_the_typed_data_and_the_contract_pays() {
    let world = World::signed_by(|node, _| node.account(SIGNER));
    let programme = &world.programme;
    let signer = world.node.account(SIGNER).to_string();
    programme.run(&["settle", MONTH, "--yes"]);
    let exported = programme.run(&["sign", MONTH, "--typed-data"]);
    let claims = exported["claims"].as_array().expect("a list");
    assert_eq!(claims.len(), 3);
    let names: Vec<&str> = claims.iter().map(|claim| claim["file"].as_str().expect("a path")).collect();
    let files: Vec<String> =
        names.iter().map(|name| String::from_utf8(programme.bytes(name)).expect("UTF-8")).collect();
    let theirs = script("typed-data.mjs", &json!({ "key": KEY, "files": files }));

    let signatures: Vec<String> = names.iter().map(|name| name.replace(".json", ".sig")).collect();
    for (place, (name, signature)) in names.iter().zip(&signatures).enumerate() {
        let said = cast(&world, &["wallet", "sign", "--private-key", KEY, "--data", "--from-file", name]);
        assert_eq!(theirs["ethers"][place], said.trim(), "{name}");
        assert_eq!(theirs["viem"][place], said.trim(), "{name}");
        fs::write(programme.path(signature), said).expect("a file is written");
    }
    // All of them as one batch, from one file to one file: what the one of them signs, another one takes.
    let batch: BTreeMap<String, Value> =
        serde_json::from_slice(&programme.bytes(exported["batch"].as_str().expect("a path"))).expect("an object");
    let (ids, documents): (Vec<String>, Vec<String>) =
        batch.into_iter().map(|(id, document)| (id, document.to_string())).unzip();
    let answers = script("typed-data.mjs", &json!({ "key": KEY, "files": documents }));
    let pairs = |ids: &[String]| {
        let pair = |(id, signature): (&String, &Value)| format!("\"{id}\": {signature}");
        ids.iter().zip(answers["viem"].as_array().expect("a list")).map(pair).collect::<Vec<_>>()
    };
    let all = pairs(&ids);
    let put = |pairs: &[String]| {
        let text = format!("{{{}}}", pairs.join(","));
        fs::write(programme.path("batch.json"), text).expect("a file is written");
    };
    let attach = ["attach", MONTH, "--signer", &signer, "batch.json"];
    for (pairs, code) in [
        (vec![all[0].clone(), all[1].clone()], "SIGNATURE_MISSING"),
        ([all.as_slice(), &all[..1]].concat(), "SIGNATURE_TWICE"),
        (pairs(&[ids[1].clone(), ids[0].clone(), ids[2].clone()]), "SIGNATURE_FOREIGN"),
        ([all.as_slice(), &[all[0].replacen(&ids[0], "nobody", 1)]].concat(), "SIGNATURE_NO_CLAIM"),
        (vec!["\"alex\": 7".to_owned()], "JSON"),
    ] {
        put(&pairs);
        let refused = programme.start(&attach);
        let answer: Value = serde_json::from_slice(&refused.stdout).expect("JSON");
        assert_eq!((refused.status.code(), &answer["problems"][0]["code"]), (Some(4), &json!(code)), "{answer}");
    }
    put(&all);
    programme.run(&[attach.as_slice(), &["--dry-run"]].concat());

    let attach: Vec<&str> = ["attach", MONTH, "--signer", &signer, "--yes"]
        .into_iter()
        .chain(signatures.iter().map(String::as_str))
        .collect();
    let attached = programme.run(&attach);
    for (claim, exported) in attached["claims"].as_array().expect("a list").iter().zip(claims) {
        assert_eq!(claim["digest"], exported["digest"]);
        assert_eq!(claim["signer"], Value::from(signer.clone()));
    }
    let ledger = programme.bytes("ledger.db");
    assert_eq!(programme.run(&attach)["files"], json!([]), "attached again");
    assert_eq!(programme.bytes("ledger.db"), ledger);

    // Closing finds nothing left to sign, and publishes.
    let total = world.close(MONTH);
    programme.run(&["verify", "--signer", &signer, "months/2020-12", "published"]);
    assert_all_paid(&world, total);
}

#[test]
fn an_endpoint_signs_and_the_contract_pays() {
    let world = World::signed_by(|node, _| node.account(SIGNER));
    let (programme, url) = (&world.programme, world.node.url());
    let signer = world.node.account(SIGNER).to_string();
    programme.run(&["settle", MONTH, "--yes"]);
    let sign = ["sign", MONTH, "--rpc", &url, "--signer", &signer, "--yes"];
    let answer = programme.run(&sign);
    assert_eq!(answer["claims"].as_array().map(Vec::len), Some(3));
    let ledger = programme.bytes("ledger.db");
    assert_eq!(programme.run(&sign)["files"], json!([]), "signed again");
    assert_eq!(programme.bytes("ledger.db"), ledger);
    let total = world.close(MONTH);
    assert_all_paid(&world, total);

    // From now on the signer is known.
    programme.run(&["settle", "2021-01", "--yes"]);
    let later = programme.run(&["sign", "2021-01", "--rpc", &url, "--yes"]);
    assert_eq!(later["claims"][0]["signer"], Value::from(signer));
}

#[test]
fn a_claim_in_the_place_of_others_is_signed_elsewhere() {
    let world = World::signed_by(|node, _| node.account(SIGNER));
    let (programme, url) = (&world.programme, world.node.url());
    let signer = world.node.account(SIGNER).to_string();
    for month in ["2020-12", "2021-01"] {
        programme.run(&["settle", month, "--yes"]);
        programme.run(&["sign", month, "--rpc", &url, "--signer", &signer, "--yes"]);
        world.fund(world.close(month));
    }
    world.node.finalize();
    let consolidate = ["sign", "--consolidate", "alex", "2020-12..2021-01", "--rpc", &url];
    let exported = programme.run(&[consolidate.as_slice(), &["--typed-data"]].concat());
    let document: Value = serde_json::from_slice(&programme.bytes(exported["file"].as_str().expect("a path")))
        .expect("typed data is JSON");
    let take = [consolidate.as_slice(), &["--signature", "one.sig", "--yes"]].concat();
    let put = |place: usize| {
        let signature = world.node.sign_typed_data(world.node.account(place), &document);
        fs::write(programme.path("one.sig"), format!("{signature}\n")).expect("a file is written");
    };
    let code = |arguments: &[&str]| {
        let refused = programme.start(arguments);
        let answer: Value = serde_json::from_slice(&refused.stdout).expect("JSON");
        (refused.status.code(), answer["problems"][0]["code"].as_str().map(str::to_owned))
    };
    let ledger = programme.bytes("ledger.db");
    assert_eq!(code(&take), (Some(4), Some("SIGNATURE_UNREADABLE".to_owned())));
    put(4);
    assert_eq!(code(&take), (Some(4), Some("SIGNATURE_FOREIGN".to_owned())));
    let month = ["sign", "2020-12", "--rpc", &url, "--signature", "one.sig"];
    assert_eq!(code(&month), (Some(2), Some("USAGE".to_owned())), "a month's signatures are attached");
    assert_eq!(programme.bytes("ledger.db"), ledger);
    put(SIGNER);
    let made = programme.run(&take);
    assert_eq!((&made["digest"], &made["signer"]), (&exported["digest"], &json!(signer)));
    programme.run(&["publish", "2020-12", "2021-01"]);
    programme.run(&["verify", "--signer", &signer, "published"]);
}

#[test]
fn an_endpoint_without_the_account_or_of_another_chain_is_refused_in_words() {
    let world = World::signed_by(|node, _| node.account(SIGNER));
    let (programme, url) = (&world.programme, world.node.url());
    let ours = programme.signer().to_string();
    programme.run(&["settle", MONTH, "--yes"]);
    let ledger = programme.bytes("ledger.db");
    let refused = programme.start(&["sign", MONTH, "--rpc", &url, "--signer", &ours, "--yes"]);
    assert_eq!(refused.status.code(), Some(4));
    let problems: Value = serde_json::from_slice(&refused.stdout).expect("JSON");
    assert_eq!(problems["problems"][0]["code"], "RPC_REFUSED", "{problems}");
    assert_eq!(problems["problems"][0]["column"], "claim of alex", "{problems}");
    assert_eq!(programme.bytes("ledger.db"), ledger);
    assert!(!programme.path("months/2020-12/claims").exists());

    // The example itself is of another chain than the node's.
    let other = super::programme::Programme::copy();
    other.run(&["settle", MONTH, "--yes"]);
    let refused = other.start(&["sign", MONTH, "--rpc", &url, "--signer", &ours, "--yes"]);
    assert_eq!(refused.status.code(), Some(4));
    let problems: Value = serde_json::from_slice(&refused.stdout).expect("JSON");
    assert_eq!(problems["problems"][0]["code"], "RPC_CHAIN", "{problems}");
}

/// Funds the contract with what is owed, and redeems every claim.
fn assert_all_paid(world: &World, total: U256) {
    world.fund(total);
    for signed in world.programme.claims(MONTH) {
        let receipt = world.send(&calldata::redeem(&signed.claim, &signed.signature).into());
        assert!(receipt.succeeded, "{:?}", signed.claim);
        let amount = U256::from(signed.claim.amount.as_base_units());
        assert_eq!(world.balance(on_chain(&signed.claim.account)), amount);
    }
    assert_eq!(world.balance(world.payouts), U256::ZERO, "what was owed was funded, and nothing else");
}

/// Runs cast in the programme's folder.
fn cast(world: &World, arguments: &[&str]) -> String {
    let mut cast = Command::new(program("cast"));
    cast.args(arguments).current_dir(world.programme.path("")).env("HOME", world.node.folder());
    let output = cast.output().expect("cast starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}
