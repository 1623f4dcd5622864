//! A statement as one page to read and to print: no script, nothing loaded, and text that is never markup.

mod html;

use ambassador_core::{
    claim::Claim,
    diagnostic::Diagnostic as _,
    documents::{
        json::DocumentError,
        statement::{LinePart, PendingPart, StatementDocument},
    },
    explanation::Step,
    hash::Hash32,
    identifier::Label,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use self::html::Html;
use crate::{
    ledger,
    month::{MonthWork, StatementFile},
    problem::Failure,
    report,
    table::grouped,
};

const STYLE: &str = include_str!("page.css");
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// What stands on a page beside the statement.
struct Page<'a> {
    document: &'a StatementDocument,
    hash: Hash32,
    claim: Option<Claim>,
    vote: Option<&'a str>,
    records: Hash32,
    payouts: String,
    deadline: String,
    steps: Vec<Step>,
}

/// Returns the page of an ambassador's statement.
///
/// # Errors
///
/// [`Exit::Disk`](crate::problem::Exit::Disk): the statement contradicts itself.
pub fn page(work: &MonthWork, file: &StatementFile) -> Result<String, Failure> {
    let terms = &work.settled.terms;
    let steps = file.document.explain().map_err(|error| damaged(&error))?;
    let page = Page {
        document: &file.document,
        hash: file.hash,
        claim: file.claim,
        vote: terms.proposal().map(Label::as_str),
        records: work.records_hash,
        payouts: terms.token().payouts.to_string(),
        deadline: terms.claims_deadline(work.settled.month).to_string(),
        steps,
    };
    Ok(page.write())
}

fn damaged(error: &DocumentError) -> Failure {
    ledger::contradiction(format!("the ledger's statement: {}: {error}", error.code()))
}

/// Returns the policy of the page: nothing but its own style, known by its hash.
fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

impl Page<'_> {
    fn write(&self) -> String {
        let document = self.document;
        let month = month_in_words(&document.month);
        let mut page = Html::new();
        page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"").text(&policy()).raw("\">\n");
        page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.raw("<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n");
        page.raw("<title>").text(&format!("{}: statement of {month}", document.ambassador.name)).raw("</title>\n");
        page.raw("<style>").raw(STYLE).raw("</style>\n</head>\n<body>\n");
        page.raw("<header>\n").element("p", "programme", &document.programme);
        page.raw("<h1>").text(&format!("Statement of {month}")).raw("</h1>\n");
        page.element("p", "name", &document.ambassador.name);
        page.element("p", "code", document.ambassador.account.as_deref().unwrap_or(&document.ambassador.payee));
        if document.ambassador.account.is_none() {
            page.element("p", "note", "The address is not confirmed yet, so nothing can be claimed.");
        }
        page.raw("</header>\n<main>\n<div class=\"sum\">\n");
        page.element("p", "dollars", &format!("${}", grouped(&document.total_usd)));
        page.element("p", "tokens", &report::tokens(document, &document.amount)).raw("</div>\n");
        self.lines(&mut page);
        self.pending(&mut page);
        self.price(&mut page);
        self.proofs(&mut page);
        page.raw("</main>\n<footer>\n");
        let verify = "Anyone can recompute this statement from what the programme publishes: \
                      ambassador-signer verify published";
        page.element("p", "note", verify).raw("</footer>\n</body>\n</html>\n");
        page.finish()
    }

    fn lines(&self, page: &mut Html) {
        let document = self.document;
        page.raw("<section>\n<h2>Earned</h2>\n");
        if document.lines.is_empty() {
            page.element("p", "soft", "No line was earned yet.").raw("</section>\n");
            return;
        }
        page.raw("<table>\n<thead><tr><th>Creator</th><th>For</th><th class=\"money\">Earned, $</th>");
        page.raw("<th class=\"money\">Credited before, $</th><th class=\"money\">This month, $</th></tr></thead>\n");
        for (line, step) in document.lines.iter().zip(&self.steps) {
            line_rows(page, line, step);
        }
        page.raw("<tfoot><tr><td colspan=\"4\">Paid for the month</td><td class=\"money\">");
        page.text(&grouped(&document.total_usd)).raw("</td></tr></tfoot>\n</table>\n</section>\n");
    }

    fn pending(&self, page: &mut Html) {
        page.raw("<section>\n<h2>Not paid, and why</h2>\n");
        let pending = &self.document.pending;
        if pending.is_empty() {
            page.element("p", "soft", "Nothing was left unpaid.").raw("</section>\n");
            return;
        }
        page.raw("<table>\n<thead><tr><th>Creator</th><th>For</th><th>Reason</th><th>Next date</th>");
        page.raw("<th class=\"money\">Amount, $</th></tr></thead>\n");
        for line in pending {
            pending_rows(page, line);
        }
        page.raw("</table>\n</section>\n");
    }

    fn price(&self, page: &mut Html) {
        let price = &self.document.price;
        page.raw("<section>\n<h2>Price</h2>\n");
        for step in self.steps.iter().skip(self.document.lines.len()) {
            page.element("p", "", &step.sentence);
        }
        page.raw("<ul class=\"closes\">\n");
        for sample in &price.samples {
            let close = if sample.tokens == "1" {
                format!("${}", sample.usd)
            } else {
                format!("${} / {}", sample.usd, sample.tokens)
            };
            page.raw("<li>").element("span", "soft", &sample.date).element("span", "", &close).raw("</li>\n");
        }
        page.raw("</ul>\n</section>\n");
    }

    fn proofs(&self, page: &mut Html) {
        let document = self.document;
        page.raw("<section>\n<h2>What it rests on</h2>\n<dl>\n");
        let mut fact = |name: &str, value: &str| {
            page.raw("<div>").element("dt", "", name).element("dd", "code", value).raw("</div>\n");
        };
        fact("Statement", &self.hash.to_string());
        fact("Terms", &document.terms);
        fact("Vote", self.vote.unwrap_or("none is named in the terms"));
        fact("Records", &self.records.to_string());
        fact("Price file", &document.price.file);
        fact("Ambassador", &format!("{}, index {}", document.ambassador.id, document.ambassador.index));
        fact("As of", &document.as_of);
        fact("Token", &format!("{} on chain {}", document.token.address, document.token.chain_id));
        fact("Claim contract", &self.payouts);
        match self.claim {
            Some(claim) => {
                fact("Claim", &format!("{} base units to {}", claim.amount, claim.account));
                fact("Can be redeemed until", &self.deadline);
            }
            None => fact("Claim", "none: nothing is paid"),
        }
        page.raw("</dl>\n</section>\n");
    }
}

