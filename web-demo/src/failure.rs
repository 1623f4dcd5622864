//! What failed, and what to do about it.

use std::{fmt, io, path::Path};

/// The one error of this command: it is shown and ends the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    what: String,
    help: Option<String>,
}

impl Failure {
    /// Says what failed, in lower case and without a period.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), help: None }
    }

    /// Says what failed at a file or folder.
    pub(crate) fn at(path: &Path, error: &io::Error) -> Self {
        Self::new(format!("{}: {error}", path.display()))
    }

    /// Says what to do.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "error: {}", self.what)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(formatter, "\nhelp: {help}"))
    }
}
