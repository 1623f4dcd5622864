//! `fund MONTH`: the transfer of tokens that a settled month needs.

use std::{fmt::Write as _, path::Path};

use ambassador_core::{
    calldata,
    claim::{Claim, Domain},
    contract::{ContractState, Question, questions, read_token, token_question},
    diagnostic::Diagnostic,
    funding::{Funding, Sum, Tally},
    token::TokenAmount,
};
use serde_json::{Value, json};

use super::{Outcome, look, prepare::settled_month};
use crate::{
    chain::issued,
    cli::FundArgs,
    ledger::Ledger,
    month::MonthWork,
    problem::{Exit, Failure, Problem, say},
    rpc::{Block, Called, Endpoint, Finality},
    safe_batch::Transfer,
    table::{Align, Table, grouped, printable},
};

pub(super) fn run(root: &Path, args: &FundArgs) -> Result<Outcome, Failure> {
    let ledger = Ledger::open_existing(root)?;
    let (work, frozen) = settled_month(ledger.as_ref(), args.month)?;
    let claims = claims(ledger.as_ref(), &work)?;
    let sum = Sum::of(&claims).ok_or_else(overflow)?;
    let needed = if args.chain.rpc.is_some() {
        let endpoint = look::must_open(&args.chain, work.domain().chain_id)?;
        let older = older_claims(ledger.as_ref(), &work)?;
        Some(Needed::ask(&endpoint, args.chain.finality(), &work, &claims, &older)?)
    } else {
        None
    };
    let amount = needed.as_ref().map_or(sum.amount, |needed| needed.funding.transfer());
    let (token, month) = (work.settled.terms.token(), args.month);
    let data = format!("0x{}", hex::encode(calldata::transfer(&token.payouts, amount)));
    let text = figures(&work, sum, needed.as_ref());
    let transfer = if amount.is_zero() {
        "nothing needs to be transferred\n".to_owned()
    } else {
        let tokens = grouped(&amount.to_tokens(token.decimals));
        format!(
            "chain     {}\ntoken     {}\nto        {}  the claim contract\namount    {amount} base units, {tokens} {}\n\
             calldata  {data}\n",
            token.chain_id,
            token.address,
            token.payouts,
            printable(token.symbol.as_str()),
        )
    };
    let json = json!({
        "month": month.to_string(),
        "claims": sum_json(sum),
        "chain": needed.as_ref().map(Needed::to_json),
        "transfer": (!amount.is_zero()).then(|| json!({
            "chain_id": token.chain_id.to_string(),
            "token": token.address.to_string(),
            "to": token.payouts.to_string(),
            "amount": amount.to_string(),
            "data": data,
        })),
    });
    if !args.safe {
        return Ok(Outcome::new(text + "\n" + &transfer, json));
    }
    if amount.is_zero() {
        let problem = Problem::new("FUND_NOTHING", format!("nothing needs to be transferred for `{month}`"));
        return Err(Failure::new(Exit::Refused, problem.help("`fund` without `--safe` shows the figures")));
    }
    let batch = Transfer {
        chain_id: token.chain_id,
        token: token.address,
        to: token.payouts,
        amount,
        name: &format!("{} {month}", work.settled.programme),
        description: &format!("Funds the claims of {month}"),
        created_at: frozen.settled_at,
    };
    // What is signed in the app is looked at here.
    say(&format!("{text}\n{transfer}"));
    let batch = batch.to_json();
    let json = json!({ "month": month.to_string(), "safe": batch });
    Ok(Outcome::new(batch, json))
}

/// Returns a month's claims, each with the deadline of the claim that took its place, if one did: the amount is the same.
fn claims(ledger: Option<&Ledger>, work: &MonthWork) -> Result<Vec<Claim>, Failure> {
    let mut claims: Vec<Claim> = work.statements.values().filter_map(|statement| statement.claim).collect();
    for replacement in ledger.map(Ledger::replacements).transpose()?.unwrap_or_default() {
        let (domain, replacing) = issued::read(&replacement.claim.bytes)?;
        let replaced = replacement.months.contains(&work.settled.month) && domain == work.domain();
        for claim in claims.iter_mut().filter(|claim| replaced && claim.index == replacement.index) {
            claim.deadline = claim.deadline.max(replacing.deadline);
        }
    }
    Ok(claims)
}

/// Returns the claims of every month settled before that the same contract pays.
fn older_claims(ledger: Option<&Ledger>, work: &MonthWork) -> Result<Vec<Claim>, Failure> {
    let mut older = Vec::new();
    let months = ledger.map(Ledger::months).transpose()?.unwrap_or_default();
    for month in months.into_iter().filter(|month| *month < work.settled.month) {
        let (earlier, _) = settled_month(ledger, month)?;
        if earlier.domain() == work.domain() {
            older.extend(claims(ledger, &earlier)?);
        }
    }
    Ok(older)
}

/// What the chain says at one final block.
struct Needed {
    block: Block,
    month: Tally,
    /// What older months' claims can still take out of the same balance.
    older: Sum,
    funding: Funding,
}

