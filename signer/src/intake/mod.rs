//! The records of a programme folder as the core's types, or everything that is wrong with them at once.

pub mod acceptances;
pub mod activity;
mod blocks;
mod chunks;
mod columnar;
pub mod columns;
pub mod csv;
mod cuts;
mod decompress;
mod disk;
#[doc(hidden)]
pub mod doors;
mod feed;
mod flat;
pub mod jsonl;
pub mod lines;
mod numbering;
mod problems;
mod quotes;
mod reader;
pub mod redemptions;
mod reports;
mod stream;
pub mod supporters;
mod tables;
mod terms;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use ambassador_core::{
    acceptances::AcceptanceProblem,
    consistency::{RecordError, RecordProblem, Table as Name},
    hash::{Hash32, keccak256},
    programme::Programme,
    records::{Adjustment, Adoption, Ambassador, Close, Party, Records, Referral, Resolution},
    terms::TermsHistory,
};

pub(crate) use self::problems::Problems;
pub use self::terms::{TermsFile, read_terms_file, read_terms_history};
use self::{
    acceptances::AcceptanceFile,
    columns::nearest,
    disk::{Presence, list_folder, read_file},
    tables::{OfTable, Table, read_table},
};
use crate::problem::{Exit, Failure, Problem};

/// Everything of a programme folder but its activity, the ledger and what was made of them.
#[derive(Clone, Debug)]
pub struct Intake {
    /// The records, which agree with each other; the acceptances have joined them.
    pub programme: Programme,
    /// The signed acceptances, in the order of their files.
    pub acceptances: Vec<AcceptanceFile>,
    /// The terms files in the order of their versions.
    pub terms_files: Vec<TermsFile>,
    /// Keccak-256 of the bytes of `prices.csv` (rule R9).
    pub price_file_hash: Hash32,
}

/// Reads the programme folder `root`.
///
/// Its events are measured by [`activity::measure`].
///
/// # Errors
///
/// Every problem of every file (up to a hundred, and how many more there are): [`Exit::Disk`] where a file could not be
/// read, else [`Exit::Records`].
pub fn read(root: &Path) -> Result<Intake, Failure> {
    if !root.is_dir() {
        let problem = Problem::new("PROGRAMME_MISSING", "there is no such folder").file(root);
        let help = "name the programme's folder with `-C`, or make one with `ambassador-signer init`";
        return Err(Failure::new(Exit::Records, problem.help(help)));
    }
    let mut problems = Problems::default();
    unknown_tables(root, &mut problems);
    let terms = terms::read_terms(root, &mut problems);
    let mut price_file_hash = None;
    let tables = Tables {
        ambassadors: table(root, Presence::Required, &mut problems, |_| ()),
        referrals: table(root, Presence::Required, &mut problems, |_| ()),
        adoptions: table(root, Presence::Optional, &mut problems, |_| ()),
        parties: table(root, Presence::Optional, &mut problems, |_| ()),
        closes: table(root, Presence::Required, &mut problems, |bytes| price_file_hash = Some(keccak256(&[bytes]))),
        adjustments: table(root, Presence::Optional, &mut problems, |_| ()),
        resolutions: table(root, Presence::Optional, &mut problems, |_| ()),
    };
    let signed = acceptances::read(root, &mut problems);
    let read = terms.and_then(|(terms, terms_files)| {
        let mut places = tables.places();
        let mut records = tables.into_records(terms);
        let is_certain = |problem: &AcceptanceProblem| places.is_certain_of_acceptance(problem);
        let acceptances = acceptances::join_all(&mut records, signed, is_certain, &mut problems);
        places.joined = acceptances.iter().map(|file| (file.joined.row, file.path.clone())).collect();
        let programme = Programme::new(records).map_err(|errors| {
            for error in errors.iter().filter(|error| places.is_certain(error)) {
                problems.push(places.problem(error));
            }
        });
        Some(Intake { programme: programme.ok()?, acceptances, terms_files, price_file_hash: price_file_hash? })
    });
    match read {
        Some(intake) => problems.or(intake),
        None => Err(problems.or(()).err().unwrap_or_else(|| {
            // Unreachable as long as whatever gives nothing also reports why.
            Failure::new(Exit::Records, Problem::new("RECORDS", "the records contradict each other"))
        })),
    }
}

/// Returns the bytes of a file below `root`, or `None` where it is absent.
///
/// # Errors
///
/// [`Exit::Disk`] where it could not be read, [`Exit::Records`] where it is too large or no file.
pub(crate) fn read_bytes(root: &Path, file: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let mut problems = Problems::default();
    let bytes = read_file(root, file, Presence::Optional, &mut problems);
    problems.or(bytes)
}

/// Returns the bytes of `prices.csv` and its rows; none where it is absent.
///
/// # Errors
///
/// Those of [`read_bytes`], and everything that is wrong with it.
pub(crate) fn read_prices(root: &Path) -> Result<(Vec<u8>, Vec<Close>), Failure> {
    let file = Name::Prices.to_string();
    let file = Path::new(&file);
    let Some(bytes) = read_bytes(root, file)? else { return Ok((Vec::new(), Vec::new())) };
    let mut problems = Problems::default();
    let table = read_table(file, &bytes, &mut problems);
    problems.or((bytes, table.rows))
}

