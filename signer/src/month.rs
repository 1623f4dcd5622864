//! A month's computation: records document → statements. `settle` and `verify` both go this one way.

use std::collections::{BTreeMap, BTreeSet};

use ambassador_core::{
    calendar::{Instant, Month},
    claim::{Claim, Domain},
    diagnostic::Diagnostic,
    documents::{
        records::{MonthInputs, MonthRecords, RecordsDocument},
        statement::{StatementDocument, statement_hash},
        terms::TermsDocument,
    },
    hash::{Hash32, keccak256},
    identifier::{AmbassadorId, CreatorId},
    records::AmbassadorIndex,
    settlement::{Credited, Measurements},
    statement::{SettledMonth, Statement, state_month},
    terms::{Terms, TermsHistory},
    volume::{Measured, Supporter},
};

use crate::{
    intake::Intake,
    problem::{Exit, Failure, Problem},
};

/// The file of a month that holds all that it was computed from.
pub const RECORDS_FILE: &str = "records.json";

/// A statement as it is written.
#[derive(Clone, Debug)]
pub struct StatementFile {
    /// The document.
    pub document: StatementDocument,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The statement hash.
    pub hash: Hash32,
    /// What can be claimed by it, if anything.
    pub claim: Option<Claim>,
}

/// A month that was computed from its records document.
#[derive(Clone, Debug)]
pub struct MonthWork {
    /// All that it was computed from.
    pub document: RecordsDocument,
    /// The document's bytes.
    pub records_bytes: Vec<u8>,
    /// Keccak-256 of these bytes.
    pub records_hash: Hash32,
    /// The records, read back from the document.
    pub records: MonthRecords,
    /// The statements, typed.
    pub settled: SettledMonth,
    /// The statements, as they are written.
    pub statements: BTreeMap<AmbassadorIndex, StatementFile>,
}

/// What a records document is written from beside the folder's records.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    /// The month.
    pub month: Month,
    /// The month settled before, with the hash of its records.
    pub previous: Option<(Month, Hash32)>,
    /// The secret under which pseudonyms are made.
    pub salt: &'a [u8],
    /// Names resolved from this instant on are not seen.
    pub resolved_before: Instant,
    /// Keccak-256 of the price file.
    pub price_file: Hash32,
    /// Why a last close far off the mean does not stop the month.
    pub deviation_override: Option<String>,
}

/// Writes down what a month is computed from.
///
/// # Errors
///
/// [`Exit::Records`]: no terms were in force.
pub fn records_document(
    intake: &Intake,
    measured: &Measured,
    self_referrals: BTreeSet<(CreatorId, AmbassadorId)>,
    frame: &Frame<'_>,
) -> Result<RecordsDocument, Failure> {
    let seen = intake
        .programme
        .seen_in(frame.month, frame.resolved_before)
        .map_err(|error| Failure::new(Exit::Records, Problem::of(&error)))?;
    let versions: BTreeSet<u32> = seen.records().terms.versions().iter().map(Terms::version).collect();
    let texts = intake.terms_files.iter().filter(|file| versions.contains(&file.version));
    let measurements = Measurements { supporters: under_pseudonyms(measured, frame.salt), self_referrals };
    Ok(RecordsDocument::of(
        &seen,
        &MonthInputs {
            month: frame.month,
            previous: frame.previous,
            terms_texts: &texts.map(|file| (file.version, file.text.clone())).collect(),
            measurements: &measurements,
            fates: &measured.fates,
            price_file: frame.price_file,
            deviation_override: frame.deviation_override.clone(),
        },
    ))
}

/// Replaces every actor by a pseudonym that only the ledger's secret leads back to.
fn under_pseudonyms(measured: &Measured, salt: &[u8]) -> BTreeMap<CreatorId, Vec<Supporter>> {
    let pseudonym = |creator: &str, actor: &str| {
        let hash = keccak256(&[salt, creator.as_bytes(), &[0], actor.as_bytes()]).to_string();
        hash.chars().skip(2).take(16).collect::<String>()
    };
    measured
        .supporters
        .iter()
        .map(|(creator, supporters)| {
            let mut renamed: Vec<Supporter> = supporters
                .iter()
                .filter_map(|supporter| {
                    let actor = pseudonym(creator.as_str(), supporter.actor.as_str()).parse().ok()?;
                    Some(Supporter { actor, ..supporter.clone() })
                })
                .collect();
            renamed.sort();
            (creator.clone(), renamed)
        })
        .collect()
}

/// Reads the text of a terms file.
///
/// # Errors
///
/// The text is no terms file.
pub fn read_terms(text: &str) -> Result<Terms, Problem> {
    let document: TermsDocument =
        toml::from_str(text).map_err(|error| Problem::new("TERMS_SYNTAX", error.message().to_owned()))?;
    document.to_terms(keccak256(&[text.as_bytes()])).map_err(|errors| {
        errors.first().map_or_else(|| Problem::new("TERMS_SYNTAX", "the terms cannot be read"), Problem::of)
    })
}

/// Reads the records of a month from its document.
///
/// # Errors
///
/// The document does not make a month.
pub fn read_records(document: &RecordsDocument) -> Result<MonthRecords, Problem> {
    let versions: Result<Vec<Terms>, Problem> = document.terms.iter().map(|part| read_terms(&part.text)).collect();
    let history = TermsHistory::new(versions?).map_err(|error| Problem::of(&error))?;
    document.to_month_records(history).map_err(|error| Problem::of_document(&error))
}

/// Computes a month from its records document and from what earlier months credited.
///
/// # Errors
///
/// [`Exit::Records`]: the document does not make a month, or it has no price.
pub fn compute(document: RecordsDocument, credited: &Credited) -> Result<MonthWork, Failure> {
    let month_records =
        read_records(&document).map_err(|problem| Failure::new(Exit::Records, problem.file(RECORDS_FILE)))?;
    let settled = state_month(
        &month_records.programme,
        &month_records.measurements,
        credited,
        month_records.month,
        month_records.price_source,
    )
    .map_err(|error| {
        let refused = error.code().starts_with("PRICE_");
        let exit = if refused { Exit::Refused } else { Exit::Records };
        Failure::new(exit, Problem::of(&error).help(format!("{} (reason code PRICE_UNAVAILABLE)", error.help())))
    })?;
    let file = |statement: &Statement| {
        let document = StatementDocument::of(statement, &settled);
        let bytes = document.to_bytes();
        let hash = statement_hash(&bytes);
        StatementFile { document, bytes, hash, claim: Claim::of(statement, &settled, hash) }
    };
    let statements = settled.statements.iter().map(|row| (row.ambassador.index, file(row))).collect();
    let records_bytes = document.to_bytes();
    let records_hash = keccak256(&[&records_bytes]);
    Ok(MonthWork { document, records_bytes, records_hash, records: month_records, settled, statements })
}

impl MonthWork {
    /// Returns the domain in which the month's claims can be redeemed.
    pub fn domain(&self) -> Domain {
        Domain::of(&self.settled.terms)
    }
}