impl Needed {
    fn ask(
        endpoint: &Endpoint,
        finality: Finality,
        work: &MonthWork,
        claims: &[Claim],
        older: &[Claim],
    ) -> Result<Self, Failure> {
        let (domain, token) = (work.domain(), work.settled.terms.token());
        let block = endpoint.believed_block(finality).map_err(|error| Failure::refused(&error))?;
        let paid = call(endpoint, &domain, &token_question(&domain), &block)?;
        let paid = read_token(paid).map_err(|error| answer(&error, &domain))?;
        if paid != token.address {
            let message = format!("`{}` pays the token `{paid}`, not `{}`", token.payouts, token.address);
            let problem = Problem::new("FUND_OTHER_TOKEN", message);
            return Err(Failure::new(Exit::Refused, problem.help("correct `payouts` in the terms' next version")));
        }
        let timestamp = block.time.to_unix_seconds();
        // Of older months only what may still be redeemed counts.
        let older: Vec<Claim> = older.iter().filter(|claim| claim.deadline >= timestamp).copied().collect();
        let asked = [claims, &older].concat();
        let questions = questions(&domain, &token.address, &asked, &[]);
        let answers = endpoint.each(questions, |endpoint, question| call(endpoint, &domain, &question, &block))?;
        let state = ContractState::read(&asked, &[], &answers).map_err(|error| answer(&error, &domain))?;
        let month = Tally::of(claims, &state, timestamp).ok_or_else(overflow)?;
        let older = Tally::of(&older, &state, timestamp).ok_or_else(overflow)?.open;
        let funding = Funding { month: month.open.amount, older: older.amount, balance: state.balance };
        Ok(Self { block, month, older, funding })
    }

    fn to_json(&self) -> Value {
        let Tally { settled, expired, open } = self.month;
        json!({
            "block": self.block.number.to_string(),
            "time": self.block.time.to_string(),
            "month": { "settled": sum_json(settled), "expired": sum_json(expired), "open": sum_json(open) },
            "older": { "open": sum_json(self.older) },
            "balance": self.funding.balance.to_string(),
            "free": self.funding.free().to_string(),
            "lacking": self.funding.lacking().to_string(),
        })
    }
}

/// Says which figure is which.
fn figures(work: &MonthWork, sum: Sum, needed: Option<&Needed>) -> String {
    let (token, month) = (work.settled.terms.token(), work.settled.month);
    let symbol = printable(token.symbol.as_str());
    let mut table = Table::new(&[("", Align::Left), ("claims", Align::Right), (&symbol, Align::Right)]);
    let tokens = |amount: TokenAmount| grouped(&amount.to_tokens(token.decimals));
    let mut row = |name: String, claims: Option<u64>, amount| {
        table.row([name, claims.map(|claims| claims.to_string()).unwrap_or_default(), tokens(amount)]);
    };
    let mut add = |name: String, sum: Sum| row(name, Some(sum.claims), sum.amount);
    add(format!("claims of {month}"), sum);
    let mut text = format!("{} · {month} · funding\n", printable(work.settled.programme.as_str()));
    let Some(Needed { block, month: tally, older, funding }) = needed else { return text + &table.render(0) };
    add("  paid or voided".to_owned(), tally.settled);
    add("  expired".to_owned(), tally.expired);
    add("  open".to_owned(), tally.open);
    add("open claims of older months".to_owned(), *older);
    row("the contract holds".to_owned(), None, funding.balance);
    row(format!("of that free for {month}"), None, funding.free());
    row("to transfer".to_owned(), None, funding.transfer());
    // Writing to a string cannot fail.
    let _ = writeln!(text, "at the final block {} of {}", block.number, block.time);
    text += &table.render(0);
    if !funding.lacking().is_zero() {
        let _ = writeln!(
            text,
            "older months lack {} {symbol}, which this transfer does not bring: fund them, too",
            tokens(funding.lacking())
        );
    }
    text
}

fn call(endpoint: &Endpoint, domain: &Domain, question: &Question, block: &Block) -> Result<Vec<u8>, Failure> {
    match endpoint.call(question.to, &question.data, block).map_err(|error| Failure::refused(&error))? {
        Called::Returned(bytes) => Ok(bytes),
        Called::Reverted { message, .. } => {
            let message = format!("`{}` of the claim contract `{}`: {message}", question.to, domain.verifying_contract);
            let problem = Problem::new("FUND_CONTRACT", message);
            Err(Failure::new(Exit::Refused, problem.help("check `address` and `payouts` in the month's terms")))
        }
    }
}

fn answer(error: &impl Diagnostic, domain: &Domain) -> Failure {
    let message = format!("`{}`: {error}", domain.verifying_contract);
    let problem = Problem::new("FUND_CONTRACT", message);
    Failure::new(Exit::Refused, problem.help("check `address` and `payouts` in the month's terms"))
}

fn overflow() -> Failure {
    let problem = Problem::new("SUM_OVERFLOW", "the claims are over more than any token has");
    Failure::new(Exit::Disk, problem.file(crate::ledger::FILE).help("restore the ledger from its last copy"))
}

fn sum_json(sum: Sum) -> Value {
    json!({ "claims": sum.claims.to_string(), "amount": sum.amount.to_string() })
}
