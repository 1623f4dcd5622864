//! What an ambassador would get, and why.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use ambassador_core::{
    documents::{
        terms::QuoteTermsDocument,
        tree::{self, FromValue, Problems, Table, Value},
    },
    entitlement::LineKind,
    price::Price,
    pricing::MonthPrice,
    quote::{self as core_quote, PlannedCreator as CorePlanned, QuoteTerms},
    reason::Reason,
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
        terms: Value => "terms": "TermsTable",
        price: PlannedPrice => "price": "PlannedPrice",
        creators: Vec<PlannedCreator> => "creators": "PlannedCreator[]",
    }
    /// A creator whom the ambassador expects to bring.
    PlannedCreator {
        volume_usd: String => "volumeUsd": "string",
        supporters: u32 => "supporters": "number",
        use_cases: u32 => "useCases": "number",
        innovative: u32 => "innovative": "number",
    }
}

#[cfg(feature = "claims")]
use crate::closes::{self, DailyClose};

/// A price that is known, or the closes that make one by the policy of the terms.
pub(crate) enum PlannedPrice {
    Ratio {
        usd: String,
        tokens: String,
    },
    #[cfg(feature = "claims")]
    Closes {
        month: String,
        closes: Vec<DailyClose>,
    },
}

impl Default for PlannedPrice {
    fn default() -> Self {
        Self::Ratio { usd: String::new(), tokens: String::new() }
    }
}

impl FromValue for PlannedPrice {
    fn from_value(path: &str, value: Value, problems: &mut Problems) -> Self {
        let mut table = Table::of(path, value, problems);
        let price = match table.take::<String>(path, "kind", problems).as_str() {
            "ratio" => {
                Self::Ratio { usd: table.take(path, "usd", problems), tokens: table.take(path, "tokens", problems) }
            }
            #[cfg(feature = "claims")]
            "closes" => Self::Closes {
                month: table.take(path, "month", problems),
                closes: table.take(path, "closes", problems),
            },
            _ => {
                problems.note(path, "its kind is none of its type");
                Self::default()
            }
        };
        table.finish(path, problems);
        price
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
    }
}

/// Returns what a plan pays, to the last base unit.
#[wasm_bindgen(unchecked_return_type = "Quote")]
pub fn quote(#[wasm_bindgen(unchecked_param_type = "Plan")] plan: &JsValue) -> Result<JsValue, Failure> {
    let plan = ReadPlan::read(plan)?;
    mirror::write(&answer::Quote::of(&plan, &plan.quote()?))
}

/// A plan in the types of the rules.
pub(crate) struct ReadPlan {
    pub(crate) terms: QuoteTerms,
    pub(crate) price: MonthPrice,
    pub(crate) policy: &'static str,
    pub(crate) creators: Vec<CorePlanned>,
}

impl ReadPlan {
    pub(crate) fn read(plan: &JsValue) -> Result<Self, Failure> {
        let plan: Plan = mirror::read(plan)?;
        let (price, policy) = plan.price.read(&plan.terms)?;
        let terms = tree::read::<QuoteTermsDocument>("terms", plan.terms)?.to_quote_terms()?;
        let read = |(place, creator): (usize, PlannedCreator)| creator.read(&format!("creators[{place}]."));
        let creators = plan.creators.into_iter().enumerate().map(read).collect::<Result<_, Failure>>()?;
        Ok(Self { terms, price, policy, creators })
    }

    pub(crate) fn quote(&self) -> Result<core_quote::Quote, Failure> {
        core_quote::quote(&self.terms, &self.creators, self.price.price).map_err(|error| Failure::of(&error))
    }
}

impl PlannedPrice {
    /// Returns the price and the policy that made it.
    fn read(
        self,
        #[cfg_attr(not(feature = "claims"), expect(unused_variables, reason = "a known price needs no policy"))] terms: &Value,
    ) -> Result<(MonthPrice, &'static str), Failure> {
        match self {
            Self::Ratio { usd, tokens } => {
                let price = Price { usd: parse("price.usd", &usd)?, tokens: parse("price.tokens", &tokens)? };
                Ok((MonthPrice { price, samples: Vec::new() }, "ratio"))
            }
            #[cfg(feature = "claims")]
            Self::Closes { month, closes } => closes::price(terms, &month, &closes),
        }
    }
}

impl PlannedCreator {
    pub(crate) fn read(self, path: &str) -> Result<CorePlanned, Failure> {
        let volume = parse(&format!("{path}volumeUsd"), &self.volume_usd)?;
        let Self { supporters, use_cases, innovative, .. } = self;
        Ok(CorePlanned { volume, supporters, use_cases, innovative })
    }
}

impl answer::Quote {
    fn of(plan: &ReadPlan, quote: &core_quote::Quote) -> Self {
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
            tokens: quote.amount.to_tokens(plan.terms.decimals),
            symbol: plan.terms.symbol.to_string(),
            price: answer::QuotedPrice {
                policy: plan.policy,
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
