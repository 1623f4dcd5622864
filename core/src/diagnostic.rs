//! What every error of this crate can say of itself.

use alloc::string::String;

/// An error with a stable code and a way to mend it.
///
/// The message (`Display`) names the offending input in backticks, in lower case and without a period.
pub trait Diagnostic: core::error::Error {
    /// Returns the stable code that scripts and documents refer to, such as `AMOUNT_SIGN`.
    fn code(&self) -> &'static str;

    /// Returns one sentence that says how to mend the input.
    fn help(&self) -> String;
}
