//! The documents that cross a border: versioned at the top, unknown fields refused, money as text.

pub mod terms;
