//! Every rule that made a number, in words.

use alloc::{string::String, vec::Vec};

use ambassador_core::explanation::{self, explain_creator, explain_total};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    calculator::ReadPlan,
    error::Failure,
    mirror::{self, written},
};

written! {
    /// What one rule said.
    Step {
        rule: &'static str => "rule": "string",
        title: &'static str => "title": "string",
        sentence: String => "sentence": "string",
        figure: String => "figure": "string",
    }
}

/// Returns every rule that made the numbers of one creator of a plan; the first is 0.
#[wasm_bindgen(unchecked_return_type = "Step[]")]
pub fn explain(
    #[wasm_bindgen(unchecked_param_type = "Plan")] plan: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "number")] creator: &JsValue,
) -> Result<JsValue, Failure> {
    let plan = ReadPlan::read(plan)?;
    let creator: u32 = mirror::read_at("creator", creator)?;
    let creator = usize::try_from(creator).unwrap_or(usize::MAX);
    let quote = plan.quote()?;
    let pair = plan.creators.get(creator).zip(quote.creators.get(creator));
    let (planned, quoted) = pair.ok_or_else(|| Failure::shape("the plan has no such creator"))?;
    steps(explain_creator(&plan.terms, planned, quoted))
}

/// Returns every rule that made the sum of a plan.
#[wasm_bindgen(js_name = explainTotal, unchecked_return_type = "Step[]")]
pub fn explain_plan(#[wasm_bindgen(unchecked_param_type = "Plan")] plan: &JsValue) -> Result<JsValue, Failure> {
    let plan = ReadPlan::read(plan)?;
    steps(explain_total(&plan.terms, &plan.quote()?, &plan.price, plan.policy))
}

/// Hands steps over.
pub(crate) fn steps(steps: Vec<explanation::Step>) -> Result<JsValue, Failure> {
    let mirror = |step: explanation::Step| Step {
        rule: step.rule,
        title: step.title,
        sentence: step.sentence,
        figure: step.figure,
    };
    mirror::write(&steps.into_iter().map(mirror).collect::<Vec<_>>())
}
