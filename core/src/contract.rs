//! What the claim contract is asked, and what its answers and refusals mean.

use alloc::{
    collections::BTreeSet,
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    address::Address,
    calendar::Month,
    calldata::{self, selector},
    claim::{Claim, Domain, word_of_address, word_of_u128},
    contract_signature::ContractSignature,
    diagnostic::Diagnostic,
    hash::Hash32,
    records::AmbassadorIndex,
    token::TokenAmount,
};

/// A call that changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The contract that is asked.
    pub to: Address,
    /// The calldata.
    pub data: Vec<u8>,
}

/// The questions that have no arguments, in the order in which they are asked.
const VIEWS: [&str; 6] = ["signer()", "signerIsContract()", "paused()", "dailyCap()", "spentToday()", MAX_CLAIM];

const TOKEN: &str = "token()";
const MAX_CLAIM: &str = "maxClaim()";
const IS_SETTLED: &str = "isSettled(uint256,uint256)";

/// The signature of a claim that a contract is said to have given: only that contract can tell (ERC-1271).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractSigned {
    /// The contract.
    pub signer: Address,
    /// What it is said to have signed.
    pub digest: Hash32,
    /// The signature.
    pub signature: ContractSignature,
}

/// Returns everything that must be asked before claims of one contract can be judged.
///
/// `by_contracts` are the signatures of those that a contract signed. [`ContractState::read`] takes the answers in the same
/// order.
pub fn questions(domain: &Domain, token: &Address, claims: &[Claim], by_contracts: &[ContractSigned]) -> Vec<Question> {
    let payouts = domain.verifying_contract;
    let views = VIEWS.into_iter().map(|view| Question { to: payouts, data: selector(&[view]) });
    let holder = calldata::call("balanceOf(address)", &[word_of_address(&payouts)]);
    let ours = [Question { to: *token, data: selector(&["decimals()"]) }, Question { to: *token, data: holder }];
    let settled = months(claims).into_iter();
    let settled = settled.map(|(index, month)| settled_question(domain, AmbassadorIndex::new(index), month));
    let asks = |signed: &ContractSigned| Question {
        to: signed.signer,
        data: calldata::is_valid_signature(&signed.digest, signed.signature.as_bytes()),
    };
    views.chain(ours).chain(settled).chain(by_contracts.iter().map(asks)).collect()
}

/// Returns what asks whether a month of an ambassador was paid or voided; [`read_settled`] takes the answer.
pub fn settled_question(domain: &Domain, index: AmbassadorIndex, month: Month) -> Question {
    let words = [word_of_u128(index.as_u32().into()), word_of_u128(month.as_number().into())];
    Question { to: domain.verifying_contract, data: calldata::call(IS_SETTLED, &words) }
}

/// Reads the answer to [`settled_question`].
///
/// # Errors
///
/// The answer is not that of a claim contract.
pub fn read_settled(answer: Vec<u8>) -> Result<bool, AnswerError> {
    Word::read(IS_SETTLED, answer)?.truth()
}

/// Returns what asks for the most that one claim can be over; [`read_max_claim`] takes the answer.
pub fn max_claim_question(domain: &Domain) -> Question {
    Question { to: domain.verifying_contract, data: selector(&[MAX_CLAIM]) }
}

/// Reads the answer to [`max_claim_question`]; more than 128 bits is read as the most that 128 bits hold.
///
/// # Errors
///
/// The answer is not that of a claim contract.
pub fn read_max_claim(answer: Vec<u8>) -> Result<TokenAmount, AnswerError> {
    Ok(TokenAmount::from_base_units(Word::read(MAX_CLAIM, answer)?.number()))
}

/// Every index and month of the claims, each once.
fn months(claims: &[Claim]) -> BTreeSet<(u32, Month)> {
    let pairs = |claim: &Claim| {
        let index = claim.index.as_u32();
        claim.months.months().map(move |month| (index, month))
    };
    claims.iter().flat_map(pairs).collect()
}

/// Returns what asks a claim contract for the token that it pays; [`read_token`] takes the answer.
pub fn token_question(domain: &Domain) -> Question {
    Question { to: domain.verifying_contract, data: selector(&[TOKEN]) }
}

/// Reads the answer to [`token_question`].
///
/// # Errors
///
/// The answer is not that of a claim contract.
pub fn read_token(answer: Vec<u8>) -> Result<Address, AnswerError> {
    if answer.is_empty() {
        return Err(AnswerError::NoContract);
    }
    Word::read(TOKEN, answer)?.address()
}

