//! Taking supporter sums over that were measured elsewhere, such as in a warehouse (rule R3).

use alloc::{
    boxed::Box,
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    calendar::Instant,
    diagnostic::Diagnostic,
    identifier::{CreatorId, Label, canonical_actor},
    volume::{Measured, Supporter, Watched},
};

/// A row that says what one supporter moved for one creator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupporterRow {
    /// The creator.
    pub creator: CreatorId,
    /// Who, how much, and since when.
    pub supporter: Supporter,
}

/// A row that cannot be taken over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct SupporterError {
    /// The row, from 0.
    pub row: usize,
    /// The other row, where there is one.
    pub other: Option<usize>,
    /// What is wrong.
    pub problem: SupporterProblem,
}

/// What is wrong with a row of supporter sums.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant's sentence stands in its attribute")]
pub enum SupporterProblem {
    #[error("nobody referred creator `{0}` before the month's end")]
    NoReferral(CreatorId),
    #[error("creator `{0}` has not accepted and launched before the month's end, so no event counts yet")]
    NotLaunched(CreatorId),
    #[error("actor `{actor}` is creator `{creator}`'s, the ambassador's or the treasury's own")]
    Related { creator: CreatorId, actor: Label },
    #[error("`{actor}` moved nothing")]
    Nothing { actor: Label },
    #[error("`{first_at}` is not from {from} on and before {to}, when events of creator `{creator}` count")]
    OutsideWindow { creator: CreatorId, first_at: Instant, from: Instant, to: Instant },
    #[error("actor `{actor}` of creator `{creator}` stands twice")]
    Twice { creator: CreatorId, actor: Label },
}

impl SupporterError {
    /// Returns the column that is wrong.
    pub const fn column(&self) -> &'static str {
        match &self.problem {
            SupporterProblem::NoReferral(_) | SupporterProblem::NotLaunched(_) => "creator",
            SupporterProblem::Related { .. } | SupporterProblem::Twice { .. } => "actor",
            SupporterProblem::Nothing { .. } => "counted_usd",
            SupporterProblem::OutsideWindow { .. } => "first_at",
        }
    }
}

impl Diagnostic for SupporterError {
    fn code(&self) -> &'static str {
        match &self.problem {
            SupporterProblem::NoReferral(_) => "SUPPORTER_CREATOR",
            SupporterProblem::NotLaunched(_) => "SUPPORTER_NOT_LAUNCHED",
            SupporterProblem::Related { .. } => "SUPPORTER_RELATED",
            SupporterProblem::Nothing { .. } => "SUPPORTER_ZERO",
            SupporterProblem::OutsideWindow { .. } => "SUPPORTER_TIME",
            SupporterProblem::Twice { .. } => "SUPPORTER_TWICE",
        }
    }

    fn help(&self) -> String {
        match &self.problem {
            SupporterProblem::NoReferral(_)
            | SupporterProblem::NotLaunched(_)
            | SupporterProblem::Related { .. }
            | SupporterProblem::OutsideWindow { .. } => {
                "the records changed since the query was printed, or the row is of another month: print and run it again"
            }
            SupporterProblem::Nothing { .. } => "leave supporters without counted volume out",
            SupporterProblem::Twice { .. } => "the query gives one row for each creator and actor: run it again",
        }
        .to_string()
    }
}

/// Takes rows over as what was measured up to `as_of`; no event met a fate.
///
/// # Errors
///
/// Every row that the events of `watched` coins cannot have led to.
pub fn take_over(
    rows: Vec<SupporterRow>,
    watched: &[Watched],
    as_of: Instant,
) -> Result<Measured, Vec<SupporterError>> {
    let watched: BTreeMap<&CreatorId, &Watched> = watched.iter().map(|watch| (&watch.creator, watch)).collect();
    let mut errors = Vec::new();
    let mut seen: BTreeMap<(CreatorId, Box<str>), usize> = BTreeMap::new();
    let mut supporters: BTreeMap<CreatorId, Vec<Supporter>> = BTreeMap::new();
    for (number, SupporterRow { creator, supporter }) in rows.into_iter().enumerate() {
        let actor: Box<str> = canonical_actor(supporter.actor.as_str()).into();
        let twice = seen.get(&(creator.clone(), actor.clone())).copied();
        let problem = match watched.get(&creator).copied() {
            None => Some(SupporterProblem::NoReferral(creator.clone())),
            Some(watch) => contradiction(watch, &supporter, &actor, as_of),
        };
        errors.extend(problem.map(|problem| SupporterError { row: number, other: None, problem }));
        if twice.is_some() {
            let problem = SupporterProblem::Twice { creator, actor: supporter.actor };
            errors.push(SupporterError { row: number, other: twice, problem });
            continue;
        }
        // The canonical form of a label is one.
        let actor_label = actor.parse().unwrap_or(supporter.actor);
        seen.insert((creator.clone(), actor), number);
        supporters.entry(creator).or_default().push(Supporter { actor: actor_label, ..supporter });
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    for list in supporters.values_mut() {
        list.sort();
    }
    Ok(Measured { supporters, fates: BTreeMap::new() })
}

/// Returns why no event of a watched coin can have led to a supporter, if that is so.
fn contradiction(watch: &Watched, supporter: &Supporter, actor: &str, as_of: Instant) -> Option<SupporterProblem> {
    let creator = watch.creator.clone();
    let Some((from, end)) = watch.window else { return Some(SupporterProblem::NotLaunched(creator)) };
    let (first_at, to) = (supporter.first_at, end.min(as_of));
    if watch.related.contains(actor) {
        return Some(SupporterProblem::Related { creator, actor: supporter.actor.clone() });
    }
    if supporter.volume.is_zero() {
        return Some(SupporterProblem::Nothing { actor: supporter.actor.clone() });
    }
    let counts = from <= first_at && first_at < to;
    (!counts).then_some(SupporterProblem::OutsideWindow { creator, first_at, from, to })
}
