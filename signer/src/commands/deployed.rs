//! Whether what was deployed is what was meant: code, and the answers of every getter.

use ambassador_core::{
    address::Address,
    claim::Domain,
    deployment::{Deployment, SignerKind},
};

use crate::{
    artifact::Artifact,
    problem::{Exit, Failure, Problem},
    rpc::{Block, Called, Endpoint},
};

/// The first bytes of an account's code that only names a contract to run (EIP-7702): a key still signs for it.
const DELEGATION: [u8; 3] = [0xef, 0x01, 0x00];

/// Compares the contract at an address with the artifact and the arguments; returns how many getters were asked.
///
/// # Errors
///
/// [`Exit::Refused`]: everything that differs, or the endpoint gives no answer.
pub(super) fn check_contract(
    endpoint: &Endpoint,
    deployment: &Deployment,
    artifact: &Artifact,
    domain: &Domain,
    block: &Block,
) -> Result<usize, Failure> {
    let payouts = domain.verifying_contract;
    let code = endpoint.code(payouts, block).map_err(|error| Failure::refused(&error))?;
    deployment.check_code(&artifact.runtime_code, &code, domain).map_err(|error| Failure::refused(&error))?;
    let mut problems = Vec::new();
    let questions = deployment.questions(payouts);
    for (name, question, expected) in &questions {
        let answer = call(endpoint, payouts, &question.data, block)?;
        if answer.as_deref() != Ok(expected.as_slice()) {
            let found = answer.map_or_else(|message| message, |bytes| format!("0x{}", hex::encode(bytes)));
            let message = format!("`{name}` of `{payouts}` is `{found}` and not `0x{}`", hex::encode(expected));
            let problem = Problem::new("DEPLOYED_DIFFERS", message);
            problems.push(problem.help("name the arguments that it was deployed with, or find out who changed it"));
        }
    }
    if problems.is_empty() { Ok(questions.len()) } else { Err(Failure { exit: Exit::Refused, problems }) }
}

/// Checks that the token is one of the stated decimal places, and that the signer is what it is said to be.
///
/// # Errors
///
/// [`Exit::Refused`]: everything that is not so, or the endpoint gives no answer.
pub(super) fn check_accounts(endpoint: &Endpoint, deployment: &Deployment) -> Result<(), Failure> {
    let arguments = deployment.arguments();
    let (token, signer) = (arguments.token, arguments.signer);
    let block = endpoint.latest_block().map_err(|error| Failure::refused(&error))?;
    let mut problems = Vec::new();
    let (question, expected) = deployment.token_question();
    let answer = call(endpoint, question.to, &question.data, &block)?;
    if answer.as_deref() != Ok(expected.as_slice()) {
        let message = format!("`{token}` is no token of {} decimal places", arguments.decimals.places());
        let problem = Problem::new("DEPLOY_TOKEN", message);
        problems.push(problem.help("correct `address` and `decimals` of `[token]` in the terms"));
    }
    let code = endpoint.code(signer, &block).map_err(|error| Failure::refused(&error))?;
    let is_contract = !code.is_empty() && !code.starts_with(&DELEGATION);
    match arguments.signer_kind {
        SignerKind::Contract if code.is_empty() => {
            let problem = Problem::new("DEPLOY_SIGNER_KIND", format!("the signer `{signer}` is no contract"));
            problems.push(problem.help("leave `--signer-is-contract` out, or name the wallet"));
        }
        SignerKind::Key if is_contract => {
            let problem = Problem::new("DEPLOY_SIGNER_KIND", format!("the signer `{signer}` is a contract"));
            problems.push(problem.help("add `--signer-is-contract`: a contract is asked whether it signed"));
        }
        _ => {}
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure { exit: Exit::Refused, problems }) }
}

/// Calls a contract; returns its answer, or what it refused with.
fn call(endpoint: &Endpoint, to: Address, data: &[u8], block: &Block) -> Result<Result<Vec<u8>, String>, Failure> {
    match endpoint.call(to, data, block).map_err(|error| Failure::refused(&error))? {
        Called::Returned(bytes) => Ok(Ok(bytes)),
        Called::Reverted { message, .. } => Ok(Err(message)),
    }
}
