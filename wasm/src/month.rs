//! Months from their published records: how far each referral is, and the same statements once more.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString as _},
    vec::Vec,
};

use ambassador_core::{
    calendar::{Instant, Month},
    documents::{
        records::{MonthRecords, RecordsDocument},
        statement::StatementDocument,
        terms::TermsDocument,
    },
    hash::{Hash32, keccak256},
    overview::{ReferralOverview, open_decisions, referrals},
    settlement::Credited,
    statement::{SettledMonth, state_month},
    terms::TermsHistory,
    usd::Usd,
};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    error::Failure,
    mirror::{self, written},
};

written! {
    /// A month's records, as a dashboard shows them.
    MonthView {
        month: String => "month": "string",
        as_of: String => "asOf": "string",
        ambassadors: Vec<AmbassadorView> => "ambassadors": "AmbassadorView[]",
        referrals: Vec<ReferralView> => "referrals": "ReferralView[]",
        decisions: Vec<DecisionView> => "decisions": "DecisionView[]",
        budget: String => "budgetUsd": "string",
    }
    /// An ambassador.
    AmbassadorView {
        index: String => "index": "string",
        id: String => "id": "string",
        name: String => "name": "string",
        payee: String => "payee": "string",
        account: Option<String> => "account": "string | undefined",
        status: &'static str => "status": "string",
    }
    /// How far a referral is.
    ReferralView {
        creator: String => "creator": "string",
        coin: String => "coin": "string",
        ambassador: String => "ambassador": "string",
        status: &'static str => "status": "string",
        invited_at: Option<String> => "invitedAt": "string | undefined",
        accepted_at: Option<String> => "acceptedAt": "string | undefined",
        approved_at: Option<String> => "approvedAt": "string | undefined",
        launched_at: Option<String> => "launchedAt": "string | undefined",
        window_closes: Option<String> => "windowCloses": "string | undefined",
        grace_ends: Option<String> => "graceEnds": "string | undefined",
        supporters: usize => "supporters": "number",
        volume: String => "volumeUsd": "string",
        terms_version: u32 => "termsVersion": "number",
        tiers: Vec<TierView> => "tiers": "TierView[]",
        use_cases: Vec<UseCaseView> => "useCases": "UseCaseView[]",
    }
    /// How far a tier is reached.
    TierView {
        volume: String => "volumeUsd": "string",
        bonus: String => "bonusUsd": "string",
        counted: String => "countedUsd": "string",
        reached: bool => "reached": "boolean",
    }
    /// A creator's use case.
    UseCaseView {
        name: String => "name": "string",
        innovative: bool => "innovative": "boolean",
        live_at: String => "liveAt": "string",
        decision: &'static str => "decision": "string",
    }
    /// Something that waits for people.
    DecisionView {
        kind: &'static str => "kind": "\"use_case\" | \"approval\" | \"held_referral\" | \"held_ambassador\" | \"address\"",
        subject: String => "subject": "string",
        sentence: String => "sentence": "string",
        since: Option<String> => "since": "string | undefined",
    }
    /// A month that was computed again from its records.
    RecomputedMonth {
        month: String => "month": "string",
        statements: usize => "statements": "number",
        differing: Vec<String> => "differing": "string[]",
        total: String => "totalUsd": "string",
        amount: String => "amount": "string",
        chained: bool => "chained": "boolean",
    }
}

#[wasm_bindgen(typescript_custom_section)]
const FILES: &str = r#"
/** A month's published files; the terms are the records' own, read from TOML, in the order of their versions. */
export interface PublishedMonth {
    records: Uint8Array;
    terms: TermsTable[];
    statements: { id: string; bytes: Uint8Array }[];
}
"#;

/// Returns the terms files that a month's records hold, in the order of their versions, for a reader of TOML.
#[wasm_bindgen(js_name = termsTexts)]
pub fn terms_texts(
    #[wasm_bindgen(unchecked_param_type = "Uint8Array")] records: &JsValue,
) -> Result<Vec<String>, Failure> {
    let records = mirror::bytes("records", records)?;
    Ok(RecordsDocument::from_bytes(&records)?.terms.into_iter().map(|terms| terms.text).collect())
}

/// Reads a month's records.
#[wasm_bindgen(js_name = readMonth, unchecked_return_type = "MonthView")]
pub fn read_month(
    #[wasm_bindgen(unchecked_param_type = "Uint8Array")] records: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "TermsTable[]")] terms: &JsValue,
) -> Result<JsValue, Failure> {
    let records = read(&mirror::bytes("records", records)?, &mirror::items("terms", terms)?)?;
    let programme = &records.programme;
    let as_of = records.month.end();
    let budget = programme.records().terms.in_force(records.month).map_or(Usd::ZERO, |terms| terms.caps().budget);
    let ambassadors = programme.records().ambassadors.iter().map(|row| AmbassadorView {
        index: row.index.to_string(),
        id: row.id.to_string(),
        name: row.name.to_string(),
        payee: row.payee.to_string(),
        account: programme.resolve(&row.payee).map(|account| account.to_string()),
        status: row.status.as_str(),
    });
    let decisions = open_decisions(programme).into_iter().map(|decision| DecisionView {
        kind: decision.kind.as_str(),
        subject: decision.subject,
        sentence: decision.sentence,
        since: shown(decision.since),
    });
    mirror::write(&MonthView {
        month: records.month.to_string(),
        as_of: as_of.to_string(),
        ambassadors: ambassadors.collect(),
        referrals: referrals(programme, &records.measurements, as_of).iter().map(ReferralView::of).collect(),
        decisions: decisions.collect(),
        budget: budget.to_string(),
    })
}

