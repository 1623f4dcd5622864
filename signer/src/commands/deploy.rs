//! `deploy`: prints what deploys the claim contract, sends it, and checks what lives at its address.

use std::{fmt::Write as _, path::Path, time::Duration};

use ambassador_core::{
    address::Address,
    claim::Domain,
    deployment::{Arguments, Deployment, SignerKind},
    hash::keccak256,
    token::{Decimals, TokenAmount},
};
use serde_json::{Value, json};

use super::{
    Outcome, confirm,
    deployed::{check_accounts, check_contract},
    endpoint,
    sign::open_key_file,
};
use crate::{
    artifact::Artifact,
    cli::{DeployArgs, KeyOptions, SendingOptions},
    deployable::Coin,
    problem::{Exit, Failure, Problem, say},
    rpc::{Asking, Block, Endpoint, RpcError},
    signing::SecretKey,
    table::{grouped, printable},
    transaction::Creation,
};

/// The most gas that one transaction may use (EIP-7825).
const MOST_GAS: u64 = 1 << 24;

pub(super) fn run(root: &Path, args: &DeployArgs) -> Result<Outcome, Failure> {
    let plan = Plan::new(Coin::of_terms(root)?, args)?;
    let Some(url) = &args.rpc else { return Ok(plan.told()) };
    let endpoint = endpoint::open(url, args.timeout, Asking::Again, plan.coin.chain_id, Exit::Refused)?;
    if let Some(payouts) = args.check {
        let block = endpoint.finalized_block().map_err(|error| Failure::refused(&error))?;
        let (text, json) = plan.check(&endpoint, payouts, &block)?;
        return Ok(Outcome::new(plan.listing() + &text, plan.to_json(json!({ "deployed": json }))));
    }
    check_accounts(&endpoint, &plan.deployment)?;
    match &args.sending.key {
        None => Ok(plan.told()),
        Some(file) => send(&plan, &endpoint, file, args),
    }
}

/// What would be deployed.
struct Plan {
    coin: Coin,
    artifact: Artifact,
    deployment: Deployment,
    data: Vec<u8>,
}

impl Plan {
    fn new(coin: Coin, args: &DeployArgs) -> Result<Self, Failure> {
        let max_claim = TokenAmount::from_tokens(&args.max_claim, coin.decimals);
        let max_claim =
            max_claim.map_err(|error| Failure::new(Exit::Refused, Problem::of(&error).column("--max-claim")))?;
        let arguments = Arguments {
            token: coin.address,
            decimals: coin.decimals,
            treasury: args.treasury,
            owner: args.owner,
            guardian: args.guardian,
            signer: args.signer,
            signer_kind: if args.signer_is_contract { SignerKind::Contract } else { SignerKind::Key },
            daily_cap: args.daily_cap,
            max_claim,
        };
        let deployment = Deployment::new(arguments).map_err(|errors| {
            let problems = errors.iter().map(Problem::of).collect();
            Failure { exit: Exit::Refused, problems }
        })?;
        let artifact = Artifact::pinned()?;
        let data = deployment.creation_data(&artifact.creation_code);
        Ok(Self { coin, artifact, deployment, data })
    }

