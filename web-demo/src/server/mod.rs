//! A small server for one reader on the same machine: one request a connection, everything bounded.

mod request;
mod response;
mod policy;
mod tree;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

pub(crate) use policy::Hosts;
pub(crate) use request::{Method, Request};
pub(crate) use response::{Response, Status};
pub(crate) use tree::Tree;

use crate::failure::Failure;

/// More connections at once than a browser opens.
const CONNECTIONS: usize = 64;

/// A server that listens.
#[derive(Debug)]
pub(crate) struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Listens on the loopback interface; port 0 takes any that is free.
    pub(crate) fn bind(port: u16) -> Result<Self, Failure> {
        let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, port));
        let bound = bound.and_then(|listener| Ok(Self { address: listener.local_addr()?, listener }));
        bound.map_err(|error| {
            let what = format!("port {port} of 127.0.0.1 cannot be had: {error}");
            Failure::new(what).help("choose another with --port, or any that is free with --port 0")
        })
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Answers requests, for as long as the process runs.
    pub(crate) fn serve<A>(self, hosts: Hosts, answer: A)
    where
        A: Fn(Request) -> Response + Send + Sync + 'static,
    {
        let (hosts, answer) = (Arc::new(hosts), Arc::new(answer));
        let open = Arc::new(AtomicUsize::new(0));
        for stream in self.listener.incoming() {
            // One that was given up already is nobody's loss.
            let Ok(stream) = stream else { continue };
            let guest = Guest::enter(&open);
            let (hosts, answer) = (Arc::clone(&hosts), Arc::clone(&answer));
            let thread = thread::Builder::new().spawn(move || {
                // Who hangs up does not read why.
                let _ = handle(stream, guest.is_welcome(), &hosts, &*answer);
                drop(guest);
            });
            // Without memory for a thread the connection is closed, and the next one may fare better.
            drop(thread);
        }
    }
}

fn handle(
    mut stream: TcpStream,
    is_welcome: bool,
    hosts: &Hosts,
    answer: &(dyn Fn(Request) -> Response + Send + Sync),
) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.set_write_timeout(Some(Duration::from_secs(10)))?;
    if !is_welcome {
        return response::write(&mut stream, Method::Get, Response::refusal(Status::Busy));
    }
    let (method, response) = match request::read(&mut stream) {
        Ok(Some(request)) if hosts.know(&request) => (request.method, answer(request)),
        Ok(Some(request)) => (request.method, Response::refusal(Status::Misdirected)),
        // Browsers open connections in advance.
        Ok(None) => return Ok(()),
        Err(status) => (Method::Get, Response::refusal(status)),
    };
    response::write(&mut stream, method, response)?;
    request::drain(&mut stream)
}

/// One of the connections that are open.
#[derive(Debug)]
struct Guest {
    open: Arc<AtomicUsize>,
    place: usize,
}

impl Guest {
    fn enter(open: &Arc<AtomicUsize>) -> Self {
        Self { place: open.fetch_add(1, Ordering::Relaxed), open: Arc::clone(open) }
    }

    fn is_welcome(&self) -> bool {
        self.place < CONNECTIONS
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}
