//! The tables of a programme folder, row by row, as the core's records.

use std::{io, path::Path, str::FromStr};

use ambassador_core::{
    consistency::Table as Name,
    diagnostic::Diagnostic,
    price::PriceTerm,
    records::{Adjustment, Adoption, Ambassador, AmbassadorIndex, Close, EnsName, Party, Payee, Referral, Resolution},
};

use super::{
    columns::Column,
    csv::{Csv, HeaderError, Row},
    problems::Problems,
};
use crate::{names, problem::Problem};

/// The rows of a table and where they stand.
#[derive(Debug)]
pub(super) struct Table<T> {
    pub(super) rows: Vec<T>,
    pub(super) lines: Vec<u64>,
    /// Whether no row was left out because of a problem.
    pub(super) complete: bool,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), lines: Vec::new(), complete: true }
    }
}

/// A row of a table.
pub(super) trait Record: Sized {
    const COLUMNS: &'static [Column<'static>];

    fn read(cells: &mut Cells<'_>) -> Result<Self, Reported>;
}

/// A row of a table of records.
pub(super) trait OfTable: Record {
    const TABLE: Name;
}

/// The cell's problem was reported; the rest of the row is read on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reported;

/// Reads every row that can be read and reports the others.
pub(super) fn read_table<T: Record>(file: &Path, bytes: &[u8], problems: &mut Problems) -> Table<T> {
    let mut table = Table::default();
    let mut csv = match Csv::open(bytes, T::COLUMNS) {
        Ok(csv) => csv,
        Err(HeaderError::Disk(error)) => {
            problems.disk(file, &error);
            return Table { complete: false, ..table };
        }
        Err(HeaderError::Content(errors)) => {
            for error in &errors {
                problems.push(error.to_problem(file));
            }
            return Table { complete: false, ..table };
        }
    };
    loop {
        let row: io::Result<Option<_>> = csv.read();
        let record = match row {
            Ok(None) => return table,
            Ok(Some(Ok(row))) => {
                let line = row.line;
                let mut cells = Cells { file, row, columns: T::COLUMNS, problems };
                T::read(&mut cells).map(|record| (record, line))
            }
            Ok(Some(Err(error))) => {
                problems.push(error.to_problem(file));
                Err(Reported)
            }
            Err(error) => {
                problems.disk(file, &error);
                return Table { complete: false, ..table };
            }
        };
        match record {
            Ok((record, line)) => {
                table.rows.push(record);
                table.lines.push(line);
            }
            Err(Reported) => table.complete = false,
        }
    }
}

/// The cells of a row by the names of their columns.
pub(super) struct Cells<'a> {
    file: &'a Path,
    row: Row<'a>,
    columns: &'static [Column<'static>],
    problems: &'a mut Problems,
}

impl<'a> Cells<'a> {
    fn text(&self, column: &str) -> Option<&'a str> {
        self.row.cell(self.columns.iter().position(|known| known.name == column)?)
    }

    fn report(&mut self, column: &str, problem: Problem) -> Reported {
        self.problems.push(problem.file(self.file).line(self.row.line).column(column));
        Reported
    }

    fn parse<T, E: Diagnostic>(
        &mut self,
        column: &str,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Reported> {
        parse(text).map_err(|error| self.report(column, Problem::of(&error)))
    }

    /// Reads a cell that must be filled in.
    pub(super) fn value<T: FromStr<Err: Diagnostic>>(&mut self, column: &str) -> Result<T, Reported> {
        let text = self.filled(column)?;
        self.parse(column, text, str::parse)
    }

    /// Reads a cell that may be empty.
    fn optional<T: FromStr<Err: Diagnostic>>(&mut self, column: &str) -> Result<Option<T>, Reported> {
        match self.text(column) {
            None | Some("") => Ok(None),
            Some(text) => self.parse(column, text, str::parse).map(Some),
        }
    }

    fn filled(&mut self, column: &str) -> Result<&'a str, Reported> {
        match self.text(column) {
            Some(text) if !text.is_empty() => Ok(text),
            _ => {
                let problem = Problem::new("CELL_EMPTY", "the field is empty").help("fill the field in");
                Err(self.report(column, problem))
            }
        }
    }

    pub(super) fn whole_number<T: TryFrom<u64>>(&mut self, column: &str) -> Result<T, Reported> {
        let text = self.filled(column)?;
        whole_number(text).ok_or_else(|| {
            let problem = Problem::new("NUMBER_WHOLE", format!("`{text}` is not a whole number that fits"));
            self.report(column, problem.help("write plain digits without sign, dot or zeros in front"))
        })
    }

    fn payee(&mut self, column: &str) -> Result<Payee, Reported> {
        let text = self.filled(column)?;
        if text.starts_with("0x") {
            self.parse(column, text, str::parse).map(Payee::Address)
        } else {
            self.parse(column, text, names::read).map(Payee::Name)
        }
    }

    fn name(&mut self, column: &str) -> Result<EnsName, Reported> {
        let text = self.filled(column)?;
        self.parse(column, text, names::read)
    }
}

