//! The command line of the signer: parses, runs, prints, exits.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use ambassador_signer::{
    cli::Cli,
    commands,
    problem::{Exit, Problem, say},
    table::{json_text, printable},
};
use clap::Parser as _;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let status = if error.use_stderr() { Exit::Usage.into() } else { ExitCode::SUCCESS };
            if error.use_stderr() && std::env::args().any(|argument| argument == "--json") {
                let problem = Problem::new("USAGE", error.kind().to_string());
                // A closed pipe leaves nobody to tell.
                let _ = print(&format!("{}\n", json_text(&serde_json::json!({ "problems": [problem] }))));
            }
            if error.use_stderr() {
                // It quotes what was typed, or what a pattern of file names gave.
                let lines = error.render().to_string();
                say(&lines.lines().map(|line| printable(line) + "\n").collect::<String>());
            } else {
                // A closed terminal leaves nobody to tell.
                let _ = error.print();
            }
            return status;
        }
    };
    match commands::run(&cli) {
        Ok(outcome) => {
            let text = if cli.json { json_text(&outcome.json) + "\n" } else { outcome.text };
            if let Err(error) = print(&text) {
                let problem = Problem::new("OUTPUT", format!("what was done cannot be printed: {error}"));
                say(&format!("{}\n", problem.help("it is done; repeating the command prints it again")));
                return Exit::Disk.into();
            }
            outcome.exit.map_or(ExitCode::SUCCESS, Into::into)
        }
        Err(failure) => {
            if cli.json {
                let problems = json_text(&serde_json::json!({ "problems": failure.problems }));
                // The same is said on standard error.
                let _ = print(&format!("{problems}\n"));
            }
            say(&format!("{failure}\n"));
            failure.exit.into()
        }
    }
}

fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}
