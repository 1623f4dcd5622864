#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use tempfile::TempDir;

use super::*;

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

fn claim(digest: u8, signer: &str) -> BTreeMap<AmbassadorIndex, LedgerClaim> {
    let digest = Hash32::from_bytes([digest; 32]);
    let claim = LedgerClaim { digest, signer: signer.to_owned(), bytes: signer.as_bytes().to_vec() };
    BTreeMap::from([(AmbassadorIndex::new(0), claim)])
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
    assert_eq!(ledger.last_signer().unwrap().as_deref(), Some("second"));
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
    assert_eq!(Extent::of(None).unwrap().head(), Extent::default().head_at(0, 0).unwrap());
    let before = Extent::of(Some(&ledger)).unwrap();
    let mut frozen = ledger.month(month()).unwrap().unwrap();
    frozen.claims = claim(1, "first");
    let planned = before.clone().with(&frozen);
    ledger.record_claims(month(), &frozen.claims).unwrap();
    let after = Extent::of(Some(&ledger)).unwrap();
    assert_eq!(planned, after, "it can be told before it is recorded");
    assert_eq!(after.clone().with(&frozen), after);
    assert_eq!(after.head_at(1, 0).unwrap(), before.head());
    assert_eq!((before.head_at(1, 1), before.head_at(2, 0)), (None, None));
    let heads = [Extent::default().head().head, before.head().head, after.head().head];
    assert_eq!(heads.iter().collect::<std::collections::BTreeSet<_>>().len(), 3);
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
fn a_claim_needs_its_statement() {
    let (_folder, mut ledger) = settled();
    assert!(ledger.record_claims(month().next(), &claim(1, "first")).is_err());
}

#[test]
fn no_row_is_ever_changed_or_removed() {
    let (_folder, mut ledger) = settled();
    ledger.record_claims(month(), &claim(1, "first")).unwrap();
    for table in ["secret", "months", "statements", "credits", "claims", "signatures"] {
        let removed = ledger.connection.execute(&format!("DELETE FROM {table}"), []);
        assert!(removed.is_err(), "{table}");
        let column = if table == "secret" { "bytes" } else { "month" };
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

#[test]
fn what_is_no_ledger_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(FILE), [b'x'; 4096]).unwrap();
    let error = Ledger::open(folder.path(), &[7; 32]).unwrap_err();
    assert_eq!(error.problems.first().map(|problem| problem.code.as_str()), Some("LEDGER_DAMAGED"));
    assert_eq!(std::fs::read(folder.path().join(FILE)).unwrap(), [b'x'; 4096]);
}
