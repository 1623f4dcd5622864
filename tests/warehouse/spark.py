"""Runs each job's statements in Spark. Reads [{ events?, before?, query, into? }], answers [{ error }]."""

import csv
import os

from pyspark.sql import SparkSession

from jobs import answer

SCHEMA = (
    "event_id STRING, occurred_at TIMESTAMP, coin STRING, kind STRING, actor STRING, "
    "amount_usd DECIMAL(38,18), reverses STRING, source STRING"
)


def run(spark, job):
    spark.catalog.dropTempView("activity")
    if job.get("events"):
        # A quote is written twice, as in RFC 4180.
        rows = spark.read.csv(job["events"], schema=SCHEMA, header=True, escape='"', mode="FAILFAST")
        rows.createOrReplaceTempView("activity")
    if job.get("before"):
        spark.sql(job["before"])
    rows = spark.sql(job["query"]).collect()
    if job.get("into"):
        with open(job["into"], "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["creator", "actor", "counted_usd", "first_at"])
            writer.writerows(rows)


def main():
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.adaptive.enabled": "false",
        # No result hangs on where the session is, nor on whether it is lax.
        "spark.sql.session.timeZone": "America/New_York",
        "spark.sql.ansi.enabled": os.environ.get("SPARK_ANSI", "false"),
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    answer(lambda job: run(spark, job))


main()
