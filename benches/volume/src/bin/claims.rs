//! Signs, records and writes the claims of a settled month step by step: `claims FOLDER MONTH` prints the seconds of each.
//!
//! The last is no step of ours: the same files made by a plain loop, which does not wait until they are on the disk.

use std::{collections::BTreeMap, convert::Infallible, error::Error, fs, path::Path, time::Instant};

use ambassador_core::{
    calendar::Month,
    claim::Claim,
    documents::claim::{ClaimDocument, SignedClaim},
    records::AmbassadorIndex,
};
use ambassador_signer::{
    files::{Changes, FileWrite},
    ledger::{Ledger, LedgerClaim},
    month::{WrittenRecords, compute},
    parallel::map_chunks,
    problem::Failure,
    signing::SecretKey,
};

const AT_ONCE: usize = 1_024;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, month] = arguments.as_slice() else { return Err("usage: claims FOLDER MONTH".into()) };
    let (root, month): (_, Month) = (Path::new(folder), month.parse()?);
    let told = |failure: Failure| failure.to_string();
    let ledger = Ledger::open_existing(root).map_err(told)?.ok_or("there is no ledger")?;
    let frozen = ledger.month(month).map_err(told)?.ok_or("the month is not settled")?;
    let written = WrittenRecords::read(&frozen.records)?;
    let work = compute(written, &ledger.credited_before(month).map_err(told)?).map_err(told)?;
    drop(ledger);
    let claims = work.statements.iter().filter_map(|(index, statement)| Some((*index, statement.claim?)));
    let claims: Vec<(AmbassadorIndex, Claim)> = claims.collect();
    let (key, domain) = (SecretKey::generate()?, work.domain());
    let (separator, signer) = (domain.separator(), key.address());

    let started = Instant::now();
    let digests = map_chunks(&claims, AT_ONCE, |claims| {
        Ok::<_, Infallible>(claims.iter().map(|(_, claim)| claim.digest_under(&separator)).collect())
    })?;
    let signatures = key.sign_many(&digests)?;
    let signing = started.elapsed();

    let started = Instant::now();
    let signed: Vec<_> = claims.iter().zip(digests).zip(signatures).collect();
    let recorded = map_chunks(&signed, AT_ONCE, |signed| {
        let recorded = signed.iter().map(|(((index, claim), digest), signature)| {
            let signed = SignedClaim { domain, claim: *claim, signer, signature: *signature };
            let document = ClaimDocument::with_digest(&signed, *digest);
            (*index, LedgerClaim { digest: *digest, signer: document.signer.clone(), bytes: document.to_bytes() })
        });
        Ok::<_, Infallible>(recorded.collect())
    })?;
    let recorded: BTreeMap<AmbassadorIndex, LedgerClaim> = recorded.into_iter().collect();
    Ledger::open(root, &[]).and_then(|mut ledger| ledger.record_claims(month, &recorded)).map_err(told)?;
    let recording = started.elapsed();

    let started = Instant::now();
    let path = |index| format!("months/{month}/claims/{}.json", work.statements[index].document.ambassador.id);
    let writes = recorded.iter().map(|(index, claim)| FileWrite::new(path(index), claim.bytes.clone()));
    let writes: Vec<FileWrite> = writes.collect();
    Changes::of(root, &writes).write().map_err(told)?;
    let writing = started.elapsed();

    let folder = root.join("plain");
    fs::create_dir(&folder)?;
    let started = Instant::now();
    for (index, claim) in &recorded {
        fs::write(folder.join(format!("{}.json", index.as_u32())), &claim.bytes)?;
    }
    let plain = started.elapsed();
    let seconds = [signing, recording, writing, plain].map(|step| format!("{:.4}", step.as_secs_f64()));
    println!("{}", seconds.join(" "));
    Ok(())
}
