//! A month in words and tables: what the treasurer approves, and `report.md`.

use std::fmt::Write as _;

use ambassador_core::{
    documents::statement::{LinePart, PendingPart, StatementDocument},
    token::{Decimals, TokenAmount},
};

use crate::{
    month::MonthWork,
    summary::{Status, SummaryDocument},
    table::{Align, Table, grouped, printable},
};

/// Returns base units as tokens with their symbol, for people.
pub fn tokens(document: &StatementDocument, base_units: &str) -> String {
    let amount: Option<TokenAmount> = base_units.parse().ok();
    let decimals = Decimals::new(document.token.decimals);
    let text = amount.zip(decimals).map(|(amount, decimals)| amount.to_tokens(decimals));
    format!("{} {}", grouped(&text.unwrap_or_default()), document.token.symbol)
}

/// Returns the month as a treasurer reads it on a terminal; `before` gives an ambassador's sum of the month before.
pub fn terminal(work: &MonthWork, summary: &SummaryDocument, before: impl Fn(&str) -> Option<String>) -> String {
    let mut text = String::new();
    let status = match summary.status {
        Status::Draft => "draft",
        Status::Final => "final",
    };
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{} · {} · {status}", printable(&summary.programme), summary.month);
    let _ = writeln!(
        text,
        "price  ${} = {} {} ({}{})",
        summary.price.usd,
        summary.price.tokens,
        printable(&summary.token.symbol),
        summary.price.policy,
        samples(summary)
    );
    if let Some(vote) = work.settled.terms.proposal() {
        let _ = writeln!(text, "terms  {}, adopted by {}", summary.terms, printable(vote.as_str()));
    }
    for statement in work.statements.values() {
        let document = &statement.document;
        text.push('\n');
        let held = if document.ambassador.account.is_none() { "  (address not confirmed)" } else { "" };
        let _ = writeln!(
            text,
            "{}  {}  {}{held}",
            document.ambassador.index,
            printable(&document.ambassador.name),
            document.ambassador.account.as_deref().unwrap_or(&document.ambassador.payee)
        );
        let mut lines = Table::new(&[
            ("creator", Align::Left),
            ("line", Align::Left),
            ("entitled", Align::Right),
            ("before", Align::Right),
            ("credit $", Align::Right),
            ("why", Align::Left),
        ]);
        let shown = document.lines.iter().filter(|line| line.credit != "0");
        let count = shown.clone().count();
        for line in shown {
            lines.row([
                line.creator.clone().unwrap_or_default(),
                line.kind.clone(),
                grouped(&line.entitled),
                grouped(&line.credited_before),
                grouped(&line.credit),
                why(line),
            ]);
        }
        if count > 0 {
            text.push_str(&lines.render(3));
        }
        if !document.pending.is_empty() {
            text.push_str(&pending(&document.pending).render(3));
        }
        let change = before(&document.ambassador.id)
            .map(|before| format!("  (month before: ${})", grouped(&before)))
            .unwrap_or_default();
        let _ = writeln!(
            text,
            "   pays ${} = {}{change}",
            grouped(&document.total_usd),
            tokens(document, &document.amount)
        );
    }
    text.push('\n');
    let total = work.statements.values().next().map(|first| tokens(&first.document, &summary.amount));
    let _ = writeln!(
        text,
        "total ${} of the budget of ${} = {}",
        grouped(&summary.total_usd),
        grouped(&summary.budget_usd),
        total.unwrap_or_default()
    );
    text
}

fn samples(summary: &SummaryDocument) -> String {
    let mut closes = summary.price.samples.iter();
    match (closes.next(), closes.next_back()) {
        (Some(first), Some(last)) => {
            format!(" of {} closes, {} to {}", summary.price.samples.len(), first.date, last.date)
        }
        (Some(only), None) => format!(" of {}", only.date),
        _ => String::new(),
    }
}

fn why(line: &LinePart) -> String {
    let figures: Vec<String> = line.figures.iter().map(|(name, value)| format!("{name} {value}")).collect();
    figures.join(", ")
}

