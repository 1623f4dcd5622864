//! The page in a real browser and its modules in Node.js: the scripts of `tests/browser`, on what was built.

#![expect(clippy::expect_used, reason = "a test that cannot go on should stop")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::binary;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn scripts() -> PathBuf {
    root().join("tests/browser")
}

/// Runs a script's tests; each of them says of itself what it shows.
fn check(script: &str) {
    for (needed, how) in [
        ("tests/browser/node_modules", "npm ci --ignore-scripts --prefix tests/browser"),
        ("web-demo/dist/index.html", "cargo web build"),
    ] {
        assert!(root().join(needed).exists(), "`{needed}` is missing: run `{how}` first");
    }
    let output = Command::new("node")
        .args(["--test", "--test-reporter=spec", script])
        .current_dir(scripts())
        .env("AMBASSADOR_SIGNER", binary::path())
        .env("AMBASSADOR_WEB", binary::page_command())
        .output()
        .expect("Node.js is installed");
    let said = String::from_utf8_lossy(&output.stdout);
    // What passed before is of no use there.
    let failures = said.find("failing tests:").and_then(|at| said.get(at..)).unwrap_or(&said);
    assert!(output.status.success(), "{}\n{failures}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_script_is_run() {
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("suite/browser.rs")).expect("this file");
    for entry in fs::read_dir(scripts()).expect("a folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("a plain name");
        if name.ends_with(".test.mjs") {
            assert!(source.contains(&format!("check(\"{name}\")")), "`{name}` is run by nobody");
        }
    }
}

#[test]
fn the_numbers_are_the_same_everywhere() {
    check("numbers.test.mjs");
}

#[test]
fn a_claim_goes_its_way_from_the_signer_to_the_account() {
    check("journey.test.mjs");
}

#[test]
fn a_contract_signs_and_one_claim_stands_for_several() {
    check("contract-signer.test.mjs");
}

#[test]
fn an_invite_goes_its_way_from_the_ambassador_to_the_records() {
    check("invites.test.mjs");
}

#[test]
fn each_failure_is_told_in_words() {
    check("failures.test.mjs");
}

#[test]
fn whatever_is_published_harms_nothing_and_is_explained() {
    check("hostile.test.mjs");
}

#[test]
fn naughty_names_are_shown_as_what_they_are() {
    check("naughty.test.mjs");
}

#[test]
fn who_breaks_the_pages_policy_is_refused_and_found() {
    check("policy.test.mjs");
}

#[test]
fn what_no_wallet_can_mean_is_not_believed() {
    check("answers.test.mjs");
}

#[test]
fn a_wallet_and_a_node_that_lie_get_nowhere() {
    check("strangers.test.mjs");
}

#[test]
fn the_calculator_does_what_it_says() {
    check("calculator.test.mjs");
}

#[test]
fn the_page_stays_when_its_server_goes() {
    check("offline.test.mjs");
}

#[test]
fn malformed_input_costs_nothing() {
    check("malformed.test.mjs");
}

#[test]
fn every_state_can_be_seen_and_reached() {
    check("states.test.mjs");
}

#[test]
fn a_statement_is_read_and_printed() {
    check("statement.test.mjs");
}
