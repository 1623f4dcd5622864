//! A document as a tree of values, for a border at which it comes as such and not as bytes.
//!
//! The text of a tree is JSON as a writer of JSON makes it; duplicate keys, unknown fields and other types are refused.
//! Where bytes are hashed, [`json`](super::json) reads them.

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{diagnostic::Diagnostic, identifier::Shown};

/// The deepest tree that is read.
const DEEPEST: usize = 16;

/// A value of a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// Yes or no.
    Truth(bool),
    /// A number as it is written.
    Number(String),
    /// A text.
    Text(String),
    /// Values in order.
    List(Vec<Value>),
    /// Values by name.
    Table(Table),
}

/// Values by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    fields: Vec<(String, Value)>,
}

/// A type that can be read from a value.
///
/// What is wrong is noted and a default stands in for it, so that a reader of many fields has one way through and not
/// one for each field that could fail; [`read`] hands nothing out of which something was wrong.
pub trait FromValue: Default {
    /// Reads the value; `path` names it in errors.
    fn from_value(path: &str, value: Value, problems: &mut Problems) -> Self;

    /// Returns what stands for a field that is missing.
    fn missing(path: &str, problems: &mut Problems) -> Self {
        problems.note(path, "it is missing");
        Self::default()
    }
}

/// Reads a whole value; `path` names it in errors.
///
/// # Errors
///
/// The first thing that is wrong in it.
pub fn read<T: FromValue>(path: &str, value: Value) -> Result<T, ShapeError> {
    let mut problems = Problems::default();
    let read = T::from_value(path, value, &mut problems);
    problems.first.map_or(Ok(read), Err)
}

/// What is wrong with a value.
#[derive(Debug, Default)]
pub struct Problems {
    first: Option<ShapeError>,
}

impl Problems {
    /// Notes that something is wrong with the value at a path.
    pub fn note(&mut self, path: &str, problem: &str) {
        if self.first.is_none() {
            self.first = Some(wrong(path, problem));
        }
    }
}

/// A value that is not what its place needs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct ShapeError {
    /// The path of the value, such as `reward.tier[1]`.
    pub path: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Diagnostic for ShapeError {
    fn code(&self) -> &'static str {
        "SHAPE"
    }

    fn help(&self) -> String {
        "hand over a value of the declared type".to_string()
    }
}

fn wrong(path: &str, problem: &str) -> ShapeError {
    ShapeError { path: path.to_string(), problem: problem.to_string() }
}

impl Table {
    /// Takes the table that a value is; another value is noted.
    pub fn of(path: &str, value: Value, problems: &mut Problems) -> Self {
        let Value::Table(table) = value else {
            problems.note(path, "it is no table");
            return Self::default();
        };
        table
    }

    /// Takes a field out.
    pub fn take<T: FromValue>(&mut self, path: &str, name: &str, problems: &mut Problems) -> T {
        let (path, value) = self.remove(path, name);
        match value {
            Some(value) => T::from_value(&path, value, problems),
            None => T::missing(&path, problems),
        }
    }

    fn remove(&mut self, path: &str, name: &str) -> (String, Option<Value>) {
        let path = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
        let place = self.fields.iter().position(|(field, _)| field == name);
        (path, place.map(|place| self.fields.swap_remove(place).1))
    }

    /// Notes a field that nobody took.
    pub fn finish(self, path: &str, problems: &mut Problems) {
        if let Some((name, _)) = self.fields.first() {
            problems.note(path, &format!("the field `{}` is unknown", Shown(name)));
        }
    }
}

impl Value {
    /// Reads a tree from its text.
    ///
    /// # Errors
    ///
    /// The text is not one JSON value, is too deep, or names a field twice.
    pub fn parse(text: &str) -> Result<Self, ShapeError> {
        let mut reader = Reader { text, rest: text.as_bytes() };
        let value = reader.value(DEEPEST).filter(|_| reader.skip_space() && reader.rest.is_empty());
        value.ok_or_else(|| {
            let at = text.len().saturating_sub(reader.rest.len());
            wrong("", &format!("it is no tree of values: byte {at} cannot be read"))
        })
    }
}

impl FromValue for Value {
    fn from_value(_: &str, value: Value, _: &mut Problems) -> Self {
        value
    }
}

impl FromValue for String {
    fn from_value(path: &str, value: Value, problems: &mut Problems) -> Self {
        match value {
            Value::Text(text) => return text,
            Value::Number(_) => problems.note(path, "it is a number, not a text: amounts cross as text"),
            _ => problems.note(path, "it is no text"),
        }
        Self::new()
    }
}

macro_rules! integers {
    ($($integer:ty),+) => {
        $(
            impl FromValue for $integer {
                fn from_value(path: &str, value: Value, problems: &mut Problems) -> Self {
                    let number = integer(path, value, Self::MAX.into(), problems);
                    number.try_into().unwrap_or_default()
                }
            }
        )+
    };
}
integers!(u8, u16, u32, u64);