fn pending(lines: &[PendingPart]) -> Table {
    let mut table = Table::new(&[
        ("not paid", Align::Left),
        ("line", Align::Left),
        ("$", Align::Right),
        ("code", Align::Left),
        ("next", Align::Left),
        ("why", Align::Left),
    ]);
    for line in lines {
        table.row([
            line.creator.clone().unwrap_or_default(),
            line.kind.clone(),
            grouped(&line.amount),
            line.code.clone(),
            line.next.as_deref().and_then(|next| next.split('T').next()).unwrap_or("-").to_owned(),
            line.sentence.clone(),
        ]);
    }
    table
}

/// Returns `report.md`.
pub fn markdown(work: &MonthWork, summary: &SummaryDocument) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "# {} {}\n", escaped(&summary.programme), summary.month);
    let status = match summary.status {
        Status::Draft => format!("Draft: it can be challenged until {}.", summary.signing_opens),
        Status::Final => "Final.".to_owned(),
    };
    let _ = writeln!(text, "{status}");
    let _ = writeln!(
        text,
        "Price: ${} for {} {} ({}{}).",
        summary.price.usd,
        summary.price.tokens,
        escaped(&summary.token.symbol),
        summary.price.policy,
        samples(summary)
    );
    let vote = work.settled.terms.proposal();
    let vote = vote.map(|vote| format!(", adopted by {}", escaped(vote.as_str()))).unwrap_or_default();
    let _ = writeln!(text, "Terms: `{}`{vote}.", summary.terms);
    let _ = writeln!(text, "Records: `{}`.", summary.records.hash);
    let _ = writeln!(text, "Claims can be redeemed until {}.\n", summary.claims_deadline);
    let _ = writeln!(text, "| # | ambassador | USD | tokens | not paid, USD |\n|--:|---|--:|--:|--:|");
    for (row, statement) in summary.ambassadors.iter().zip(work.statements.values()) {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            row.index,
            escaped(&row.name),
            grouped(&row.total_usd),
            escaped(&tokens(&statement.document, &row.amount)),
            grouped(&row.pending_usd)
        );
    }
    let total = work.statements.values().next().map(|first| tokens(&first.document, &summary.amount));
    let _ = writeln!(
        text,
        "| | total, of ${} | {} | {} | |",
        grouped(&summary.budget_usd),
        grouped(&summary.total_usd),
        escaped(&total.unwrap_or_default())
    );
    for statement in work.statements.values() {
        statement_section(&mut text, &statement.document);
    }
    text
}

fn statement_section(text: &mut String, document: &StatementDocument) {
    let _ = writeln!(text, "\n## {} {}\n", document.ambassador.index, escaped(&document.ambassador.name));
    let credits: Vec<&LinePart> = document.lines.iter().filter(|line| line.credit != "0").collect();
    if credits.is_empty() && document.pending.is_empty() {
        let _ = writeln!(text, "No referrals yet.");
        return;
    }
    if !credits.is_empty() {
        let _ = writeln!(text, "| creator | line | credit, USD | decided by |\n|---|---|--:|---|");
    }
    for line in credits {
        let creator = line.creator.as_deref().unwrap_or_default();
        let _ = writeln!(text, "| {creator} | {} | {} | {} |", line.kind, grouped(&line.credit), escaped(&why(line)));
    }
    if !document.pending.is_empty() {
        let _ = writeln!(text, "\n| creator | line | not paid, USD | code | why | next |\n|---|---|--:|---|---|---|");
    }
    for line in &document.pending {
        let _ = writeln!(
            text,
            "| {} | {} | {} | `{}` | {} | {} |",
            line.creator.as_deref().unwrap_or_default(),
            line.kind,
            grouped(&line.amount),
            line.code,
            escaped(&line.sentence),
            line.next.as_deref().unwrap_or_default()
        );
    }
}

/// Returns a text that Markdown takes as nothing but text.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in printable(text).chars() {
        if matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&' | '!' | '~') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
