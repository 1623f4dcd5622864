//! Events as JSON Lines: one strict object a line, amounts as text.

use std::{borrow::Cow, fmt};

use ambassador_core::{diagnostic::Diagnostic, event::EventText};
use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};

use super::columns::nearest;

/// An event as a line of JSON gives it, not yet checked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventLine<'a> {
    #[serde(borrow)]
    event_id: Cow<'a, str>,
    #[serde(borrow)]
    occurred_at: Time<'a>,
    #[serde(borrow)]
    coin: Cow<'a, str>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    actor: Cow<'a, str>,
    #[serde(borrow)]
    amount_usd: Cow<'a, str>,
    #[serde(borrow, default)]
    reverses: Option<Cow<'a, str>>,
}

/// A time as text, or as a whole number of unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Time<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Time<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TimeVisitor;

        impl<'de> Visitor<'de> for TimeVisitor {
            type Value = Time<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a time in quotes or a whole number of seconds")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Time(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Time(Cow::Owned(text.to_string())))
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Self::Value, E> {
                Ok(Time(Cow::Owned(seconds.to_string())))
            }
        }

        deserializer.deserialize_any(TimeVisitor)
    }
}

impl<'a> EventLine<'a> {
    /// Reads a line.
    ///
    /// # Errors
    ///
    /// The line is not one JSON object with the fields of an event, each once.
    pub fn parse(line: &'a [u8]) -> Result<Self, JsonError> {
        let text = str::from_utf8(line).map_err(|_| JsonError::Utf8)?;
        let text = text.trim_matches([' ', '\t']);
        if text.is_empty() {
            return Err(JsonError::Blank);
        }
        // A list of the fields' values would do for the derived reader.
        if text.starts_with('[') {
            return Err(JsonError::Type { message: "a list stands where an object belongs".to_string() });
        }
        serde_json::from_str(text).map_err(|error| JsonError::of(&error))
    }

    /// Returns the fields as text.
    pub fn as_text(&self) -> EventText<'_> {
        EventText {
            event_id: &self.event_id,
            occurred_at: &self.occurred_at.0,
            coin: &self.coin,
            kind: &self.kind,
            actor: &self.actor,
            amount_usd: &self.amount_usd,
            reverses: self.reverses.as_deref().unwrap_or_default(),
        }
    }
}

/// Why a line is not an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// It is not UTF-8.
    #[error("the line is not UTF-8")]
    Utf8,
    /// There is nothing in it.
    #[error("the line is empty")]
    Blank,
    /// It is not JSON.
    #[error("the line is not JSON: {message}")]
    Syntax {
        /// What the reader met.
        message: String,
    },
    /// A value has another kind.
    #[error("{message}")]
    Type {
        /// What the reader met.
        message: String,
    },
    /// Nobody knows the field.
    #[error("there is no field `{}` in an event", .name.escape_debug())]
    Unknown {
        /// The name in the file.
        name: String,
        /// The known name that it may have meant.
        nearest: Option<String>,
    },
    /// A field is missing.
    #[error("the field `{name}` is missing")]
    Missing {
        /// Its name.
        name: String,
    },
    /// A field stands twice.
    #[error("the field `{name}` stands twice")]
    Twice {
        /// Its name.
        name: String,
    },
}

impl JsonError {
    fn of(error: &serde_json::Error) -> Self {
        let whole = error.to_string();
        let message = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(message, _)| message);
        let at = format!("{message} at character {}", error.column());
        if !error.is_data() {
            return Self::Syntax { message: at };
        }
        let mut names = message.split('`').skip(1).step_by(2);
        let name = names.next().unwrap_or_default().to_string();
        if message.starts_with("unknown field") {
            let nearest = nearest(&name, names).map(str::to_string);
            Self::Unknown { name, nearest }
        } else if message.starts_with("missing field") {
            Self::Missing { name }
        } else if message.starts_with("duplicate field") {
            Self::Twice { name }
        } else {
            Self::Type { message: at }
        }
    }
}

