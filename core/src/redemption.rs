//! Whether a claim can be redeemed: everything that the contract will ask, asked before anybody pays for a refusal.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    address::Address,
    calendar::{Instant, Month},
    claim::{Claim, Domain},
    contract::ContractState,
    hash::Hash32,
    token::TokenAmount,
};

/// A claim as it was found, with what was recovered and hashed of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presented {
    /// Where it can be redeemed.
    pub domain: Domain,
    /// The claim.
    pub claim: Claim,
    /// Who signed it, by recovery.
    pub signer: Address,
    /// The hash of the statement that was found with it, if one was.
    pub statement: Option<Hash32>,
}

/// The chain at one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainState {
    /// The chain (EIP-155).
    pub chain_id: u64,
    /// The block's time in unix seconds.
    pub timestamp: u64,
    /// The claim contract.
    pub contract: ContractState,
}

/// Where a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It can be redeemed now.
    Redeemable,
    /// Its month was paid or voided.
    Settled,
    /// It cannot be redeemed, or not now.
    Refused,
}

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What.
    pub name: &'static str,
    /// Whether it is as it must be.
    pub passed: bool,
    /// What was found.
    pub figure: String,
}

/// What can be said of a claim before it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Where it stands.
    pub outcome: Outcome,
    /// The stable code of the first thing that is wrong, or `READY`.
    pub code: &'static str,
    /// The same in a sentence.
    pub sentence: String,
    /// What to do.
    pub help: &'static str,
    /// Everything that was looked at.
    pub checks: Vec<Check>,
}

/// Judges claims in order; those that can be redeemed use up the day's cap and the funds for those after them.
pub fn judge(claims: &[Presented], chain: &ChainState) -> Vec<Verdict> {
    let mut left = Left {
        tokens: chain.contract.daily_cap.map(|cap| cap.saturating_sub(chain.contract.spent_today)),
        funds: chain.contract.balance,
    };
    claims.iter().map(|presented| left.judge(presented, chain)).collect()
}

/// What the claims before have left.
struct Left {
    /// Whole tokens of the day, or none without a limit.
    tokens: Option<u128>,
    funds: TokenAmount,
}

/// A check with what to say where it fails.
type Rule = (&'static str, bool, String, &'static str, String, &'static str);

impl Left {
    fn judge(&mut self, presented: &Presented, chain: &ChainState) -> Verdict {
        let claim = &presented.claim;
        let wanted = claim.amount.as_base_units().div_ceil(chain.contract.unit.max(1));
        let rules = self.rules(presented, chain, wanted);
        let checks =
            rules.iter().map(|(name, passed, figure, ..)| Check { name, passed: *passed, figure: figure.clone() });
        let checks = checks.collect();
        let failed = rules.into_iter().find(|(_, passed, ..)| !passed);
        let Some((_, _, _, code, sentence, help)) = failed else {
            self.tokens = self.tokens.map(|tokens| tokens.saturating_sub(wanted));
            self.funds = self.funds.checked_sub(claim.amount).unwrap_or_default();
            return Verdict {
                outcome: Outcome::Redeemable,
                code: "READY",
                sentence: "It can be redeemed now.".to_string(),
                help: "",
                checks,
            };
        };
        let outcome = if code == "ALREADY_SETTLED" { Outcome::Settled } else { Outcome::Refused };
        Verdict { outcome, code, sentence, help, checks }
    }

    fn rules(&self, presented: &Presented, chain: &ChainState, wanted: u128) -> [Rule; 9] {
        let Presented { domain, claim, signer, statement } = presented;
        let contract = &chain.contract;
        let settled = months_of(claim).find(|month| contract.settled.contains(&(claim.index.as_u32(), *month)));
        let deadline = shown_time(claim.deadline);
        let found = statement.map_or_else(|| "none".to_string(), |hash| hash.to_string());
        let (statement_code, statement_sentence) = match statement {
            None => ("STATEMENT_MISSING", "The statement that explains the claim was not found.".to_string()),
            Some(_) => ("STATEMENT_DIFFERS", "The statement is not the one that was signed.".to_string()),
        };
        [
            (
                "chain",
                domain.chain_id == chain.chain_id,
                chain.chain_id.to_string(),
                "WRONG_CHAIN",
                format!("The claim is for chain {}, the wallet is on chain {}.", domain.chain_id, chain.chain_id),
                "Switch the network.",
            ),
            (
                "settled",
                settled.is_none(),
                settled.map_or_else(|| "no".to_string(), |month| month.to_string()),
                "ALREADY_SETTLED",
                "The month was paid before.".to_string(),
                "Nothing is left to redeem of it.",
            ),
            (
                "statement",
                *statement == Some(claim.statement),
                found,
                statement_code,
                statement_sentence,
                "Fetch claim and statement again from the programme.",
            ),
            (
                "signer",
                *signer == contract.signer && !contract.signer_is_contract,
                signer.to_string(),
                "SIGNER_DIFFERS",
                format!("It is signed by {signer}, but the contract's signer is {}.", contract.signer),
                "Fetch the claim again, or ask the treasury to sign it again.",
            ),
            (
                "deadline",
                chain.timestamp <= claim.deadline,
                deadline.clone(),
                "CLAIM_EXPIRED",
                format!("It could be redeemed until {deadline}."),
                "The amount is still owed: ask the treasury to issue the claim again.",
            ),
            (
                "paused",
                !contract.paused,
                if contract.paused { "paused" } else { "no" }.to_string(),
                "PAUSED",
                "Redemptions are paused.".to_string(),
                "Wait until the programme unpauses them.",
            ),
            (
                "largest claim",
                claim.amount <= contract.max_claim,
                contract.max_claim.to_string(),
                "ABOVE_MAX_CLAIM",
                "It is over more than the contract pays at once.".to_string(),
                "Ask the treasury to split it.",
            ),
            (
                "daily cap",
                self.tokens.is_none_or(|tokens| wanted <= tokens),
                self.tokens.map_or_else(|| "none".to_string(), |tokens| format!("{wanted} / {tokens}")),
                "DAILY_CAP",
                "The contract pays only so much a day, and today too little of that is left.".to_string(),
                "Try again after midnight UTC.",
            ),
            (
                "funds",
                claim.amount <= self.funds,
                self.funds.to_string(),
                "NO_FUNDS",
                "The contract does not hold enough.".to_string(),
                "Ask the treasury to fund the month.",
            ),
        ]
    }
}

fn months_of(claim: &Claim) -> impl Iterator<Item = Month> {
    (claim.months.from().as_number()..=claim.months.to().as_number()).filter_map(Month::from_number)
}

/// Returns unix seconds as people read them, as far as they are a time.
pub fn shown_time(seconds: u64) -> String {
    let instant = i64::try_from(seconds).ok().and_then(Instant::from_unix_seconds);
    instant.map_or_else(|| seconds.to_string(), |instant| instant.to_string())
}
