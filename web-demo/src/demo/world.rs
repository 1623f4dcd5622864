//! A local chain and a programme on it, which end with this process however it ends.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::{failure::Failure, places};

/// What the script says of the world that it started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report {
    /// The port of the chain's JSON-RPC on the loopback interface.
    pub(crate) port: u16,
    /// The folder of what the programme published.
    pub(crate) published: PathBuf,
    /// Who has ether and can send.
    pub(crate) people: Vec<Person>,
    /// The claim contract.
    pub(crate) payouts: String,
}

/// Somebody with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) address: String,
}

/// The script that holds it all.
#[derive(Debug)]
pub(crate) struct World {
    script: Child,
    /// The script ends when this closes, which it also does when this process is killed.
    input: Option<ChildStdin>,
    pub(crate) report: Report,
}

impl World {
    /// Starts it, and calls `ended` when it is gone.
    ///
    /// # Errors
    ///
    /// When it does not start; what it complains about is on the terminal.
    pub(crate) fn start(signer: &Path, ended: impl FnOnce() + Send + 'static) -> Result<Self, Failure> {
        let mut command = Command::new("node");
        command.arg(places::web_demo().join("demo/main.mjs")).arg(signer);
        let mut script = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(|error| {
            Failure::new(format!("node does not start: {error}")).help("install Node.js 20 or later with npm")
        })?;
        let input = script.stdin.take();
        let mut line = String::new();
        let mut said = script.stdout.take().map(BufReader::new);
        if let Some(said) = &mut said {
            // What cannot be read is an empty line, which is no report.
            let _ = said.read_line(&mut line);
        }
        let Some(report) = Report::of(&line) else {
            drop(input);
            // It ended, or its input did.
            let _ = script.wait();
            return Err(Failure::new("the local chain with the example on it does not start"));
        };
        thread::spawn(move || {
            // The script says nothing more; its output ends when it does.
            let _ = said.map(|mut said| said.read_to_end(&mut Vec::new()));
            ended();
        });
        Ok(Self { script, input, report })
    }
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.input.take());
        for _ in 0..100 {
            if !matches!(self.script.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(100));
        }
        // It had ten seconds.
        let _ = self.script.kill();
        let _ = self.script.wait();
    }
}

impl Report {
    fn of(line: &str) -> Option<Self> {
        let report: Value = serde_json::from_str(line).ok()?;
        let text = |value: &Value, key: &str| Some(value.get(key)?.as_str()?.to_owned());
        let person = |person| Some(Person { name: text(person, "name")?, address: text(person, "address")? });
        Some(Self {
            port: report.get("port")?.as_u64()?.try_into().ok()?,
            published: text(&report, "published")?.into(),
            people: report.get("people")?.as_array()?.iter().map(person).collect::<Option<_>>()?,
            payouts: text(&report, "payouts")?,
        })
    }
}
