//! Paths of requests and the files that they name.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use super::{
    request::{Method, Request},
    response::{Body, Response, Status},
};
use crate::failure::Failure;

/// Folders whose files are served, each under a prefix.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    /// INVARIANT: each folder is absolute and free of links.
    mounts: Vec<(String, PathBuf)>,
}

impl Tree {
    /// Serves a folder, too: `/` for everything, `/name/` for what is below it. The one that is added first is asked first.
    ///
    /// # Errors
    ///
    /// When the folder is not there.
    pub(crate) fn mount(mut self, prefix: &str, folder: &Path) -> Result<Self, Failure> {
        let real = folder.canonicalize().map_err(|error| Failure::at(folder, &error))?;
        self.mounts.push((prefix.to_owned(), real));
        Ok(self)
    }

    /// Answers with the file that a request names.
    pub(crate) fn answer(&self, request: &Request) -> Response {
        if request.method == Method::Post {
            return Response::refusal(Status::MethodNotAllowed);
        }
        let Some(path) = decode(&request.path) else { return Response::refusal(Status::BadRequest) };
        self.find(&path).unwrap_or_else(|| Response::refusal(Status::NotFound))
    }

    fn find(&self, path: &str) -> Option<Response> {
        let (prefix, folder) = self.mounts.iter().find(|(prefix, _)| path.starts_with(prefix.as_str()))?;
        let mut inside = path.strip_prefix(prefix.as_str())?.to_owned();
        if inside.is_empty() || inside.ends_with('/') {
            inside.push_str("index.html");
        }
        if !inside.split('/').all(is_plain) {
            return None;
        }
        let file = folder.join(&inside).canonicalize().ok()?;
        // A link may point anywhere.
        if !file.starts_with(folder) || !fs::metadata(&file).ok()?.is_file() {
            return None;
        }
        let opened = File::open(&file).ok()?;
        let length = opened.metadata().ok()?.len();
        Some(Response { status: Status::Ok, content_type: content_type(&inside), body: Body::File(opened, length) })
    }
}

/// Whether a part of a path names something in its folder that is meant to be seen, on every system.
fn is_plain(part: &str) -> bool {
    !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', ':', '\0'])
}

/// Undoes the percent-encoding; nothing when it is broken, or its bytes are no text.
fn decode(path: &str) -> Option<String> {
    let mut parts = path.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.extend(hex::decode(digits).ok()?);
        bytes.extend(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

/// The type of a file, by its name.
fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("csv") => "text/csv; charset=utf-8",
        Some("toml" | "md" | "txt" | "ts" | "LICENSE") => "text/plain; charset=utf-8",
        None if name.ends_with("LICENSE") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test that cannot go on should stop")]
mod tests {
    use super::*;

    /// A folder to serve, beside a secret that must never be.
    fn folder() -> tempfile::TempDir {
        let parent = tempfile::tempdir().expect("a folder");
        let write = |name: &str| {
            let path = parent.path().join(name);
            fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder");
            fs::write(path, name).expect("a file");
        };
        for name in ["secret", "dist/index.html", "dist/a b.js", "dist/.hidden", "dist/sub/x.toml", "data/index.json"] {
            write(name);
        }
        #[cfg(unix)]
        for (target, name) in [("../secret", "dist/link"), ("..", "dist/up"), ("index.html", "dist/inside")] {
            std::os::unix::fs::symlink(target, parent.path().join(name)).expect("a link");
        }
        parent
    }

    #[track_caller]
    fn check(path: &str, expected: Result<(&str, &str), Status>) {
        let parent = folder();
        let tree = Tree::default().mount("/published/", &parent.path().join("data")).expect("a folder");
        let tree = tree.mount("/", &parent.path().join("dist")).expect("a folder");
        let request = Request {
            method: Method::Get,
            path: path.into(),
            host: None,
            origin: None,
            content_type: None,
            body: Vec::new(),
        };
        let response = tree.answer(&request);
        let answered = match response.body {
            Body::File(mut file, _) => {
                let mut text = String::new();
                std::io::Read::read_to_string(&mut file, &mut text).expect("text");
                Ok((text, response.content_type))
            }
            Body::Bytes(_) => Err(response.status),
        };
        assert_eq!(answered, expected.map(|(text, kind)| (text.to_owned(), kind)), "{path}");
    }

    #[test]
    fn files_are_found() {
        check("/", Ok(("dist/index.html", "text/html; charset=utf-8")));
        check("/a%20b.js", Ok(("dist/a b.js", "text/javascript; charset=utf-8")));
        check("/sub/x.toml", Ok(("dist/sub/x.toml", "text/plain; charset=utf-8")));
        check("/published/index.json", Ok(("data/index.json", "application/json")));
    }

    #[test]
    fn nothing_else_is_found() {
        let paths = [
            "/../secret",
            "/%2e%2e/secret",
            "/sub/../../secret",
            "/sub/..%2f..%2fsecret",
            "/..%5csecret",
            "/published/../secret",
            "/published/%2e%2e/secret",
            "//secret",
            "/./index.html",
            "/.hidden",
            "/sub",
            "/sub/",
            "/published/",
            "/index.html/",
            "/index.html%00",
            "/C:/secret",
            "/none",
        ];
        for path in paths {
            check(path, Err(Status::NotFound));
        }
        for path in ["/%", "/%2", "/%zz", "/%ff", "/%é"] {
            check(path, Err(Status::BadRequest));
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_link_leads_nowhere_else() {
        check("/inside", Ok(("dist/index.html", "application/octet-stream")));
        for path in ["/link", "/up/secret", "/up/data/index.json"] {
            check(path, Err(Status::NotFound));
        }
    }

    #[test]
    fn a_file_is_not_posted_to() {
        let request = Request {
            method: Method::Post,
            path: "/".into(),
            host: None,
            origin: None,
            content_type: None,
            body: Vec::new(),
        };
        assert_eq!(Tree::default().answer(&request).status, Status::MethodNotAllowed);
    }
}
