//! What a name stands for on the chain: the registry is asked for its resolver, and the resolver for the account.

use ambassador_core::{
    address::Address,
    diagnostic::Diagnostic as _,
    ens::{OFFCHAIN_LOOKUP, address_question, name_hash, parents, read_answer, resolver_question},
    hash::Hash32,
    records::EnsName,
};

use crate::{
    problem::{Exit, Failure, Problem},
    rpc::{Block, Called, Endpoint},
};

/// The chain's registry at one block.
#[derive(Clone, Copy, Debug)]
pub struct Registry<'a> {
    /// Whom to ask.
    pub endpoint: &'a Endpoint,
    /// The registry's address.
    pub address: Address,
    /// The block.
    pub block: &'a Block,
}

impl Registry<'_> {
    /// Returns the account that a name stands for, or why it stands for none.
    ///
    /// # Errors
    ///
    /// [`Exit::Refused`]: the endpoint gives no answer, or the registry is none.
    pub fn resolve(&self, name: &EnsName) -> Result<Result<Address, Problem>, Failure> {
        let node = name_hash(name);
        let Some(resolver) = self.resolver(&node)? else {
            return Ok(Err(self.without_resolver(name)?));
        };
        let answer = match self.call(resolver, &address_question(&node))? {
            Called::Returned(answer) => answer,
            Called::Reverted { data, .. } if data.starts_with(&OFFCHAIN_LOOKUP) => {
                let message = format!("`{name}` is resolved off the chain (ERC-3668) by `{resolver}`");
                let help = "such an answer is no state of the chain: write the address itself as the payee";
                return Ok(Err(Problem::new("ENS_OFFCHAIN", message).help(help)));
            }
            Called::Reverted { message, .. } => {
                let message = format!("the resolver `{resolver}` of `{name}` refuses to answer: {message}");
                let help = "let the name's owner set a resolver that answers `addr(bytes32)`";
                return Ok(Err(Problem::new("ENS_RESOLVER_REFUSES", message).help(help)));
            }
        };
        Ok(match read_answer(&answer) {
            Ok(Some(address)) => Ok(address),
            Ok(None) => {
                let message = format!("`{name}` names no account");
                let help = "let the name's owner set its Ethereum address";
                Err(Problem::new("ENS_NO_ADDRESS", message).help(help))
            }
            Err(error) => {
                let message = format!("the resolver `{resolver}` of `{name}`: {error}");
                Err(Problem::new(error.code(), message).help(error.help()))
            }
        })
    }

    fn without_resolver(&self, name: &EnsName) -> Result<Problem, Failure> {
        for (parent, node) in parents(name) {
            if let Some(resolver) = self.resolver(&node)? {
                let message = format!("`{name}` has no resolver; `{resolver}` of `{parent}` is not asked in its place");
                let help = "wildcards (ENSIP-10) are not followed: let the owner set a resolver of the name itself, or write the address as the payee";
                return Ok(Problem::new("ENS_WILDCARD", message).help(help));
            }
        }
        let help = "check the name with the ambassador, or write the address as the payee";
        Ok(Problem::new("ENS_NO_RESOLVER", format!("`{name}` is not registered, or has no resolver")).help(help))
    }

    fn resolver(&self, node: &Hash32) -> Result<Option<Address>, Failure> {
        let answer = match self.call(self.address, &resolver_question(node))? {
            Called::Returned(answer) => read_answer(&answer).map_err(|error| error.to_string()),
            Called::Reverted { message, .. } => Err(message),
        };
        answer.map_err(|reason| {
            let message = format!("`{}` does not answer as the registry of ENS: {reason}", self.address);
            let help = "name the registry of this chain with `--registry ADDRESS`; nothing was written";
            Failure::new(Exit::Refused, Problem::new("ENS_REGISTRY", message).help(help))
        })
    }

    fn call(&self, to: Address, data: &[u8]) -> Result<Called, Failure> {
        let called = self.endpoint.call(to, data, self.block);
        called.map_err(|error| Failure::refused(&error))
    }
}