fn integer(path: &str, value: Value, most: u64, problems: &mut Problems) -> u64 {
    let digits = match value {
        Value::Number(digits) => digits,
        _ => String::new(),
    };
    match digits.parse() {
        Ok(number) if number <= most => number,
        _ => {
            problems.note(path, &format!("it is no whole number from 0 to {most}"));
            0
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(path: &str, value: Value, problems: &mut Problems) -> Self {
        match value {
            Value::Null => None,
            value => Some(T::from_value(path, value, problems)),
        }
    }

    fn missing(_: &str, _: &mut Problems) -> Self {
        None
    }
}

impl<T: FromValue> FromValue for Vec<T> {
    fn from_value(path: &str, value: Value, problems: &mut Problems) -> Self {
        let Value::List(values) = value else {
            problems.note(path, "it is no list");
            return Self::new();
        };
        let items = values.into_iter().enumerate();
        items.map(|(place, value)| T::from_value(&format!("{path}[{place}]"), value, problems)).collect()
    }
}

impl<T: FromValue> FromValue for BTreeMap<String, T> {
    fn from_value(path: &str, value: Value, problems: &mut Problems) -> Self {
        let fields = Table::of(path, value, problems).fields.into_iter();
        fields
            .map(|(name, value)| {
                let value = T::from_value(&format!("{path}.{name}"), value, problems);
                (name, value)
            })
            .collect()
    }
}

/// Reads JSON from the front of a text.
struct Reader<'a> {
    text: &'a str,
    rest: &'a [u8],
}

impl Reader<'_> {
    fn skip_space(&mut self) -> bool {
        while let [b' ' | b'\n' | b'\r' | b'\t', rest @ ..] = self.rest {
            self.rest = rest;
        }
        true
    }

    fn take(&mut self, token: &str) -> Option<()> {
        self.skip_space();
        self.rest = self.rest.strip_prefix(token.as_bytes())?;
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        self.skip_space();
        match self.rest.first()? {
            b'"' => self.string().map(Value::Text),
            b'[' => {
                let mut values = Vec::new();
                self.items("[", "]", &mut |reader| {
                    values.push(reader.value(depth)?);
                    Some(())
                })?;
                Some(Value::List(values))
            }
            b'{' => {
                let mut fields: Vec<(String, Value)> = Vec::new();
                self.items("{", "}", &mut |reader| {
                    reader.skip_space();
                    let name = reader.string()?;
                    reader.take(":")?;
                    let value = reader.value(depth)?;
                    let twice = fields.iter().any(|(field, _)| *field == name);
                    (!twice).then(|| fields.push((name, value)))
                })?;
                Some(Value::Table(Table { fields }))
            }
            b't' => self.take("true").map(|()| Value::Truth(true)),
            b'f' => self.take("false").map(|()| Value::Truth(false)),
            b'n' => self.take("null").map(|()| Value::Null),
            _ => self.number().map(Value::Number),
        }
    }

    /// Reads what stands between brackets, separated by commas.
    fn items(&mut self, open: &str, close: &str, item: &mut dyn FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.take(open)?;
        if self.take(close).is_some() {
            return Some(());
        }
        loop {
            item(self)?;
            if self.take(close).is_some() {
                return Some(());
            }
            self.take(",")?;
        }
    }

    /// Takes a number as it is written (RFC 8259, 6).
    fn number(&mut self) -> Option<String> {
        let start = self.rest;
        self.skip(b"-");
        // No digit stands behind a zero in front.
        if !self.skip(b"0") {
            self.digits()?;
        }
        if self.skip(b".") {
            self.digits()?;
        }
        if self.skip(b"eE") {
            self.skip(b"+-");
            self.digits()?;
        }
        let length = start.len().checked_sub(self.rest.len())?;
        let digits = core::str::from_utf8(start.get(..length)?).ok()?;
        Some(digits.to_string())
    }

    /// Skips one of these bytes; returns whether it stood there.
    fn skip(&mut self, bytes: &[u8]) -> bool {
        let [first, rest @ ..] = self.rest else { return false };
        let stands = bytes.contains(first);
        if stands {
            self.rest = rest;
        }
        stands
    }

    /// Skips digits, of which there is one at least.
    fn digits(&mut self) -> Option<()> {
        let count = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.rest = self.rest.get(count..)?;
        (count > 0).then_some(())
    }

    fn string(&mut self) -> Option<String> {
        self.take("\"")?;
        let mut string = String::new();
        loop {
            let plain = self.rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)).count();
            let start = self.text.len().checked_sub(self.rest.len())?;
            string.push_str(self.text.get(start..start.checked_add(plain)?)?);
            self.rest = self.rest.get(plain..)?;
            let (first, rest) = self.rest.split_first()?;
            self.rest = rest;
            match first {
                b'"' => return Some(string),
                b'\\' => string.push(self.escape()?),
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(match first {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.code_point()?,
            b'"' | b'\\' | b'/' => char::from(*first),
            _ => return None,
        })
    }

    /// Reads a code point from one escape or from a pair of surrogates.
    fn code_point(&mut self) -> Option<char> {
        let unit = self.hexadecimal()?;
        if !(0xd800..0xdc00).contains(&unit) {
            return char::from_u32(unit);
        }
        self.rest = self.rest.strip_prefix(b"\\u")?;
        let low = self.hexadecimal()?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
        let high = unit.checked_sub(0xd800)?;
        char::from_u32(high.checked_mul(0x400)?.checked_add(low)?.checked_add(0x1_0000)?)
    }

    fn hexadecimal(&mut self) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        self.rest = rest;
        digits.iter().try_fold(0_u32, |unit, byte| unit.checked_mul(16)?.checked_add(char::from(*byte).to_digit(16)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Result<String, &'static str> {
        let value = Value::parse(value).and_then(|value| read("it", value));
        value.map_err(|error| error.code())
    }

    #[test]
    fn texts_are_read_with_their_escapes() {
        assert_eq!(text(r#" "a\n\u00e9\ud83d\ude00\"\\\/" "#), Ok("a\né😀\"\\/".to_string()));
        assert_eq!(text(r#""\b\f\r\t\u0041\udbff\udfff""#), Ok("\u{8}\u{c}\r\tA\u{10ffff}".to_string()));
        for bad in [
            "",
            "\"",
            r#""\x""#,
            r#""\ud83d""#,
            r#""\udc00""#,
            r#""\ud800\ue000""#,
            "\"\n\"",
            "\"a\" \"b\"",
            "12",
            "nul",
            "[\"a\"]",
        ] {
            assert_eq!(text(bad), Err("SHAPE"), "{bad}");
        }
    }

    #[test]
    fn integers_are_whole_and_in_range() {
        for (written, expected) in [
            ("7", Some(7)),
            ("255", Some(255)),
            ("256", None),
            ("-1", None),
            ("1.5", None),
            ("1e2", None),
            ("+1", None),
            ("01", None),
            ("1.", None),
        ] {
            let number = Value::parse(written).and_then(|value| read::<u8>("it", value));
            assert_eq!(number.ok(), expected, "{written}");
        }
    }

    #[test]
    fn numbers_are_those_of_json() {
        for number in ["0", "-0", "7", "-1.50", "1e2", "1E+2", "0.1e-7"] {
            assert_eq!(Value::parse(number), Ok(Value::Number(number.to_string())));
        }
        for wrong in ["+5", "007", "-", "-01", "1.", ".5", "1e", "1e+", "1-2", "1.2.3", "1e2e3", "--1"] {
            assert!(Value::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_of_another_kind_is_said() {
        let problem = |written: &str| {
            let error = Value::parse(written).and_then(|value| read::<String>("it", value)).err()?;
            Some((error.problem.clone(), error.help()))
        };
        let help = "hand over a value of the declared type".to_string();
        let number = "it is a number, not a text: amounts cross as text".to_string();
        assert_eq!(problem("12"), Some((number, help.clone())));
        for other in ["true", "false", "null", "[]", "{}"] {
            assert_eq!(problem(other), Some(("it is no text".to_string(), help.clone())), "{other}");
        }
    }

    #[test]
    fn maps_and_values_are_kept() {
        let read = |text: &str| Value::parse(text).and_then(|value| read::<BTreeMap<String, Value>>("", value));
        let texts = [("a", Value::Truth(true)), ("b", Value::Truth(false)), ("c", Value::Null)];
        let expected = texts.map(|(name, value)| (name.to_string(), value)).into();
        assert_eq!(read(r#"{"c": null, "a": true, "b": false}"#), Ok(expected));
        assert_eq!(read("[]").map_err(|error| error.code()), Err("SHAPE"));
    }

    #[test]
    fn a_table_knows_what_was_taken() {
        #[derive(Debug, Default, PartialEq, Eq)]
        struct Pair {
            a: Vec<u32>,
            b: Option<String>,
        }
        impl FromValue for Pair {
            fn from_value(path: &str, value: Value, problems: &mut Problems) -> Self {
                let mut table = Table::of(path, value, problems);
                let pair = Self { a: table.take(path, "a", problems), b: table.take(path, "b", problems) };
                table.finish(path, problems);
                pair
            }
        }
        let pair = |text: &str| Value::parse(text).and_then(|value| read::<Pair>("", value));
        assert_eq!(pair(r#"{"a": [1, 2], "b": null}"#), Ok(Pair { a: [1, 2].into(), b: None }));
        assert_eq!(pair(r#"{"a": [], "b": "x"}"#), Ok(Pair { a: Vec::new(), b: Some("x".to_string()) }));
        assert_eq!(pair(r#"{"a": []}"#), Ok(Pair::default()));
        for (wrong, path) in [
            (r#"{"b": "x"}"#, "a"),
            (r#"{"a": [1, "2"]}"#, "a[1]"),
            (r#"{"a": [], "c": 1}"#, ""),
            (r#"{"a": [], "a": []}"#, ""),
            ("[]", ""),
        ] {
            assert_eq!(pair(wrong).map_err(|error| error.path), Err(path.to_string()), "{wrong}");
        }
        assert!(Value::parse(&format!("{}{}", "[".repeat(40), "]".repeat(40))).is_err());
    }
}
