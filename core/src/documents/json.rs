//! How documents become bytes and bytes documents.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::str::FromStr;

use serde::{Serialize, de::DeserializeOwned};

use crate::diagnostic::Diagnostic;

/// Why bytes are not the document that was looked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// Not JSON, or JSON of another shape.
    #[error("{message}")]
    Json {
        /// What the reader met.
        message: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// The same content is written in another way than this version writes it.
    #[error("the document is not written in the one form that its hash is taken of; line {line} differs")]
    NotCanonical {
        /// The first line that differs, from 1.
        line: usize,
    },
    /// Another schema.
    #[error("the schema is `{found}`, not `{expected}`")]
    Schema {
        /// What was found.
        found: String,
        /// What was looked for.
        expected: &'static str,
    },
    /// A field that cannot be read.
    #[error("`{path}`: {message}")]
    Field {
        /// The path of the field.
        path: String,
        /// The code of the field's own error.
        code: &'static str,
        /// What is wrong.
        message: String,
        /// How to mend it.
        help: String,
    },
    /// A field that the other fields do not lead to.
    #[error("`{path}` is `{found}`, but the other fields lead to `{expected}`")]
    Mismatch {
        /// The path of the field.
        path: String,
        /// What was found.
        found: String,
        /// What was computed.
        expected: String,
    },
}

impl DocumentError {
    /// Returns the path of the field that it is about, if it is about one.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Field { path, .. } | Self::Mismatch { path, .. } => Some(path),
            Self::Json { .. } | Self::NotCanonical { .. } | Self::Schema { .. } => None,
        }
    }

    /// Returns the line that it is about, from 1, if it is about one.
    pub const fn line(&self) -> Option<usize> {
        match self {
            Self::Json { line, .. } | Self::NotCanonical { line } => Some(*line),
            Self::Schema { .. } | Self::Field { .. } | Self::Mismatch { .. } => None,
        }
    }
}

impl Diagnostic for DocumentError {
    fn code(&self) -> &'static str {
        match self {
            Self::Json { .. } => "JSON",
            Self::NotCanonical { .. } => "JSON_NOT_CANONICAL",
            Self::Schema { .. } => "JSON_SCHEMA",
            Self::Field { code, .. } => code,
            Self::Mismatch { .. } => "FIELD_MISMATCH",
        }
    }

    fn help(&self) -> String {
        match self {
            Self::Json { .. } => "the file is damaged or of another kind: fetch it again".to_string(),
            Self::NotCanonical { .. } => "fetch the file again and do not edit or reformat it".to_string(),
            Self::Schema { expected, .. } => format!("name a file of the schema `{expected}`"),
            Self::Field { help, .. } => help.clone(),
            Self::Mismatch { .. } => "the file was changed or damaged: fetch it again from its source".to_string(),
        }
    }
}

/// Writes a document in its one form: two spaces of indentation, a line end at the end.
pub fn to_bytes(document: &impl Serialize) -> Vec<u8> {
    // Documents are structs of text: nothing in them can fail to be written.
    let mut bytes = serde_json::to_vec_pretty(document).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// Reads a document; unknown fields, duplicate keys, other types and trailing text are refused.
///
/// # Errors
///
/// The bytes are not such a document.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DocumentError> {
    serde_json::from_slice(bytes).map_err(|error| DocumentError::Json {
        message: error.to_string(),
        line: error.line(),
        column: error.column(),
    })
}

/// Reads a document in which no list may stand.
///
/// A struct may also be read from a list of its values; readers of other languages would see no fields.
///
/// # Errors
///
/// The bytes are not such a document, or a list stands in it.
pub(crate) fn from_bytes_without_lists<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DocumentError> {
    if let Some(position) = bytes.iter().position(|byte| *byte == b'[') {
        let lines = bytes.iter().take(position).rev();
        let column = lines.clone().take_while(|byte| **byte != b'\n').count().saturating_add(1);
        let line = lines.filter(|byte| **byte == b'\n').count().saturating_add(1);
        let message = format!("a list where none may stand at line {line} column {column}");
        return Err(DocumentError::Json { message, line, column });
    }
    from_bytes(bytes)
}

/// Reads a document that is written in its one form, so that its bytes can be hashed.
///
/// # Errors
///
/// The bytes are not such a document, or it is written in another way.
pub fn from_canonical_bytes<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, DocumentError> {
    let document: T = from_bytes(bytes)?;
    let canonical = to_bytes(&document);
    if canonical != bytes {
        let same = canonical.iter().zip(bytes).take_while(|(a, b)| a == b).map(|(byte, _)| byte);
        let line = same.filter(|byte| **byte == b'\n').count().saturating_add(1);
        return Err(DocumentError::NotCanonical { line });
    }
    Ok(document)
}

/// Checks the schema of a document.
pub(crate) fn check_schema(found: &str, expected: &'static str) -> Result<(), DocumentError> {
    if found == expected { Ok(()) } else { Err(DocumentError::Schema { found: found.to_string(), expected }) }
}

/// Reads a text field by its own grammar.
pub(crate) fn field<T>(path: impl FnOnce() -> String, text: &str) -> Result<T, DocumentError>
where
    T: FromStr,
    T::Err: Diagnostic,
{
    text.parse().map_err(|error: T::Err| DocumentError::Field {
        path: path(),
        code: error.code(),
        message: error.to_string(),
        help: error.help(),
    })
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;

    use super::*;

    type Texts = BTreeMap<String, String>;

    fn check(read: Result<Texts, DocumentError>, code: &str, place: (Option<&str>, Option<usize>), help: &str) {
        let said = read.map_err(|error| (error.code(), error.path().map(str::to_string), error.line(), error.help()));
        let (path, line) = place;
        assert_eq!(said, Err((code, path.map(str::to_string), line, help.to_string())));
    }

    #[test]
    fn what_cannot_be_read_is_found_where_it_stands() {
        let damaged = "the file is damaged or of another kind: fetch it again";
        let listed = from_bytes_without_lists::<Texts>(b"{\n  \"a\": \"b\",\n  \"c\": [1]\n}\n");
        let message = "a list where none may stand at line 3 column 8".to_string();
        assert_eq!(listed, Err(DocumentError::Json { message, line: 3, column: 8 }));
        check(listed, "JSON", (None, Some(3)), damaged);
        check(from_bytes(b"{\n\"a\": 1}"), "JSON", (None, Some(2)), damaged);
        let again = "fetch the file again and do not edit or reformat it";
        assert!(from_canonical_bytes::<Texts>(b"{\n  \"a\": \"b\",\n  \"c\": \"d\"\n}\n").is_ok());
        let spaced = from_canonical_bytes(b"{\n  \"a\": \"b\",\n  \"c\":  \"d\"\n}\n");
        check(spaced, "JSON_NOT_CANONICAL", (None, Some(3)), again);
        let schema = check_schema("b", "a").map(|()| Texts::new());
        check(schema, "JSON_SCHEMA", (None, None), "name a file of the schema `a`");
        let number = field::<crate::usd::Usd>(|| "x.y".to_string(), "").map(|_| Texts::new());
        check(number, "NUMBER_EMPTY", (Some("x.y"), None), "write a number such as `250` or `250.00`");
        let (path, found, expected) = ("x".to_string(), "1".to_string(), "2".to_string());
        let changed = "the file was changed or damaged: fetch it again from its source";
        check(Err(DocumentError::Mismatch { path, found, expected }), "FIELD_MISMATCH", (Some("x"), None), changed);
    }
}
