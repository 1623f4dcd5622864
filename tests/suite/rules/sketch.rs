//! A programme in a few lines of text.
//!
//! Each line is one record; its first word says of what. `2020-11-05` is that midnight, `-` no time:
//!
//! ```text
//! ambassador alex [held] [payee=alex.eth] [joined=2020-10-01]
//! referral   zoe alex INVITED ACCEPTED APPROVED LAUNCHED [held|rejected] [coin=zoe]
//! adoption   zoe raffle 2020-11-06 [rejected|pending]
//! party      0xabc creator:zoe
//! event      [source/]e1 2020-11-07 zoe buy fan0 100 [reverses]
//! fans       zoe 20 100 2020-11-07                 20 supporters of the coin who buy for 100 dollars each
//! close      2020-12-31 1250 21000                 without any, every day closes at 1250 / 21000
//! adjust     alex 2020-12 -50 [reason]
//! pin        alex.eth 0x… 100
//! ```

use std::{collections::BTreeMap, hash::RandomState};

use ambassador_core::{
    attribution::{first_accepted, self_referrals},
    calendar::{Date, Instant, Month},
    diagnostic::Diagnostic,
    documents::terms::TermsDocument,
    entitlement::{EntitledLine, Evidence, entitle},
    event::EventText,
    hash::keccak256,
    identifier::CreatorId,
    pricing::DeviationCheck,
    programme::Programme,
    records::Records,
    records::{
        Adjustment, Adoption, Ambassador, AmbassadorIndex, AmbassadorStatus, Close, Decision, Party, Payee, Referral,
        ReferralStatus, Resolution,
    },
    settlement::{Credited, Measurements},
    statement::{PriceSource, SettledMonth, StatementError, state_month},
    terms::{Terms, TermsHistory},
    volume::{EventPlace, Measured, Meter, VolumeError},
};
use serde_json::{Value, json};

/// The terms of the programme with the founding figures and the default parameters.
pub(super) fn default_terms() -> Value {
    json!({
        "schema": "ambassador-terms/1", "name": "Rally Ambassadors", "version": 1, "effective": "2020-11", "proposal": "",
        "token": { "symbol": "RLY", "decimals": 18, "chain_id": 1,
            "address": "0xf1f955016EcbCd7321c7266BccFB96c68ea5E49b",
            "payouts": "0x00000000000000000000000000000000000000ff" },
        "reward": { "base_usd": "250",
            "tier": [{ "volume_usd": "5000", "bonus_usd": "125" }, { "volume_usd": "10000", "bonus_usd": "250" },
                { "volume_usd": "25000", "bonus_usd": "500" }],
            "use_case": { "need": 3, "bonus_usd": "50" }, "innovative": { "max": 1, "bonus_usd": "125" },
            "known_use_cases": ["gated_discord_roles", "gated_content", "merch_discount", "paid_request",
                "stream_tip_alerts", "raffle", "paid_coaching", "subscription_by_sends", "nft_perk",
                "governance_poll", "event_access", "auction"] },
        "gate": { "min_use_cases": 1, "min_supporters": 20, "or_use_cases": 3 },
        "window": { "days": 30, "grace_days": 7, "hold_days": 14, "accept_days": 30, "launch_days": 90 },
        "volume": { "kinds": ["buy", "convert_in", "send_creator"], "supporter_cap_bps": 2500 },
        "caps": { "expected_per_month": 5, "max_per_month": 10, "budget_usd_per_month": "12500", "min_payout_usd": "25" },
        "price": { "policy": "mean", "days": 7, "quorum": 5, "max_age_hours": 48, "deviation_bps": 2000 },
        "payout": { "challenge_days": 7, "valid_days": 365 }
    })
}

/// Changes the field at a JSON pointer; `null` removes it, and `-` at the end of a list appends.
pub(super) fn set(terms: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer begins with a slash");
    match terms.pointer_mut(parent).unwrap_or_else(|| panic!("no `{parent}` in the terms")) {
        Value::Object(fields) if value.is_null() => drop(fields.remove(name)),
        Value::Object(fields) => drop(fields.insert(name.into(), value)),
        Value::Array(items) if name == "-" => items.push(value),
        Value::Array(items) => items[name.parse::<usize>().expect("a position")] = value,
        other => panic!("`{other}` has no fields"),
    }
}

/// Returns the default terms with some fields changed, and their text.
pub(super) fn terms_with(changes: &[(&str, Value)]) -> (Terms, String) {
    let mut value = default_terms();
    for (pointer, change) in changes {
        set(&mut value, pointer, change.clone());
    }
    let text = value.to_string();
    (read_terms(&text), text)
}

/// Reads terms from their JSON text.
pub(super) fn read_terms(text: &str) -> Terms {
    let document: TermsDocument = serde_json::from_str(text).expect("terms of the right shape");
    document.to_terms(keccak256(&[text.as_bytes()])).expect("right terms")
}

