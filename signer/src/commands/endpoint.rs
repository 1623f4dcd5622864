//! The one way in which commands open an endpoint: that it is of the right chain is asked first.

use std::time::Duration;

use crate::{
    problem::{Exit, Failure, Problem},
    rpc::{Asking, Endpoint, RpcUrl},
};

/// Opens an endpoint of a chain whose every answer is waited for so many seconds.
///
/// # Errors
///
/// The given exit: the endpoint does not answer, or is of another chain.
pub(super) fn open(url: &RpcUrl, timeout: u64, asking: Asking, chain_id: u64, exit: Exit) -> Result<Endpoint, Failure> {
    let endpoint = Endpoint::new(url.clone(), Duration::from_secs(timeout), asking);
    endpoint.check_chain(chain_id).map_err(|error| Failure::new(exit, Problem::of(&error)))?;
    Ok(endpoint)
}
