//! `ambassador-terms/1`: a terms file as it is written.

use alloc::{
    collections::BTreeSet,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use super::tree::{FromValue, Problems, Table, Value};
use crate::{
    basis_points::BasisPoints,
    calendar::Days,
    diagnostic::Diagnostic,
    hash::Hash32,
    quote::QuoteTerms,
    terms::{
        Caps, Gate, Payout, PricePolicy, Reward, Terms, TermsError, TermsProblem, Tier, Token, VolumeRule, Windows,
    },
    token::Decimals,
    usd::Usd,
};

/// The schema that this version reads.
pub const SCHEMA: &str = "ambassador-terms/1";
const MOST_TIERS: usize = 64;

super::document! {
    /// A terms file, field by field, not yet checked.
    TermsDocument {
        schema: String,
        name: String,
        version: u32,
        effective: String,
        proposal: Option<String>,
        token: TokenDocument,
        reward: RewardDocument,
        gate: GateDocument,
        window: WindowDocument,
        volume: VolumeDocument,
        caps: CapsDocument,
        price: PriceDocument,
        payout: PayoutDocument,
    }
    /// The table `price`.
    PriceDocument {
        policy: PolicyDocument,
        days: Option<u32>,
        quorum: Option<u32>,
        max_age_hours: Option<u32>,
        deviation_bps: Option<u16>,
    }
    /// The table `token`.
    TokenDocument { symbol: String, decimals: u8, chain_id: u64, address: String, payouts: String }
    /// The table `reward`.
    RewardDocument {
        base_usd: String,
        tier: Vec<TierDocument>,
        use_case: UseCaseDocument,
        innovative: InnovativeDocument,
        known_use_cases: Vec<String>,
    }
    /// The table `reward.tier`.
    TierDocument { volume_usd: String, bonus_usd: String }
    /// The table `reward.use_case`.
    UseCaseDocument { need: u32, bonus_usd: String }
    /// The table `reward.innovative`.
    InnovativeDocument { max: u32, bonus_usd: String }
    /// The table `gate`.
    GateDocument { min_use_cases: u32, min_supporters: u32, or_use_cases: u32 }
    /// The table `window`.
    WindowDocument { days: u16, grace_days: u16, hold_days: u16, accept_days: u16, launch_days: u16 }
    /// The table `volume`.
    VolumeDocument { kinds: Vec<String>, supporter_cap_bps: u16 }
    /// The table `caps`.
    CapsDocument {
        expected_per_month: u32,
        max_per_month: u32,
        budget_usd_per_month: String,
        min_payout_usd: String,
    }
    /// The table `payout`.
    PayoutDocument { challenge_days: u16, valid_days: u16 }
}

/// The name of a price policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PolicyDocument {
    /// The last close.
    #[default]
    Close,
    /// The mean of several closes.
    Mean,
}

impl FromValue for PolicyDocument {
    fn from_value(path: &str, value: Value, problems: &mut Problems) -> Self {
        match String::from_value(path, value, problems).as_str() {
            "close" => Self::Close,
            "mean" => Self::Mean,
            _ => {
                problems.note(path, "it is neither `close` nor `mean`");
                Self::Close
            }
        }
    }
}

impl TermsDocument {
    /// Checks every field and every pair of fields.
    ///
    /// `hash` is keccak-256 of the file's bytes (rule R1).
    ///
    /// # Errors
    ///
    /// Every field that is wrong, with its path.
    pub fn to_terms(&self, hash: Hash32) -> Result<Terms, Vec<TermsError>> {
        let mut check = Check { errors: Vec::new() };
        check.schema(&self.schema);
        check.positive("version", self.version.into());
        let name = check.value("name", &self.name);
        let effective = check.value("effective", &self.effective);
        let proposal = self.proposal.as_deref().filter(|link| !link.is_empty());
        let proposal = proposal.and_then(|link| check.value("proposal", link));
        let token = check.token(&self.token);
        let reward = check.reward(&self.reward);
        let gate = check.gate(&self.gate, self.reward.known_use_cases.len());
        let windows = check.windows(&self.window);
        let volume = check.volume(&self.volume);
        let caps = check.caps(&self.caps, reward.as_ref().map(|reward| reward.base));
        let price = check.price(&self.price);
        let payout = check.payout(&self.payout);
        let terms = (|| {
            Some(Terms {
                hash,
                name: name?,
                version: self.version,
                effective: effective?,
                proposal,
                token: token?,
                reward: reward?,
                gate,
                windows: windows?,
                volume: volume?,
                caps: caps?,
                price: price?,
                payout: payout?,
            })
        })();
        match terms {
            Some(terms) if check.errors.is_empty() => Ok(terms),
            _ => Err(check.errors),
        }
    }
}

