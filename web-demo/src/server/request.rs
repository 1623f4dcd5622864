//! A request as it comes in: read to a bound, or refused.

use std::{
    io::{self, Read},
    net::{Shutdown, TcpStream},
    time::{Duration, Instant},
};

use super::response::Status;

/// The longest head.
const HEAD: usize = 16 * 1024;
/// The longest body.
const BODY: usize = 256 * 1024;
/// The longest time for all of it.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the request wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// A file.
    Get,
    /// What is said of a file.
    Head,
    /// An answer.
    Post,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    /// What it wants.
    pub(crate) method: Method,
    /// The path as it was sent, without its query.
    pub(crate) path: String,
    /// The host that the reader thinks it speaks to.
    pub(crate) host: Option<String>,
    /// The page that asks, if one does.
    pub(crate) origin: Option<String>,
    /// The type of its body.
    pub(crate) content_type: Option<String>,
    /// Its body.
    pub(crate) body: Vec<u8>,
}

/// Reads a request; nothing when the other side says nothing.
///
/// # Errors
///
/// With the status that says what is wrong with it.
pub(super) fn read(stream: &mut impl Read) -> Result<Option<Request>, Status> {
    let start = Instant::now();
    let mut bytes = Vec::new();
    loop {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut head = httparse::Request::new(&mut headers);
        if let httparse::Status::Complete(length) = head.parse(&bytes).map_err(|_| Status::BadRequest)? {
            if length > HEAD {
                return Err(Status::HeadTooLarge);
            }
            let (mut request, expected) = understand(&head)?;
            while bytes.len().saturating_sub(length) < expected {
                more(stream, &mut bytes, start)?;
            }
            request.body = bytes.get(length..).and_then(|body| body.get(..expected)).unwrap_or_default().to_vec();
            return Ok(Some(request));
        }
        if bytes.len() > HEAD {
            return Err(Status::HeadTooLarge);
        }
        let is_first = bytes.is_empty();
        match more(stream, &mut bytes, start) {
            Err(_) if is_first => return Ok(None),
            result => result?,
        }
    }
}

/// Reads on, and fails at the end, at a pause that is too long, and when all of it takes too long.
fn more(stream: &mut impl Read, bytes: &mut Vec<u8>, start: Instant) -> Result<(), Status> {
    let mut part = [0; 4096];
    let length = stream.read(&mut part).map_err(|_| Status::Timeout)?;
    if start.elapsed() > PATIENCE {
        return Err(Status::Timeout);
    }
    match part.get(..length) {
        Some(read) if length > 0 => bytes.extend_from_slice(read),
        _ => return Err(Status::BadRequest),
    }
    Ok(())
}

/// The request without its body, and the body's length.
fn understand(head: &httparse::Request<'_, '_>) -> Result<(Request, usize), Status> {
    let method = match head.method {
        Some("GET") => Method::Get,
        Some("HEAD") => Method::Head,
        Some("POST") => Method::Post,
        _ => return Err(Status::MethodNotAllowed),
    };
    let target = head.path.unwrap_or_default();
    if !target.starts_with('/') {
        return Err(Status::BadRequest);
    }
    let path = target.split_once('?').map_or(target, |(path, _)| path).to_owned();
    if header(head, "transfer-encoding")?.is_some() {
        return Err(Status::LengthRequired);
    }
    let length = match header(head, "content-length")? {
        None => 0,
        // Only digits: a sign is no length.
        Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            text.parse().map_err(|_| Status::BodyTooLarge)?
        }
        Some(_) => return Err(Status::BadRequest),
    };
    if length > BODY {
        return Err(Status::BodyTooLarge);
    }
    let [host, origin, content_type] = ["host", "origin", "content-type"].map(|name| header(head, name));
    Ok((Request { method, path, host: host?, origin: origin?, content_type: content_type?, body: Vec::new() }, length))
}

/// A header that may be there once.
fn header(head: &httparse::Request<'_, '_>, name: &str) -> Result<Option<String>, Status> {
    let mut values = head.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
    let value = values.next().map(|header| String::from_utf8(header.value.to_vec()));
    if values.next().is_some() {
        return Err(Status::BadRequest);
    }
    value.transpose().map_err(|_| Status::BadRequest)
}

/// Takes what the other side still sends, so that it gets to read the answer before the connection ends.
pub(super) fn drain(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    let mut part = [0; 4096];
    for _ in 0..256 {
        if stream.read(&mut part)? == 0 {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<Option<(Method, &str, &str)>, Status>) {
        let read = read(&mut text.as_bytes());
        let read = read.as_ref().map(|request| {
            request.as_ref().map(|request| {
                (request.method, request.path.as_str(), std::str::from_utf8(&request.body).unwrap_or("not text"))
            })
        });
        assert_eq!(read, expected.as_ref().copied(), "{}", text.get(..60).unwrap_or(text));
    }

    #[test]
    fn requests_are_read_or_refused() {
        check("", Ok(None));
        check("GET /a%20b?c HTTP/1.1\r\nHost: a\r\n\r\n", Ok(Some((Method::Get, "/a%20b", ""))));
        check("HEAD / HTTP/1.1\r\n\r\n", Ok(Some((Method::Head, "/", ""))));
        check("POST /p HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}more", Ok(Some((Method::Post, "/p", "{}"))));
        check("POST /p HTTP/1.1\r\nContent-Length: 3\r\n\r\n{}", Err(Status::BadRequest));
        check("POST /p HTTP/1.1\r\nContent-Length: +2\r\n\r\n{}", Err(Status::BadRequest));
        check("POST /p HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}", Err(Status::BadRequest));
        check("POST /p HTTP/1.1\r\nContent-Length: 262145\r\n\r\n", Err(Status::BodyTooLarge));
        check("POST /p HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", Err(Status::BodyTooLarge));
        check("POST /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", Err(Status::LengthRequired));
        check("PUT / HTTP/1.1\r\n\r\n", Err(Status::MethodNotAllowed));
        check("OPTIONS * HTTP/1.1\r\n\r\n", Err(Status::MethodNotAllowed));
        check("GET http://a/ HTTP/1.1\r\n\r\n", Err(Status::BadRequest));
        check("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", Err(Status::BadRequest));
        check("nonsense\r\n\r\n", Err(Status::BadRequest));
        check(&format!("GET / HTTP/1.1\r\nA: {}\r\n\r\n", "a".repeat(20_000)), Err(Status::HeadTooLarge));
    }
}
