//! What an ambassador would get, and why.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use ambassador_core::{
    basis_points::BasisPoints,
    calendar::Month,
    documents::{
        json::DocumentError,
        statement::policy_name,
        terms::TermsDocument,
        tree::{FromValue, Value},
    },
    entitlement::LineKind,
    explanation::{self, explain_creator, explain_total},
    hash::Hash32,
    price::Price,
    pricing::{DeviationCheck, MonthPrice, month_price},
    quote::{self as core_quote, PlannedCreator as CorePlanned},
    reason::Reason,
    records::Close,
    terms::Terms,
    usd::{SignedUsd, Volume},
};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    error::Failure,
    mirror::{self, received},
    text::parse,
};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A terms file as a reader of TOML returns it: the fields and their names are those of the file. */
export type TermsTable = Record<string, unknown>;

/** A price that is known, or the closes that make one by the policy of the terms. */
export type PlannedPrice =
    | { kind: "ratio"; usd: string; tokens: string }
    | { kind: "closes"; month: string; closes: DailyClose[] };
"#;

received! {
    /// A plan: whom an ambassador expects to bring, by which terms and at which price.
    Plan {
        terms: TermsDocument => "terms": "TermsTable",
        price: PlannedPrice => "price": "PlannedPrice",
        creators: Vec<PlannedCreator> => "creators": "PlannedCreator[]",
    }
    /// The close of a day: so many dollars buy so many tokens.
    DailyClose {
        date: String => "date": "string",
        usd: String => "usd": "string",
        tokens: String => "tokens": "string",
    }
    /// A creator whom the ambassador expects to bring.
    PlannedCreator {
        volume_usd: String => "volumeUsd": "string",
        supporters: u32 => "supporters": "number",
        use_cases: u32 => "useCases": "number",
        innovative: u32 => "innovative": "number",
    }
}

/// A price that is known, or the closes that make one by the policy of the terms.
pub(crate) enum PlannedPrice {
    Ratio { usd: String, tokens: String },
    Closes { month: String, closes: Vec<DailyClose> },
}

impl FromValue for PlannedPrice {
    fn from_value(path: &str, value: Value) -> Result<Self, DocumentError> {
        let mut table = value.into_table(path)?;
        let kind: Option<String> = table.take(path, "kind")?;
        let price = match kind.as_deref() {
            Some("closes") => Self::Closes { month: table.take(path, "month")?, closes: table.take(path, "closes")? },
            _ => Self::Ratio { usd: table.take(path, "usd")?, tokens: table.take(path, "tokens")? },
        };
        table.finish(path)?;
        Ok(price)
    }
}

pub(crate) mod answer {
    //! What the calculator answers.

    use alloc::{string::String, vec::Vec};

    use crate::mirror::written;

    written! {
        /// What a plan pays.
        Quote {
            creators: Vec<CreatorQuote> => "creators": "CreatorQuote[]",
            totals: Totals => "totals": "Totals",
            total_usd: String => "totalUsd": "string",
            deferred_usd: String => "deferredUsd": "string",
            amount: String => "amount": "string",
            tokens: String => "tokens": "string",
            symbol: String => "symbol": "string",
            price: QuotedPrice => "price": "QuotedPrice",
        }
        /// What is paid, by what it is for.
        Totals {
            base: String => "baseUsd": "string",
            use_case: String => "useCaseUsd": "string",
            innovative: String => "innovativeUsd": "string",
            tier: String => "tierUsd": "string",
        }
        /// The price that was used: so many dollars buy so many tokens.
        QuotedPrice {
            policy: &'static str => "policy": "string",
            usd: String => "usd": "string",
            tokens: String => "tokens": "string",
        }
        /// What one creator earns.
        CreatorQuote {
            credit_usd: String => "creditUsd": "string",
            deferred_usd: String => "deferredUsd": "string",
            tier: usize => "tier": "number",
            lines: Vec<QuotedLine> => "lines": "QuotedLine[]",
            next_tier: Option<NextTier> => "nextTier": "NextTier | undefined",
        }
        /// One line: what is earned, what of it is paid, and why.
        QuotedLine {
            kind: &'static str => "kind": "\"base\" | \"use_case\" | \"innovative\" | \"tier\"",
            entitled_usd: String => "entitledUsd": "string",
            credit_usd: String => "creditUsd": "string",
            code: Option<&'static str> => "code": "string | undefined",
            sentence: String => "sentence": "string",
            figure: String => "figure": "string",
        }
        /// The tier after those that are reached.
        NextTier {
            volume_usd: String => "volumeUsd": "string",
            bonus_usd: String => "bonusUsd": "string",
            missing_usd: String => "missingUsd": "string",
            missing_supporters: u32 => "missingSupporters": "number",
        }
        /// What one rule said.
        Step {
            rule: &'static str => "rule": "string",
            title: &'static str => "title": "string",
            sentence: String => "sentence": "string",
            figure: String => "figure": "string",
        }
        /// From this volume on a creator earns this reward.
        CurveStep {
            volume_usd: String => "volumeUsd": "string",
            reward_usd: String => "rewardUsd": "string",
        }
    }
}

