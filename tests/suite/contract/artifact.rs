//! The committed artifact is what the sources compile to, and its interface is the one these tests know.

use std::{collections::BTreeSet, fs};

use alloy_sol_types::{SolEvent as _, SolInterface as _};
use revm::primitives::keccak256;
use serde_json::Value;

use super::{abi::AmbassadorPayouts as Payouts, build};

#[test]
fn the_artifact_is_what_the_sources_compile_to() {
    build::run_script(&["--check".as_ref()]);
}

#[test]
fn the_interface_has_nothing_else() {
    let artifact = artifact();
    let known: BTreeSet<[u8; 4]> = Payouts::AmbassadorPayoutsCalls::selectors().collect();
    assert_eq!(selectors(&artifact, "function"), known);
    let events: BTreeSet<[u8; 4]> = Payouts::AmbassadorPayoutsEvents::SELECTORS
        .iter()
        .map(|topic| [topic[0], topic[1], topic[2], topic[3]])
        .collect();
    assert!(events.is_subset(&selectors(&artifact, "event")));
    let errors: BTreeSet<[u8; 4]> = Payouts::AmbassadorPayoutsErrors::selectors().collect();
    assert!(errors.is_subset(&selectors(&artifact, "error")), "an error that tests know is gone");
    assert_eq!(Payouts::Redeemed::SIGNATURE, "Redeemed(address,uint256,uint256,uint256,uint256,bytes32)");
}

#[test]
fn the_code_fits_and_carries_no_path() {
    let code = artifact()["deployedBytecode"].as_str().expect("an artifact has code").to_owned();
    assert!(code.len() / 2 < 24_576, "EIP-170");
    assert!(!code.contains("__$"), "no library is left to link");
    let text = fs::read_to_string(build::contracts().join("AmbassadorPayouts.json")).expect("it is committed");
    assert!(!text.contains("node_modules") && !text.contains("/home"));
}

fn artifact() -> Value {
    let text = fs::read_to_string(build::contracts().join("AmbassadorPayouts.json")).expect("it is committed");
    serde_json::from_str(&text).expect("it is JSON")
}

/// First four bytes of the hash of each signature of a kind.
fn selectors(artifact: &Value, kind: &str) -> BTreeSet<[u8; 4]> {
    let items = artifact["abi"].as_array().expect("an artifact has an interface");
    items
        .iter()
        .filter(|item| item["type"] == kind)
        .map(|item| {
            let signature = format!("{}{}", text(&item["name"]), parameters(&item["inputs"]));
            let hash = keccak256(signature);
            [hash[0], hash[1], hash[2], hash[3]]
        })
        .collect()
}

fn parameters(inputs: &Value) -> String {
    let types = inputs.as_array().expect("inputs are a list").iter().map(|input| {
        text(&input["type"])
            .strip_prefix("tuple")
            .map_or_else(|| text(&input["type"]).to_owned(), |array| parameters(&input["components"]) + array)
    });
    format!("({})", types.collect::<Vec<_>>().join(","))
}

fn text(value: &Value) -> &str {
    value.as_str().expect("names and types are text")
}
