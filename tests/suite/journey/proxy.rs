//! A liar between the signer and a real node: it passes questions on, and alters, delays or drops the answers.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use serde_json::{Value, json};

use super::node::{Node, request};

/// What the liar does with an answer.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// Passes this on: a result, or an error.
    Answer(Result<Value, Value>),
    /// Answers with this HTTP status and body.
    Http(&'static str, String),
    /// Closes the connection.
    HangUp,
    /// Says nothing for as long as it is asked.
    Silence,
}

/// A liar that listens.
#[derive(Debug)]
pub(super) struct Proxy {
    port: u16,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Starts one in front of a node; it is told method, parameters and the node's answer.
    pub(super) fn of(
        node: &Node,
        mut lie: impl FnMut(&str, &Value, Result<Value, Value>) -> Reply + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let over = Arc::new(AtomicBool::new(false));
        let (node, ends) = (node.port().to_owned(), Arc::clone(&over));
        let thread = thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                let mut stream = stream.expect("somebody asks");
                let Some(question) = read(&mut stream) else { continue };
                let method = question["method"].as_str().expect("a question has a method");
                let truth = request(&node, method, &question["params"]);
                let (status, body) = match lie(method, &question["params"], truth) {
                    Reply::Answer(Ok(result)) => {
                        ("200 OK", json!({ "jsonrpc": "2.0", "id": 1, "result": result }).to_string())
                    }
                    Reply::Answer(Err(error)) => {
                        ("200 OK", json!({ "jsonrpc": "2.0", "id": 1, "error": error }).to_string())
                    }
                    Reply::Http(status, body) => (status, body),
                    Reply::HangUp => continue,
                    Reply::Silence => {
                        silent.push(stream);
                        continue;
                    }
                };
                let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
                // Who has seen enough of an answer hangs up.
                let _ = stream.write_all((head + &body).as_bytes());
            }
        });
        Self { port, over, thread: Some(thread) }
    }

    /// Where it listens.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // A last question wakes it up.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Reads a question, or nothing where somebody only knocked.
fn read(stream: &mut TcpStream) -> Option<Value> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}