impl Diagnostic for JsonError {
    fn code(&self) -> &'static str {
        match self {
            Self::Utf8 => "JSON_UTF8",
            Self::Blank => "JSON_BLANK_LINE",
            Self::Syntax { .. } => "JSON_SYNTAX",
            Self::Type { .. } => "JSON_TYPE",
            Self::Unknown { .. } => "JSON_FIELD_UNKNOWN",
            Self::Missing { .. } => "JSON_FIELD_MISSING",
            Self::Twice { .. } => "JSON_FIELD_TWICE",
        }
    }

    fn help(&self) -> String {
        match self {
            Self::Utf8 => "save the file as UTF-8".to_string(),
            Self::Blank => "remove the empty line".to_string(),
            Self::Syntax { .. } => "write one whole JSON object in each line".to_string(),
            Self::Type { .. } => "write every field as text in quotes, amounts too".to_string(),
            Self::Unknown { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::Unknown { nearest: None, .. } => "remove the field, or correct its name".to_string(),
            Self::Missing { name } => format!("add `{name}`"),
            Self::Twice { .. } => "remove one of the two".to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: impl AsRef<[u8]>, expected: Result<[&str; 7], &str>) {
        let line = line.as_ref();
        let event = EventLine::parse(line);
        let found = event.as_ref().map(|event| {
            let text = event.as_text();
            [text.event_id, text.occurred_at, text.coin, text.kind, text.actor, text.amount_usd, text.reverses]
        });
        assert_eq!(found.map_err(Diagnostic::code), expected, "{}", String::from_utf8_lossy(line));
    }

    /// Checks an event in which one field is replaced.
    fn check_with(field: &str, value: &str, expected: Result<&str, &str>) {
        let fields = ["event_id", "occurred_at", "coin", "kind", "actor", "amount_usd", "reverses"];
        let values = ["\"e1\"", "1606780800", "\"ZOE\"", "\"buy\"", "\"u1\"", "\"5\"", "null"];
        let pairs: Vec<_> = fields
            .iter()
            .zip(values)
            .map(|(name, other)| format!("\"{name}\":{}", if *name == field { value } else { other }))
            .collect();
        let line = format!("{{{}}}", pairs.join(","));
        let event = EventLine::parse(line.as_bytes());
        let found = event.as_ref().map(|event| {
            let text = event.as_text();
            match field {
                "event_id" => text.event_id,
                "occurred_at" => text.occurred_at,
                "amount_usd" => text.amount_usd,
                "reverses" => text.reverses,
                _ => text.actor,
            }
        });
        assert_eq!(found.map_err(Diagnostic::code), expected, "{line}");
    }

    #[test]
    fn fields_are_text() {
        check_with("event_id", "\"a\\u00e9\\n\"", Ok("aé\n"));
        check_with("event_id", "1", Err("JSON_TYPE"));
        check_with("event_id", "null", Err("JSON_TYPE"));
        check_with("event_id", "\"\\ud800\"", Err("JSON_SYNTAX"));
        check_with("occurred_at", "\"2020-12-01T00:00:00Z\"", Ok("2020-12-01T00:00:00Z"));
        check_with("occurred_at", "1606780800", Ok("1606780800"));
        check_with("occurred_at", "1606780800.0", Err("JSON_TYPE"));
        check_with("occurred_at", "1606780800.5", Err("JSON_TYPE"));
        check_with("occurred_at", "1e9", Err("JSON_TYPE"));
        check_with("occurred_at", "-1", Err("JSON_TYPE"));
        check_with("occurred_at", "0x10", Err("JSON_SYNTAX"));
        check_with("occurred_at", "01", Err("JSON_SYNTAX"));
        check_with("occurred_at", "[]", Err("JSON_TYPE"));
        check_with("amount_usd", "\"0.000000000000000001\"", Ok("0.000000000000000001"));
        check_with("amount_usd", "5", Err("JSON_TYPE"));
        check_with("amount_usd", "5.0", Err("JSON_TYPE"));
        check_with("amount_usd", "NaN", Err("JSON_SYNTAX"));
        check_with("amount_usd", "{\"usd\":\"5\"}", Err("JSON_TYPE"));
        check_with("reverses", "\"e0\"", Ok("e0"));
        check_with("reverses", "null", Ok(""));
        check_with("reverses", "false", Err("JSON_TYPE"));
        check_with("actor", "true", Err("JSON_TYPE"));
    }

    #[test]
    fn a_line_is_one_whole_object() {
        let good = r#"{"event_id":"e","occurred_at":1,"coin":"c","kind":"k","actor":"a","amount_usd":"5"}"#;
        check(good, Ok(["e", "1", "c", "k", "a", "5", ""]));
        check(format!(" {good}\t"), Ok(["e", "1", "c", "k", "a", "5", ""]));
        check("", Err("JSON_BLANK_LINE"));
        check(" ", Err("JSON_BLANK_LINE"));
        check("{}", Err("JSON_FIELD_MISSING"));
        check("null", Err("JSON_TYPE"));
        check("1", Err("JSON_TYPE"));
        check("\"x\"", Err("JSON_TYPE"));
        check(r#"["e",1,"c","k","a","5"]"#, Err("JSON_TYPE"));
        check(format!("{good}{good}"), Err("JSON_SYNTAX"));
        check(format!("{good},"), Err("JSON_SYNTAX"));
        check(&good[..good.len() - 1], Err("JSON_SYNTAX"));
        check(format!("\u{feff}{good}"), Err("JSON_SYNTAX"));
        check(good.replace("\"5\"", "\"5\",\"amount_usd\":\"500\""), Err("JSON_FIELD_TWICE"));
        check(good.replace("\"5\"", "\"5\",\"extra\":1"), Err("JSON_FIELD_UNKNOWN"));
        check(good.replace("actor", "acter"), Err("JSON_FIELD_UNKNOWN"));
        check(good.replace("\"coin\":\"c\",", ""), Err("JSON_FIELD_MISSING"));
        check(good.replace('"', "'"), Err("JSON_SYNTAX"));
        check(b"{\"event_id\":\"\xff\"}", Err("JSON_UTF8"));
        check(b"\xef\xbb\xbf", Err("JSON_SYNTAX"));
        let misspelt = good.replace("actor", "acter");
        let error = EventLine::parse(misspelt.as_bytes());
        assert_eq!(error.map_err(|error| error.help()), Err("did you mean `actor`?".to_string()));
    }
}
