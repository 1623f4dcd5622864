//! Claims: what they say, who signed them, whether the contract will pay, and what to send it.

use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

use ambassador_core::{
    address::Address,
    claim::{Claim as CoreClaim, Domain},
    contract::{ContractSigned, ContractState, Question, Refusal, questions, read_token, token_question},
    contract_event::Redeemed,
    documents::{
        claim::ClaimDocument,
        given_claim::{GivenClaim, redeem_calldata},
        statement::statement_hash,
    },
    records::AmbassadorIndex,
    redemption::{ChainState, Outcome, Presented, Signer, Verdict as CoreVerdict, judge as judge_claims, shown_time},
    token::TokenAmount,
};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    error::Failure,
    mirror::{self, received, written},
    recovery,
    text::{bytes, hexadecimal, parse, word},
};

written! {
    /// A claim whose digest and calldata fit its fields, and whose signature leads to its signer where a key signed; a
    /// contract that signed is asked by `contractReads`.
    Claim {
        account: String => "account": "string",
        index: String => "index": "string",
        from: String => "from": "string",
        to: String => "to": "string",
        amount: String => "amount": "string",
        deadline: String => "deadline": "string",
        valid_until: String => "validUntil": "string",
        statement: String => "statement": "string",
        chain_id: String => "chainId": "string",
        payouts: String => "payouts": "string",
        digest: String => "digest": "string",
        signer: String => "signer": "string",
        signed_by: &'static str => "signedBy": "\"key\" | \"contract\"",
    }
    /// A call of a contract.
    Call {
        to: String => "to": "string",
        data: String => "data": "string",
    }
    /// What can be said of a claim before it is sent.
    Verdict {
        state: &'static str => "state": "\"redeemable\" | \"redeemed\" | \"refused\"",
        code: &'static str => "code": "string",
        sentence: String => "sentence": "string",
        help: &'static str => "help": "string",
        checks: Vec<Check> => "checks": "Check[]",
    }
    /// Something that was looked at.
    Check {
        name: &'static str => "name": "string",
        passed: bool => "passed": "boolean",
        figure: String => "figure": "string",
    }
    /// Why the contract refused a call.
    Refused {
        code: &'static str => "code": "string",
        sentence: String => "sentence": "string",
        help: &'static str => "help": "string",
    }
    /// The topics of the logs that report payments of an ambassador; the account's topic stands between the two.
    PaymentTopics {
        event: String => "event": "string",
        index: String => "index": "string",
    }
    /// A payment that the contract reported.
    Payment {
        account: String => "account": "string",
        index: String => "index": "string",
        from: String => "from": "string",
        to: String => "to": "string",
        amount: String => "amount": "string",
        statement: String => "statement": "string",
    }
}

received! {
    /// A chain at one block: its number, the block's time, and the answers to `contractReads`, all as text.
    Chain {
        id: String => "chainId": "string",
        timestamp: String => "timestamp": "string",
        answers: Vec<String> => "answers": "string[]",
    }
    /// A log of a transaction's receipt.
    Log {
        address: String => "address": "string",
        topics: Vec<String> => "topics": "string[]",
        data: String => "data": "string",
    }
}

#[wasm_bindgen(typescript_custom_section)]
const FILES: &str = r#"
/** A claim file with the statement file that was found with it. */
export interface ClaimFile {
    claim: Uint8Array;
    statement: Uint8Array | undefined;
}
"#;

/// Reads a claim; one whose digest, calldata or signature does not fit is refused.
#[wasm_bindgen(js_name = readClaim, unchecked_return_type = "Claim")]
pub fn read_claim(#[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue) -> Result<JsValue, Failure> {
    let given = recovered(&mirror::bytes("bytes", bytes)?)?;
    let (domain, claim) = (given.domain(), given.claim());
    mirror::write(&Claim {
        account: claim.account.to_string(),
        index: claim.index.to_string(),
        from: claim.months.from().to_string(),
        to: claim.months.to().to_string(),
        amount: claim.amount.to_string(),
        deadline: shown_time(claim.deadline),
        valid_until: claim.deadline.to_string(),
        statement: claim.statement.to_string(),
        chain_id: domain.chain_id.to_string(),
        payouts: domain.verifying_contract.to_string(),
        digest: claim.digest(domain).to_string(),
        signer: given.signer().address().to_string(),
        signed_by: match given.signer() {
            Signer::Key(_) => "key",
            Signer::Contract(_) => "contract",
        },
    })
}

/// Returns the EIP-712 digest of a claim, without looking at its signature.
#[wasm_bindgen]
pub fn digest(#[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue) -> Result<String, Failure> {
    let given = given(&mirror::bytes("bytes", bytes)?)?;
    Ok(given.claim().digest(given.domain()).to_string())
}

