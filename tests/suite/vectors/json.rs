//! `JSONTestSuite` through each reader of JSON: what must parse is read and says the same, what must not is refused, and
//! what is free to parse or not harms nothing.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
    time::Duration,
};

use ambassador_core::{
    diagnostic::Diagnostic as _,
    documents::{
        acceptance::AcceptanceDocument, claim::ClaimDocument, invite::InviteDocument, json, records::RecordsDocument,
        replacement::ReplacementDocument, statement::StatementDocument, tree,
    },
    identifier::Label,
};
use ambassador_signer::{
    index::IndexDocument,
    intake::jsonl::{EventLine, JsonError},
    keystore::KeyFile,
    ledger::Head,
    rpc::{Asking, Endpoint, RpcUrl},
    summary::SummaryDocument,
};
use serde_json::Value;

use super::{files, programme::Door, vectors};

/// What a reader must make of a vector in the place of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Must {
    /// It is this text.
    Text(String),
    /// It is JSON, and no text.
    Other(Value),
    /// It is no JSON.
    No,
    /// Whoever wrote the vectors leaves it to the reader.
    Free,
}

fn cases() -> Option<Vec<(String, Vec<u8>, Must)>> {
    let folder = vectors("json/JSONTestSuite")?;
    let parsing = files(&folder.join("test_parsing")).into_iter().map(|(name, bytes)| {
        let must = match name.get(..2) {
            Some("y_") => match serde_json::from_slice(&bytes).expect("y files are JSON") {
                Value::String(text) => Must::Text(text),
                value => Must::Other(value),
            },
            Some("n_") => Must::No,
            _ => Must::Free,
        };
        (name, bytes, must)
    });
    let free = files(&folder.join("test_transform")).into_iter().map(|(name, bytes)| (name, bytes, Must::Free));
    let mut cases: Vec<_> = parsing.chain(free).collect();
    assert_eq!(cases.len(), 318 + 22);
    // Most texts of the vectors stand in a list of one: the text alone is a case, too.
    let alone: Vec<_> = cases.iter().filter_map(|(name, bytes, must)| alone(name, bytes, must)).collect();
    assert!(alone.len() > 80, "{}", alone.len());
    cases.extend(alone);
    Some(cases)
}

fn alone(name: &str, bytes: &[u8], must: &Must) -> Option<(String, Vec<u8>, Must)> {
    let inside = bytes.trim_ascii().strip_prefix(b"[")?.strip_suffix(b"]")?.trim_ascii();
    let must = match must {
        Must::Other(Value::Array(values)) => match values.as_slice() {
            [Value::String(text)] => Must::Text(text.clone()),
            _ => return None,
        },
        // Other lists that are wrong may be right within.
        Must::No if name.starts_with("n_string") => Must::No,
        Must::Free => Must::Free,
        _ => return None,
    };
    Some((format!("{name}, the text alone"), inside.to_vec(), must))
}

fn around(before: &str, bytes: &[u8], after: &str) -> Vec<u8> {
    [before.as_bytes(), bytes, after.as_bytes()].concat()
}

