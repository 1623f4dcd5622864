//! An answer as it goes out.

use std::{
    fs::File,
    io::{self, Read as _, Write},
};

use super::{policy::HEADERS, request::Method};

/// How a request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Ok,
    BadRequest,
    NotFound,
    MethodNotAllowed,
    /// The same for what can only be posted to.
    OnlyPosted,
    Timeout,
    LengthRequired,
    BodyTooLarge,
    UnsupportedType,
    Misdirected,
    HeadTooLarge,
    BadGateway,
    Busy,
}

impl Status {
    /// Code and phrase of RFC 9110 and RFC 6585.
    fn line(self) -> &'static str {
        match self {
            Self::Ok => "200 OK",
            Self::BadRequest => "400 Bad Request",
            Self::NotFound => "404 Not Found",
            Self::MethodNotAllowed | Self::OnlyPosted => "405 Method Not Allowed",
            Self::Timeout => "408 Request Timeout",
            Self::LengthRequired => "411 Length Required",
            Self::BodyTooLarge => "413 Content Too Large",
            Self::UnsupportedType => "415 Unsupported Media Type",
            Self::Misdirected => "421 Misdirected Request",
            Self::HeadTooLarge => "431 Request Header Fields Too Large",
            Self::BadGateway => "502 Bad Gateway",
            Self::Busy => "503 Service Unavailable",
        }
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Response {
    /// How the request ended.
    pub(crate) status: Status,
    /// The type of the body.
    pub(crate) content_type: &'static str,
    /// What is sent.
    pub(crate) body: Body,
}

/// What is sent.
#[derive(Debug)]
pub(crate) enum Body {
    /// These bytes.
    Bytes(Vec<u8>),
    /// So many bytes of a file.
    File(File, u64),
}

impl Response {
    /// Some JSON.
    pub(crate) fn json(body: Vec<u8>) -> Self {
        Self { status: Status::Ok, content_type: "application/json", body: Body::Bytes(body) }
    }

    /// A refusal, which says no more than its status.
    pub(crate) fn refusal(status: Status) -> Self {
        let body = format!("{}\n", status.line()).into_bytes();
        Self { status, content_type: "text/plain; charset=utf-8", body: Body::Bytes(body) }
    }
}

/// Sends an answer.
pub(super) fn write(stream: &mut impl Write, method: Method, response: Response) -> io::Result<()> {
    let length = match &response.body {
        Body::Bytes(bytes) => bytes.len().to_string(),
        Body::File(_, length) => length.to_string(),
    };
    let mut head = format!("HTTP/1.1 {}\r\n", response.status.line());
    let of_body =
        [("Content-Type", response.content_type), ("Content-Length", length.as_str()), ("Connection", "close")];
    let allow = match response.status {
        Status::MethodNotAllowed => Some(("Allow", "GET, HEAD")),
        Status::OnlyPosted => Some(("Allow", "POST")),
        _ => None,
    };
    for (name, value) in of_body.into_iter().chain(allow).chain(HEADERS) {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    match response.body {
        _ if method == Method::Head => {}
        Body::Bytes(bytes) => stream.write_all(&bytes)?,
        Body::File(file, length) => drop(io::copy(&mut file.take(length), stream)?),
    }
    stream.flush()
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test that cannot go on should stop")]
mod tests {
    use super::*;

    fn written(method: Method, response: Response) -> String {
        let mut bytes = Vec::new();
        write(&mut bytes, method, response).expect("memory takes everything");
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn every_answer_has_the_security_headers() {
        for response in [Response::json(b"{}".to_vec()), Response::refusal(Status::NotFound)] {
            let text = written(Method::Get, response);
            let (head, _) = text.split_once("\r\n\r\n").expect("a head ends");
            for (name, value) in HEADERS {
                assert!(head.contains(&format!("\r\n{name}: {value}")), "{name}");
            }
        }
    }

    #[test]
    fn a_head_has_a_length_and_no_body() {
        let text = written(Method::Head, Response::json(b"{}".to_vec()));
        assert!(text.contains("Content-Length: 2\r\n") && text.ends_with("\r\n\r\n"), "{text}");
    }

    #[test]
    fn a_method_that_is_refused_is_told_which_are_not() {
        for (status, methods) in [(Status::MethodNotAllowed, "GET, HEAD"), (Status::OnlyPosted, "POST")] {
            assert!(written(Method::Get, Response::refusal(status)).contains(&format!("\r\nAllow: {methods}\r\n")));
        }
    }
}
