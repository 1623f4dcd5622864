//! Payees' names on the real contracts of ENS: pinned, held after a change, confirmed, paid; and what lies instead.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::SystemTime,
};

use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_sol_types::{SolCall, SolValue as _, sol};
use ambassador_core::calldata;
use serde_json::{Value, json};

use super::{
    programme::Programme,
    proxy::{Proxy, Reply},
    world::{World, on_chain},
};
use crate::{
    contract::build::{creation_code, double},
    interop::interop,
};

sol! {
    function setSubnodeOwner(bytes32 node, bytes32 label, address owner);
    function setResolver(bytes32 node, address resolver);
    function setAddr(bytes32 node, address account);
    error OffchainLookup(address sender, string[] urls, bytes data, bytes4 callback, bytes extra);
}

const ALEX: &str = "alexmasmej.eth";
const SOFIA: &str = "sofialindqvist.eth";
const HEADER: &str = "name,address,block,resolved_at\n";

/// The registry and the public resolver, with the programme's names unpinned.
pub(super) struct Ens<'a> {
    world: &'a World,
    pub(super) registry: Address,
    resolver: Address,
}

impl<'a> Ens<'a> {
    /// Deploys them; `eth` is the deployer's.
    pub(super) fn new(world: &'a World) -> Self {
        let artifact = |path: &str| creation_code(&interop().join("node_modules/@ensdomains").join(path));
        let deployer = world.node.account(5);
        let registry = world.node.deploy(deployer, &artifact("ens/build/contracts/ENSRegistry.json"), &[]);
        let code = artifact("resolver/build/contracts/PublicResolver.json");
        let resolver = world.node.deploy(deployer, &code, registry.into_word().as_slice());
        let ens = Self { world, registry, resolver };
        ens.give(B256::ZERO, "eth");
        fs::write(world.programme.path("resolutions.csv"), HEADER).expect("a file is written");
        ens
    }

    /// Registers a name of two labels, which then names an account.
    pub(super) fn register(&self, name: &str, account: Address) {
        let (label, parent) = name.split_once('.').expect("two labels");
        self.give(node(parent), label);
        self.set_resolver(name, self.resolver);
        self.set_address(name, account);
    }

    /// Lets a name stand for another account, finally.
    pub(super) fn set_address(&self, name: &str, account: Address) {
        self.send(self.resolver, &setAddrCall { node: node(name), account });
        self.world.node.finalize();
    }

    fn set_resolver(&self, name: &str, resolver: Address) {
        self.send(self.registry, &setResolverCall { node: node(name), resolver });
        self.world.node.finalize();
    }

    fn give(&self, parent: B256, label: &str) {
        let owner = self.world.node.account(5);
        self.send(self.registry, &setSubnodeOwnerCall { node: parent, label: keccak256(label), owner });
    }

    fn send(&self, to: Address, call: &impl SolCall) {
        let receipt = self.world.node.send(self.world.node.account(5), to, &call.abi_encode().into());
        assert!(receipt.succeeded, "the deployer owns the names");
    }

    /// Resolves; returns the exit status and the answer.
    fn resolve(&self, more: &[&str]) -> (Option<i32>, Value) {
        self.resolve_at(&self.world.node.url(), more)
    }

    fn resolve_at(&self, url: &str, more: &[&str]) -> (Option<i32>, Value) {
        let registry = self.registry.to_string();
        let arguments = [["resolve", "--rpc", url, "--registry", &registry].as_slice(), more].concat();
        let output = self.world.programme.start(&arguments);
        let answer = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
        (output.status.code(), answer)
    }

    /// Resolves, and returns how alex's name stands then.
    #[track_caller]
    fn alex(&self, more: &[&str], status: i32) -> Value {
        let (found, answer) = self.resolve(more);
        assert_eq!(found, Some(status), "{answer}");
        let alex = answer["names"][0].clone();
        assert_eq!(alex["name"], ALEX, "{answer}");
        alex
    }