/// The parts of a terms file that a plan depends on; the rest is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuoteTermsDocument {
    schema: String,
    symbol: String,
    decimals: u8,
    reward: RewardDocument,
    gate: GateDocument,
    supporter_cap_bps: u16,
    caps: CapsDocument,
}

impl FromValue for QuoteTermsDocument {
    fn from_value(path: &str, value: Value, problems: &mut Problems) -> Self {
        let mut terms = Table::of(path, value, problems);
        let [token, volume] = ["token", "volume"].map(|name| terms.take::<Value>(path, name, problems));
        let mut token = Table::of("token", token, problems);
        let mut volume = Table::of("volume", volume, problems);
        Self {
            schema: terms.take(path, "schema", problems),
            symbol: token.take("token", "symbol", problems),
            decimals: token.take("token", "decimals", problems),
            reward: terms.take(path, "reward", problems),
            gate: terms.take(path, "gate", problems),
            supporter_cap_bps: volume.take("volume", "supporter_cap_bps", problems),
            caps: terms.take(path, "caps", problems),
        }
    }
}

impl QuoteTermsDocument {
    /// Checks every field that a plan depends on, as [`TermsDocument::to_terms`] does.
    ///
    /// # Errors
    ///
    /// Every such field that is wrong, with its path.
    pub fn to_quote_terms(&self) -> Result<QuoteTerms, Vec<TermsError>> {
        let mut check = Check { errors: Vec::new() };
        check.schema(&self.schema);
        let symbol = check.value("token.symbol", &self.symbol);
        let decimals = check.decimals(self.decimals);
        let reward = check.reward(&self.reward);
        let gate = check.gate(&self.gate, self.reward.known_use_cases.len());
        let supporter_cap = check.basis_points("volume.supporter_cap_bps", self.supporter_cap_bps);
        let caps = check.caps(&self.caps, reward.as_ref().map(|reward| reward.base));
        let terms = (|| {
            Some(QuoteTerms {
                reward: reward?,
                gate,
                supporter_cap: supporter_cap?,
                caps: caps?,
                symbol: symbol?,
                decimals: decimals?,
            })
        })();
        terms.filter(|_| check.errors.is_empty()).ok_or(check.errors)
    }
}

/// Collects what is wrong and goes on, so that every problem is reported at once.
struct Check {
    errors: Vec<TermsError>,
}

impl Check {
    fn push(&mut self, field: impl Into<String>, problem: TermsProblem) {
        self.errors.push(TermsError { field: field.into(), problem });
    }

    fn schema(&mut self, schema: &str) {
        if schema != SCHEMA {
            self.push("schema", TermsProblem::Schema(schema.to_string()));
        }
    }

    fn decimals(&mut self, places: u8) -> Option<Decimals> {
        self.at_most("token.decimals", places.into(), Decimals::MAXIMUM.into());
        Decimals::new(places)
    }

