"""Sums up a generated folder with another program: `peers.py FOLDER polars|duckdb` prints seconds, supporters, sum.

The same question as ours: events of referred coins, of a counted kind, inside the window and before the month's end,
not of a related party, each id once, less what was taken back before the month's end; exact decimals of 18 places.
"""

import glob
import sys
import time
from decimal import Decimal

KINDS = ["buy", "convert_in", "send_creator"]
MONTH_END = 1609459200


def duckdb_sums(folder):
    import duckdb

    reader = {"csv": "read_csv", "json": "read_json", "parquet": "read_parquet"}
    files = glob.glob(f"{folder}/activity/network/*")
    kind = "parquet" if ".parquet" in files[0] else "json" if ".jsonl" in files[0] else "csv"
    names = ["event_id", "occurred_at", "coin", "kind", "actor", "amount_usd", "reverses"]
    columns = {name: "DECIMAL(38,18)" if name == "amount_usd" else "TIMESTAMPTZ" if name == "occurred_at" else "VARCHAR"
               for name in names}
    options = "" if kind == "parquet" else f", columns = {columns}"
    if kind == "csv":
        options += ", header = true, auto_detect = false"
    if kind == "json":
        options += ", format = 'newline_delimited'"
    connection = duckdb.connect()
    connection.execute("SET threads = 2; SET TimeZone = 'UTC'")
    return connection.execute(f"""
        WITH own AS (
            SELECT * FROM read_csv('{folder}/parties.csv', header = true, auto_detect = false,
                                   columns = {{'actor': 'VARCHAR', 'relation': 'VARCHAR'}})),
        watched AS (
            SELECT creator, coin, to_timestamp(launched_at::BIGINT) AS launched
            FROM read_csv('{folder}/referrals.csv', header = true, all_varchar = true)),
        events AS (
            SELECT DISTINCT e.*, creator, launched
            FROM {reader[kind]}({files}{options}) e JOIN watched USING (coin)
            WHERE occurred_at < to_timestamp({MONTH_END})),
        back AS (
            SELECT reverses AS event_id, sum(amount_usd) AS amount
            FROM events WHERE coalesce(reverses, '') <> '' GROUP BY 1),
        counted AS (
            SELECT coin, actor, amount_usd - coalesce(back.amount, 0) AS amount
            FROM events LEFT JOIN back USING (event_id)
            WHERE coalesce(reverses, '') = '' AND kind IN ('buy', 'convert_in', 'send_creator')
              AND occurred_at >= launched AND occurred_at < launched + INTERVAL 720 HOURS
              AND actor NOT IN (SELECT actor FROM own WHERE relation = 'treasury')
              AND NOT EXISTS (SELECT 1 FROM own WHERE own.actor = events.actor AND relation = 'creator:' || creator)),
        sums AS (SELECT coin, actor, sum(amount) AS volume FROM counted WHERE amount > 0 GROUP BY 1, 2)
        SELECT count(*), sum(volume) FROM sums
    """).fetchone()


def polars_sums(folder):
    import polars as pl

    files = glob.glob(f"{folder}/activity/network/*")
    schema = {name: pl.String for name in
              ["event_id", "occurred_at", "coin", "kind", "actor", "amount_usd", "reverses"]}
    if ".parquet" in files[0]:
        events = pl.scan_parquet(files)
    elif ".jsonl" in files[0]:
        events = pl.scan_ndjson(files, schema=schema)
    else:
        events = pl.scan_csv(files, schema=schema)
    text = pl.String
    referrals = pl.scan_csv(f"{folder}/referrals.csv", infer_schema=False)
    watched = referrals.select("creator", "coin", (pl.col("launched_at").cast(pl.Int64) * 1_000_000)
                               .cast(pl.Datetime("us", "UTC")).alias("launched"))
    parties = pl.scan_csv(f"{folder}/parties.csv", infer_schema=False)
    treasury = parties.filter(pl.col("relation") == "treasury").select("actor")
    own = parties.filter(pl.col("relation").str.starts_with("creator:")).select(
        "actor", pl.col("relation").str.strip_prefix("creator:").alias("creator"))
    at = pl.col("occurred_at")
    typed = ".parquet" in files[0]
    events = events.join(watched, on="coin").with_columns(
        at.cast(pl.Datetime("us", "UTC")) if typed
        else at.str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC"),
        pl.col("amount_usd").cast(pl.Decimal(38, 18)), pl.col("reverses").fill_null(""),
    ).filter(at < pl.lit(MONTH_END * 1_000_000).cast(pl.Datetime("us", "UTC"))).unique()
    back = events.filter(pl.col("reverses") != "").group_by("reverses").agg(pl.col("amount_usd").sum().alias("back"))
    zero = pl.lit(Decimal(0)).cast(pl.Decimal(38, 18))
    sums = (
        events.filter((pl.col("reverses") == "") & pl.col("kind").is_in(KINDS)
                      & (at >= pl.col("launched")) & (at < pl.col("launched") + pl.duration(days=30)))
        .drop("reverses")
        .join(treasury, on="actor", how="anti").join(own, on=["actor", "creator"], how="anti")
        .join(back, left_on="event_id", right_on="reverses", how="left")
        .with_columns((pl.col("amount_usd") - pl.col("back").fill_null(zero)).alias("amount"))
        .filter(pl.col("amount") > zero)
        .group_by("coin", "actor").agg(pl.col("amount").sum().alias("volume"))
        .select(pl.len().alias("count"), pl.col("volume").sum())
    )
    return sums.collect(engine="streaming").row(0)


def main():
    folder, program = sys.argv[1:]
    started = time.perf_counter()
    count, total = {"duckdb": duckdb_sums, "polars": polars_sums}[program](folder)
    seconds = time.perf_counter() - started
    print(f"{seconds:.3f} {count} {int(total.scaleb(18))}")


if __name__ == "__main__":
    import decimal

    decimal.getcontext().prec = 60
    main()
