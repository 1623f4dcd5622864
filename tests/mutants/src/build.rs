//! The build of all mutants: those that do not compile are taken out until the rest does.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::{
    listed::Mutant,
    tree,
    weave::{self, Woven},
};

/// Where that is put which all mutants ask.
pub const LIBRARY: &str = "core/src/lib.rs";

/// What wakes a mutant: its number in the environment. Without one, it can be recorded which are reached.
const SWITCH: &str = r#"
#[doc(hidden)]
#[allow(missing_docs, clippy::all)]
pub mod mutant {
    extern crate std;
    use core::sync::atomic::{AtomicBool, Ordering::Relaxed};
    use std::{env, fs, io::Write as _, sync::LazyLock};

    pub fn on(number: u32) -> bool {
        static ACTIVE: LazyLock<Option<u32>> = LazyLock::new(|| env::var("MUTANT").ok()?.parse().ok());
        static REACHED: LazyLock<Option<std::ffi::OsString>> = LazyLock::new(|| env::var_os("MUTANTS_REACHED"));
        static SEEN: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];
        if let Some(active) = *ACTIVE {
            return active == number;
        }
        if let (Some(path), Some(seen)) = (&*REACHED, SEEN.get(number as usize)) {
            if !seen.swap(true, Relaxed) {
                let file = fs::OpenOptions::new().create(true).append(true).open(path);
                let _ = file.and_then(|mut file| file.write_all(std::format!("{number}\n").as_bytes()));
            }
        }
        false
    }
}
"#;

/// What was built, and what could not be woven.
#[derive(Debug, Default)]
pub struct Built {
    pub programs: BTreeMap<String, PathBuf>,
    /// What the tests call for cargo: it says where the commands are that were woven too, and builds nothing.
    pub cargo: PathBuf,
    /// Mutants that do not compile, with what the compiler says.
    pub refused: BTreeMap<usize, String>,
    /// Mutants that there is no way to weave in: what they change is computed by the compiler, or has no place for a
    /// question. They are given to cargo-mutants.
    pub left: BTreeSet<usize>,
}

/// Weaves the mutants into a copy of the project and builds its tests.
pub fn build(root: &Path, tree: &Path, target: &Path, mutants: &[Mutant]) -> Result<Built, String> {
    let mut built = remembered(tree, mutants);
    let build = target.join("target");
    let constants = tree.with_file_name("constants.txt");
    let text = fs::read_to_string(&constants).unwrap_or_default();
    let mut constant: BTreeSet<String> = text.lines().map(str::to_owned).collect();
    let files: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.file.as_str()).collect();
    loop {
        let mut woven: BTreeMap<&str, Woven> = BTreeMap::new();
        for file in &files {
            let text = fs::read_to_string(root.join(file)).map_err(|error| format!("{file}: {error}"))?;
            let of_file = mutants.iter().enumerate().filter(|(number, mutant)| {
                mutant.file == *file && !built.refused.contains_key(number) && !built.left.contains(number)
            });
            let of_file: Vec<_> = of_file.collect();
            let names: Vec<String> = constant.iter().cloned().collect();
            let on = if file.starts_with("core/") { "crate::mutant::on" } else { "ambassador_core::mutant::on" };
            let one = weave::weave(&text, &of_file, on, &names).map_err(|error| format!("{file}: {error}"))?;
            built.left.extend(&one.left);
            tree::write(&tree.join(file), one.text.as_bytes())?;
            woven.insert(file, one);
        }
        let library = fs::read_to_string(root.join(LIBRARY)).map_err(|error| error.to_string())?;
        let switch = SWITCH.replace("COUNT", &mutants.len().to_string());
        tree::write(&tree.join(LIBRARY), format!("{library}{switch}").as_bytes())?;
        let messages = compile(tree, &build)?;
        let errors: Vec<&Value> = messages
            .iter()
            .filter(|message| message["reason"] == "compiler-message" && message["message"]["level"] == "error")
            .collect();
        if errors.is_empty() {
            built.programs = programs(&messages);
            built.cargo = commands(tree, &build, target)?;
            remember(tree, mutants, &built)?;
            let names: Vec<String> = constant.into_iter().map(|name| name + "\n").collect();
            tree::write(&constants, names.concat().as_bytes())?;
            return Ok(built);
        }
        let size = |built: &Built, constant: &BTreeSet<String>| built.refused.len() + built.left.len() + constant.len();
        let before = size(&built, &constant);
        for error in errors {
            judge(&error["message"], &woven, &mut built, &mut constant);
        }
        remember(tree, mutants, &built)?;
        let Built { refused, left, .. } = &built;
        eprintln!("{} do not compile, {} cannot be woven in, constant: {constant:?}", refused.len(), left.len());
        if before == size(&built, &constant) {
            let said = messages.iter().filter(|message| message["message"]["level"] == "error");
            let said: Vec<&str> = said.filter_map(|message| message["message"]["rendered"].as_str()).collect();
            return Err(format!("the compiler refuses more than mutants:\n{}", said.join("\n")));
        }
    }
}

