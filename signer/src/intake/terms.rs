//! The versions of the terms in `terms/`, with every problem led back to its line.

use std::{
    ops::Range,
    path::{Path, PathBuf},
};

use ambassador_core::{
    documents::terms::TermsDocument,
    hash::{Hash32, keccak256},
    terms::{HistoryError, Terms, TermsHistory},
};
use serde::Deserialize as _;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Error, ValueDeserializer},
};

use super::{
    columns::nearest,
    disk::{Presence, list_folder, read_file},
    problems::Problems,
};
use crate::problem::{Exit, Failure, Problem};

const FOLDER: &str = "terms";
/// A document has fewer fields; each round of reading mends one.
const MOST_ROUNDS: usize = 200;

/// A terms file as it was voted on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsFile {
    /// The version, which is the file's name as well.
    pub version: u32,
    /// The bytes as text.
    pub text: String,
    /// Keccak-256 of the bytes (rule R1).
    pub hash: Hash32,
}

/// Reads every version, or reports why there is no history.
pub(super) fn read_terms(root: &Path, problems: &mut Problems) -> Option<(TermsHistory, Vec<TermsFile>)> {
    let (mut files, mut versions, mut complete) = (Vec::new(), Vec::new(), true);
    for name in list_folder(root, Path::new(FOLDER), problems) {
        let file = Path::new(FOLDER).join(&name);
        let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else { continue };
        let Some(version) = version_of(name) else {
            let message = format!("`{}` is no version of the terms", name.escape_debug());
            let problem = Problem::new("TERMS_FILE_NAME", message).file(file);
            problems.push(problem.help("name the files `1.toml`, `2.toml`, …, and keep others elsewhere"));
            continue;
        };
        let read = read_file(root, &file, Presence::Required, problems)
            .and_then(|bytes| read_version(&file, Some(version), &bytes, problems));
        match read {
            Some((terms, file)) => {
                versions.push(terms);
                files.push(file);
            }
            None => complete = false,
        }
    }
    if !complete {
        return None;
    }
    files.sort_by_key(|file| file.version);
    match TermsHistory::new(versions) {
        Ok(history) => Some((history, files)),
        Err(error) => {
            problems.push(history_problem(&error, &files));
            None
        }
    }
}

/// Reads every version of a programme's terms and nothing else of its folder.
///
/// # Errors
///
/// [`Exit::Disk`] where a file could not be read, else everything that is wrong with the terms.
pub fn read_terms_history(root: &Path) -> Result<TermsHistory, Failure> {
    let mut problems = Problems::default();
    let read = read_terms(root, &mut problems);
    problems.or(read)?.map(|(history, _)| history).ok_or_else(|| unreadable(Path::new(FOLDER)))
}

/// Reads a terms file that may lie anywhere and have any version.
///
/// # Errors
///
/// [`Exit::Disk`] where it could not be read, else everything that is wrong with it.
pub fn read_terms_file(file: &Path) -> Result<Terms, Failure> {
    let mut problems = Problems::default();
    let read = read_file(Path::new(""), file, Presence::Required, &mut problems)
        .and_then(|bytes| read_version(file, None, &bytes, &mut problems));
    problems.or(read)?.map(|(terms, _)| terms).ok_or_else(|| unreadable(file))
}

/// Unreachable as long as whatever gives nothing also reports why.
fn unreadable(file: &Path) -> Failure {
    Failure::new(Exit::Records, Problem::new("TERMS_SYNTAX", "the terms cannot be read").file(file))
}

/// Returns N of a file's name `N.toml`.
fn version_of(name: &str) -> Option<u32> {
    let digits = name.strip_suffix(".toml")?;
    digits.parse().ok().filter(|version: &u32| version.to_string() == digits)
}

fn history_problem(error: &HistoryError, files: &[TermsFile]) -> Problem {
    let problem = Problem::of(error);
    let (version, field) = match error {
        HistoryError::Version { found, .. } => (*found, "version"),
        HistoryError::Effective { version, .. } => (*version, "effective"),
        _ => return problem.file(FOLDER),
    };
    let problem = problem.file(Path::new(FOLDER).join(format!("{version}.toml"))).column(field);
    let text = files.iter().find(|file| file.version == version).map(|file| file.text.as_str());
    let span = text.and_then(|text| Some((text, Fields::of(&DeTable::parse(text).ok()?).span(field)?)));
    match span {
        Some((text, span)) => problem.line(line_of(text, span.start)),
        None => problem,
    }
}

