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

use super::json::DocumentError;

/// The deepest tree that is read.
const DEEPEST: usize = 16;

/// A value of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
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
pub trait FromValue: Sized {
    /// Reads the value; `path` names it in errors.
    ///
    /// # Errors
    ///
    /// The value is of another type, or out of range.
    fn from_value(path: &str, value: Value) -> Result<Self, DocumentError>;

    /// Returns what stands for a field that is missing.
    ///
    /// # Errors
    ///
    /// The field is needed.
    fn missing(path: &str) -> Result<Self, DocumentError> {
        Err(wrong(path, "it is missing"))
    }
}

fn wrong(path: &str, problem: &str) -> DocumentError {
    DocumentError::Field {
        path: path.to_string(),
        code: "SHAPE",
        message: problem.to_string(),
        help: "hand over a value of the declared type".to_string(),
    }
}

impl Table {
    /// Takes a field out; the others stay for [`Self::finish`].
    ///
    /// # Errors
    ///
    /// The field cannot be read.
    pub fn take<T: FromValue>(&mut self, path: &str, name: &str) -> Result<T, DocumentError> {
        let path = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
        match self.fields.iter().position(|(field, _)| field == name) {
            Some(place) => T::from_value(&path, self.fields.swap_remove(place).1),
            None => T::missing(&path),
        }
    }

    /// Refuses fields that nobody took.
    ///
    /// # Errors
    ///
    /// A field is unknown.
    pub fn finish(self, path: &str) -> Result<(), DocumentError> {
        match self.fields.first() {
            None => Ok(()),
            Some((name, _)) => Err(wrong(path, &format!("the field `{}` is unknown", name.escape_debug()))),
        }
    }
}

impl Value {
    /// Reads a tree from its text.
    ///
    /// # Errors
    ///
    /// The text is not one JSON value, is too deep, or names a field twice.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        let mut reader = Reader { text, rest: text.as_bytes() };
        let value = reader.value(DEEPEST).filter(|_| reader.skip_space() && reader.rest.is_empty());
        value.ok_or_else(|| {
            let at = text.len().saturating_sub(reader.rest.len());
            wrong("", &format!("it is no tree of values: byte {at} cannot be read"))
        })
    }

    /// Returns the table.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn into_table(self, path: &str) -> Result<Table, DocumentError> {
        match self {
            Self::Table(table) => Ok(table),
            _ => Err(wrong(path, "it is no table")),
        }
    }
}

impl FromValue for String {
    fn from_value(path: &str, value: Value) -> Result<Self, DocumentError> {
        match value {
            Value::Text(text) => Ok(text),
            Value::Number(_) => Err(wrong(path, "it is a number, not a text: amounts cross as text")),
            _ => Err(wrong(path, "it is no text")),
        }
    }
}

macro_rules! integers {
    ($($integer:ty),+) => {
        $(
            impl FromValue for $integer {
                fn from_value(path: &str, value: Value) -> Result<Self, DocumentError> {
                    match value {
                        Value::Number(digits) => digits.parse().map_err(|_| {
                            wrong(path, &format!("`{digits}` is no whole number from 0 to {}", Self::MAX))
                        }),
                        _ => Err(wrong(path, "it is no number")),
                    }
                }
            }
        )+
    };
}
integers!(u8, u16, u32, u64);

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(path: &str, value: Value) -> Result<Self, DocumentError> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(path, value).map(Some),
        }
    }

    fn missing(_: &str) -> Result<Self, DocumentError> {
        Ok(None)
    }
}

impl<T: FromValue> FromValue for Vec<T> {
    fn from_value(path: &str, value: Value) -> Result<Self, DocumentError> {
        let Value::List(values) = value else { return Err(wrong(path, "it is no list")) };
        let item = |(place, value)| T::from_value(&format!("{path}[{place}]"), value);
        values.into_iter().enumerate().map(item).collect()
    }
}

impl<T: FromValue> FromValue for BTreeMap<String, T> {
    fn from_value(path: &str, value: Value) -> Result<Self, DocumentError> {
        let item = |(name, value): (String, Value)| {
            let value = T::from_value(&format!("{path}.{name}"), value)?;
            Ok((name, value))
        };
        value.into_table(path)?.fields.into_iter().map(item).collect()
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

    /// Takes a number as it is written; what reads it says whether it is one.
    fn number(&mut self) -> Option<String> {
        let inside = |byte: &&u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
        let length = self.rest.iter().take_while(inside).count();
        let (digits, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        let digits = core::str::from_utf8(digits).ok().filter(|digits| !digits.is_empty())?;
        Some(digits.to_string())
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
        let read = Value::parse(value).and_then(|value| String::from_value("it", value));
        read.map_err(|error| crate::diagnostic::Diagnostic::code(&error))
    }

    #[test]
    fn texts_are_read_with_their_escapes() {
        assert_eq!(text(r#" "a\n\u00e9\ud83d\ude00\"\\\/" "#), Ok("a\né😀\"\\/".to_string()));
        for bad in ["", "\"", r#""\x""#, r#""\ud83d""#, r#""\udc00""#, "\"\n\"", "\"a\" \"b\"", "12", "nul", "[\"a\"]"]
        {
            assert_eq!(text(bad), Err("SHAPE"), "{bad}");
        }
    }

    #[test]
    fn integers_are_whole_and_in_range() {
        for (written, expected) in
            [("7", Some(7)), ("255", Some(255)), ("256", None), ("-1", None), ("1.5", None), ("1e2", None)]
        {
            let read = Value::parse(written).and_then(|value| u8::from_value("it", value));
            assert_eq!(read.ok(), expected, "{written}");
        }
    }

    #[test]
    fn a_table_knows_what_was_taken() {
        let table = |text: &str| Value::parse(text).and_then(|value| value.into_table(""));
        let mut fields = table(r#"{"a": [1, 2], "b": null}"#).unwrap_or_default();
        assert_eq!(fields.take("", "a"), Ok(alloc::vec![1_u32, 2]));
        assert!(fields.clone().finish("").is_err());
        assert_eq!(fields.take("", "b"), Ok(None::<String>));
        assert_eq!(fields.take("", "c"), Ok(None::<String>));
        assert!(fields.take::<String>("", "d").is_err());
        assert!(fields.finish("").is_ok());
        assert!(table(r#"{"a": 1, "a": 1}"#).is_err());
        assert!(table(&format!("{}{}", "[".repeat(40), "]".repeat(40))).is_err());
    }
}