/// Reads plain digits without superfluous zeros.
fn whole_number<T: TryFrom<u64>>(text: &str) -> Option<T> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    let number: u64 = plain.then(|| text.parse().ok()).flatten()?;
    T::try_from(number).ok()
}

impl OfTable for Ambassador {
    const TABLE: Name = Name::Ambassadors;
}

impl Record for Ambassador {
    const COLUMNS: &'static [Column<'static>] = &[
        Column::required("index"),
        Column::required("id"),
        Column::required("name"),
        Column::required("payee"),
        Column::required("joined_at"),
        Column::required("status"),
    ];

    fn read(cells: &mut Cells<'_>) -> Result<Self, Reported> {
        let index = cells.whole_number("index").map(AmbassadorIndex::new);
        let id = cells.value("id");
        let name = cells.value("name");
        let payee = cells.payee("payee");
        let joined_at = cells.value("joined_at");
        let status = cells.value("status");
        Ok(Self { index: index?, id: id?, name: name?, payee: payee?, joined_at: joined_at?, status: status? })
    }
}

impl OfTable for Referral {
    const TABLE: Name = Name::Referrals;
}

impl Record for Referral {
    const COLUMNS: &'static [Column<'static>] = &[
        Column::required("creator"),
        Column::required("coin"),
        Column::required("ambassador"),
        Column::required("invited_at"),
        Column::required("accepted_at"),
        Column::required("approved_at"),
        Column::required("launched_at"),
        Column::required("status"),
    ];

    fn read(cells: &mut Cells<'_>) -> Result<Self, Reported> {
        let creator = cells.value("creator");
        let coin = cells.value("coin");
        let ambassador = cells.value("ambassador");
        let invited_at = cells.optional("invited_at");
        let accepted_at = cells.optional("accepted_at");
        let approved_at = cells.optional("approved_at");
        let launched_at = cells.optional("launched_at");
        let status = cells.value("status");
        Ok(Self {
            creator: creator?,
            coin: coin?,
            ambassador: ambassador?,
            invited_at: invited_at?,
            accepted_at: accepted_at?,
            approved_at: approved_at?,
            launched_at: launched_at?,
            status: status?,
        })
    }
}

impl OfTable for Adoption {
    const TABLE: Name = Name::Adoptions;
}

impl Record for Adoption {
    const COLUMNS: &'static [Column<'static>] = &[
        Column::required("creator"),
        Column::required("use_case"),
        Column::required("live_at"),
        Column::required("evidence"),
        Column::required("decision"),
    ];

    fn read(cells: &mut Cells<'_>) -> Result<Self, Reported> {
        let creator = cells.value("creator");
        let use_case = cells.value("use_case");
        let live_at = cells.value("live_at");
        let evidence = cells.optional("evidence");
        let decision = cells.value("decision");
        Ok(Self { creator: creator?, use_case: use_case?, live_at: live_at?, evidence: evidence?, decision: decision? })
    }
}

impl OfTable for Party {
    const TABLE: Name = Name::Parties;
}