/// Returns the rows of a file below `root` that is written as `prices.csv` is, and that must be there.
///
/// # Errors
///
/// Those of [`read_bytes`], and everything that is wrong with it.
pub(crate) fn read_closes(root: &Path, file: &Path) -> Result<Vec<Close>, Failure> {
    let mut problems = Problems::default();
    let bytes = read_file(root, file, Presence::Required, &mut problems).unwrap_or_default();
    let bytes = problems.or(bytes)?;
    let mut problems = Problems::default();
    let table = read_table(file, &bytes, &mut problems);
    problems.or(table.rows)
}

const TABLES: [Name; 7] = [
    Name::Ambassadors,
    Name::Referrals,
    Name::Adoptions,
    Name::Parties,
    Name::Prices,
    Name::Adjustments,
    Name::Resolutions,
];

/// Reports tables whose names are known to nobody: a slip of a letter must not make an optional table empty.
fn unknown_tables(root: &Path, problems: &mut Problems) {
    let known = TABLES.map(|table| table.to_string());
    for name in list_folder(root, Path::new(""), problems) {
        let file = Path::new(&name);
        let is_table = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        let text = name.to_string_lossy();
        if !is_table || text.starts_with('.') || known.iter().any(|known| *known == text) {
            continue;
        }
        let help = match nearest(&text, known.iter().map(String::as_str)) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "keep other tables elsewhere".to_string(),
        };
        problems.push(Problem::new("FILE_UNKNOWN", "no table has this name").file(file).help(help));
    }
}

fn table<T: OfTable>(root: &Path, presence: Presence, problems: &mut Problems, mut see: impl FnMut(&[u8])) -> Table<T> {
    let file = T::TABLE.to_string();
    let file = Path::new(&file);
    let before = problems.count();
    match read_file(root, file, presence, problems) {
        Some(bytes) => {
            see(&bytes);
            read_table(file, &bytes, problems)
        }
        None => Table { complete: problems.count() == before, ..Table::default() },
    }
}

/// Every table as it was read.
struct Tables {
    ambassadors: Table<Ambassador>,
    referrals: Table<Referral>,
    adoptions: Table<Adoption>,
    parties: Table<Party>,
    closes: Table<Close>,
    adjustments: Table<Adjustment>,
    resolutions: Table<Resolution>,
}

impl Tables {
    fn places(&self) -> Places {
        fn place<T>(table: &Table<T>) -> Place {
            Place { lines: table.lines.clone(), complete: table.complete }
        }
        Places {
            ambassadors: place(&self.ambassadors),
            referrals: place(&self.referrals),
            adoptions: place(&self.adoptions),
            parties: place(&self.parties),
            closes: place(&self.closes),
            adjustments: place(&self.adjustments),
            resolutions: place(&self.resolutions),
            joined: BTreeMap::new(),
        }
    }

    fn into_records(self, terms: TermsHistory) -> Records {
        Records {
            terms,
            ambassadors: self.ambassadors.rows,
            referrals: self.referrals.rows,
            adoptions: self.adoptions.rows,
            parties: self.parties.rows,
            closes: self.closes.rows,
            adjustments: self.adjustments.rows,
            resolutions: self.resolutions.rows,
        }
    }
}

/// The lines of the rows of a table.
struct Place {
    lines: Vec<u64>,
    complete: bool,
}

/// The lines of the rows of every table.
struct Places {
    ambassadors: Place,
    referrals: Place,
    adoptions: Place,
    parties: Place,
    closes: Place,
    adjustments: Place,
    resolutions: Place,
    /// The files of acceptances, by the places of their referrals.
    joined: BTreeMap<usize, PathBuf>,
}

impl Places {
    fn of(&self, table: Name) -> &Place {
        match table {
            Name::Ambassadors => &self.ambassadors,
            Name::Referrals => &self.referrals,
            Name::Adoptions => &self.adoptions,
            Name::Parties => &self.parties,
            Name::Prices => &self.closes,
            Name::Adjustments => &self.adjustments,
            Name::Resolutions => &self.resolutions,
        }
    }

    /// Says whether an error stays when the rows that could not be read are mended.
    fn is_certain(&self, error: &RecordError) -> bool {
        match &error.problem {
            RecordProblem::IndexGap { .. } | RecordProblem::NoAmbassador(_) => self.ambassadors.complete,
            RecordProblem::NoCreator(_) => self.referrals.complete,
            _ => true,
        }
    }

    /// Says whether what is wrong with an acceptance stays when the rows that could not be read are mended.
    fn is_certain_of_acceptance(&self, problem: &AcceptanceProblem) -> bool {
        match problem {
            AcceptanceProblem::NoAmbassador(_) => {
                self.ambassadors.complete && self.parties.complete && self.resolutions.complete
            }
            AcceptanceProblem::OtherAccount { .. } => self.parties.complete,
            _ => true,
        }
    }

    fn problem(&self, error: &RecordError) -> Problem {
        let lines = &self.of(error.table).lines;
        let mut problem = Problem::of(error).file(error.table.to_string()).column(error.column);
        problem.line = lines.get(error.row).copied();
        // A row that stands in no file was added by an acceptance.
        if let Some(file) =
            self.joined.get(&error.row).filter(|_| error.table == Name::Referrals && problem.line.is_none())
        {
            problem.file = Some(file.clone());
        }
        if let Some(other) = error.other_row.and_then(|row| lines.get(row)) {
            problem.message = format!("{} (the other stands in line {other})", problem.message);
        }
        problem
    }
}

#[cfg(test)]
mod tests;
