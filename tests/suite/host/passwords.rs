//! Passwords of any bytes, through every door that takes one.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Stdio},
};

use ambassador_signer::{
    keystore::{KeyFile, ScryptCost},
    password::Password,
    signing::SecretKey,
};

use super::PATIENCE;
use crate::{
    binary::{self, Run},
    cli::folder::Folder,
};

/// A door by which a password comes from the file `given`; the key file is `key.json`.
const DOORS: [(&str, &str); 4] = [
    ("a file", "exec \"$0\" key address --password-file given"),
    ("a descriptor", "exec \"$0\" key address --password-fd 3 3<given"),
    ("a pipe", "cat given | \"$0\" key address --password-fd 0"),
    ("a file beside the key", "cp given key.password && exec \"$0\" key address"),
];

/// Makes a folder with a key under a password, whose address stands nowhere, so that only opening it tells.
fn locked(password: &[u8]) -> Folder {
    let folder = Folder::empty();
    let key = SecretKey::from_bytes(&[7; 32]).expect("a key");
    let password = Password::new(password.to_vec()).expect("short enough");
    let file = KeyFile::seal(&key, &password, ScryptCost::new(2, 1, 1).expect("legal")).expect("sealed").to_json();
    let bare: String = file.lines().filter(|line| !line.contains("\"address\"")).collect::<Vec<_>>().join("\n");
    fs::write(folder.path().join("key.json"), bare).expect("a file can be written");
    fs::set_permissions(folder.path().join("key.json"), fs::Permissions::from_mode(0o600)).expect("a file is ours");
    folder
}

fn shell(folder: &Path, command: &str) -> Run {
    let mut process = Command::new("timeout");
    process.args([PATIENCE, "setsid", "--wait", "sh", "-c", command]).arg(binary::path());
    binary::of(process.current_dir(folder))
}

/// What is in the file, and the password that it is, or the one that it is not.
type Case<'a> = (&'a [u8], Result<&'a [u8], &'a str>);

#[test]
fn a_password_is_the_bytes_of_its_file_without_one_line_end() {
    let long = vec![b'x'; 4_096];
    let cases: &[Case<'_>] = &[
        (b"secret", Ok(b"secret")),
        (b"secret\n", Ok(b"secret")),
        (b"secret\r\n", Ok(b"secret")),
        (b"secret\n\n", Ok(b"secret\n")),
        (b"secret\r", Ok(b"secret\r")),
        (b"\r\n\r\n", Ok(b"\r\n")),
        (b"\nsecret", Ok(b"\nsecret")),
        (b" secret\t\n", Ok(b" secret\t")),
        (b"a\0b\n", Ok(b"a\0b")),
        (b"\0\n", Ok(b"\0")),
        (b"\xff\xfe\x80\n", Ok(b"\xff\xfe\x80")),
        (b"\xef\xbb\xbfsecret\n", Ok(b"\xef\xbb\xbfsecret")),
        ("\u{1b}[2J\u{202e}\n".as_bytes(), Ok("\u{1b}[2J\u{202e}".as_bytes())),
        // The same letter in two forms is two passwords.
        ("p\u{e4}ss\n".as_bytes(), Ok("p\u{e4}ss".as_bytes())),
        ("pa\u{308}ss\n".as_bytes(), Ok("pa\u{308}ss".as_bytes())),
        ("p\u{e4}ss\n".as_bytes(), Err("pa\u{308}ss")),
        (b"secret \n", Err("secret")),
        (b"Secret\n", Err("secret")),
        (b"a\n", Err("a\0b")),
        (&long, Ok(&long)),
    ];
    for (given, expected) in cases {
        let (password, status) = match expected {
            Ok(password) => (*password, 0),
            Err(other) => (other.as_bytes(), 4),
        };
        let folder = locked(password);
        fs::write(folder.path().join("given"), given).expect("a file can be written");
        for (door, command) in DOORS {
            let opened = shell(folder.path(), command);
            let what = format!("{door}: {:?}", String::from_utf8_lossy(&given[..given.len().min(20)]));
            assert_eq!(opened.status, status, "{what}: {}", opened.stderr);
            if status == 4 {
                assert!(opened.stderr.contains("error[KEY_WRONG_PASSWORD]"), "{what}: {}", opened.stderr);
            }
        }
    }
}

#[test]
fn a_password_that_is_too_long_or_nothing_is_refused() {
    let folder = locked(b"secret");
    for (given, code) in [
        (vec![b'x'; 4_097], "PASSWORD_TOO_LONG"),
        (vec![b'x'; 10_240], "PASSWORD_TOO_LONG"),
        (vec![], "KEY_WRONG_PASSWORD"),
        (b"\n".to_vec(), "KEY_WRONG_PASSWORD"),
    ] {
        fs::write(folder.path().join("given"), &given).expect("a file can be written");
        for (door, command) in DOORS {
            let refused = shell(folder.path(), command);
            assert_eq!(refused.status, 4, "{door}: {}", refused.stderr);
            assert!(refused.stderr.contains(&format!("error[{code}]")), "{door}: {}", refused.stderr);
        }
        let made = shell(folder.path(), "exec \"$0\" key new new.json --password-file given");
        let expected = if code == "KEY_WRONG_PASSWORD" { "PASSWORD_EMPTY" } else { code };
        assert!(made.status == 4 && made.stderr.contains(&format!("error[{expected}]")), "{}", made.stderr);
    }
    let endless = shell(folder.path(), "exec \"$0\" key address --password-file /dev/zero");
    assert!(endless.status == 4 && endless.stderr.contains("error[PASSWORD_TOO_LONG]"), "{}", endless.stderr);
}

/// Types at a terminal of its own; returns what the terminal showed.
fn typed(folder: &Path, command: &str, keys: &[u8]) -> Run {
    let line = format!("{} {command}", binary::path().display());
    let mut process = Command::new("timeout");
    process.args([PATIENCE, "script", "--quiet", "--return", "--echo", "never", "--command", &line, "/dev/null"]);
    process.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = process.spawn().expect("`script` starts");
    let mut stdin = child.stdin.take().expect("piped above");
    stdin.write_all(keys).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    drop(stdin);
    Run {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A person types what keyboards give; it is not shown, and what no keyboard gives is passed over.
#[test]
fn a_password_that_is_typed_is_not_shown() {
    if !Command::new("script").arg("--version").output().is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "`script` is needed for a terminal to type at");
        eprintln!("NOT RUN: `script` is missing, so there is no terminal to type at");
        return;
    }
    for (password, keys, opens) in [
        ("se cret", "se cret\n", true),
        ("p\u{e4}ss", "p\u{e4}ss\n", true),
        ("p\u{e4}ss", "pa\u{308}ss\n", false),
        ("secret", "secres\u{7f}t\n", true),
        ("secret", "other\u{15}secret\n", true),
        ("sec\tret", "sec\tret\n", false),
        ("secret", "sec\tret\n", true),
        ("secret", "\n", false),
    ] {
        let folder = locked(password.as_bytes());
        let end = typed(folder.path(), "key address", keys.as_bytes());
        assert_eq!(end.status == 0, opens, "{keys:?}: {} {}", end.stdout, end.stderr);
        for shown in ["secret", "cret", "ss\n", "other"] {
            assert!(!end.stdout.contains(shown), "{keys:?} is shown: {}", end.stdout);
        }
        assert!(end.stdout.contains("Password of "), "{}", end.stdout);
    }
}
