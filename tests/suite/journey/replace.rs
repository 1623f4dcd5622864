//! Claims in the place of others on the real contract: whichever is redeemed first, every month is paid once.

use std::fs;

use alloy_primitives::{Address, Bytes, U256};
use ambassador_core::documents::{claim::ClaimDocument, replacement::ReplacementDocument, statement::statement_hash};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::{
    way::calldata_of,
    world::{World, on_chain},
};
use crate::contract::abi::AmbassadorPayouts as Payouts;

/// `validUntil` of December 2020 under the example's terms.
const DEADLINE: u64 = 1_641_600_000;
const DECEMBER: u64 = 611;

/// A world in which these months are closed and funded, and the contract is final.
fn closed(months: &[&str]) -> World {
    let world = World::new();
    for month in months {
        let total = world.close(month);
        world.fund(total);
    }
    world.node.finalize();
    world
}

/// Runs a command with the node as its endpoint; returns the exit status and the answer.
fn ask(world: &World, arguments: &[&str]) -> (Option<i32>, Value) {
    let url = world.node.url();
    let output = world.programme.start(&[arguments, &["--rpc", &url]].concat());
    let answer = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    (output.status.code(), answer)
}

fn run(world: &World, arguments: &[&str]) -> Value {
    let (status, answer) = ask(world, arguments);
    assert_eq!(status, Some(0), "{arguments:?}: {answer}");
    answer
}

/// Runs a command that must be refused with this code, and record nothing.
#[track_caller]
fn refuse(world: &World, arguments: &[&str], code: &str) -> Value {
    let before = world.programme.bytes("ledger.db");
    let (status, answer) = ask(world, arguments);
    assert_eq!((status, &answer["problems"][0]["code"]), (Some(1), &json!(code)), "{arguments:?}: {answer}");
    assert!(answer["problems"][0]["help"].is_string(), "{answer}");
    assert_eq!(world.programme.bytes("ledger.db"), before, "{arguments:?}");
    answer
}

/// The claim in the place of others that a command wrote last, with its document's bytes.
fn replacement(world: &World, answer: &Value) -> (ClaimDocument, Vec<u8>) {
    let digest = answer["digest"].as_str().unwrap_or_else(|| panic!("{answer}"));
    let folder = format!("replacements/{}/{}", answer["id"].as_str().expect("an id"), &digest[2..18]);
    let claim = ClaimDocument::from_bytes(&world.programme.bytes(&format!("{folder}/claim.json"))).expect("a claim");
    (claim, world.programme.bytes(&format!("{folder}/replacement.json")))
}

/// How many rows a table of the ledger has.
fn count(world: &World, table: &str) -> u32 {
    let ledger = Connection::open(world.programme.path("ledger.db")).expect("the ledger opens");
    ledger.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("it is counted")
}

