//! Statements: why each cent of an ambassador's month is or is not paid.

use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

use ambassador_core::{
    documents::{
        account::{Account, ClaimStanding, Outlook},
        statement::{LinePart, PendingPart, StatementDocument, statement_hash},
    },
    hash::keccak256,
    token::{Decimals, TokenAmount},
};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    error::Failure,
    explanation::steps,
    mirror::{self, written},
    text::parse,
};

written! {
    /// A statement, as it was published and hashed.
    Statement {
        hash: String => "hash": "string",
        programme: String => "programme": "string",
        ambassador: StatedAmbassador => "ambassador": "StatedAmbassador",
        month: String => "month": "string",
        as_of: String => "asOf": "string",
        terms: String => "terms": "string",
        token: StatedToken => "token": "StatedToken",
        price: StatedPrice => "price": "StatedPrice",
        lines: Vec<StatedLine> => "lines": "StatedLine[]",
        pending: Vec<StatedPending> => "pending": "StatedPending[]",
        total_usd: String => "totalUsd": "string",
        amount: String => "amount": "string",
        tokens: String => "tokens": "string",
    }
    /// Whose statement it is.
    StatedAmbassador {
        index: String => "index": "string",
        id: String => "id": "string",
        name: String => "name": "string",
        payee: String => "payee": "string",
        account: Option<String> => "account": "string | undefined",
    }
    /// What is paid in.
    StatedToken {
        symbol: String => "symbol": "string",
        decimals: u32 => "decimals": "number",
        chain_id: String => "chainId": "string",
        address: String => "address": "string",
    }
    /// The month's price and the closes that made it.
    StatedPrice {
        policy: String => "policy": "string",
        usd: String => "usd": "string",
        tokens: String => "tokens": "string",
        file: String => "file": "string",
        samples: Vec<StatedSample> => "samples": "StatedSample[]",
    }
    /// A close: so many dollars buy so many tokens.
    StatedSample {
        date: String => "date": "string",
        usd: String => "usd": "string",
        tokens: String => "tokens": "string",
    }
    /// A line that is or was earned.
    StatedLine {
        creator: Option<String> => "creator": "string | undefined",
        kind: String => "kind": "string",
        terms_version: u32 => "termsVersion": "number",
        entitled: String => "entitledUsd": "string",
        credited_before: String => "creditedBeforeUsd": "string",
        credit: String => "creditUsd": "string",
        locked_at: Option<String> => "lockedAt": "string | undefined",
        figures: Vec<Vec<String>> => "figures": "[name: string, value: string][]",
    }
    /// An amount that is not paid, and why.
    StatedPending {
        creator: Option<String> => "creator": "string | undefined",
        kind: String => "kind": "string",
        amount: String => "amountUsd": "string",
        code: String => "code": "string",
        sentence: String => "sentence": "string",
        figure: String => "figure": "string",
        next: Option<String> => "next": "string | undefined",
        outlook: &'static str => "outlook": "\"upcoming\" | \"locked\" | \"lost\"",
    }
    /// An ambassador's sums, kept apart; those in dollars say so, the others are base units.
    Sums {
        upcoming: String => "upcomingUsd": "string",
        locked: String => "lockedUsd": "string",
        claimable_usd: String => "claimableUsd": "string",
        claimable: String => "claimable": "string",
        redeemed_usd: String => "redeemedUsd": "string",
        redeemed: String => "redeemed": "string",
        expired_usd: String => "expiredUsd": "string",
        expired: String => "expired": "string",
        unknown_usd: String => "unknownUsd": "string",
        unknown: String => "unknown": "string",
    }
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A published month of an ambassador, with what is known of its claim; `unknown` where nobody asked the chain. */
export interface AccountMonth {
    statement: Uint8Array;
    claim: "none" | "claimable" | "redeemed" | "expired" | "unknown";
}
"#;

/// Returns keccak-256 of a file's bytes.
#[wasm_bindgen(js_name = fileHash)]
pub fn file_hash(#[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue) -> Result<String, Failure> {
    Ok(keccak256(&[&mirror::bytes("bytes", bytes)?]).to_string())
}

/// Reads a statement and hashes it; one that is not written in its one form is refused.
#[wasm_bindgen(js_name = readStatement, unchecked_return_type = "Statement")]
pub fn read_statement(
    #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue,
) -> Result<JsValue, Failure> {
    let bytes = mirror::bytes("bytes", bytes)?;
    mirror::write(&Statement::of(StatementDocument::from_bytes(&bytes)?, &bytes)?)
}

/// Returns every rule that made the sum of a statement.
#[wasm_bindgen(js_name = explainStatement, unchecked_return_type = "Step[]")]
pub fn explain_statement(
    #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue,
) -> Result<JsValue, Failure> {
    steps(StatementDocument::from_bytes(&mirror::bytes("bytes", bytes)?)?.explain()?)
}

/// Returns an ambassador's sums over months in order; what is not paid is that of the last one.
#[wasm_bindgen(unchecked_return_type = "Sums")]
pub fn sums(#[wasm_bindgen(unchecked_param_type = "AccountMonth[]")] months: &JsValue) -> Result<JsValue, Failure> {
    let read = |(place, month): (usize, JsValue)| {
        let path = |name| format!("months[{place}].{name}");
        let bytes = mirror::bytes(&path("statement"), &mirror::property(&month, "statement"))?;
        let standing: String = mirror::read_at(&path("claim"), &mirror::property(&month, "claim"))?;
        Ok((StatementDocument::from_bytes(&bytes)?, claim_standing(&path("claim"), &standing)?))
    };
    let months = mirror::items("months", months)?.into_iter().enumerate().map(read);
    let account = Account::of(&months.collect::<Result<Vec<_>, Failure>>()?)?;
    mirror::write(&Sums {
        upcoming: account.upcoming.to_string(),
        locked: account.locked.to_string(),
        claimable_usd: account.claimable.usd.to_string(),
        claimable: account.claimable.amount.to_string(),
        redeemed_usd: account.redeemed.usd.to_string(),
        redeemed: account.redeemed.amount.to_string(),
        expired_usd: account.expired.usd.to_string(),
        expired: account.expired.amount.to_string(),
        unknown_usd: account.unknown.usd.to_string(),
        unknown: account.unknown.amount.to_string(),
    })
}

/// Returns the exact sum of amounts in base units.
#[wasm_bindgen(js_name = addBaseUnits)]
pub fn add_base_units(#[wasm_bindgen(unchecked_param_type = "string[]")] amounts: &JsValue) -> Result<String, Failure> {
    let mut sum = TokenAmount::ZERO;
    for (place, amount) in mirror::read::<Vec<String>>(amounts)?.iter().enumerate() {
        let amount = parse(&format!("amounts[{place}]"), amount)?;
        sum = sum.checked_add(amount).ok_or_else(|| Failure::shape("the sum is larger than any token amount"))?;
    }
    Ok(sum.to_string())
}

/// Returns an amount in base units as whole tokens, exactly.
#[wasm_bindgen(js_name = toTokens)]
pub fn to_tokens(
    #[wasm_bindgen(unchecked_param_type = "string")] amount: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "number")] decimals: &JsValue,
) -> Result<String, Failure> {
    whole_tokens(&mirror::read_at::<String>("amount", amount)?, mirror::read_at("decimals", decimals)?)
}

fn whole_tokens(amount: &str, decimals: u8) -> Result<String, Failure> {
    let most = || Failure::shape_at("decimals", "a token has at most 30 decimals");
    Ok(parse::<TokenAmount>("amount", amount)?.to_tokens(Decimals::new(decimals).ok_or_else(most)?))
}

fn claim_standing(path: &str, word: &str) -> Result<ClaimStanding, Failure> {
    match word {
        "none" => Ok(ClaimStanding::None),
        "claimable" => Ok(ClaimStanding::Claimable),
        "redeemed" => Ok(ClaimStanding::Redeemed),
        "expired" => Ok(ClaimStanding::Expired),
        "unknown" => Ok(ClaimStanding::Unknown),
        _ => Err(Failure::shape_at(path, "it is none of the words of its type")),
    }
}

impl Statement {
    fn of(document: StatementDocument, bytes: &[u8]) -> Result<Self, Failure> {
        let tokens = whole_tokens(&document.amount, document.token.decimals)?;
        Ok(Self {
            hash: statement_hash(bytes).to_string(),
            programme: document.programme,
            ambassador: StatedAmbassador {
                index: document.ambassador.index,
                id: document.ambassador.id,
                name: document.ambassador.name,
                payee: document.ambassador.payee,
                account: document.ambassador.account,
            },
            month: document.month,
            as_of: document.as_of,
            terms: document.terms,
            token: StatedToken {
                symbol: document.token.symbol,
                decimals: document.token.decimals.into(),
                chain_id: document.token.chain_id,
                address: document.token.address,
            },
            price: StatedPrice {
                policy: document.price.policy,
                usd: document.price.usd,
                tokens: document.price.tokens,
                file: document.price.file,
                samples: document
                    .price
                    .samples
                    .into_iter()
                    .map(|sample| StatedSample { date: sample.date, usd: sample.usd, tokens: sample.tokens })
                    .collect(),
            },
            lines: document.lines.into_iter().map(StatedLine::of).collect(),
            pending: document.pending.into_iter().map(StatedPending::of).collect(),
            total_usd: document.total_usd,
            amount: document.amount,
            tokens,
        })
    }
}

impl StatedLine {
    fn of(line: LinePart) -> Self {
        Self {
            creator: line.creator,
            kind: line.kind,
            terms_version: line.terms_version,
            entitled: line.entitled,
            credited_before: line.credited_before,
            credit: line.credit,
            locked_at: line.locked_at,
            figures: line.figures.into_iter().map(|(name, value)| [name, value].to_vec()).collect(),
        }
    }
}

impl StatedPending {
    fn of(line: PendingPart) -> Self {
        Self {
            outlook: Outlook::of(&line).as_str(),
            creator: line.creator,
            kind: line.kind,
            amount: line.amount,
            code: line.code,
            sentence: line.sentence,
            figure: line.figure,
            next: line.next,
        }
    }
}
