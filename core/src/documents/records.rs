//! `ambassador-records/1`: all that a month was computed from, without anybody's id on the network.
//!
//! It holds the terms as they were written, the records, and each creator's supporter sums under pseudonyms: enough
//! for anyone to recompute rules R4 to R9 to the last base unit.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::{String, ToString},
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use super::{
    json::{self, DocumentError, check_schema, field},
    rows::{
        AdjustmentPart, AdoptionPart, AmbassadorPart, ClosePart, ReferralPart, ResolutionPart, SelfReferralPart,
        SupporterPart, read_rows,
    },
};
use crate::{
    calendar::Month,
    consistency::RecordError,
    diagnostic::Diagnostic,
    hash::{Hash32, keccak256},
    identifier::CreatorId,
    pricing::DeviationCheck,
    programme::Programme,
    records::Records,
    settlement::Measurements,
    statement::PriceSource,
    terms::TermsHistory,
    volume::{Fate, Supporter},
};

/// The schema that this version reads and writes.
pub const SCHEMA: &str = "ambassador-records/1";

super::document! {
    /// All that a month was computed from.
    RecordsDocument {
        schema: String,
        month: String,
        previous: Option<PreviousPart>,
        terms: Vec<TermsPart>,
        ambassadors: Vec<AmbassadorPart>,
        referrals: Vec<ReferralPart>,
        adoptions: Vec<AdoptionPart>,
        prices: PricesPart,
        adjustments: Vec<AdjustmentPart>,
        resolutions: Vec<ResolutionPart>,
        self_referrals: Vec<SelfReferralPart>,
        supporters: Vec<SupporterPart>,
        events: BTreeMap<String, u64>,
    }
    /// The month that was settled before, whose credits this one continues.
    PreviousPart { month: String, records: String }
    /// A version of the terms, as its file was written.
    TermsPart { version: u32, hash: String, text: String }
    /// The closes of the month and the file that they come from.
    PricesPart { file: String, deviation_override: Option<String>, closes: Vec<ClosePart> }
}

/// What the document of a month is made of beside the programme.
#[derive(Clone, Debug)]
pub struct MonthInputs<'a> {
    /// The month.
    pub month: Month,
    /// The month settled before, with the hash of its records.
    pub previous: Option<(Month, Hash32)>,
    /// The terms files as they were written, by version.
    pub terms_texts: &'a BTreeMap<u32, String>,
    /// What was measured; actors are pseudonyms already.
    pub measurements: &'a Measurements,
    /// What became of the events.
    pub fates: &'a BTreeMap<Fate, u64>,
    /// Keccak-256 of the price file.
    pub price_file: Hash32,
    /// Why a last close far off the mean does not stop the month.
    pub deviation_override: Option<String>,
}

/// What a month is computed from, read back from its document.
#[derive(Clone, Debug)]
pub struct MonthRecords {
    /// The month.
    pub month: Month,
    /// The month settled before, with the hash of its records.
    pub previous: Option<(Month, Hash32)>,
    /// The programme.
    pub programme: Programme,
    /// What was measured.
    pub measurements: Measurements,
    /// What the price is taken from.
    pub price_source: PriceSource,
}

impl RecordsDocument {
    /// Writes down what a month is computed from.
    pub fn of(programme: &Programme, inputs: &MonthInputs<'_>) -> Self {
        let records = programme.records();
        let in_month = records.closes.iter().filter(|row| row.date.to_month() == inputs.month);
        let adjustments = records.adjustments.iter().filter(|row| row.month <= inputs.month);
        let supporters = inputs.measurements.supporters.iter();
        let supporters =
            supporters.flat_map(|(creator, supporters)| supporters.iter().map(move |supporter| (creator, supporter)));
        Self {
            schema: SCHEMA.to_string(),
            month: inputs.month.to_string(),
            previous: inputs
                .previous
                .map(|(month, records)| PreviousPart { month: month.to_string(), records: records.to_string() }),
            terms: inputs
                .terms_texts
                .iter()
                .map(|(version, text)| TermsPart {
                    version: *version,
                    hash: keccak256(&[text.as_bytes()]).to_string(),
                    text: text.clone(),
                })
                .collect(),
            ambassadors: records.ambassadors.iter().map(AmbassadorPart::of).collect(),
            referrals: records.referrals.iter().map(ReferralPart::of).collect(),
            adoptions: records.adoptions.iter().map(AdoptionPart::of).collect(),
            prices: PricesPart {
                file: inputs.price_file.to_string(),
                deviation_override: inputs.deviation_override.clone(),
                closes: in_month.map(ClosePart::of).collect(),
            },
            adjustments: adjustments.map(AdjustmentPart::of).collect(),
            resolutions: records.resolutions.iter().map(ResolutionPart::of).collect(),
            self_referrals: inputs.measurements.self_referrals.iter().map(SelfReferralPart::of).collect(),
            supporters: supporters.map(|(creator, supporter)| SupporterPart::of(creator, supporter)).collect(),
            events: inputs.fates.iter().map(|(fate, count)| (fate.as_str().to_string(), *count)).collect(),
        }
    }

