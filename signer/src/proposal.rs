//! The text of a proposal to adopt terms: what is voted on, with every number that a voter may ask for.

use std::fmt::Write as _;

use ambassador_core::{
    amendment::{Rule, changes, policy_in_words, rules},
    comparison::{ComparedMonth, ComparisonError, Paid},
    diagnostic::Diagnostic as _,
    terms::{PricePolicy, Terms},
    token::TokenAmount,
    usd::Usd,
};
use serde_json::{Value, json};

use crate::{
    report::escaped,
    table::{grouped, printable},
};

/// A proposal.
#[derive(Clone, Debug)]
pub struct Proposal<'a> {
    /// The terms that are proposed.
    pub proposed: &'a Terms,
    /// The version before them, if there is one.
    pub current: Option<&'a Terms>,
    /// The name of the proposed file.
    pub file: String,
    /// The base rewards that an ambassador is expected to earn in a month.
    pub sum: Usd,
    /// The price policies that are compared.
    pub policies: Vec<PricePolicy>,
    /// What they would have paid.
    pub months: Vec<ComparedMonth>,
}

impl Proposal<'_> {
    /// Returns the text.
    pub fn to_markdown(&self) -> String {
        let mut text = String::new();
        self.adopt(&mut text);
        self.changes(&mut text);
        self.numbers(&mut text);
        self.prices(&mut text);
        self.vote(&mut text);
        text
    }

    /// Returns the numbers of the text.
    pub fn to_json(&self) -> Value {
        let outcome = |outcome: &Result<Paid, ComparisonError>| match outcome {
            Ok(paid) => json!({
                "usd": paid.price.usd.to_string(),
                "tokens": paid.price.tokens.to_string(),
                "amount": paid.amount.to_string(),
            }),
            Err(error) => json!({ "code": error.code(), "message": error.to_string() }),
        };
        let months = self.months.iter().map(|month| {
            let outcomes: Vec<Value> = month.outcomes.iter().map(outcome).collect();
            json!({ "month": month.month.to_string(), "outcomes": outcomes })
        });
        json!({
            "version": self.proposed.version(),
            "effective": self.proposed.effective().to_string(),
            "hash": self.proposed.hash().to_string(),
            "sum_usd": self.sum.to_string(),
            "policies": self.policies.iter().map(policy_in_words).collect::<Vec<_>>(),
            "months": months.collect::<Vec<_>>(),
            "markdown": self.to_markdown(),
        })
    }

    fn adopt(&self, text: &mut String) {
        let Self { proposed, .. } = self;
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "# {}: adopt version {} of the terms\n",
            escaped(proposed.name().as_str()),
            proposed.version()
        );
        let _ = writeln!(text, "Version {} takes effect in {}.", proposed.version(), proposed.effective());
        let _ = writeln!(text, "What is voted on is the file with the hash `{}`.", proposed.hash());
        let _ = writeln!(text, "Anybody can hash it: `ambassador-signer terms hash {}`.", printable(&self.file));
    }

    fn changes(&self, text: &mut String) {
        let _ = writeln!(text, "\n## What changes\n");
        let Some(current) = self.current else {
            let _ = writeln!(text, "These are the first terms of the programme.");
            return;
        };
        let changes = changes(current, self.proposed);
        if changes.is_empty() {
            let _ = writeln!(text, "No rule changes from version {}.", current.version());
        }
        for change in changes {
            let _ = writeln!(text, "- {}", escaped(&change.sentence()));
        }
    }

    fn numbers(&self, text: &mut String) {
        let _ = writeln!(text, "\n## The terms in numbers\n\n| rule | value |\n|---|---|");
        for Rule { subject, value, .. } in rules(self.proposed) {
            let _ = writeln!(text, "| {} | {} |", escaped(&subject), escaped(&value.to_string()));
        }
    }

    fn prices(&self, text: &mut String) {
        let Self { proposed, sum, .. } = self;
        let (count, base) = (proposed.caps().expected_per_month, proposed.reward().base);
        let symbol = escaped(proposed.token().symbol.as_str());
        let _ = writeln!(text, "\n## The price in past months\n");
        let _ = writeln!(
            text,
            "What the base rewards of {count} referrals, {count} × ${base} = ${}, would have paid in {symbol} in each \
             month of `prices.csv`.\n",
            grouped(&sum.to_string())
        );
        for (letter, policy) in letters().zip(&self.policies) {
            let mut whose = Vec::new();
            if policy == proposed.price() {
                whose.push("proposed");
            }
            if self.current.is_some_and(|current| current.price() == policy) {
                whose.push("in force");
            }
            let whose = if whose.is_empty() { String::new() } else { format!(" ({})", whose.join(", ")) };
            let _ = writeln!(text, "- {letter}{whose}: {}.", policy_in_words(policy));
        }
        let heads: Vec<String> = letters().take(self.policies.len()).map(String::from).collect();
        let _ = writeln!(text, "\n| month | {} |\n|---|{}", heads.join(" | "), "--:|".repeat(heads.len()));
        for month in &self.months {
            let cells = month.outcomes.iter().map(|outcome| match outcome {
                Ok(paid) => self.tokens(paid.amount),
                Err(error) => format!("`{}`", error.code()),
            });
            let _ = writeln!(text, "| {} | {} |", month.month, cells.collect::<Vec<_>>().join(" | "));
        }
        let sums: Vec<String> = (0..self.policies.len()).map(|place| self.sum_of(place)).collect();
        let _ = writeln!(text, "| together | {} |", sums.join(" | "));
        self.stopped(text);
    }

    /// Returns what a policy pays in all months, where it pays in each.
    fn sum_of(&self, place: usize) -> String {
        let mut outcomes = self.months.iter().map(|month| month.outcomes.get(place)?.as_ref().ok());
        let sum = outcomes.try_fold(TokenAmount::ZERO, |sum, paid| sum.checked_add(paid?.amount));
        sum.map_or_else(|| "-".to_owned(), |sum| self.tokens(sum))
    }

    /// Says once what each code means that stands in place of an amount.
    fn stopped(&self, text: &mut String) {
        let stopped = self.months.iter().flat_map(|month| &month.outcomes).filter_map(|outcome| outcome.as_ref().err());
        let mut sentences: Vec<String> = Vec::new();
        for error in stopped {
            let sentence = format!("- `{}`: {error}.", error.code());
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
        if !sentences.is_empty() {
            let _ = writeln!(text, "\nA code in place of an amount is a month that would have stopped:\n");
            let _ = writeln!(text, "{}", sentences.join("\n"));
        }
    }

    fn vote(&self, text: &mut String) {
        let Self { proposed, .. } = self;
        let _ = writeln!(text, "\n## The vote\n");
        let _ = writeln!(text, "- For: version {} takes effect in {}.", proposed.version(), proposed.effective());
        let against = match self.current {
            Some(current) => format!("version {} stays in force", current.version()),
            None => "there are no terms, and nothing is paid".to_owned(),
        };
        let _ = writeln!(text, "- Against: {against}.");
        let _ = writeln!(
            text,
            "\nOnce it is adopted, the link to this vote is written into the field `proposal` of the file.\nThat changes \
             its hash and no rule, which `ambassador-signer terms diff` confirms."
        );
    }

    fn tokens(&self, amount: TokenAmount) -> String {
        grouped(&amount.to_tokens(self.proposed.token().decimals))
    }
}

/// The names of columns.
fn letters() -> impl Iterator<Item = char> {
    'A'..='Z'
}
