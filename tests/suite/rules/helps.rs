//! What errors that no other case of the rules reads to its end say of themselves.

use ambassador_core::{
    address::Address,
    calendar::{Date, Instant, Month},
    claim::{Domain, MonthRange},
    comparison::ComparisonError,
    contract_signature::ContractSignature,
    conversion::{ConversionError, WorthError},
    diagnostic::Diagnostic,
    hash::Hash32,
    inviting::{InviteError, signed_by},
    price::{Price, PriceTerm},
    pricing::PriceError,
    signature::Signature,
    statement::StatementError,
    terms::{HistoryError, TermsHistory},
    token::TokenAmount,
    usd::Usd,
};

fn check(error: &dyn Diagnostic, code: &str, help: &str) {
    assert_eq!((error.code(), error.help().as_str()), (code, help), "{error}");
}

fn account(byte: u8) -> Address {
    Address::from_bytes([byte; 20]).expect("an account")
}

#[test]
fn prices_and_sums() {
    let (month, date): (Month, Date) = ("2020-12".parse().expect("a month"), "2020-12-31".parse().expect("a date"));
    let price = Price { usd: PriceTerm::ONE, tokens: PriceTerm::ONE };
    let add = "add the missing daily closes to `prices.csv`";
    let missing = PriceError::Missing { month };
    check(&missing, "PRICE_MISSING", add);
    check(&PriceError::Quorum { found: 1, days: 7, quorum: 5, month }, "PRICE_QUORUM", add);
    check(&PriceError::TooOld { date, hours: 49, maximum: 48 }, "PRICE_TOO_OLD", add);
    let tokens = PriceError::TokensDiffer { date, found: PriceTerm::ONE, expected: PriceTerm::ONE };
    check(&tokens, "PRICE_TOKENS", "write every close of the month for the same number of tokens");
    let absurd = PriceError::Absurd { date, price };
    check(&absurd, "PRICE_ABSURD", "check the unit: dollars and the whole tokens that they buy");
    let deviation = PriceError::Deviation { date, deviation: 2_001, maximum: 2_000 };
    let repeat = "check the close; if it is right, repeat with `--price-deviation REASON`, which is recorded";
    check(&deviation, "PRICE_DEVIATION", repeat);

    let decimals = "check the price and the token's decimals";
    let conversion = ConversionError { usd: Usd::ZERO, price };
    check(&conversion, "AMOUNT_TOO_LARGE", decimals);
    check(&WorthError { amount: TokenAmount::ZERO, price }, "WORTH_TOO_LARGE", decimals);
    check(&ComparisonError::from(missing.clone()), "PRICE_MISSING", add);
    check(&ComparisonError::from(conversion.clone()), "AMOUNT_TOO_LARGE", decimals);
    check(&StatementError::from(missing), "PRICE_MISSING", add);
    check(&StatementError::from(conversion), "AMOUNT_TOO_LARGE", decimals);
}

#[test]
fn terms_and_months() {
    let missing = TermsHistory::new(Vec::new()).expect_err("no terms");
    check(&missing, "TERMS_MISSING", "write the first version as `terms/1.toml`");
    let version = HistoryError::Version { found: 3, expected: 2 };
    check(&version, "TERMS_VERSION", "number the files `terms/1.toml`, `terms/2.toml`, … and their versions alike");
    let effective = HistoryError::Effective { version: 2, effective: "2020-12".parse().expect("a month") };
    check(&effective, "TERMS_EFFECTIVE", "a new version governs acceptances from a later month on");
    let months = |from: &str, to: &str| MonthRange::new(from.parse().expect("a month"), to.parse().expect("a month"));
    let help = "the last month follows the first, and both lie in one block of 16 months since 1970-01";
    check(&months("2020-12", "2020-11").expect_err("out of order"), "CLAIM_MONTHS", help);
}

#[test]
fn signatures() {
    let digits = |r: &str, s: &str, v: &str| format!("0x{r:0>64}{s:0>64}{v}");
    for (text, code, help) in [
        ("0x12".to_owned(), "SIGNATURE_TEXT", "write `0x` and 130 lower-case hexadecimal digits: r, s and v"),
        (digits("1", "1", "01"), "SIGNATURE_V", "v is 27 or 28: add 27 where a signer writes 0 or 1"),
        (
            digits("0", "1", "1b"),
            "SIGNATURE_ZERO",
            "the signature is damaged or of another curve: sign the claim again",
        ),
        (
            digits(&"f".repeat(64), "1", "1b"),
            "SIGNATURE_OUT_OF_RANGE",
            "the signature is damaged or of another curve: sign the claim again",
        ),
        (
            digits("1", &format!("7{}", "f".repeat(63)), "1b"),
            "SIGNATURE_HIGH_S",
            "the contract takes only the lower of the two forms of a signature (EIP-2)",
        ),
    ] {
        check(&text.parse::<Signature>().expect_err("no signature"), code, help);
    }
    let error = "0x1".parse::<ContractSignature>().expect_err("half a byte");
    check(&error, "CONTRACT_SIGNATURE_TEXT", "write the bytes that the contract's `isValidSignature` takes");
    let error = format!("0x{}", "00".repeat(ContractSignature::LONGEST + 1)).parse::<ContractSignature>();
    check(&error.expect_err("too long"), "CONTRACT_SIGNATURE_TOO_LONG", "let fewer owners sign");
}

#[test]
fn invites() {
    let at: Instant = "2020-12-01T00:00:00Z".parse().expect("an instant");
    let domain = Domain { chain_id: 1, verifying_contract: account(1) };
    assert_eq!(signed_by("invite", account(1), Some(account(1))), Ok(()));
    let contract = "a contract's signature (ERC-1271) cannot be checked here";
    for (what, help) in [
        ("invite", "take no invite from this link: ask the ambassador for another one"),
        ("acceptance", "the file was changed, or another account signed: let the creator accept again"),
    ] {
        let error = signed_by(what, account(1), Some(account(2))).expect_err("another account");
        check(&error, "SIGNATURE_FOREIGN", &format!("{help}; {contract}"));
        assert!(signed_by(what, account(1), None).is_err());
    }
    let terms = "let the ambassador invite again, under the terms that are in force";
    check(&InviteError::TermsUnknown { terms: Hash32::default() }, "INVITE_TERMS_UNKNOWN", terms);
    check(&InviteError::TermsReplaced { named: 1, governing: 2, at }, "INVITE_TERMS_REPLACED", terms);
    check(&InviteError::NoTerms { at }, "TERMS_NOT_IN_FORCE", "wait until the first terms take effect");
    let other = InviteError::OtherProgramme { found: domain, expected: domain };
    check(&other, "INVITE_OTHER_PROGRAMME", "it belongs to another programme: put it into that one's folder");
    let again = "let the ambassador invite again: an invite ends 30 days after it was made";
    check(&InviteError::TooEarly { expires: at, days: 30 }, "INVITE_TOO_EARLY", again);
    check(&InviteError::TooLong { accepted_at: at, invited_at: at, days: 30 }, "INVITE_TOO_LONG", again);
    check(&InviteError::Expired { expires: at }, "INVITE_EXPIRED", "ask the ambassador for a new invite");
    let own = "nobody is paid for inviting themselves: choose the creator's own account";
    check(&InviteError::SelfReferral { account: account(1) }, "SELF_REFERRAL", own);
    let (account, payee) = (account(1), account(2));
    let choose = format!("choose the account `{payee}` in the wallet");
    check(&InviteError::NotThePayee { account, payee }, "INVITE_NOT_THE_PAYEE", &choose);
}
