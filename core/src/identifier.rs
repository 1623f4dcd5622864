//! Names of things: identifiers that may become file names, and labels that people wrote.

use alloc::{
    borrow::Cow,
    string::{String, ToString},
};
use core::{
    fmt::{self, Write as _},
    str::FromStr,
};

use crate::{diagnostic::Diagnostic, eights, word::Word};

/// Why a text is not an identifier or a label.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentifierError {
    /// There is no text.
    #[error("{what} is missing")]
    Empty {
        /// What was looked for.
        what: &'static str,
    },
    /// The text is longer than it may be.
    #[error("{what} of {length} bytes is longer than {maximum}")]
    TooLong {
        /// What was looked for.
        what: &'static str,
        /// The length in bytes.
        length: usize,
        /// The most bytes that it may have.
        maximum: usize,
    },
    /// A character may not stand there.
    #[error("`{}` in {what} has a character that may not stand there", Shown(.text))]
    Character {
        /// What was looked for.
        what: &'static str,
        /// The offending text.
        text: String,
    },
}

impl Diagnostic for IdentifierError {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "NAME_EMPTY",
            Self::TooLong { .. } => "NAME_TOO_LONG",
            Self::Character { .. } => "NAME_CHARACTER",
        }
    }

    fn help(&self) -> String {
        match self {
            Self::Empty { .. } => "fill the field in",
            Self::TooLong { .. } => "choose a shorter name",
            Self::Character { what, .. } if *what == LABEL => {
                "remove control characters, line breaks and characters that change the direction of text"
            }
            Self::Character { .. } => {
                "use letters a-z, A-Z, digits, `-`, `_` and single dots inside, and begin with a letter or digit"
            }
        }
        .to_string()
    }
}

const LABEL: &str = "a text";
const MOST_IDENTIFIER_BYTES: usize = 64;
const MOST_LABEL_BYTES: usize = 256;

/// Letters and digits.
const ALNUM: u8 = 1;
/// What may stand inside an identifier: letters, digits and a few marks.
const MARK: u8 = 2;
/// The classes of each byte.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut rest: &mut [u8] = &mut classes;
    let mut byte = 0_u8;
    while let Some((class, behind)) = rest.split_first_mut() {
        *class = if byte.is_ascii_alphanumeric() {
            ALNUM | MARK
        } else if matches!(byte, b'.' | b'_' | b'-') {
            MARK
        } else {
            0
        };
        byte = byte.wrapping_add(1);
        rest = behind;
    }
    classes
};

fn check_identifier(text: &str, what: &'static str) -> Result<(), IdentifierError> {
    if Word::from(text).is_plain() {
        return Ok(());
    }
    if text.is_empty() {
        return Err(IdentifierError::Empty { what });
    }
    if text.len() > MOST_IDENTIFIER_BYTES {
        return Err(IdentifierError::TooLong { what, length: text.len(), maximum: MOST_IDENTIFIER_BYTES });
    }
    let class = |byte: u8| CLASSES.get(usize::from(byte)).copied().unwrap_or_default();
    // Of classes that are sets of bits, the intersection has only what all bytes have.
    let all = text.bytes().fold(ALNUM | MARK, |all, byte| all & class(byte));
    let legal = all & MARK != 0
        && text.bytes().next().is_some_and(|first| class(first) & ALNUM != 0)
        && (all & ALNUM != 0 || (!text.contains("..") && !text.ends_with('.')));
    if legal { Ok(()) } else { Err(IdentifierError::Character { what, text: text.to_string() }) }
}

/// A text in which no character hides, moves or turns those around it.
pub(crate) struct Shown<'a>(pub(crate) &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| {
            if is_deceptive(character) {
                write!(formatter, "\\u{{{:x}}}", u32::from(character))
            } else {
                formatter.write_char(character)
            }
        })
    }
}

/// Returns whether a character could hide, move or turn the text around it.
pub fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        ///
        /// Letters, digits, `-`, `_` and single dots inside; 1 to 64 bytes; safe as a file name.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Returns the text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Says whether `text` could be one, without keeping it.
            ///
            /// # Errors
            ///
            /// The same as those of parsing it.
            pub fn check(text: &str) -> Result<(), IdentifierError> {
                check_identifier(text, $what)
            }
        }

        impl FromStr for $name {
            type Err = IdentifierError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::check(text)?;
                Ok(Self(text.to_string()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(&self.0)
            }
        }
    };
}

identifier! {
    /// The programme's own id of an ambassador.
    AmbassadorId, "an ambassador's id"
}
identifier! {
    /// The programme's own id of a creator.
    CreatorId, "a creator's id"
}
identifier! {
    /// The id of a creator's coin in the network's activity.
    CoinId, "a coin's id"
}
identifier! {
    /// The kind of an event, such as `buy`.
    EventKind, "an event's kind"
}
identifier! {
    /// The name of a use case without the mark of an innovative one, such as `raffle`.
    UseCaseName, "a use case"
}

