//! Values at the border to JavaScript: a tree is what another reader of JSON reads, without repeated names and bounded in
//! depth; and a document that is read from it is the one that is read from its bytes.

use std::{
    collections::BTreeMap,
    fmt::{self, Debug},
};

use ambassador_core::{
    diagnostic::Diagnostic as _,
    documents::{
        records::RecordsDocument,
        replacement::ReplacementDocument,
        statement::StatementDocument,
        terms::{QuoteTermsDocument, TermsDocument},
        tree::{self, FromValue, Value},
    },
    hash::Hash32,
};
use serde::{
    Serialize,
    de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor},
};

/// The deepest tree that is read.
const DEEPEST: usize = 16;

/// JSON of which nothing is lost: fields in their order, each as often as it stands there.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Null,
    Truth(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Json>),
    Table(Vec<(String, Json)>),
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Json, E> {
        Ok(Json::Truth(truth))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(serde_json::Number::from_f64(number).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Json::Table(fields))
    }
}

impl Json {
    fn depth(&self) -> usize {
        let deepest = match self {
            Self::List(list) => list.iter().map(Self::depth).max(),
            Self::Table(fields) => fields.iter().map(|(_, value)| value.depth()).max(),
            _ => None,
        };
        1 + deepest.unwrap_or_default()
    }

    fn repeats(&self) -> bool {
        match self {
            Self::List(list) => list.iter().any(Self::repeats),
            Self::Table(fields) => fields.iter().enumerate().any(|(place, (name, value))| {
                value.repeats() || fields[..place].iter().any(|(other, _)| other == name)
            }),
            _ => false,
        }
    }
}

/// Checks a text that JavaScript handed over.
pub fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let other = serde_json::from_str::<Json>(text);
    match Value::parse(text) {
        Ok(value) => {
            let other = match other {
                Ok(other) => other,
                // The other reader makes a float of `1e999`, or cannot.
                Err(error) => {
                    return assert!(error.to_string().starts_with("number out of range"), "{error}: {value:?}");
                }
            };
            same(&value, &other);
            assert!(other.depth() <= DEEPEST && !other.repeats(), "{other:?}");
        }
        Err(error) => {
            assert!(error.code() == "SHAPE" && error.problem.starts_with("it is no tree of values"), "{error}");
            assert!(other.is_err() || other.is_ok_and(|other| other.depth() > DEEPEST || other.repeats()), "{error}");
            return;
        }
    }
    document::<TermsDocument>(text);
    document::<StatementDocument>(text);
    document::<RecordsDocument>(text);
    document::<ReplacementDocument>(text);
    terms(text);
}

/// Checks that a tree is what the other reader read.
fn same(value: &Value, other: &Json) {
    match (value, other) {
        (Value::Null, Json::Null) => {}
        (Value::Truth(one), Json::Truth(other)) => assert_eq!(one, other),
        (Value::Text(one), Json::Text(other)) => assert_eq!(one, other),
        (Value::Number(digits), Json::Number(other)) => {
            assert_eq!(serde_json::from_str::<serde_json::Number>(digits).as_ref().ok(), Some(other), "{digits}");
            let whole: Option<u64> = Value::parse(digits).and_then(|value| tree::read("it", value)).ok();
            assert_eq!(whole, other.as_u64(), "{digits}");
        }
        (Value::List(list), Json::List(other)) => {
            assert_eq!(list.len(), other.len());
            for (value, other) in list.iter().zip(other) {
                same(value, other);
            }
        }
        (Value::Table(_), Json::Table(other)) => {
            let fields = tree::read::<BTreeMap<String, Value>>("it", value.clone()).expect("it is a table");
            assert_eq!(fields.len(), other.len());
            for (name, other) in other {
                same(&fields[name], other);
            }
        }
        _ => panic!("{value:?} {other:?}"),
    }
}

/// Reads a document from a tree and from its bytes.
fn document<T: FromValue + DeserializeOwned + Serialize + PartialEq + Debug>(text: &str) {
    let read = Value::parse(text).and_then(|value| tree::read::<T>("", value));
    let other = serde_json::from_str::<T>(text);
    match read {
        Ok(read) => assert_eq!(other.ok(), Some(read)),
        Err(error) => {
            assert!(error.code() == "SHAPE" && !error.problem.is_empty() && !error.help().is_empty());
            // The other reader takes a list of its fields' values for a table.
            let canonical = other.ok().and_then(|other| serde_json::to_string(&other).ok());
            let shape = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
            assert!(canonical.is_none_or(|canonical| shape(&canonical) != shape(text)), "{error}");
        }
    }
}

/// Checks that what a plan depends on is judged as the whole terms are.
fn terms(text: &str) {
    let read = || Value::parse(text);
    let Ok(whole) = read().and_then(|value| tree::read::<TermsDocument>("terms", value)) else { return };
    let part = read().and_then(|value| tree::read::<QuoteTermsDocument>("terms", value));
    let part = part.unwrap_or_else(|error| panic!("whole terms have all of their parts: {error}")).to_quote_terms();
    match whole.to_terms(Hash32::from_bytes([0; 32])) {
        Ok(terms) => assert_eq!(part.map(|part| part.symbol), Ok(terms.token().symbol.clone())),
        Err(errors) => {
            assert!(errors.iter().all(|error| !error.field.is_empty() && !error.help().is_empty()));
            // What is wrong with the part is wrong with the whole.
            assert!(part.err().is_none_or(|wrong| wrong.iter().all(|error| errors.contains(error))));
        }
    }
}