    fn value<T>(&mut self, field: impl Into<String>, text: &str) -> Option<T>
    where
        T: FromStr,
        T::Err: Diagnostic,
    {
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                let problem =
                    TermsProblem::Value { code: error.code(), message: error.to_string(), help: error.help() };
                self.push(field, problem);
                None
            }
        }
    }

    fn positive(&mut self, field: &str, number: u64) {
        if number == 0 {
            self.push(field, TermsProblem::Zero);
        }
    }

    fn at_most(&mut self, field: &str, number: u64, maximum: u64) {
        if number > maximum {
            self.push(field, TermsProblem::Above(maximum.to_string()));
        }
    }

    fn positive_usd(&mut self, field: impl Into<String>, text: &str) -> Option<Usd> {
        let field = field.into();
        let amount: Usd = self.value(field.clone(), text)?;
        if amount.is_zero() {
            self.push(field, TermsProblem::Zero);
        }
        Some(amount)
    }

    fn days(&mut self, field: &str, days: u16) -> Option<Days> {
        let length = Days::new(days);
        if length.is_none() {
            self.push(field, TermsProblem::Above(Days::MAXIMUM.to_string()));
        }
        length
    }

    fn positive_days(&mut self, field: &str, days: u16) -> Option<Days> {
        self.positive(field, days.into());
        self.days(field, days)
    }

    fn basis_points(&mut self, field: &str, basis_points: u16) -> Option<BasisPoints> {
        self.positive(field, basis_points.into());
        self.at_most(field, basis_points.into(), BasisPoints::WHOLE.into());
        BasisPoints::new(basis_points)
    }

    fn set<T>(&mut self, field: &str, texts: &[String]) -> Option<BTreeSet<T>>
    where
        T: FromStr + Ord,
        T::Err: Diagnostic,
    {
        if texts.is_empty() {
            self.push(field, TermsProblem::Empty);
        }
        let mut set = Some(BTreeSet::new());
        for (position, text) in texts.iter().enumerate() {
            let path = format!("{field}[{position}]");
            match self.value(path.clone(), text) {
                None => set = None,
                Some(value) => {
                    if set.as_mut().is_some_and(|set| !set.insert(value)) {
                        self.push(path, TermsProblem::Twice);
                    }
                }
            }
        }
        set
    }

    fn token(&mut self, token: &TokenDocument) -> Option<Token> {
        let symbol = self.value("token.symbol", &token.symbol);
        let decimals = self.decimals(token.decimals);
        self.positive("token.chain_id", token.chain_id);
        // Chain ids above 2^53 cannot be written exactly by JSON readers.
        self.at_most("token.chain_id", token.chain_id, 1 << 53);
        let address = self.value("token.address", &token.address);
        let payouts = self.value("token.payouts", &token.payouts);
        if address.is_some() && address == payouts {
            self.push("token.payouts", TermsProblem::SameAsToken);
        }
        Some(Token {
            symbol: symbol?,
            decimals: decimals?,
            chain_id: token.chain_id,
            address: address?,
            payouts: payouts?,
        })
    }

    fn reward(&mut self, reward: &RewardDocument) -> Option<Reward> {
        let base = self.positive_usd("reward.base_usd", &reward.base_usd);
        let tiers = self.tiers(&reward.tier);
        let use_case_bonus = self.value("reward.use_case.bonus_usd", &reward.use_case.bonus_usd);
        let innovative_bonus = self.value("reward.innovative.bonus_usd", &reward.innovative.bonus_usd);
        self.positive("reward.use_case.need", reward.use_case.need.into());
        let known = u64::try_from(reward.known_use_cases.len()).unwrap_or(u64::MAX);
        self.at_most("reward.use_case.need", reward.use_case.need.into(), known);
        self.at_most("reward.innovative.max", reward.innovative.max.into(), 1_000);
        let known_use_cases = self.set("reward.known_use_cases", &reward.known_use_cases);
        Some(Reward {
            base: base?,
            tiers: tiers?,
            use_case_need: reward.use_case.need,
            use_case_bonus: use_case_bonus?,
            innovative_max: reward.innovative.max,
            innovative_bonus: innovative_bonus?,
            known_use_cases: known_use_cases?,
        })
    }

    fn tiers(&mut self, documents: &[TierDocument]) -> Option<Vec<Tier>> {
        if documents.len() > MOST_TIERS {
            self.push("reward.tier", TermsProblem::Above(format!("{MOST_TIERS} tiers")));
            return None;
        }
        let mut tiers: Vec<Tier> = Vec::new();
        let mut readable = true;
        for (position, document) in documents.iter().enumerate() {
            let volume_path = format!("reward.tier[{position}].volume_usd");
            let bonus_path = format!("reward.tier[{position}].bonus_usd");
            let threshold = self.positive_usd(volume_path.clone(), &document.volume_usd);
            let bonus = self.positive_usd(bonus_path.clone(), &document.bonus_usd);
            let Some((threshold, bonus)) = threshold.zip(bonus) else {
                readable = false;
                continue;
            };
            if let Some(before) = tiers.last() {
                if threshold <= before.threshold {
                    self.push(volume_path, TermsProblem::ThresholdNotRising);
                }
                if bonus < before.bonus {
                    self.push(bonus_path, TermsProblem::BonusFalling);
                }
            }
            tiers.push(Tier { threshold, bonus });
        }
        readable.then_some(tiers)
    }

    fn gate(&mut self, gate: &GateDocument, known: usize) -> Gate {
        let known = u64::try_from(known).unwrap_or(u64::MAX);
        self.positive("gate.or_use_cases", gate.or_use_cases.into());
        self.at_most("gate.min_use_cases", gate.min_use_cases.into(), gate.or_use_cases.into());
        self.at_most("gate.min_use_cases", gate.min_use_cases.into(), known);
        Gate { min_use_cases: gate.min_use_cases, min_supporters: gate.min_supporters, or_use_cases: gate.or_use_cases }
    }

    fn windows(&mut self, window: &WindowDocument) -> Option<Windows> {
        let days = self.positive_days("window.days", window.days);
        let grace = self.days("window.grace_days", window.grace_days);
        let hold = self.days("window.hold_days", window.hold_days);
        let accept = self.positive_days("window.accept_days", window.accept_days);
        let launch = self.positive_days("window.launch_days", window.launch_days);
        Some(Windows { window: days?, grace: grace?, hold: hold?, accept: accept?, launch: launch? })
    }

    fn volume(&mut self, volume: &VolumeDocument) -> Option<VolumeRule> {
        let kinds = self.set("volume.kinds", &volume.kinds);
        let supporter_cap = self.basis_points("volume.supporter_cap_bps", volume.supporter_cap_bps);
        Some(VolumeRule { kinds: kinds?, supporter_cap: supporter_cap? })
    }

    fn caps(&mut self, caps: &CapsDocument, base: Option<Usd>) -> Option<Caps> {
        self.positive("caps.max_per_month", caps.max_per_month.into());
        self.at_most("caps.expected_per_month", caps.expected_per_month.into(), caps.max_per_month.into());
        let budget = self.positive_usd("caps.budget_usd_per_month", &caps.budget_usd_per_month);
        let min_payout: Option<Usd> = self.value("caps.min_payout_usd", &caps.min_payout_usd);
        if let Some((budget, min_payout)) = budget.zip(min_payout) {
            if budget.floor_to_cents() != budget {
                self.push("caps.budget_usd_per_month", TermsProblem::NotWholeCents);
            }
            // Whoever has only base lines must be able to reach the minimum in one month, or waits for ever.
            let most_base = base
                .filter(|base| !base.is_zero())
                .and_then(|base| base.checked_mul(caps.max_per_month.max(1)))
                .unwrap_or(budget);
            let most = budget.min(most_base);
            if min_payout > most {
                self.push("caps.min_payout_usd", TermsProblem::Above(most.to_string()));
            }
        }
        Some(Caps {
            expected_per_month: caps.expected_per_month,
            max_per_month: caps.max_per_month,
            budget: budget?,
            min_payout: min_payout?,
        })
    }

    fn price(&mut self, price: &PriceDocument) -> Option<PricePolicy> {
        if let Some(hours) = price.max_age_hours {
            self.positive("price.max_age_hours", hours.into());
        }
        match price.policy {
            PolicyDocument::Close => {
                for (field, present) in [
                    ("price.days", price.days.is_some()),
                    ("price.quorum", price.quorum.is_some()),
                    ("price.deviation_bps", price.deviation_bps.is_some()),
                ] {
                    if present {
                        self.push(field, TermsProblem::MeaninglessForClose);
                    }
                }
                Some(PricePolicy::Close { max_age_hours: price.max_age_hours })
            }
            PolicyDocument::Mean => {
                for (field, missing) in [
                    ("price.days", price.days.is_none()),
                    ("price.quorum", price.quorum.is_none()),
                    ("price.max_age_hours", price.max_age_hours.is_none()),
                    ("price.deviation_bps", price.deviation_bps.is_none()),
                ] {
                    if missing {
                        self.push(field, TermsProblem::NeededByMean);
                    }
                }
                let (days, quorum) = price.days.zip(price.quorum)?;
                self.positive("price.days", days.into());
                self.at_most("price.days", days.into(), 31);
                self.positive("price.quorum", quorum.into());
                self.at_most("price.quorum", quorum.into(), days.into());
                let deviation = self.basis_points("price.deviation_bps", price.deviation_bps?)?;
                Some(PricePolicy::Mean { days, quorum, max_age_hours: price.max_age_hours?, deviation })
            }
        }
    }

    fn payout(&mut self, payout: &PayoutDocument) -> Option<Payout> {
        let challenge = self.days("payout.challenge_days", payout.challenge_days);
        let valid = self.positive_days("payout.valid_days", payout.valid_days);
        Some(Payout { challenge: challenge?, valid: valid? })
    }
}
