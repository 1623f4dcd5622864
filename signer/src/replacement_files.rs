//! The files of a claim in the place of others, in the programme's folder and in `published/` alike.

use ambassador_core::hash::Hash32;

use crate::{files::FileWrite, ledger::replacements::LedgerReplacement};

/// The folder of such claims.
pub const FOLDER: &str = "replacements";
/// The document that explains one.
pub const DOCUMENT: &str = "replacement.json";
/// The claim beside it.
pub const CLAIM: &str = "claim.json";

/// Returns the two files of a replacement; `root` is empty or a folder of the programme.
pub fn replacement_files(root: &str, replacement: &LedgerReplacement) -> Vec<FileWrite> {
    let folder = format!("{root}{FOLDER}/{}/{}", replacement.id, name(replacement.claim.digest));
    vec![
        FileWrite::new(format!("{folder}/{DOCUMENT}"), replacement.document.clone()),
        FileWrite::new(format!("{folder}/{CLAIM}"), replacement.claim.bytes.clone()),
    ]
}

/// Returns the name of a claim's folder: the first digits of its digest.
fn name(digest: Hash32) -> String {
    digest.to_string().chars().skip(2).take(16).collect()
}
