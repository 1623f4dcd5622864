//! A claim as a file: what was changed in it is found, with a code and the field.

use ambassador_core::{
    calendar::Month,
    claim::{Claim, Domain, MonthRange},
    contract::ContractSigned,
    diagnostic::Diagnostic,
    documents::{
        claim::{ClaimDocument, SignedClaim},
        contract_claim::ContractClaim,
        json::DocumentError,
    },
    records::AmbassadorIndex,
    signature::{Parity, Signature},
    token::TokenAmount,
};

/// Half of the order of secp256k1.
const HALF_ORDER: &str = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";
/// One more than half.
const HIGH_S: &str = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1";

fn signed() -> SignedClaim {
    let month = |number| Month::from_number(number).expect("a month");
    SignedClaim {
        domain: Domain {
            chain_id: 1,
            verifying_contract: "0xf1f955016EcbCd7321c7266BccFB96c68ea5E49b".parse().expect("an address"),
        },
        claim: Claim {
            account: "0x00000000000000000000000000000000000000aa".parse().expect("an address"),
            index: AmbassadorIndex::new(7),
            months: MonthRange::new(month(611), month(612)).expect("one block"),
            amount: TokenAmount::from_base_units(21_000),
            deadline: 1_641_600_000,
            statement: format!("0x{}", "5a".repeat(32)).parse().expect("a hash"),
        },
        signer: "0x00000000000000000000000000000000000000bb".parse().expect("an address"),
        signature: Signature::new([0x11; 32], [0x22; 32], Parity::Odd).expect("a signature"),
    }
}

fn text() -> String {
    String::from_utf8(ClaimDocument::of(&signed()).to_bytes()).expect("text")
}

/// Returns the claim, or `CODE path`.
fn read(text: &str) -> Result<SignedClaim, String> {
    ClaimDocument::from_bytes(text.as_bytes()).and_then(|document| document.to_signed_claim()).map_err(|error| {
        assert!(!error.help().is_empty());
        match &error {
            DocumentError::Field { path, .. } | DocumentError::Mismatch { path, .. } => {
                format!("{} {path}", error.code())
            }
            _ => error.code().to_string(),
        }
    })
}

/// Replaces the value of a field, whatever it is, by raw JSON.
fn with(field: &str, raw: &str) -> String {
    let text = text();
    let start = text.find(&format!("\"{field}\": ")).unwrap_or_else(|| panic!("no `{field}`")) + field.len() + 4;
    let length = text[start..].find([',', '\n']).expect("an end of the line");
    format!("{}{raw}{}", &text[..start], &text[start + length..])
}

fn check(field: &str, raw: &str, expected: &str) {
    let outcome = read(&with(field, raw));
    assert_eq!(outcome.map_err(|error| error.clone()), Err(expected.to_string()), "{field}: {raw}");
}

#[test]
fn a_claim_survives_its_file() {
    assert_eq!(read(&text()), Ok(signed()));
    // White space is free in JSON, and so are lower-case addresses.
    assert_eq!(read(&text().replace("\n  ", " ")), Ok(signed()));
    assert_eq!(read(&with("verifyingContract", "\"0xf1f955016ecbcd7321c7266bccfb96c68ea5e49b\"")), Ok(signed()));
    let shown = "{\n  \"schema\": \"ambassador-claim/1\",\n  \"domain\": {\n    \"name\": \"AmbassadorPayouts\",\n    \"version\": \"1\",\n    \"chainId\": 1,";
    assert!(text().starts_with(shown) && text().ends_with("\"\n}\n"));
}

