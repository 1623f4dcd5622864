//! Outside signers: what they bring back becomes what the key would have signed, and endpoints that do not sign.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    thread,
    time::Duration,
};

use rusqlite::Connection;
use serde_json::{Value, json};

use super::folder::{Folder, assert_same};
use crate::binary::{Run, run, run_well};

const CLOSE: &str = "close 2020-12 --yes";
const SETTLE: &str = "settle 2020-12 --yes";
/// The address of `key.json` and of `other-key.json`.
const SIGNER: &str = "0xab7042d28Bb8af997c8fC85249D6B42aB5563183";
const OTHER: &str = "0xbd15E920A6806c3f61f813b99DfF53FC718937c7";

#[test]
fn what_is_attached_is_what_the_key_would_have_signed() {
    let by_key = Folder::base();
    run_well(by_key.path(), CLOSE);
    let outside = Folder::base();
    run_well(outside.path(), SETTLE);
    put_signatures(&by_key, &outside);
    let attach = format!("attach 2020-12 alex.sig mika.sig --signer {SIGNER} --yes");
    run_well(outside.path(), &attach);
    run_well(outside.path(), "publish 2020-12");
    for id in ["alex", "mika"] {
        for folder in ["months", "published/months"] {
            let claim = format!("{folder}/2020-12/claims/{id}.json");
            assert_eq!(fs::read(outside.path().join(&claim)).ok(), Some(read(&by_key, &claim)), "{claim}");
        }
    }
    run_well(outside.path(), "verify months/2020-12 published");

    let before = outside.snapshot();
    for command in [&attach, "sign 2020-12 --yes", CLOSE] {
        run_well(outside.path(), command);
        assert_same(&before, &outside.snapshot(), command);
    }
    // A crash behind the ledger's commit leaves no files; the ledger has what they hold.
    fs::remove_dir_all(outside.path().join("months")).expect("it can be removed");
    run_well(outside.path(), &attach);
    assert_same(&before, &outside.snapshot(), "attached after a crash");
}

#[test]
fn a_new_signer_signs_the_same_digests_again() {
    let folder = Folder::base();
    run_well(folder.path(), CLOSE);
    let other = Folder::base();
    run_well(other.path(), "close 2020-12 --yes --key other-key.json");
    put_signatures(&other, &folder);
    assert_eq!(json_of(&folder, "sign 2020-12 --typed-data")["claims"], json!([]));
    let exported = json_of(&folder, "sign 2020-12 --typed-data --new-signer");
    let attach = format!("attach 2020-12 alex.sig mika.sig --signer {OTHER} --new-signer --yes");
    let attached = json_of(&folder, &attach);
    for place in 0..2 {
        assert_eq!(attached["claims"][place]["digest"], exported["claims"][place]["digest"]);
        assert_eq!(attached["claims"][place]["signer"], OTHER);
    }
    run_well(folder.path(), &attach);
    let ledger = Connection::open(folder.path().join("ledger.db")).expect("the ledger opens");
    let count = |table: &str| -> u32 {
        ledger.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("it is counted")
    };
    assert_eq!((count("claims"), count("signatures")), (2, 4), "one digest each, and one signature of each signer");
}

#[test]
fn a_dry_run_of_an_outside_signer_writes_nothing() {
    let by_key = Folder::base();
    run_well(by_key.path(), CLOSE);
    let folder = Folder::base();
    run_well(folder.path(), SETTLE);
    put_signatures(&by_key, &folder);
    let before = folder.snapshot();
    for command in [
        "sign 2020-12 --typed-data --dry-run".to_owned(),
        "sign 2020-12 --rpc http://127.0.0.1:1 --dry-run".to_owned(),
        format!("attach 2020-12 alex.sig mika.sig --signer {SIGNER} --dry-run"),
    ] {
        run_well(folder.path(), &command);
        assert_same(&before, &folder.snapshot(), &command);
    }
    run_well(folder.path(), "sign 2020-12 --typed-data");
    let written = folder.snapshot();
    run_well(folder.path(), "sign 2020-12 --typed-data");
    assert_same(&written, &folder.snapshot(), "written again");
}

