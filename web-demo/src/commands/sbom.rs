//! `sbom`: what is shipped, and everything in it.

use crate::{bill, failure::Failure};

pub(super) fn run() -> Result<(), Failure> {
    println!("{}", bill::text()?);
    Ok(())
}
