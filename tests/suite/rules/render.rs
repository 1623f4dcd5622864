//! What core computed, as text that a table can hold.

use ambassador_core::{
    calendar::Instant,
    documents::statement::StatementDocument,
    entitlement::{EntitledLine, Standing},
    identifier::CreatorId,
    statement::SettledMonth,
};

/// One line for each line of a referral: `base 250 locked 2020-12-04` or `tier 125 IN_WINDOW 2020-12-20`.
pub(super) fn render_lines(lines: &[EntitledLine]) -> String {
    let line = |line: &EntitledLine| match &line.standing {
        Standing::Locked { amount, locked_at, .. } => format!("{} {amount} locked {}", line.kind, short(*locked_at)),
        Standing::Pending { amount, reason, next } => {
            format!("{} {amount} {} {}", line.kind, reason.code(), next.map_or("-".into(), short))
        }
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A month: `alex 375` for who is paid, `zoe base 250 0 250` for a line's entitlement, credits before and credit, and
/// `zoe tier 125 IN_GRACE` for what is pending. Lines without news and people without lines are left out.
pub(super) fn render_month(month: &SettledMonth) -> String {
    let mut text = Vec::new();
    for statement in &month.statements {
        let name = |creator: &Option<CreatorId>| creator.as_ref().map_or("-".to_string(), ToString::to_string);
        let lines = statement
            .month
            .lines
            .iter()
            .filter(|line| !(line.credit.is_zero() && line.entitled == line.credited_before));
        let lines: Vec<String> =
            lines
                .map(|line| {
                    format!(
                        "{} {} {} {} {}",
                        name(&line.creator),
                        line.kind,
                        line.entitled,
                        line.credited_before,
                        line.credit
                    )
                })
                .chain(statement.month.pending.iter().filter(|line| !line.amount.is_zero()).map(|line| {
                    format!("{} {} {} {}", name(&line.creator), line.kind, line.amount, line.reason.code())
                }))
                .collect();
        if !lines.is_empty() {
            text.push(format!("{} {}", statement.ambassador.id, statement.total));
            text.extend(lines);
        }
    }
    text.join("\n")
}

/// The bytes of all statements of a month.
pub(super) fn statement_bytes(month: &SettledMonth) -> Vec<Vec<u8>> {
    month.statements.iter().map(|statement| StatementDocument::of(statement, month).to_bytes()).collect()
}

/// Asserts that two texts have the same lines, whatever their indentation.
pub(super) fn assert_lines(found: &str, expected: &str, context: &str) {
    let lines = |text: &str| {
        text.lines().map(str::trim).filter(|line| !line.is_empty()).map(String::from).collect::<Vec<_>>().join("\n")
    };
    let (found, expected) = (lines(found), lines(expected));
    assert!(found == expected, "{context}\n--- found\n{found}\n--- expected\n{expected}");
}

/// Midnight as its date, any other instant in full.
fn short(instant: Instant) -> String {
    let text = instant.to_string();
    text.strip_suffix("T00:00:00Z").map_or(text.clone(), String::from)
}
