//! Libraries of Node.js, each in processes that stay, so that neither their start nor their first steps count.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// The claims that warm a process up.
const WARM_UP: u64 = 200;

/// A process that signs the claims that it is told to.
pub(crate) struct Script {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Script {
    /// Starts a process for `viem` or `ethers`.
    pub(crate) fn start(library: &str) -> Self {
        let mut child = Command::new("node")
            .args([concat!(env!("CARGO_MANIFEST_DIR"), "/peers.mjs"), library])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node.js is there");
        let questions = child.stdin.take().expect("it is piped");
        let answers = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut script = Self { child, questions, answers };
        Self::sign(std::slice::from_mut(&mut script), WARM_UP);
        script
    }

    /// Lets processes share the claims below this number, and waits for all of them.
    pub(crate) fn sign(scripts: &mut [Self], count: u64) {
        let share = count / u64::try_from(scripts.len()).expect("they are few");
        for (script, number) in scripts.iter_mut().zip(0_u64..) {
            script.ask(&format!("sign {} {share}", number * share));
        }
        for script in scripts {
            assert_eq!(script.answer(), "done");
        }
    }

    /// Returns r and s of the first claims.
    pub(crate) fn show(&mut self, count: u64) -> String {
        self.ask(&format!("show 0 {count}"));
        self.answer()
    }

    fn ask(&mut self, question: &str) {
        writeln!(self.questions, "{question}").expect("it reads");
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("it answers");
        line.trim_end().to_owned()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        // It has nothing to finish; the figures are printed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