/// Returns what a plan pays, to the last base unit.
#[wasm_bindgen(unchecked_return_type = "Quote")]
pub fn quote(#[wasm_bindgen(unchecked_param_type = "Plan")] plan: &JsValue) -> Result<JsValue, Failure> {
    let plan = ReadPlan::read(plan)?;
    mirror::write(&answer::Quote::of(&plan, &plan.quote()?))
}

/// Returns every rule that made the numbers of one creator of a plan; the first is 0.
#[wasm_bindgen(unchecked_return_type = "Step[]")]
pub fn explain(
    #[wasm_bindgen(unchecked_param_type = "Plan")] plan: &JsValue,
    creator: usize,
) -> Result<JsValue, Failure> {
    let plan = ReadPlan::read(plan)?;
    let quote = plan.quote()?;
    let pair = plan.creators.get(creator).zip(quote.creators.get(creator));
    let (planned, quoted) = pair.ok_or_else(|| Failure::shape("the plan has no such creator"))?;
    steps(explain_creator(&plan.terms, planned, quoted))
}

/// Returns every rule that made the sum of a plan.
#[wasm_bindgen(js_name = explainTotal, unchecked_return_type = "Step[]")]
pub fn explain_plan(#[wasm_bindgen(unchecked_param_type = "Plan")] plan: &JsValue) -> Result<JsValue, Failure> {
    let plan = ReadPlan::read(plan)?;
    steps(explain_total(&plan.terms, &plan.quote()?, &plan.price, policy_name(plan.terms.price())))
}

/// Returns the reward of one creator over volume, before the caps of the month: steps from no volume upwards.
#[wasm_bindgen(unchecked_return_type = "CurveStep[]")]
pub fn curve(
    #[wasm_bindgen(unchecked_param_type = "TermsTable")] terms: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "PlannedCreator")] creator: &JsValue,
) -> Result<JsValue, Failure> {
    let terms = read_terms(terms)?;
    let creator = mirror::read::<PlannedCreator>(creator)?.read("")?;
    let steps = core_quote::curve(&terms, &creator).map_err(|error| Failure::from(&error))?;
    let steps = steps
        .iter()
        .map(|step| answer::CurveStep { volume_usd: step.volume.to_string(), reward_usd: step.reward.to_string() });
    mirror::write(&steps.collect::<Vec<_>>())
}

/// Returns how much of a whole its parts are, in basis points from 0 to 10,000, for bars and charts.
///
/// Amounts are dollars or whole tokens with at most 18 decimals.
#[wasm_bindgen]
pub fn proportions(parts: Vec<String>, whole: &str) -> Result<Vec<u16>, Failure> {
    let whole: Volume = parse("whole", whole)?;
    let share = |(place, part): (usize, &String)| {
        let part = parse(&format!("parts[{place}]"), part)?;
        Ok(BasisPoints::proportion(part, whole))
    };
    parts.iter().enumerate().map(share).collect()
}

/// Returns the exact sum of amounts of dollars, which may be negative.
#[wasm_bindgen(js_name = addUsd)]
pub fn add_usd(amounts: Vec<String>) -> Result<String, Failure> {
    let mut sum = SignedUsd::ZERO;
    for (place, amount) in amounts.iter().enumerate() {
        let amount = parse(&format!("amounts[{place}]"), amount)?;
        sum = sum.checked_add(amount).ok_or_else(|| Failure::shape("the sum is larger than any programme's"))?;
    }
    Ok(sum.to_string())
}

/// Hands steps over.
pub(crate) fn steps(steps: Vec<explanation::Step>) -> Result<JsValue, Failure> {
    let mirror = |step: explanation::Step| answer::Step {
        rule: step.rule,
        title: step.title,
        sentence: step.sentence,
        figure: step.figure,
    };
    mirror::write(&steps.into_iter().map(mirror).collect::<Vec<_>>())
}