    /// The rows that are pinned of a name: account and block.
    fn pinned(&self, name: &str) -> Vec<String> {
        let text = String::from_utf8(self.world.programme.bytes("resolutions.csv")).expect("UTF-8");
        let rows = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(','));
        rows.map(|row| row.split(',').next().expect("a first cell").to_owned()).collect()
    }
}

fn node(name: &str) -> B256 {
    name.rsplit('.').fold(B256::ZERO, |node, label| keccak256([node, keccak256(label)].concat()))
}

#[test]
fn a_changed_name_holds_the_payment_until_it_is_confirmed() {
    let world = World::new();
    let ens = Ens::new(&world);
    let [first, second, sofia] = [6, 7, 8].map(|place| world.node.account(place));
    ens.register(ALEX, first);
    ens.register(SOFIA, sofia);
    let programme = &world.programme;
    assert_eq!(held(programme), [ALEX, SOFIA], "nothing is pinned");

    let dry = ens.alex(&["--dry-run"], 0);
    assert_eq!((&dry["state"], programme.bytes("resolutions.csv").len()), (&json!("pinned now"), HEADER.len()));
    let alex = ens.alex(&[], 0);
    assert_eq!(alex["address"], first.to_string());
    let pinned = programme.bytes("resolutions.csv");
    assert_eq!((ens.pinned(ALEX), ens.pinned(SOFIA)), (vec![first.to_string()], vec![sofia.to_string()]));
    assert_eq!(ens.alex(&["--confirm", ALEX], 0)["state"], "pinned", "there is nothing to confirm");
    assert_eq!(programme.bytes("resolutions.csv"), pinned, "nothing changed");
    assert_eq!(held(programme), [""; 0]);
    pay(&world, "2020-12", first);

    // What is not final yet is not seen.
    ens.send(ens.resolver, &setAddrCall { node: node(ALEX), account: second });
    assert_eq!(ens.alex(&[], 0)["state"], "pinned");
    world.node.finalize();
    after_this_second();
    let changed = ens.alex(&[], 1);
    assert_eq!((&changed["address"], &changed["before"]), (&json!(second.to_string()), &json!(first.to_string())));
    assert_eq!(ens.pinned(ALEX), [first, second].map(|address| address.to_string()));
    assert_eq!(ens.alex(&[], 1)["state"], "changed, held until confirmed", "asking again confirms nothing");
    assert_eq!(ens.pinned(ALEX).len(), 2);
    assert_eq!((held(programme), unpaid(programme, "2021-01")), (vec![ALEX.to_owned()], true));
    programme.run(&["close", "2020-12", "--yes"]);

    // A confirmation is of what was shown, and of nothing that came after it.
    ens.set_address(ALEX, first);
    assert_eq!(ens.alex(&["--confirm", ALEX], 1)["state"], "changed, held until confirmed");
    ens.set_address(ALEX, second);
    ens.alex(&[], 1);
    assert_eq!(ens.alex(&["--confirm", "AlexMasmej.ETH"], 0)["state"], "confirmed");
    assert_eq!(held(programme), [""; 0]);
    after_this_second();
    pay(&world, "2021-01", second);
    for month in ["2020-12", "2021-01"] {
        programme.run(&["close", month, "--yes"]);
    }

    ens.set_address(ALEX, Address::ZERO);
    assert_eq!(ens.alex(&["--confirm", ALEX], 1)["problem"]["code"], "ENS_NO_ADDRESS");
    assert_eq!(ens.pinned(ALEX).last().map(String::as_str), Some(""));
    assert_eq!(held(programme), [ALEX]);
    ens.set_address(ALEX, second);
    assert_eq!(ens.alex(&[], 1)["state"], "changed, held until confirmed", "it came back");
    assert_eq!(ens.alex(&["--confirm", ALEX], 0)["state"], "confirmed");
}