impl Record for Party {
    const COLUMNS: &'static [Column<'static>] = &[Column::required("actor"), Column::required("relation")];

    fn read(cells: &mut Cells<'_>) -> Result<Self, Reported> {
        let actor = cells.value("actor");
        let relation = cells.value("relation");
        Ok(Self { actor: actor?, relation: relation?, since: None })
    }
}

impl OfTable for Close {
    const TABLE: Name = Name::Prices;
}

impl Record for Close {
    const COLUMNS: &'static [Column<'static>] =
        &[Column::required("date"), Column::required("usd"), Column::optional("tokens")];

    fn read(cells: &mut Cells<'_>) -> Result<Self, Reported> {
        let date = cells.value("date");
        let usd = cells.value("usd");
        // Without the column a close is the price of one token; a column that is there is filled in every row.
        let tokens = match cells.text("tokens") {
            None => Ok(PriceTerm::ONE),
            Some(_) => cells.value("tokens"),
        };
        Ok(Self { date: date?, usd: usd?, tokens: tokens? })
    }
}

impl OfTable for Adjustment {
    const TABLE: Name = Name::Adjustments;
}

impl Record for Adjustment {
    const COLUMNS: &'static [Column<'static>] = &[
        Column::required("ambassador"),
        Column::required("month"),
        Column::required("usd"),
        Column::required("reason"),
        Column::required("approver"),
    ];

    fn read(cells: &mut Cells<'_>) -> Result<Self, Reported> {
        let ambassador = cells.value("ambassador");
        let month = cells.value("month");
        let usd = cells.value("usd");
        let reason = cells.value("reason");
        let approver = cells.value("approver");
        Ok(Self { ambassador: ambassador?, month: month?, usd: usd?, reason: reason?, approver: approver? })
    }
}

impl OfTable for Resolution {
    const TABLE: Name = Name::Resolutions;
}

