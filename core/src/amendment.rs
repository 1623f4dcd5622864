//! What a new version of the terms changes, rule by rule and in words.

use alloc::{
    collections::BTreeSet,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt::{self, Display};

use crate::{
    basis_points::BasisPoints,
    calendar::{Days, Month},
    decimal::Scaled,
    terms::{PricePolicy, Terms},
    usd::Usd,
};

/// One rule of a version of the terms, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The field of the terms file, such as `reward.base_usd`; a tier is named by its volume.
    pub field: String,
    /// What it decides, as the subject of a sentence.
    pub subject: String,
    /// What it is now.
    pub value: Value,
    /// Whom a change of it reaches.
    pub scope: Scope,
}

/// What a rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number with its unit, or a choice.
    One(String),
    /// Names, of which each may be dropped or added.
    List(BTreeSet<String>),
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(text) => formatter.pad(text),
            Self::List(names) => formatter.pad(&joined(names)),
        }
    }
}

/// Whom a change of a rule reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Creators who accept under the new terms; whoever accepted before keeps the old rule for ever (rule R1).
    Acceptances,
    /// Creators who are invited under the new terms.
    Invites,
    /// Every month in which the new terms are in force, whoever it pays.
    Months,
}

impl Scope {
    /// Returns to whom a rule applies that is in force from a month on.
    pub fn from(self, month: Month) -> String {
        match self {
            Self::Acceptances => format!("for creators who accept from {month} on"),
            Self::Invites => format!("for creators who are invited from {month} on"),
            Self::Months => format!("for every month from {month} on"),
        }
    }
}

/// A rule that two versions of the terms have differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The field of the terms file.
    pub field: String,
    /// What it decides.
    pub subject: String,
    /// Its earlier value; none where the rule is new.
    pub before: Option<Value>,
    /// Its later value; none where the rule is dropped.
    pub after: Option<Value>,
    /// Whom it reaches.
    pub scope: Scope,
    /// The first month in which the later version is in force.
    pub from: Month,
}

impl Change {
    /// Returns the change as a sentence.
    pub fn sentence(&self) -> String {
        let Self { subject, scope, from, .. } = self;
        let what = match (&self.before, &self.after) {
            (Some(Value::List(before)), Some(Value::List(after))) => {
                let names =
                    |verb, names: Vec<&String>| (!names.is_empty()).then(|| format!("{verb} {}", joined(names)));
                let (lost, gained) = (before.difference(after).collect(), after.difference(before).collect());
                let parts = [names("loses", lost), names("gains", gained)].into_iter().flatten();
                parts.collect::<Vec<_>>().join(" and ")
            }
            (Some(before), Some(after)) => format!("was {before} and becomes {after}"),
            (Some(before), None) => format!("was {before} and is dropped"),
            (None, Some(after)) => format!("is new: {after}"),
            (None, None) => "is as it was".to_string(),
        };
        format!("{subject} {what}, {}.", scope.from(*from))
    }
}

/// Returns every rule that two versions of the terms have differently, in the order of the terms file.
pub fn changes(before: &Terms, after: &Terms) -> Vec<Change> {
    let (old, new) = (rules(before), rules(after));
    let find =
        |rules: &[Rule], field: &str| rules.iter().find(|rule| rule.field == field).map(|rule| rule.value.clone());
    let dropped = old.iter().filter(|rule| find(&new, &rule.field).is_none());
    let changes = new.iter().chain(dropped).map(|rule| Change {
        field: rule.field.clone(),
        subject: rule.subject.clone(),
        before: find(&old, &rule.field),
        after: find(&new, &rule.field),
        scope: rule.scope,
        from: after.effective(),
    });
    changes.filter(|change| change.before != change.after).collect()
}

/// Returns every rule of a version of the terms, in the order of the terms file.
pub fn rules(terms: &Terms) -> Vec<Rule> {
    let mut list = List { rules: Vec::new(), scope: Scope::Months };
    list.programme(terms);
    list.scope = Scope::Acceptances;
    list.reward(terms);
    list.gate_and_windows(terms);
    list.volume(terms);
    list.scope = Scope::Months;
    list.caps(terms);
    list.price(terms.price());
    list.payout(terms);
    list.rules
}

/// Returns a price policy with its bounds, as a part of a sentence.
pub fn policy_in_words(policy: &PricePolicy) -> String {
    match policy {
        PricePolicy::Close { max_age_hours: None } => "the month's last close".to_string(),
        PricePolicy::Close { max_age_hours: Some(hours) } => {
            format!("the month's last close, at most {} old", counted(*hours, "hour"))
        }
        PricePolicy::Mean { days, quorum, max_age_hours, deviation } => format!(
            "the mean of the closes of the month's last {}: at least {quorum} of them, the newest at most {} old, the \
             last at most {} off the mean",
            counted(*days, "day"),
            counted(*max_age_hours, "hour"),
            percent(*deviation)
        ),
    }
}

/// The rules while they are listed.
struct List {
    rules: Vec<Rule>,
    scope: Scope,
}

impl List {
    fn push(&mut self, field: impl Into<String>, subject: impl Into<String>, value: impl Display) {
        self.add(field.into(), subject.into(), Value::One(value.to_string()));
    }

    fn list(&mut self, field: &str, subject: &str, names: &BTreeSet<impl Display>) {
        let names = names.iter().map(ToString::to_string).collect();
        self.add(field.to_string(), subject.to_string(), Value::List(names));
    }

