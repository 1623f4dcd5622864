//! What the programme recorded: one type per row of each file.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::{fmt, str::FromStr};

use crate::{
    address::Address,
    calendar::{Date, Instant, Month},
    diagnostic::Diagnostic,
    identifier::{AmbassadorId, CoinId, CreatorId, IdentifierError, Label, Shown, UseCaseName, is_deceptive},
    price::PriceTerm,
    terms::TermsHistory,
    usd::SignedUsd,
};

/// The dense enrolment number of an ambassador: unique, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AmbassadorIndex(u32);

impl AmbassadorIndex {
    /// Makes an index from its number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Returns the number.
    pub const fn as_u32(self) -> u32 {
        self.0
    }
}

impl fmt::Display for AmbassadorIndex {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// A name of the Ethereum Name Service in its normalised form, such as `alexmasmej.eth`; at most 255 bytes.
///
/// The form (ENSIP-15) needs tables of Unicode, which stay outside: whoever reads a name from a person normalises it
/// first. Here is refused what no normalised name has: capital letters and most signs of ASCII, spaces, and characters
/// that hide, move or turn the text around them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnsName(String);

impl EnsName {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is neither an address nor a name that could be resolved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no normalised ENS name", Shown(.text))]
pub struct EnsNameError {
    /// The offending text.
    pub text: String,
}

impl Diagnostic for EnsNameError {
    fn code(&self) -> &'static str {
        "ENS_NAME"
    }

    fn help(&self) -> String {
        "write an address, or a normalised name such as `alexmasmej.eth`".to_string()
    }
}

impl FromStr for EnsName {
    type Err = EnsNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let label = |label: &str| !label.is_empty() && label.chars().all(may_stand_in_a_name);
        if text.len() <= 255 && text.contains('.') && text.split('.').all(label) {
            Ok(Self(text.to_string()))
        } else {
            Err(EnsNameError { text: text.to_string() })
        }
    }
}

impl fmt::Display for EnsName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

fn may_stand_in_a_name(character: char) -> bool {
    match character {
        'a'..='z' | '0'..='9' | '-' | '_' | '$' | '#' | '*' => true,
        '\0'..='\u{7f}' => false,
        // Emoji are joined by the one, and flags of regions are spelt with the others.
        _ if matches!(character, '\u{200d}' | '\u{e0020}'..='\u{e007f}') => true,
        _ => !character.is_whitespace() && !is_deceptive(character),
    }
}

/// Where an ambassador's money goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Payee {
    /// An account.
    Address(Address),
    /// A name whose account is pinned in the resolutions.
    Name(EnsName),
}

impl fmt::Display for Payee {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(formatter),
            Self::Name(name) => name.fmt(formatter),
        }
    }
}

/// A word of a fixed list in a record.
macro_rules! word {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_doc])* $variant),+
        }

        impl $name {
            /// Every word of the list.
            pub const WORDS: &'static [&'static str] = &[$($text),+];

            /// Returns the word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }
        }

        impl FromStr for $name {
            type Err = WordError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(WordError { text: text.to_string(), words: Self::WORDS }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(self.as_str())
            }
        }
    };
}

/// A text that is none of the words of a list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is none of {}", Listed(.words))]
pub struct WordError {
    /// The offending text.
    pub text: String,
    /// The words that may stand there.
    pub words: &'static [&'static str],
}

impl Diagnostic for WordError {
    fn code(&self) -> &'static str {
        "WORD"
    }

    fn help(&self) -> String {
        "write one of these words, in lower case".to_string()
    }
}

struct Listed<'a>(&'a [&'a str]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, word) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            write!(formatter, "{separator}`{word}`")?;
        }
        Ok(())
    }
}

word! {
    /// Whether an ambassador is paid.
    AmbassadorStatus {
        /// Paid.
        Active = "active",
        /// Everything waits.
        Held = "held",
    }
}

word! {
    /// Whether a referral counts.
    ReferralStatus {
        /// It counts.
        Active = "active",
        /// It waits.
        Held = "held",
        /// It does not count.
        Rejected = "rejected",
    }
}

word! {
    /// What the programme decided of a use case.
    Decision {
        /// It counts.
        Approved = "approved",
        /// It does not count.
        Rejected = "rejected",
        /// Not yet decided.
        Pending = "pending",
    }
}

/// A row of `ambassadors.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambassador {
    /// The enrolment number.
    pub index: AmbassadorIndex,
    /// The programme's id.
    pub id: AmbassadorId,
    /// The name, for people.
    pub name: Label,
    /// Where the money goes.
    pub payee: Payee,
    /// The enrolment.
    pub joined_at: Instant,
    /// Whether the ambassador is paid.
    pub status: AmbassadorStatus,
}