#[test]
fn one_block_says_one_thing_of_a_name_by_hash_and_by_number() {
    let world = World::new();
    let ens = Ens::new(&world);
    ens.register(ALEX, world.node.account(6));
    ens.register(SOFIA, world.node.account(8));
    // A node that does not know the calls of EIP-1898 is asked by number.
    let (by_number, asked) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (numbers, hashes) = (Arc::clone(&by_number), Arc::clone(&asked));
    let old = Proxy::of(&world.node, move |method, parameters, answer| {
        if method == "eth_call" && parameters[1].is_object() {
            hashes.fetch_add(1, Ordering::SeqCst);
            return Reply::Answer(Err(json!({ "code": -32602, "message": "invalid argument 1" })));
        }
        numbers.fetch_add(usize::from(method == "eth_call"), Ordering::SeqCst);
        Reply::Answer(answer)
    });
    let (status, answer) = ens.resolve_at(&old.url(), &[]);
    assert_eq!((status, &answer["names"][0]["state"]), (Some(0), &json!("pinned now")), "{answer}");
    assert_eq!(ens.pinned(ALEX), [world.node.account(6).to_string()]);
    let count = by_number.load(Ordering::SeqCst);
    assert!(count > 0 && count == asked.load(Ordering::SeqCst), "each question is asked by hash first");

    // What is pinned at a block is what it said: who says otherwise of the same block, lies now or lied then.
    let resolver = ens.resolver;
    let other = world.node.account(7).into_word();
    let liar = Proxy::of(&world.node, move |method, parameters, answer| {
        let is_answer = method == "eth_call" && parameters[0]["to"] == json!(resolver.to_string());
        // The word is that of an account where the truth is one.
        let lie = |truth: Value| {
            if truth.as_str().is_some_and(|word| word.starts_with("0x000000000000000000000000")) {
                json!(other)
            } else {
                truth
            }
        };
        Reply::Answer(if is_answer { answer.map(lie) } else { answer })
    });
    let pinned = world.programme.bytes("resolutions.csv");
    let (status, answer) = ens.resolve_at(&liar.url(), &[]);
    let code = &answer["problems"][0]["code"];
    assert_eq!((status, code), (Some(1), &json!("ENS_BLOCK_DIFFERS")), "{answer}");
    assert_eq!(world.programme.bytes("resolutions.csv"), pinned, "nothing was written");
}

#[test]
fn what_is_no_address_is_refused_in_words() {
    let world = World::new();
    let ens = Ens::new(&world);
    ens.register(SOFIA, world.node.account(8));
    let programme = &world.programme;
    assert_eq!(ens.alex(&[], 1)["problem"]["code"], "ENS_NO_RESOLVER");
    let pinned = programme.bytes("resolutions.csv");
    ens.set_resolver("eth", ens.resolver);
    assert_eq!(ens.alex(&[], 1)["problem"]["code"], "ENS_WILDCARD");

    ens.give(node("eth"), "alexmasmej");
    let offchain = OffchainLookup {
        sender: ens.resolver,
        urls: vec!["https://gateway.example/{sender}/{data}".to_owned()],
        data: Bytes::new(),
        callback: [0; 4].into(),
        extra: Bytes::new(),
    };
    let mut dirty = world.node.account(6).into_word();
    dirty[11] = 1;
    let lies: [(Vec<u8>, bool, &str); 8] = [
        (Vec::new(), false, "ENS_ANSWER"),
        (dirty[..31].to_vec(), false, "ENS_ANSWER"),
        (dirty.to_vec(), false, "ENS_ANSWER"),
        ([[0; 32], [1; 32]].concat(), false, "ENS_ANSWER"),
        (vec![0; 32], false, "ENS_NO_ADDRESS"),
        (Vec::new(), true, "ENS_RESOLVER_REFUSES"),
        (dirty.to_vec(), true, "ENS_RESOLVER_REFUSES"),
        (alloy_sol_types::SolError::abi_encode(&offchain), true, "ENS_OFFCHAIN"),
    ];
    for (answer, reverts, code) in lies {
        let arguments = (Bytes::from(answer.clone()), reverts).abi_encode_params();
        let liar = world.node.deploy(world.node.account(5), &double("LyingWallet"), &arguments);
        ens.set_resolver(ALEX, liar);
        let alex = ens.alex(&[], 1);
        assert_eq!(alex["problem"]["code"], code, "{reverts} {answer:?}: {alex}");
        assert_eq!(programme.bytes("resolutions.csv"), pinned);
    }
    // A resolver without code.
    ens.set_resolver(ALEX, world.node.account(9));
    assert_eq!(ens.alex(&[], 1)["problem"]["code"], "ENS_ANSWER");

    let (url, token) = (world.node.url(), world.token.to_string());
    for (arguments, code) in [
        (vec!["--registry", &token], "ENS_REGISTRY"),
        (vec![], "ENS_REGISTRY"),
        (vec!["--registry", &token, "--confirm", "nobody.eth"], "ENS_NO_PAYEE"),
        (vec!["--registry", &token, "--confirm", "al\u{435}x.eth"], "ENS_MIXED_SCRIPTS"),
    ] {
        refuse(programme, &[["resolve", "--rpc", &url].as_slice(), &arguments].concat(), code);
    }
    // The example's own rows are of another chain, whose blocks have higher numbers.
    let example = Programme::copy();
    refuse(&example, &["resolve", "--rpc", &url], "RPC_CHAIN");
    fs::write(programme.path("resolutions.csv"), example.bytes("resolutions.csv")).expect("a file is written");
    let registry = ens.registry.to_string();
    refuse(programme, &["resolve", "--rpc", &url, "--registry", &registry], "ENS_BLOCK_OLD");
}

