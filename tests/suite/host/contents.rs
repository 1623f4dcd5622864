//! Hostile contents: what can be done to a good file of each format, and what must come of it.

/// How a door's files are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    JsonLines,
    /// A document whose bytes are hashed: written in one form only.
    CanonicalJson,
    /// A document in which white space is free.
    Json,
    Toml,
    /// One word.
    Text,
}

use Format::{CanonicalJson, Csv, Json, JsonLines, Text, Toml};

/// What must become of a hostile file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It says the same as the good one.
    Taken,
    /// It is refused; one of these codes is told.
    Refused(&'static [&'static str]),
}

use End::{Refused, Taken};

pub(super) struct Content {
    pub(super) name: &'static str,
    pub(super) spoil: fn(&[u8]) -> Vec<u8>,
    /// What becomes of it, by format.
    pub(super) ends: &'static [(Format, End)],
}

/// Any code: the one for a text that may not stand where it stands.
const ANY: &[&str] = &[];
const NOT_JSON: End =
    Refused(&["JSON", "JSON_SYNTAX", "JSON_UTF8", "KEY_NOT_JSON", "SOURCE_JSON", "NOTHING_TO_VERIFY", "ACCEPTANCE"]);

/// Puts bytes behind the first place of others, or at the end.
fn behind(bytes: &[u8], place: &[u8], what: &[u8]) -> Vec<u8> {
    let at = bytes.windows(place.len()).position(|window| window == place).map_or(bytes.len(), |at| at + place.len());
    [&bytes[..at], what, &bytes[at..]].concat()
}

fn crlf(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .flat_map(|byte| if *byte == b'\n' { &b"\r\n"[..] } else { std::slice::from_ref(byte) })
        .copied()
        .collect()
}

