//! How each mutant fared, kept from one run to the next.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use crate::{explained::Explained, listed::Mutant};

/// What stands of a mutant whatever is written above it: file, change, line, and which of several alike it is.
pub type Key = String;

/// The mutants that are asked about, and how they fared the last time.
pub struct Records {
    path: PathBuf,
    mutants: Vec<Mutant>,
    /// The line that each begins in.
    lines: Vec<String>,
    pub keys: Vec<Key>,
    known: BTreeMap<Key, String>,
    /// Which test noticed it when one did.
    noticed: BTreeMap<Key, String>,
}

impl Records {
    pub fn read(root: &Path, path: &Path, mutants: &[Mutant]) -> Result<Self, String> {
        let mut sources: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mut alike: BTreeMap<String, usize> = BTreeMap::new();
        let (mut lines, mut keys) = (Vec::new(), Vec::new());
        for mutant in mutants {
            if !sources.contains_key(mutant.file.as_str()) {
                let text = fs::read_to_string(root.join(&mutant.file)).map_err(|error| error.to_string())?;
                sources.insert(&mutant.file, text.lines().map(|line| line.trim().to_owned()).collect());
            }
            let line = &sources[mutant.file.as_str()][mutant.span.start.line - 1];
            let key = format!("{} | {} | {line}", mutant.file, mutant.change());
            let count = alike.entry(key.clone()).or_default();
            *count += 1;
            keys.push(format!("{key} | {count}"));
            lines.push(line.clone());
        }
        let text = fs::read_to_string(path).unwrap_or_default();
        // The last word counts.
        let all = text.lines().filter_map(|line| line.split_once('\t'));
        let known = all.clone().map(|(key, how)| (key.to_owned(), how.to_owned())).collect();
        let noticed = all.filter_map(|(key, how)| Some((key.to_owned(), how.strip_prefix("caught by ")?.to_owned())));
        let noticed = noticed.collect();
        Ok(Self { path: path.to_owned(), mutants: mutants.to_vec(), lines, keys, known, noticed })
    }

    /// Returns the test that noticed a mutant the last time.
    pub fn noticed_by(&self, number: usize) -> Option<&str> {
        self.noticed.get(&self.keys[number]).map(String::as_str)
    }

    /// Tells whether a mutant lived unexplained, or was never asked about.
    pub fn is_to_ask(&self, number: usize, explained: &[Explained]) -> bool {
        let known = self.known.get(&self.keys[number]);
        known.is_none_or(|how| (how == "survived" || how == "unreached") && !self.is_explained(number, explained))
    }

    /// Tells whether a mutant is explained.
    pub fn is_explained(&self, number: usize, explained: &[Explained]) -> bool {
        explained.iter().any(|one| one.is(&self.mutants[number], &self.lines[number]))
    }

    /// Tells whether a mutant was asked about before.
    pub fn is_known(&self, number: usize) -> bool {
        self.known.contains_key(&self.keys[number])
    }

    /// Keeps how a mutant fared.
    pub fn write(&mut self, mutant: &Mutant, how: &str) -> Result<(), String> {
        let Some(place) = self.mutants.iter().position(|one| one.name == mutant.name) else { return Ok(()) };
        let (key, how) = (self.keys[place].clone(), how.replace(['\n', '\t'], " "));
        let file = fs::OpenOptions::new().create(true).append(true).open(&self.path);
        file.and_then(|mut file| writeln!(file, "{key}\t{how}")).map_err(|error| error.to_string())?;
        self.known.insert(key, how);
        Ok(())
    }

    /// Says how the mutants of each file fared; returns whether all that live are explained, and no others.
    pub fn report(&self, explained: &[Explained]) -> Result<bool, String> {
        let mut table: BTreeMap<&str, [usize; 8]> = BTreeMap::new();
        let mut needed = vec![false; explained.len()];
        let mut good = true;
        for ((mutant, line), key) in self.mutants.iter().zip(&self.lines).zip(&self.keys) {
            let how = self.known.get(key).map(String::as_str);
            let column = match how {
                Some(how) if how.starts_with("caught") => 1,
                Some("timeout") => 2,
                Some("survived" | "unreached") => {
                    let known = explained.iter().position(|explained| explained.is(mutant, line));
                    if let Some(place) = known {
                        needed[place] = true;
                        3
                    } else {
                        println!("alive: {}", mutant.name);
                        good = false;
                        4
                    }
                }
                Some(how) if how.starts_with("does not compile") => 5,
                Some(_) => 6,
                None => 7,
            };
            let row = table.entry(&mutant.file).or_default();
            row[0] += 1;
            row[column] += 1;
        }
        println!("\n| file | mutants | caught | no end | explained | alive | no mutant | not woven | not asked |");
        println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
        let mut sums = [0; 8];
        for (file, row) in &table {
            sums.iter_mut().zip(row).for_each(|(sum, number)| *sum += number);
            println!("| {file} | {} |", row.map(|number| number.to_string()).join(" | "));
        }
        println!("| all | {} |", sums.map(|number| number.to_string()).join(" | "));
        for (explained, needed) in explained.iter().zip(needed) {
            if !needed && table.contains_key(explained.file.as_str()) {
                println!("explained without need: {} | {} | {}", explained.file, explained.change, explained.line);
                good = false;
            }
        }
        Ok(good)
    }
}