/// Runs a command that must be refused and write nothing.
#[track_caller]
fn refuse(programme: &Programme, arguments: &[&str], code: &str) {
    let before = programme.bytes("resolutions.csv");
    let output = programme.start(arguments);
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((output.status.code(), &answer["problems"][0]["code"]), (Some(1), &json!(code)), "{answer}");
    assert_eq!(programme.bytes("resolutions.csv"), before);
}

/// The payees' names whose payments are held, as `check` and `status` say.
fn held(programme: &Programme) -> Vec<String> {
    let names = |list: &Value| -> Vec<String> {
        let list = list.as_array().expect("a list").iter().filter(|name| name["held"] == true);
        list.map(|name| name["name"].as_str().expect("a name").to_owned()).collect()
    };
    let held = names(&programme.run(&["check"])["names"]);
    assert_eq!(held, names(&programme.run(&["status"])["held_names"]));
    held
}

/// Whether the month would leave alex without an account and pay nothing.
fn unpaid(programme: &Programme, month: &str) -> bool {
    let answer = programme.run(&["settle", month, "--dry-run"]);
    let alex = &answer["summary"]["ambassadors"][0];
    assert_eq!(alex["id"], "alex", "{answer}");
    alex["account"].is_null() && alex["amount"] == "0" && alex["pending_usd"] != "0"
}

/// Closes a month and redeems alex's claim, which pays this account.
fn pay(world: &World, month: &str, account: Address) {
    let total = world.close(month);
    world.fund(total);
    let claims = world.programme.claims(month);
    let of_alex = claims.iter().find(|signed| signed.claim.index.as_u32() == 0).expect("alex is paid");
    assert_eq!(on_chain(&of_alex.claim.account), account);
    let before = world.balance(account);
    assert!(world.send(&calldata::redeem(&of_alex.claim, &of_alex.signature).into()).succeeded);
    let amount = U256::from(of_alex.claim.amount.as_base_units());
    assert_eq!(world.balance(account), before.saturating_add(amount));
}

/// Returns once the clock shows a later second: a month sees what was pinned before the second in which it is settled.
fn after_this_second() {
    let second = || SystemTime::UNIX_EPOCH.elapsed().expect("the clock is right").as_secs();
    let now = second();
    while second() == now {
        std::thread::yield_now();
    }
}