/// An event as text, with its source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct EventRow {
    pub(super) source: String,
    pub(super) id: String,
    pub(super) at: String,
    pub(super) coin: String,
    pub(super) kind: String,
    pub(super) actor: String,
    pub(super) usd: String,
    pub(super) reverses: String,
}

impl EventRow {
    /// Returns the event as readers hand it over.
    pub(super) fn text(&self) -> EventText<'_> {
        EventText {
            event_id: &self.id,
            occurred_at: &self.at,
            coin: &self.coin,
            kind: &self.kind,
            actor: &self.actor,
            amount_usd: &self.usd,
            reverses: &self.reverses,
        }
    }
}

/// Records and events of a small programme.
#[derive(Clone, Debug)]
pub(super) struct Sketch {
    pub(super) records: Records,
    pub(super) events: Vec<EventRow>,
    pub(super) terms_texts: BTreeMap<u32, String>,
}

/// Reads a programme under the default terms.
pub(super) fn sketch(text: &str) -> Sketch {
    sketch_with(&[], text)
}

/// Reads a programme under default terms with some fields changed.
pub(super) fn sketch_with(changes: &[(&str, Value)], text: &str) -> Sketch {
    sketch_under(vec![terms_with(changes)], text)
}

/// Reads a programme under these versions of the terms.
pub(super) fn sketch_under(versions: Vec<(Terms, String)>, text: &str) -> Sketch {
    let (terms, texts): (Vec<Terms>, Vec<String>) = versions.into_iter().unzip();
    let records = Records {
        terms: TermsHistory::new(terms).expect("a history of terms"),
        ambassadors: Vec::new(),
        referrals: Vec::new(),
        adoptions: Vec::new(),
        parties: Vec::new(),
        closes: Vec::new(),
        adjustments: Vec::new(),
        resolutions: Vec::new(),
    };
    let mut sketch = Sketch { records, events: Vec::new(), terms_texts: (1..).zip(texts).collect() };
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        sketch.read_line(line).unwrap_or_else(|| panic!("cannot read `{line}`"));
    }
    if sketch.records.closes.is_empty() {
        sketch.close_every_day();
    }
    sketch
}

/// Reads an instant, or a date as its midnight.
pub(super) fn at(text: &str) -> Instant {
    moment(text).unwrap_or_else(|| panic!("`{text}` is no time"))
}

fn moment(text: &str) -> Option<Instant> {
    if text.len() == 10 && text.contains('-') { format!("{text}T00:00:00Z").parse().ok() } else { text.parse().ok() }
}