fn utf16(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// Puts text at the end of the last field of the second line.
fn in_a_cell(bytes: &[u8], what: &str) -> Vec<u8> {
    let first = bytes.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let rest = &bytes[first..];
    let end = first + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    [&bytes[..end], what.as_bytes(), &bytes[end..]].concat()
}

pub(super) const CONTENTS: &[Content] = &[
    Content {
        name: "a mark of byte order",
        spoil: |bytes| [b"\xef\xbb\xbf", bytes].concat(),
        ends: &[
            (Csv, Taken),
            (JsonLines, Refused(&["JSON_SYNTAX"])),
            (CanonicalJson, NOT_JSON),
            (Json, NOT_JSON),
            (Toml, Taken),
            (Text, Refused(&["SIGNATURE_TEXT"])),
        ],
    },
    Content {
        name: "lines of another system",
        spoil: crlf,
        ends: &[
            (Csv, Taken),
            (JsonLines, Taken),
            (CanonicalJson, Refused(&["JSON_NOT_CANONICAL", "FIELD_MISMATCH"])),
            (Json, Taken),
            (Toml, Taken),
            (Text, Taken),
        ],
    },
    Content {
        name: "a NUL at the end",
        spoil: |bytes| [bytes, b"\0"].concat(),
        ends: &[
            (Csv, Refused(&["CSV_NUL"])),
            (JsonLines, Refused(&["JSON_SYNTAX"])),
            (CanonicalJson, NOT_JSON),
            (Json, NOT_JSON),
            (Toml, Refused(&["TERMS_SYNTAX", "SOURCES"])),
            (Text, Refused(&["SIGNATURE_TEXT"])),
        ],
    },
    Content {
        name: "a byte that is not UTF-8",
        spoil: |bytes| behind(bytes, b"\n", b"\xff"),
        ends: &[
            (Csv, Refused(&["CSV_UTF8"])),
            (JsonLines, Refused(&["JSON_UTF8", "JSON_SYNTAX"])),
            (CanonicalJson, NOT_JSON),
            (Json, NOT_JSON),
            (Toml, Refused(&["TERMS_UTF8", "SOURCES"])),
            (Text, Refused(&["SIGNATURE_TEXT"])),
        ],
    },
    Content {
        name: "UTF-16",
        spoil: utf16,
        ends: &[
            (Csv, Refused(&["CSV_NUL"])),
            (JsonLines, Refused(&["JSON_UTF8", "JSON_SYNTAX"])),
            (CanonicalJson, NOT_JSON),
            (Json, NOT_JSON),
            (Toml, Refused(&["TERMS_UTF8", "SOURCES"])),
            (Text, Refused(&["SIGNATURE_TEXT"])),
        ],
    },
    Content {
        name: "an escape of the terminal",
        spoil: |bytes| in_a_cell(bytes, "\u{1b}[2J"),
        ends: &[
            (Csv, Refused(ANY)),
            (JsonLines, Refused(&["JSON_SYNTAX"])),
            (CanonicalJson, NOT_JSON),
            (Json, NOT_JSON),
            (Toml, Refused(&["TERMS_SYNTAX", "SOURCES"])),
            (Text, Refused(&["SIGNATURE_TEXT"])),
        ],
    },
    Content {
        name: "a sign that turns text around",
        spoil: |bytes| in_a_cell(bytes, "\u{202e}"),
        ends: &[
            (Csv, Refused(ANY)),
            (JsonLines, Refused(&["JSON_SYNTAX"])),
            (CanonicalJson, NOT_JSON),
            (Json, NOT_JSON),
            (Toml, Refused(&["TERMS_SYNTAX", "SOURCES"])),
            (Text, Refused(&["SIGNATURE_TEXT"])),
        ],
    },
    Content {
        name: "a line without an end",
        spoil: |bytes| [bytes, &vec![b'x'; 3 << 20]].concat(),
        ends: &[
            (Csv, Refused(&["CSV_LINE_TOO_LONG"])),
            (JsonLines, Refused(&["JSON_LINE_TOO_LONG"])),
            (CanonicalJson, NOT_JSON),
            (Json, Refused(ANY)),
            (Toml, Refused(&["TERMS_SYNTAX", "SOURCES"])),
            (Text, Refused(&["SIGNATURE_TEXT"])),
        ],
    },
    Content {
        name: "brackets without an end",
        spoil: |bytes| [bytes, &vec![b'['; 50_000]].concat(),
        ends: &[
            (Csv, Refused(ANY)),
            (JsonLines, Refused(&["JSON_SYNTAX", "JSON_TYPE"])),
            (CanonicalJson, NOT_JSON),
            (Json, NOT_JSON),
            (Toml, Refused(&["TERMS_SYNTAX", "SOURCES"])),
            (Text, Refused(&["SIGNATURE_TEXT"])),
        ],
    },
    Content {
        name: "a deep field",
        spoil: |bytes| behind(bytes, b"{", &[b"\"x\":", &b"[".repeat(25_000)[..], &b"]".repeat(25_000), b","].concat()),
        ends: &[(JsonLines, Refused(ANY)), (CanonicalJson, NOT_JSON), (Json, NOT_JSON)],
    },
    Content {
        name: "a deep value",
        spoil: |bytes| [bytes, b"\nx = ", &b"[".repeat(25_000)[..], &b"]".repeat(25_000), b"\n"].concat(),
        ends: &[(Toml, Refused(&["TERMS_SYNTAX", "SOURCES"]))],
    },
    Content {
        name: "a number beyond all",
        spoil: |bytes| behind(bytes, b"{", b"\"x\": 1e309,"),
        ends: &[(JsonLines, Refused(ANY)), (CanonicalJson, Refused(ANY)), (Json, Refused(ANY))],
    },
    Content {
        name: "a number of TOML beyond all",
        spoil: |bytes| [bytes, b"\nx = 1e309\n"].concat(),
        ends: &[(Toml, Refused(ANY))],
    },
    Content {
        name: "a first field that stands twice",
        spoil: |bytes| {
            let end = bytes.iter().position(|byte| *byte == b',').expect("there are several fields");
            let start = bytes.iter().position(|byte| *byte == b'{').expect("it is an object") + 1;
            [&bytes[..=end], &bytes[start..=end], &bytes[end + 1..]].concat()
        },
        ends: &[(JsonLines, Refused(&["JSON_FIELD_TWICE"])), (CanonicalJson, Refused(ANY)), (Json, Refused(ANY))],
    },
    Content {
        name: "a schema that stands twice",
        spoil: |bytes| [b"schema = \"x\"\n", bytes].concat(),
        ends: &[(Toml, Refused(&["TERMS_SYNTAX", "SOURCES"]))],
    },
    Content {
        name: "text behind the end",
        spoil: |bytes| [bytes, b"{}"].concat(),
        ends: &[
            (JsonLines, Refused(ANY)),
            (CanonicalJson, NOT_JSON),
            (Json, NOT_JSON),
            (Text, Refused(&["SIGNATURE_TEXT"])),
        ],
    },
    Content {
        name: "nothing",
        spoil: |_| Vec::new(),
        ends: &[
            (Csv, Refused(&["CSV_HEADER"])),
            (JsonLines, Taken),
            (CanonicalJson, NOT_JSON),
            (Json, NOT_JSON),
            (Toml, Refused(ANY)),
            (Text, Refused(&["SIGNATURE_TEXT"])),
        ],
    },
];
