//! Addresses and names of ENS, as they are read and as they are shown.

use ambassador_core::{address::Address, diagnostic::Diagnostic as _};
use ambassador_signer::{names, problem::Problem};

use super::{json, programme::Door, vectors};

#[test]
fn checksums_of_addresses() {
    let Some(path) = vectors("address/eip55.json") else { return };
    for case in json(&path).as_array().into_iter().flatten() {
        let text = case["address"].as_str().expect("a case has an address");
        let canonical = case["ethers_is_canonical"] == true;
        // Others take an address all in capitals as well; here only lower case says that there is no checksum.
        let capitals = !text.trim_start_matches("0x").contains(|digit: char| digit.is_ascii_lowercase());
        let accepted = if capitals { canonical } else { case["strict_eip55_accept_ethers"] == true };
        let parsed = text.parse::<Address>();
        assert_eq!(parsed.is_ok(), accepted, "{text}: {parsed:?}");
        if let Ok(address) = parsed {
            assert_eq!(address.to_string() == text, canonical, "{text}");
            assert!(address.to_string().eq_ignore_ascii_case(text));
        }
    }
}

#[test]
fn names_of_ens() {
    let Some(path) = vectors("ens/ens-normalize-1.11.1-tests.json") else { return };
    let (mut normalised, mut refused, mut payees) = (0, 0, 0);
    // The first entry describes the others.
    for case in json(&path).as_array().into_iter().flatten().skip(1) {
        let name = case["name"].as_str().expect("a case has a name");
        let outcome = names::normalise_text(name);
        if case["error"] == true {
            let error = outcome.expect_err(name);
            let shown = Problem::of(&error).to_string();
            assert!(error.code().starts_with("ENS_") && !shown.contains('\u{200e}'), "{shown}");
            names::read(name).expect_err(name);
            refused += 1;
            continue;
        }
        let expected = case["norm"].as_str().unwrap_or(name);
        assert_eq!(outcome.as_deref(), Ok(expected), "{name}");
        normalised += 1;
        // A payee is a name of several labels, written as ENS knows it.
        let fits = expected.contains('.') && expected.len() <= 255;
        let read = names::read(name).map(|name| name.to_string());
        assert_eq!(read.is_ok(), fits && expected == name, "{name}: {read:?}");
        if fits {
            assert_eq!(names::read(expected).map(|name| name.to_string()).as_deref(), Ok(expected), "{name}");
            payees += 1;
        }
    }
    assert_eq!((normalised, refused), (38_613 - 17_147, 17_147));
    assert!(payees > 5, "{payees}");
}

/// Every address of the vectors as a payee: taken or refused as the grammar says, and shown with its checksum.
#[test]
fn addresses_of_the_vectors_as_payees() {
    let Some(path) = vectors("address/eip55.json") else { return };
    let door = Door::new();
    let (mut taken, mut refused) = (0, 0);
    for case in json(&path).as_array().into_iter().flatten() {
        let text = case["address"].as_str().expect("a case has an address");
        let table = format!(
            "index,id,name,payee,joined_at,status\n0,alex,A,{text},2020-11-02T15:00:00Z,active\n1,mika,M,0x00000000000000000000000000000000000000aa,2020-11-02T15:00:00Z,active\n"
        );
        let read = door.check("ambassadors.csv", table.as_bytes());
        match text.parse::<Address>() {
            Ok(address) => {
                let payee = read.expect(text).records().ambassadors[0].payee.to_string();
                assert_eq!(payee, address.to_string());
                taken += 1;
            }
            Err(error) => {
                assert_eq!(read.map(drop), Err((error.code().to_owned(), "payee".to_owned())), "{text}");
                refused += 1;
            }
        }
    }
    assert!(taken > 200 && refused > 20, "{taken} taken, {refused} refused");
}
