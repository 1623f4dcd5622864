//! What of the example programme is generated: the network's activity and the daily closes.
//!
//! The same bytes on any machine: one seed, integers only, no clock.
//! The other records are written by hand, and the launches are read from them.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    reason = "sums are small and texts are constants; a mistake stops the generator, which writes nothing that way"
)]

mod activity;
mod crowd;
mod export;
mod prices;
mod random;
mod story;

use std::collections::BTreeMap;

/// Returns the text of every generated file by its path in the programme's folder.
pub(crate) fn files() -> BTreeMap<String, String> {
    let mut files = export::activity_files(&activity::Activity::of(story::events()));
    files.insert("prices.csv".to_owned(), prices::file());
    files
}