/// The states of an ambassador's rows.
fn states(world: &World, id: &str) -> Vec<String> {
    let answer = run(world, &["status"]);
    let rows = answer["chain"][0]["claims"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let rows = rows.iter().filter(|row| row["id"] == id);
    rows.map(|row| format!("{} {}", row["from"].as_str().expect("a month"), row["state"].as_str().expect("a state")))
        .collect()
}

/// The contract refuses a claim because one of its months is settled.
#[track_caller]
fn assert_settled(world: &World, document: &ClaimDocument) {
    let number = |text: &str| text.parse::<U256>().expect("a number");
    let part = &document.claim;
    let (index, from, to) = (number(&part.index), number(&part.from), number(&part.to));
    world.assert_refused(&calldata_of(document), &Payouts::AlreadySettled { index, from, to });
}

fn amount(document: &ClaimDocument) -> U256 {
    document.claim.amount.parse().expect("base units")
}

#[test]
fn one_claim_for_several_months_pays_them_once() {
    let world = closed(&["2020-12", "2021-01", "2021-02"]);
    let programme = &world.programme;
    let consolidate = ["sign", "--consolidate", "alex", "2020-12..2021-02", "--yes"];
    let dry = run(&world, &[consolidate.as_slice(), &["--dry-run"]].concat());
    assert_eq!((&dry["signed"], programme.path("replacements").exists()), (&json!(false), false));
    let url = world.node.url();
    let said = programme.say(&[consolidate.as_slice(), &["--dry-run", "--rpc", &url]].concat());
    for month in ["2020-12", "2021-01"] {
        let own = format!("  own claim {}\n", programme.claim(month, "alex").digest);
        assert!(said.lines().any(|line| line.starts_with(month)) && said.contains(&own), "{said}");
    }
    assert!(said.contains("\n2020-12..2021-02  alex  0x"), "{said}");

    // Where no file can be written nothing is recorded.
    fs::create_dir_all(programme.path("replacements/.probe")).expect("a folder can be made");
    assert_eq!((ask(&world, &consolidate).0, count(&world, "replacements")), (Some(5), 0));
    fs::remove_dir_all(programme.path("replacements")).expect("it can be removed");

    let made = run(&world, &consolidate);
    let (document, explained) = replacement(&world, &made);
    let own = ["2020-12", "2021-01"].map(|month| programme.claim(month, "alex"));
    assert_eq!(amount(&document), amount(&own[0]).saturating_add(amount(&own[1])));
    assert_eq!(
        (document.claim.from.as_str(), document.claim.to.as_str()),
        ("611", "613"),
        "February pays alex nothing"
    );
    assert_eq!(document.claim.valid_until, own[1].claim.valid_until, "the last of the deadlines");
    assert_eq!(document.claim.account, own[1].claim.account, "nobody else is paid");
    assert_eq!(document.claim.statement, statement_hash(&explained).to_string());
    let parts = ReplacementDocument::from_bytes(&explained).expect("a replacement").months;
    for (part, own) in parts.iter().zip(&own) {
        assert_eq!(
            (&part.digest, &part.statement, &part.amount),
            (&own.digest, &own.claim.statement, &own.claim.amount)
        );
    }

    // Again it is the same claim, even where a crash left no files.
    fs::remove_dir_all(programme.path("replacements")).expect("they can be removed");
    assert_eq!(run(&world, &consolidate)["digest"], made["digest"]);
    assert_eq!(replacement(&world, &made), (document.clone(), explained));
    assert_eq!(count(&world, "replacement_signatures"), 1);

    world.node.finalize();
    let seen = count(&world, "chain_blocks");
    let publish = ["publish", "2020-12", "2021-01", "2021-02"];
    run(&world, &[publish.as_slice(), &["--dry-run"]].concat());
    assert_eq!((count(&world, "chain_blocks"), programme.path("published/chain.json").exists()), (seen, false));
    run(&world, &publish);
    assert_eq!(count(&world, "chain_blocks"), seen.saturating_add(1));
    let signer = programme.signer().to_string();
    let verified = programme.run(&["verify", "published", "--signer", &signer]);
    assert!(verified.to_string().contains("in the place of 2"), "{verified}");
    let folder = format!("published/replacements/alex/{}", &document.digest[2..18]);
    let explained = format!("replacement {} of alex for 2020-12..2021-02, ", document.claim.statement);
    for (file, says) in [("claim.json", format!("claim {} of ", document.digest)), ("replacement.json", explained)] {
        let verified = programme.run(&["verify", &format!("{folder}/{file}"), "--signer", &signer]);
        let sentence = verified["verified"][0]["verified"].as_str().expect("a sentence");
        assert!(sentence.starts_with(&says), "{sentence}");
    }
    verify_sees_changes(&world, &folder);

    let account: Address = document.claim.account.parse().expect("an address");
    assert_eq!(states(&world, "alex"), ["2020-12 claimable", "2020-12 claimable", "2021-01 claimable"]);
    assert!(world.send(&calldata_of(&document)).succeeded);
    assert_eq!(world.balance(account), amount(&document));
    for own in &own {
        assert_settled(&world, own);
    }
    assert_settled(&world, &document);
    world.node.finalize();
    assert_eq!(states(&world, "alex"), ["2020-12 redeemed", "2020-12 redeemed", "2021-01 redeemed"]);
    refuse(&world, &consolidate, "ALREADY_SETTLED");
}

/// A published replacement that was changed, or whose months were, is not verified.
fn verify_sees_changes(world: &World, folder: &str) {
    let programme = &world.programme;
    let file = programme.path(&format!("{folder}/replacement.json"));
    let before = fs::read_to_string(&file).expect("it is there");
    let swapped = before.replacen("\"digest\": \"0x", "\"digest\": \"0x0", 1).replacen("0x00", "0x0", 1);
    for changed in [before.replacen("alex", "mika", 1), before.replacen("2021-02", "2021-01", 1), swapped] {
        assert_ne!(changed, before);
        fs::write(&file, changed).expect("it is written");
        for path in ["published", &format!("{folder}/claim.json")] {
            assert_eq!(programme.start(&["verify", path]).status.code(), Some(1), "{path}");
        }
    }
    let mut skipping = ReplacementDocument::from_bytes(before.as_bytes()).expect("a replacement");
    skipping.months.truncate(1);
    skipping.amount.clone_from(&skipping.months[0].amount);
    fs::write(&file, skipping.to_bytes()).expect("it is written");
    let said = String::from_utf8(programme.start(&["verify", "published"]).stderr).expect("text");
    assert!(said.contains("`2021-01` would be settled without being paid"), "{said}");
    fs::write(&file, before).expect("it is written");
    let list = programme.path("published/replacements.json");
    let before = fs::read_to_string(&list).expect("it is there");
    for changed in
        [before.replacen("alex", "mika", 1), before.replacen("\"to\": \"2021-02\"", "\"to\": \"2021-01\"", 1)]
    {
        assert_ne!(changed, before);
        fs::write(&list, changed).expect("it is written");
        assert_eq!(programme.start(&["verify", "published"]).status.code(), Some(1));
    }
    fs::remove_file(&list).expect("it can be removed");
    assert_eq!(programme.start(&["verify", "published"]).status.code(), Some(1), "it is missing");
    fs::write(&list, before).expect("it is written");
    programme.run(&["verify", "published"]);
}

#[test]
fn own_claim_or_consolidated_one_but_never_both() {
    let world = closed(&["2020-12", "2021-01"]);
    let consolidate = ["sign", "--consolidate", "mika", "2020-12..2021-01", "--yes"];
    let (document, _) = replacement(&world, &run(&world, &consolidate));
    let own = ["2020-12", "2021-01"].map(|month| world.programme.claim(month, "mika"));
    assert!(world.send(&calldata_of(&own[0])).succeeded);
    assert_settled(&world, &document);
    world.node.finalize();
    assert_eq!(states(&world, "mika"), ["2020-12 redeemed", "2020-12 superseded", "2021-01 claimable"]);
    refuse(&world, &consolidate, "ALREADY_SETTLED");
    assert!(world.send(&calldata_of(&own[1])).succeeded, "what is left is paid by its own claim");
    let account: Address = document.claim.account.parse().expect("an address");
    assert_eq!(world.balance(account), amount(&document), "the sum is the same either way");
}

/// A copy of the ledger from before it was issued: the contract tells what became of it.
#[test]
fn a_claim_that_an_older_ledger_never_knew_is_found_paid() {
    let world = closed(&["2020-12", "2021-01"]);
    let before = world.programme.bytes("ledger.db");
    let consolidate = ["sign", "--consolidate", "mika", "2020-12..2021-01", "--yes"];
    let (document, _) = replacement(&world, &run(&world, &consolidate));
    assert!(world.send(&calldata_of(&document)).succeeded);
    world.node.finalize();
    fs::write(world.programme.path("ledger.db"), before).expect("it is restored");
    fs::remove_dir_all(world.programme.path("replacements")).expect("it is removed");
    refuse(&world, &consolidate, "ALREADY_SETTLED");
}

#[test]
fn what_could_not_be_paid_is_not_consolidated() {
    let world = closed(&["2020-12", "2021-01", "2021-02"]);
    for (id, range, code) in [
        ("tunde", "2021-01..2021-02", "ABOVE_MAX_CLAIM"),
        ("wen", "2021-01..2021-02", "CONSOLIDATE_ONE"),
        ("nobody", "2020-12..2021-01", "CONSOLIDATE_ONE"),
        ("mika", "2021-01..2021-03", "NOT_SETTLED"),
        ("mika", "2021-01..2020-12", "CLAIM_MONTHS"),
        ("mika", "2021-12..2022-01", "CLAIM_MONTHS"),
    ] {
        refuse(&world, &["sign", "--consolidate", id, range, "--yes"], code);
    }
    let programme = &world.programme;
    for usage in [
        ["sign", "--consolidate", "mika", "2020-12..2021-01"].as_slice(),
        &["sign", "--consolidate", "mika", "december", "--rpc", "http://127.0.0.1:1"],
        &["sign", "2020-12", "--rpc", "http://127.0.0.1:1", "--key", "key.json"],
        &["sign"],
    ] {
        assert_eq!(programme.start(usage).status.code(), Some(2), "{usage:?}");
    }
    let (index, month) = (U256::ONE, U256::from(DECEMBER));
    world.call(1, &Payouts::voidMonthsCall { index, from: month, to: month });
    world.node.finalize();
    refuse(&world, &["sign", "--consolidate", "mika", "2020-12..2021-01", "--yes"], "ALREADY_VOIDED");

    let unsigned = closed(&["2020-12"]);
    let mika = unsigned.programme.claim("2020-12", "mika").claim.account;
    pay_elsewhere(&unsigned, &mika, unsigned.node.account(7));
    unsigned.programme.run(&["settle", "2021-01", "--yes"]);
    let consolidate = ["sign", "--consolidate", "mika", "2020-12..2021-01", "--yes"];
    refuse(&unsigned, &consolidate, "REPLACE_UNSIGNED");
    unsigned.programme.run(&["sign", "2021-01", "--yes"]);
    refuse(&unsigned, &consolidate, "CONSOLIDATE_ACCOUNTS");
}

/// Changes whom an ambassador names as the payee.
fn pay_elsewhere(world: &World, before: &str, after: Address) {
    let file = world.programme.path("ambassadors.csv");
    let text = fs::read_to_string(&file).expect("it is there");
    assert!(text.contains(before), "{text}");
    fs::write(&file, text.replace(before, &after.to_string())).expect("it is written");
}

#[test]
fn an_endpoint_signs_the_claim_in_the_place_of_its_own() {
    let world = World::signed_by(|node, _| node.account(0));
    let signer = world.node.account(0).to_string();
    for month in ["2020-12", "2021-01"] {
        let settled = world.programme.run(&["settle", month, "--yes"]);
        run(&world, &["sign", month, "--signer", &signer, "--yes"]);
        world.fund(settled["summary"]["amount"].as_str().expect("a total").parse().expect("base units"));
    }
    world.node.finalize();
    let made = run(&world, &["sign", "--consolidate", "alex", "2020-12..2021-01", "--signer", &signer, "--yes"]);
    assert_eq!(made["signer"], signer);
    let (document, _) = replacement(&world, &made);
    // A new signer signs the same digest again, once.
    let other = world.node.account(1).to_string();
    let again = ["sign", "--consolidate", "alex", "2020-12..2021-01", "--signer", &other, "--new-signer", "--yes"];
    for _ in 0..2 {
        let renewed = run(&world, &again);
        assert_eq!((&renewed["signer"], &renewed["digest"]), (&json!(other), &made["digest"]));
        assert_eq!(count(&world, "replacement_signatures"), 2);
    }
    assert!(world.send(&calldata_of(&document)).succeeded);
}

#[test]
fn a_lost_address_is_replaced_once_its_claim_has_expired() {
    let world = closed(&["2020-12"]);
    let programme = &world.programme;
    let reissue = ["reissue", "mika", "2020-12", "--yes"];
    let own = programme.claim("2020-12", "mika");
    let lost: Address = own.claim.account.parse().expect("an address");
    let present = world.node.account(7);
    pay_elsewhere(&world, &own.claim.account, present);
    refuse(&world, &["reissue", "alex", "2020-12", "--yes"], "REISSUE_NOT_EXPIRED");
    let live = refuse(&world, &reissue, "REISSUE_NOT_EXPIRED");
    assert!(live["problems"][0]["message"].as_str().expect("text").contains("until 2022-01-08T00:00:00Z"), "{live}");
    assert_eq!(programme.start(&reissue).status.code(), Some(1), "an endpoint must be named");

    // The last second still counts.
    world.node.set_next_time(DEADLINE);
    world.node.mine();
    world.node.mine();
    let believed = ["--confirmations", "1"];
    refuse(&world, &[reissue.as_slice(), &believed].concat(), "REISSUE_NOT_EXPIRED");
    world.node.set_next_time(DEADLINE.saturating_add(1));
    world.node.finalize();
    assert_eq!(states(&world, "mika"), ["2020-12 expired"]);
    let dry = run(&world, &[reissue.as_slice(), &["--dry-run"]].concat());
    assert_eq!(dry["signed"], false);
    let made = run(&world, &reissue);
    let (document, explained) = replacement(&world, &made);
    assert_eq!((document.claim.account.parse(), amount(&document)), (Ok(present), amount(&own)));
    assert!(document.claim.valid_until.parse::<u64>().expect("a time") > DEADLINE);
    assert_eq!(run(&world, &reissue)["digest"], made["digest"]);
    assert_eq!(replacement(&world, &made).1, explained);
    let another = run(&world, &["reissue", "alex", "2020-12", "--dry-run"]);
    assert_eq!(another["signed"], false, "what was issued to another does not hinder it");
    programme.run(&["publish", "2020-12"]);
    programme.run(&["verify", "published"]);
    // What was issued last says whom the month pays.
    world.fund(world.close("2021-01"));
    world.node.finalize();
    let together = run(&world, &["sign", "--consolidate", "mika", "2020-12..2021-01", "--dry-run"]);
    assert_eq!(together["account"], present.to_string());

    let expired = Payouts::ClaimExpired { validUntil: U256::from(DEADLINE) };
    world.assert_refused(&calldata_of(&own), &expired);
    assert!(world.send(&calldata_of(&document)).succeeded);
    assert_eq!((world.balance(present), world.balance(lost)), (amount(&own), U256::ZERO));
    world.node.finalize();
    assert_eq!(states(&world, "mika"), ["2020-12 redeemed", "2020-12 redeemed", "2021-01 claimable"]);
    refuse(&world, &reissue, "ALREADY_SETTLED");

    // What was voided goes into a later month.
    let signed = programme.claims("2020-12").into_iter().find(|signed| on_chain(&signed.claim.account) != lost);
    let index = signed.expect("another one").claim.index.as_u32();
    let (index, month) = (U256::from(index), U256::from(DECEMBER));
    world.call(1, &Payouts::voidMonthsCall { index, from: month, to: month });
    world.node.finalize();
    let voided = refuse(&world, &["reissue", "alex", "2020-12", "--yes"], "REISSUE_VOIDED");
    assert!(
        voided["problems"][0]["help"].as_str().expect("text").contains("`alex,MONTH,1250,2020-12 was voided,"),
        "{voided}"
    );
}

/// What the treasury is told of a claim that stands in the place of others is what the contract is sent.
#[test]
fn a_claim_in_the_place_of_others_is_a_claim_as_any_other() {
    let world = closed(&["2020-12", "2021-01"]);
    let made = run(&world, &["sign", "--consolidate", "priya", "2020-12..2021-01", "--yes"]);
    let (document, _) = replacement(&world, &made);
    let signed = document.to_signed_claim().expect("it agrees with itself");
    let data: Bytes = ambassador_core::calldata::redeem_many(&[(signed.claim, signed.signature)]).into();
    assert!(world.send(&data).succeeded);
    assert_eq!(world.balance(on_chain(&signed.claim.account)), amount(&document));
}
