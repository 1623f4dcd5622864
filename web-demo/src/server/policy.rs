//! What a browser may do with the answers, and whom they are for.

use super::request::Request;

/// The page's own scripts and styles, WASM, and nothing from anywhere else; text becomes a script's address only by the
/// page's policy `offline`, which knows one address.
const CONTENT: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; font-src 'none'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types offline";

/// Headers of every answer.
pub(super) const HEADERS: [(&str, &str); 7] = [
    ("Content-Security-Policy", CONTENT),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    (
        "Permissions-Policy",
        "camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), payment=(), serial=(), usb=()",
    ),
    ("Cache-Control", "no-cache"),
];

/// The names under which a reader may come.
///
/// A name of somebody else that points to this machine would let their page read what is served here.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    names: Vec<String>,
}

impl Hosts {
    /// The machine's own names, and these.
    pub(crate) fn new(others: &[String]) -> Self {
        let own = ["127.0.0.1", "localhost"].map(str::to_owned);
        Self { names: own.into_iter().chain(others.iter().cloned()).collect() }
    }

    /// Whether a request comes under one of the names, whatever the port; its page, too, if it names one.
    pub(super) fn know(&self, request: &Request) -> bool {
        let host = request.host.as_deref().unwrap_or_default();
        let origin = request.origin.as_deref();
        // The page that asks must be the one that was served here: same host, same port.
        let is_ours = origin.is_none_or(|origin| origin.split_once("://").is_some_and(|(_, name)| name == host));
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        is_ours && self.names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::request::Method, *};

    #[track_caller]
    fn check(host: Option<&str>, origin: Option<&str>, expected: bool) {
        let [host, origin] = [host, origin].map(|text| text.map(str::to_owned));
        let request =
            Request { method: Method::Get, path: "/".into(), host, origin, content_type: None, body: Vec::new() };
        assert_eq!(Hosts::new(&["demo.example".into()]).know(&request), expected, "{request:?}");
    }

    #[test]
    fn the_page_says_the_same_where_nobody_sends_headers() {
        let Ok(page) = std::fs::read_to_string(crate::places::page().join("index.html")) else { return };
        // A page cannot say of itself who may frame it.
        assert!(page.contains(&CONTENT.replace(" frame-ancestors 'none';", "")), "{CONTENT}");
    }

    #[test]
    fn only_known_hosts_are_answered() {
        for host in ["127.0.0.1", "127.0.0.1:8080", "localhost:1", "LOCALHOST", "demo.example"] {
            check(Some(host), None, true);
        }
        for host in ["", "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.", "[::1]:8080"] {
            check(Some(host), None, false);
        }
        check(None, None, false);
    }

    #[test]
    fn only_our_own_page_may_ask() {
        check(Some("localhost:8080"), Some("http://localhost:8080"), true);
        for origin in ["http://localhost:8081", "http://127.0.0.1:8080", "https://evil.example", "null", ""] {
            check(Some("localhost:8080"), Some(origin), false);
        }
    }
}