/// Returns what asks the claims' contract for the token that it pays.
#[wasm_bindgen(js_name = tokenRead, unchecked_return_type = "Call")]
pub fn token_read(#[wasm_bindgen(unchecked_param_type = "Uint8Array[]")] claims: &JsValue) -> Result<JsValue, Failure> {
    mirror::write(&Call::of(&token_question(&of_one_contract(claims)?.0)))
}

/// Returns what a wallet must be asked before claims of one contract can be judged; `token` is the answer to `tokenRead`.
#[wasm_bindgen(js_name = contractReads, unchecked_return_type = "Call[]")]
pub fn contract_reads(
    #[wasm_bindgen(unchecked_param_type = "Uint8Array[]")] claims: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] token: &JsValue,
) -> Result<JsValue, Failure> {
    let (domain, claims) = of_one_contract(claims)?;
    let token = hexadecimal("token", &mirror::read_at::<String>("token", token)?)?;
    let token = read_token(token).map_err(|error| Failure::of(&error))?;
    let questions = questions(&domain, &token, &claims_of(&claims), &to_ask(&claims));
    mirror::write(&questions.iter().map(Call::of).collect::<Vec<_>>())
}

/// Judges claims of one contract in order, as if each was redeemed before the next.
#[wasm_bindgen(unchecked_return_type = "Verdict[]")]
pub fn judge(
    #[wasm_bindgen(unchecked_param_type = "ClaimFile[]")] files: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "Chain")] chain: &JsValue,
) -> Result<JsValue, Failure> {
    let chain: Chain = mirror::read(chain)?;
    let files = mirror::items("files", files)?;
    let read = files.iter().enumerate().map(present).collect::<Result<Vec<_>, Failure>>()?;
    let (given, presented): (Vec<GivenClaim>, Vec<Presented>) = read.into_iter().unzip();
    let answer = |(place, answer): (usize, &String)| hexadecimal(&format!("answers[{place}]"), answer);
    let answers = chain.answers.iter().enumerate().map(answer).collect::<Result<Vec<_>, Failure>>()?;
    let state = ChainState {
        chain_id: integer("chainId", &chain.id)?,
        timestamp: integer("timestamp", &chain.timestamp)?,
        contract: ContractState::read(&claims_of(&given), &to_ask(&given), &answers)
            .map_err(|error| Failure::of(&error))?,
    };
    let verdicts = judge_claims(&presented, &state);
    mirror::write(&verdicts.into_iter().map(Verdict::of).collect::<Vec<_>>())
}

/// Returns the call that redeems one claim, or many of one contract.
#[wasm_bindgen(js_name = redeemCall, unchecked_return_type = "Call")]
pub fn redeem_call(
    #[wasm_bindgen(unchecked_param_type = "Uint8Array[]")] claims: &JsValue,
) -> Result<JsValue, Failure> {
    let (domain, claims) = of_one_contract(claims)?;
    let alone = "a contract signed it, and such a claim is redeemed by itself";
    let data = redeem_calldata(&claims).map_err(|place| Failure::shape_at(&format!("claims[{place}]"), alone))?;
    mirror::write(&Call { to: domain.verifying_contract.to_string(), data: bytes(&data) })
}

/// Returns why the contract refused a call, from what the call reverted with.
#[wasm_bindgen(js_name = explainRevert, unchecked_return_type = "Refused")]
pub fn explain_revert(#[wasm_bindgen(unchecked_param_type = "string")] data: &JsValue) -> Result<JsValue, Failure> {
    let refusal = Refusal::read(&hexadecimal("data", &mirror::read_at::<String>("data", data)?)?);
    mirror::write(&Refused { code: refusal.code, sentence: refusal.sentence, help: refusal.help })
}

/// Returns the topics by which the payments of an ambassador are found; `index` is that of the claims.
#[wasm_bindgen(js_name = paymentTopics, unchecked_return_type = "PaymentTopics")]
pub fn payment_topics(#[wasm_bindgen(unchecked_param_type = "string")] index: &JsValue) -> Result<JsValue, Failure> {
    let index: u32 = integer("index", &mirror::read_at::<String>("index", index)?)?;
    let [event, index] = Redeemed::topics(AmbassadorIndex::new(index)).map(|topic| topic.to_string());
    mirror::write(&PaymentTopics { event, index })
}

