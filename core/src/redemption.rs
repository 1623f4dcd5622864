//! Whether a claim can be redeemed: everything that the contract will ask, asked before anybody pays for a refusal.

use alloc::{
    collections::BTreeSet,
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    address::Address,
    calendar::{Instant, Month},
    claim::{Claim, Domain},
    contract::{ContractState, what_to_do},
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
    /// Who signed it.
    pub signer: Signer,
    /// The hash of the statement that was found with it, if one was.
    pub statement: Option<Hash32>,
}

/// Who signed a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
    /// A key, whose address was recovered.
    Key(Address),
    /// A contract (ERC-1271), or so it is said: the chain knows.
    Contract(Address),
}

impl Signer {
    /// Returns the address.
    pub const fn address(&self) -> Address {
        match self {
            Self::Key(address) | Self::Contract(address) => *address,
        }
    }
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

/// Judges claims in order, as if each that can be redeemed was, before the next: it settles its months, and uses up the
/// day's cap and the funds.
pub fn judge(claims: &[Presented], chain: &ChainState) -> Vec<Verdict> {
    let mut left = Left {
        tokens: chain.contract.daily_cap.map(|cap| cap.saturating_sub(chain.contract.spent_today)),
        funds: chain.contract.balance,
        months: BTreeSet::new(),
    };
    claims.iter().map(|presented| left.judge(presented, chain)).collect()
}

/// What the claims before have left.
struct Left {
    /// Whole tokens of the day, or none without a limit.
    tokens: Option<u128>,
    funds: TokenAmount,
    /// The months that they settle, with the indexes.
    months: BTreeSet<(u32, Month)>,
}

/// A check with the code and the sentence for where it fails.
struct Rule {
    check: Check,
    code: &'static str,
    sentence: String,
}

impl Left {
    fn judge(&mut self, presented: &Presented, chain: &ChainState) -> Verdict {
        let claim = &presented.claim;
        let wanted = claim.amount.as_base_units().div_ceil(chain.contract.unit.max(1));
        let rules = self.rules(presented, chain, wanted);
        let failed = rules.iter().find(|rule| !rule.check.passed);
        let (code, sentence) =
            failed.map_or(("READY", "It can be redeemed now."), |rule| (rule.code, rule.sentence.as_str()));
        let sentence = sentence.to_string();
        let outcome = match code {
            "READY" => Outcome::Redeemable,
            "ALREADY_SETTLED" => Outcome::Settled,
            _ => Outcome::Refused,
        };
        if outcome == Outcome::Redeemable {
            self.tokens = self.tokens.map(|tokens| tokens.saturating_sub(wanted));
            self.funds = self.funds.checked_sub(claim.amount).unwrap_or_default();
            self.months.extend(claim.months.months().map(|month| (claim.index.as_u32(), month)));
        }
        let checks = rules.into_iter().map(|rule| rule.check).collect();
        Verdict { outcome, code, sentence, help: what_to_do(code), checks }
    }

    fn rules(&self, presented: &Presented, chain: &ChainState, wanted: u128) -> [Rule; 10] {
        let Presented { domain, claim, signer, statement } = presented;
        let contract = &chain.contract;
        let index = claim.index.as_u32();
        let settled = claim.months.months().find(|month| contract.settled.contains(&(index, *month)));
        let taken = claim.months.months().find(|month| self.months.contains(&(index, *month)));
        let deadline = shown_time(claim.deadline);
        let (statement_code, statement_sentence) = match statement {
            None => ("STATEMENT_MISSING", "The statement that explains the claim was not found."),
            Some(_) => ("STATEMENT_DIFFERS", "The statement is not the one that was signed."),
        };
        let (signer_code, signer_sentence) = unsigned(presented, contract).unwrap_or_default();
        let rule = |name, passed, figure: String, code, sentence: &str| Rule {
            check: Check { name, passed, figure },
            code,
            sentence: sentence.to_string(),
        };
        [
            rule(
                "chain",
                domain.chain_id == chain.chain_id,
                chain.chain_id.to_string(),
                "WRONG_CHAIN",
                &format!("The claim is for chain {}, the wallet is on chain {}.", domain.chain_id, chain.chain_id),
            ),
            rule(
                "settled",
                settled.is_none(),
                settled.map_or_else(|| "no".to_string(), |month| month.to_string()),
                "ALREADY_SETTLED",
                "The month was paid before.",
            ),
            rule(
                "other claims",
                taken.is_none(),
                taken.map_or_else(|| "none".to_string(), |month| month.to_string()),
                "OTHER_CLAIM_FIRST",
                "Another claim settles the same month, and one of them can be redeemed.",
            ),
            rule(
                "statement",
                *statement == Some(claim.statement),
                statement.map_or_else(|| "none".to_string(), |hash| hash.to_string()),
                statement_code,
                statement_sentence,
            ),
            rule("signer", signer_code.is_empty(), signer.address().to_string(), signer_code, &signer_sentence),
            rule(
                "deadline",
                chain.timestamp <= claim.deadline,
                deadline.clone(),
                "CLAIM_EXPIRED",
                &format!("It could be redeemed until {deadline}."),
            ),
            rule(
                "paused",
                !contract.paused,
                if contract.paused { "paused" } else { "no" }.to_string(),
                "PAUSED",
                "Redemptions are paused.",
            ),
            rule(
                "largest claim",
                claim.amount <= contract.max_claim,
                contract.max_claim.to_string(),
                "ABOVE_MAX_CLAIM",
                "It is over more than the contract pays at once.",
            ),
            rule(
                "daily cap",
                self.tokens.is_none_or(|tokens| wanted <= tokens),
                self.tokens.map_or_else(|| "none".to_string(), |tokens| format!("{wanted} / {tokens}")),
                "DAILY_CAP",
                "The contract pays only so much a day, and today too little of that is left.",
            ),
            rule(
                "funds",
                claim.amount <= self.funds,
                self.funds.to_string(),
                "NO_FUNDS",
                "The contract does not hold enough.",
            ),
        ]
    }
}

/// Returns the code and the sentence for a claim that the contract's signer did not sign.
fn unsigned(presented: &Presented, contract: &ContractState) -> Option<(&'static str, String)> {
    let address = presented.signer.address();
    let of_contract = matches!(presented.signer, Signer::Contract(_));
    if address != contract.signer || of_contract != contract.signer_is_contract {
        let sentence = format!("It is signed by {address}, but the contract's signer is {}.", contract.signer);
        return Some(("SIGNER_DIFFERS", sentence));
    }
    if of_contract && !contract.confirmed.contains(&(address, presented.claim.digest(&presented.domain))) {
        let sentence = format!("The signer {address} is a contract, and does not say that it signed this claim.");
        return Some(("SIGNATURE_NOT_OF_CONTRACT", sentence));
    }
    None
}

/// Returns unix seconds as people read them, as far as they are a time.
pub fn shown_time(seconds: u64) -> String {
    let instant = i64::try_from(seconds).ok().and_then(Instant::from_unix_seconds);
    instant.map_or_else(|| seconds.to_string(), |instant| instant.to_string())
}
