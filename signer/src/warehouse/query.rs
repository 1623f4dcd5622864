//! The query: one SELECT whose rows are the supporters of a month.

use std::collections::{BTreeMap, BTreeSet};

use ambassador_core::{calendar::Month, identifier::EventKind, volume::Watched};

use super::dialect::{
    Column::{Number, Text},
    Dialect, TableName, Value,
};

/// What makes the query fail, in the order in which it is told.
const CODES: &[&str] = &[
    "AMOUNT_TYPE",
    "CELL_EMPTY",
    "EVENT_CONFLICT",
    "NUMBER_SIGN",
    "NUMBER_TOO_LARGE",
    "REVERSAL_AMOUNT",
    "REVERSAL_COIN",
    "REVERSAL_OF_REVERSAL",
    "REVERSAL_TIME",
    "REVERSAL_UNKNOWN",
    "TIME_TYPE",
];

/// Reversals beside what they take back.
const REVERSAL: &str = "\
reversal AS (
  SELECT
    back.source AS source,
    back.event_id AS event_id,
    back.reverses AS reverses,
    back.usd AS usd,
    target.usd AS target_usd,
    CASE
      WHEN coalesce(target.here, 0) = 0 THEN 'REVERSAL_UNKNOWN'
      WHEN target.reverses <> '' THEN 'REVERSAL_OF_REVERSAL'
      WHEN target.coin <> back.coin THEN 'REVERSAL_COIN'
      WHEN back.nanos < target.nanos THEN 'REVERSAL_TIME'
      ELSE '' END AS code
  FROM event AS back
  LEFT JOIN (SELECT *, 1 AS here FROM event) AS target
    ON target.source = back.source AND target.event_id = back.reverses
  WHERE back.reverses <> ''
),
";

/// Everything that the meter refuses, and what only a table can have.
// Every column is named with its table: one engine would take an alias of the same name instead.
const CONTRADICTION: &str = "\
contradiction AS (
  SELECT alone.code, alone.source, alone.event_id FROM (
    SELECT
      CASE
        WHEN event.unfit <> '' THEN event.unfit
        WHEN event.event_id IS NULL OR event.event_id = '' OR event.nanos IS NULL OR event.kind IS NULL
          OR event.kind = '' OR event.actor IS NULL OR event.actor = '' OR event.usd IS NULL THEN 'CELL_EMPTY'
        WHEN event.usd < 0 THEN 'NUMBER_SIGN'
        WHEN event.usd > 1000000000000 THEN 'NUMBER_TOO_LARGE'
        ELSE '' END AS code,
      event.source AS source,
      coalesce(event.event_id, '') AS event_id
    FROM event
  ) AS alone WHERE alone.code <> ''
  UNION ALL
  SELECT 'EVENT_CONFLICT' AS code, event.source AS source, coalesce(event.event_id, '') AS event_id
    FROM event GROUP BY event.source, event.event_id HAVING count(*) > 1
  UNION ALL
  SELECT reversal.code AS code, reversal.source AS source, coalesce(reversal.event_id, '') AS event_id
    FROM reversal WHERE reversal.code <> ''
  UNION ALL
  SELECT 'REVERSAL_AMOUNT' AS code, reversal.source AS source, reversal.reverses AS event_id
    FROM reversal WHERE reversal.code = ''
    GROUP BY reversal.source, reversal.reverses, reversal.target_usd
    HAVING sum(reversal.usd) > reversal.target_usd
),
";

/// Returns the query that measures the events before the end of `month` in the table `name`.
///
/// It gives `creator, actor, counted_usd, first_at`, all of them text, or fails with the code of a contradiction.
pub fn query(dialect: Dialect, name: &TableName, watched: &[Watched], month: Month) -> String {
    let [amount_type, time_type, text_type] = dialect.types();
    let header = format!(
        "\
-- Rule R3 up to the end of {month} in UTC: what each supporter of each creator moved.
-- Reads {name}: event_id, coin, kind, actor, reverses, source {text_type}, amount_usd {amount_type},
--   occurred_at {time_type} in UTC. Gives supporters/{month}.csv.
-- Events that contradict each other make it fail with a code. SELECT * FROM contradiction
--   in place of everything behind the part `counted` shows all of them.
WITH
"
    );
    let end = month.end().to_unix_nanos();
    [&header, &lists(dialect, watched), &event(dialect, name), REVERSAL, CONTRADICTION, &counted(end), &result(dialect)]
        .concat()
}