#[test]
fn json_test_suite() {
    let Some(folder) = vectors("json/JSONTestSuite") else { return };
    let event = |actor: &[u8]| {
        let head = br#"{"event_id":"e","occurred_at":1,"coin":"c","kind":"k","actor":"#;
        [&head[..], actor, br#","amount_usd":"5"}"#].concat()
    };
    for (name, bytes) in files(&folder.join("test_parsing")) {
        // None of these texts is an event, whatever it is.
        let whole = EventLine::parse(&bytes).map(|event| format!("{event:?}"));
        let embedded = event(&bytes);
        let embedded = EventLine::parse(&embedded).map(|event| event.as_text().actor.to_string());
        let is_syntax = |error: &JsonError| matches!(error.code(), "JSON_SYNTAX" | "JSON_UTF8" | "JSON_BLANK_LINE");
        if name.starts_with("y_") {
            let value: Value = serde_json::from_slice(&bytes).expect("y files are JSON");
            assert!(whole.is_err_and(|error| !is_syntax(&error)), "{name}");
            match value.as_str() {
                Some(text) => assert_eq!(embedded, Ok(text.to_string()), "{name}"),
                None => assert_eq!(embedded.map_err(|error| error.code()), Err("JSON_TYPE"), "{name}"),
            }
        } else {
            assert!(whole.is_err(), "{name}");
            assert!(name.starts_with("i_") || embedded.is_err(), "{name}");
        }
    }
    for (_, bytes) in files(&folder.join("test_transform")) {
        assert!(EventLine::parse(&bytes).is_err());
        // Whatever stands there, it is read or refused, and nothing panics.
        let _ = EventLine::parse(&event(&bytes));
    }
}

/// A reader of whole documents; says whether it took one.
type Reads = fn(&[u8]) -> bool;

/// Whatever parses is still no document of ours.
#[test]
fn json_test_suite_is_no_document() {
    let readers: [(&str, Reads); 11] = [
        ("claim", |bytes| ClaimDocument::from_bytes(bytes).is_ok()),
        ("statement", |bytes| StatementDocument::from_bytes(bytes).is_ok()),
        ("records", |bytes| RecordsDocument::from_bytes(bytes).is_ok()),
        ("invite", |bytes| InviteDocument::from_bytes(bytes).is_ok()),
        ("acceptance", |bytes| AcceptanceDocument::from_bytes(bytes).is_ok()),
        ("replacement", |bytes| ReplacementDocument::from_bytes(bytes).is_ok()),
        ("head of the ledger", |bytes| json::from_bytes::<Head>(bytes).is_ok()),
        ("index", |bytes| json::from_bytes::<IndexDocument>(bytes).is_ok()),
        ("summary", |bytes| json::from_bytes::<SummaryDocument>(bytes).is_ok()),
        ("key file", |bytes| KeyFile::parse(bytes).is_ok()),
        ("event", |bytes| EventLine::parse(bytes).is_ok()),
    ];
    for (name, bytes, _) in cases().into_iter().flatten() {
        for (kind, reads) in readers {
            assert!(!reads(&bytes), "{name} is read as {kind}");
        }
    }
}

/// In a field of the documents that hold texts; one reader reads all of them, with lists and without.
#[test]
fn json_test_suite_in_fields_of_documents() {
    let claim = |bytes: &[u8]| {
        let before = r#"{"schema":"ambassador-claim/1","domain":{"name":"AmbassadorPayouts","version":"1","chainId":1,
            "verifyingContract":"x"},"claim":{"account":"","index":"","from":"","to":"","amount":"","validUntil":"",
            "statement":""},"digest":"","signer":"","signature":"","calldata":"#;
        ClaimDocument::from_bytes(&around(before, bytes, "}")).ok().map(|document| document.calldata)
    };
    let head = |bytes: &[u8]| {
        let before = r#"{"schema":"ambassador-ledger/1","months":1,"claims":2,"replacements":0,"head":"#;
        json::from_bytes::<Head>(&around(before, bytes, "}")).ok().map(|document| document.head)
    };
    let index = |bytes: &[u8]| {
        let before = r#"{"schema":"ambassador-index/1","months":[],"programme":"#;
        json::from_bytes::<IndexDocument>(&around(before, bytes, "}")).ok().map(|document| document.programme)
    };
    assert_eq!([claim(b"\"x\""), head(b"\"x\""), index(b"\"x\"")], ["x"; 3].map(|text| Some(text.to_owned())));
    for (name, bytes, must) in cases().into_iter().flatten() {
        // A list is refused in a claim, even within a text.
        let in_claim = claim(&bytes).or_else(|| bytes.contains(&b'[').then(|| head(&bytes)).flatten());
        for read in [in_claim, head(&bytes), index(&bytes)] {
            match &must {
                Must::Text(text) => assert_eq!(read.as_ref(), Some(text), "{name}"),
                Must::Other(_) | Must::No => assert_eq!(read, None, "{name}"),
                Must::Free => {}
            }
        }
    }
}

