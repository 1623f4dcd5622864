//! `sources.toml`: what the columns of an export mean.

use std::{collections::BTreeMap, path::Path};

use ambassador_core::identifier::{CoinId, EventKind};
use serde::Deserialize;

use super::{layout::Layout, transfers::TransferSource};
use crate::{
    intake::{columns::nearest, read_bytes},
    problem::{Exit, Failure, Problem},
};

/// The file, in the programme's folder.
const FILE: &str = "sources.toml";
const SCHEMA: &str = "ambassador-sources/1";
/// An export has fewer columns.
const MOST_NAME_BYTES: usize = 64;

/// What an export holds.
#[derive(Clone, Debug)]
pub enum Source {
    /// Rows that become events.
    Events(Box<EventSource>),
    /// Samples that become daily closes.
    Prices(PriceSource),
    /// Transfers on a chain that become events.
    Transfers(Box<TransferSource>),
}

/// An export whose rows are events.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventSource {
    /// Which column each field is read from.
    pub(super) columns: EventColumns,
    /// Fields that are the same in every row.
    #[serde(default)]
    pub(super) constants: EventConstants,
    /// Columns that are not looked at; names and e-mails belong here.
    #[serde(default)]
    pub(super) dropped: Vec<String>,
    /// The programme's word for each kind of the export; as they are unless given.
    #[serde(default)]
    pub(super) kinds: Option<BTreeMap<String, EventKindText>>,
    /// How times are written.
    #[serde(default)]
    pub(super) time: Layout,
    /// What amounts are counted in.
    #[serde(default)]
    pub(super) unit: Unit,
    /// Whether actors may be known.
    #[serde(default)]
    pub(super) actors: Actors,
    /// Sources with the same word here name the same people by the same ids; the source's own name unless given.
    #[serde(default)]
    pub(super) people: Option<String>,
}

/// The columns of an export of events.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventColumns {
    pub(super) event_id: Option<String>,
    pub(super) occurred_at: String,
    pub(super) coin: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) actor: String,
    pub(super) amount_usd: String,
    pub(super) reverses: Option<String>,
}

/// The fields of events that may be the same in every row.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventConstants {
    pub(super) coin: Option<String>,
    pub(super) kind: Option<String>,
}

/// A kind in the programme's words.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct EventKindText(pub(super) String);

impl TryFrom<String> for EventKindText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        EventKind::check(&text).map_err(|error| error.to_string())?;
        Ok(Self(text))
    }
}

/// What amounts are counted in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Unit {
    /// Dollars.
    #[default]
    Usd,
    /// Hundredths of a dollar.
    Cents,
}

/// Whether actors may be known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Actors {
    /// Their ids become pseudonyms.
    #[default]
    Salted,
    /// They are public already, as accounts on a chain are.
    Public,
}

/// An export of prices.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceSource {
    /// How the file is written.
    #[serde(default)]
    pub(super) format: PriceFormat,
    /// Where time and price stand in a CSV.
    pub(super) columns: Option<PriceColumns>,
    /// Columns that are not looked at.
    #[serde(default)]
    pub(super) dropped: Vec<String>,
    /// How times are written in a CSV.
    #[serde(default)]
    pub(super) time: Layout,
    /// A power of ten: closes are written as the price of so many tokens, for prices of many decimal places.
    #[serde(default)]
    pub(super) tokens: Tokens,
}

/// How an export of prices is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum PriceFormat {
    /// A table.
    #[default]
    Csv,
    /// `{"prices":[[milliseconds,usd],…]}`.
    CoingeckoJson,
}

/// The columns of a table of prices.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PriceColumns {
    pub(super) time: String,
    pub(super) usd: String,
}

/// A power of ten, from 1 to 10^12.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Tokens {
    pub(super) zeros: i32,
}

impl TryFrom<String> for Tokens {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let zeros = text.strip_prefix('1').filter(|rest| rest.len() <= 12 && rest.bytes().all(|byte| byte == b'0'));
        let zeros = zeros.and_then(|zeros| i32::try_from(zeros.len()).ok());
        zeros
            .map(|zeros| Self { zeros })
            .ok_or_else(|| format!("`{}` is no power of ten up to 10^12", text.escape_debug()))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: String,
    #[serde(default)]
    events: BTreeMap<String, EventSource>,
    #[serde(default)]
    prices: BTreeMap<String, PriceSource>,
    #[serde(default)]
    transfers: BTreeMap<String, TransferSource>,
}

