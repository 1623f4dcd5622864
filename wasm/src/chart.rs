//! What charts are drawn from: curves, proportions, sums.

use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

use ambassador_core::{
    basis_points::BasisPoints,
    documents::terms::QuoteTermsDocument,
    quote,
    usd::{SignedUsd, Volume},
};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    calculator::PlannedCreator,
    error::Failure,
    mirror::{self, written},
    text::parse,
};

written! {
    /// From this volume on a creator earns this reward.
    CurveStep {
        volume_usd: String => "volumeUsd": "string",
        reward_usd: String => "rewardUsd": "string",
    }
}

/// Returns the reward of one creator over volume, before the caps of the month: steps from no volume upwards.
#[wasm_bindgen(unchecked_return_type = "CurveStep[]")]
pub fn curve(
    #[wasm_bindgen(unchecked_param_type = "TermsTable")] terms: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "PlannedCreator")] creator: &JsValue,
) -> Result<JsValue, Failure> {
    let terms = mirror::read::<QuoteTermsDocument>(terms)?.to_quote_terms()?;
    let creator = mirror::read::<PlannedCreator>(creator)?.read("")?;
    let steps = quote::curve(&terms, &creator).map_err(|error| Failure::of(&error))?;
    let steps =
        steps.iter().map(|step| CurveStep { volume_usd: step.volume.to_string(), reward_usd: step.reward.to_string() });
    mirror::write(&steps.collect::<Vec<_>>())
}

/// Returns how much of a whole its parts are, in basis points from 0 to 10,000, for bars and charts.
///
/// Amounts are dollars or whole tokens with at most 18 decimals.
#[wasm_bindgen(unchecked_return_type = "number[]")]
pub fn proportions(
    #[wasm_bindgen(unchecked_param_type = "string[]")] parts: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] whole: &JsValue,
) -> Result<JsValue, Failure> {
    let whole: Volume = parse("whole", &mirror::read_at::<String>("whole", whole)?)?;
    let mut shares: Vec<u32> = Vec::new();
    for (place, part) in mirror::read::<Vec<String>>(parts)?.iter().enumerate() {
        shares.push(BasisPoints::proportion(parse(&format!("parts[{place}]"), part)?, whole).into());
    }
    mirror::write(&shares)
}

/// Returns the exact sum of amounts of dollars, which may be negative.
#[wasm_bindgen(js_name = addUsd)]
pub fn add_usd(#[wasm_bindgen(unchecked_param_type = "string[]")] amounts: &JsValue) -> Result<String, Failure> {
    let mut sum = SignedUsd::ZERO;
    for (place, amount) in mirror::read::<Vec<String>>(amounts)?.iter().enumerate() {
        let amount = parse(&format!("amounts[{place}]"), amount)?;
        sum = sum.checked_add(amount).ok_or_else(|| Failure::shape("the sum is larger than any programme's"))?;
    }
    Ok(sum.to_string())
}
