//! Failures as real JavaScript errors with a name and a stable code.

use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};

#[cfg(feature = "claims")]
use ambassador_core::documents::json::DocumentError;
use ambassador_core::{diagnostic::Diagnostic, documents::tree::ShapeError, terms::TermsError};
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
    /// A failure as the rules tell it.
    ///
    /// Generic only on the surface: an object of the trait would bring along every error's `Debug`.
    pub(crate) fn of<E: Diagnostic>(error: &E) -> Self {
        Self::new(error.code(), error.to_string(), error.help())
    }

    fn new(code: &str, message: String, help: String) -> Self {
        Self { code: code.to_owned(), message, help, path: None }
    }

    /// A failure at a field of the input.
    pub(crate) fn at<E: Diagnostic>(path: &str, error: &E) -> Self {
        Self { path: Some(path.to_owned()), ..Self::of(error) }
    }

    /// A failure that no input of the declared types can lead to.
    pub(crate) fn shape(message: &str) -> Self {
        let help = "hand over a value of the declared type".to_owned();
        Self { code: "SHAPE".to_owned(), message: message.to_owned(), help, path: None }
    }

    /// A value of the input that is not of its declared type.
    #[cfg(feature = "claims")]
    pub(crate) fn shape_at(path: &str, message: &str) -> Self {
        Self { path: Some(path.to_owned()), ..Self::shape(message) }
    }
}

impl From<ShapeError> for Failure {
    fn from(error: ShapeError) -> Self {
        Self::at(&error.path, &error)
    }
}

#[cfg(feature = "claims")]
impl From<DocumentError> for Failure {
    fn from(error: DocumentError) -> Self {
        Self { path: error.path().map(str::to_owned), ..Self::of(&error) }
    }
}

impl From<Vec<TermsError>> for Failure {
    fn from(errors: Vec<TermsError>) -> Self {
        errors.first().map_or_else(|| Self::shape("the terms cannot be read"), |error| Self::at(&error.field, error))
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
