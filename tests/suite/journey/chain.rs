//! What `status` and `publish` see of the real contract, and what they make of nodes that die, lie or change their mind.

use std::collections::BTreeSet;

use alloy_primitives::{B256, U256};
use ambassador_core::{calldata, documents::claim::SignedClaim};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::{
    programme::Programme,
    proxy::{Proxy, Reply},
    world::World,
};
use crate::contract::abi::AmbassadorPayouts as Payouts;

/// `validUntil` of December 2020 under the example's terms.
const DEADLINE: u64 = 1_641_600_000;

/// A world in which December is closed and funded, and the contract is final.
fn closed() -> World {
    let world = World::new();
    let total = world.close("2020-12");
    world.fund(total);
    world.node.finalize();
    world
}

/// Redeems a claim, finally, and returns the transaction's hash.
fn redeem(world: &World, signed: &SignedClaim) -> B256 {
    let receipt = world.send(&calldata::redeem(&signed.claim, &signed.signature).into());
    assert!(receipt.succeeded, "{:?}", signed.claim);
    world.node.finalize();
    receipt.transaction
}

/// The claims of the one contract, as `status` tells them.
fn claims(answer: &Value) -> Vec<Value> {
    answer["chain"][0]["claims"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
}

/// The states of the claims, in the order of months and indexes.
fn states(programme: &Programme, url: &str) -> Vec<String> {
    let answer = programme.run(&["status", "--rpc", url]);
    claims(&answer).iter().map(|claim| claim["state"].as_str().expect("a state").to_owned()).collect()
}

/// Runs a command that must be refused, with this code first, and change nothing in the ledger.
#[track_caller]
fn refuse(programme: &Programme, arguments: &[&str], code: &str) -> Value {
    let before = programme.bytes("ledger.db");
    let output = programme.start(arguments);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    assert_eq!((output.status.code(), &answer["problems"][0]["code"]), (Some(1), &json!(code)), "{answer}");
    assert!(answer["problems"][0]["help"].is_string(), "{answer}");
    assert_eq!(programme.bytes("ledger.db"), before, "{code}: nothing is recorded");
    answer
}

#[test]
fn what_the_contract_settled_is_seen_once_it_is_final() {
    let world = closed();
    let (programme, url) = (&world.programme, world.node.url());
    let signed = programme.claims("2020-12");
    assert_eq!(states(programme, &url), ["claimable"; 3]);

    let receipt = world.send(&calldata::redeem(&signed[0].claim, &signed[0].signature).into());
    assert!(receipt.succeeded);
    assert_eq!(states(programme, &url), ["claimable"; 3], "it is not final yet");
    world.node.finalize();
    let answer = programme.run(&["status", "--rpc", &url]);
    let alex = &claims(&answer)[0];
    assert_eq!((&alex["id"], &alex["state"], &alex["from"]), (&json!("alex"), &json!("redeemed"), &json!("2020-12")));
    assert_eq!(alex["transaction"], receipt.transaction.to_string());
    assert_eq!(alex["amount"], "21000000000000000000000");
    assert!(alex["settled_at"].as_str().expect("a time").starts_with("2021-01-10T"), "{alex}");

    let month = U256::from(611);
    let index = U256::from(signed[1].claim.index.as_u32());
    world.call(1, &Payouts::voidMonthsCall { index, from: month, to: month });
    world.node.finalize();
    assert_eq!(states(programme, &url), ["redeemed", "voided", "claimable"]);
    world.node.set_next_time(DEADLINE.saturating_add(1));
    world.node.finalize();
    let answer = programme.run(&["status", "--rpc", &url]);
    let now: Vec<Value> = claims(&answer).iter().map(|claim| claim["state"].clone()).collect();
    assert_eq!(now, ["redeemed", "voided", "expired"], "time is the chain's");

    // What was seen is in the ledger: it is known without asking, and not asked for again.
    assert_eq!(programme.run(&["status"])["chain"], answer["chain"]);
    assert_eq!(programme.run(&["status", "--rpc", &url])["chain"], answer["chain"]);
    let ledger = Connection::open(programme.path("ledger.db")).expect("the ledger opens");
    let count = |table: &str| -> u32 {
        ledger.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("it is counted")
    };
    assert_eq!(count("chain_events"), 2);

    let index = programme.bytes("published/index.json");
    programme.run(&["publish", "2020-12", "--rpc", &url]);
    let chain: Value = serde_json::from_slice(&programme.bytes("published/chain.json")).expect("JSON");
    let published: Vec<&Value> =
        chain["contracts"][0]["claims"].as_array().expect("a list").iter().map(|claim| &claim["state"]).collect();
    assert_eq!(published, ["redeemed", "voided", "expired"]);
    assert_eq!(chain["contracts"][0]["block"], answer["chain"][0]["block"]);
    assert_eq!(programme.bytes("published/index.json"), index, "older pages read it as before");
    programme.run(&["verify", "published"]);
}

#[test]
fn what_is_taken_back_before_it_is_final_was_never_there() {
    let world = closed();
    let (programme, url) = (&world.programme, world.node.url());
    let signed = programme.claims("2020-12");
    assert!(world.send(&calldata::redeem(&signed[0].claim, &signed[0].signature).into()).succeeded);
    assert!(world.is_settled(&signed[0].claim));
    world.node.reorganise(world.node.account(9));
    assert!(!world.is_settled(&signed[0].claim), "the payment is gone");
    world.node.finalize();
    assert_eq!(states(programme, &url), ["claimable"; 3]);

    // A block that was final stays what it was, or nothing is believed.
    redeem(&world, &signed[0]);
    let seen = programme.run(&["status", "--rpc", &url])["chain"][0]["block"].clone();
    let seen: u64 = seen.as_str().expect("a number").parse().expect("a number");
    world.node.finalize();
    let other = Proxy::of(&world.node, move |_, parameters, answer| {
        Reply::Answer(answer.map(|mut value| {
            if parameters[0] == format!("{seen:#x}") {
                value["hash"] = json!(B256::repeat_byte(7).to_string());
            }
            value
        }))
    });
    refuse(programme, &["status", "--rpc", &other.url()], "RPC_OTHER_BLOCK");
    let behind = Proxy::of(&world.node, move |_, parameters, answer| {
        let is_final = parameters[0] == "finalized";
        Reply::Answer(answer.map(|mut value| {
            if is_final {
                value["number"] = json!("0x1");
            }
            value
        }))
    });
    refuse(programme, &["status", "--rpc", &behind.url()], "CHAIN_BEHIND");
    assert_eq!(states(programme, &url)[0], "redeemed");
}

#[test]
fn the_wrong_chain_and_an_absent_contract_are_refused() {
    let world = World::new();
    let (programme, url) = (&world.programme, world.node.url());
    world.close("2020-12");
    refuse(programme, &["status", "--rpc", &url], "RPC_NO_CONTRACT");
    refuse(programme, &["publish", "2020-12", "--rpc", &url], "RPC_NO_CONTRACT");
    let example = Programme::copy();
    example.run(&["close", "2020-12", "--yes"]);
    refuse(&example, &["status", "--rpc", &url], "RPC_CHAIN");
    refuse(&example, &["publish", "2020-12", "--rpc", &url], "RPC_CHAIN");
    assert!(!example.path("published/chain.json").exists());
}

#[test]
fn an_endpoint_that_dies_ends_in_a_clear_refusal() {
    let world = closed();
    let programme = &world.programme;
    redeem(&world, &programme.claims("2020-12")[0]);
    let deaths: [(&str, Reply, &str, &str); 6] = [
        ("eth_getLogs", Reply::HangUp, "RPC_UNREACHABLE", "(asked 4 times)"),
        ("eth_call", Reply::Silence, "RPC_TIMEOUT", "did not answer within 1 s (asked 2 times)"),
        ("eth_getCode", Reply::Http("503 Service Unavailable", "<html>".to_owned()), "RPC_STATUS", "(asked 4 times)"),
        ("eth_getBlockByNumber", Reply::Http("200 OK", "<html>".to_owned()), "RPC_ANSWER", "`<html>`"),
        ("eth_getLogs", Reply::Http("200 OK", "{\"id\":1,\"result\":7}".to_owned()), "RPC_ANSWER", "`7`"),
        ("eth_chainId", Reply::Http("429 Too Many Requests", String::new()), "RPC_STATUS", "status 429"),
    ];
    for (dying, reply, code, says) in deaths {
        let proxy = Proxy::of(
            &world.node,
            move |method, _, answer| {
                if method == dying { reply.clone() } else { Reply::Answer(answer) }
            },
        );
        let url = proxy.url();
        let answer = refuse(programme, &["status", "--rpc", &url, "--timeout", "1"], code);
        assert!(answer["problems"][0]["message"].as_str().expect("text").contains(says), "{answer}");
    }
    let port = {
        let proxy = Proxy::of(&world.node, |_, _, answer| Reply::Answer(answer));
        proxy.url()
    };
    refuse(programme, &["status", "--rpc", &port], "RPC_UNREACHABLE");

    // One that stumbles over every third question once is asked again.
    let mut met = BTreeSet::new();
    let stumbling = Proxy::of(&world.node, move |method, parameters, answer| {
        let is_new = met.insert(format!("{method} {parameters}"));
        if is_new && met.len().is_multiple_of(3) { Reply::HangUp } else { Reply::Answer(answer) }
    });
    assert_eq!(states(programme, &stumbling.url()), ["redeemed", "claimable", "claimable"]);
}

#[test]
fn a_node_that_takes_short_ranges_only_is_asked_for_halves() {
    let world = closed();
    let programme = &world.programme;
    redeem(&world, &programme.claims("2020-12")[0]);
    let number = |value: &Value| u64::from_str_radix(&value.as_str().expect("a number")[2..], 16).expect("a number");
    let narrow = Proxy::of(&world.node, move |method, parameters, answer| {
        let range = || number(&parameters[0]["toBlock"]).saturating_sub(number(&parameters[0]["fromBlock"]));
        if method == "eth_getLogs" && range() > 40 {
            return Reply::Answer(Err(json!({ "code": -32_000, "message": "block range is too large" })));
        }
        Reply::Answer(answer)
    });
    assert_eq!(states(programme, &narrow.url()), ["redeemed", "claimable", "claimable"]);

    // Who knows no tag `finalized` is believed after so many blocks as the treasurer says.
    let old = Proxy::of(&world.node, |_, parameters, answer| {
        let error = json!({ "code": -32_602, "message": "unknown block tag" });
        Reply::Answer(if parameters[0] == "finalized" { Err(error) } else { answer })
    });
    refuse(programme, &["status", "--rpc", &old.url()], "RPC_NO_FINALITY");
    redeem(&world, &programme.claims("2020-12")[1]);
    let arguments = ["status", "--rpc", &old.url(), "--confirmations"];
    let few = programme.run(&[arguments.as_slice(), &["64"]].concat());
    assert_eq!(claims(&few)[1]["state"], "redeemed");
    refuse(programme, &[arguments.as_slice(), &["100000"]].concat(), "RPC_NO_FINALITY");
}

#[test]
fn a_lying_endpoint_is_named() {
    type Lie = fn(&mut Value);
    let world = closed();
    let programme = &world.programme;
    redeem(&world, &programme.claims("2020-12")[0]);
    let lies: [(&'static str, Lie, &str); 14] = [
        (
            "eth_getLogs",
            |logs| logs[0]["address"] = json!("0x0707070707070707070707070707070707070707"),
            "RPC_LOG_FOREIGN",
        ),
        ("eth_getLogs", |logs| logs[0]["topics"][0] = json!(B256::repeat_byte(7).to_string()), "RPC_LOG_FOREIGN"),
        ("eth_getLogs", |logs| logs[0]["removed"] = json!(true), "RPC_LOG_REMOVED"),
        ("eth_getLogs", |logs| logs[0]["blockNumber"] = json!("0xffffff"), "RPC_LOG_RANGE"),
        ("eth_getLogs", |logs| logs[1] = logs[0].clone(), "RPC_LOG_CONTRADICTION"),
        ("eth_getLogs", |logs| logs[0]["blockHash"] = json!(B256::repeat_byte(7).to_string()), "CHAIN_LOG_BLOCK"),
        ("eth_getLogs", |logs| logs[0]["transactionHash"] = json!("0x"), "RPC_LOG"),
        ("eth_getLogs", |logs| logs[0]["data"] = json!("0x"), "CHAIN_EVENT"),
        ("eth_getLogs", more_money, "CHAIN_CLAIM_UNKNOWN"),
        ("eth_getLogs", paid_again, "CHAIN_PAID_TWICE"),
        ("eth_getLogs", |logs| *logs = json!([]), "CHAIN_BIT_WITHOUT_EVENT"),
        ("eth_call", |answer| *answer = json!(B256::ZERO.to_string()), "CHAIN_EVENT_WITHOUT_BIT"),
        ("eth_call", |answer| *answer = json!("0x02"), "CHAIN_ANSWER"),
        ("eth_getCode", |code| *code = json!("0x"), "RPC_NO_CONTRACT"),
    ];
    for (lying, lie, code) in lies {
        let proxy = Proxy::of(&world.node, move |method, _, mut answer| {
            if let (true, Ok(value)) = (method == lying, &mut answer) {
                if value.is_array() {
                    assert_eq!(value.as_array().map(Vec::len), Some(1), "one payment is there to lie about");
                    value.as_array_mut().expect("checked").push(Value::Null);
                    lie(value);
                    let list = value.as_array_mut().expect("still a list");
                    list.retain(|log| !log.is_null());
                } else {
                    lie(value);
                }
            }
            Reply::Answer(answer)
        });
        refuse(programme, &["status", "--rpc", &proxy.url()], code);
        if code == "CHAIN_PAID_TWICE" {
            refuse(programme, &["publish", "2020-12", "--rpc", &proxy.url()], code);
        }
    }
    assert!(!programme.path("published/chain.json").exists());
    assert_eq!(states(programme, &world.node.url()), ["redeemed", "claimable", "claimable"]);
}

/// Raises the amount of a payment: the third word of its data.
fn more_money(logs: &mut Value) {
    let data = logs[0]["data"].as_str().expect("data").to_owned();
    let (head, rest) = data.split_at(2 + 2 * 64);
    logs[0]["data"] = json!(format!("{head}{}1{}", &rest[..20], &rest[21..]));
}

/// Repeats a payment in a later place of the same block.
fn paid_again(logs: &mut Value) {
    logs[1] = logs[0].clone();
    logs[1]["logIndex"] = json!("0x63");
}