/// The state of a claim contract at one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractState {
    /// Who must have signed.
    pub signer: Address,
    /// Whether the signer is a contract, which is asked about each signature (ERC-1271).
    pub signer_is_contract: bool,
    /// Whether redemptions are paused.
    pub paused: bool,
    /// Whole tokens that a UTC day may pay, or none without a limit.
    pub daily_cap: Option<u128>,
    /// Whole tokens counted today.
    pub spent_today: u128,
    /// The most that one claim can be over.
    pub max_claim: TokenAmount,
    /// Base units of one whole token.
    pub unit: u128,
    /// What the contract can pay.
    pub balance: TokenAmount,
    /// The months of the indexes that were asked about and are paid or voided.
    pub settled: BTreeSet<(u32, Month)>,
    /// The digests that a contract says it signed, each with that contract (ERC-1271).
    pub confirmed: Vec<(Address, Hash32)>,
}

/// Why answers are not those of a claim contract.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// Nothing answers.
    #[error("no claim contract answers at this address")]
    NoContract,
    /// There are more or fewer answers than questions.
    #[error("{found} answers for {expected} questions")]
    Number {
        /// How many answers.
        found: usize,
        /// How many questions.
        expected: usize,
    },
    /// An answer is of another type.
    #[error("the answer `0x{}` to `{question}` cannot be read", hex::encode(.answer))]
    Type {
        /// The question.
        question: &'static str,
        /// The answer.
        answer: Vec<u8>,
    },
}

impl Diagnostic for AnswerError {
    fn code(&self) -> &'static str {
        match self {
            Self::NoContract => "NO_CONTRACT",
            Self::Number { .. } | Self::Type { .. } => "CHAIN_ANSWER",
        }
    }

    fn help(&self) -> String {
        match self {
            Self::NoContract => "choose the network that the claims are for",
            Self::Number { .. } | Self::Type { .. } => "ask again, or through another node",
        }
        .to_string()
    }
}

impl ContractState {
    /// Reads the answers to [`questions`] about the same claims.
    ///
    /// # Errors
    ///
    /// The answers are not those of a claim contract.
    pub fn read(claims: &[Claim], by_contracts: &[ContractSigned], answers: &[Vec<u8>]) -> Result<Self, AnswerError> {
        let months = months(claims);
        let expected = VIEWS.len().saturating_add(2).saturating_add(months.len()).saturating_add(by_contracts.len());
        if answers.len() != expected {
            return Err(AnswerError::Number { found: answers.len(), expected });
        }
        if answers.iter().all(Vec::is_empty) {
            return Err(AnswerError::NoContract);
        }
        let mut answers = answers.iter();
        let mut next = |question| Word::read(question, answers.next().cloned().unwrap_or_default());
        let [signer, signer_is_contract, paused, daily_cap, spent_today, max_claim] = VIEWS;
        let state = Self {
            signer: next(signer)?.address()?,
            signer_is_contract: next(signer_is_contract)?.truth()?,
            paused: next(paused)?.truth()?,
            daily_cap: Some(next(daily_cap)?.number()).filter(|cap| *cap != u32::MAX.into()),
            spent_today: next(spent_today)?.number(),
            max_claim: TokenAmount::from_base_units(next(max_claim)?.number()),
            unit: next("decimals()")?.unit()?,
            balance: TokenAmount::from_base_units(next("balanceOf(address)")?.number()),
            settled: BTreeSet::new(),
            confirmed: Vec::new(),
        };
        let mut settled = BTreeSet::new();
        for pair in months {
            if next(IS_SETTLED)?.truth()? {
                settled.insert(pair);
            }
        }
        // Whatever a contract answers but its one yes is a no; one that is none answers nothing.
        let yes = calldata::is_valid_signature_yes();
        let confirmed = by_contracts.iter().zip(answers).filter(|(_, answer)| answer.as_slice() == yes);
        let confirmed = confirmed.map(|(signed, _)| (signed.signer, signed.digest)).collect();
        Ok(Self { settled, confirmed, ..state })
    }
}

/// An answer of one word.
struct Word {
    question: &'static str,
    word: [u8; 32],
}

impl Word {
    fn read(question: &'static str, answer: Vec<u8>) -> Result<Self, AnswerError> {
        match <[u8; 32]>::try_from(answer.as_slice()) {
            Ok(word) => Ok(Self { question, word }),
            Err(_) => Err(AnswerError::Type { question, answer }),
        }
    }

    fn wrong(&self) -> AnswerError {
        AnswerError::Type { question: self.question, answer: self.word.to_vec() }
    }

    /// Returns the number, or the largest one of 128 bits where it is larger.
    fn number(&self) -> u128 {
        number_of_word(&self.word)
    }