impl Sketch {
    fn read_line(&mut self, line: &str) -> Option<()> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let named = |name: &str| words.iter().find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        let word = |position: usize| words.get(position).copied();
        let time = |position: usize| match word(position)? {
            "-" => Some(None),
            text => moment(text).map(Some),
        };
        match word(0)? {
            "ambassador" => {
                let index = u32::try_from(self.records.ambassadors.len()).ok()?;
                let held = words.contains(&"held");
                let payee = match named("payee") {
                    Some(address) if address.starts_with("0x") => Payee::Address(address.parse().ok()?),
                    Some(name) => Payee::Name(name.parse().ok()?),
                    None => Payee::Address(payee_address(index).parse().ok()?),
                };
                self.records.ambassadors.push(Ambassador {
                    index: AmbassadorIndex::new(index),
                    id: word(1)?.parse().ok()?,
                    name: word(1)?.parse().ok()?,
                    payee,
                    joined_at: moment(named("joined").unwrap_or("2020-10-01"))?,
                    status: if held { AmbassadorStatus::Held } else { AmbassadorStatus::Active },
                });
            }
            "referral" => self.records.referrals.push(Referral {
                creator: word(1)?.parse().ok()?,
                coin: named("coin").or(word(1))?.parse().ok()?,
                ambassador: word(2)?.parse().ok()?,
                invited_at: time(3)?,
                accepted_at: time(4)?,
                approved_at: time(5)?,
                launched_at: time(6)?,
                status: word(7)
                    .filter(|word| !word.contains('='))
                    .map_or(Some(ReferralStatus::Active), |word| word.parse().ok())?,
            }),
            "adoption" => self.records.adoptions.push(Adoption {
                creator: word(1)?.parse().ok()?,
                use_case: word(2)?.parse().ok()?,
                live_at: time(3)??,
                evidence: None,
                decision: word(4).map_or(Some(Decision::Approved), |word| word.parse().ok())?,
            }),
            "party" => {
                self.records.parties.push(Party {
                    actor: word(1)?.parse().ok()?,
                    relation: word(2)?.parse().ok()?,
                    since: None,
                });
            }
            "close" => self.records.closes.push(Close {
                date: word(1)?.parse().ok()?,
                usd: word(2)?.parse().ok()?,
                tokens: word(3).unwrap_or("1").parse().ok()?,
            }),
            "adjust" => self.records.adjustments.push(Adjustment {
                ambassador: word(1)?.parse().ok()?,
                month: word(2)?.parse().ok()?,
                usd: word(3)?.parse().ok()?,
                reason: word(4).unwrap_or("correction").parse().ok()?,
                approver: "treasury".parse().ok()?,
            }),
            "pin" => self.records.resolutions.push(Resolution {
                name: word(1)?.parse().ok()?,
                address: word(2).filter(|word| *word != "-").map(str::parse).transpose().ok()?,
                block: word(3)?.parse().ok()?,
                resolved_at: moment("2020-10-01")?,
            }),
            "event" => {
                let (source, id) = word(1)?.split_once('/').unwrap_or(("a", word(1)?));
                self.events.push(EventRow {
                    source: source.into(),
                    id: id.into(),
                    at: moment(word(2)?)?.to_string(),
                    coin: word(3)?.into(),
                    kind: word(4)?.into(),
                    actor: word(5)?.into(),
                    usd: word(6)?.into(),
                    reverses: word(7).unwrap_or_default().into(),
                });
            }
            "fans" => {
                for fan in 0..word(2)?.parse::<u32>().ok()? {
                    self.events.push(EventRow {
                        source: "fans".into(),
                        id: format!("f{}", self.events.len()),
                        at: moment(word(4)?)?.to_string(),
                        coin: word(1)?.into(),
                        kind: "buy".into(),
                        actor: format!("fan{fan}"),
                        usd: word(3)?.into(),
                        reverses: String::new(),
                    });
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn close_every_day(&mut self) {
        let (usd, tokens) = ("1250".parse().expect("a price"), "21000".parse().expect("a price"));
        let days = std::iter::successors(Some("2020-11-01".parse::<Date>().expect("a date")), |date| Some(date.next()));
        // Fourteen months: as far as any case of this suite goes.
        self.records.closes = days.take(426).map(|date| Close { date, usd, tokens }).collect();
    }

    /// Returns the programme.
    pub(super) fn programme(&self) -> Programme {
        Programme::new(self.records.clone()).expect("records that agree")
    }

    /// Measures the events up to an instant.
    pub(super) fn measure(&self, as_of: Instant) -> Result<Measured, Vec<VolumeError>> {
        let mut meter = Meter::new(&self.programme(), as_of, RandomState::new());
        for (row, place) in self.events.iter().zip(0..) {
            meter.read(&row.source, &row.text(), EventPlace(place)).expect("a right event");
        }
        meter.finish()
    }

    /// Returns what is measured and decided up to an instant.
    pub(super) fn measurements(&self, as_of: Instant) -> Measurements {
        Measurements {
            supporters: self.measure(as_of).expect("events that agree").supporters,
            self_referrals: self_referrals(&self.programme()),
        }
    }

    /// Settles a month and adds its credits.
    pub(super) fn settle(&self, month: &str, credited: &mut Credited) -> SettledMonth {
        let settled = self.try_settle(month, credited).unwrap_or_else(|error| panic!("{month}: {}", error.code()));
        settled.add_to(credited).expect("sums of a small programme");
        settled
    }

    /// Settles a month.
    pub(super) fn try_settle(&self, month: &str, credited: &Credited) -> Result<SettledMonth, StatementError> {
        let month: Month = month.parse().expect("a month");
        let measurements = self.measurements(month.end());
        let source = PriceSource { file: keccak256(&[b"prices"]), check: DeviationCheck::Enforced };
        state_month(&self.programme(), &measurements, credited, month, source)
    }

    /// Returns the lines of the referral of a creator by an ambassador as of an instant.
    pub(super) fn lines(&self, creator: &str, ambassador: &str, as_of: Instant) -> Vec<EntitledLine> {
        let programme = self.programme();
        let measurements = self.measurements(as_of);
        let creator: CreatorId = creator.parse().expect("a creator");
        let referrals = programme.referrals_by_creator().remove(&creator).expect("a referred creator");
        let referral = referrals.iter().find(|row| row.ambassador.as_str() == ambassador).expect("a referral");
        let adoptions = programme.adoptions_by_creator().remove(&creator).unwrap_or_default();
        let pair = (creator.clone(), referral.ambassador.clone());
        let evidence = Evidence {
            first_accepted: first_accepted(&referrals, &programme.records().terms, as_of),
            self_referral: measurements.self_referrals.contains(&pair),
            supporters: measurements.supporters.get(&creator).map_or(&[], Vec::as_slice),
            adoptions: &adoptions,
        };
        entitle(referral, &evidence, &programme.records().terms, as_of)
    }
}

/// Returns the payee of the ambassador who was sketched at this position.
pub(super) fn payee_address(index: u32) -> String {
    format!("0x{:040x}", index + 0xa000)
}
