//! The example programme: its generated files are the committed ones, and its months are what the story says.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a record that cannot be read is a failed test and says where"
)]

#[path = "../examples/rally/generator/mod.rs"]
mod generator;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    hash::RandomState,
    path::{Path, PathBuf},
    str::FromStr,
    sync::LazyLock,
};

use ambassador_core::{
    attribution::self_referrals,
    calendar::Month,
    diagnostic::Diagnostic,
    documents::terms::TermsDocument,
    event::EventText,
    hash::keccak256,
    pricing::DeviationCheck,
    programme::Programme,
    records::Records,
    records::{Adjustment, Adoption, Ambassador, AmbassadorIndex, Close, Party, Payee, Referral, Resolution},
    settlement::{Credited, Measurements},
    statement::{PriceSource, SettledMonth, Statement, StatementError, state_month},
    terms::TermsHistory,
    volume::{EventPlace, Measured, Meter},
};

/// The three months that have a price, settled one after the other.
static MONTHS: LazyLock<Vec<SettledMonth>> = LazyLock::new(|| Example::read().months());

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/rally")
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("`{name}`: {error}"))
}

#[test]
fn the_committed_files_are_the_generated_ones() {
    let generated = generator::files();
    for (name, text) in &generated {
        assert!(
            read(name) == *text,
            "`{name}` differs: run `cargo run -p ambassador-tests --example rally -- examples/rally`"
        );
    }
    let exports = |source: &str| {
        let entries = fs::read_dir(folder().join("activity").join(source)).expect("the source has a folder");
        let names =
            entries.map(|entry| entry.expect("an entry can be read").file_name().into_string().expect("a text"));
        names.map(|name| format!("activity/{source}/{name}")).collect::<Vec<_>>()
    };
    let found: BTreeSet<String> = ["rally", "bridge"].into_iter().flat_map(exports).collect();
    let expected: BTreeSet<String> = generated.keys().filter(|name| name.starts_with("activity/")).cloned().collect();
    assert_eq!(found, expected, "no export stands there that nothing generates");
}

#[test]
fn the_exports_are_small_enough_to_read() {
    let bytes: usize = generator::files().values().map(String::len).sum();
    assert!(bytes < 600_000, "{bytes} bytes");
}

#[test]
fn five_referrals_of_december_are_21000_tokens() {
    let december = MONTHS.first().expect("three months");
    let alex = december.statements.first().expect("alex is the first");
    assert_eq!(alex.total.to_string(), "1250");
    assert_eq!(alex.amount.to_string(), "21000000000000000000000");
    assert_eq!(december.price.price.to_string(), "1250 / 21000");
    let lines: Vec<String> = alex.month.lines.iter().map(|line| format!("{} {}", line.kind, line.credit)).collect();
    assert_eq!(lines, ["base 250"; 5]);
}

#[test]
fn the_months_are_what_the_story_says() {
    let mut text = String::new();
    for month in &*MONTHS {
        writeln!(text, "{} at {}: {} USD", month.month, month.price.price, month.total().expect("a sum")).unwrap();
        month.statements.iter().for_each(|statement| write_statement(&mut text, statement));
        text.push('\n');
    }
    assert_eq!(text, include_str!("example/months.txt"), "\n{text}");
}

