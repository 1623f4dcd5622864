//! Which files a month consists of, in `months/` and in `published/` alike.

use std::{collections::BTreeMap, path::PathBuf};

use ambassador_core::records::AmbassadorIndex;

use crate::{
    files::FileWrite,
    month::{MonthWork, RECORDS_FILE},
    problem::Failure,
    report,
    summary::{Status, SummaryDocument},
};

/// Returns every file of the month below `folder`; the claims are those that were signed.
///
/// # Errors
///
/// [`Exit::Records`](crate::problem::Exit::Records): a sum does not fit into 128 bits.
pub fn month_files(
    work: &MonthWork,
    folder: &str,
    status: Status,
    claims: &BTreeMap<AmbassadorIndex, Vec<u8>>,
) -> Result<Vec<FileWrite>, Failure> {
    let path = |name: String| PathBuf::from(folder).join(name);
    let summary = SummaryDocument::of(work, status)?;
    let mut files = vec![FileWrite::new(path(RECORDS_FILE.to_owned()), work.written.bytes())];
    for (index, statement) in &work.statements {
        let id = &statement.document.ambassador.id;
        files.push(FileWrite::new(path(format!("statements/{id}.json")), statement.bytes.clone()));
        if let Some(bytes) = claims.get(index) {
            files.push(FileWrite::new(path(format!("claims/{id}.json")), bytes.clone()));
        }
    }
    files.push(FileWrite::new(path("summary.csv".to_owned()), summary.to_csv()));
    files.push(FileWrite::new(path("summary.json".to_owned()), summary.to_bytes()));
    files.push(FileWrite::new(path("report.md".to_owned()), report::markdown(work, &summary)));
    Ok(files)
}