/// Computes months again, from the first that was ever settled, and compares every statement byte for byte.
///
/// `chained` says whether the records name the hash of the records before them.
#[wasm_bindgen(unchecked_return_type = "RecomputedMonth[]")]
pub fn recompute(
    #[wasm_bindgen(unchecked_param_type = "PublishedMonth[]")] months: &JsValue,
) -> Result<JsValue, Failure> {
    let mut credited = Credited::new();
    let mut before: Option<(Month, Hash32)> = None;
    let mut recomputed = Vec::new();
    for (place, published) in mirror::items("months", months)?.iter().enumerate() {
        let path = |name| format!("months[{place}].{name}");
        let bytes = mirror::bytes(&path("records"), &mirror::property(published, "records"))?;
        let statements = published_statements(&path("statements"), &mirror::property(published, "statements"))?;
        let records = read(&bytes, &mirror::items(&path("terms"), &mirror::property(published, "terms"))?)?;
        let month =
            state_month(&records.programme, &records.measurements, &credited, records.month, records.price_source);
        let month = month.map_err(|error| Failure::of(&error))?;
        month.add_to(&mut credited).ok_or_else(|| Failure::shape("the sums are larger than any programme's"))?;
        recomputed.push(RecomputedMonth::of(&month, &statements, records.previous == before));
        before = Some((records.month, keccak256(&[&bytes])));
    }
    mirror::write(&recomputed)
}

fn read(bytes: &[u8], terms: &[JsValue]) -> Result<MonthRecords, Failure> {
    let document = RecordsDocument::from_bytes(bytes)?;
    let versions = terms.iter().zip(&document.terms).map(|(table, part)| {
        let hash = keccak256(&[part.text.as_bytes()]);
        Ok(mirror::read::<TermsDocument>(table)?.to_terms(hash)?)
    });
    let history = TermsHistory::new(versions.collect::<Result<Vec<_>, Failure>>()?);
    Ok(document.to_month_records(history.map_err(|error| Failure::of(&error))?)?)
}

fn published_statements(path: &str, statements: &JsValue) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let statement = |(place, statement): (usize, JsValue)| {
        let path = |name| format!("{path}[{place}].{name}");
        let id = mirror::read_at(&path("id"), &mirror::property(&statement, "id"))?;
        Ok((id, mirror::bytes(&path("bytes"), &mirror::property(&statement, "bytes"))?))
    };
    mirror::items(path, statements)?.into_iter().enumerate().map(statement).collect()
}

fn shown(instant: Option<Instant>) -> Option<String> {
    instant.map(|instant| instant.to_string())
}

impl RecomputedMonth {
    fn of(month: &SettledMonth, published: &BTreeMap<String, Vec<u8>>, chained: bool) -> Self {
        let computed = month.statements.iter().map(|statement| {
            let bytes = StatementDocument::of(statement, month).to_bytes();
            (statement.ambassador.id.to_string(), bytes)
        });
        let computed: BTreeMap<String, Vec<u8>> = computed.collect();
        let ids = computed.keys().chain(published.keys().filter(|id| !computed.contains_key(*id)));
        let differing = ids.filter(|id| computed.get(*id) != published.get(*id)).cloned();
        Self {
            month: month.month.to_string(),
            statements: computed.len(),
            differing: differing.collect(),
            total: month.total().unwrap_or_default().to_string(),
            amount: month.amount().unwrap_or_default().to_string(),
            chained,
        }
    }
}

impl ReferralView {
    fn of(overview: &ReferralOverview<'_>) -> Self {
        let row = overview.referral;
        let tiers = overview.tiers.iter().map(|progress| TierView {
            volume: progress.tier.threshold.to_string(),
            bonus: progress.tier.bonus.to_string(),
            counted: progress.counted.to_string(),
            reached: progress.reached,
        });
        let use_cases = overview.adoptions.iter().map(|adoption| UseCaseView {
            name: adoption.use_case.name().to_string(),
            innovative: adoption.use_case.is_innovative(),
            live_at: adoption.live_at.to_string(),
            decision: adoption.decision.as_str(),
        });
        Self {
            creator: row.creator.to_string(),
            coin: row.coin.to_string(),
            ambassador: row.ambassador.to_string(),
            status: row.status.as_str(),
            invited_at: shown(row.invited_at),
            accepted_at: shown(row.accepted_at),
            approved_at: shown(row.approved_at),
            launched_at: shown(row.launched_at),
            window_closes: shown(overview.window_closes),
            grace_ends: shown(overview.grace_ends),
            supporters: overview.supporters,
            volume: overview.volume.to_string(),
            terms_version: overview.terms.version(),
            tiers: tiers.collect(),
            use_cases: use_cases.collect(),
        }
    }
}
