//! Text at the border: every amount and time crosses as text and is read by its own grammar.

use core::str::FromStr;

use ambassador_core::diagnostic::Diagnostic;

use crate::error::Failure;

/// Reads a text; a failure names its path.
pub(crate) fn parse<T>(path: &str, text: &str) -> Result<T, Failure>
where
    T: FromStr,
    T::Err: Diagnostic,
{
    text.parse().map_err(|error: T::Err| Failure::at(path, &error))
}
