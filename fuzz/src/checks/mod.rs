//! One check for each target: whatever the bytes are, it returns, or it has found something.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a check that does not hold should stop"
)]

pub mod activity;
pub mod amounts;
pub mod arguments;
pub mod border;
pub mod compressed;
pub mod documents;
pub mod imports;
pub mod keystore;
pub mod parquet;
mod programme;
mod slow;
pub mod tables;
pub mod terms;

/// It is one only at the beginning of a file.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A check by the name of its target.
pub type Check = (&'static str, fn(&[u8]));

/// Every target.
pub const ALL: [Check; 11] = [
    ("activity", activity::check),
    ("amounts", amounts::check),
    ("arguments", arguments::check),
    ("border", border::check),
    ("compressed", compressed::check),
    ("documents", documents::check),
    ("imports", imports::check),
    ("keystore", keystore::check),
    ("parquet", parquet::check),
    ("tables", tables::check),
    ("terms", terms::check),
];