    /// Returns the hash of each part, so that a change can be traced to it.
    pub fn part_hashes(&self) -> BTreeMap<&'static str, Hash32> {
        let hash = |bytes: Vec<u8>| keccak256(&[&bytes]);
        BTreeMap::from([
            ("month", hash(json::to_bytes(&(&self.schema, &self.month)))),
            ("previous", hash(json::to_bytes(&self.previous))),
            ("terms", hash(json::to_bytes(&self.terms))),
            ("ambassadors", hash(json::to_bytes(&self.ambassadors))),
            ("referrals", hash(json::to_bytes(&self.referrals))),
            ("adoptions", hash(json::to_bytes(&self.adoptions))),
            ("prices", hash(json::to_bytes(&self.prices))),
            ("adjustments", hash(json::to_bytes(&self.adjustments))),
            ("resolutions", hash(json::to_bytes(&self.resolutions))),
            ("self_referrals", hash(json::to_bytes(&self.self_referrals))),
            ("supporters", hash(json::to_bytes(&self.supporters))),
            ("events", hash(json::to_bytes(&self.events))),
        ])
    }

    /// Returns the bytes that are published and hashed.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }

    /// Reads the document from its published bytes.
    ///
    /// # Errors
    ///
    /// The bytes are no such document, or not in the one form that its hash is taken of.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DocumentError> {
        let document: Self = json::from_canonical_bytes(bytes)?;
        check_schema(&document.schema, SCHEMA)?;
        Ok(document)
    }

    /// Reads every field; the terms were read by the caller, because their format is not this one's.
    ///
    /// # Errors
    ///
    /// A field cannot be read, or rows contradict each other.
    pub fn to_month_records(&self, terms: TermsHistory) -> Result<MonthRecords, DocumentError> {
        if self.terms.len() != terms.versions().len() {
            let (found, expected) = (terms.versions().len().to_string(), self.terms.len().to_string());
            return Err(DocumentError::Mismatch { path: "terms".to_string(), found, expected });
        }
        for (part, terms) in self.terms.iter().zip(terms.versions()) {
            expect_hash(&format!("terms[{}].hash", part.version), &part.hash, terms.hash())?;
        }
        let previous = match &self.previous {
            None => None,
            Some(part) => Some((
                field(|| "previous.month".to_string(), &part.month)?,
                field(|| "previous.records".to_string(), &part.records)?,
            )),
        };
        let programme = Programme::new(Records {
            terms,
            ambassadors: read_rows("ambassadors", &self.ambassadors, AmbassadorPart::read)?,
            referrals: read_rows("referrals", &self.referrals, ReferralPart::read)?,
            adoptions: read_rows("adoptions", &self.adoptions, AdoptionPart::read)?,
            parties: Vec::new(),
            closes: read_rows("prices.closes", &self.prices.closes, ClosePart::read)?,
            adjustments: read_rows("adjustments", &self.adjustments, AdjustmentPart::read)?,
            resolutions: read_rows("resolutions", &self.resolutions, ResolutionPart::read)?,
        });
        let programme = programme.map_err(|errors| first_error(&errors))?;
        let check = match self.prices.deviation_override {
            None => DeviationCheck::Enforced,
            Some(_) => DeviationCheck::Overridden,
        };
        Ok(MonthRecords {
            month: field(|| "month".to_string(), &self.month)?,
            previous,
            programme,
            measurements: self.measurements()?,
            price_source: PriceSource { file: field(|| "prices.file".to_string(), &self.prices.file)?, check },
        })
    }

    fn measurements(&self) -> Result<Measurements, DocumentError> {
        let mut supporters: BTreeMap<CreatorId, Vec<Supporter>> = BTreeMap::new();
        for (creator, supporter) in read_rows("supporters", &self.supporters, SupporterPart::read)? {
            supporters.entry(creator).or_default().push(supporter);
        }
        let self_referrals = read_rows("self_referrals", &self.self_referrals, SelfReferralPart::read)?;
        Ok(Measurements { supporters, self_referrals: self_referrals.into_iter().collect::<BTreeSet<_>>() })
    }
}

fn expect_hash(path: &str, found: &str, expected: Hash32) -> Result<(), DocumentError> {
    if found == expected.to_string() {
        return Ok(());
    }
    let (path, found, expected) = (path.to_string(), found.to_string(), expected.to_string());
    Err(DocumentError::Mismatch { path, found, expected })
}

fn first_error(errors: &[RecordError]) -> DocumentError {
    match errors.first() {
        None => DocumentError::Schema { found: String::new(), expected: SCHEMA },
        Some(error) => DocumentError::Field {
            path: format!("{}[{}].{}", error.table, error.row, error.column),
            code: error.code(),
            message: error.to_string(),
            help: error.help(),
        },
    }
}
