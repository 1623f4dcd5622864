//! `init DIR`: a commented programme folder.

use serde_json::json;

use super::{Outcome, list_changes};
use crate::{
    cli::InitArgs,
    files::{self, Change, Changes, FileWrite},
    problem::{Exit, Failure, Problem},
    table::printable,
};

/// The files of a new programme folder.
const FILES: &[(&str, &str)] = &[
    ("README.md", include_str!("../../template/README.md")),
    ("terms/1.toml", include_str!("../../template/terms/1.toml")),
    ("ambassadors.csv", "index,id,name,payee,joined_at,status\n"),
    ("referrals.csv", "creator,coin,ambassador,invited_at,accepted_at,approved_at,launched_at,status\n"),
    ("adoptions.csv", "creator,use_case,live_at,evidence,decision\n"),
    ("parties.csv", "actor,relation\n"),
    ("activity/events.csv", "event_id,occurred_at,coin,kind,actor,amount_usd,reverses\n"),
    ("prices.csv", "date,usd,tokens\n"),
    ("adjustments.csv", "ambassador,month,usd,reason,approver\n"),
    ("resolutions.csv", "name,address,block,resolved_at\n"),
    (".gitignore", "key.json\nkey.password\n"),
];

pub(super) fn run(args: &InitArgs) -> Result<Outcome, Failure> {
    let writes: Vec<FileWrite> = FILES.iter().map(|(path, text)| FileWrite::new(path, text.as_bytes())).collect();
    let existing: Vec<Problem> = writes
        .iter()
        .filter(|write| write.change(&args.dir) != Change::Created)
        .map(|write| {
            let problem = Problem::new("FILE_EXISTS", "the file is there already").file(args.dir.join(&write.path));
            problem.help("name a new folder; nothing was written")
        })
        .collect();
    if !existing.is_empty() {
        return Err(Failure { exit: Exit::Refused, problems: existing });
    }
    files::check_writable(&args.dir)?;
    let changes = Changes::of(&args.dir, &writes);
    let (list, files) = list_changes(&changes, false);
    changes.write()?;
    let folder = printable(&args.dir.display().to_string());
    let next = format!(
        "next: fill the files in, name the claim contract in terms/1.toml, then\n  ambassador-signer check -C {folder}\n"
    );
    Ok(Outcome::new(list + &next, json!({ "files": files })))
}
