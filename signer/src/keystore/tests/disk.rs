//! Key files on the disk: permissions, and names that are taken once.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::*;

#[test]
fn written_once_with_mode_0600_and_nothing_beside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    let file = KeyFile::seal(&key(7), &password("secret"), cheap()).unwrap();
    create(&path, &file).unwrap();
    let mode = path.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let loaded = load(&path).unwrap();
    assert_eq!((loaded.key_file, loaded.warning), (file.clone(), None));

    let before = std::fs::read(&path).unwrap();
    let exists = |path: &Path| Err(KeystoreError::Exists { path: path.into() });
    assert_eq!(create(&path, &file), exists(&path));
    let dangling = folder.path().join("dangling.json");
    std::os::unix::fs::symlink(folder.path().join("elsewhere"), &dangling).unwrap();
    assert_eq!(create(&dangling, &file), exists(&dangling));
    assert_eq!(create(folder.path(), &file), exists(folder.path()));
    assert_eq!(std::fs::read(&path).unwrap(), before);

    let nowhere = folder.path().join("none").join("key.json");
    assert_eq!(create(&nowhere, &file).unwrap_err().code(), "KEY_IO");
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn a_race_for_one_name_has_one_winner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    let files: Vec<_> = (1..=8).map(|byte| KeyFile::seal(&key(byte), &password("secret"), cheap()).unwrap()).collect();
    let written: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = files.iter().map(|file| scope.spawn(|| create(&path, file))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let winners: Vec<_> = (0..8).filter(|place| written[*place].is_ok()).collect();
    assert_eq!(winners.len(), 1, "{written:?}");
    assert_eq!(load(&path).unwrap().key_file, files[winners[0]]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn warns_where_others_can_read_and_refuses_what_is_too_large() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    std::fs::write(&path, scrypt_file()).unwrap();
    for (mode, warns) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true), (0o620, true)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let warning = load(&path).unwrap().warning;
        let expected = warns.then(|| KeyWarning::OpenToOthers { path: path.clone(), mode });
        assert_eq!(warning, expected, "{mode:o}");
    }
    let padded = scrypt_file() + &" ".repeat(64 << 10);
    std::fs::write(&path, padded).unwrap();
    assert_eq!(load(&path).unwrap_err().code(), "KEY_TOO_LARGE");
    assert_eq!(load(&folder.path().join("none")).unwrap_err().code(), "KEY_IO");
}
