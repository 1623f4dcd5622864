//! No object of a key file has a name twice.
//!
//! Readers differ in which of two values they take, so that one file could hold two keys.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::error::{KeystoreError, excerpt};

/// Goes through JSON of any shape.
///
/// # Errors
/// [`KeystoreError::DuplicateField`], or [`KeystoreError::NotJson`] for what is no JSON or goes on after it.
pub(super) fn refuse_duplicates(bytes: &[u8]) -> Result<(), KeystoreError> {
    serde_json::from_slice::<NoDuplicates>(bytes).map(|NoDuplicates| ()).map_err(|error| {
        error
            .to_string()
            .strip_prefix(DUPLICATE)
            .and_then(|rest| rest.rsplit_once(" at line "))
            .map_or_else(|| not_json(&error), |(field, _)| KeystoreError::DuplicateField { field: excerpt(field) })
    })
}

/// Where the JSON breaks off; the parser's own words could quote the file.
pub(super) fn not_json(error: &serde_json::Error) -> KeystoreError {
    KeystoreError::NotJson { line: error.line(), column: error.column() }
}

/// Begins the message with which the visitor below stops, so that it can be told from a syntax error.
const DUPLICATE: &str = "duplicate field: ";

/// Any JSON in which no object has a name twice; the value itself is thrown away.
struct NoDuplicates;

impl<'de> Deserialize<'de> for NoDuplicates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for NoDuplicates {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut names = BTreeSet::new();
        while let Some((name, Self)) = map.next_entry::<String, Self>()? {
            if names.contains(&name) {
                return Err(serde::de::Error::custom(format!("{DUPLICATE}{name}")));
            }
            names.insert(name);
        }
        Ok(Self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self, A::Error> {
        while let Some(Self) = seq.next_element()? {}
        Ok(Self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(Self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(Self)
    }
}
