//! A copy of the project, in which sources are woven and built.

use std::{
    collections::BTreeSet,
    fs, io,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
    process::Command,
};

/// Nobody reads lines here.
const PROFILE: &str = "
[profile.dev]
debug = false
";

/// Copies what git knows of, and what it would add, but for what is going to be woven.
///
/// A file that is the same is left alone, so that little is compiled.
pub fn copy(root: &Path, tree: &Path, woven: &BTreeSet<&str>) -> Result<(), String> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("git: {error}"))?;
    let names = String::from_utf8(output.stdout).map_err(|error| error.to_string())?;
    remove_others(root, tree, tree)?;
    for name in names.split('\0').filter(|name| !name.is_empty() && root.join(name).is_file()) {
        let ours = name == ".cargo/config.toml" || woven.contains(name);
        if ours && tree.join(name).is_file() {
            continue;
        }
        let bytes = fs::read(root.join(name)).map_err(|error| format!("{name}: {error}"))?;
        write(&tree.join(name), &bytes)?;
        let mode = fs::metadata(root.join(name)).map_err(|error| format!("{name}: {error}"))?.permissions().mode();
        fs::set_permissions(tree.join(name), fs::Permissions::from_mode(mode)).map_err(|error| error.to_string())?;
    }
    let path = tree.join(".cargo/config.toml");
    let config = fs::read_to_string(&path).map_err(|error| error.to_string())?;
    if !config.contains("[profile") {
        write(&path, format!("{config}{PROFILE}").as_bytes())?;
    }
    for packages in ["contracts/node_modules", "tests/interop/node_modules"] {
        let (there, here) = (root.join(packages), tree.join(packages));
        if there.is_dir() && !here.exists() {
            // The copy may be older than the place that it links to.
            let _ = fs::remove_file(&here);
            symlink(there, here).map_err(|error| format!("{packages}: {error}"))?;
        }
    }
    Ok(())
}

/// Removes what an earlier copy had and the project has no longer.
fn remove_others(root: &Path, tree: &Path, folder: &Path) -> Result<(), String> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let there = path.strip_prefix(tree).map_or_else(|_| root.to_owned(), |name| root.join(name));
        let gone = if path.is_symlink() {
            Ok(())
        } else if path.is_dir() {
            remove_others(root, tree, &path)?;
            if there.is_dir() { Ok(()) } else { fs::remove_dir(&path) }
        } else if there.is_file() {
            Ok(())
        } else {
            fs::remove_file(&path)
        };
        gone.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// Writes a file unless it holds these bytes.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    let folder = path.parent().map(PathBuf::from).unwrap_or_default();
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, bytes))
        .map_err(|error: io::Error| format!("{}: {error}", path.display()))
}
