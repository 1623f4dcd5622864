//! The treasury's offline signer: files, ledger, key and clock around the rules of `ambassador-core`.

pub mod intake;
pub mod problem;