/// A text that people wrote or another system made: a name, a reason, an actor, an event's id.
///
/// 1 to 256 bytes without control characters, line breaks or characters that turn text around.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(String);

impl Label {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Says whether `text` could be a label, without keeping it.
    ///
    /// # Errors
    ///
    /// The same as those of parsing it.
    pub fn check(text: &str) -> Result<(), IdentifierError> {
        if text.is_empty() {
            return Err(IdentifierError::Empty { what: LABEL });
        }
        if text.len() > MOST_LABEL_BYTES {
            return Err(IdentifierError::TooLong { what: LABEL, length: text.len(), maximum: MOST_LABEL_BYTES });
        }
        // Most texts are plain: no such byte is a part of a character that may not stand there.
        if eights::all(text.as_bytes(), |eight| eights::between(eight, b'!', b'~')) {
            return Ok(());
        }
        if text.chars().any(is_deceptive) || text.trim() != text {
            return Err(IdentifierError::Character { what: LABEL, text: text.to_string() });
        }
        Ok(())
    }
}

impl FromStr for Label {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::check(text)?;
        Ok(Self(text.to_string()))
    }
}

impl fmt::Display for Label {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// Returns an actor in the one form that is compared: an account's address in lower case, anything else as it is.
///
/// Exports write the same account with and without its checksum; it is one actor all the same.
pub fn canonical_actor(actor: &str) -> Cow<'_, str> {
    let Some(digits) = actor.strip_prefix("0x").filter(|digits| digits.len() == 40) else { return actor.into() };
    let digits = digits.as_bytes();
    let is_lower = || eights::all(digits, |eight| !eights::between(eight, b'A', b'Z'));
    let is_address = || digits.iter().all(u8::is_ascii_hexdigit);
    if !is_lower() && is_address() { actor.to_ascii_lowercase().into() } else { actor.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_safe_as_a_file_name() {
        for text in ["alex", "0", "Taylor.eth", "a_b-c"] {
            assert!(text.parse::<AmbassadorId>().is_ok(), "{text}");
        }
        for text in ["", ".", "..", "../x", "a/b", "a\\b", "-x", "a..b", "a.", "a b", "é", "a\0"] {
            assert!(text.parse::<AmbassadorId>().is_err(), "{text}");
        }
        assert!("x".repeat(64).parse::<AmbassadorId>().is_ok());
        assert!("x".repeat(65).parse::<AmbassadorId>().is_err());
    }

    #[test]
    fn what_may_not_stand_there_is_shown_harmlessly_and_the_help_is_of_its_kind() {
        let label = "a\u{1b}[2J".parse::<Label>().map_err(|error| (error.to_string(), error.help()));
        let (said, help) = label.err().unwrap_or_default();
        assert_eq!(said, "`a\\u{1b}[2J` in a text has a character that may not stand there");
        assert!(help.starts_with("remove control characters"), "{help}");
        let help = "a b".parse::<AmbassadorId>().map_err(|error| error.help()).err().unwrap_or_default();
        assert!(help.starts_with("use letters"), "{help}");
    }

    #[test]
    fn an_account_is_one_actor_with_and_without_its_checksum() {
        let account = "0xf1f955016EcbCd7321c7266BccFB96c68ea5E49b";
        assert_eq!(canonical_actor(account), canonical_actor(&account.to_ascii_lowercase()));
        for text in ["u-7F3A", "0xF1", "0xf1f955016EcbCd7321c7266BccFB96c68ea5E49bZ"] {
            assert_eq!(canonical_actor(text), text);
        }
        // Of the length of an address: what is not one stays, what is one is written small.
        for (digits, expected) in [("A", "a"), ("aA", "aa"), ("Z", "Z"), ("AZ", "AZ"), ("AAZZ", "AAZZ"), ("az", "az")] {
            let [actor, expected] =
                [digits, expected].map(|one| alloc::format!("0x{}", one.chars().cycle().take(40).collect::<String>()));
            assert_eq!(canonical_actor(&actor), expected);
        }
    }

    #[test]
    fn a_label_cannot_move_the_cursor_or_turn_text() {
        for text in ["Alex Masmej", "Zoë", "名前", "=1+1"] {
            assert!(text.parse::<Label>().is_ok(), "{text}");
        }
        for text in ["", " x", "a\nb", "a\u{1b}[2J", "a\u{202e}b", "a\u{200b}b", "a\0b"] {
            assert!(text.parse::<Label>().is_err(), "{text:?}");
        }
        assert!("x".repeat(256).parse::<Label>().is_ok());
        assert!("x".repeat(257).parse::<Label>().is_err());
    }
}
