//! `docs/deploying.md`, `docs/redeem.md`, `docs/transfers.md`, `docs/signers.md`, `docs/names.md` and `docs/chain.md`
//! followed word for word.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use alloy_primitives::{Address, U256, hex, keccak256};
use alloy_sol_types::SolCall as _;
use ambassador_core::calldata;

use super::{
    names::Ens,
    node::{Node, program, tokens},
    programme::Programme,
    world::{World, deploy_token, treasury},
};
use crate::{binary, contract::abi::Token};

/// The key of the node's first account, which everybody knows.
const WALLET: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
/// Alex in the example: the name is pinned to this address.
const ALEX: &str = "0x67cFaBBC75F4aeCB0C48db513b37a11db92dDf4b";

#[test]
fn the_recipe_works_as_it_stands() {
    let node = Node::start();
    let programme = Programme::copy();
    let token = deploy_token(&node);
    programme.name_contracts(token, Address::ZERO);
    let (deploying, redeeming) = (blocks("deploying.md"), blocks("redeem.md"));
    let [look, deploy, elsewhere, check, figures, safe, fund] = deploying.as_slice() else { panic!("{deploying:?}") };
    let [verify, redeem] = redeeming.as_slice() else { panic!("two steps: {redeeming:?}") };

    let shell = Shell::new(&node, &programme, token);
    let deployed = |by: &str| -> Address {
        let said = shell.run(&[look.as_str(), by].concat(), None);
        said.trim().lines().last().and_then(|line| line.parse().ok()).expect("the contract's address")
    };
    let (other, payouts) = (deployed(elsewhere), deployed(deploy));
    node.finalize();
    for contract in [other, payouts] {
        let said = shell.run(&[look.as_str(), check].concat(), Some(contract));
        assert!(said.ends_with(&format!("\npayouts = \"{contract}\"\n")), "{said}");
    }
    programme.name_contracts(token, payouts);
    let said = shell.run(&[figures.as_str(), safe, fund].concat(), Some(payouts));
    assert!(said.contains("\nto transfer"), "{said}");
    let batch = String::from_utf8(programme.bytes("fund-2020-12.json")).expect("UTF-8");
    assert!(batch.contains(&format!("\"to\": \"{token}\"")), "{batch}");
    let said = shell.run(&[verify.as_str(), redeem].concat(), Some(payouts));
    let answers: Vec<&str> = said.lines().filter(|line| ["true", "false"].contains(line)).collect();
    assert_eq!(answers, ["false", "true"], "{said}");

    let world = World { node, programme, token, payouts };
    assert_eq!(world.balance(ALEX.parse().expect("an address")), tokens(21_000));
}

#[test]
fn the_recipe_of_signers_works_as_it_stands() {
    let world = World::signed_by(|node, _| node.account(0));
    let shell = Shell::new(&world.node, &world.programme, world.token);
    let blocks = blocks("signers.md");
    assert_eq!(blocks.len(), 4);
    let said = shell.run(&blocks.concat(), Some(world.payouts));
    assert!(said.contains("2021-01: "), "{said}");
    for month in ["2020-12", "2021-01"] {
        let total = world.programme.claims(month).iter().map(|signed| signed.claim.amount.as_base_units()).sum();
        world.fund(U256::from::<u128>(total));
        for signed in world.programme.claims(month) {
            assert!(world.send(&calldata::redeem(&signed.claim, &signed.signature).into()).succeeded, "{month}");
        }
    }
}

#[test]
fn the_recipe_of_names_works_as_it_stands() {
    let world = World::new();
    let ens = Ens::new(&world);
    ens.register("alexmasmej.eth", world.node.account(6));
    ens.register("sofialindqvist.eth", world.node.account(7));
    let mut shell = Shell::new(&world.node, &world.programme, world.token);
    shell.variables.push(("REGISTRY", ens.registry.to_string().into()));
    let blocks = blocks("names.md");
    let [resolve, confirm, look] = blocks.as_slice() else { panic!("three steps: {blocks:?}") };
    assert!(shell.run(resolve, None).contains("pinned now"));
    ens.set_address("alexmasmej.eth", world.node.account(8));
    let again =
        world.programme.start(&["resolve", "--rpc", &world.node.url(), "--registry", &ens.registry.to_string()]);
    assert_eq!(again.status.code(), Some(1), "the change is held");
    assert!(shell.run(confirm, None).contains("confirmed"));
    assert!(shell.run(look, None).contains(&world.node.account(8).to_string()));
}

