//! Failures as real JavaScript errors with a name and a stable code.

use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};

use ambassador_core::{diagnostic::Diagnostic, documents::json::DocumentError, terms::TermsError};
use js_sys::{Error as JsError, Reflect};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What every function here throws. */
export interface AmbassadorError extends Error {
    name: "AmbassadorError";
    /** The stable code, such as `NUMBER_SIGN`. */
    code: string;
    /** One sentence that says how to mend the input. */
    help: string;
    /** The field that it is about, such as `reward.tier[1].bonus_usd`. */
    path?: string;
}
"#;

/// A failure on its way to JavaScript.
#[derive(Debug)]
pub struct Failure {
    code: String,
    message: String,
    help: String,
    path: Option<String>,
}

impl Failure {
    /// A failure at a field of the input.
    pub(crate) fn at(path: impl Into<String>, error: &impl Diagnostic) -> Self {
        Self { path: Some(path.into()), ..Self::from(error) }
    }

    /// A failure that no input of the declared types can lead to.
    pub(crate) fn shape(message: &str) -> Self {
        let help = "hand over a value of the declared type".to_owned();
        Self { code: "SHAPE".to_owned(), message: message.to_owned(), help, path: None }
    }
}

impl<E: Diagnostic> From<&E> for Failure {
    fn from(error: &E) -> Self {
        Self { code: error.code().to_owned(), message: error.to_string(), help: error.help(), path: None }
    }
}

impl From<DocumentError> for Failure {
    fn from(error: DocumentError) -> Self {
        Self { path: error.path().map(str::to_owned), ..Self::from(&error) }
    }
}

impl From<Vec<TermsError>> for Failure {
    fn from(errors: Vec<TermsError>) -> Self {
        errors
            .first()
            .map_or_else(|| Self::shape("the terms cannot be read"), |error| Self::at(error.field.clone(), error))
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        let error = JsError::new(&failure.message);
        error.set_name("AmbassadorError");
        let fields = [("code", Some(failure.code)), ("help", Some(failure.help)), ("path", failure.path)];
        for (name, value) in fields {
            if let Some(value) = value {
                // A fresh object takes every property.
                let _ = Reflect::set(&error, &name.into(), &value.into());
            }
        }
        error.into()
    }
}
