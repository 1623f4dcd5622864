//! Where things are in this repository.

use std::path::{Path, PathBuf};

/// The repository's folder.
pub(crate) fn root() -> PathBuf {
    let room = Path::new(env!("CARGO_MANIFEST_DIR"));
    room.parent().unwrap_or(room).to_owned()
}

/// This room.
pub(crate) fn web_demo() -> PathBuf {
    root().join("web-demo")
}

/// The page's own files.
pub(crate) fn page() -> PathBuf {
    web_demo().join("page")
}

/// Where the built page goes.
pub(crate) fn dist() -> PathBuf {
    web_demo().join("dist")
}

/// What closing a month of the example publishes.
pub(crate) fn example() -> PathBuf {
    root().join("examples/rally/published")
}

/// The claim contract.
pub(crate) fn contracts() -> PathBuf {
    root().join("contracts")
}

/// The hand-written files of the npm package.
pub(crate) fn package() -> PathBuf {
    root().join("wasm/package")
}

/// Where the npm package goes.
pub(crate) fn npm() -> PathBuf {
    root().join("wasm/pkg")
}
