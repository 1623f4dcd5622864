//! What the demonstration's wallet may ask of the local chain, passed on.

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    time::Duration,
};

use serde_json::{Value, json};

use super::world::Person;
use crate::server::{Method, Request, Response, Status};

/// What a wallet and a page need; everything else a node can do stays with the demonstration.
const METHODS: [&str; 18] = [
    "eth_blockNumber",
    "eth_call",
    "eth_chainId",
    "eth_estimateGas",
    "eth_feeHistory",
    "eth_gasPrice",
    "eth_getBalance",
    "eth_getBlockByHash",
    "eth_getBlockByNumber",
    "eth_getCode",
    "eth_getLogs",
    "eth_getTransactionByHash",
    "eth_getTransactionCount",
    "eth_getTransactionReceipt",
    "eth_maxPriorityFeePerGas",
    "eth_sendTransaction",
    "eth_signTypedData_v4",
    "net_version",
];
/// The longest answer of the chain.
const ANSWER: u64 = 8 * 1024 * 1024;

/// The way to the chain.
#[derive(Clone, Debug)]
pub(crate) struct Rpc {
    port: u16,
    accounts: Vec<String>,
}

impl Rpc {
    /// Speaks to the chain at this port for these people.
    pub(crate) fn new(port: u16, people: &[Person]) -> Self {
        Self { port, accounts: people.iter().map(|person| person.address.clone()).collect() }
    }

    /// Answers one JSON-RPC call.
    pub(crate) fn answer(&self, request: &Request) -> Response {
        if request.method != Method::Post {
            return Response::refusal(Status::OnlyPosted);
        }
        // A form of another site cannot send this type.
        let kind = request.content_type.as_deref().unwrap_or_default();
        let kind = kind.split_once(';').map_or(kind, |(kind, _)| kind).trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Response::refusal(Status::UnsupportedType);
        }
        match self.judge(&request.body) {
            Judgement::Answer(answer) => Response::json(answer.to_string().into_bytes()),
            Judgement::PassOn(call) => self.pass_on(call.to_string().as_bytes()).map_or_else(
                || Response::refusal(Status::BadGateway),
                |answer| Response::json(answer.to_string().into_bytes()),
            ),
        }
    }

    fn judge(&self, body: &[u8]) -> Judgement {
        let Ok(call) = serde_json::from_slice::<Value>(body) else {
            return Judgement::error(&Value::Null, -32700, "this is not JSON");
        };
        let id = call.get("id").cloned().unwrap_or_default();
        let parameters = call.get("params").cloned().unwrap_or_else(|| json!([]));
        match call.get("method").and_then(Value::as_str) {
            None => Judgement::error(&id, -32600, "this is not a single JSON-RPC call"),
            // The node's own accounts stay out of sight.
            Some("eth_accounts" | "eth_requestAccounts") => {
                Judgement::Answer(json!({ "jsonrpc": "2.0", "id": id, "result": self.accounts }))
            }
            Some("eth_sendTransaction") if !self.may_send(&parameters) => {
                Judgement::error(&id, 4100, "the demonstration does not send for this account")
            }
            Some("eth_signTypedData_v4") if !self.is_own(parameters.get(0)) => {
                Judgement::error(&id, 4100, "the demonstration does not sign for this account")
            }
            // What is passed on is what was judged, and nothing that stood beside it.
            Some(method) if METHODS.contains(&method) => {
                Judgement::PassOn(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": parameters }))
            }
            Some(_) => Judgement::error(&id, -32601, "the demonstration does not offer this method"),
        }
    }

    fn may_send(&self, parameters: &Value) -> bool {
        self.is_own(parameters.get(0).and_then(|transaction| transaction.get("from")))
    }

    fn is_own(&self, account: Option<&Value>) -> bool {
        let account = account.and_then(Value::as_str);
        account.is_some_and(|account| self.accounts.iter().any(|own| own.eq_ignore_ascii_case(account)))
    }

    fn pass_on(&self, call: &[u8]) -> Option<Value> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        stream.set_write_timeout(Some(Duration::from_secs(30))).ok()?;
        let head = format!(
            "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            call.len()
        );
        stream.write_all(&[head.as_bytes(), call].concat()).ok()?;
        let mut answer = Vec::new();
        stream.take(ANSWER).read_to_end(&mut answer).ok()?;
        let body = answer.windows(4).position(|part| part == b"\r\n\r\n")?.checked_add(4)?;
        serde_json::from_slice(answer.get(body..)?).ok()
    }
}