#[test]
fn every_reason_that_records_can_give_is_given() {
    let pending = MONTHS.iter().flat_map(|month| &month.statements).flat_map(|statement| &statement.month.pending);
    let codes: BTreeSet<&str> = pending.map(|line| line.reason.code()).collect();
    let expected = [
        "ADDRESS_UNCONFIRMED",
        "BELOW_MINIMUM",
        "BELOW_TIER",
        "CAP_QUEUED",
        "GATE_SUPPORTERS",
        "GATE_USE_CASES",
        "HELD",
        "INVITE_EXPIRED",
        "IN_GRACE",
        "IN_HOLD",
        "IN_WINDOW",
        "LAUNCH_EXPIRED",
        "NOT_ACCEPTED",
        "NOT_APPROVED",
        "NOT_LAUNCHED",
        "OTHER_AMBASSADOR_FIRST",
        "SELF_REFERRAL",
    ];
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn march_has_no_price() {
    let example = Example::read();
    let march = example.settle("2021-03", &Credited::new());
    assert_eq!(march.map_err(|error| error.code()), Err("PRICE_QUORUM"));
}

#[test]
fn every_event_meets_its_fate() {
    let example = Example::read();
    let text: Vec<String> = ["2020-12", "2021-01", "2021-02"]
        .map(|month| {
            let fates = example.measure(month.parse().expect("a month")).fates;
            let fates: Vec<String> = fates.iter().map(|(fate, count)| format!("{} {count}", fate.as_str())).collect();
            format!("{month}: {}\n", fates.join(", "))
        })
        .into();
    assert_eq!(text.concat(), include_str!("example/fates.txt"), "\n{}", text.concat());
}

fn write_statement(text: &mut String, statement: &Statement) {
    let Statement { ambassador, total, amount, month, .. } = statement;
    writeln!(text, "{} {}: {total} USD, {amount}", ambassador.index, ambassador.id).unwrap();
    let creator = |creator: &Option<_>| creator.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
    for line in month.lines.iter().filter(|line| !line.credit.is_zero()) {
        writeln!(text, "  credit {} {} {}", creator(&line.creator), line.kind, line.credit).unwrap();
    }
    for line in &month.pending {
        let next = line.next.map_or_else(|| "-".to_owned(), |next| next.to_string());
        let (code, figure) = (line.reason.code(), line.reason.figure());
        let figure = if figure.is_empty() { figure } else { format!(" [{figure}]") };
        writeln!(text, "  {code} {} {} {}{figure} {next}", creator(&line.creator), line.kind, line.amount).unwrap();
    }
}

/// The folder's records and events.
struct Example {
    programme: Programme,
    /// The text of each export by its source and name.
    exports: BTreeMap<(String, String), String>,
}

impl Example {
    fn read() -> Self {
        let exports = generator::files().into_iter().filter_map(|(name, text)| {
            let (source, file) = name.strip_prefix("activity/")?.split_once('/')?;
            Some(((source.to_owned(), file.to_owned()), text))
        });
        Self { programme: programme(), exports: exports.collect() }
    }

    fn months(&self) -> Vec<SettledMonth> {
        let mut credited = Credited::new();
        let settle = |month| {
            let settled = self.settle(month, &credited).unwrap_or_else(|error| panic!("{month}: {error}"));
            settled.add_to(&mut credited).expect("credits add up");
            settled
        };
        ["2020-12", "2021-01", "2021-02"].map(settle).into()
    }

    fn settle(&self, month: &str, credited: &Credited) -> Result<SettledMonth, StatementError> {
        let month = month.parse().expect("a month");
        let supporters = self.measure(month).supporters;
        let measurements = Measurements { supporters, self_referrals: self_referrals(&self.programme) };
        let source = PriceSource { file: keccak256(&[read("prices.csv").as_bytes()]), check: DeviationCheck::Enforced };
        state_month(&self.programme, &measurements, credited, month, source)
    }

    fn measure(&self, month: Month) -> Measured {
        let mut meter = Meter::new(&self.programme, month.end(), RandomState::new());
        for ((source, file), text) in &self.exports {
            let rows = if text.starts_with('{') { json_rows(text) } else { rows(text) };
            for (row, place) in rows.iter().zip(0..) {
                let field = |name: &str| row.get(name).map_or("", String::as_str);
                let text = EventText {
                    event_id: field("event_id"),
                    occurred_at: field("occurred_at"),
                    coin: field("coin"),
                    kind: field("kind"),
                    actor: field("actor"),
                    amount_usd: field("amount_usd"),
                    reverses: field("reverses"),
                };
                let read = meter.read(source, &text, EventPlace(place));
                read.unwrap_or_else(|error| panic!("{source}/{file} {row:?}: {error}"));
            }
        }
        meter.finish().unwrap_or_else(|errors| panic!("{errors:?}"))
    }
}

type Row = BTreeMap<String, String>;

/// Reads rows by column; none of the example's fields is quoted.
fn rows(text: &str) -> Vec<Row> {
    assert!(!text.contains('"'));
    let mut lines = text.lines().map(|line| line.split(',').map(ToOwned::to_owned).collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let row = |fields: Vec<String>| {
        assert_eq!(fields.len(), header.len(), "{fields:?}");
        header.iter().cloned().zip(fields).collect()
    };
    lines.map(row).collect()
}

fn json_rows(text: &str) -> Vec<Row> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect()
}

fn table<T>(name: &str, make: impl Fn(&Fields) -> T) -> Vec<T> {
    rows(&read(name)).into_iter().map(|row| make(&Fields { name, row })).collect()
}

struct Fields<'a> {
    name: &'a str,
    row: Row,
}