#[test]
fn one_changed_digit_in_any_field_is_found() {
    for (field, raw, expected) in [
        ("schema", "\"ambassador-claim/2\"", "JSON_SCHEMA"),
        ("name", "\"AmbassadorPayout\"", "FIELD_MISMATCH domain.name"),
        ("version", "\"2\"", "FIELD_MISMATCH domain.version"),
        ("chainId", "10", "FIELD_MISMATCH digest"),
        ("verifyingContract", "\"0x00000000000000000000000000000000000000ab\"", "FIELD_MISMATCH digest"),
        (
            "verifyingContract",
            "\"0xf1f955016EcbCd7321c7266BccFB96c68ea5E49B\"",
            "ADDRESS_CHECKSUM domain.verifyingContract",
        ),
        ("account", "\"0x00000000000000000000000000000000000000ab\"", "FIELD_MISMATCH digest"),
        ("account", "\"0x00000000000000000000000000000000000000aA\"", "ADDRESS_CHECKSUM claim.account"),
        ("account", "\"0x0000000000000000000000000000000000000000\"", "ADDRESS_ZERO claim.account"),
        ("index", "\"8\"", "FIELD_MISMATCH digest"),
        ("index", "\"07\"", "NUMBER_LEADING_ZERO claim.index"),
        ("index", "\"4294967303\"", "NUMBER_TOO_LARGE claim.index"),
        ("from", "\"610\"", "FIELD_MISMATCH digest"),
        ("from", "\"613\"", "CLAIM_MONTHS claim.to"),
        ("from", "\"2760\"", "TIME_RANGE claim.from"),
        ("to", "\"613\"", "FIELD_MISMATCH digest"),
        ("to", "\"624\"", "CLAIM_MONTHS claim.to"),
        ("amount", "\"21001\"", "FIELD_MISMATCH digest"),
        ("amount", "\"0\"", "CLAIM_ZERO claim.amount"),
        ("amount", "\"-1\"", "NUMBER_SIGN claim.amount"),
        ("amount", "\"21e3\"", "NUMBER_CHARACTER claim.amount"),
        ("amount", "\"0x5208\"", "NUMBER_CHARACTER claim.amount"),
        ("amount", "\"340282366920938463463374607431768211456\"", "NUMBER_TOO_LARGE claim.amount"),
        ("validUntil", "\"1641600001\"", "FIELD_MISMATCH digest"),
        ("validUntil", "\"18446744073709551616\"", "NUMBER_TOO_LARGE claim.validUntil"),
        ("statement", "\"0x5a\"", "HASH_TEXT claim.statement"),
        (
            "statement",
            "\"0x5b5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\"",
            "FIELD_MISMATCH digest",
        ),
        ("digest", "\"0x5b5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a\"", "FIELD_MISMATCH digest"),
        ("signer", "\"0x\"", "ADDRESS_TEXT signer"),
        ("calldata", "\"0x\"", "FIELD_MISMATCH calldata"),
    ] {
        check(field, raw, expected);
    }
}

#[test]
fn only_the_one_signature_is_taken() {
    let signature = |r: &str, s: &str, v: &str| format!("\"0x{r}{s}{v}\"");
    let (one, two) = ("11".repeat(32), "22".repeat(32));
    for (raw, expected) in [
        (signature(&one, &two, "1b"), "FIELD_MISMATCH calldata"),
        (signature(&two, &two, "1c"), "FIELD_MISMATCH calldata"),
        (signature(&one, HALF_ORDER, "1c"), "FIELD_MISMATCH calldata"),
        (signature(&one, HIGH_S, "1c"), "SIGNATURE_HIGH_S signature"),
        (signature(&one, &"ff".repeat(32), "1c"), "SIGNATURE_OUT_OF_RANGE signature"),
        (signature(&one, &two, "1a"), "SIGNATURE_V signature"),
        (signature(&one, &two, "1d"), "SIGNATURE_V signature"),
        (signature(&one, &two, "00"), "SIGNATURE_V signature"),
        (signature(&one, &two, "01"), "SIGNATURE_V signature"),
        (signature(&one, &two, ""), "SIGNATURE_TEXT signature"),
        (signature(&one, &two, "1C"), "SIGNATURE_TEXT signature"),
        (signature(&one, &"0".repeat(64), "1c"), "SIGNATURE_ZERO signature"),
        (signature(&"0".repeat(64), &two, "1c"), "SIGNATURE_ZERO signature"),
        // r is a coordinate below the order of the group: no curve has a point there, and no contract takes it.
        (
            signature("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", &two, "1c"),
            "SIGNATURE_OUT_OF_RANGE signature",
        ),
        (
            signature("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", &two, "1c"),
            "FIELD_MISMATCH calldata",
        ),
    ] {
        check("signature", &raw, expected);
    }
}

