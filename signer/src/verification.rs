//! Recomputing a month's folder, or a published folder, and comparing it file by file and field by field.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use ambassador_core::{calendar::Month, hash::Hash32, settlement::Credited};

use crate::{
    difference, files,
    index::{IndexDocument, IndexMonth},
    ledger::Ledger,
    month::{MonthWork, RECORDS_FILE, WrittenRecords, compute},
    problem::{Failure, Problem},
    report,
    summary::{Status, SummaryDocument},
};

mod claims;
mod replacements;

pub use claims::Signers;
use claims::compare_claims;
use replacements::OwnClaims;
pub use replacements::read as read_replacement;

/// What was found in a month's folder.
#[derive(Clone, Debug)]
pub struct MonthReport {
    /// What was verified, if the month could be computed at all.
    pub sentence: Option<String>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl MonthReport {
    fn failed(problem: Problem) -> Self {
        Self { sentence: None, problems: vec![problem] }
    }
}

/// Months that were recomputed, with what all months up to them credited.
type Recomputed = BTreeMap<PathBuf, (Hash32, Credited)>;

/// Verifies a month's folder; the months before it must lie beside it.
pub fn verify_month(folder: &Path, signers: Signers<'_>, known: &mut Recomputed) -> Vec<MonthReport> {
    let report = match recompute(folder, known) {
        Err(problem) => MonthReport::failed(problem),
        Ok(work) => compare(folder, &work, signers),
    };
    vec![report]
}

/// Verifies a published folder: every month, the terms, the index, and the claims in the place of others.
pub fn verify_published(folder: &Path, signers: Signers<'_>) -> Vec<MonthReport> {
    let months = folder.join("months");
    let listed = files::names_in(&months).unwrap_or_default();
    let mut names: Vec<Month> = listed.iter().filter_map(|name| name.to_str()?.parse().ok()).collect();
    names.sort();
    let mut known = Recomputed::new();
    let mut reports = Vec::new();
    let mut index = Vec::new();
    let mut programme = String::new();
    let mut terms = BTreeMap::new();
    let mut own = OwnClaims::default();
    for name in names {
        let path = months.join(name.to_string());
        match recompute(&path, &mut known) {
            Err(problem) => reports.push(MonthReport::failed(problem)),
            Ok(work) => {
                reports.push(compare(&path, &work, signers));
                index.push(IndexMonth::of(&work, status_of(&path)));
                own.add(&work);
                programme = work.settled.programme.to_string();
                terms.extend(work.written.document().terms.iter().map(|part| (part.version, part.text.clone())));
            }
        }
    }
    let mut problems = Vec::new();
    let expected = IndexDocument::new(programme, index).to_bytes();
    compare_json(&folder.join("index.json"), &expected, &mut problems);
    for (version, text) in terms {
        compare_text(&folder.join(format!("terms/{version}.toml")), text.as_bytes(), &mut problems);
    }
    reports.push(MonthReport { sentence: Some("index and terms".to_owned()), problems });
    reports.extend(replacements::verify(folder, &own, signers));
    reports
}

/// Computes a month from its records, after the months before it.
fn recompute(folder: &Path, known: &mut Recomputed) -> Result<MonthWork, Problem> {
    let path = folder.join(RECORDS_FILE);
    let bytes = files::read(&path).map_err(|error| missing(&path, &error))?;
    let written = WrittenRecords::read(&bytes)
        .map_err(|error| Problem::of_document(&error).file(&path))
        .map_err(|problem| blame_records(folder, &bytes).unwrap_or(problem))?;
    let mut credited = match &written.document().previous {
        None => Credited::new(),
        Some(previous) => {
            let before = folder.parent().unwrap_or(Path::new("..")).join(&previous.month);
            if !known.contains_key(&before) {
                recompute(&before, known)?;
            }
            let (hash, credited) = known.get(&before).cloned().unwrap_or_default();
            if hash.to_string() != previous.records {
                let message =
                    format!("`{}` was continued, but `{}` has another hash", previous.records, before.display());
                let help = "one of the two months was changed: fetch both again";
                return Err(Problem::new("CHAIN", message).file(path).column("previous.records").help(help));
            }
            credited
        }
    };
    let work = compute(written, &credited).map_err(|failure| first(failure, &path))?;
    if folder.file_name().and_then(|name| name.to_str()) != Some(work.settled.month.to_string().as_str()) {
        let message = format!("the records are of `{}`", work.settled.month);
        return Err(Problem::new("FIELD_MISMATCH", message)
            .file(path)
            .column("month")
            .help("the folder has the month's name"));
    }
    work.settled
        .add_to(&mut credited)
        .ok_or_else(|| Problem::new("SUM_OVERFLOW", "the sums are larger than any programme's").file(&path))?;
    known.insert(folder.to_path_buf(), (work.records_hash, credited));
    Ok(work)
}

fn first(failure: Failure, path: &Path) -> Problem {
    let problem = failure.problems.into_iter().next();
    problem.unwrap_or_else(|| Problem::new("RECORDS", "the records make no month")).file(path)
}

/// Returns the field of changed records by the copy in a ledger nearby, if there is one.
fn blame_records(folder: &Path, bytes: &[u8]) -> Option<Problem> {
    let frozen = folder.ancestors().skip(1).take(4).find_map(|root| {
        let month = folder.file_name()?.to_str()?.parse().ok()?;
        Ledger::open_existing(root).ok().flatten()?.month(month).ok().flatten()
    })?;
    let (path, before, after) = difference::between(&frozen.records, bytes).into_iter().next()?;
    let message = format!("`{after}` stands where the ledger has `{before}`");
    let problem = Problem::new("FIELD_MISMATCH", message).file(folder.join(RECORDS_FILE)).column(path);
    Some(problem.help("the file was changed: publish or fetch it again"))
}

fn status_of(folder: &Path) -> Status {
    let summary = files::read(folder.join("summary.json")).ok();
    let summary = summary.and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
    match summary.as_ref().and_then(|summary| summary.get("status")).and_then(serde_json::Value::as_str) {
        Some("draft") => Status::Draft,
        _ => Status::Final,
    }
}

/// Compares every file of a month with what it should be.
fn compare(folder: &Path, work: &MonthWork, signers: Signers<'_>) -> MonthReport {
    let mut problems = Vec::new();
    let summary = match SummaryDocument::of(work, status_of(folder)) {
        Ok(summary) => summary,
        Err(failure) => return MonthReport::failed(first(failure, &folder.join(RECORDS_FILE))),
    };
    if blame_by_summary(folder, work, &summary, &mut problems) {
        // Whatever else differs follows from the changed records.
        return MonthReport { sentence: None, problems };
    }
    let mut expected: BTreeSet<PathBuf> = ["records.json", "summary.csv", "summary.json", "report.md"]
        .into_iter()
        .map(|name| folder.join(name))
        .collect();
    for statement in work.statements.values() {
        let path = folder.join(format!("statements/{}.json", statement.document.ambassador.id));
        compare_json(&path, &statement.bytes, &mut problems);
        expected.insert(path);
    }
    let claims = compare_claims(folder, work, signers, &mut expected, &mut problems);
    compare_json(&folder.join("summary.json"), &summary.to_bytes(), &mut problems);
    compare_csv(&folder.join("summary.csv"), &summary.to_csv(), &mut problems);
    compare_text(&folder.join("report.md"), report::markdown(work, &summary).as_bytes(), &mut problems);
    for path in files_below(folder) {
        if !expected.contains(&path) {
            let problem = Problem::new("FILE_UNEXPECTED", "the month has no such file").file(path);
            problems.push(problem.help("remove it: it is not part of what was settled"));
        }
    }
    let count = work.statements.len();
    let sentence = format!(
        "{}: {count} statements and {claims} claims recomputed, ${} = {} base units",
        work.settled.month, summary.total_usd, summary.amount
    );
    MonthReport { sentence: Some(sentence), problems }
}

/// Names the part of the records that changed, where the summary says so; returns whether it did.
fn blame_by_summary(folder: &Path, work: &MonthWork, summary: &SummaryDocument, problems: &mut Vec<Problem>) -> bool {
    if let Some(problem) = blame_records(folder, work.written.bytes()) {
        problems.push(problem);
        return true;
    }
    let stated = files::read(folder.join("summary.json")).ok();
    let Some(stated) = stated.and_then(|bytes| serde_json::from_slice::<SummaryDocument>(&bytes).ok()) else {
        return false;
    };
    let changed: Vec<&String> = summary
        .records
        .parts
        .iter()
        .filter(|(name, hash)| stated.records.parts.get(*name) != Some(hash))
        .map(|(name, _)| name)
        .collect();
    // One changed hash alone is a change of the summary; records that changed change the whole hash, too.
    if stated.records.hash == summary.records.hash || changed.is_empty() {
        return false;
    }
    for name in changed {
        let message = format!("`{name}` has another hash than `summary.json` says");
        let problem = Problem::new("FIELD_MISMATCH", message).file(folder.join(RECORDS_FILE)).column(name);
        problems.push(problem.help("the file was changed: fetch it again"));
    }
    true
}

fn missing(path: &Path, error: &std::io::Error) -> Problem {
    Problem::new("FILE_MISSING", format!("the file cannot be read: {error}")).file(path).help("fetch it again")
}

fn compare_json(path: &Path, expected: &[u8], problems: &mut Vec<Problem>) {
    let found = match files::read(path) {
        Err(error) => return problems.push(missing(path, &error)),
        Ok(found) if found == expected => return,
        Ok(found) => found,
    };
    let help = "the file was changed, or the records were: fetch both again";
    if let Err(error) = serde_json::from_slice::<serde_json::Value>(&found) {
        let line = u64::try_from(error.line()).unwrap_or_default();
        return problems.push(Problem::new("JSON", error.to_string()).file(path).line(line).help(help));
    }
    let differences = difference::between(expected, &found);
    if differences.is_empty() {
        return compare_text(path, expected, problems);
    }
    for (column, should, is) in differences {
        let message = format!("`{is}` stands where `{should}` belongs");
        problems.push(Problem::new("FIELD_MISMATCH", message).file(path).column(column).help(help));
    }
}

fn compare_text(path: &Path, expected: &[u8], problems: &mut Vec<Problem>) {
    let found = match files::read(path) {
        Err(error) => return problems.push(missing(path, &error)),
        Ok(found) if found == expected => return,
        Ok(found) => found,
    };
    let same = found.iter().zip(expected).take_while(|(a, b)| a == b).map(|(byte, _)| *byte);
    let line = same.filter(|byte| *byte == b'\n').count();
    let line = u64::try_from(line).unwrap_or_default().saturating_add(1);
    let problem = Problem::new("FIELD_MISMATCH", "the line is not the one that the records lead to");
    problems.push(problem.file(path).line(line).help("the file was changed: fetch it again"));
}

fn compare_csv(path: &Path, expected: &[u8], problems: &mut Vec<Problem>) {
    let before = problems.len();
    compare_text(path, expected, problems);
    let (Some(problem), Ok(found)) = (problems.get_mut(before), files::read(path)) else { return };
    let Some(line) = problem.line.and_then(|line| usize::try_from(line).ok()) else { return };
    let row = |bytes: &[u8]| {
        String::from_utf8_lossy(bytes).lines().nth(line.saturating_sub(1)).unwrap_or_default().to_owned()
    };
    let header = String::from_utf8_lossy(expected).lines().next().unwrap_or_default().to_owned();
    let (should, is) = (row(expected), row(&found));
    let position = should.split(',').zip(is.split(',')).position(|(should, is)| should != is);
    problem.column = position.and_then(|position| header.split(',').nth(position).map(str::to_owned));
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for name in files::names_in(folder).unwrap_or_default() {
        let path = folder.join(name);
        // A link may lead back: what is behind it is no part of the month.
        if fs::symlink_metadata(&path).is_ok_and(|about| about.is_dir()) {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}
