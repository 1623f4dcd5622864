#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use tempfile::TempDir;

use ambassador_core::{
    address::Address,
    claim::{Claim, Domain, MonthRange},
    contract_event::{Redeemed, Voided},
    documents::claim::SignedClaim,
};

use super::{replacements::LedgerReplacement, *};
use crate::{
    chain::event::{Settling, SettlingEvent},
    rpc::Block,
};

const MONTH: u32 = 611;

fn month() -> Month {
    Month::from_number(MONTH).unwrap()
}

/// Makes a ledger in which one ambassador's month is settled.
fn settled() -> (TempDir, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(folder.path(), &[7; 32]).unwrap();
    let statement = LedgerStatement { id: "alex".to_owned(), hash: keccak256(&[b"{}"]), bytes: b"{}".to_vec() };
    let frozen = LedgerMonth {
        month: month(),
        settled_at: "2021-01-08T00:00:00Z".parse().unwrap(),
        early: None,
        records_hash: keccak256(&[b"{}"]),
        records: b"{}".to_vec(),
        statements: BTreeMap::from([(AmbassadorIndex::new(0), statement)]),
        claims: BTreeMap::new(),
    };
    let key = LineKey { creator: None, kind: LineKind::Adjustment, ambassador: AmbassadorIndex::new(0) };
    let credits = Credited::from([(key, "12.5".parse().unwrap())]);
    ledger.record_month(&frozen, &credits).unwrap();
    (folder, ledger)
}

/// Returns an account for a name.
fn account(name: &str) -> Address {
    let hash = keccak256(&[name.as_bytes()]);
    Address::from_bytes(*hash.as_bytes().first_chunk().unwrap()).unwrap()
}

/// Makes a claim over an amount; nobody asks here whether the signature is the signer's.
fn claim(amount: u8, signer: &str) -> BTreeMap<AmbassadorIndex, LedgerClaim> {
    let claim = Claim {
        account: account("alex"),
        index: AmbassadorIndex::new(0),
        months: MonthRange::single(month()),
        amount: amount.to_string().parse().unwrap(),
        deadline: 1_641_600_000,
        statement: Hash32::default(),
    };
    let one = format!("{:064x}", 1);
    let signature = format!("0x{one}{one}1b").parse().unwrap();
    let whole = SignedClaim { domain: domain(), claim, signer: account(signer), signature };
    let document = ClaimDocument::of(&whole);
    let digest = claim.digest(&domain());
    let claim = LedgerClaim { digest, signer: document.signer.clone(), bytes: document.to_bytes() };
    BTreeMap::from([(AmbassadorIndex::new(0), claim)])
}

fn replacement(digest: u8, signer: &str) -> LedgerReplacement {
    let claim = claim(digest, signer).remove(&AmbassadorIndex::new(0)).unwrap();
    let (index, months) = (AmbassadorIndex::new(0), vec![month()]);
    LedgerReplacement { index, id: "alex".to_owned(), months, document: b"{}".to_vec(), claim }
}

fn domain() -> Domain {
    Domain { chain_id: u64::MAX, verifying_contract: Address::from_bytes([7; 20]).unwrap() }
}

fn block(number: u64) -> Block {
    Block { number, hash: Hash32::from_bytes([1; 32]), time: "2021-01-10T00:00:00Z".parse().unwrap() }
}

/// Sees a payment and a voided month in a block.
fn look(ledger: &mut Ledger, number: u64) -> Result<Vec<SettlingEvent>, Failure> {
    let (index, from, to) = (0, month(), month());
    let account = Address::from_bytes([3; 20]).unwrap();
    let amount = "21".parse().unwrap();
    let event = |place, what| SettlingEvent { block: block(number), place, transaction: Hash32::default(), what };
    let events = vec![
        event(2, Settling::Redeemed(Redeemed { account, index, from, to, amount, statement: Hash32::default() })),
        event(11, Settling::Voided(Voided { index, from, to: to.next() })),
    ];
    ledger.record_seen(&domain(), &block(number), &events)?;
    Ok(events)
}

