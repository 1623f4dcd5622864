//! What the warehouses say differently: texts, lists, instants, decimals and failing.

use std::{fmt, str::FromStr};

use clap::ValueEnum;

/// The warehouse that a query is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Dialect {
    /// `DuckDB`
    #[value(help = "DuckDB")]
    Duckdb,
    /// Apache Spark SQL
    Spark,
    /// `ClickHouse`
    #[value(help = "ClickHouse")]
    Clickhouse,
}

/// A table by its name, such as `activity` or `network.activity`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableName(Vec<String>);

impl FromStr for TableName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_part = |part: &str| {
            !part.is_empty() && part.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
        };
        if text.split('.').all(is_part) {
            Ok(Self(text.split('.').map(str::to_owned).collect()))
        } else {
            Err("a table's name has letters, digits and `_`, and dots between its parts".to_owned())
        }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0.join("."))
    }
}

/// A column of a list that is written into a query.
#[derive(Clone, Copy, Debug)]
pub(super) enum Column {
    Text(&'static str),
    Number(&'static str),
}

impl Column {
    const fn name(self) -> &'static str {
        match self {
            Self::Text(name) | Self::Number(name) => name,
        }
    }
}

/// A value of a list that is written into a query.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Number(i64),
}

impl Dialect {
    /// Returns the table's name, quoted, so that it may be a word of the language.
    pub(super) fn table(self, name: &TableName) -> String {
        let quote = if self == Self::Duckdb { '"' } else { '`' };
        let parts: Vec<String> = name.0.iter().map(|part| format!("{quote}{part}{quote}")).collect();
        parts.join(".")
    }

    /// Returns a text as a literal.
    pub(super) fn text(self, text: &str) -> String {
        let mut literal = String::from("'");
        for character in text.chars() {
            match (self, character) {
                (Self::Duckdb, '\'') => literal.push_str("''"),
                (Self::Spark | Self::Clickhouse, '\'' | '\\') => literal.extend(['\\', character]),
                // Spark puts the value of a setting in place of `${name}` before it reads the query.
                (Self::Spark, '$') => literal.push_str("\\u0024"),
                _ => literal.push(character),
            }
        }
        literal + "'"
    }

    /// Returns rows as a query of their own.
    pub(super) fn list(self, columns: &[Column], rows: &[Vec<Value<'_>>]) -> String {
        if rows.is_empty() {
            let fields: Vec<String> = columns
                .iter()
                .map(|column| match column {
                    Column::Text(name) => format!("'' AS {name}"),
                    Column::Number(name) => format!("0 AS {name}"),
                })
                .collect();
            return format!("SELECT {} WHERE 1 = 0", fields.join(", "));
        }
        let value = |value: &Value<'_>| match value {
            Value::Text(text) => self.text(text),
            Value::Number(number) => number.to_string(),
        };
        let row = |row: &Vec<Value<'_>>| format!("({})", row.iter().map(value).collect::<Vec<_>>().join(", "));
        let rows = rows.iter().map(row).collect::<Vec<_>>().join(",\n    ");
        if self == Self::Clickhouse {
            let field = |column: &Column| match column {
                Column::Text(name) => format!("{name} String"),
                Column::Number(name) => format!("{name} Int64"),
            };
            let structure = columns.iter().map(field).collect::<Vec<_>>().join(", ");
            return format!("SELECT * FROM values('{structure}',\n    {rows})");
        }
        let names = columns.iter().map(|column| column.name()).collect::<Vec<_>>().join(", ");
        format!("SELECT * FROM (VALUES\n    {rows}) AS list ({names})")
    }

    /// Returns the types of the columns `amount_usd`, `occurred_at` and all others, for people.
    pub(super) const fn types(self) -> [&'static str; 3] {
        match self {
            Self::Duckdb => ["DECIMAL(38,18)", "TIMESTAMP_NS, TIMESTAMP or TIMESTAMPTZ", "VARCHAR"],
            Self::Spark => ["DECIMAL(38,18)", "TIMESTAMP", "STRING"],
            Self::Clickhouse => ["Decimal(38, 18)", "DateTime64", "String"],
        }
    }

