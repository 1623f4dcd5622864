//! Values that cross: structs of text with their TypeScript type, read from a tree and written as one.
//!
//! A whole value crosses as one text of JSON, which both sides read and write faster than field by field; a library
//! that maps values through serde would make the calculator's module more than twice as large.

use alloc::{string::String, vec::Vec};
use core::fmt::Write as _;

use ambassador_core::documents::tree::{self, FromValue, Value};
use js_sys::JSON;
#[cfg(feature = "claims")]
use wasm_bindgen::JsCast as _;
use wasm_bindgen::JsValue;

use crate::error::Failure;

/// Reads a value that JavaScript handed over.
///
/// No argument crosses in another way than unread: the glue of a typed one would take anything for text or bytes.
pub(crate) fn read<T: FromValue>(value: &JsValue) -> Result<T, Failure> {
    read_at("", value)
}

/// Reads a value that JavaScript handed over; `path` names it in errors.
pub(crate) fn read_at<T: FromValue>(path: &str, value: &JsValue) -> Result<T, Failure> {
    let text = JSON::stringify(value).ok().and_then(|text| text.as_string());
    // What cannot be written, such as a function, is told apart from nothing by its path only.
    let tree = Value::parse(text.as_deref().unwrap_or("null"))?;
    Ok(tree::read(path, tree)?)
}

/// Returns the bytes of a file.
#[cfg(feature = "claims")]
pub(crate) fn bytes(path: &str, value: &JsValue) -> Result<Vec<u8>, Failure> {
    let bytes = value.dyn_ref::<js_sys::Uint8Array>().map(js_sys::Uint8Array::to_vec);
    bytes.ok_or_else(|| Failure::shape_at(path, "it is no Uint8Array"))
}

/// Returns the items of a list, each unread.
#[cfg(feature = "claims")]
pub(crate) fn items(path: &str, value: &JsValue) -> Result<Vec<JsValue>, Failure> {
    let list = value.dyn_ref::<js_sys::Array>().ok_or_else(|| Failure::shape_at(path, "it is no list"))?;
    Ok(list.iter().collect())
}

/// Returns a property of an object, which may be `undefined`.
#[cfg(feature = "claims")]
pub(crate) fn property(object: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(object, &JsValue::from_str(name)).unwrap_or_default()
}

/// Hands a value over to JavaScript.
pub(crate) fn write(value: &impl Mirror) -> Result<JsValue, Failure> {
    let mut text = String::new();
    value.write(&mut text);
    JSON::parse(&text).map_err(|_| Failure::shape("the answer cannot be read"))
}

/// A value that can be written as JSON.
pub(crate) trait Mirror {
    /// Appends the value.
    fn write(&self, text: &mut String);

    /// Returns whether it is left out of its table.
    fn is_absent(&self) -> bool {
        false
    }
}

impl Mirror for str {
    fn write(&self, text: &mut String) {
        text.push('"');
        for character in self.chars() {
            match character {
                '"' | '\\' => text.extend(['\\', character]),
                // A string takes every character, so writing to it does not fail.
                '\0'..' ' => _ = write!(text, "\\u{:04x}", u32::from(character)),
                _ => text.push(character),
            }
        }
        text.push('"');
    }
}

impl Mirror for String {
    fn write(&self, text: &mut String) {
        self.as_str().write(text);
    }
}

impl Mirror for &str {
    fn write(&self, text: &mut String) {
        (**self).write(text);
    }
}

impl Mirror for bool {
    fn write(&self, text: &mut String) {
        text.push_str(if *self { "true" } else { "false" });
    }
}

impl Mirror for u32 {
    fn write(&self, text: &mut String) {
        _ = write!(text, "{self}");
    }
}

impl Mirror for usize {
    fn write(&self, text: &mut String) {
        _ = write!(text, "{self}");
    }
}

impl<T: Mirror> Mirror for Option<T> {
    fn write(&self, text: &mut String) {
        if let Some(value) = self {
            value.write(text);
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Mirror> Mirror for Vec<T> {
    fn write(&self, text: &mut String) {
        text.push('[');
        for (place, item) in self.iter().enumerate() {
            text.push_str(if place == 0 { "" } else { "," });
            item.write(text);
        }
        text.push(']');
    }
}

/// Appends a field of a table; an absent one is left out.
#[inline(never)]
pub(crate) fn write_field(text: &mut String, name: &str, value: &dyn Mirror) {
    if value.is_absent() {
        return;
    }
    text.push_str(if text.ends_with('{') { "" } else { "," });
    name.write(text);
    text.push(':');
    value.write(text);
}

/// Declares structs that are written, with their TypeScript types.
macro_rules! written {
    ($($(#[doc = $doc:literal])+ $name:ident { $($field:ident : $type:ty => $js:literal : $ts:literal),+ $(,)? })+) => {
        $(
            $(#[doc = $doc])+
            pub(crate) struct $name {
                $(pub(crate) $field: $type),+
            }

            impl $crate::mirror::Mirror for $name {
                fn write(&self, text: &mut alloc::string::String) {
                    text.push('{');
                    $($crate::mirror::write_field(text, $js, &self.$field);)+
                    text.push('}');
                }
            }
        )+
        $crate::mirror::types!($($(#[doc = $doc])+ $name { $($js : $ts),+ })+);
    };
}
pub(crate) use written;

/// Declares structs that are read, with their TypeScript types; unknown fields are refused.
macro_rules! received {
    ($($(#[doc = $doc:literal])+ $name:ident { $($field:ident : $type:ty => $js:literal : $ts:literal),+ $(,)? })+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Default)]
            pub(crate) struct $name {
                $(pub(crate) $field: $type),+
            }

            impl ambassador_core::documents::tree::FromValue for $name {
                fn from_value(
                    path: &str,
                    value: ambassador_core::documents::tree::Value,
                    problems: &mut ambassador_core::documents::tree::Problems,
                ) -> Self {
                    let mut table = ambassador_core::documents::tree::Table::of(path, value, problems);
                    let read = Self { $($field: table.take(path, $js, problems)),+ };
                    table.finish(path, problems);
                    read
                }
            }
        )+
        $crate::mirror::types!($($(#[doc = $doc])+ $name { $($js : $ts),+ })+);
    };
}
pub(crate) use received;

/// Declares the TypeScript types of structs.
macro_rules! types {
    ($($(#[doc = $doc:literal])+ $name:ident { $($js:literal : $ts:literal),+ })+) => {
        #[wasm_bindgen::prelude::wasm_bindgen(typescript_custom_section)]
        const TYPES: &str = concat!(
            $(
                "\n/**", $($doc, "\n *"),+, "/\nexport interface ", stringify!($name), " {\n",
                $("    ", $js, ": ", $ts, ";\n",)+
                "}\n",
            )+
        );
    };
}
pub(crate) use types;
