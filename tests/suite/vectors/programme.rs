//! A programme in a folder, read as the commands read it, in this process: hundreds of vectors take a second that way.

use std::{fs, path::Path};

use ambassador_core::{calendar::Month, programme::Programme};
use ambassador_signer::{
    import::{self, Source},
    intake::{self, activity},
    problem::Failure,
};

use crate::cli::folder::Folder;

/// The sources of the imports below.
const SOURCES: &str = "schema = \"ambassador-sources/1\"\n\
    [events.shop]\ncolumns = { event_id = \"id\", occurred_at = \"at\", actor = \"who\", amount_usd = \"usd\" }\n\
    constants = { coin = \"ZOE\", kind = \"buy\" }\nactors = \"public\"\n\
    [prices.chart]\ncolumns = { time = \"at\", usd = \"usd\" }\n[prices.market]\nformat = \"coingecko-json\"\n";

/// The small programme of the cases without its events.
pub(super) struct Door {
    folder: Folder,
    programme: Programme,
}

impl Door {
    pub(super) fn new() -> Self {
        let folder = Folder::base();
        fs::remove_dir_all(folder.path().join("activity")).expect("a folder can be removed");
        for name in ["activity", "exports"] {
            fs::create_dir(folder.path().join(name)).expect("a folder can be made");
        }
        fs::write(folder.path().join("sources.toml"), SOURCES).expect("a file can be written");
        let programme = intake::read(folder.path()).expect("the records are good").programme;
        Self { folder, programme }
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path().join(file), bytes).expect("a file can be written");
    }

    /// Returns who bought of `ZOE`, as a file below `activity/` says, or the first code and field that are refused.
    pub(super) fn actors(&self, file: &str, bytes: &[u8]) -> Result<Vec<String>, (String, String)> {
        let file = format!("activity/{file}");
        self.write(&file, bytes);
        let month: Month = "2020-12".parse().expect("a month");
        let scrutiny = activity::Scrutiny::All;
        let measured = activity::measure(self.path(), &self.programme, month.end(), scrutiny, &|_, _| ());
        fs::remove_file(self.path().join(file)).expect("a file can be removed");
        let creator = "zoe".parse().expect("an id");
        let supporters = measured.map_err(|failure| first(&failure))?.supporters.remove(&creator).unwrap_or_default();
        Ok(supporters.iter().map(|one| one.actor.to_string()).collect())
    }

    /// Reads every table with a file replaced; the first code and field that are refused.
    pub(super) fn check(&self, file: &str, bytes: &[u8]) -> Result<Programme, (String, String)> {
        let path = self.path().join(file);
        let kept = fs::read(&path).expect("the programme has such a table");
        self.write(file, bytes);
        let read = intake::read(self.path());
        fs::write(path, kept).expect("a file can be written");
        read.map(|intake| intake.programme).map_err(|failure| first(&failure))
    }

    /// Imports an export of events; returns the table, or the first code and field that are refused.
    pub(super) fn import_events(&self, csv: &[u8]) -> Result<String, (String, String)> {
        self.write("exports/shop.csv", csv);
        let sources = import::read_sources(self.path()).expect("the sources are good");
        let Ok(Source::Events(source)) = import::find_source(&sources, "shop") else { panic!("it is there") };
        let imported = import::import_events("shop", source, b"salt", &self.path().join("exports/shop.csv"));
        let imported = imported.map_err(|failure| first(&failure))?;
        Ok(String::from_utf8(imported.csv).expect("a table is text"))
    }

    /// Imports an export of prices by the source of this name; returns the days that are new.
    pub(super) fn import_prices(&self, source: &str, bytes: &[u8]) -> Result<Vec<String>, (String, String)> {
        self.write("exports/prices", bytes);
        let sources = import::read_sources(self.path()).expect("the sources are good");
        let Ok(Source::Prices(source)) = import::find_source(&sources, source) else { panic!("it is there") };
        let imported = import::import_prices(self.path(), source, &self.path().join("exports/prices"));
        Ok(imported.map_err(|failure| first(&failure))?.added)
    }
}

fn first(failure: &Failure) -> (String, String) {
    let problem = failure.problems.first().expect("a failure has a problem");
    (problem.code.clone(), problem.column.clone().unwrap_or_default())
}