    /// Returns the condition under which sums of `amount_usd` are exact: its type is the one decimal.
    pub(super) const fn amount_is_exact(self) -> &'static str {
        match self {
            Self::Duckdb => "typeof(raw.amount_usd) = 'DECIMAL(38,18)'",
            Self::Spark => "typeof(raw.amount_usd) = 'decimal(38,18)'",
            Self::Clickhouse => "toTypeName(raw.amount_usd) IN ('Decimal(38, 18)', 'Nullable(Decimal(38, 18))')",
        }
    }

    /// Returns the condition under which `occurred_at` does not hang on the session's time zone.
    pub(super) const fn time_is_utc(self) -> &'static str {
        match self {
            Self::Duckdb => "typeof(raw.occurred_at) IN ('TIMESTAMP_NS', 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE')",
            Self::Spark => "typeof(raw.occurred_at) = 'timestamp'",
            Self::Clickhouse => "toTypeName(raw.occurred_at) LIKE '%DateTime64%'",
        }
    }

    /// Returns the decimal that is summed, wide enough that no sum leaves it unnoticed.
    pub(super) const fn amount(self) -> &'static str {
        match self {
            Self::Duckdb | Self::Spark => "raw.amount_usd",
            // Sums of this engine wrap around.
            Self::Clickhouse => "toDecimal256(raw.amount_usd, 18)",
        }
    }

    /// Returns the nanoseconds since 1970.
    pub(super) const fn nanos(self) -> &'static str {
        match self {
            Self::Duckdb => "epoch_ns(raw.occurred_at)",
            Self::Spark => "unix_micros(raw.occurred_at) * 1000",
            Self::Clickhouse => "toUnixTimestamp64Nano(raw.occurred_at)",
        }
    }

    /// Returns the condition that an actor begins with an account's address.
    pub(super) const fn begins_with_address(self) -> &'static str {
        match self {
            Self::Duckdb => "regexp_matches(raw.actor, '^0x[0-9a-fA-F]{40}')",
            Self::Spark => "raw.actor RLIKE '^0x[0-9a-fA-F]{40}'",
            Self::Clickhouse => "match(raw.actor, '^0x[0-9a-fA-F]{40}')",
        }
    }

    /// Returns the plain digits of a decimal.
    pub(super) fn decimal_text(self, decimal: &str) -> String {
        match self {
            Self::Duckdb => format!("CAST({decimal} AS VARCHAR)"),
            // A cast would write small decimals with an exponent.
            Self::Spark => format!("trim(to_char({decimal}, '99999999999999999990.000000000000000000'))"),
            Self::Clickhouse => format!("toString({decimal})"),
        }
    }

    /// Returns the instant of so many nanoseconds since 1970, with all its digits.
    pub(super) fn instant_text(self, nanos: &str) -> String {
        match self {
            Self::Duckdb => format!(
                "concat(strftime(make_timestamp({nanos} // 1000000000 * 1000000), '%Y-%m-%dT%H:%M:%S'), '.', \
                 lpad(CAST({nanos} % 1000000000 AS VARCHAR), 9, '0'), 'Z')"
            ),
            // Formatting a TIMESTAMP would hang on the session's time zone.
            Self::Spark => format!(
                "concat(replace(CAST(TIMESTAMP_NTZ '1970-01-01 00:00:00' + make_dt_interval(0, 0, 0, {nanos} div \
                 1000000000) AS STRING), ' ', 'T'), '.', lpad(CAST({nanos} % 1000000000 AS STRING), 9, '0'), 'Z')"
            ),
            Self::Clickhouse => {
                format!("concat(replaceOne(toString(fromUnixTimestamp64Nano({nanos}, 'UTC')), ' ', 'T'), 'Z')")
            }
        }
    }

    /// Returns a text that cannot be had: the query fails with `problem`, which begins with one of the codes.
    pub(super) fn failure(self, problem: &str, codes: &[&str]) -> String {
        match self {
            Self::Duckdb => format!("CAST(error({problem}) AS VARCHAR)"),
            Self::Spark => format!("CAST(raise_error({problem}) AS STRING)"),
            // What this engine throws is written before it sees the events.
            Self::Clickhouse => {
                let throw = |code: &&str| {
                    format!("throwIf(startsWith({problem}, '{code}'), '{code}: SELECT * FROM contradiction')")
                };
                let throws: Vec<String> = codes.iter().map(throw).collect();
                format!("toString({})", throws.join("\n      + "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_leave_its_literal() {
        let check = |text: &str, duckdb: &str, spark: &str, clickhouse: &str| {
            assert_eq!(Dialect::Duckdb.text(text), duckdb);
            assert_eq!(Dialect::Spark.text(text), spark);
            assert_eq!(Dialect::Clickhouse.text(text), clickhouse);
        };
        check("u-1", "'u-1'", "'u-1'", "'u-1'");
        check("", "''", "''", "''");
        check("O'Hara", "'O''Hara'", r"'O\'Hara'", r"'O\'Hara'");
        check(r"\'", r"'\'''", r"'\\\''", r"'\\\''");
        check(r"a\", r"'a\'", r"'a\\'", r"'a\\'");
        check("\"`--/*", "'\"`--/*'", "'\"`--/*'", "'\"`--/*'");
        check("${user}", "'${user}'", r"'\u0024{user}'", "'${user}'");
        check("名前 ü 💸", "'名前 ü 💸'", "'名前 ü 💸'", "'名前 ü 💸'");
    }

    #[test]
    fn a_table_is_named_in_words() {
        for text in ["activity", "network.activity", "a.b.c_1", "select"] {
            assert_eq!(text.parse::<TableName>().map(|name| name.to_string()), Ok(text.to_owned()));
        }
        for text in ["", ".", "a.", "a b", "a\"b", "a`b", "a;b", "a-b", "aé", "a'b"] {
            assert!(text.parse::<TableName>().is_err(), "{text}");
        }
        let name: TableName = "network.activity".parse().unwrap_or_else(|_| TableName(Vec::new()));
        assert_eq!(Dialect::Duckdb.table(&name), "\"network\".\"activity\"");
        assert_eq!(Dialect::Spark.table(&name), "`network`.`activity`");
    }
}
