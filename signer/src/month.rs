//! A month's computation: records document → statements. `settle` and `verify` both go this one way.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
};

use ambassador_core::{
    calendar::{Instant, Month},
    claim::{Claim, Domain},
    diagnostic::Diagnostic,
    documents::{
        json::DocumentError,
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
    parallel,
    problem::{Exit, Failure, Problem},
};

/// The file of a month that holds all that it was computed from.
pub const RECORDS_FILE: &str = "records.json";

/// A pseudonym is the start of a hash: so many bytes of it.
const PSEUDONYM_BYTES: usize = 8;
/// Creators have few supporters or very many: by so many at a time, every core has about as much to do.
const CREATORS_AT_ONCE: usize = 64;

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

/// A records document and what it is written as.
#[derive(Clone, Debug)]
pub struct WrittenRecords {
    // INVARIANT: `bytes` is the one form of `document`.
    document: RecordsDocument,
    bytes: Vec<u8>,
}

impl WrittenRecords {
    /// Writes a document.
    pub fn of(document: RecordsDocument) -> Self {
        let bytes = document.to_bytes();
        Self { document, bytes }
    }

    /// Reads a document from its published bytes.
    ///
    /// # Errors
    ///
    /// The bytes are no such document, or not in its one form.
    pub fn read(bytes: &[u8]) -> Result<Self, DocumentError> {
        Ok(Self { document: RecordsDocument::from_bytes(bytes)?, bytes: bytes.to_vec() })
    }

    /// Returns the document.
    pub fn document(&self) -> &RecordsDocument {
        &self.document
    }

    /// Returns the bytes that are published and hashed.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// A month that was computed from its records document.
#[derive(Clone, Debug)]
pub struct MonthWork {
    /// All that it was computed from.
    pub written: WrittenRecords,
    /// Keccak-256 of the document's bytes.
    pub records_hash: Hash32,
    /// Keccak-256 of each part of the document.
    pub part_hashes: BTreeMap<&'static str, Hash32>,
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
    let pseudonym = |creator: &CreatorId, supporter: &Supporter| {
        let hash = keccak256(&[salt, creator.as_str().as_bytes(), &[0], supporter.actor.as_str().as_bytes()]);
        let (shown, _) = hash.as_bytes().split_at(PSEUDONYM_BYTES);
        Some(Supporter { actor: hex::encode(shown).parse().ok()?, ..*supporter })
    };
    let creators: Vec<_> = measured.supporters.iter().collect();
    let renamed = parallel::map_chunks(&creators, CREATORS_AT_ONCE, |creators| {
        let renamed = creators.iter().map(|(creator, supporters)| {
            let renamed = supporters.iter().filter_map(|supporter| pseudonym(creator, supporter));
            let mut renamed: Vec<Supporter> = renamed.collect();
            renamed.sort();
            ((*creator).clone(), renamed)
        });
        Ok::<_, Infallible>(renamed.collect())
    });
    let Ok(renamed) = renamed;
    renamed.into_iter().collect()
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
pub fn compute(written: WrittenRecords, credited: &Credited) -> Result<MonthWork, Failure> {
    let document = &written.document;
    let hash = || (keccak256(&[&written.bytes]), document.part_hashes());
    let ((records_hash, part_hashes), stated) = parallel::both(hash, || state(document, credited));
    let (records, settled, statements) = stated?;
    Ok(MonthWork { written, records_hash, part_hashes, records, settled, statements })
}

type Stated = (MonthRecords, SettledMonth, BTreeMap<AmbassadorIndex, StatementFile>);

/// Settles a month and writes its statements.
fn state(document: &RecordsDocument, credited: &Credited) -> Result<Stated, Failure> {
    let month_records =
        read_records(document).map_err(|problem| Failure::new(Exit::Records, problem.file(RECORDS_FILE)))?;
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
    Ok((month_records, settled, statements))
}

impl MonthWork {
    /// Returns the domain in which the month's claims can be redeemed.
    pub fn domain(&self) -> Domain {
        Domain::of(&self.settled.terms)
    }
}
