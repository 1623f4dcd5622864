//! `import SOURCE --rpc URL`: the transfers of a coin, read from a chain up to its latest final block.

use std::{collections::BTreeMap, path::Path};

use ambassador_core::{
    calendar::Instant,
    hash::Hash32,
    transfer::{Transfer, decimals_question},
};
use serde_json::json;

use super::{keep_salt, kinds_said, table_name, write};
use crate::{
    cli::ImportArgs,
    commands::{Outcome, endpoint},
    files::FileWrite,
    import::{ChainTransfer, LeftOut, TransferSource, import_transfers},
    problem::{Exit, Failure, Problem},
    rpc::{Asking, Block, Called, Endpoint, Log, LogFilter, RpcUrl},
};

pub(super) fn import(
    root: &Path,
    args: &ImportArgs,
    url: &RpcUrl,
    source: &TransferSource,
    salt: &[u8],
    is_new: bool,
) -> Result<Outcome, Failure> {
    let endpoint = endpoint::open(url, args.timeout, Asking::Again, source.chain_id(), Exit::Refused)?;
    let block = endpoint.finalized_block().map_err(|error| Failure::refused(&error))?;
    check_token(&endpoint, source, &block)?;
    let (first, last) = (args.first_block.unwrap_or(source.first_block()), block.number);
    let filter = LogFilter { address: source.token(), topics: vec![vec![Transfer::topic()]] };
    let logs = endpoint.logs(&filter, first, last).map_err(|error| Failure::refused(&error))?;
    let transfers = logs.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let mut times = BTreeMap::new();
    let mut time_of = |transfer: &ChainTransfer| time_of(&endpoint, &mut times, transfer);
    let (imported, left) = import_transfers(root, &args.source, source, salt, &transfers, &mut time_of)?;
    // What was read by number is still there.
    endpoint.check_block(&block).map_err(|error| Failure::refused(&error))?;

    let LeftOut { others, between, of_nothing, made } = left;
    let said = format!(
        "blocks {first} to {last}: {}; no events: {others} of others, {between} between named accounts, \
         {of_nothing} of nothing, {made} made or destroyed\n",
        kinds_said(&imported),
    );
    let json = json!({
        "first_block": first.to_string(),
        "last_block": last.to_string(),
        "kinds": imported.kinds,
        "left_out": { "others": others, "between": between, "of_nothing": of_nothing, "made": made },
    });
    if imported.kinds.is_empty() {
        return write(root, args, &[], said, json);
    }
    let name = table_name(&args.source, &format!("blocks-{first}-{last}"), &imported.csv);
    keep_salt(root, args, salt, is_new)?;
    write(root, args, &[FileWrite::new(name, imported.csv)], said, json)
}

/// Checks that the coin has the decimal places that the source states.
fn check_token(endpoint: &Endpoint, source: &TransferSource, block: &Block) -> Result<(), Failure> {
    let (question, expected) = decimals_question(source.token(), source.decimals()?);
    let answer = endpoint.call(question.to, &question.data, block).map_err(|error| Failure::refused(&error))?;
    if answer == Called::Returned(expected.to_vec()) {
        return Ok(());
    }
    let message = format!("`{}` is no coin of {} decimal places", source.token(), source.decimals()?.places());
    let problem = Problem::new("SOURCE_TOKEN", message).file("sources.toml");
    Err(Failure::new(Exit::Refused, problem.help("correct `token`, `chain_id` or `decimals` of the source")))
}

fn read(log: &Log) -> Result<ChainTransfer, Failure> {
    let topics: Vec<[u8; 32]> = log.topics.iter().map(|topic| *topic.as_bytes()).collect();
    let Some(transfer) = Transfer::read(&topics, &log.data) else {
        let message = format!("`{}:{}` is no transfer of a coin (ERC-20)", log.transaction, log.place);
        let problem = Problem::new("SOURCE_TRANSFER", message);
        return Err(Failure::new(Exit::Refused, problem.help("name the coin's contract as `token` of the source")));
    };
    let Log { block, block_hash, transaction, place, .. } = *log;
    Ok(ChainTransfer { block, block_hash, transaction, place, transfer })
}

/// Returns the time of a transfer's block, which is asked for once.
fn time_of(
    endpoint: &Endpoint,
    times: &mut BTreeMap<u64, (Hash32, Instant)>,
    transfer: &ChainTransfer,
) -> Result<Instant, Failure> {
    let number = transfer.block;
    let (hash, time) = if let Some(known) = times.get(&number) {
        *known
    } else {
        let block = endpoint.block_of(number).map_err(|error| Failure::refused(&error))?;
        times.insert(number, (block.hash, block.time));
        (block.hash, block.time)
    };
    if hash == transfer.block_hash {
        return Ok(time);
    }
    let message = format!("block {number} is `{hash}`, and its logs are of `{}`", transfer.block_hash);
    let problem = Problem::new("RPC_OTHER_BLOCK", message);
    Err(Failure::new(Exit::Refused, problem.help("repeat the command, or name another endpoint")))
}