/// What is watched.
fn lists(dialect: Dialect, watched: &[Watched]) -> String {
    let mut kinds = Sets::default();
    let mut related = Sets::default();
    let watch: Vec<Vec<Value<'_>>> = watched
        .iter()
        .map(|watch| {
            // No instant lies in the window of a coin that has not launched.
            let (opens, closes) =
                watch.window.map_or((0, 0), |(opens, closes)| (opens.to_unix_nanos(), closes.to_unix_nanos()));
            vec![
                Value::Text(watch.coin.as_str()),
                Value::Text(watch.creator.as_str()),
                Value::Number(opens),
                Value::Number(closes),
                Value::Number(kinds.number(watch.kinds.iter().map(EventKind::as_str).collect())),
                Value::Number(related.number(watch.related.iter().map(String::as_str).collect())),
            ]
        })
        .collect();
    let watch_columns =
        [Text("coin"), Text("creator"), Number("opens"), Number("closes"), Number("kinds"), Number("related")];
    format!(
        "\
watch AS ({}),
counting AS ({}),
party AS ({}),
",
        dialect.list(&watch_columns, &watch),
        dialect.list(&[Number("kinds"), Text("kind")], &kinds.rows()),
        dialect.list(&[Number("related"), Text("actor")], &related.rows()),
    )
}

/// The rows of watched coins, each once.
fn event(dialect: Dialect, name: &TableName) -> String {
    format!(
        "\
event AS (
  SELECT DISTINCT
    coalesce(raw.source, '') AS source,
    raw.event_id AS event_id,
    {nanos} AS nanos,
    raw.coin AS coin,
    raw.kind AS kind,
    CASE WHEN length(raw.actor) = 42 AND {begins_with_address} THEN lower(raw.actor) ELSE raw.actor END AS actor,
    {amount} AS usd,
    coalesce(raw.reverses, '') AS reverses,
    CASE
      WHEN NOT {amount_is_exact} THEN 'AMOUNT_TYPE'
      WHEN NOT {time_is_utc} THEN 'TIME_TYPE'
      ELSE '' END AS unfit
  FROM {table} AS raw
  WHERE raw.coin IN (SELECT coin FROM watch)
),
",
        nanos = dialect.nanos(),
        begins_with_address = dialect.begins_with_address(),
        amount = dialect.amount(),
        amount_is_exact = dialect.amount_is_exact(),
        time_is_utc = dialect.time_is_utc(),
        table = dialect.table(name),
    )
}

/// What is left of each event at `end`, in nanoseconds since 1970, and which of them count.
fn counted(end: i64) -> String {
    format!(
        "\
remaining AS (
  SELECT part.source AS source, part.event_id AS event_id, sum(part.usd) AS usd FROM (
    SELECT event.source AS source, event.event_id AS event_id, event.usd AS usd FROM event WHERE event.reverses = ''
    UNION ALL
    SELECT event.source AS source, event.reverses AS event_id, -event.usd AS usd
      FROM event WHERE event.reverses <> '' AND event.nanos < {end}
  ) AS part GROUP BY part.source, part.event_id
),
counted AS (
  SELECT watch.creator AS creator, event.actor AS actor, remaining.usd AS usd, event.nanos AS nanos
  FROM event
  JOIN watch ON watch.coin = event.coin
  JOIN counting ON counting.kinds = watch.kinds AND counting.kind = event.kind
  JOIN remaining ON remaining.source = event.source AND remaining.event_id = event.event_id
  LEFT JOIN (SELECT *, 1 AS here FROM party) AS own
    ON own.related = watch.related AND own.actor = event.actor
  WHERE event.reverses = '' AND remaining.usd > 0 AND coalesce(own.here, 0) = 0
    AND event.nanos >= watch.opens AND event.nanos < watch.closes AND event.nanos < {end}
)
"
    )
}

/// The rows of the result, or the failure.
fn result(dialect: Dialect) -> String {
    format!(
        "\
SELECT creator, actor, counted_usd, first_at FROM (
  SELECT counted.creator AS creator, counted.actor AS actor,
    {counted_usd} AS counted_usd, {first_at} AS first_at
  FROM counted GROUP BY counted.creator, counted.actor
  UNION ALL
  SELECT {failure} AS creator, '' AS actor, '' AS counted_usd, '' AS first_at
  FROM (
    SELECT min(concat(one.code, ': event `', one.event_id, '` of source `', one.source, '`')) AS problem
    FROM contradiction AS one
  ) AS worst WHERE worst.problem <> ''
) AS result
ORDER BY creator, actor
",
        counted_usd = dialect.decimal_text("sum(counted.usd)"),
        first_at = dialect.instant_text("min(counted.nanos)"),
        failure = dialect.failure("worst.problem", CODES),
    )
}

/// Sets of words by number: most coins share theirs.
#[derive(Debug, Default)]
struct Sets<'a>(BTreeMap<BTreeSet<&'a str>, i64>);

impl<'a> Sets<'a> {
    fn number(&mut self, set: BTreeSet<&'a str>) -> i64 {
        let next = i64::try_from(self.0.len()).unwrap_or(i64::MAX);
        *self.0.entry(set).or_insert(next)
    }

    fn rows(&self) -> Vec<Vec<Value<'a>>> {
        let rows = |(set, number): (&BTreeSet<&'a str>, &i64)| -> Vec<Vec<Value<'a>>> {
            set.iter().map(|word| vec![Value::Number(*number), Value::Text(word)]).collect()
        };
        self.0.iter().flat_map(rows).collect()
    }
}