/// A row of `referrals.csv`; times that have not come are `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referral {
    /// The creator who was invited.
    pub creator: CreatorId,
    /// The creator's coin.
    pub coin: CoinId,
    /// The ambassador who invited.
    pub ambassador: AmbassadorId,
    /// The invite.
    pub invited_at: Option<Instant>,
    /// The creator's acceptance.
    pub accepted_at: Option<Instant>,
    /// The network's approval of the creator.
    pub approved_at: Option<Instant>,
    /// The launch of the coin.
    pub launched_at: Option<Instant>,
    /// Whether the referral counts.
    pub status: ReferralStatus,
}

/// A use case as it is named in `adoptions.csv`; innovative ones are written `new:<slug>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UseCase {
    /// One of the terms' known use cases.
    Known(UseCaseName),
    /// A new one.
    Innovative(UseCaseName),
}

impl UseCase {
    /// Returns the name, of a new one without its `new:`.
    pub const fn name(&self) -> &UseCaseName {
        match self {
            Self::Known(name) | Self::Innovative(name) => name,
        }
    }

    /// Returns whether it is a new one.
    pub const fn is_innovative(&self) -> bool {
        matches!(self, Self::Innovative(_))
    }
}

impl FromStr for UseCase {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix("new:") {
            Some(slug) => slug.parse().map(Self::Innovative),
            None => text.parse().map(Self::Known),
        }
    }
}

impl fmt::Display for UseCase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(name) => name.fmt(formatter),
            Self::Innovative(slug) => write!(formatter, "new:{slug}"),
        }
    }
}

/// A row of `adoptions.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adoption {
    /// The creator who adopted it.
    pub creator: CreatorId,
    /// What was adopted.
    pub use_case: UseCase,
    /// Since when it is live.
    pub live_at: Instant,
    /// Where that can be seen.
    pub evidence: Option<Label>,
    /// What the programme decided.
    pub decision: Decision,
}

/// Whose actor an actor is, in `parties.csv`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// The creator's own.
    Creator(CreatorId),
    /// The ambassador's own.
    Ambassador(AmbassadorId),
    /// The treasury's.
    Treasury,
}

/// A text that is no relation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no relation")]
pub struct RelationError {
    /// The offending text.
    pub text: String,
}

impl Diagnostic for RelationError {
    fn code(&self) -> &'static str {
        "RELATION"
    }

    fn help(&self) -> String {
        "write `creator:<id>`, `ambassador:<id>` or `treasury`".to_string()
    }
}

impl FromStr for Relation {
    type Err = RelationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || RelationError { text: text.to_string() };
        match text.split_once(':') {
            None if text == "treasury" => Ok(Self::Treasury),
            Some(("creator", id)) => id.parse().map(Self::Creator).map_err(|_| error()),
            Some(("ambassador", id)) => id.parse().map(Self::Ambassador).map_err(|_| error()),
            _ => Err(error()),
        }
    }
}

/// A row of `parties.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The actor, as events name it.
    pub actor: Label,
    /// Whose it is.
    pub relation: Relation,
    /// Since when that is known: by a creator's acceptance; `None` where the programme wrote it down.
    pub since: Option<Instant>,
}

/// A row of `prices.csv`: the close of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Close {
    /// The day.
    pub date: Date,
    /// The dollars …
    pub usd: PriceTerm,
    /// … that buy so many tokens.
    pub tokens: PriceTerm,
}

/// A row of `adjustments.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// The ambassador whose month is adjusted.
    pub ambassador: AmbassadorId,
    /// The first month that contains it.
    pub month: Month,
    /// The amount, which may be a debit.
    pub usd: SignedUsd,
    /// Why.
    pub reason: Label,
    /// Who approved it.
    pub approver: Label,
}

/// A row of `resolutions.csv`: what a name named at a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// The name.
    pub name: EnsName,
    /// The account that it named; none where it named none any more.
    pub address: Option<Address>,
    /// The block at which it was asked.
    pub block: u64,
    /// When it was asked.
    pub resolved_at: Instant,
}

/// The records as they were read, in any order.
#[derive(Clone, Debug)]
pub struct Records {
    /// Every version of the terms.
    pub terms: TermsHistory,
    /// The ambassadors.
    pub ambassadors: Vec<Ambassador>,
    /// The referrals.
    pub referrals: Vec<Referral>,
    /// The use cases.
    pub adoptions: Vec<Adoption>,
    /// Whose actors are related parties.
    pub parties: Vec<Party>,
    /// The daily closes.
    pub closes: Vec<Close>,
    /// The adjustments.
    pub adjustments: Vec<Adjustment>,
    /// The pinned names.
    pub resolutions: Vec<Resolution>,
}