fn line_rows(page: &mut Html, line: &LinePart, step: &Step) {
    page.raw("<tbody class=\"line\">\n<tr>");
    page.cell("creator", "Creator", line.creator.as_deref().unwrap_or("programme"));
    page.cell("what", "For", step.title);
    page.cell("money", "Earned, $", &grouped(&line.entitled));
    page.cell("money", "Credited before, $", &grouped(&line.credited_before));
    page.cell("money credit", "This month, $", &grouped(&line.credit));
    let figures: Vec<String> = line.figures.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let locked = line.locked_at.as_deref().map(|at| format!(" Locked {at}.")).unwrap_or_default();
    page.raw("</tr>\n<tr><td colspan=\"5\">").text(&format!("{}{locked} ", step.sentence));
    page.element("span", "code", &figures.join(", ")).raw("</td></tr>\n</tbody>\n");
}

fn pending_rows(page: &mut Html, line: &PendingPart) {
    page.raw("<tbody class=\"line\">\n<tr>");
    page.cell("creator", "Creator", line.creator.as_deref().unwrap_or("programme"));
    page.cell("what", "For", &line.kind.replace('_', " "));
    page.cell("code", "Reason", &line.code);
    let next = line.next.as_deref().and_then(|next| next.split('T').next());
    page.cell("date", "Next date", next.unwrap_or("none"));
    page.cell("money", "Amount, $", &grouped(&line.amount));
    page.raw("</tr>\n<tr><td colspan=\"5\">").text(&format!("{} ", line.sentence));
    page.element("span", "code", &line.figure).raw("</td></tr>\n</tbody>\n");
}

/// Returns a month such as `2020-12` as `December 2020`.
fn month_in_words(month: &str) -> String {
    let words = month.split_once('-').and_then(|(year, number)| {
        let place = number.parse::<usize>().ok()?.checked_sub(1)?;
        Some(format!("{} {year}", MONTHS.get(place)?))
    });
    words.unwrap_or_else(|| month.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_have_names() {
        for (month, words) in [("2020-12", "December 2020"), ("2021-01", "January 2021"), ("2021-00", "2021-00")] {
            assert_eq!(month_in_words(month), words);
        }
    }

    #[test]
    fn the_style_ends_where_it_should() {
        assert!(!STYLE.contains('<'), "a style that holds a tag would end early");
    }
}
