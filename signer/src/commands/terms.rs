//! `terms hash`, `terms diff` and `terms proposal`: what is voted on.

use std::path::Path;

use ambassador_core::{
    amendment::{self, Change},
    comparison::{compare, policies},
    terms::{HistoryError, Terms, TermsHistory},
};
use serde_json::{Value, json};

use super::Outcome;
use crate::{
    cli::{TermsCommand, TermsDiffArgs, TermsHashArgs, TermsProposalArgs},
    clock,
    intake::{self, read_terms_file, read_terms_history},
    problem::{Exit, Failure, Problem},
    proposal::Proposal,
    table::{Align, Table},
};

pub(super) fn run(root: &Path, command: &TermsCommand) -> Result<Outcome, Failure> {
    match command {
        TermsCommand::Hash(args) => hash(root, args),
        TermsCommand::Diff(args) => diff(args),
        TermsCommand::Proposal(args) => proposal(root, args),
    }
}

fn hash(root: &Path, args: &TermsHashArgs) -> Result<Outcome, Failure> {
    if let Some(file) = &args.file {
        let terms = read_terms_file(file)?;
        return Ok(Outcome::new(format!("{}\n", terms.hash()), json!({ "terms": [described(&terms)] })));
    }
    let history = read_terms_history(root)?;
    let columns = [("version", Align::Right), ("from", Align::Left), ("hash", Align::Left), ("vote", Align::Left)];
    let mut table = Table::new(&columns);
    for terms in history.versions() {
        let vote = terms.proposal().map_or("-", |vote| vote.as_str());
        table.row([
            terms.version().to_string(),
            terms.effective().to_string(),
            terms.hash().to_string(),
            vote.to_owned(),
        ]);
    }
    let terms: Vec<Value> = history.versions().iter().map(described).collect();
    Ok(Outcome::new(table.render(0), json!({ "terms": terms })))
}

fn diff(args: &TermsDiffArgs) -> Result<Outcome, Failure> {
    let (before, after) = (read_terms_file(&args.before)?, read_terms_file(&args.after)?);
    let changes = amendment::changes(&before, &after);
    let text = if before.hash() == after.hash() {
        "Nothing changes: the files are the same.\n".to_owned()
    } else {
        let [(a, from), (b, later)] = [&before, &after].map(|terms| (terms.version(), terms.effective()));
        let mut lines = vec![format!("Version {a} takes effect in {from}, version {b} in {later}.")];
        lines.extend(changes.iter().map(Change::sentence));
        if changes.is_empty() {
            lines.push("No rule changes: only the text of the file does, and its hash with it.".to_owned());
        }
        lines.join("\n") + "\n"
    };
    let changes: Vec<Value> = changes.iter().map(change_json).collect();
    let json = json!({ "before": described(&before), "after": described(&after), "changes": changes });
    Ok(Outcome::new(text, json))
}

fn proposal(root: &Path, args: &TermsProposalArgs) -> Result<Outcome, Failure> {
    let intake = intake::read(root)?;
    let records = intake.programme.records();
    let versions = records.terms.versions();
    let missing = || Failure::new(Exit::Records, Problem::of(&HistoryError::Missing));
    let latest = || versions.last().cloned().ok_or_else(missing);
    let proposed = args.file.as_ref().map_or_else(latest, |file| read_terms_file(file))?;
    let file = args.file.clone().unwrap_or_else(|| format!("terms/{}.toml", proposed.version()).into());
    let mut history: Vec<Terms> =
        versions.iter().filter(|terms| terms.version() < proposed.version()).cloned().collect();
    let current = history.last().cloned();
    history.push(proposed.clone());
    TermsHistory::new(history).map_err(|error| Failure::new(Exit::Records, Problem::of(&error).file(&file)))?;
    let sum = proposed.reward().base.checked_mul(proposed.caps().expected_per_month).ok_or_else(|| {
        let problem = Problem::new("SUM_OVERFLOW", "the expected base rewards are larger than any programme's");
        Failure::new(Exit::Records, problem.help("check `expected_per_month`"))
    })?;
    let chosen = [Some(&proposed), current.as_ref()].into_iter().flatten().map(|terms| *terms.price());
    let policies = policies(chosen);
    let months = compare(sum, proposed.token().decimals, &policies, &records.closes, clock::now().to_month());
    let proposal = Proposal {
        proposed: &proposed,
        current: current.as_ref(),
        file: file.display().to_string(),
        sum,
        policies,
        months,
    };
    Ok(Outcome::new(proposal.to_markdown(), proposal.to_json()))
}

/// Returns which terms these are.
fn described(terms: &Terms) -> Value {
    json!({
        "version": terms.version(),
        "effective": terms.effective().to_string(),
        "hash": terms.hash().to_string(),
        "proposal": terms.proposal().map(ToString::to_string),
    })
}

fn change_json(change: &Change) -> Value {
    json!({
        "field": change.field,
        "before": change.before.as_ref().map(ToString::to_string),
        "after": change.after.as_ref().map(ToString::to_string),
        "applies": change.scope.from(change.from),
        "sentence": change.sentence(),
    })
}
