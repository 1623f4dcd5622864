//! The files of a claim in the place of others, in the programme's folder and in `published/` alike.

use std::collections::BTreeMap;

use ambassador_core::{
    documents::{json, replacement::ReplacementDocument},
    hash::Hash32,
};
use serde::Serialize;

use crate::{files::FileWrite, ledger::replacements::LedgerReplacement};

/// The folder of such claims.
pub const FOLDER: &str = "replacements";
/// The document that explains one.
pub const DOCUMENT: &str = "replacement.json";
/// The claim beside it.
pub const CLAIM: &str = "claim.json";
/// The file of a published folder that lists all of them, for who cannot look into folders.
pub const LIST: &str = "replacements.json";

/// `ambassador-replacements/1`: the published claims in the place of others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReplacementsDocument {
    schema: &'static str,
    claims: Vec<ListedPart>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct ListedPart {
    ambassador: String,
    account: String,
    from: String,
    to: String,
    folder: String,
}

impl ReplacementsDocument {
    /// Lists the claims of these folders, which are named by the ambassador and [`folder_name`].
    pub fn of(folders: &BTreeMap<String, ReplacementDocument>) -> Self {
        let part = |(folder, document): (&String, &ReplacementDocument)| ListedPart {
            ambassador: document.ambassador.id.clone(),
            account: document.account.clone(),
            from: document.from.clone(),
            to: document.to.clone(),
            folder: folder.clone(),
        };
        Self { schema: "ambassador-replacements/1", claims: folders.iter().map(part).collect() }
    }

    /// Returns the bytes of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

/// Returns the two files of a replacement; `root` is empty or a folder of the programme.
pub fn replacement_files(root: &str, replacement: &LedgerReplacement) -> Vec<FileWrite> {
    let folder = format!("{root}{FOLDER}/{}", folder(replacement));
    vec![
        FileWrite::new(format!("{folder}/{DOCUMENT}"), replacement.document.clone()),
        FileWrite::new(format!("{folder}/{CLAIM}"), replacement.claim.bytes.clone()),
    ]
}

/// Returns the folder of a replacement below [`FOLDER`].
pub fn folder(replacement: &LedgerReplacement) -> String {
    format!("{}/{}", replacement.id, folder_name(replacement.claim.digest))
}

/// Returns the name of a claim's folder below its ambassador's: the first digits of its digest.
pub fn folder_name(digest: Hash32) -> String {
    digest.to_string().chars().skip(2).take(16).collect()
}
