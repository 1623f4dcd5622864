//! A local chain: a real node on a free port of the loopback interface, which ends with its test.

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use alloy_primitives::{Address, B256, Bytes, Log, U256};
use alloy_sol_types::{SolCall, SolEvent};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::interop::interop;

/// The chain that every local node claims to be.
pub(super) const CHAIN_ID: u64 = 31_337;
/// 2021-01-10: the challenge days of December 2020 are over and its claims can be redeemed for another year.
const GENESIS: &str = "1610236800";
/// More than any call here needs; a fixed limit lets a refused call be mined instead of being refused unsent.
const GAS_LIMIT: &str = "0x989680";

/// A running node.
#[derive(Debug)]
pub(super) struct Node {
    process: Child,
    port: String,
    folder: TempDir,
}

/// What a mined transaction did.
#[derive(Clone, Debug)]
pub(super) struct Receipt {
    pub(super) succeeded: bool,
    pub(super) created: Option<Address>,
    pub(super) transaction: B256,
    logs: Vec<Log>,
}

impl Node {
    /// Starts a node and waits until it listens.
    ///
    /// # Panics
    ///
    /// When it is not installed, ends early, or does not listen for a minute.
    pub(super) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let said = folder.path().join("said");
        let mut process = Command::new(program("anvil"))
            .args(["--host", "127.0.0.1", "--port", "0", "--hardfork", "prague", "--timestamp", GENESIS])
            .args(["--chain-id", &CHAIN_ID.to_string()])
            .env("HOME", folder.path())
            .stdin(Stdio::null())
            .stdout(File::create(&said).expect("a file"))
            .spawn()
            .expect("the node starts");
        for _ in 0..600 {
            let text = fs::read_to_string(&said).expect("the node writes text");
            // The line's end shows that the number is whole.
            let port = text.split_once("Listening on 127.0.0.1:").and_then(|(_, rest)| rest.split_once('\n'));
            if let Some((port, _)) = port {
                return Self { process, port: port.trim().to_owned(), folder };
            }
            assert!(process.try_wait().expect("it can be asked").is_none(), "the node ended: {text}");
            sleep(Duration::from_millis(100));
        }
        process.kill().expect("it can be ended");
        panic!("the node does not listen");
    }

    /// The address of its JSON-RPC.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A folder that goes with the node.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// One of the ten accounts that the node has keys of and that have ether.
    pub(super) fn account(&self, place: usize) -> Address {
        read(&self.ask("eth_accounts", &json!([]))[place])
    }

    /// Lets one of the node's accounts sign typed data.
    pub(super) fn sign_typed_data(&self, account: Address, document: &Value) -> Bytes {
        read(&self.ask("eth_signTypedData_v4", &json!([account, document])))
    }

    /// Lets the node send for an account whose key nobody here has.
    pub(super) fn impersonate(&self, account: Address) {
        self.ask("anvil_impersonateAccount", &json!([account]));
        self.ask("anvil_setBalance", &json!([account, "0xde0b6b3a7640000"]));
    }

    /// The number of the latest block.
    pub(super) fn blocks(&self) -> U256 {
        read(&self.ask("eth_blockNumber", &json!([])))
    }

    /// Sets the wei that an account has.
    pub(super) fn set_ether(&self, account: Address, wei: u64) {
        self.ask("anvil_setBalance", &json!([account, format!("{wei:#x}")]));
    }

    /// Sets the time of the next block, unix seconds.
    pub(super) fn set_next_time(&self, time: u64) {
        self.ask("evm_setNextBlockTimestamp", &json!([time]));
    }

    /// Mines until everything that was mined before is final.
    pub(super) fn finalize(&self) {
        self.ask("anvil_mine", &json!(["0x60"]));
    }

    /// Mines one block.
    pub(super) fn mine(&self) {
        self.ask("anvil_mine", &json!(["0x1"]));
    }

    /// Takes the latest block back; in its place the account sends itself nothing, so that what it sent is gone for good.
    pub(super) fn reorganise(&self, account: Address) {
        let nothing = json!({ "from": account, "to": account, "value": "0x0", "gas": GAS_LIMIT });
        self.ask("anvil_reorg", &json!([1, [[nothing, 0]]]));
    }

    /// The port that it listens on.
    pub(super) fn port(&self) -> &str {
        &self.port
    }

    /// Deploys a contract.
    pub(super) fn deploy(&self, from: Address, code: &[u8], arguments: &[u8]) -> Address {
        let data = Bytes::from([code, arguments].concat());
        let receipt = self.transact(&json!({ "from": from, "data": data, "gas": GAS_LIMIT }));
        assert!(receipt.succeeded, "the deployment reverts");
        receipt.created.expect("a deployment creates")
    }

    /// Sends bytes as a transaction of its own and waits until it is mined.
    pub(super) fn send(&self, from: Address, to: Address, data: &Bytes) -> Receipt {
        self.transact(&json!({ "from": from, "to": to, "data": data, "gas": GAS_LIMIT }))
    }

    /// Returns the bytes that a call would revert with, or what it would answer.
    pub(super) fn simulate(&self, from: Address, to: Address, data: &Bytes) -> Result<Bytes, Bytes> {
        let call = json!([{ "from": from, "to": to, "data": data, "gas": GAS_LIMIT }, "latest"]);
        self.request("eth_call", &call).map(|answer| read(&answer)).map_err(|error| read(&error["data"]))
    }

    /// Reads a contract.
    pub(super) fn read<C: SolCall>(&self, to: Address, call: &C) -> C::Return {
        let answer = self.simulate(Address::ZERO, to, &call.abi_encode().into());
        let answer = answer.unwrap_or_else(|data| panic!("{} reverts with {data}", C::SIGNATURE));
        C::abi_decode_returns(&answer).expect("the answer has the declared type")
    }

    fn transact(&self, transaction: &Value) -> Receipt {
        let hash = self.ask("eth_sendTransaction", &json!([transaction]));
        for _ in 0..600 {
            let receipt = self.ask("eth_getTransactionReceipt", &json!([hash]));
            if receipt.is_object() {
                return Receipt::of(&receipt);
            }
            sleep(Duration::from_millis(20));
        }
        panic!("the node does not mine");
    }

    fn ask(&self, method: &str, parameters: &Value) -> Value {
        self.request(method, parameters).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    fn request(&self, method: &str, parameters: &Value) -> Result<Value, Value> {
        request(&self.port, method, parameters)
    }
}