    fn listing(&self) -> String {
        let (coin, arguments) = (&self.coin, self.deployment.arguments());
        let symbol = printable(&coin.symbol);
        let kind = match arguments.signer_kind {
            SignerKind::Key => "a key",
            SignerKind::Contract => "a contract (ERC-1271)",
        };
        let max_claim = grouped(&arguments.max_claim.to_tokens(coin.decimals));
        let hash = |bytes: &[u8]| format!("keccak-256 {} of {} bytes", keccak256(&[bytes]), bytes.len());
        let lines = [
            ("chain", coin.chain_id.to_string()),
            ("token", format!("{}  {symbol}, {} decimal places", coin.address, coin.decimals.places())),
            ("treasury", arguments.treasury.to_string()),
            ("owner", arguments.owner.to_string()),
            ("guardian", arguments.guardian.to_string()),
            ("signer", format!("{}  {kind}", arguments.signer)),
            ("daily cap", format!("{}  in whole tokens", arguments.daily_cap)),
            ("largest claim", format!("{max_claim} {symbol}, {} base units", arguments.max_claim)),
            ("compiler", format!("solc {}", self.artifact.compiler)),
            ("creation code", hash(&self.artifact.creation_code)),
            ("data", hash(&self.data)),
        ];
        let mut text = format!("{} · the claim contract\n", printable(&coin.programme));
        for (name, value) in lines {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name:<13}  {value}");
        }
        text
    }

    /// Says what deploys it, the data of the transaction in the last line.
    fn told(&self) -> Outcome {
        let text = format!("{}\n0x{}\n", self.listing(), hex::encode(&self.data));
        Outcome::new(text, self.to_json(json!({ "deployed": null })))
    }

    fn to_json(&self, more: Value) -> Value {
        let arguments = self.deployment.arguments();
        let mut json = json!({
            "chain_id": self.coin.chain_id.to_string(),
            "arguments": {
                "token": arguments.token.to_string(),
                "treasury": arguments.treasury.to_string(),
                "owner": arguments.owner.to_string(),
                "guardian": arguments.guardian.to_string(),
                "signer": arguments.signer.to_string(),
                "signerIsContract": arguments.signer_kind == SignerKind::Contract,
                "dailyCap": arguments.daily_cap.to_string(),
                "maxClaim": arguments.max_claim.to_string(),
            },
            "compiler": self.artifact.compiler,
            "creation_code_hash": self.artifact.creation_hash().to_string(),
            "data_hash": keccak256(&[&self.data]).to_string(),
            "transaction": { "data": format!("0x{}", hex::encode(&self.data)), "value": "0x0" },
        });
        if let (Value::Object(fields), Value::Object(more)) = (&mut json, more) {
            fields.extend(more);
        }
        json
    }

    /// Compares the contract at an address; returns what was found, for people and for scripts.
    fn check(&self, endpoint: &Endpoint, payouts: Address, block: &Block) -> Result<(String, Value), Failure> {
        let domain = Domain { chain_id: self.coin.chain_id, verifying_contract: payouts };
        let getters = check_contract(endpoint, &self.deployment, &self.artifact, &domain, block)?;
        let number = block.number;
        let text = format!(
            "checked at block {number}: the code is the artifact's, and {getters} getters answer as the arguments say\n\
             \npayouts = \"{payouts}\"\n"
        );
        Ok((text, json!({ "payouts": payouts.to_string(), "block": number.to_string() })))
    }
}

/// Signs and sends the transaction, waits for it, and checks what it created.
fn send(plan: &Plan, endpoint: &Endpoint, file: &Path, args: &DeployArgs) -> Result<Outcome, Failure> {
    let options = KeyOptions {
        key: Some(file.to_owned()),
        password_file: args.sending.password_file.clone(),
        password_fd: args.sending.password_fd,
        new_signer: false,
    };
    let key = open_key_file(file, &options)?;
    let (creation, listing) = price(plan, endpoint, &key, &args.sending)?;
    let text = plan.listing() + &listing;
    if args.consent.dry_run {
        return Ok(Outcome::new(text + "nothing was sent\n", plan.to_json(json!({ "deployed": null }))));
    }
    confirm(args.consent, &text, &format!("Send this to the chain {}?", creation.chain_id))?;
    let signed = creation.sign(&key).map_err(|error| Failure::new(Exit::Key, Problem::of(&error)))?;
    let hash = signed.hash;
    say(&format!("sending the transaction {hash}\n"));
    let unsure = |problem: Problem| {
        let help = format!("look for the transaction `{hash}` before you repeat: it may have been sent");
        Failure::new(Exit::Refused, problem.help(help))
    };
    endpoint.send(&signed).map_err(|error| unsure(Problem::of(&error)))?;
    let receipt = endpoint.wait_for(&hash, Duration::from_secs(args.sending.wait));
    let Some(receipt) = receipt.map_err(|error| unsure(Problem::of(&error)))? else {
        let message = format!("the transaction `{hash}` was not mined within {} s", args.sending.wait);
        return Err(unsure(Problem::new("DEPLOY_NOT_MINED", message)));
    };
    let expected = creation.address(key.address());
    let created = receipt.created.filter(|created| receipt.succeeded && Some(*created) == expected);
    let Some(payouts) = created else {
        let message = format!("the transaction `{hash}` created no contract in block {}", receipt.block);
        let problem = Problem::new("DEPLOY_REVERTED", message);
        return Err(Failure::new(Exit::Refused, problem.help("look at the transaction; the arguments were checked")));
    };
    let block = endpoint.latest_block().map_err(|error| unsure(Problem::of(&error)))?;
    let (checked, mut json) = plan.check(endpoint, payouts, &block)?;
    let gas = grouped(&receipt.gas_used.to_string());
    let gas = gas.split('.').next().unwrap_or_default();
    let mined = format!("mined as {hash} in block {} with {gas} gas, not final yet\n", receipt.block);
    if let Value::Object(fields) = &mut json {
        fields.insert("transaction".to_owned(), hash.to_string().into());
        fields.insert("gas_used".to_owned(), receipt.gas_used.to_string().into());
    }
    Ok(Outcome::new(text + &mined + &checked, plan.to_json(json!({ "deployed": json }))))
}