impl Fields<'_> {
    fn get<T: FromStr>(&self, column: &str) -> T {
        self.optional(column).unwrap_or_else(|| panic!("`{}`: no {column} in {:?}", self.name, self.row))
    }

    fn optional<T: FromStr>(&self, column: &str) -> Option<T> {
        let text = self.row.get(column).filter(|text| !text.is_empty())?;
        Some(text.parse().unwrap_or_else(|_| panic!("`{}`: `{text}` is no {column}", self.name)))
    }
}

fn programme() -> Programme {
    let terms = read("terms/1.toml");
    let document: TermsDocument = toml::from_str(&terms).unwrap_or_else(|error| panic!("{error}"));
    let terms = document.to_terms(keccak256(&[terms.as_bytes()])).unwrap_or_else(|errors| panic!("{errors:?}"));
    let records = Records {
        terms: TermsHistory::new(vec![terms]).expect("one version"),
        ambassadors: table("ambassadors.csv", |row| Ambassador {
            index: AmbassadorIndex::new(row.get("index")),
            id: row.get("id"),
            name: row.get("name"),
            payee: if row.get::<String>("payee").starts_with("0x") {
                Payee::Address(row.get("payee"))
            } else {
                Payee::Name(row.get("payee"))
            },
            joined_at: row.get("joined_at"),
            status: row.get("status"),
        }),
        referrals: table("referrals.csv", |row| Referral {
            creator: row.get("creator"),
            coin: row.get("coin"),
            ambassador: row.get("ambassador"),
            invited_at: row.optional("invited_at"),
            accepted_at: row.optional("accepted_at"),
            approved_at: row.optional("approved_at"),
            launched_at: row.optional("launched_at"),
            status: row.get("status"),
        }),
        adoptions: table("adoptions.csv", |row| Adoption {
            creator: row.get("creator"),
            use_case: row.get("use_case"),
            live_at: row.get("live_at"),
            evidence: row.optional("evidence"),
            decision: row.get("decision"),
        }),
        parties: table("parties.csv", |row| Party {
            actor: row.get("actor"),
            relation: row.get("relation"),
            since: None,
        }),
        closes: table("prices.csv", |row| Close {
            date: row.get("date"),
            usd: row.get("usd"),
            tokens: row.get("tokens"),
        }),
        adjustments: table("adjustments.csv", |row| Adjustment {
            ambassador: row.get("ambassador"),
            month: row.get("month"),
            usd: row.get("usd"),
            reason: row.get("reason"),
            approver: row.get("approver"),
        }),
        resolutions: table("resolutions.csv", |row| Resolution {
            name: row.get("name"),
            address: Some(row.get("address")),
            block: row.get("block"),
            resolved_at: row.get("resolved_at"),
        }),
    };
    Programme::new(records).unwrap_or_else(|errors| panic!("{errors:?}"))
}
