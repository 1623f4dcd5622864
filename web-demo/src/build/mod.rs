//! From sources to files: the WASM modules, the page, the npm package.

mod compile;
mod shrink;
pub(crate) mod module;
mod vendor;
mod licences;
pub(crate) mod site;
pub(crate) mod package;
pub(crate) mod sizes;
