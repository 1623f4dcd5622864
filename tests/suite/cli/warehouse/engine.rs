//! The warehouses, from `tests/warehouse`: one process for many queries.

use std::{
    env,
    ffi::OsString,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    DuckDb,
    ClickHouse,
    Spark,
}

/// A query over a table of events.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Job {
    /// The file that becomes the table `activity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) events: Option<PathBuf>,
    /// A statement that is run before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<String>,
    pub(super) query: String,
    /// The file that gets the result.
    pub(super) into: PathBuf,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Answer {
    pub(super) error: Option<String>,
}

impl Engine {
    pub(super) const ALL: [Self; 3] = [Self::DuckDb, Self::ClickHouse, Self::Spark];

    pub(super) const fn dialect(self) -> &'static str {
        match self {
            Self::DuckDb => "duckdb",
            Self::ClickHouse => "clickhouse",
            Self::Spark => "spark",
        }
    }

    /// Returns the statement that makes a view over the table `activity`.
    pub(super) fn view(self, name: &str, select: &str) -> String {
        let create = match self {
            Self::DuckDb => "CREATE VIEW",
            Self::ClickHouse => "CREATE OR REPLACE VIEW",
            Self::Spark => "CREATE OR REPLACE TEMPORARY VIEW",
        };
        format!("{create} {name} AS {select}")
    }

    /// Runs all jobs in `folder`, or says that the engine is not there.
    ///
    /// # Panics
    ///
    /// When `DuckDB` is not there.
    pub(super) fn run(self, folder: &Path, jobs: &[Job]) -> Option<Vec<Answer>> {
        let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("warehouse");
        let mut process = match self {
            Self::DuckDb => {
                let installed = home.join("node_modules").is_dir();
                assert!(installed, "DuckDB is missing: run `npm ci --ignore-scripts --prefix tests/warehouse` first");
                let mut node = Command::new("node");
                node.arg(home.join("duckdb.mjs"));
                node
            }
            Self::ClickHouse => python(&home, "chdb", "clickhouse.py")?,
            Self::Spark => python(&home, "pyspark", "spark.py")?,
        };
        let mut child = process
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the engine starts");
        let mut stdin = child.stdin.take().expect("piped above");
        stdin.write_all(&serde_json::to_vec(jobs).expect("jobs are JSON")).expect("the engine reads");
        drop(stdin);
        let output = child.wait_with_output().expect("the engine ends");
        assert!(output.status.success(), "{self:?} failed");
        let answers: Vec<Answer> = serde_json::from_slice(&output.stdout).expect("the engine answers in JSON");
        assert_eq!(answers.len(), jobs.len(), "{self:?} answers every job");
        Some(answers)
    }
}

/// Returns the process of a script, if the Python that `WAREHOUSE_PYTHON` names, or the system's, has the package.
fn python(home: &Path, package: &str, script: &str) -> Option<Command> {
    let python = env::var_os("WAREHOUSE_PYTHON").unwrap_or_else(|| OsString::from("python3"));
    let found = Command::new(&python)
        .args(["-c", &format!("import {package}")])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        // Written past the capture of a test that passes.
        let message = format!("NOT RUN: {script} needs a Python with `{package}`; WAREHOUSE_PYTHON names one\n");
        std::io::stderr().write_all(message.as_bytes()).expect("somebody listens");
        return None;
    }
    let mut process = Command::new(python);
    process.arg(home.join(script));
    Some(process)
}