#[test]
fn every_ledger_has_a_secret_of_its_own() {
    let [first, second] = [(); 2].map(|()| Ledger::new_salt().unwrap());
    assert_eq!((first.len(), second.len()), (32, 32));
    assert_ne!(first, second);
    assert_ne!(first, [0; 32]);
}

#[test]
fn what_was_seen_is_read_back_and_recorded_once() {
    let (_folder, mut ledger) = settled();
    assert_eq!((ledger.last_seen(&domain()).unwrap(), ledger.has_looked().unwrap()), (None, false));
    let mut events = look(&mut ledger, 9).unwrap();
    events.extend(look(&mut ledger, 10).unwrap());
    assert_eq!(ledger.settling_events(&domain()).unwrap(), events, "in the order of the chain");
    assert_eq!((ledger.last_seen(&domain()).unwrap(), ledger.has_looked().unwrap()), (Some(block(10)), true));
    assert!(look(&mut ledger, 10).is_err(), "no event is there twice");
    ledger.record_seen(&domain(), &block(10), &[]).unwrap();
    let other = Domain { chain_id: 1, ..domain() };
    assert_eq!((ledger.last_seen(&other).unwrap(), ledger.settling_events(&other).unwrap()), (None, Vec::new()));
}

#[test]
fn a_replacement_needs_own_claims_and_has_any_number_of_signers() {
    let (_folder, mut ledger) = settled();
    assert!(ledger.record_replacement(&replacement(9, "first")).is_err(), "there is nothing to replace");
    assert_eq!(ledger.replacements().unwrap(), Vec::new());
    ledger.record_claims(month(), &claim(1, "first")).unwrap();
    ledger.record_replacement(&replacement(9, "first")).unwrap();
    assert!(ledger.record_replacement(&replacement(9, "first")).is_err());
    ledger.record_replacement(&replacement(9, "second")).unwrap();
    assert_eq!(ledger.replacements().unwrap(), [replacement(9, "second")]);
    let changed = LedgerReplacement { document: b"[]".to_vec(), ..replacement(9, "third") };
    assert!(ledger.record_replacement(&changed).is_err(), "a digest has one document");
    assert!(ledger.record_claims(month(), &claim(2, "first")).is_err(), "the month's own digest stays the only one");
}

#[test]
fn a_ledger_of_the_first_version_is_read_and_grows() {
    let folder = tempfile::tempdir().unwrap();
    schema::tests_of_old::create_first(&folder.path().join(FILE)).unwrap();
    let old = Ledger::open_existing(folder.path()).unwrap().unwrap();
    assert_eq!((old.salt().unwrap(), old.months().unwrap()), (vec![7; 32], vec![month()]));
    assert_eq!((old.replacements().unwrap(), old.last_seen(&domain()).unwrap()), (Vec::new(), None));
    assert_eq!((old.settling_events(&domain()).unwrap(), old.has_looked().unwrap()), (Vec::new(), false));
    drop(old);
    let mut ledger = Ledger::open(folder.path(), &[]).unwrap();
    assert_eq!((ledger.salt().unwrap(), ledger.months().unwrap()), (vec![7; 32], vec![month()]));
    look(&mut ledger, 5).unwrap();
    assert!(ledger.connection.execute("DELETE FROM chain_events", []).is_err());
    drop(ledger);
    assert_eq!(Ledger::open_existing(folder.path()).unwrap().unwrap().last_seen(&domain()).unwrap(), Some(block(5)));
}

#[test]
fn a_month_is_recorded_once() {
    let (_folder, mut ledger) = settled();
    let frozen = ledger.month(month()).unwrap().unwrap();
    assert_eq!(frozen.statements.len(), 1);
    assert!(ledger.record_month(&frozen, &Credited::new()).is_err());
    assert_eq!(ledger.credited_before(month()).unwrap(), Credited::new());
    assert_eq!(ledger.credited_before(month().next()).unwrap().len(), 1);
}

