//! The contract deployed, looked at, funded and emptied by the signer's own commands, and what is refused before.

use alloy_primitives::{Address, Bytes, U256, hex};
use alloy_sol_types::SolConstructor as _;
use ambassador_core::{calldata, documents::claim::SignedClaim};
use serde_json::{Value, json};

use super::{
    node::{Node, tokens},
    programme::Programme,
    recipe::import_wallet,
    world::{World, deploy_token, treasury},
};
use crate::{
    contract::{
        abi::AmbassadorPayouts as Payouts,
        build::{contracts, creation_code, double},
    },
    interop::script,
};

/// A chain with a token, a programme whose terms name no contract yet, and the key file of the node's first account.
struct Start {
    node: Node,
    programme: Programme,
    token: Address,
    key: String,
    password: String,
}

impl Start {
    fn new() -> Self {
        let (node, programme) = (Node::start(), Programme::copy());
        let token = deploy_token(&node);
        programme.name_contracts(token, Address::ZERO);
        import_wallet(&node);
        let file = |name: &str| node.folder().join(name).display().to_string();
        let (key, password) = (file("wallet"), file("password"));
        Self { node, programme, token, key, password }
    }

    /// The command with its usual arguments, some of them others, and more behind them.
    fn arguments(&self, other: &[(&str, &str)], more: &[&str]) -> Vec<String> {
        let account = |place| self.node.account(place).to_string();
        let usual = [
            ("--treasury", account(0)),
            ("--owner", account(1)),
            ("--guardian", account(2)),
            ("--signer", self.programme.signer().to_string()),
            ("--daily-cap", "100000".to_owned()),
            ("--max-claim", "40000".to_owned()),
            ("--rpc", self.node.url()),
        ];
        let mut arguments = vec!["deploy".to_owned()];
        for (name, value) in usual {
            let value = other.iter().find(|(known, _)| *known == name).map_or(value, |(_, value)| (*value).to_owned());
            arguments.extend([name.to_owned(), value]);
        }
        arguments.extend(more.iter().map(|more| (*more).to_owned()));
        arguments
    }

    /// Runs it, signed by the node's first account.
    fn send(&self, other: &[(&str, &str)], more: &[&str]) -> (Option<i32>, Value) {
        let sending = ["--key", &self.key, "--password-file", &self.password];
        self.run(other, &[&sending, more].concat())
    }

    fn run(&self, other: &[(&str, &str)], more: &[&str]) -> (Option<i32>, Value) {
        let arguments = self.arguments(other, more);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = self.programme.start(&arguments);
        let said = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
        (output.status.code(), said)
    }

    #[track_caller]
    fn check(&self, other: &[(&str, &str)], payouts: Address, code: Option<&str>) {
        let (status, said) = self.run(other, &["--check", &payouts.to_string()]);
        let found = said["problems"][0]["code"].as_str();
        assert_eq!((status, found), (Some(i32::from(code.is_some())), code), "{said}");
    }

    #[track_caller]
    fn refuse(&self, other: &[(&str, &str)], more: &[&str], code: &str) {
        let before = self.node.blocks();
        let (status, said) = self.send(other, &[more, &["--yes"]].concat());
        assert_eq!((status, said["problems"][0]["code"].as_str()), (Some(1), Some(code)), "{said}");
        assert_eq!(self.node.blocks(), before, "nothing was sent");
    }
}

#[test]
fn a_month_from_deployment_to_redemption() {
    let start = Start::new();
    let blocks = start.node.blocks();
    let (status, dry) = start.send(&[], &["--dry-run"]);
    assert_eq!((status, start.node.blocks()), (Some(0), blocks), "{dry}");
    let (status, unconfirmed) = start.send(&[], &[]);
    assert_eq!((status, &unconfirmed["problems"][0]["code"]), (Some(1), &json!("NOT_CONFIRMED")));

    let (status, said) = start.send(&[], &["--yes"]);
    assert_eq!(status, Some(0), "{said}");
    let payouts: Address = said["deployed"]["payouts"].as_str().expect("an address").parse().expect("an address");
    let arguments = Payouts::constructorCall {
        token: start.token,
        treasury: treasury(&start.node),
        owner: start.node.account(1),
        guardian: start.node.account(2),
        signer: start.programme.signer(),
        signerIsContract: false,
        dailyCap: 100_000,
        maxClaim: tokens(40_000),
    };
    let code = creation_code(&contracts().join("AmbassadorPayouts.json"));
    let data = hex::encode_prefixed([code.as_ref(), &arguments.abi_encode()].concat());
    assert_eq!(said["transaction"]["data"], data, "what others encode");
    assert_eq!(dry["transaction"], said["transaction"]);

    start.check(&[], payouts, Some("DEPLOYED_CODE"));
    start.node.finalize();
    start.check(&[], payouts, None);
    let other = start.node.account(7).to_string();
    start.check(&[("--owner", &other)], payouts, Some("DEPLOYED_DIFFERS"));
    start.check(&[("--daily-cap", "99999")], payouts, Some("DEPLOYED_DIFFERS"));
    start.check(&[("--treasury", &other)], payouts, Some("DEPLOYED_CODE"));
    start.check(&[("--max-claim", "39999")], payouts, Some("DEPLOYED_CODE"));
    start.check(&[], start.token, Some("DEPLOYED_CODE"));
    start.check(&[], start.node.account(7), Some("DEPLOYED_CODE"));

    let Start { node, programme, token, .. } = start;
    programme.name_contracts(token, payouts);
    let world = World { node, programme, token, payouts };
    fund_and_redeem(&world);
}