/// Reads the terms that a table holds; their hash is that of no file, and a quote shows none.
pub(crate) fn read_terms(table: &JsValue) -> Result<Terms, Failure> {
    Ok(mirror::read::<TermsDocument>(table)?.to_terms(Hash32::default())?)
}

/// A plan in the types of the rules.
struct ReadPlan {
    terms: Terms,
    price: MonthPrice,
    creators: Vec<CorePlanned>,
}

impl ReadPlan {
    fn read(plan: &JsValue) -> Result<Self, Failure> {
        let plan: Plan = mirror::read(plan)?;
        let terms = plan.terms.to_terms(Hash32::default())?;
        let price = plan.price.read(&terms)?;
        let read = |(place, creator): (usize, PlannedCreator)| creator.read(&format!("creators[{place}]."));
        let creators = plan.creators.into_iter().enumerate().map(read).collect::<Result<_, Failure>>()?;
        Ok(Self { terms, price, creators })
    }

    fn quote(&self) -> Result<core_quote::Quote, Failure> {
        core_quote::quote(&self.terms, &self.creators, self.price.price).map_err(|error| Failure::from(&error))
    }
}

impl PlannedPrice {
    fn read(self, terms: &Terms) -> Result<MonthPrice, Failure> {
        match self {
            Self::Ratio { usd, tokens } => {
                let price = Price { usd: parse("price.usd", &usd)?, tokens: parse("price.tokens", &tokens)? };
                Ok(MonthPrice { price, samples: Vec::new() })
            }
            Self::Closes { month, closes } => {
                let month: Month = parse("price.month", &month)?;
                let read = |(place, close): (usize, DailyClose)| {
                    let path = |field| format!("price.closes[{place}].{field}");
                    Ok(Close {
                        date: parse(&path("date"), &close.date)?,
                        usd: parse(&path("usd"), &close.usd)?,
                        tokens: parse(&path("tokens"), &close.tokens)?,
                    })
                };
                let closes = closes.into_iter().enumerate().map(read).collect::<Result<Vec<_>, Failure>>()?;
                let price = month_price(terms.price(), &closes, month, DeviationCheck::Enforced);
                price.map_err(|error| Failure::at("price", &error))
            }
        }
    }
}

impl PlannedCreator {
    fn read(self, path: &str) -> Result<CorePlanned, Failure> {
        let volume = parse(&format!("{path}volumeUsd"), &self.volume_usd)?;
        let Self { supporters, use_cases, innovative, .. } = self;
        Ok(CorePlanned { volume, supporters, use_cases, innovative })
    }
}

impl answer::Quote {
    fn of(plan: &ReadPlan, quote: &core_quote::Quote) -> Self {
        let token = plan.terms.token();
        let credit_of = |kind| quote.credit_of(kind).unwrap_or_default().to_string();
        Self {
            creators: quote.creators.iter().map(answer::CreatorQuote::of).collect(),
            totals: answer::Totals {
                base: credit_of(LineKind::Base),
                use_case: credit_of(LineKind::UseCase),
                innovative: credit_of(LineKind::Innovative),
                tier: credit_of(LineKind::Tier),
            },
            total_usd: quote.total.to_string(),
            deferred_usd: quote.deferred().unwrap_or_default().to_string(),
            amount: quote.amount.to_string(),
            tokens: quote.amount.to_tokens(token.decimals),
            symbol: token.symbol.to_string(),
            price: answer::QuotedPrice {
                policy: policy_name(plan.terms.price()),
                usd: plan.price.price.usd.to_string(),
                tokens: plan.price.price.tokens.to_string(),
            },
        }
    }
}

impl answer::CreatorQuote {
    fn of(creator: &core_quote::CreatorQuote) -> Self {
        let lines = creator.lines.iter().map(|line| answer::QuotedLine {
            kind: line.kind.as_str(),
            entitled_usd: line.entitled.to_string(),
            credit_usd: line.credit.to_string(),
            code: line.unpaid.as_ref().map(Reason::code),
            sentence: line.sentence(),
            figure: line.unpaid.as_ref().map_or_else(|| line.entitled.to_string(), Reason::figure),
        });
        Self {
            credit_usd: creator.credit().unwrap_or_default().to_string(),
            deferred_usd: creator.deferred().unwrap_or_default().to_string(),
            tier: creator.tier,
            lines: lines.collect(),
            next_tier: creator.next.as_ref().map(|next| answer::NextTier {
                volume_usd: next.tier.threshold.to_string(),
                bonus_usd: next.tier.bonus.to_string(),
                missing_usd: next.missing.to_string(),
                missing_supporters: next.missing_supporters,
            }),
        }
    }
}
