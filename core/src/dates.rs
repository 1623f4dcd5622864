//! An ambassador's dates as of the end of a settled month: what is still to come, and when.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    attribution::{first_accepted, governing_terms},
    calendar::Instant,
    claim::Claim,
    entitlement::{Evidence, launch},
    programme::Programme,
    settlement::Measurements,
    statement::{SettledMonth, Statement},
};

/// What happens at a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DateKind {
    /// The measured window of a creator closes.
    WindowEnd,
    /// The hold of a creator's base reward ends.
    HoldEnd,
    /// The month's claim can be redeemed no longer.
    ClaimDeadline,
    /// The next month can be settled and signed.
    NextClose,
}

impl DateKind {
    /// Returns the kind in one word, as documents write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WindowEnd => "window_end",
            Self::HoldEnd => "hold_end",
            Self::ClaimDeadline => "claim_deadline",
            Self::NextClose => "next_close",
        }
    }
}

/// Something that is still to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpcomingDate {
    /// When.
    pub at: Instant,
    /// What.
    pub kind: DateKind,
    /// The creator or the month that it is about; with the kind it is the ambassador's only one.
    pub subject: String,
    /// What it is, in a few words.
    pub title: String,
    /// What it means, in a sentence.
    pub sentence: String,
}

/// Returns what is still to come for an ambassador at the end of a settled month, in order.
///
/// `claim` is what the statement pays, if anything.
pub fn dates(
    programme: &Programme,
    measurements: &Measurements,
    month: &SettledMonth,
    statement: &Statement,
    claim: Option<&Claim>,
) -> Vec<UpcomingDate> {
    let as_of = month.month.end();
    let mut dates = of_referrals(programme, measurements, statement, as_of);
    if claim.is_some() {
        let symbol = &month.terms.token().symbol;
        let amount = statement.amount.to_tokens(month.terms.token().decimals);
        dates.push(UpcomingDate {
            at: month.terms.claims_deadline(month.month),
            kind: DateKind::ClaimDeadline,
            subject: month.month.to_string(),
            title: format!("Last moment to redeem {}", month.month),
            sentence: format!("The claim of {} for {amount} {symbol} can be redeemed until now.", month.month),
        });
    }
    let next = month.month.next();
    let terms = programme.records().terms.in_force(next).unwrap_or(&month.terms);
    dates.push(UpcomingDate {
        at: terms.signing_opens(next),
        kind: DateKind::NextClose,
        subject: next.to_string(),
        title: format!("{next} can be closed"),
        sentence: format!("The challenge days of {next} are over: it can be settled, signed and published."),
    });
    dates.sort_by(|a, b| (a.at, a.kind, &a.subject).cmp(&(b.at, b.kind, &b.subject)));
    dates
}

/// Returns the ends of windows and holds of the ambassador's creators who have launched.
fn of_referrals(
    programme: &Programme,
    measurements: &Measurements,
    statement: &Statement,
    as_of: Instant,
) -> Vec<UpcomingDate> {
    let history = &programme.records().terms;
    let mut dates = Vec::new();
    for (creator, referrals) in programme.referrals_by_creator() {
        let first = first_accepted(&referrals, history, as_of);
        let Some(terms) = governing_terms(first, history, as_of) else { continue };
        for referral in referrals.iter().filter(|referral| referral.ambassador == statement.ambassador.id) {
            let pair = (creator.clone(), referral.ambassador.clone());
            let self_referral = measurements.self_referrals.contains(&pair);
            let evidence = Evidence { first_accepted: first, self_referral, supporters: &[], adoptions: &[] };
            let Ok(launched_at) = launch(referral, &evidence, terms, history, as_of) else { continue };
            let windows = terms.windows();
            dates.extend([
                UpcomingDate {
                    at: launched_at.plus(windows.window),
                    kind: DateKind::WindowEnd,
                    subject: creator.to_string(),
                    title: format!("The window of {creator} closes"),
                    sentence: format!("Events of {creator} from now on do not count towards a tier."),
                },
                UpcomingDate {
                    at: launched_at.plus(windows.hold),
                    kind: DateKind::HoldEnd,
                    subject: creator.to_string(),
                    title: format!("The hold of {creator} ends"),
                    sentence: format!("The base reward for {creator} is earned from now on, once it qualifies."),
                },
            ]);
        }
    }
    dates.retain(|date| as_of <= date.at);
    dates
}
