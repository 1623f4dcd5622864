//! The documents that cross a border: versioned at the top, unknown fields refused, money as text.

/// Declares the structs of a document: unknown fields are refused, every field is public and required.
macro_rules! document {
    ($($(#[$doc:meta])* $name:ident { $($field:ident : $type:ty),+ $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            #[expect(missing_docs, reason = "the fields are those of the type that the document writes down, as text")]
            pub struct $name {
                $(pub $field: $type),+
            }

            impl $crate::documents::tree::FromValue for $name {
                fn from_value(
                    path: &str,
                    value: $crate::documents::tree::Value,
                    problems: &mut $crate::documents::tree::Problems,
                ) -> Self {
                    let mut table = $crate::documents::tree::Table::of(path, value, problems);
                    let document = Self { $($field: table.take(path, stringify!($field), problems)),+ };
                    table.finish(path, problems);
                    document
                }
            }
        )+
    };
}
use document;

pub mod json;
pub mod tree;
pub mod terms;
pub mod rows;
pub mod records;
pub mod statement;
pub mod account;
pub mod claim;
pub mod contract_claim;
pub mod given_claim;
pub mod invite;
pub mod invite_link;
pub mod acceptance;
pub mod typed_data;
pub mod replacement;
