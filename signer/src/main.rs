//! The command line of the signer.

fn main() {}