/// Reads one version, or reports everything that is wrong with it; `named` is the version of the file's name.
pub(super) fn read_version(
    file: &Path,
    named: Option<u32>,
    bytes: &[u8],
    problems: &mut Problems,
) -> Option<(Terms, TermsFile)> {
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let line = bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count();
            let line = u64::try_from(line).unwrap_or_default().saturating_add(1);
            let problem = Problem::new("TERMS_UTF8", "the file is not UTF-8").file(file).line(line);
            problems.push(problem.help("save the file as UTF-8"));
            return None;
        }
    };
    let reader = Reader { file, text };
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut last = None;
    for error in &errors {
        let problem = reader.syntax(error);
        // What follows a slip in the same line is mostly its echo.
        if last.is_none() || problem.line != last {
            last = problem.line;
            problems.push(problem);
        }
    }
    if !errors.is_empty() {
        return None;
    }
    let fields = Fields::of(&table);
    let document = match reader.document(table, &fields) {
        Ok(document) => document,
        Err(found) => {
            for problem in found {
                problems.push(problem);
            }
            return None;
        }
    };
    let hash = keccak256(&[bytes]);
    let terms = document.to_terms(hash);
    let mut good = true;
    if let Err(errors) = &terms {
        for error in errors {
            let problem = reader.at(Problem::of(error), fields.span(&error.field));
            problems.push(problem.column(error.field.clone()));
        }
        good = false;
    }
    let version = document.version;
    if let Some(named) = named.filter(|named| *named != version) {
        let message = format!("version `{version}` stands in a file named for version `{named}`");
        let problem = Problem::new("TERMS_FILE_VERSION", message).column("version");
        problems.push(reader.at(problem, fields.span("version")).help("write the number of the file's name"));
        good = false;
    }
    let file = TermsFile { version, text: text.to_string(), hash };
    terms.ok().filter(|_| good).map(|terms| (terms, file))
}

/// What problems are told about.
struct Reader<'a> {
    file: &'a Path,
    text: &'a str,
}

impl Reader<'_> {
    fn at(&self, problem: Problem, span: Option<Range<usize>>) -> Problem {
        let problem = problem.file(PathBuf::from(self.file));
        match span {
            Some(span) => problem.line(line_of(self.text, span.start)),
            None => problem,
        }
    }

    fn syntax(&self, error: &Error) -> Problem {
        let place = error.span().map(|span| column_of(self.text, span.start));
        let place = place.map(|column| format!(" at character {column} of the line")).unwrap_or_default();
        let problem = Problem::new("TERMS_SYNTAX", format!("{}{place}", error.message()));
        let span = error.span().or_else(|| self.without_place());
        self.at(problem, span).help("compare the line with the file that `ambassador-signer init` writes")
    }

    /// Returns the first line that the parser refuses without a place, as it does a name of too many parts.
    fn without_place(&self) -> Option<Range<usize>> {
        let mut starts = vec![0];
        starts.extend(self.text.match_indices('\n').map(|(at, _)| at.saturating_add(1)));
        // The lines before it are refused with their places, if at all.
        let good = starts.partition_point(|start| {
            let (_, errors) = DeTable::parse_recoverable(before(self.text, *start));
            errors.iter().all(|error| error.span().is_some())
        });
        let start = *starts.get(good.checked_sub(1)?)?;
        Some(start..start)
    }

    /// Reads the document, or returns every field of a wrong name or type in the order of the lines.
    fn document(&self, mut table: Spanned<DeTable<'_>>, fields: &Fields) -> Result<TermsDocument, Vec<Problem>> {
        let mut problems = Vec::new();
        for _ in 0..MOST_ROUNDS {
            let whole = Spanned::new(table.span(), DeValue::Table(table.get_ref().clone()));
            let error = match TermsDocument::deserialize(ValueDeserializer::from(whole)) {
                Ok(document) if problems.is_empty() => return Ok(document),
                Ok(_) => break,
                Err(error) => error,
            };
            let field = error.span().and_then(|span| fields.at(&span));
            problems.push(self.shape(&error, field));
            // What was reported is mended in the copy, so that the next round meets the next problem.
            let mend = match Shape::of(&error) {
                Shape::Unknown => Mend::Remove,
                Shape::Text => Mend::Text,
                Shape::Missing | Shape::Other => break,
            };
            if !field.is_some_and(|field| mended(table.get_mut(), &field.path, mend)) {
                break;
            }
        }
        problems.sort_by_key(|problem| problem.line);
        Err(problems)
    }

    fn shape(&self, error: &Error, field: Option<&Field>) -> Problem {
        let message = error.message();
        let problem = match Shape::of(error) {
            Shape::Unknown => {
                // The sentence names the unknown field first and then all known ones.
                let mut names = message.split('`').skip(1).step_by(2);
                let unknown = names.next().unwrap_or_default();
                let help = match nearest(unknown, names) {
                    Some(name) => format!("did you mean `{name}`?"),
                    None => "remove the field, or correct its name".to_string(),
                };
                Problem::new("TERMS_FIELD_UNKNOWN", format!("there is no field `{}` here", unknown.escape_debug()))
                    .help(help)
            }
            Shape::Missing => {
                let name = message.split('`').nth(1).unwrap_or_default();
                Problem::new("TERMS_FIELD_MISSING", format!("the field `{name}` is missing"))
                    .help(format!("add `{name}`"))
            }
            Shape::Text => Problem::new("TERMS_TYPE", message).help("write the amount in quotes, such as \"250\""),
            Shape::Other => Problem::new("TERMS_TYPE", message).help("write a value of the kind that is expected"),
        };
        let problem = self.at(problem, error.span());
        match field {
            Some(field) if !field.path.is_empty() => problem.column(field.path.clone()),
            _ => problem,
        }
    }
}