/// What becomes of a call.
#[derive(Clone, Debug, PartialEq)]
enum Judgement {
    Answer(Value),
    PassOn(Value),
}

impl Judgement {
    fn error(id: &Value, code: i32, message: &str) -> Self {
        Self::Answer(json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rpc() -> Rpc {
        Rpc { port: 1, accounts: vec!["0xAb00000000000000000000000000000000000000".into()] }
    }

    #[track_caller]
    fn check(body: &str, expected: Result<&str, i64>) {
        let judged = match rpc().judge(body.as_bytes()) {
            Judgement::PassOn(call) => Ok(call.get("method").cloned()),
            Judgement::Answer(answer) => match answer.get("error") {
                Some(error) => Err(error.get("code").and_then(Value::as_i64)),
                None => Ok(answer.get("result").cloned()),
            },
        };
        let expected = expected.map(|text| serde_json::from_str(text).ok()).map_err(Some);
        assert_eq!(judged, expected, "{body}");
    }

    #[test]
    fn a_wallet_gets_what_it_needs() {
        check(r#"{"id":1,"method":"eth_chainId"}"#, Ok(r#""eth_chainId""#));
        check(r#"{"id":1,"method":"eth_accounts"}"#, Ok(r#"["0xAb00000000000000000000000000000000000000"]"#));
        let send =
            r#"{"method":"eth_sendTransaction","params":[{"from":"0xab00000000000000000000000000000000000000"}]}"#;
        check(send, Ok(r#""eth_sendTransaction""#));
        let sign = r#"{"method":"eth_signTypedData_v4","params":["0xab00000000000000000000000000000000000000","{}"]}"#;
        check(sign, Ok(r#""eth_signTypedData_v4""#));
    }

    #[test]
    fn nothing_else_reaches_the_chain() {
        for method in ["anvil_setBalance", "evm_mine", "eth_sign", "eth_sendRawTransaction", "eth_signTransaction", ""]
        {
            check(&format!(r#"{{"id":1,"method":"{method}"}}"#), Err(-32601));
        }
        check(r#"{"method":"eth_call","method":"evm_mine"}"#, Err(-32601));
        check(r#"[{"id":1,"method":"eth_chainId"}]"#, Err(-32600));
        check(r#"{"id":1,"method":7}"#, Err(-32600));
        check("{", Err(-32700));
    }

    #[test]
    fn nobody_else_sends_or_signs() {
        let parameters = [r#"[{"from":"0xcd00000000000000000000000000000000000000"}]"#, "[{}]", "[]", "{}", "7"];
        for parameters in parameters {
            check(&format!(r#"{{"method":"eth_sendTransaction","params":{parameters}}}"#), Err(4100));
            check(&format!(r#"{{"method":"eth_signTypedData_v4","params":{parameters}}}"#), Err(4100));
        }
        let foreign = r#"["0xcd00000000000000000000000000000000000000","{}"]"#;
        check(&format!(r#"{{"method":"eth_signTypedData_v4","params":{foreign}}}"#), Err(4100));
    }

    #[test]
    fn what_is_passed_on_is_what_was_judged() {
        let judged = rpc().judge(br#"{"id":"a","method":"evm_mine","method":"eth_call","params":[1],"x":2}"#);
        let call = json!({ "jsonrpc": "2.0", "id": "a", "method": "eth_call", "params": [1] });
        assert_eq!(judged, Judgement::PassOn(call));
    }

    #[test]
    fn only_json_is_read() {
        let request = |method, kind: Option<&str>| Request {
            method,
            path: "/demo/rpc".into(),
            host: None,
            origin: None,
            content_type: kind.map(str::to_owned),
            body: br#"{"method":"eth_accounts"}"#.to_vec(),
        };
        assert_eq!(rpc().answer(&request(Method::Get, None)).status, Status::OnlyPosted);
        for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("application/jsonx")] {
            assert_eq!(rpc().answer(&request(Method::Post, kind)).status, Status::UnsupportedType);
        }
        for kind in ["application/json", "application/json; charset=utf-8"] {
            assert_eq!(rpc().answer(&request(Method::Post, Some(kind))).status, Status::Ok);
        }
    }
}