/// One JSON-RPC call to a local port on a connection of its own: the result, or the error.
pub(super) fn request(port: &str, method: &str, parameters: &Value) -> Result<Value, Value> {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters }).to_string();
    let head = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n";
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).expect("the node listens");
    write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len()).expect("the node reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the node answers");
    let (_, body) = answer.split_once("\r\n\r\n").expect("an answer has a body");
    let answer: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"));
    answer.get("error").map_or_else(|| Ok(answer["result"].clone()), |error| Err(error.clone()))
}

impl Drop for Node {
    fn drop(&mut self) {
        // The process may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Receipt {
    /// The events of one type that a contract emitted, in order.
    pub(super) fn events<E: SolEvent>(&self, of: Address) -> Vec<E> {
        let logs = self.logs.iter().filter(|log| log.address == of);
        logs.filter_map(|log| E::decode_log(log).ok()).map(|log| log.data).collect()
    }

    fn of(receipt: &Value) -> Self {
        let log = |log: &Value| {
            let topics = log["topics"].as_array().expect("a log has topics").iter().map(read::<B256>).collect();
            Log::new(read(&log["address"]), topics, read(&log["data"])).expect("at most four topics")
        };
        Self {
            succeeded: receipt["status"] == "0x1",
            transaction: read(&receipt["transactionHash"]),
            created: receipt["contractAddress"].as_str().map(|text| text.parse().expect("an address")),
            logs: receipt["logs"].as_array().expect("a receipt has logs").iter().map(log).collect(),
        }
    }
}

/// The binary of a tool that npm installed for this platform.
///
/// # Panics
///
/// When it is not installed.
pub(super) fn program(name: &str) -> PathBuf {
    let scope = interop().join("node_modules/@foundry-rs");
    let packages = fs::read_dir(&scope).into_iter().flatten().flatten().map(|entry| entry.path());
    // The package that all platforms share only starts a child, which would outlive it.
    let mut binaries = packages.map(|package| package.join("bin").join(name));
    binaries
        .find(|binary| binary.is_file())
        .unwrap_or_else(|| panic!("`{name}` is missing: run `npm ci --ignore-scripts --prefix tests/interop` first"))
}

/// A value as the node writes it.
fn read<T: std::str::FromStr>(value: &Value) -> T {
    let text = value.as_str().unwrap_or_else(|| panic!("not a text: {value}"));
    text.parse().unwrap_or_else(|_| panic!("`{text}` cannot be read"))
}

/// Whole tokens of 18 decimals in base units.
pub(super) fn tokens(whole: u64) -> U256 {
    U256::from(whole).saturating_mul(U256::from(10_u64.pow(18)))
}