/// Returns the payments of a claim contract among the logs of a receipt.
#[wasm_bindgen(js_name = readReceipt, unchecked_return_type = "Payment[]")]
pub fn read_receipt(
    #[wasm_bindgen(unchecked_param_type = "Log[]")] logs: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] payouts: &JsValue,
) -> Result<JsValue, Failure> {
    let logs: Vec<Log> = mirror::read_at("logs", logs)?;
    let payouts: Address = parse("payouts", &mirror::read_at::<String>("payouts", payouts)?)?;
    let payouts = payouts.to_string().to_ascii_lowercase();
    let mut payments = Vec::new();
    for (place, log) in logs.iter().enumerate().filter(|(_, log)| log.address.to_ascii_lowercase() == payouts) {
        let topics = log.topics.iter().map(|topic| word(&format!("logs[{place}].topics"), topic));
        let topics = topics.collect::<Result<Vec<_>, Failure>>()?;
        let data = hexadecimal(&format!("logs[{place}].data"), &log.data)?;
        payments.extend(Redeemed::read(&topics, &data).map(Payment::of));
    }
    mirror::write(&payments)
}

/// Reads a claim.
fn given(bytes: &[u8]) -> Result<GivenClaim, Failure> {
    Ok(ClaimDocument::from_bytes(bytes)?.to_given_claim()?)
}

/// Reads a claim, and checks by recovery that its signer signed it where that is a key.
fn recovered(bytes: &[u8]) -> Result<GivenClaim, Failure> {
    let given = given(bytes)?;
    if let GivenClaim::Key(signed) = &given {
        recovery::check(signed).map_err(|error| Failure::of(&error))?;
    }
    Ok(given)
}

/// Returns the claims without their signatures.
fn claims_of(given: &[GivenClaim]) -> Vec<CoreClaim> {
    given.iter().map(|given| *given.claim()).collect()
}

/// Returns what contracts are asked about.
fn to_ask(given: &[GivenClaim]) -> Vec<ContractSigned> {
    given.iter().filter_map(GivenClaim::to_ask).collect()
}

/// Reads claims that must all be for one contract.
fn of_one_contract(claims: &JsValue) -> Result<(Domain, Vec<GivenClaim>), Failure> {
    let claim = |(place, claim): (usize, JsValue)| given(&mirror::bytes(&format!("claims[{place}]"), &claim)?);
    let claims = mirror::items("claims", claims)?.into_iter().enumerate().map(claim);
    let claims = claims.collect::<Result<Vec<GivenClaim>, Failure>>()?;
    let domain = *claims.first().ok_or_else(|| Failure::shape_at("claims", "there are none"))?.domain();
    if let Some(place) = claims.iter().position(|other| *other.domain() != domain) {
        return Err(Failure::shape_at(&format!("claims[{place}]"), "it is for another contract than the first"));
    }
    Ok((domain, claims))
}

/// Reads a claim with its statement as it was found.
fn present((place, file): (usize, &JsValue)) -> Result<(GivenClaim, Presented), Failure> {
    let path = |name| format!("files[{place}].{name}");
    let given = recovered(&mirror::bytes(&path("claim"), &mirror::property(file, "claim"))?)?;
    let statement = Some(mirror::property(file, "statement")).filter(|file| !file.is_undefined());
    let statement = statement.map(|file| mirror::bytes(&path("statement"), &file)).transpose()?;
    let statement = statement.map(|bytes| statement_hash(&bytes));
    let presented = Presented { domain: *given.domain(), claim: *given.claim(), signer: given.signer(), statement };
    Ok((given, presented))
}

/// Reads an unsigned integer without leading zeros that fits its type.
fn integer<T: TryFrom<u128>>(path: &str, digits: &str) -> Result<T, Failure> {
    let number: TokenAmount = parse(path, digits)?;
    T::try_from(number.as_base_units()).map_err(|_| Failure::shape_at(path, "it is too large a number"))
}

impl Call {
    fn of(question: &Question) -> Self {
        Self { to: question.to.to_string(), data: bytes(&question.data) }
    }
}

impl Verdict {
    fn of(verdict: CoreVerdict) -> Self {
        let check = |check: ambassador_core::redemption::Check| Check {
            name: check.name,
            passed: check.passed,
            figure: check.figure,
        };
        Self {
            state: match verdict.outcome {
                Outcome::Redeemable => "redeemable",
                Outcome::Settled => "redeemed",
                Outcome::Refused => "refused",
            },
            code: verdict.code,
            sentence: verdict.sentence,
            help: verdict.help,
            checks: verdict.checks.into_iter().map(check).collect(),
        }
    }
}

impl Payment {
    fn of(redeemed: Redeemed) -> Self {
        Self {
            account: redeemed.account.to_string(),
            index: redeemed.index.to_string(),
            from: redeemed.from.to_string(),
            to: redeemed.to.to_string(),
            amount: redeemed.amount.to_string(),
            statement: redeemed.statement.to_string(),
        }
    }
}
