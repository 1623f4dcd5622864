"""Runs each job's statements in ClickHouse (chdb). Reads [{ events?, before?, query, into? }], answers [{ error }]."""

from chdb import session

from jobs import answer

STRUCTURE = (
    "event_id String, occurred_at DateTime64(9, 'UTC'), coin String, kind String, actor String, "
    "amount_usd Decimal(38, 18), reverses String, source String"
)


def text(value):
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def run(connection, job):
    connection.query("DROP TABLE IF EXISTS activity")
    if job.get("events"):
        rows = f"SELECT * FROM file({text(job['events'])}, 'CSVWithNames', {text(STRUCTURE)})"
        connection.query(f"CREATE TABLE activity ENGINE = Memory AS {rows} SETTINGS date_time_input_format = 'best_effort'")
    if job.get("before"):
        connection.query(job["before"])
    result = connection.query(job["query"], "CSVWithNames")
    if job.get("into"):
        with open(job["into"], "wb") as file:
            file.write(result.bytes())


def main():
    connection = session.Session()
    # No result hangs on where the session is.
    connection.query("SET session_timezone = 'America/New_York'")
    answer(lambda job: run(connection, job))


main()
