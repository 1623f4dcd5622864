//! What went wrong, where, and how to mend it: the one shape in which every refusal leaves the process.

use std::{
    fmt,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use ambassador_core::{diagnostic::Diagnostic, documents::json::DocumentError};
use serde::Serialize;

use crate::table::printable;

/// The exit statuses of the command line; 0 is success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Refused, or not verified.
    Refused = 1,
    /// The command line itself.
    Usage = 2,
    /// Bad records.
    Records = 3,
    /// Key or signature.
    Key = 4,
    /// Ledger or disk.
    Disk = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Refused => 1,
            Exit::Usage => 2,
            Exit::Records => 3,
            Exit::Key => 4,
            Exit::Disk => 5,
        })
    }
}

/// Says something to people, on standard error; where nobody can be told, nothing else is changed by that.
pub fn say(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

/// One problem with its place and its mend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The stable code.
    pub code: String,
    /// The file, relative to the programme folder where it lies inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// The line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The column or field by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The sentence, in lower case and without a period.
    pub message: String,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Problem {
    /// Makes a problem that lies nowhere in particular.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), file: None, line: None, column: None, message: message.into(), help: None }
    }

    /// Makes the problem that an error speaks of.
    pub fn of(error: &impl Diagnostic) -> Self {
        Self::new(error.code(), error.to_string()).help(error.help())
    }

    /// Makes the problem of a document, with its line or field.
    pub fn of_document(error: &DocumentError) -> Self {
        let problem = Self::of(error);
        let line = error.line().and_then(|line| u64::try_from(line).ok());
        Self { line, column: error.path().map(str::to_owned), ..problem }
    }

    /// Says in which file it lies.
    #[must_use]
    pub fn file(mut self, file: impl Into<PathBuf>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Says in which line it lies, from 1.
    #[must_use]
    pub fn line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// Says in which column or field it lies.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "error[{}]: ", self.code)?;
        if let Some(file) = &self.file {
            write!(formatter, "{}", printable(&file.display().to_string()))?;
            if let Some(line) = self.line {
                write!(formatter, ":{line}")?;
            }
            write!(formatter, ": ")?;
        }
        if let Some(column) = &self.column {
            write!(formatter, "{}: ", printable(column))?;
        }
        // Messages quote what files contain, and so do the names of columns and the helps.
        write!(formatter, "{}", printable(&self.message))?;
        if let Some(help) = &self.help {
            write!(formatter, "\n  help: {}", printable(help))?;
        }
        Ok(())
    }
}

/// Everything that stopped a command, with the exit status that it deserves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The exit status.
    pub exit: Exit,
    /// At least one problem.
    pub problems: Vec<Problem>,
}

impl Failure {
    /// Makes a failure of one problem.
    pub fn new(exit: Exit, problem: Problem) -> Self {
        Self { exit, problems: vec![problem] }
    }

    /// Makes the failure of a command that is refused because of an error.
    pub fn refused(error: &impl Diagnostic) -> Self {
        Self::new(Exit::Refused, Problem::of(error))
    }

    /// Makes a failure of a file that could not be read or written.
    pub fn disk(path: impl Into<PathBuf>, error: &std::io::Error) -> Self {
        let problem = Problem::new("DISK", error.to_string())
            .file(path)
            .help("nothing was recorded by this step; mend the disk and repeat the command");
        Self::new(Exit::Disk, problem)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.problems.iter().enumerate() {
            let separator = if position == 0 { "" } else { "\n" };
            write!(formatter, "{separator}{problem}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ambassador_core::signature::{Signature, SignatureError};

    use super::*;
    use crate::{keystore::KeystoreError, password::PasswordError, signing::SigningError};

    fn check(error: &impl Diagnostic, expected: &str) {
        assert_eq!(Problem::of(error).to_string(), expected);
    }

    #[test]
    fn every_error_of_a_key_is_a_problem() {
        check(
            &SigningError::NoSigner,
            "error[SIGNATURE_NO_SIGNER]: the signature belongs to no key\n  help: the file is damaged or belongs to another claim",
        );
        check(
            &SigningError::NotCanonical(SignatureError::HighS),
            "error[SIGNATURE_HIGH_S]: the signature is malleable: its s is high\n  help: the contract takes only the lower of the two forms of a signature (EIP-2)",
        );
        check(
            &KeystoreError::WrongPassword,
            "error[KEY_WRONG_PASSWORD]: the password does not open the key file\n  help: check the password and its file's last line; or the key file is damaged",
        );
        check(
            &PasswordError::Differ,
            "error[PASSWORD_DIFFERS]: the two passwords differ\n  help: nothing was written; try again",
        );
    }

    #[test]
    fn a_foreign_text_does_not_move_the_cursor() {
        let refused = "\u{1b}[2J".parse::<Signature>();
        assert!(refused.is_err_and(|error| !Problem::of(&error).to_string().contains('\u{1b}')));
        let problem = Problem::new("CODE", "a message").file("\u{1b}[2J").column("\u{1b}[2J");
        assert!(!problem.to_string().contains('\u{1b}'), "{problem:?}");
    }
}