/// Two months, funded by what the command prints and by nothing else.
fn fund_and_redeem(world: &World) {
    let (programme, url) = (&world.programme, world.node.url());
    let first = world.close("2020-12");
    let told = programme.run(&["fund", "2020-12"]);
    assert_eq!((&told["chain"], &told["transfer"]["amount"]), (&Value::Null, &json!(first.to_string())));
    assert_eq!(
        programme.run(&["fund", "2020-12", "--rpc", &url])["transfer"],
        told["transfer"],
        "nothing is there yet"
    );
    let batch = programme.run(&["fund", "2020-12", "--safe"])["safe"].clone();
    let calls =
        script("transactions.mjs", &json!({ "key": format!("0x{:064x}", 1), "creations": [], "batches": [batch] }));
    let call = json!({ "to": world.token.to_string(), "value": "0", "data": told["transfer"]["data"] });
    assert_eq!(calls["calls"], json!([[call]]), "what a Safe would send");

    transfer(world, &told);
    assert_eq!(world.balance(world.payouts), first);
    let funded = programme.run(&["fund", "2020-12", "--rpc", &url]);
    assert_eq!(funded["transfer"], Value::Null, "{funded}");
    let nothing = programme.start(&["fund", "2020-12", "--rpc", &url, "--safe"]);
    assert_eq!(nothing.status.code(), Some(1));

    // One is paid, so that the contract holds what the two others can still redeem, and three tokens more.
    let claims = programme.claims("2020-12");
    let redeem = |place: usize| -> Bytes { calldata::redeem(&claims[place].claim, &claims[place].signature).into() };
    assert!(world.send(&redeem(0)).succeeded);
    let paid = claims[0].claim.amount.as_base_units();
    world.fund(tokens(3));
    let second = world.close("2021-01");
    assert_eq!(programme.run(&["fund", "2021-01"])["transfer"]["amount"], second.to_string());
    world.node.finalize();
    let told = programme.run(&["fund", "2021-01", "--rpc", &url]);
    assert_eq!(told["transfer"]["amount"], second.saturating_sub(tokens(3)).to_string(), "{told}");
    let older = first.saturating_sub(U256::from(paid));
    assert_eq!(told["chain"]["older"]["open"]["amount"], older.to_string());
    let earlier = programme.run(&["fund", "2020-12", "--rpc", &url]);
    assert_eq!((&earlier["transfer"], &earlier["chain"]["lacking"]), (&Value::Null, &json!("0")));
    let said = programme.say(&["fund", "2021-01", "--rpc", &url]);
    for line in ["open claims of older months  ", "the contract holds  ", "of that free for 2021-01  ", "to transfer  "]
    {
        assert_eq!(said.lines().filter(|said| said.starts_with(line)).count(), 1, "{said}");
    }
    assert!(said.contains("\nat the final block ") && !said.contains("older months lack"), "{said}");

    // Withdrawn by the owner: the older months lack it, and the month's transfer does not bring it.
    world.call(1, &Payouts::withdrawCall { token: world.token, amount: tokens(4) });
    world.node.finalize();
    let told = programme.run(&["fund", "2021-01", "--rpc", &url]);
    assert_eq!(told["transfer"]["amount"], second.to_string());
    assert_eq!(told["chain"]["lacking"], tokens(1).to_string());
    let said = programme.say(&["fund", "2021-01", "--rpc", &url]);
    assert!(said.contains("older months lack 1.00 RLY, which this transfer does not bring"), "{said}");
    transfer(world, &told);
    world.fund(tokens(1));
    // Not redeemed are two of January, and the December of one of them.
    let (older, second) = (claims.last().expect("the month has claims"), programme.claims("2021-01"));
    let late = second.iter().find(|signed| signed.claim.index == older.claim.index).expect("they are paid again");
    let lost = second.last().expect("the month has claims");
    assert!(lost != late && claims.len() > 2, "{claims:?}");
    for signed in claims[1..].iter().chain(&second).filter(|signed| ![older, late, lost].contains(signed)) {
        assert!(world.send(&calldata::redeem(&signed.claim, &signed.signature).into()).succeeded, "{signed:?}");
    }
    let amount = |signed: &SignedClaim| U256::from(signed.claim.amount.as_base_units());
    let month = amount(late).saturating_add(amount(lost));
    let left = month.saturating_add(amount(older));
    assert_eq!(world.balance(world.payouts), left, "not one base unit too much");

    // What was not redeemed in time needs nothing, until a claim takes its place.
    world.call(1, &Payouts::withdrawCall { token: world.token, amount: left });
    world.node.finalize();
    let told = programme.run(&["fund", "2021-01", "--rpc", &url]);
    let figures = (&told["transfer"]["amount"], &told["chain"]["lacking"]);
    assert_eq!(figures, (&json!(month.to_string()), &json!(amount(older).to_string())), "{told}");
    world.node.set_next_time(late.claim.deadline.saturating_add(1));
    world.node.finalize();
    let told = programme.run(&["fund", "2021-01", "--rpc", &url]);
    let figures = (&told["transfer"], &told["chain"]["month"]["expired"]["claims"], &told["chain"]["lacking"]);
    assert_eq!(figures, (&Value::Null, &json!("2"), &json!("0")), "{told}");
    let id = told_id(programme, late.claim.index.as_u32());
    programme.run(&["reissue", &id, "2021-01", "--rpc", &url, "--yes"]);
    let told = programme.run(&["fund", "2021-01", "--rpc", &url]);
    assert_eq!(told["transfer"]["amount"], amount(late).to_string(), "{told}");
    let told = programme.run(&["fund", "2020-12", "--rpc", &url]);
    assert_eq!(told["transfer"], Value::Null, "another month than the one that was issued again: {told}");
}