/// What earlier builds could not take, so that it is not tried again.
fn remembered(tree: &Path, mutants: &[Mutant]) -> Built {
    let text = fs::read_to_string(tree.with_file_name("refused.tsv")).unwrap_or_default();
    let known: BTreeMap<&str, &str> = text.lines().filter_map(|line| line.split_once('\t')).collect();
    let mut built = Built::default();
    for (number, mutant) in mutants.iter().enumerate() {
        match known.get(mutant.name.as_str()) {
            Some(&"") => built.left.extend([number]),
            Some(said) => built.refused.extend([(number, (*said).to_owned())]),
            None => {}
        }
    }
    built
}

fn remember(tree: &Path, mutants: &[Mutant], built: &Built) -> Result<(), String> {
    let path = tree.with_file_name("refused.tsv");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let mut known: BTreeMap<&str, &str> = text.lines().filter_map(|line| line.split_once('\t')).collect();
    known.extend(built.refused.iter().map(|(number, said)| (mutants[*number].name.as_str(), said.as_str())));
    known.extend(built.left.iter().map(|number| (mutants[*number].name.as_str(), "")));
    let lines: Vec<String> =
        known.iter().map(|(name, said)| format!("{name}\t{}\n", said.replace('\n', " "))).collect();
    fs::write(&path, lines.concat()).map_err(|error| error.to_string())
}

fn compile(tree: &Path, target: &Path) -> Result<Vec<Value>, String> {
    let output = Command::new("cargo")
        .args(["test", "--no-run", "--locked", "--lib", "--test", "suite", "--message-format", "json", "--target-dir"])
        .arg(target)
        .current_dir(tree)
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    let messages: Vec<Value> =
        String::from_utf8_lossy(&output.stdout).lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let failed = messages.iter().any(|message| message["message"]["level"] == "error");
    if !output.status.success() && !failed {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(messages)
}

/// Builds the commands that tests start, and returns what says where they are.
fn commands(tree: &Path, build: &Path, target: &Path) -> Result<PathBuf, String> {
    let output = Command::new("cargo")
        .args(["build", "--locked", "--bins", "--test", "suite", "--message-format", "json", "--target-dir"])
        .arg(build)
        .current_dir(tree)
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let path = target.join("cargo");
    let said = String::from_utf8_lossy(&output.stdout);
    let commands: Vec<&str> = said.lines().filter(|line| line.contains("\"executable\":\"")).collect();
    fs::write(target.join("built.json"), commands.join("\n"))
        .and_then(|()| fs::write(&path, "#!/bin/sh\nexec cat \"$(dirname \"$0\")/built.json\"\n"))
        .and_then(|()| fs::set_permissions(&path, Permissions::from_mode(0o755)))
        .map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

/// Returns the test programs by their names.
fn programs(messages: &[Value]) -> BTreeMap<String, PathBuf> {
    let tests = messages.iter().filter(|message| message["profile"]["test"] == true);
    let named = tests.filter_map(|message| {
        let name = message["target"]["name"].as_str()?.to_owned();
        let library = message["target"]["kind"][0] != "bin";
        library.then_some((name, PathBuf::from(message["executable"].as_str()?)))
    });
    named.collect()
}

/// Finds out which mutants the compiler means, or which function must stay constant.
fn judge(message: &Value, woven: &BTreeMap<&str, Woven>, built: &mut Built, constant: &mut BTreeSet<String>) {
    let said = message["message"].as_str().unwrap_or_default();
    let spans = message["spans"].as_array().map(Vec::as_slice).unwrap_or_default();
    for span in spans.iter().filter(|span| span["is_primary"] == true) {
        let Some(of_file) = span["file_name"].as_str().and_then(|name| woven.get(name)) else { continue };
        let (Some(begin), Some(end)) = (span["byte_start"].as_u64(), span["byte_end"].as_u64()) else { continue };
        let (Ok(begin), Ok(end)) = (usize::try_from(begin), usize::try_from(end)) else { continue };
        let text = of_file.text.get(begin..end).unwrap_or_default();
        let own = of_file.own.iter().filter(|(range, _)| range.start <= begin && end <= range.end);
        let computed = message["code"]["code"] == "E0015";
        if message["code"]["code"] == "E0004" {
            // A match lacks an arm: what stands behind the one that is taken away has a guard.
            let whole = of_file.matches.iter().filter(|(range, _)| range.start <= begin && end <= range.end);
            let arms = whole.min_by_key(|(range, _)| range.len()).map(|(_, arms)| arms);
            built.refused.extend(arms.into_iter().flatten().map(|number| (*number, said.to_owned())));
            continue;
        }
        if let Some((_, number)) = own.min_by_key(|(range, _)| range.len()) {
            if computed {
                built.left.insert(*number);
            } else {
                built.refused.insert(*number, said.to_owned());
            }
            continue;
        }
        if computed && !text.contains("mutant::on") {
            let name = said.split('`').nth(1).unwrap_or_default();
            let name = name.rsplit("::").next().unwrap_or_default();
            let name = name.split(['<', '(']).next().unwrap_or_default();
            constant.insert(name.to_owned());
            continue;
        }
        let around = of_file.around.iter().filter(|(range, _)| range.start <= begin && end <= range.end);
        if let Some((_, numbers)) = around.min_by_key(|(range, _)| range.len()) {
            built.left.extend(numbers);
        }
    }
}
