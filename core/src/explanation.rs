//! Every rule that made a number, in words: what a calculator and a statement show as their trace.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    entitlement::{Figures, LineKind},
    price::Price,
    pricing::MonthPrice,
    quote::{CreatorQuote, PlannedCreator, Quote, QuoteTerms, QuotedLine},
    reason::Reason,
    tier::most_of_one,
    token::{Decimals, TokenAmount},
    usd::{Usd, Volume},
};

/// What one rule said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The rule, `R1` to `R11`.
    pub rule: &'static str,
    /// What it decides, in a few words.
    pub title: &'static str,
    /// What it said, in a sentence.
    pub sentence: String,
    /// The number that decided, or nothing.
    pub figure: String,
}

/// Returns why a line is earned, from the figures that decided it.
pub fn earned<'a>(kind: LineKind, figure: impl Fn(&str) -> Option<&'a str>) -> String {
    let figure = |name| figure(name).unwrap_or("?");
    match kind {
        LineKind::Adjustment => format!("Adjusted: {}.", figure("adjustments")),
        LineKind::Base => {
            format!("It qualifies: supporters {}, use cases {}.", figure("supporters"), figure("use_cases"))
        }
        LineKind::UseCase => {
            format!("Known use cases live: {}; needed: {}.", figure("use_cases"), figure("need"))
        }
        LineKind::Innovative => {
            format!("New use cases approved: {}; paid at most: {}.", figure("approved"), figure("most"))
        }
        LineKind::Tier => {
            let (counted, threshold) = (shown(figure("counted")), figure("threshold"));
            format!("${counted} count towards the tier of ${threshold}, which is reached.")
        }
    }
}

fn figure_of<'a>(figures: &'a Figures, name: &str) -> Option<&'a str> {
    figures.iter().find(|(figure, _)| *figure == name).map(|(_, value)| value.as_str())
}

/// A volume as people read it, in whole cents; the exact one is the figure.
fn shown(volume: &str) -> String {
    volume.parse::<Volume>().map_or_else(|_| volume.to_string(), |volume| volume.floor_to_cents().to_string())
}

/// Returns how a month's dollars became tokens (rule R8).
pub fn converted(total: Usd, price: Price, decimals: Decimals, amount: TokenAmount, symbol: &str) -> Step {
    let (places, tokens) = (decimals.places(), amount.to_tokens(decimals));
    let Price { usd, tokens: bought } = price;
    Step {
        rule: "R8",
        title: "Dollars to tokens",
        sentence: format!(
            "The sum is converted once and rounded down: ⌊{total} × 10^{places} × {bought} / {usd}⌋ base units are {tokens} {symbol}."
        ),
        figure: amount.to_string(),
    }
}

/// Returns where a price comes from (rule R9).
pub fn priced(policy: &str, samples: usize, price: Price) -> Step {
    let Price { usd, tokens } = price;
    let from = match (policy, samples) {
        (_, 0) => "The price was given".to_string(),
        ("mean", days) => format!("The price is the mean of {days} daily closes"),
        _ => "The price is the month's last close".to_string(),
    };
    Step {
        rule: "R9",
        title: "Price",
        sentence: format!("{from}: ${usd} buy {tokens} tokens."),
        figure: format!("{usd} / {tokens}"),
    }
}

/// Returns every rule that made the numbers of one creator of a plan.
pub fn explain_creator(terms: &QuoteTerms, planned: &PlannedCreator, quoted: &CreatorQuote) -> Vec<Step> {
    let mut steps: Vec<Step> = [volume(planned)].into();
    steps.extend(terms.reward.tiers.iter().enumerate().map(|(place, tier)| {
        let cap = terms.supporter_cap;
        let per_supporter = most_of_one(tier.threshold, cap).unwrap_or_default();
        let reached = if place < quoted.tier { "reached" } else { "not reached" };
        Step {
            rule: "R4",
            title: "Tier",
            sentence: format!(
                "Towards ${} a supporter counts for at most ${per_supporter}: {reached}; its bonus is ${}.",
                tier.threshold, tier.bonus
            ),
            figure: tier.threshold.to_string(),
        }
    }));
    for line in &quoted.lines {
        if !line.entitled.is_zero() {
            steps.push(Step {
                rule: rule_of(line.kind),
                title: title_of(line.kind),
                sentence: earned(line.kind, |name| figure_of(&line.figures, name)),
                figure: line.entitled.to_string(),
            });
        }
        steps.extend(line.unpaid.as_ref().map(|reason| unpaid(line.kind, reason)));
    }
    steps
}

impl QuotedLine {
    /// Returns why it is earned, or why it is not paid.
    pub fn sentence(&self) -> String {
        match &self.unpaid {
            Some(reason) if self.credit.is_zero() => reason.sentence(),
            _ => earned(self.kind, |name| figure_of(&self.figures, name)),
        }
    }
}

/// Returns every rule that made the sum of a plan.
pub fn explain_total(terms: &QuoteTerms, quote: &Quote, price: &MonthPrice, policy: &str) -> Vec<Step> {
    let caps = &terms.caps;
    let lines = quote.creators.iter().flat_map(|creator| &creator.lines);
    let earned = lines.clone().filter(|line| !line.entitled.is_zero()).count();
    let paid = lines.clone().filter(|line| !line.credit.is_zero());
    let bases = paid.filter(|line| line.kind == LineKind::Base).count();
    let owed = lines.map(|line| line.entitled).try_fold(Usd::ZERO, Usd::checked_add).unwrap_or_default();
    [
        Step {
            rule: "R6",
            title: "Credit",
            sentence: format!("${owed} are earned in {earned} lines, and nothing was credited before."),
            figure: owed.to_string(),
        },
        Step {
            rule: "R7",
            title: "Base rewards a month",
            sentence: format!("{bases} of at most {} base rewards a month are paid.", caps.max_per_month),
            figure: format!("{bases} / {}", caps.max_per_month),
        },
        Step {
            rule: "R7",
            title: "Budget and minimum",
            sentence: format!(
                "${} are paid; the programme pays at most ${} a month, and an ambassador no less than ${}.",
                quote.total, caps.budget, caps.min_payout
            ),
            figure: format!("{} / {}", quote.total, caps.budget),
        },
        priced(policy, price.samples.len(), price.price),
        converted(quote.total, price.price, terms.decimals, quote.amount, terms.symbol.as_str()),
    ]
    .into()
}

fn volume(planned: &PlannedCreator) -> Step {
    let PlannedCreator { volume, supporters, .. } = planned;
    Step {
        rule: "R3",
        title: "Volume",
        sentence: format!("${volume} are brought by {supporters} supporters alike."),
        figure: volume.to_string(),
    }
}

fn unpaid(kind: LineKind, reason: &Reason) -> Step {
    Step {
        rule: match reason {
            Reason::CapQueued { .. } | Reason::BudgetDeferred { .. } | Reason::BelowMinimum { .. } => "R7",
            Reason::BelowTier { .. } => "R4",
            _ => "R5",
        },
        title: title_of(kind),
        sentence: reason.sentence(),
        figure: reason.figure(),
    }
}

/// Returns the rule that decides lines of a kind.
pub const fn rule_of(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Tier => "R4",
        LineKind::Adjustment => "R6",
        LineKind::Base | LineKind::UseCase | LineKind::Innovative => "R5",
    }
}

/// Returns what lines of a kind pay for, in a few words.
pub const fn title_of(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Adjustment => "Adjustment",
        LineKind::Base => "Qualified referral",
        LineKind::UseCase => "Use cases",
        LineKind::Innovative => "New use cases",
        LineKind::Tier => "Volume tier",
    }
}