    fn add(&mut self, field: String, subject: String, value: Value) {
        self.rules.push(Rule { field, subject, value, scope: self.scope });
    }

    fn programme(&mut self, terms: &Terms) {
        let token = terms.token();
        self.push("name", "The programme's name", terms.name());
        self.push("token.symbol", "The token's symbol", &token.symbol);
        self.push("token.decimals", "The token's number of decimal places", token.decimals.places());
        self.push("token.chain_id", "The chain of the token", token.chain_id);
        self.push("token.address", "The token's contract", token.address);
        self.push("token.payouts", "The contract that pays claims", token.payouts);
    }

    fn reward(&mut self, terms: &Terms) {
        let reward = terms.reward();
        self.push("reward.base_usd", "The reward for a qualified referral", usd(reward.base));
        for tier in &reward.tiers {
            let field = format!("reward.tier[{}]", tier.threshold);
            let subject = format!("The bonus from a counted volume of {} on", usd(tier.threshold));
            self.push(field, subject, usd(tier.bonus));
        }
        let need = reward.use_case_need;
        self.push("reward.use_case.need", "The number of known use cases that earns their bonus", need);
        self.push("reward.use_case.bonus_usd", "The bonus for known use cases", usd(reward.use_case_bonus));
        let most = reward.innovative_max;
        self.push("reward.innovative.max", "The largest number of new use cases that is paid for a referral", most);
        self.push("reward.innovative.bonus_usd", "The bonus for a new use case", usd(reward.innovative_bonus));
        self.list("reward.known_use_cases", "The list of known use cases", &reward.known_use_cases);
    }

    fn gate_and_windows(&mut self, terms: &Terms) {
        let (gate, windows) = (terms.gate(), terms.windows());
        let needed = "The number of use cases that a referral needs to qualify";
        self.push("gate.min_use_cases", needed, gate.min_use_cases);
        let needed = "The number of supporters that a referral needs to qualify";
        self.push("gate.min_supporters", needed, gate.min_supporters);
        let instead = "The number of use cases that qualifies a referral without supporters";
        self.push("gate.or_use_cases", instead, gate.or_use_cases);
        self.push("window.days", "The measured window from the launch", days(windows.window));
        self.push("window.grace_days", "The wait for late events after the window", days(windows.grace));
        self.push("window.hold_days", "The hold of the base reward from the launch", days(windows.hold));
        self.scope = Scope::Invites;
        self.push("window.accept_days", "The time from an invite to its acceptance", days(windows.accept));
        self.scope = Scope::Acceptances;
        self.push("window.launch_days", "The time from the approval to the launch", days(windows.launch));
    }

    fn volume(&mut self, terms: &Terms) {
        let volume = terms.volume();
        self.list("volume.kinds", "The list of events that count", &volume.kinds);
        let share = "The largest share of a tier that one supporter counts for";
        self.push("volume.supporter_cap_bps", share, percent(volume.supporter_cap));
    }

    fn caps(&mut self, terms: &Terms) {
        let caps = terms.caps();
        let expected = "The number of referrals that is expected of an ambassador in a month, and not enforced";
        self.push("caps.expected_per_month", expected, caps.expected_per_month);
        let most = "The largest number of base rewards that is credited to an ambassador in a month";
        self.push("caps.max_per_month", most, caps.max_per_month);
        self.push("caps.budget_usd_per_month", "The budget of a month for the whole programme", usd(caps.budget));
        let least = "The smallest sum that is paid to an ambassador in a month";
        self.push("caps.min_payout_usd", least, usd(caps.min_payout));
    }

    fn price(&mut self, policy: &PricePolicy) {
        let name = match policy {
            PricePolicy::Close { .. } => "the last daily close",
            PricePolicy::Mean { .. } => "the mean of daily closes",
        };
        self.push("price.policy", "The price of a month", name);
        if let PricePolicy::Mean { days, quorum, .. } = policy {
            self.push("price.days", "The number of the month's last days that the mean looks at", days);
            self.push("price.quorum", "The smallest number of these days that must have a close", quorum);
        }
        let hours = match policy {
            PricePolicy::Close { max_age_hours } => *max_age_hours,
            PricePolicy::Mean { max_age_hours, .. } => Some(*max_age_hours),
        };
        if let Some(hours) = hours {
            let age = "The greatest age of the newest close at the month's end";
            self.push("price.max_age_hours", age, counted(hours, "hour"));
        }
        if let PricePolicy::Mean { deviation, .. } = policy {
            let distance = "The greatest distance of the last close from the mean";
            self.push("price.deviation_bps", distance, percent(*deviation));
        }
    }

    fn payout(&mut self, terms: &Terms) {
        let payout = terms.payout();
        let challenge = "The time after a month's end in which it can be challenged";
        self.push("payout.challenge_days", challenge, days(payout.challenge));
        self.push("payout.valid_days", "The time after that in which a claim can be redeemed", days(payout.valid));
    }
}

fn usd(amount: Usd) -> String {
    format!("${amount}")
}

fn days(length: Days) -> String {
    counted(length.as_u16().into(), "day")
}

fn counted(number: u32, unit: &str) -> String {
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

/// Returns a share in percent, exactly.
fn percent(share: BasisPoints) -> String {
    format!("{} %", Scaled { value: share.as_u16().into(), places: 2 })
}

fn joined(names: impl IntoIterator<Item = impl Display>) -> String {
    names.into_iter().map(|name| name.to_string()).collect::<Vec<_>>().join(", ")
}
