//! Arguments of what is printed for people and other programs: terms and exports.

use std::path::PathBuf;

use ambassador_core::calendar::Month;
use clap::{Args, Subcommand};

use super::month;

/// What to do with terms.
#[derive(Clone, Debug, Subcommand)]
pub enum TermsCommand {
    /// Print the hash of terms that statements name
    Hash(TermsHashArgs),
    /// Say in words what changes from one version to another
    Diff(TermsDiffArgs),
    /// Write the text of a proposal to adopt terms, in Markdown
    ///
    /// It has every change in words, every number, and what the price policies would have paid in past months.
    Proposal(TermsProposalArgs),
}

/// Arguments of `terms hash`.
#[derive(Clone, Debug, Args)]
pub struct TermsHashArgs {
    /// The terms file; every version of the programme unless named
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// Arguments of `terms diff`.
#[derive(Clone, Debug, Args)]
pub struct TermsDiffArgs {
    /// The earlier terms
    #[arg(value_name = "A")]
    pub before: PathBuf,
    /// The later terms
    #[arg(value_name = "B")]
    pub after: PathBuf,
}

/// Arguments of `terms proposal`.
#[derive(Clone, Debug, Args)]
pub struct TermsProposalArgs {
    /// The proposed terms; the programme's latest version unless named
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// What a settled month is printed as.
#[derive(Clone, Debug, Subcommand)]
pub enum ExportCommand {
    /// The transfers of the month as the CSV Airdrop app of a Safe reads them
    ///
    /// What a Safe sends is not settled in the claim contract.
    /// So a month with signed claims is refused unless its months were voided there.
    Airdrop(AirdropArgs),
    /// What each ambassador received and what it was worth, as CSV
    Tax(TaxArgs),
    /// An ambassador's dates, as a calendar (iCalendar)
    Calendar(CalendarArgs),
    /// An ambassador's statement, as one page to read and to print (HTML)
    Statement(StatementArgs),
}

/// Arguments of `export airdrop`.
#[derive(Clone, Debug, Args)]
pub struct AirdropArgs {
    /// The month, such as 2020-12
    #[arg(value_parser = month)]
    pub month: Month,
    /// The month's claims were voided in the claim contract, so that nothing is paid twice
    #[arg(long)]
    pub voided: bool,
}

/// Arguments of `export tax`.
#[derive(Clone, Debug, Args)]
pub struct TaxArgs {
    /// The month, such as 2020-12
    #[arg(value_parser = month)]
    pub month: Month,
    /// What is known of redemptions: a CSV of `index,month,redeemed_at`
    #[arg(long, value_name = "FILE")]
    pub redemptions: Option<PathBuf>,
}

/// Arguments of `export calendar`.
#[derive(Clone, Debug, Args)]
pub struct CalendarArgs {
    /// The month, such as 2020-12
    #[arg(value_parser = month)]
    pub month: Month,
    /// The ambassador's id
    pub ambassador: String,
}

/// Arguments of `export statement`.
#[derive(Clone, Debug, Args)]
pub struct StatementArgs {
    /// The month, such as 2020-12
    #[arg(value_parser = month)]
    pub month: Month,
    /// The ambassador's id
    pub ambassador: String,
}