/// Reads what the programme says of its sources.
///
/// # Errors
///
/// [`Exit::Disk`] where the file could not be read, else [`Exit::Records`] with what is wrong with it.
pub fn read_sources(root: &Path) -> Result<BTreeMap<String, Source>, Failure> {
    let Some(bytes) = read_bytes(root, Path::new(FILE))? else {
        let problem = Problem::new("SOURCES_MISSING", "nothing says what the columns of an export mean").file(FILE);
        return Err(Failure::new(Exit::Records, problem.help("write `sources.toml`, as docs/imports.md shows")));
    };
    let refused = |line: Option<usize>, message: String, help: &str| {
        let mut problem = Problem::new("SOURCES", message).file(FILE).help(help);
        problem.line = line.and_then(|line| u64::try_from(line).ok());
        Failure::new(Exit::Records, problem)
    };
    let text =
        str::from_utf8(&bytes).map_err(|_| refused(None, "the file is not UTF-8".to_owned(), "save it as UTF-8"))?;
    let document: Document = toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map(|before| before.matches('\n').count().saturating_add(1));
        refused(line, error.message().to_owned(), "compare it with docs/imports.md")
    })?;
    if document.schema != SCHEMA {
        let message = format!("the schema is `{}`, and this program reads `{SCHEMA}`", document.schema.escape_debug());
        return Err(refused(None, message, "write the schema that the program reads"));
    }
    let mut sources = BTreeMap::new();
    for (name, source) in document.events {
        check_events(&name, &source).map_err(|message| refused(None, message, "compare it with docs/imports.md"))?;
        sources.insert(name, Source::Events(Box::new(source)));
    }
    for (name, source) in document.prices {
        check_prices(&name, &source).map_err(|message| refused(None, message, "compare it with docs/imports.md"))?;
        if sources.insert(name.clone(), Source::Prices(source)).is_some() {
            return Err(refused(None, format!("`{name}` is a source of events and of prices"), "rename one of them"));
        }
    }
    for (name, source) in document.transfers {
        source.check(&name).map_err(|message| refused(None, message, "compare it with docs/imports.md"))?;
        if sources.insert(name.clone(), Source::Transfers(Box::new(source))).is_some() {
            return Err(refused(None, format!("`{name}` is the name of two sources"), "rename one of them"));
        }
    }
    Ok(sources)
}

/// Returns a source by its name.
///
/// # Errors
///
/// [`Exit::Usage`]: there is none of this name.
pub fn find_source<'s>(sources: &'s BTreeMap<String, Source>, name: &str) -> Result<&'s Source, Failure> {
    sources.get(name).ok_or_else(|| {
        let help = match nearest(name, sources.keys().map(String::as_str)) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("the sources are: {}", sources.keys().cloned().collect::<Vec<_>>().join(", ")),
        };
        let message = format!("`{}` is no source of `{FILE}`", name.escape_debug());
        Failure::new(Exit::Usage, Problem::new("SOURCE_UNKNOWN", message).help(help))
    })
}

fn check_events(name: &str, source: &EventSource) -> Result<(), String> {
    check_name(name)?;
    source.people.as_deref().map_or(Ok(()), check_name)?;
    let EventSource { columns, constants, .. } = source;
    for (field, column, constant) in
        [("coin", &columns.coin, &constants.coin), ("kind", &columns.kind, &constants.kind)]
    {
        match (column, constant) {
            (None, None) => return Err(format!("`{name}` has neither a column nor a constant for `{field}`")),
            (Some(_), Some(_)) => return Err(format!("`{name}` has a column and a constant for `{field}`")),
            _ => {}
        }
    }
    let in_source = |error: &dyn std::error::Error| format!("`{name}`: {error}");
    constants.coin.as_deref().map_or(Ok(()), CoinId::check).map_err(|error| in_source(&error))?;
    constants.kind.as_deref().map_or(Ok(()), EventKind::check).map_err(|error| in_source(&error))?;
    source.time.clock().map(drop).map_err(|(message, help)| format!("`{name}`: {message}: {help}"))
}

fn check_prices(name: &str, source: &PriceSource) -> Result<(), String> {
    check_name(name)?;
    match (source.format, &source.columns) {
        (PriceFormat::Csv, None) => return Err(format!("`{name}` does not say where time and price stand")),
        (PriceFormat::CoingeckoJson, Some(_)) => return Err(format!("`{name}` is no table and has no columns")),
        _ => {}
    }
    source.time.clock().map(drop).map_err(|(message, help)| format!("`{name}`: {message}: {help}"))
}

/// A source's name is a folder's name and part of pseudonyms.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_plain =
        !name.is_empty() && name.len() <= MOST_NAME_BYTES && name.bytes().all(plain) && !name.starts_with('-');
    if is_plain { Ok(()) } else { Err(format!("`{}` is no name of a source: a-z, 0-9 and `-`", name.escape_debug())) }
}