#[test]
fn an_ambassador_and_a_month_have_one_digest_and_any_number_of_signers() {
    let (_folder, mut ledger) = settled();
    ledger.record_claims(month(), &claim(1, "first")).unwrap();
    ledger.record_claims(month(), &claim(1, "second")).unwrap();
    assert_eq!(ledger.last_signer().unwrap(), Some(account("second").to_string()));
    assert!(ledger.record_claims(month(), &claim(1, "first")).is_err());
    assert!(ledger.record_claims(month(), &claim(2, "third")).is_err());
    let claims = ledger.month(month()).unwrap().unwrap().claims;
    assert_eq!(claims, claim(1, "second"));
}

#[test]
fn a_digest_belongs_to_one_month() {
    let (_folder, mut ledger) = settled();
    let mut next = ledger.month(month()).unwrap().unwrap();
    next.month = month().next();
    ledger.record_month(&next, &Credited::new()).unwrap();
    ledger.record_claims(month(), &claim(1, "first")).unwrap();
    assert!(ledger.record_claims(next.month, &claim(1, "first")).is_err());
    assert!(ledger.record_claims(next.month, &claim(2, "first")).is_ok());
}

#[test]
fn a_head_tells_what_a_ledger_held() {
    let (_folder, mut ledger) = settled();
    assert_eq!(Extent::of(None).unwrap().head(), Extent::default().head_at(0, 0, 0).unwrap());
    let before = Extent::of(Some(&ledger)).unwrap();
    let mut frozen = ledger.month(month()).unwrap().unwrap();
    frozen.claims = claim(1, "first");
    let planned = before.clone().with(&frozen);
    ledger.record_claims(month(), &frozen.claims).unwrap();
    let after = Extent::of(Some(&ledger)).unwrap();
    assert_eq!(planned, after, "it can be told before it is recorded");
    assert_eq!(after.clone().with(&frozen), after);
    assert_eq!(after.head_at(1, 0, 0).unwrap(), before.head());
    assert_eq!((before.head_at(1, 1, 0), before.head_at(2, 0, 0), before.head_at(1, 0, 1)), (None, None, None));
    ledger.record_replacement(&replacement(9, "first")).unwrap();
    let replaced = Extent::of(Some(&ledger)).unwrap();
    assert_eq!(replaced.head_at(1, 1, 0).unwrap(), after.head());
    let heads = [Extent::default(), before, after, replaced].map(|extent| extent.head().head);
    assert_eq!(heads.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
}

#[test]
fn bytes_that_are_not_those_of_their_hash_are_seen() {
    for (table, column) in [("months", "records"), ("statements", "bytes")] {
        let (_folder, ledger) = settled();
        let spoil = format!("DROP TRIGGER {table}_never_UPDATE; UPDATE {table} SET {column} = x'7b207d'");
        ledger.connection.execute_batch(&spoil).unwrap();
        let error = ledger.month(month()).unwrap_err();
        assert_eq!(error.problems.first().map(|problem| problem.code.as_str()), Some("LEDGER_DAMAGED"), "{table}");
    }
}

#[test]
fn no_bit_of_a_claim_can_flip_unseen() {
    let claim = claim(1, "first").remove(&AmbassadorIndex::new(0)).unwrap();
    assert!(claim.is_whole());
    for place in 0..claim.bytes.len() {
        for bit in 0..8 {
            let mut flipped = claim.clone();
            *flipped.bytes.get_mut(place).unwrap() ^= 1 << bit;
            assert!(!flipped.is_whole(), "bit {bit} of byte {place}");
        }
    }
    let (_folder, mut ledger) = settled();
    ledger.record_claims(month(), &BTreeMap::from([(AmbassadorIndex::new(0), claim)])).unwrap();
    let spoil =
        "DROP TRIGGER signatures_never_UPDATE; UPDATE signatures SET bytes = CAST(replace(bytes, '1b', '1c') AS BLOB)";
    ledger.connection.execute_batch(spoil).unwrap();
    let error = ledger.month(month()).unwrap_err();
    assert_eq!(error.problems.first().map(|problem| problem.code.as_str()), Some("LEDGER_DAMAGED"));
}

#[test]
fn a_claim_needs_its_statement() {
    let (_folder, mut ledger) = settled();
    assert!(ledger.record_claims(month().next(), &claim(1, "first")).is_err());
}

#[test]
fn no_row_is_ever_changed_or_removed() {
    let (_folder, mut ledger) = settled();
    ledger.record_claims(month(), &claim(1, "first")).unwrap();
    look(&mut ledger, 5).unwrap();
    ledger.record_replacement(&replacement(9, "first")).unwrap();
    let columns = [("secret", "bytes"), ("chain_blocks", "chain"), ("chain_events", "chain"), ("replacements", "id")];
    let mut columns = BTreeMap::from(columns);
    columns.insert("replacement_signatures", "signer");
    let later = ["chain_blocks", "chain_events", "replacements", "replaced", "replacement_signatures"];
    for table in ["secret", "months", "statements", "credits", "claims", "signatures"].into_iter().chain(later) {
        let removed = ledger.connection.execute(&format!("DELETE FROM {table}"), []);
        assert!(removed.is_err(), "{table}");
        let column = columns.get(table).copied().unwrap_or("month");
        let changed = ledger.connection.execute(&format!("UPDATE {table} SET {column} = {column}"), []);
        assert!(changed.is_err(), "{table}");
    }
}

#[test]
fn another_process_waits_its_turn() {
    let (folder, _ledger) = settled();
    let error = Ledger::open(folder.path(), &[7; 32]).unwrap_err();
    assert_eq!(error.problems.first().map(|problem| problem.code.as_str()), Some("LEDGER_BUSY"));
    assert_eq!(error.exit, Exit::Disk);
}

fn code<T>(result: Result<T, Failure>) -> Option<String> {
    result.err()?.problems.into_iter().next().map(|problem| problem.code)
}

#[test]
fn what_is_no_ledger_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(FILE), [b'x'; 4096]).unwrap();
    assert_eq!(code(Ledger::open(folder.path(), &[7; 32])).as_deref(), Some("LEDGER_DAMAGED"));
    assert_eq!(std::fs::read(folder.path().join(FILE)).unwrap(), [b'x'; 4096]);
}