/// Returns the tree of a document as a value of another reader.
fn value_of(tree: tree::Value) -> Value {
    match tree {
        tree::Value::Null => Value::Null,
        tree::Value::Truth(truth) => truth.into(),
        tree::Value::Number(digits) => serde_json::from_str(&digits).expect("a number is JSON"),
        tree::Value::Text(text) => text.into(),
        tree::Value::List(values) => values.into_iter().map(value_of).collect(),
        tree::Value::Table(_) => {
            let mut problems = tree::Problems::default();
            let fields: std::collections::BTreeMap<String, tree::Value> =
                tree::FromValue::from_value("", tree, &mut problems);
            Value::Object(fields.into_iter().map(|(name, value)| (name, value_of(value))).collect())
        }
    }
}

/// The reader of the border to JavaScript, where texts are Unicode already.
#[test]
fn json_test_suite_as_trees_of_values() {
    // Right there and refused here: of two values under one name, readers differ in which one they take.
    const TWICE: [&str; 2] = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"];
    let mut refused = Vec::new();
    for (name, bytes, must) in cases().into_iter().flatten() {
        let Ok(text) = str::from_utf8(&bytes) else { continue };
        let read = tree::Value::parse(text).ok();
        if must == Must::Free {
            continue;
        }
        let read = read.map(value_of);
        match must {
            Must::Text(text) => assert_eq!(read, Some(text.into()), "{name}"),
            Must::Other(_) if read.is_none() => refused.push(name),
            Must::Other(value) => assert_eq!(read, Some(value), "{name}"),
            Must::No => assert_eq!(read, None, "{name}"),
            Must::Free => {}
        }
    }
    if !refused.is_empty() {
        assert_eq!(refused, TWICE);
    }
}