    fn truth(&self) -> Result<bool, AnswerError> {
        match self.number() {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.wrong()),
        }
    }

    fn address(&self) -> Result<Address, AnswerError> {
        address_of_word(&self.word).ok_or_else(|| self.wrong())
    }

    /// Returns the base units of one whole token, from its decimal places.
    fn unit(&self) -> Result<u128, AnswerError> {
        let places = u32::try_from(self.number()).ok();
        places.and_then(|places| 10_u128.checked_pow(places)).ok_or_else(|| self.wrong())
    }
}

pub(crate) fn number_of_word(word: &[u8; 32]) -> u128 {
    let (high, low) = word.split_at(16);
    match <[u8; 16]>::try_from(low) {
        Ok(low) if high.iter().all(|byte| *byte == 0) => u128::from_be_bytes(low),
        _ => u128::MAX,
    }
}

pub(crate) fn address_of_word(word: &[u8; 32]) -> Option<Address> {
    let (high, low) = word.split_at(12);
    let bytes = <[u8; 20]>::try_from(low).ok()?;
    high.iter().all(|byte| *byte == 0).then(|| Address::from_bytes(bytes)).flatten()
}

/// Why the contract refused a call, in the words of its own errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stable code.
    pub code: &'static str,
    /// What happened.
    pub sentence: String,
    /// What to do.
    pub help: &'static str,
}

/// The contract's own errors: signature, code, sentence.
const REFUSALS: [(&str, &str, &str); 9] = [
    ("RedemptionsPaused()", "PAUSED", "Redemptions are paused."),
    ("ClaimExpired(uint256)", "CLAIM_EXPIRED", "The claim was not redeemed in time."),
    ("AlreadySettled(uint256,uint256,uint256)", "ALREADY_SETTLED", "The month was paid before."),
    ("ZeroAmount()", "CLAIM_ZERO", "The claim is over nothing."),
    ("AboveMaxClaim(uint256,uint256)", "ABOVE_MAX_CLAIM", "The claim is over more than the contract pays at once."),
    ("DailyCapExceeded(uint256,uint256,uint256)", "DAILY_CAP", "The contract has paid today what it pays in a day."),
    ("InvalidSignature(bytes32)", "SIGNER_DIFFERS", "The claim is not signed by the contract's signer."),
    ("InvalidMonths(uint256,uint256)", "CLAIM_MONTHS", "The claim's months cannot be settled together."),
    ("NotAccount(address,address)", "NOT_ACCOUNT", "Only the claim's account may send its money elsewhere."),
];

/// Returns what to do where a claim cannot be redeemed, by the stable code of the reason.
pub fn what_to_do(code: &str) -> &'static str {
    match code {
        "READY" => "",
        "WRONG_CHAIN" => "Switch the network.",
        "STATEMENT_MISSING" | "STATEMENT_DIFFERS" => "Fetch claim and statement again from the programme.",
        "PAUSED" => "Wait until the programme unpauses them.",
        "CLAIM_EXPIRED" => "The amount is still owed: ask the treasury to issue the claim again.",
        "ALREADY_SETTLED" => "Nothing is left to redeem of it.",
        "CLAIM_ZERO" => "There is nothing to redeem.",
        "ABOVE_MAX_CLAIM" => "Ask the treasury to split it.",
        "DAILY_CAP" => "Try again after midnight UTC.",
        "SIGNER_DIFFERS" | "SIGNATURE_NOT_OF_CONTRACT" => {
            "Fetch the claim again, or ask the treasury to sign it again."
        }
        "OTHER_CLAIM_FIRST" => "Redeem the other claim: it holds this amount, too.",
        "CLAIM_MONTHS" => "Fetch the claim again from the programme.",
        "NOT_ACCOUNT" => "Send from the account that the claim is for.",
        "NO_FUNDS" => "Ask the treasury to fund the month.",
        _ => "Check that the claim, the network and the contract belong together.",
    }
}

impl Refusal {
    /// Reads what a call reverted with.
    pub fn read(data: &[u8]) -> Self {
        let known = |text: &str| data.starts_with(&selector(&[text]));
        let (code, sentence) = if let Some((_, code, sentence)) = REFUSALS.into_iter().find(|(text, ..)| known(text)) {
            (code, sentence.to_string())
        } else if known("ERC20InsufficientBalance(address,uint256,uint256)") || known("Error(string)") {
            // The token's own refusal, which the contract passes on: in all likelihood it lacks the money.
            ("NO_FUNDS", "The token refused the payment: the contract does not hold enough.".to_string())
        } else {
            let shown = hex::encode(data.get(..data.len().min(36)).unwrap_or_default());
            ("REVERTED", format!("The contract refused the call with `0x{shown}`."))
        };
        Self { code, sentence, help: what_to_do(code) }
    }
}
