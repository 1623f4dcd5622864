//! Which column of a file is which of the columns that we know.

use ambassador_core::diagnostic::Diagnostic;

/// A column that a table knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column<'k> {
    /// Its name in the header.
    pub name: &'k str,
    /// Whether it may be absent.
    pub need: Need,
}

/// Whether a column may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It may not.
    Required,
    /// It may.
    Optional,
}

impl<'k> Column<'k> {
    /// Makes a column that must be there.
    pub const fn required(name: &'k str) -> Self {
        Self { name, need: Need::Required }
    }

    /// Makes a column that may be absent.
    pub const fn optional(name: &'k str) -> Self {
        Self { name, need: Need::Optional }
    }
}

/// What is wrong with the columns of a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnError {
    /// Nobody knows the column.
    #[error("there is no column `{name}` in this table")]
    Unknown {
        /// The name in the file.
        name: String,
        /// The known name that it may have meant.
        nearest: Option<String>,
    },
    /// A column is missing.
    #[error("the column `{name}` is missing")]
    Missing {
        /// Its name.
        name: String,
    },
    /// A column stands twice.
    #[error("the column `{name}` stands twice")]
    Twice {
        /// Its name.
        name: String,
    },
}

impl ColumnError {
    /// Returns the name of the column.
    pub fn name(&self) -> &str {
        match self {
            Self::Unknown { name, .. } | Self::Missing { name } | Self::Twice { name } => name,
        }
    }
}

impl Diagnostic for ColumnError {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "COLUMN_UNKNOWN",
            Self::Missing { .. } => "COLUMN_MISSING",
            Self::Twice { .. } => "COLUMN_TWICE",
        }
    }

    fn help(&self) -> String {
        match self {
            Self::Unknown { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::Unknown { nearest: None, .. } => "remove the column, or correct its name".to_string(),
            Self::Missing { name } => format!("add `{name}` to the header, and the field to every row"),
            Self::Twice { .. } => "remove one of the two".to_string(),
        }
    }
}

/// Returns for each known column where it stands in `header`.
///
/// # Errors
///
/// Every column that is unknown, missing or there twice.
pub fn find_columns(known: &[Column<'_>], header: &[String]) -> Result<Vec<Option<usize>>, Vec<ColumnError>> {
    let mut errors = Vec::new();
    let mut places = vec![None; known.len()];
    for (place, name) in header.iter().enumerate() {
        let found = known.iter().zip(&mut places).find(|(column, _)| column.name == name);
        match found {
            Some((_, slot @ None)) => *slot = Some(place),
            Some(_) => errors.push(ColumnError::Twice { name: name.clone() }),
            None => {
                let nearest = nearest(name, known.iter().map(|column| column.name)).map(str::to_string);
                errors.push(ColumnError::Unknown { name: name.clone(), nearest });
            }
        }
    }
    for (column, place) in known.iter().zip(&places) {
        if place.is_none() && column.need == Need::Required {
            errors.push(ColumnError::Missing { name: column.name.to_string() });
        }
    }
    if errors.is_empty() { Ok(places) } else { Err(errors) }
}

/// Returns the candidate that differs least from `text`, if it differs little.
pub fn nearest<'a>(text: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const MOST_CHARACTERS: usize = 64;
    let text: Vec<char> = text.trim().to_lowercase().chars().take(MOST_CHARACTERS).collect();
    let bound = text.len().div_euclid(3).clamp(1, 3);
    let distances = candidates.map(|candidate| (edit_distance(&text, candidate), candidate));
    distances.min().filter(|(distance, _)| *distance <= bound).map(|(_, candidate)| candidate)
}

/// Counts the insertions, deletions and replacements that turn `a` into `b`.
fn edit_distance(a: &[char], b: &str) -> usize {
    let mut row: Vec<usize> = (0..=a.len()).collect();
    for (b_length, b) in (1_usize..).zip(b.chars()) {
        let mut diagonal = b_length.saturating_sub(1);
        let mut left = b_length;
        let mut cells = row.iter_mut();
        if let Some(first) = cells.next() {
            *first = b_length;
        }
        for (cell, a) in cells.zip(a) {
            let replaced = diagonal.saturating_add(usize::from(*a != b));
            diagonal = *cell;
            left = replaced.min(left.saturating_add(1)).min(cell.saturating_add(1));
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_only_where_it_is_near() {
        let known = ["creator", "coin", "invited_at", "accepted_at"];
        for (text, expected) in [
            ("creater", Some("creator")),
            ("Creator", Some("creator")),
            (" coin", Some("coin")),
            ("invitedat", Some("invited_at")),
            ("acepted_at", Some("accepted_at")),
            ("payee", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(nearest(text, known.into_iter()), expected, "{text}");
        }
    }

    #[test]
    fn the_distance_counts_single_edits() {
        for (a, b, expected) in [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 2)]
        {
            let a: Vec<char> = a.chars().collect();
            assert_eq!(edit_distance(&a, b), expected, "{a:?} {b}");
        }
    }
}