/// The id of an ambassador, as the table of ambassadors has it.
fn told_id(programme: &Programme, index: u32) -> String {
    let table = String::from_utf8(programme.bytes("ambassadors.csv")).expect("UTF-8");
    let row = table.lines().find_map(|line| line.strip_prefix(&format!("{index},")));
    row.and_then(|row| row.split(',').next()).expect("an id").to_owned()
}

/// Sends what the command printed, from the treasury, finally.
fn transfer(world: &World, told: &Value) {
    let transfer = &told["transfer"];
    let field = |name: &str| transfer[name].as_str().unwrap_or_else(|| panic!("{told}"));
    let data: Bytes = field("data").parse().expect("bytes");
    let token = field("token").parse().expect("an address");
    assert!(world.node.send(treasury(&world.node), token, &data).succeeded);
    world.node.finalize();
}

#[test]
fn what_would_not_work_is_not_sent() {
    let start = Start::new();
    let token = start.token.to_string();
    let wallet = start.node.deploy(treasury(&start.node), &double("LyingWallet"), &[0; 64]).to_string();
    start.refuse(&[], &["--max-fee", "0.000000001"], "DEPLOY_FEE");
    start.refuse(&[], &["--max-fee", "1e3"], "NUMBER_CHARACTER");
    start.refuse(&[("--signer", &wallet)], &[], "DEPLOY_SIGNER_KIND");
    start.refuse(&[], &["--signer-is-contract"], "DEPLOY_SIGNER_KIND");
    start.refuse(&[("--owner", &token)], &[], "DEPLOY_ROLE_TOKEN");
    start.node.set_ether(start.node.account(0), 1_000);
    start.refuse(&[], &[], "DEPLOY_ETHER");
    start.programme.name_contracts(start.node.account(7), Address::ZERO);
    start.refuse(&[], &[], "DEPLOY_TOKEN");

    // A contract at which the funds would be lost: of another token, or none.
    let world = World::new();
    world.close("2020-12");
    world.node.finalize();
    let elsewhere = start.node.url();
    let refused = world.programme.start(&["fund", "2020-12", "--rpc", &elsewhere]);
    let said: Value = serde_json::from_slice(&refused.stdout).expect("JSON");
    assert_eq!(said["problems"][0]["code"], "FUND_CONTRACT", "{said}");
}
