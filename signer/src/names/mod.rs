//! ENS names: the one door by which they come in, how they are resolved, and how they are pinned.

pub mod pins;
pub mod registry;

use std::fmt;

use ambassador_core::{diagnostic::Diagnostic, records::EnsName};
use ens_normalize::{Label, ens_beautify, ens_normalize, ens_split};

/// So many characters of a name are shown by their code points.
const MOST_CODE_POINTS: usize = 12;

/// Reads a name that must stand in its normalised form.
///
/// # Errors
///
/// No name of ENS is written like that, or it has another normalised form, which the error shows.
pub fn read(text: &str) -> Result<EnsName, NameError> {
    // The tables of Unicode are large; most names need none of them.
    if let (true, Ok(name)) = (is_plain(text), text.parse()) {
        return Ok(name);
    }
    let name = normalise(text)?;
    if name.as_str() == text {
        Ok(name)
    } else {
        Err(NameError { kind: NameProblem::NotNormalised(name), text: text.to_owned(), code_points: code_points(text) })
    }
}

/// Says whether every label has only the letters a to z, digits and single hyphens: what ENSIP-15 leaves as it is.
fn is_plain(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.split('.').all(|label| !label.is_empty() && label.bytes().all(is_plain) && !label.contains("--"))
}

/// Brings a name into its normalised form (ENSIP-15).
///
/// # Errors
///
/// No name of ENS is written like that.
pub fn normalise(text: &str) -> Result<EnsName, NameError> {
    normalise_text(text)?.parse().map_err(|_| NameError {
        kind: NameProblem::NoName,
        text: text.to_owned(),
        code_points: code_points(text),
    })
}

/// Brings a text into its normalised form (ENSIP-15), be it a name of several labels or not.
///
/// # Errors
///
/// A label of it is refused.
pub fn normalise_text(text: &str) -> Result<String, NameError> {
    ens_normalize(text).map_err(|error| {
        let labels = ens_split(text, false);
        let label: Option<&Label> = labels.iter().find(|label| label.error.is_some());
        let reason = label.and_then(|label| label.error.as_ref()).unwrap_or(&error).message();
        let input: Option<String> = label.map(|label| label.input.iter().copied().filter_map(char::from_u32).collect());
        NameError {
            kind: NameProblem::of(reason),
            text: text.to_owned(),
            code_points: code_points(input.as_deref().unwrap_or(text)),
        }
    })
}

/// Returns the name as it is meant to be looked at, with its emoji in colour, where that differs.
pub fn beautiful(name: &EnsName) -> Option<String> {
    let name = name.as_str();
    if is_plain(name) { None } else { ens_beautify(name).ok().filter(|beautiful| beautiful != name) }
}

/// Lists the characters beyond ASCII with their code points, and those of ASCII that have no shape.
fn code_points(text: &str) -> String {
    let strange = |character: &char| !character.is_ascii_graphic();
    let all = text.chars().filter(strange).count();
    let mut list: Vec<String> = text
        .chars()
        .filter(strange)
        .take(MOST_CODE_POINTS)
        .map(|character| format!("U+{:04X}", u32::from(character)))
        .collect();
    if all > MOST_CODE_POINTS {
        list.push("…".to_owned());
    }
    list.join(" ")
}

/// A text that is no name, or not in its normalised form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameError {
    kind: NameProblem,
    text: String,
    /// The characters of the offending label that may be mistaken for others.
    code_points: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum NameProblem {
    NotNormalised(EnsName),
    NoName,
    /// A character that no name has.
    Character(String),
    /// Characters of scripts that do not belong together.
    MixedScripts(String),
    /// All characters look like those of another script.
    Confusable(String),
    /// Everything else, in the standard's words.
    Other(String),
}

impl NameProblem {
    fn of(reason: &str) -> Self {
        // The library marks quotations for bidirectional text and writes code points in braces.
        let reason: String = reason.chars().filter(|character| *character != '\u{200e}').collect();
        let rest = |prefix: &str| reason.strip_prefix(prefix).map(in_unicodes_way);
        if let Some(rest) = rest("disallowed character: ") {
            Self::Character(rest)
        } else if let Some(rest) = rest("illegal mixture: ") {
            Self::MixedScripts(rest)
        } else if let Some(rest) = rest("whole-script confusable: ") {
            Self::Confusable(rest)
        } else {
            Self::Other(in_unicodes_way(&reason))
        }
    }
}

/// Writes `{430}` as `U+0430`.
fn in_unicodes_way(text: &str) -> String {
    let mut parts = text.split('{');
    let mut written = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('}').and_then(|(digits, rest)| Some((u32::from_str_radix(digits, 16).ok()?, rest))) {
            Some((code_point, rest)) => written.extend([format!("U+{code_point:04X}"), rest.to_owned()]),
            None => written.extend(["{", part]),
        }
    }
    written
}

impl fmt::Display for NameError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &self.text;
        match &self.kind {
            NameProblem::NotNormalised(_) => write!(formatter, "`{text}` is not written as ENS knows it")?,
            NameProblem::NoName => write!(formatter, "`{text}` is no ENS name of two labels and at most 255 bytes")?,
            NameProblem::Character(what) => write!(formatter, "`{text}` has a character that no ENS name has: {what}")?,
            NameProblem::MixedScripts(what) => {
                write!(formatter, "`{text}` mixes characters that can be mistaken for each other: {what}")?;
            }
            NameProblem::Confusable(what) => {
                write!(formatter, "`{text}` looks like a name of another script: {what}")?;
            }
            NameProblem::Other(what) => write!(formatter, "`{text}` is no ENS name: {what}")?,
        }
        if self.code_points.is_empty() { Ok(()) } else { write!(formatter, " (it has {})", self.code_points) }
    }
}

impl std::error::Error for NameError {}

impl Diagnostic for NameError {
    fn code(&self) -> &'static str {
        match self.kind {
            NameProblem::NotNormalised(_) => "ENS_NOT_NORMALISED",
            NameProblem::NoName | NameProblem::Other(_) => "ENS_NAME",
            NameProblem::Character(_) => "ENS_CHARACTER",
            NameProblem::MixedScripts(_) => "ENS_MIXED_SCRIPTS",
            NameProblem::Confusable(_) => "ENS_CONFUSABLE",
        }
    }

    fn help(&self) -> String {
        match &self.kind {
            NameProblem::NotNormalised(name) => format!("write `{name}` if that is the name, or an address"),
            NameProblem::MixedScripts(_) | NameProblem::Confusable(_) => {
                "somebody may pose as another: ask the ambassador for the account's address".to_owned()
            }
            _ => "write an address, or a name such as `alexmasmej.eth`".to_owned(),
        }
    }
}