#[test]
fn the_recipe_of_transfers_works_as_it_stands() {
    let world = World::new();
    let node = &world.node;
    let call = |to: Address, amount| Token::transferCall { to, amount: tokens(amount) }.abi_encode().into();
    for (from, to) in [(0, 7), (7, 6)] {
        assert!(node.send(node.account(from), world.token, &call(node.account(to), 5)).succeeded);
    }
    node.finalize();
    let mut shell = Shell::new(node, &world.programme, world.token);
    for (name, address) in [("COIN", world.token), ("SALE", node.account(0)), ("CREATOR", node.account(6))] {
        shell.variables.push((name, address.to_string().into()));
    }
    let blocks = blocks("transfers.md");
    assert_eq!(blocks.len(), 3);
    let said = shell.run(&blocks.concat(), None);
    assert!(said.contains(": 1 buy, 1 send_creator; no events: 1 of others, "), "{said}");
    assert!(said.trim().lines().last().is_some_and(|line| line.starts_with("zoe-")), "{said}");
}

#[test]
fn the_recipe_of_the_chain_works_as_it_stands() {
    let world = World::new();
    for month in ["2020-12", "2021-01"] {
        let total = world.close(month);
        world.fund(total);
    }
    world.node.finalize();
    let shell = Shell::new(&world.node, &world.programme, world.token);
    let blocks = blocks("chain.md");
    let [look, publish, consolidate, redeem, reissue] = blocks.as_slice() else { panic!("five steps: {blocks:?}") };
    assert!(shell.run(look, None).contains("claimable"));
    shell.run(publish, None);
    assert!(shell.run(consolidate, None).contains("in the place of 2"));
    shell.run(redeem, Some(world.payouts));
    world.node.finalize();
    let said = shell.run(look, None);
    assert_eq!(said.lines().filter(|line| line.contains("alex") && line.contains("redeemed")).count(), 3, "{said}");
    // The day after the last second of December's claims.
    world.node.set_next_time(1_641_686_400);
    world.node.finalize();
    assert!(shell.run(reissue, None).contains("signed"));
    assert!(shell.run(look, None).contains("2022-"), "the new claim can be redeemed later");
}

#[test]
fn the_bytes_of_refusals_are_right() {
    let text = document("redeem.md");
    let rows: Vec<Vec<&str>> =
        text.lines().filter(|line| line.starts_with("| `0x")).map(|line| line.split('`').collect()).collect();
    assert_eq!(rows.len(), 7);
    for row in rows {
        let hash = keccak256(row[3]);
        assert_eq!(row[1], hex::encode_prefixed(&hash[..4]), "{}", row[3]);
    }
}

/// A shell with what the recipe asks its reader to set.
struct Shell {
    variables: Vec<(&'static str, OsString)>,
}

impl Shell {
    fn new(node: &Node, programme: &Programme, token: Address) -> Self {
        let cast = program("cast");
        let password = import_wallet(node);

        let folders =
            [cast.as_path(), binary::path()].map(|binary| binary.parent().expect("a binary has a folder").to_owned());
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(folders.into_iter().chain(env::split_paths(&path))).expect("no separator in a name");
        let account = |place| OsString::from(node.account(place).to_string());
        let variables = vec![
            ("PATH", path),
            ("HOME", node.folder().into()),
            ("ETH_RPC_URL", node.url().into()),
            ("ETH_KEYSTORE", node.folder().join("wallet").into()),
            ("ETH_PASSWORD", password.into()),
            ("TOKEN", token.to_string().into()),
            ("TREASURY", treasury(node).to_string().into()),
            ("OWNER", account(1)),
            ("GUARDIAN", account(2)),
            ("PROGRAMME", programme.path("").into()),
            ("SIGNER", account(0)),
            ("SIGNER_URL", node.url().into()),
            ("PUBLISHED", programme.path("published").into()),
        ];
        Self { variables }
    }

    /// Runs commands that must all succeed, and returns what they say.
    fn run(&self, commands: &str, payouts: Option<Address>) -> String {
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", commands])
            .current_dir(root())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .envs(payouts.map(|payouts| ("PAYOUTS", payouts.to_string())))
            .output()
            .expect("the recipe is for bash");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{commands}\n{said}{complained}");
        said
    }
}

/// Writes the key of the node's first account to `wallet` in the node's folder, and its password beside it.
pub(super) fn import_wallet(node: &Node) -> PathBuf {
    let import = Command::new(program("cast"))
        .args(["wallet", "import", "wallet", "--private-key", WALLET, "--unsafe-password", "demo", "-k", "."])
        .current_dir(node.folder())
        .env("HOME", node.folder())
        .output()
        .expect("cast starts");
    assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
    let password = node.folder().join("password");
    fs::write(&password, "demo").expect("the password is written");
    password
}

/// The commands of the recipe, step by step.
fn blocks(name: &str) -> Vec<String> {
    let text = document(name);
    let after = text.split("```sh\n").skip(1);
    after.map(|block| block.split("```").next().expect("a block has a first part").to_owned()).collect()
}

fn document(name: &str) -> String {
    fs::read_to_string(root().join("docs").join(name)).expect("the recipe is there")
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