/// In a field of a key file that nobody knows: other tools' fields are passed over, once they are JSON.
#[test]
fn json_test_suite_in_a_key_file() {
    let good = std::fs::read_to_string(crate::cli::folder::cases().join("base/key.json")).expect("it is text");
    let (before, after) = good.split_once("\"version\"").expect("a key file has a version");
    let mut twice = Vec::new();
    for (name, bytes, must) in cases().into_iter().flatten() {
        let file = around(&format!("{before}\"x-tool\": "), &bytes, &format!(", \"version\"{after}"));
        let code = KeyFile::parse(&file).map_or_else(|error| error.code(), |_| "fine");
        match must {
            Must::No => assert_eq!(code, "KEY_NOT_JSON", "{name}"),
            Must::Free => assert!(["fine", "KEY_NOT_JSON", "KEY_DUPLICATE_FIELD"].contains(&code), "{name}: {code}"),
            _ if code == "KEY_DUPLICATE_FIELD" => twice.push(name),
            _ => assert_eq!(code, "fine", "{name}"),
        }
    }
    // Right there and refused here: two readers could read two keys.
    if !twice.is_empty() {
        assert_eq!(twice, ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"]);
    }
}

/// As an actor of an event in a file: the reader of usual lines and the strict one behind it.
#[test]
fn json_test_suite_in_a_file_of_events() {
    let door = Door::new();
    let mut read_as_actor = 0;
    for (name, bytes, must) in cases().into_iter().flatten() {
        let line = around(
            r#"{"event_id":"e","occurred_at":1605960000,"coin":"ZOE","kind":"buy","amount_usd":"5","actor":"#,
            &bytes,
            "}\n",
        );
        let actors = door.actors("x.jsonl", &line);
        match must {
            // A line of a file is one line, and a name is a label.
            Must::Text(text) if !bytes.contains(&b'\n') && Label::check(&text).is_ok() => {
                assert_eq!(actors, Ok(vec![text]), "{name}");
                read_as_actor += 1;
            }
            Must::Text(_) | Must::Other(_) | Must::No => assert!(actors.is_err(), "{name}: {actors:?}"),
            Must::Free => {}
        }
    }
    assert!(read_as_actor > 15 || vectors("json/JSONTestSuite").is_none(), "{read_as_actor}");
}

/// In an export of prices, whose other fields are not looked at, and as a price.
#[test]
fn json_test_suite_in_an_export_of_prices() {
    // Wrong there and taken here: what is passed over is not decoded, so that a text in it may be no UTF-8.
    const UNSEEN: [&str; 0] = [];
    let door = Door::new();
    let mut unseen = Vec::new();
    for (name, bytes, must) in cases().into_iter().flatten() {
        let file = around("{\"prices\":[[1612180800000,0.07],[1612267200000,0.07]],\"market_caps\":", &bytes, "}");
        let beside = door.import_prices("market", &file);
        match must {
            Must::No if beside.is_ok() => unseen.push(name.clone()),
            Must::No => assert_eq!(beside.map_err(|(code, _)| code), Err("SOURCE_JSON".to_owned()), "{name}"),
            Must::Text(_) | Must::Other(_) => assert!(beside.is_ok(), "{name}: {beside:?}"),
            Must::Free => {}
        }
        let file = around("{\"prices\":[[1612180800000,", &bytes, "],[1612267200000,0.07]]}");
        let days = door.import_prices("market", &file);
        match must {
            Must::Other(Value::Number(_)) => {
                assert!(
                    days.as_ref().map_or_else(|(code, _)| code != "SOURCE_JSON", |days| days.len() == 1),
                    "{name}: {days:?}"
                );
            }
            Must::Text(_) | Must::Other(_) | Must::No => assert!(days.is_err(), "{name}: {days:?}"),
            Must::Free => {}
        }
    }
    assert_eq!(unseen, UNSEEN);
}

/// As answers of an endpoint: as the result, and in a field that is not looked at.
#[test]
fn json_test_suite_as_answers_of_an_endpoint() {
    let Some(cases) = cases() else { return };
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url: RpcUrl = format!("http://{}", listener.local_addr().expect("it has one")).parse().expect("a URL");
    let bodies: Vec<Vec<u8>> = cases
        .iter()
        .flat_map(|(_, bytes, _)| {
            [
                around(r#"{"jsonrpc":"2.0","id":1,"result":"#, bytes, "}"),
                around(r#"{"jsonrpc":"2.0","id":1,"result":"0x1","x":"#, bytes, "}"),
            ]
        })
        .collect();
    let answering = thread::spawn(move || {
        for body in bodies {
            let (mut stream, _) = listener.accept().expect("a question comes");
            let mut question = Vec::new();
            let mut part = [0; 4_096];
            while !question.ends_with(b"}") {
                let length = stream.read(&mut part).expect("a question comes");
                question.extend_from_slice(&part[..length]);
            }
            let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
            // Who has seen enough of an answer hangs up.
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
    });
    let mut unseen = Vec::new();
    for (name, _, must) in &cases {
        let ask = || {
            let endpoint = Endpoint::new(url.clone(), Duration::from_secs(30), Asking::Once);
            endpoint.check_chain(1).map_err(|error| error.code())
        };
        assert_eq!(ask(), Err("RPC_ANSWER"), "{name} is the name of a chain");
        match (must, ask()) {
            (Must::No, Ok(())) => unseen.push(name.clone()),
            (Must::No, outcome) => assert_eq!(outcome, Err("RPC_ANSWER"), "{name}"),
            (Must::Free, outcome) => assert!(matches!(outcome, Ok(()) | Err("RPC_ANSWER")), "{name}: {outcome:?}"),
            (_, outcome) => assert_eq!(outcome, Ok(()), "{name}"),
        }
    }
    answering.join().expect("every answer was asked for");
    assert_eq!(unseen, Vec::<String>::new());
}
