//! The transfers of a coin on a real chain as events: what is read, what is left out, and what is refused.

use std::{collections::BTreeSet, fs};

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall as _;
use serde_json::{Value, json};

use super::{
    node::{CHAIN_ID, tokens},
    world::{World, deploy_token},
};
use crate::contract::abi::Token;

const CLOSES: &str = "date,usd,tokens\n2021-01-10,0.25,1\n2021-01-11,1,3\n";

/// A coin whose supply is the sale's, with a creator and fans.
struct Coin {
    world: World,
    coin: Address,
}

impl Coin {
    fn new() -> Self {
        let world = World::new();
        let coin = deploy_token(&world.node);
        Self { world, coin }
    }

    fn send(&self, from: usize, to: usize, amount: U256) {
        let to = self.world.node.account(to);
        let data = Token::transferCall { to, amount }.abi_encode().into();
        assert!(self.world.node.send(self.world.node.account(from), self.coin, &data).succeeded);
    }

    /// Says what the coin is, but for what a test wants otherwise.
    fn describe(&self, other: &[(&str, &str)]) {
        let account = |place| self.world.node.account(place);
        let mut text = "schema = \"ambassador-sources/1\"\n[transfers.zoe]\n".to_owned();
        for (name, value) in [
            ("coin", "\"RUNS\"".to_owned()),
            ("token", format!("\"{}\"", self.coin)),
            ("chain_id", CHAIN_ID.to_string()),
            ("decimals", "18".to_owned()),
            ("first_block", "0".to_owned()),
            ("prices", "\"prices/zoe.csv\"".to_owned()),
            ("from", format!("{{ \"{}\" = \"buy\" }}", account(0))),
            ("to", format!("{{ \"{}\" = \"send_creator\" }}", account(6))),
        ] {
            let value = other.iter().find(|(known, _)| *known == name).map_or(value, |(_, value)| (*value).to_owned());
            text.extend([name, " = ", value.as_str(), "\n"]);
        }
        fs::write(self.world.programme.path("sources.toml"), text).expect("a file is written");
    }

    fn put_closes(&self, closes: &str) {
        fs::create_dir_all(self.world.programme.path("prices")).expect("a folder");
        fs::write(self.world.programme.path("prices/zoe.csv"), closes).expect("a file is written");
    }

    fn import(&self, more: &[&str]) -> (Option<i32>, Value) {
        let url = self.world.node.url();
        let output = self.world.programme.start(&[["import", "zoe", "--rpc", &url].as_slice(), more].concat());
        let said = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
        (output.status.code(), said)
    }

    #[track_caller]
    fn refuse(&self, status: i32, code: &str) {
        let (found, said) = self.import(&[]);
        assert_eq!((found, &said["problems"][0]["code"]), (Some(status), &json!(code)), "{said}");
        assert!(!self.world.programme.path("activity/zoe").exists(), "nothing is written");
    }

    /// The rows of a table that an import wrote.
    fn rows(&self, said: &Value) -> Vec<Vec<String>> {
        let file = said["files"][0].as_str().unwrap_or_else(|| panic!("{said}"));
        let text = String::from_utf8(self.world.programme.bytes(file)).expect("UTF-8");
        let rows = text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect());
        rows.collect()
    }
}

#[test]
fn transfers_become_events() {
    let coin = Coin::new();
    coin.describe(&[]);
    coin.put_closes(CLOSES);
    coin.send(0, 3, tokens(100));
    coin.send(3, 6, tokens(40));
    coin.send(3, 6, U256::from(2));
    coin.send(3, 4, tokens(10));
    coin.send(0, 6, tokens(5));
    coin.send(4, 6, U256::ZERO);
    coin.world.node.finalize();
    coin.send(4, 6, tokens(1));

    let (status, said) = coin.import(&[]);
    assert_eq!(status, Some(0), "{said}");
    assert_eq!(said["kinds"], json!({ "buy": 1, "send_creator": 2 }), "what is not final is not seen");
    // The supply was made, and one fan sent to another.
    assert_eq!(said["left_out"], json!({ "others": 2, "between": 1, "of_nothing": 1, "made": 0 }));
    let rows = coin.rows(&said);
    let column = |place: usize| -> Vec<&str> { rows.iter().map(|row| row[place].as_str()).collect() };
    assert_eq!(column(2), ["RUNS"; 3]);
    assert_eq!(column(3), ["buy", "send_creator", "send_creator"]);
    // Two base units at a quarter of a dollar are half of 10^-18 dollars, which is rounded down.
    assert_eq!(column(5), ["25", "10", "0"]);
    assert!(column(1).iter().all(|time| time.starts_with("2021-01-10T") && time.ends_with('Z')), "{rows:?}");
    let ids: BTreeSet<&str> = column(0).into_iter().collect();
    assert!(ids.len() == 3 && ids.iter().all(|id| id.len() > 67 && id.starts_with("0x") && id.contains(':')));
    let actors: BTreeSet<&str> = column(4).into_iter().collect();
    let fan = coin.world.node.account(3).to_string().to_lowercase();
    let told = coin.world.programme.run(&["import", "zoe", "--actor", &fan]);
    assert_eq!(actors, [told["actor"].as_str().expect("a pseudonym")].into());
    assert!(!rows.iter().flatten().any(|cell| cell.to_lowercase().contains(&fan[2..])), "no account is told");

    // Again, and from a later block on: the same events once more, or only new ones.
    coin.world.node.finalize();
    let next = (said["last_block"].as_str().expect("a number").parse::<u64>().expect("a number") + 1).to_string();
    let (_, more) = coin.import(&["--first-block", &next]);
    assert_eq!(more["kinds"], json!({ "send_creator": 1 }));
    let (_, all) = coin.import(&[]);
    assert_eq!(all["kinds"], json!({ "buy": 1, "send_creator": 3 }));
    assert_eq!(coin.rows(&all)[..3], rows[..]);
    coin.world.programme.run(&["check"]);
    let (_, none) = coin.import(&["--first-block", "999999"]);
    assert_eq!((&none["kinds"], &none["files"]), (&json!({}), &json!([])));
}

#[test]
fn transfers_that_cannot_be_told_are_refused() {
    let coin = Coin::new();
    coin.send(0, 3, tokens(100));
    coin.world.node.finalize();
    coin.describe(&[]);
    coin.refuse(3, "FILE_MISSING");
    coin.put_closes("date,usd,tokens\n2021-01-09,0.25,1\n");
    coin.refuse(3, "PRICE_MISSING");
    coin.put_closes(CLOSES);
    for (name, value, code, status) in [
        ("chain_id", "1", "RPC_CHAIN", 1),
        ("decimals", "6", "SOURCE_TOKEN", 1),
        ("token", "\"0x00000000000000000000000000000000000000aa\"", "SOURCE_TOKEN", 1),
        ("token", "\"0xaa\"", "SOURCES", 3),
        ("decimals", "31", "SOURCES", 3),
        ("from", "{}", "SOURCES", 3),
    ] {
        let nobody = ("to", "{}");
        let other = [(name, value), nobody];
        coin.describe(other.get(..if name == "from" { 2 } else { 1 }).expect("two"));
        coin.refuse(status, code);
    }
    coin.describe(&[]);
    let missing = coin.world.programme.start(&["import", "zoe", "exports/x.csv"]);
    assert_eq!(missing.status.code(), Some(2), "{missing:?}");
    assert_eq!(coin.import(&[]).0, Some(0));
}