#[test]
fn tables_of_something_else_are_no_ledger() {
    for made in ["CREATE TABLE months (month INTEGER)", "PRAGMA user_version = 3"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        Connection::open(&path).unwrap().execute_batch(made).unwrap();
        let before = std::fs::read(&path).unwrap();
        assert_eq!(code(Ledger::open_existing(folder.path())).as_deref(), Some("LEDGER_VERSION"), "{made}");
        assert_eq!(code(Ledger::open(folder.path(), &[7; 32])).as_deref(), Some("LEDGER_VERSION"), "{made}");
        assert_eq!(std::fs::read(&path).unwrap(), before, "{made}");
    }
}

#[test]
fn a_place_where_no_ledger_can_be_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(code(Ledger::open(&folder.path().join("absent"), &[7; 32])).as_deref(), Some("DISK"));
    let link = folder.path().join(FILE);
    std::os::unix::fs::symlink(folder.path().join("absent"), &link).unwrap();
    assert_eq!(code(Ledger::open(folder.path(), &[7; 32])).as_deref(), Some("LEDGER_MISSING"));
    assert_eq!(code(Ledger::open_existing(folder.path())).as_deref(), Some("LEDGER_MISSING"));
}

#[test]
fn each_failure_of_the_ledger_has_its_code() {
    use rusqlite::ffi;
    for (number, expected) in [
        (ffi::SQLITE_BUSY, "LEDGER_BUSY"),
        (ffi::SQLITE_LOCKED, "LEDGER_BUSY"),
        (ffi::SQLITE_NOTADB, "LEDGER_DAMAGED"),
        (ffi::SQLITE_CORRUPT, "LEDGER_DAMAGED"),
        (ffi::SQLITE_FULL, "LEDGER_DISK_FULL"),
        (ffi::SQLITE_READONLY, "LEDGER_READ_ONLY"),
        (ffi::SQLITE_CANTOPEN, "LEDGER_READ_ONLY"),
        (ffi::SQLITE_IOERR, "LEDGER"),
    ] {
        let failure = failure(&rusqlite::Error::SqliteFailure(ffi::Error::new(number), None));
        assert_eq!((failure.exit, code::<()>(Err(failure)).as_deref()), (Exit::Disk, Some(expected)), "{number}");
    }
}