/// What kind of mistake a document's reader complains of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Unknown,
    Missing,
    /// Text is expected and something else is there.
    Text,
    Other,
}

impl Shape {
    fn of(error: &Error) -> Self {
        let message = error.message();
        if message.starts_with("unknown field") {
            Self::Unknown
        } else if message.starts_with("missing field") {
            Self::Missing
        } else if message.starts_with("invalid type") && message.ends_with("expected a string") {
            Self::Text
        } else {
            Self::Other
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mend {
    Remove,
    Text,
}

/// Mends the field at `path` and says whether it was found.
fn mended(table: &mut DeTable<'_>, path: &str, mend: Mend) -> bool {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let (key, position) = match first.split_once('[') {
        Some((key, position)) => (key, position.strip_suffix(']').and_then(|position| position.parse().ok())),
        None => (first, None::<usize>),
    };
    if rest.is_none() && position.is_none() && mend == Mend::Remove {
        return table.remove(key).is_some();
    }
    let Some(mut value) = table.get_mut(key) else { return false };
    if let Some(position) = position {
        let DeValue::Array(array) = value.get_mut() else { return false };
        let Some(item) = array.get_mut(position) else { return false };
        value = item;
    }
    match (rest, value.get_mut()) {
        (Some(rest), DeValue::Table(table)) => mended(table, rest, mend),
        (None, value) if mend == Mend::Text => {
            *value = DeValue::String("".into());
            true
        }
        _ => false,
    }
}

/// A field of a document by its path, such as `reward.tier[1].bonus_usd`.
#[derive(Debug)]
struct Field {
    path: String,
    key: Range<usize>,
    value: Range<usize>,
}

/// Where every field of a document stands.
#[derive(Debug)]
struct Fields(Vec<Field>);

impl Fields {
    fn of(table: &Spanned<DeTable<'_>>) -> Self {
        let mut fields = Self(Vec::new());
        fields.table("", table.get_ref());
        fields
    }

    fn table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let dot = if prefix.is_empty() { "" } else { "." };
            self.value(format!("{prefix}{dot}{}", key.get_ref()), key.span(), value);
        }
    }

    fn value(&mut self, path: String, key: Range<usize>, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::Table(table) => self.table(&path, table),
            DeValue::Array(array) => {
                for (position, item) in array.iter().enumerate() {
                    self.value(format!("{path}[{position}]"), item.span(), item);
                }
            }
            _ => {}
        }
        self.0.push(Field { path, key, value: value.span() });
    }

    /// Returns where the value of a field stands, or where the nearest part around it does.
    fn span(&self, path: &str) -> Option<Range<usize>> {
        let mut path = path;
        loop {
            if let Some(field) = self.0.iter().find(|field| field.path == path) {
                return Some(field.value.clone());
            }
            path = path.get(..path.rfind(['.', '['])?)?;
        }
    }

    /// Returns the smallest field whose name or value `span` is.
    fn at(&self, span: &Range<usize>) -> Option<&Field> {
        // Fields stand behind the fields inside them, so that the first one is the smallest.
        self.0.iter().find(|field| field.key == *span || field.value == *span)
    }
}

fn before(text: &str, offset: usize) -> &str {
    text.get(..offset).unwrap_or(text)
}

/// Returns the line of a byte, from 1.
fn line_of(text: &str, offset: usize) -> u64 {
    let lines = before(text, offset).matches('\n').count();
    u64::try_from(lines).unwrap_or_default().saturating_add(1)
}

/// Returns the character of its line at which a byte stands, from 1.
fn column_of(text: &str, offset: usize) -> usize {
    let before = before(text, offset);
    before.rsplit('\n').next().unwrap_or_default().chars().count().saturating_add(1)
}
