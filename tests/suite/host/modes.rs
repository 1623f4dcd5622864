//! Who may read and who may change what is written, whatever the umask is.

use std::{
    collections::BTreeMap,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use super::{CLOSE, run_in, run_well};
use crate::cli::folder::Folder;

/// Returns the permission bits of everything below a folder.
fn modes(root: &Path) -> BTreeMap<PathBuf, u32> {
    let mut modes = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder can be listed") {
            let path = entry.expect("an entry can be read").path();
            let about = fs::symlink_metadata(&path).expect("it is there");
            modes.insert(
                path.strip_prefix(root).expect("it lies below").to_path_buf(),
                about.permissions().mode() & 0o7777,
            );
            if about.is_dir() {
                folders.push(path);
            }
        }
    }
    modes
}

const SOURCES: &str = "schema = \"ambassador-sources/1\"\n[events.shop]\ncolumns = { event_id = \"id\", \
                       occurred_at = \"at\", actor = \"who\", amount_usd = \"usd\" }\nconstants = { coin = \"ZOE\", \
                       kind = \"buy\" }\n";

/// Every command that writes files, and how each file may be used by others than its owner.
#[test]
fn what_is_written_is_nobody_else_s_to_change_whatever_the_umask() {
    for (umask, everyone) in [("000", 0o755), ("027", 0o750), ("077", 0o700)] {
        let folder = Folder::base();
        fs::write(folder.path().join("sources.toml"), SOURCES).expect("a file can be written");
        fs::create_dir(folder.path().join("exports")).expect("a folder can be made");
        fs::write(folder.path().join("exports/shop.csv"), "id,at,who,usd\n").expect("a file can be written");
        let before = modes(folder.path());
        for command in [
            "init new",
            "import shop exports/shop.csv",
            "settle 2020-12 --yes",
            "sign 2020-12 --typed-data",
            CLOSE,
            "close 2021-01 --yes",
        ] {
            let run = run_in(folder.path(), &format!("umask {umask};"), command);
            assert_eq!(run.status, 0, "umask {umask}, {command}: {}", run.stderr);
        }
        let mut seen = 0;
        for (path, mode) in modes(folder.path()).into_iter().filter(|(path, _)| !before.contains_key(path)) {
            let expected = match path.to_str() {
                // The ledger has the secret of the pseudonyms.
                Some("ledger.db") => 0o600,
                _ if folder.path().join(&path).is_dir() => everyone,
                _ => everyone & 0o644,
            };
            assert_eq!(mode, expected, "umask {umask}: {} has {mode:04o}, not {expected:04o}", path.display());
            seen += 1;
        }
        assert!(seen > 30, "{seen}");
    }
}

#[test]
fn a_new_key_is_its_owner_s_alone_whatever_the_umask() {
    let folder = Folder::base();
    let run = run_in(folder.path(), "umask 000;", "key new new.json --password-file key.password");
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(modes(folder.path())[Path::new("new.json")], 0o600);
}

/// A key that others may read is used, because its password still protects it, and every use says so.
#[test]
fn keys_and_passwords_that_others_may_read_are_warned_of_and_used() {
    let folder = Folder::base();
    fs::rename(folder.path().join("key.password"), folder.path().join("secret")).expect("a file can be renamed");
    for (key, password, warnings) in [
        (0o600, 0o600, &[][..]),
        (0o400, 0o400, &[]),
        (0o644, 0o600, &["KEY_OPEN_TO_OTHERS"][..]),
        (0o620, 0o600, &["KEY_OPEN_TO_OTHERS"]),
        (0o602, 0o600, &["KEY_OPEN_TO_OTHERS"]),
        (0o600, 0o640, &["PASSWORD_OPEN_TO_OTHERS"]),
        (0o600, 0o602, &["PASSWORD_OPEN_TO_OTHERS"]),
        (0o666, 0o644, &["KEY_OPEN_TO_OTHERS", "PASSWORD_OPEN_TO_OTHERS"]),
    ] {
        for (name, mode) in [("key.json", key), ("secret", password)] {
            let permissions = Permissions::from_mode(mode);
            fs::set_permissions(folder.path().join(name), permissions).expect("a file is ours");
        }
        fs::remove_dir_all(folder.path().join("typed-data")).ok();
        let text = fs::read_to_string(folder.path().join("key.json")).expect("it is text");
        let bare = text.replace("  \"address\": \"ab7042d28bb8af997c8fc85249d6b42ab5563183\",\n", "");
        fs::write(folder.path().join("bare.json"), bare).expect("a file can be written");
        fs::set_permissions(folder.path().join("bare.json"), Permissions::from_mode(key)).expect("a file is ours");
        // Without a stated address the key is opened.
        let said = run_well(folder.path(), "key address --key bare.json --password-file secret");
        assert_eq!(said.stdout, "0xab7042d28Bb8af997c8fC85249D6B42aB5563183\n");
        let told: Vec<&str> =
            said.stderr.split("warning[").skip(1).map(|rest| rest.split(']').next().unwrap_or_default()).collect();
        assert_eq!(told, warnings, "key {key:o}, password {password:o}: {}", said.stderr);
    }
}