/// Asks what the transaction costs; returns it, and what it may cost in words.
fn price(
    plan: &Plan,
    endpoint: &Endpoint,
    key: &SecretKey,
    options: &SendingOptions,
) -> Result<(Creation, String), Failure> {
    let too_much = |code: &str, message: String, help: &str| {
        Err(Failure::new(Exit::Refused, Problem::new(code, message).help(help)))
    };
    let bound = Decimals::new(9).map(|gwei| TokenAmount::from_tokens(&options.max_fee, gwei)).transpose();
    let bound = bound.map_err(|error| Failure::new(Exit::Refused, Problem::of(&error).column("--max-fee")))?;
    let bound = bound.unwrap_or_default().as_base_units();
    let sender = key.address();
    let ask = || -> Result<_, RpcError> {
        let (fees, nonce) = (endpoint.fees()?, endpoint.next_nonce(sender)?);
        Ok((fees, nonce, endpoint.estimate_gas(sender, &plan.data)?, endpoint.ether(sender)?))
    };
    let (fees, nonce, gas, ether) = ask().map_err(|error| Failure::refused(&error))?;
    // Until it is mined the base fee may double.
    let max_fee = fees.base_fee.saturating_mul(2).saturating_add(fees.priority_fee);
    if max_fee > bound {
        let message = format!("a unit of gas may cost {} gwei, more than {}", gwei(max_fee), gwei(bound));
        return too_much("DEPLOY_FEE", message, "wait until fees are lower, or raise `--max-fee`");
    }
    let gas_limit = gas.saturating_add(gas.div_euclid(8));
    if gas_limit > MOST_GAS {
        let message = format!("`{gas}` units of gas are more than one transaction may use");
        return too_much("DEPLOY_GAS", message, "name another endpoint: the contract needs about two million");
    }
    let cost = u128::from(gas_limit).saturating_mul(max_fee);
    if cost > ether {
        let message = format!("`{sender}` has {} ether, and {} may be needed", in_ether(ether), in_ether(cost));
        return too_much("DEPLOY_ETHER", message, "send ether to the account, or name another key");
    }
    let creation = Creation {
        chain_id: plan.coin.chain_id,
        nonce,
        max_priority_fee: fees.priority_fee,
        max_fee,
        gas_limit,
        data: plan.data.clone(),
    };
    let contract = creation.address(sender).map_or_else(String::new, |address| address.to_string());
    let text = format!(
        "sender         {sender}  nonce {nonce}\n\
         contract       {contract}\n\
         gas            at most {gas_limit}\n\
         fee            at most {} gwei for each, of which {} beside the base fee, now {}\n\
         cost           at most {} of {} ether\n",
        gwei(max_fee),
        gwei(fees.priority_fee),
        gwei(fees.base_fee),
        in_ether(cost),
        in_ether(ether),
    );
    Ok((creation, text))
}

fn gwei(wei: u128) -> String {
    scaled(wei, 9)
}

fn in_ether(wei: u128) -> String {
    scaled(wei, 18)
}

fn scaled(wei: u128, places: u8) -> String {
    Decimals::new(places).map(|places| TokenAmount::from_base_units(wei).to_tokens(places)).unwrap_or_default()
}