#[test]
fn an_endpoint_that_does_not_sign_is_refused_in_words() {
    let by_key = Folder::base();
    run_well(by_key.path(), CLOSE);
    let right = signature(&by_key, "alex");
    let high = "0x382e4393f0261328e156f420e9f1b71f6aad7b0563668b6950b2cd65d19335f7\
                de884c621fb3ce36d397823e4b97514c0d4676801614f867ba16b79c3bb846eb1b";
    let answer = |result: Value| http("200 OK", &json!({ "jsonrpc": "2.0", "id": 1, "result": result }).to_string());
    let error = json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": 4001, "message": "User\u{1b}[2J rejected" } });
    let chain = || answer(json!("0x1"));
    for (answers, code, says) in [
        (vec![http("502 Bad Gateway", "<html>")], "RPC_STATUS", "status 502"),
        (vec![http("302 Found\r\nLocation: http://127.0.0.1:1/", "")], "RPC_STATUS", "status 302"),
        (vec![http("200 OK", "<html>")], "RPC_ANSWER", "`eth_chainId` with `<html>`"),
        (vec![http("200 OK", &" ".repeat(1_100_000))], "RPC_TOO_LONG", "more than 1048576 bytes"),
        (vec![answer(json!(1))], "RPC_ANSWER", "`eth_chainId`"),
        (vec![answer(json!("1"))], "RPC_ANSWER", "`eth_chainId` with `1`"),
        (vec![answer(json!("0x+1"))], "RPC_ANSWER", "`eth_chainId` with `0x+1`"),
        (vec![answer(json!("0x5"))], "RPC_CHAIN", "is of the chain `5`, and the terms are of `1`"),
        (vec![chain(), http("200 OK", &error.to_string())], "RPC_REFUSED", "error 4001: User"),
        (vec![chain(), http("403 Forbidden", &error.to_string())], "RPC_REFUSED", "error 4001: User"),
        (vec![chain(), answer(Value::Null)], "RPC_ANSWER", "`eth_signTypedData_v4`"),
        (vec![chain(), http("200 OK", r#"{"id":2,"result":"0x"}"#)], "RPC_ANSWER", "`eth_signTypedData_v4`"),
        (vec![chain(), answer(json!("0x"))], "SIGNATURE_TEXT", "`0x` is not a signature"),
        (vec![chain(), answer(json!(high))], "SIGNATURE_HIGH_S", "its s is high"),
        // The right signature for the first claim is not one for the second.
        (vec![chain(), answer(json!(right)), answer(json!(right))], "SIGNATURE_FOREIGN", "not of `0xab70"),
        (vec![chain(), String::new()], "RPC_UNREACHABLE", "cannot be reached"),
        (vec![chain(), "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".to_owned()], "RPC_UNREACHABLE", "reached"),
    ] {
        let refused = sign_at(answers);
        assert!(refused.stderr.contains(&format!("error[{code}]: ")), "{code}: {}", refused.stderr);
        assert!(refused.stderr.contains(says), "{says}: {}", refused.stderr);
        assert!(refused.stderr.contains("  help: ") && !refused.stderr.contains('\u{1b}'), "{}", refused.stderr);
    }
}

#[test]
fn an_endpoint_that_says_nothing_is_not_waited_for_for_ever() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}", silent.local_addr().expect("it has an address"));
    let folder = Folder::base();
    run_well(folder.path(), SETTLE);
    let before = folder.snapshot();
    let refused = run(folder.path(), &format!("sign 2020-12 --rpc {url} --signer {SIGNER} --timeout 1 --yes"));
    assert_eq!(refused.status, 4, "{}", refused.stderr);
    assert!(refused.stderr.contains("error[RPC_TIMEOUT]: "), "{}", refused.stderr);
    assert!(refused.stderr.contains("did not answer within 1 s"), "{}", refused.stderr);
    assert_same(&before, &folder.snapshot(), "nothing was recorded");
}

/// Lets an endpoint sign that gives these answers, one a question, and then none; nothing may be recorded.
#[track_caller]
fn sign_at(answers: Vec<String>) -> Run {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it has an address"));
    let endpoint = thread::spawn(move || {
        for answer in answers {
            let (stream, _) = listener.accept().expect("the signer asks");
            reply(stream, &answer);
        }
    });
    let folder = Folder::base();
    run_well(folder.path(), SETTLE);
    let before = folder.snapshot();
    let refused = run(folder.path(), &format!("sign 2020-12 --rpc {url} --signer {SIGNER} --timeout 60 --yes"));
    assert_eq!(refused.status, 4, "{}", refused.stderr);
    assert_same(&before, &folder.snapshot(), "nothing was recorded");
    endpoint.join().expect("every answer was asked for");
    refused
}

/// Reads a question and answers it.
fn reply(mut stream: TcpStream, answer: &str) {
    stream.set_read_timeout(Some(Duration::from_mins(1))).expect("a socket has one");
    let mut question = Vec::new();
    let mut part = [0; 4_096];
    // A question is a JSON object behind an empty line.
    while !question.ends_with(b"}") {
        let length = stream.read(&mut part).expect("the signer asks");
        question.extend_from_slice(&part[..length]);
    }
    // Who has seen enough of an answer hangs up.
    let _ = stream.write_all(answer.as_bytes());
}

fn http(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// Writes the signatures of one folder's claims into another.
fn put_signatures(from: &Folder, to: &Folder) {
    for id in ["alex", "mika"] {
        fs::write(to.path().join(format!("{id}.sig")), signature(from, id) + "\n").expect("a file can be written");
    }
}

fn signature(folder: &Folder, id: &str) -> String {
    let claim: Value =
        serde_json::from_slice(&read(folder, &format!("months/2020-12/claims/{id}.json"))).expect("JSON");
    claim["signature"].as_str().expect("a signature").to_owned()
}

fn read(folder: &Folder, name: &str) -> Vec<u8> {
    fs::read(folder.path().join(Path::new(name))).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn json_of(folder: &Folder, command: &str) -> Value {
    serde_json::from_str(&run_well(folder.path(), &format!("{command} --json")).stdout).expect("JSON")
}