#[test]
fn a_contract_signs_with_bytes_of_any_length() {
    let SignedClaim { domain, claim, signer, .. } = signed();
    for bytes in ["0x", "0xab", &format!("0x{}", "cd".repeat(130)), &signed().signature.to_string()] {
        let signature = bytes.parse().expect("bytes");
        let of_contract = ContractClaim { domain, claim, signer, signature };
        let file = ClaimDocument::of_contract(&of_contract).to_bytes();
        let document = ClaimDocument::from_bytes(&file).expect("a claim");
        assert!(document.is_of_contract());
        assert_eq!(document.to_contract_claim(), Ok(of_contract.clone()));
        let asked = ContractSigned { signer, digest: claim.digest(&domain), signature: of_contract.signature };
        assert_eq!(document.to_given_claim().map(|given| given.to_ask()), Ok(Some(asked)));
        // Who reads it as the claim of a key is told, even where the bytes look like one's signature.
        let text = String::from_utf8(file).expect("text");
        assert_eq!(read(&text), Err("SIGNATURE_OF_CONTRACT signature".to_string()));

        let read = |field: &dyn Fn(&mut ClaimDocument)| {
            let mut changed = document.clone();
            field(&mut changed);
            changed.to_contract_claim().map_err(|error| error.code())
        };
        assert_eq!(read(&|claim| claim.claim.amount = "21001".to_string()), Err("FIELD_MISMATCH"));
        assert_eq!(read(&|claim| claim.signature += "00"), Err("FIELD_MISMATCH"));
        assert_eq!(read(&|claim| claim.signature += "0"), Err("CONTRACT_SIGNATURE_TEXT"));
        assert_eq!(read(&|claim| claim.signer = "nobody".to_string()), Err("ADDRESS_TEXT"));
    }
    let of_key = ClaimDocument::of(&signed());
    assert!(!of_key.is_of_contract());
    assert_eq!(of_key.to_given_claim().map(|given| given.to_ask()), Ok(None));
    assert_eq!(of_key.to_contract_claim().map_err(|error| error.code()), Err("FIELD_MISMATCH"));
}

#[test]
fn json_of_another_shape_is_refused() {
    for (field, raw) in [
        ("amount", "21000"),
        ("index", "7"),
        ("from", "611"),
        ("validUntil", "1641600000"),
        ("statement", "null"),
        ("chainId", "\"1\""),
        ("chainId", "1.0"),
        ("chainId", "1e0"),
        ("chainId", "-1"),
        ("chainId", "18446744073709551616"),
        ("amount", "\"21000\", \"amount\": \"21000\""),
        ("schema", "\"ambassador-claim/1\", \"schema\": \"ambassador-claim/1\""),
        ("chainId", "1, \"chainId\": 1"),
        ("chainId", "1, \"salt\": \"0x\""),
        ("amount", "\"21000\", \"note\": \"\""),
        ("calldata", "\"0x\", \"more\": 1"),
    ] {
        check(field, raw, "JSON");
    }
    let text = text();
    for (from, to) in [
        ("\n}\n", "\n}\n{}"),
        ("\n}\n", "\n}\0"),
        ("\n}\n", "\n"),
        ("{\n  \"schema\"", "\u{feff}{\n  \"schema\""),
        ("{\n  \"schema\"", "[{\n  \"schema\""),
        ("\"schema\"", "schema"),
        ("\"index\": \"7\",\n", ""),
        ("\"amount\"", "\"Amount\""),
        ("\"21000\"", "\"21000\n\""),
        ("\"calldata\"", "\"call\u{0430}data\""),
    ] {
        assert!(text.contains(from), "{from}");
        assert_eq!(read(&text.replace(from, to)), Err("JSON".to_string()), "{from:?} to {to:?}");
    }
    assert_eq!(read(""), Err("JSON".to_string()));
    assert_eq!(read("null"), Err("JSON".to_string()));
}

#[test]
fn a_list_is_no_object() {
    // Readers of other languages see no fields where this one could go by the order of the values.
    let domain = "{\n    \"name\": \"AmbassadorPayouts\",\n    \"version\": \"1\",\n    \"chainId\": 1,\n    \"verifyingContract\": \"0xf1f955016EcbCd7321c7266BccFB96c68ea5E49b\"\n  }";
    let list = "[\"AmbassadorPayouts\", \"1\", 1, \"0xf1f955016EcbCd7321c7266BccFB96c68ea5E49b\"]";
    assert!(text().contains(domain));
    assert_eq!(read(&text().replace(domain, list)), Err("JSON".to_string()));
}