impl Record for Resolution {
    const COLUMNS: &'static [Column<'static>] = &[
        Column::required("name"),
        Column::required("address"),
        Column::required("block"),
        Column::required("resolved_at"),
    ];

    fn read(cells: &mut Cells<'_>) -> Result<Self, Reported> {
        let name = cells.name("name");
        let address = cells.optional("address");
        let block = cells.whole_number("block");
        let resolved_at = cells.value("resolved_at");
        Ok(Self { name: name?, address: address?, block: block?, resolved_at: resolved_at? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a table; each problem is its line, column and code.
    fn check<T: OfTable>(text: &str, rows: usize, expected: &[&str]) {
        let mut problems = Problems::default();
        let file = T::TABLE.to_string();
        let table: Table<T> = read_table(Path::new(&file), text.as_bytes(), &mut problems);
        assert_eq!(table.rows.len(), rows, "{text}");
        assert_eq!(table.complete, expected.is_empty(), "{text}");
        let problems = problems.or(()).map_or_else(|failure| failure.problems, |()| Vec::new());
        for problem in &problems {
            assert_eq!(problem.file.as_deref(), Some(Path::new(&file)));
            assert!(problem.help.is_some(), "{problem}");
        }
        let found: Vec<_> = problems
            .iter()
            .map(|problem| {
                let (line, column) = (problem.line.unwrap_or_default(), problem.column.as_deref().unwrap_or("-"));
                format!("{line}:{column}:{}", problem.code)
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    /// Checks one row under the header of its table.
    fn check_row<T: OfTable>(row: &str, expected: &[&str]) {
        let header: Vec<_> = T::COLUMNS.iter().map(|column| column.name).collect();
        check::<T>(&format!("{}\n{row}\n", header.join(",")), usize::from(expected.is_empty()), expected);
    }

    #[test]
    fn ambassadors() {
        let address = "0xf1f955016EcbCd7321c7266BccFB96c68ea5E49b";
        let check = check_row::<Ambassador>;
        check("0,alex,Alex,alexmasmej.eth,2020-11-01T00:00:00Z,active", &[]);
        check(&format!("0,alex,\"Masmej, Alex\",{address},1604188800,held"), &[]);
        check("+1,alex,Alex,a.eth,1604188800,active", &["2:index:NUMBER_WHOLE"]);
        check("00,alex,Alex,a.eth,1604188800,active", &["2:index:NUMBER_WHOLE"]);
        check("4294967296,alex,Alex,a.eth,1604188800,active", &["2:index:NUMBER_WHOLE"]);
        check("99999999999999999999,alex,Alex,a.eth,1604188800,active", &["2:index:NUMBER_WHOLE"]);
        check("\u{ff11},alex,Alex,a.eth,1604188800,active", &["2:index:NUMBER_WHOLE"]);
        check("0,../alex,Alex,a.eth,1604188800,active", &["2:id:NAME_CHARACTER"]);
        check("0,alex, Alex,a.eth,1604188800,active", &["2:name:NAME_CHARACTER"]);
        check("0,alex,Al\u{202e}ex,a.eth,1604188800,active", &["2:name:NAME_CHARACTER"]);
        check("0,alex,,a.eth,1604188800,active", &["2:name:CELL_EMPTY"]);
        check("0,alex,Alex,alex,1604188800,active", &["2:payee:ENS_NAME"]);
        check("0,alex,Alex,0x12,1604188800,active", &["2:payee:ADDRESS_TEXT"]);
        check(&format!("0,alex,Alex,{},1604188800,active", address.replace('E', "e")), &["2:payee:ADDRESS_CHECKSUM"]);
        check(&format!("0,alex,Alex,0x{},1604188800,active", "0".repeat(40)), &["2:payee:ADDRESS_ZERO"]);
        check("0,alex,Alex,a.eth,2020-11-01T00:00:00,active", &["2:joined_at:TIME_NAIVE"]);
        check("0,alex,Alex,a.eth,1604188800000,active", &["2:joined_at:TIME_RANGE"]);
        check("0,alex,Alex,a.eth,1604188800,Active", &["2:status:WORD"]);
        check(
            "x,,Alex,a,then,paid",
            &[
                "2:index:NUMBER_WHOLE",
                "2:id:CELL_EMPTY",
                "2:payee:ENS_NAME",
                "2:joined_at:TIME_LAYOUT",
                "2:status:WORD",
            ],
        );
    }

    #[test]
    fn referrals_and_adoptions() {
        let check = check_row::<Referral>;
        check("zoe,ZOE,alex,,,,,active", &[]);
        check("zoe,ZOE,alex,2020-11-02T00:00:00Z,2020-11-03T00:00:00+01:00,,,held", &[]);
        check("zoe,ZOE,alex,2020-11-31T00:00:00Z,,,,active", &["2:invited_at:TIME_NO_SUCH"]);
        check("zoe,ZOE,alex,,2020-11-03,,,active", &["2:accepted_at:TIME_LAYOUT"]);
        check("zoe,ZOE,alex,,,-1,,active", &["2:approved_at:TIME_LAYOUT"]);
        check("zoe,ZOE,alex,,,,2020-11-03t00:00:00Z,active", &["2:launched_at:TIME_LAYOUT"]);
        check("zoe,ZO E,alex,,,,,active", &["2:coin:NAME_CHARACTER"]);
        check("zoe,ZOE,,,,,,active", &["2:ambassador:CELL_EMPTY"]);
        check("zoe,ZOE,alex,,,,,", &["2:status:CELL_EMPTY"]);
        let check = check_row::<Adoption>;
        check("zoe,raffle,1606780800,,approved", &[]);
        check("zoe,new:choir,1606780800,https://example.org/choir,pending", &[]);
        check("zoe,new:,1606780800,,approved", &["2:use_case:NAME_EMPTY"]);
        check("zoe,old:choir,1606780800,,approved", &["2:use_case:NAME_CHARACTER"]);
        check("zoe,raffle,,,approved", &["2:live_at:CELL_EMPTY"]);
        check("zoe,raffle,1606780800,\u{1b}[2J,approved", &["2:evidence:NAME_CHARACTER"]);
        check("zoe,raffle,1606780800,,yes", &["2:decision:WORD"]);
    }

    #[test]
    fn parties_and_resolutions() {
        let check = check_row::<Party>;
        check("u-1,creator:zoe", &[]);
        check("u-1,treasury", &[]);
        check("u-1,friend:zoe", &["2:relation:RELATION"]);
        check("u-1,creator:", &["2:relation:RELATION"]);
        check(",treasury", &["2:actor:CELL_EMPTY"]);
        let address = "0xf1f955016ecbcd7321c7266bccfb96c68ea5e49b";
        let check =
            |rest: &str, expected: &[&str]| check_row::<Resolution>(&format!("a.eth,{address},{rest}"), expected);
        check("11500000,1606780800", &[]);
        check("0x10,1606780800", &["2:block:NUMBER_WHOLE"]);
        check("1_000,1606780800", &["2:block:NUMBER_WHOLE"]);
        check("18446744073709551616,1606780800", &["2:block:NUMBER_WHOLE"]);
        check_row::<Resolution>(&format!("A.eth,{address},1,1606780800"), &["2:name:ENS_NOT_NORMALISED"]);
        check_row::<Resolution>("\u{440}\u{430}ypal.eth,,1,1606780800", &["2:name:ENS_MIXED_SCRIPTS"]);
        check_row::<Resolution>("a.eth,,1,1606780800", &[]);
        check_row::<Resolution>("a.eth,b.eth,1,1606780800", &["2:address:ADDRESS_TEXT"]);
    }

    #[test]
    fn prices_and_adjustments() {
        let check = check_row::<Close>;
        check("2020-12-31,1250,21000", &[]);
        check("2020-12-31,0,21000", &["2:usd:PRICE_ZERO"]);
        check("2020-12-31,0.000,21000", &["2:usd:PRICE_ZERO"]);
        check("2020-12-31,1250,0", &["2:tokens:PRICE_ZERO"]);
        check("2020-12-31,1250,", &["2:tokens:CELL_EMPTY"]);
        check("2020-12-31,-1,1", &["2:usd:NUMBER_SIGN"]);
        check("2020-12-31,1e-2,1", &["2:usd:NUMBER_CHARACTER"]);
        check("2020-12-31,\"0,06\",1", &["2:usd:NUMBER_CHARACTER"]);
        check("2020-12-31,.06,1", &["2:usd:NUMBER_BARE_DOT"]);
        check("2020-12-31,NaN,1", &["2:usd:NUMBER_CHARACTER"]);
        check("31.12.2020,0.06,1", &["2:date:TIME_LAYOUT"]);
        check("2020-02-30,0.06,1", &["2:date:TIME_NO_SUCH"]);
        super::tests::check::<Close>("usd,date\n0.06,2020-12-31\n", 1, &[]);
        super::tests::check::<Close>("date,usd,token\n", 0, &["1:token:CSV_COLUMN_UNKNOWN"]);
        let check = check_row::<Adjustment>;
        check("alex,2020-12,-12.50,double count,treasurer", &[]);
        check("alex,2020-12,--1,double count,treasurer", &["2:usd:NUMBER_SIGN"]);
        check("alex,2020-12,$5,double count,treasurer", &["2:usd:NUMBER_CHARACTER"]);
        check("alex,2020-12,0.0000001,double count,treasurer", &["2:usd:NUMBER_TOO_PRECISE"]);
        check("alex,2020-13,1,double count,treasurer", &["2:month:TIME_NO_SUCH"]);
        check("alex,2020-12,1,,treasurer", &["2:reason:CELL_EMPTY"]);
    }

    #[test]
    fn every_problem_of_a_table_is_reported_and_good_rows_are_kept() {
        let text = "date,usd\n2020-12-01,1\n2020-12-02,x\n\n2020-12-04,\"1\n2020-12-05,1,1\n2020-12-06,1\n";
        check::<Close>(text, 2, &["3:usd:NUMBER_CHARACTER", "4:-:CSV_BLANK_LINE", "5:usd:CSV_QUOTE", "6:-:CSV_FIELDS"]);
    }
}
