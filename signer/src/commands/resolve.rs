//! `resolve`: asks which accounts the payees' names stand for at one finalized block, and pins them.

use std::{collections::BTreeSet, path::Path};

use ambassador_core::{address::Address, calendar::Instant, programme::Programme, records::EnsName};
use serde_json::{Value, json};

use super::{FolderLock, Outcome, endpoint, write_changes};
use crate::{
    cli::ResolveArgs,
    clock,
    files::FileWrite,
    intake,
    ledger::Ledger,
    names::{
        self,
        pins::{self, Asked, Standing},
        registry::Registry,
    },
    problem::{Exit, Failure, Problem},
    rpc::Asking,
};

/// The registry of ENS on mainnet.
const MAINNET_REGISTRY: &str = "0x00000000000C2E074eC69A0dFb2997BA6C7d2e1e";
const MAINNET: u64 = 1;

pub(super) fn run(root: &Path, args: &ResolveArgs) -> Result<Outcome, Failure> {
    let _lock = FolderLock::take(root)?;
    let programme = intake::read(root)?.programme;
    let confirmed = confirmed(&programme, &args.confirm)?;
    let chain_id = programme.records().terms.versions().last().map_or(MAINNET, |terms| terms.token().chain_id);
    let address = registry(args.registry, chain_id)?;
    let last_settled = last_settled(root)?;

    let refused = |problem: Problem| Failure::new(Exit::Refused, problem);
    let endpoint = endpoint::open(&args.rpc, args.timeout, Asking::Again, chain_id, Exit::Refused)?;
    let block = endpoint.finalized_block().map_err(|error| refused(Problem::of(&error)))?;
    let registry = Registry { endpoint: &endpoint, address, block: &block };
    // A month that was settled already does not see what is pinned now, however old the block is.
    let at = block.time.min(clock::now()).max(last_settled);
    let asked = Asked { block: block.number, at };
    let mut steps = Vec::new();
    for (ambassador, name) in pins::payees(&programme) {
        let found = registry.resolve(name)?;
        let step = pins::compare(&programme, (ambassador, name), found, confirmed.contains(name), asked);
        steps.push(step.map_err(refused)?);
    }

    let added: Vec<_> = steps.iter().filter_map(|step| step.row.clone()).collect();
    let mut writes = Vec::new();
    if !added.is_empty() {
        let mut rows = programme.records().resolutions.clone();
        rows.extend(added);
        rows.sort_by(|a, b| (&a.name, a.block).cmp(&(&b.name, b.block)));
        writes.push(FileWrite::new(pins::FILE, pins::to_csv(rows)));
    }
    let (list, files) = write_changes(root, root, &writes, args.dry_run)?;

    let standings: Vec<Standing> = steps.into_iter().map(|step| step.standing).collect();
    let text = if standings.is_empty() {
        "no payee is a name\n".to_owned()
    } else {
        format!("names at block {} of {}\n{}{list}", block.number, block.time, pins::table(&standings))
    };
    let json = json!({
        "registry": address.to_string(),
        "block": block.number.to_string(),
        "block_hash": block.hash.to_string(),
        "names": standings.iter().map(Standing::to_json).collect::<Value>(),
        "files": files,
    });
    let held = standings.iter().any(|standing| standing.state.is_held());
    Ok(Outcome { exit: held.then_some(Exit::Refused), ..Outcome::new(text, json) })
}

/// Reads the names to be confirmed, which must be payees.
fn confirmed(programme: &Programme, texts: &[String]) -> Result<BTreeSet<EnsName>, Failure> {
    let known: BTreeSet<&EnsName> = pins::payees(programme).map(|(_, name)| name).collect();
    let read = |text: &String| {
        let name = names::normalise(text).map_err(|error| Problem::of(&error).column("--confirm"))?;
        if known.contains(&name) {
            return Ok(name);
        }
        let problem = Problem::new("ENS_NO_PAYEE", format!("no ambassador's payee is `{name}`")).column("--confirm");
        Err(problem.help("write the name as it stands in `ambassadors.csv`"))
    };
    texts.iter().map(|text| read(text).map_err(|problem| Failure::new(Exit::Refused, problem))).collect()
}

fn registry(named: Option<Address>, chain_id: u64) -> Result<Address, Failure> {
    let mainnets = || (chain_id == MAINNET).then(|| MAINNET_REGISTRY.parse().ok()).flatten();
    named.or_else(mainnets).ok_or_else(|| {
        let message = format!("the registry of ENS on the chain `{chain_id}` is not known");
        Failure::new(Exit::Refused, Problem::new("ENS_REGISTRY", message).help("name it with `--registry ADDRESS`"))
    })
}

/// Returns when a month was settled last.
fn last_settled(root: &Path) -> Result<Instant, Failure> {
    let mut last = Instant::EPOCH;
    if let Some(ledger) = Ledger::open_existing(root)? {
        for month in ledger.months()? {
            last = ledger.month(month)?.map_or(last, |month| last.max(month.settled_at));
        }
    }
    Ok(last)
}
