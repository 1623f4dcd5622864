//! An ambassador's statement: why each cent of a month is or is not paid.

use alloc::{string::String, vec::Vec};

use crate::{
    address::Address,
    allocation::LineKey,
    calendar::Month,
    conversion::{ConversionError, floor_to_base_units},
    diagnostic::Diagnostic,
    hash::Hash32,
    identifier::Label,
    pricing::{DeviationCheck, MonthPrice, PriceError, month_price},
    programme::Programme,
    records::Ambassador,
    settlement::{AmbassadorMonth, Credited, Measurements, SettlementError, settle},
    terms::Terms,
    token::TokenAmount,
    usd::Usd,
};

/// An ambassador's month in dollars and tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Whose.
    pub ambassador: Ambassador,
    /// The account that is paid, or none where it is not confirmed.
    pub account: Option<Address>,
    /// What is credited and what is not.
    pub month: AmbassadorMonth,
    /// The sum that the month pays.
    pub total: Usd,
    /// The sum in base units of the token.
    pub amount: TokenAmount,
}

/// A month of the whole programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledMonth {
    /// Which.
    pub month: Month,
    /// The programme's name.
    pub programme: Label,
    /// The terms in force in the month.
    pub terms: Terms,
    /// The month's price.
    pub price: MonthPrice,
    /// Keccak-256 of the bytes of the price file.
    pub price_file: Hash32,
    /// The statements in the order of the ambassadors' indexes.
    pub statements: Vec<Statement>,
}

/// What a month's price is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceSource {
    /// Keccak-256 of the bytes of the price file.
    pub file: Hash32,
    /// Whether a last close far off the mean stops the month.
    pub check: DeviationCheck,
}

/// Why a month has no statements.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
#[expect(missing_docs, reason = "each is the error of the step of that name")]
pub enum StatementError {
    Settlement(#[from] SettlementError),
    Price(#[from] PriceError),
    Conversion(#[from] ConversionError),
}

impl Diagnostic for StatementError {
    fn code(&self) -> &'static str {
        match self {
            Self::Settlement(error) => error.code(),
            Self::Price(error) => error.code(),
            Self::Conversion(error) => error.code(),
        }
    }

    fn help(&self) -> String {
        match self {
            Self::Settlement(error) => error.help(),
            Self::Price(error) => error.help(),
            Self::Conversion(error) => error.help(),
        }
    }
}

/// Settles a month and states it for every ambassador enrolled before its end.
///
/// A pure function: the same records, measurements and earlier credits give the same statements on any machine.
///
/// # Errors
///
/// The month cannot be settled, has no price, or has a sum that no token amount could hold.
pub fn state_month(
    programme: &Programme,
    measurements: &Measurements,
    credited: &Credited,
    month: Month,
    source: PriceSource,
) -> Result<SettledMonth, StatementError> {
    let records = programme.records();
    let terms = records.terms.in_force(month).ok_or(SettlementError::NoTerms(month))?;
    let months = settle(programme, measurements, credited, month)?;
    let price = month_price(terms.price(), &records.closes, month, source.check)?;
    let statements = records
        .ambassadors
        .iter()
        .filter(|ambassador| ambassador.joined_at < month.end())
        .zip(months)
        .map(|(ambassador, month)| {
            let total = month.total().ok_or_else(|| SettlementError::Overflow(ambassador.id.clone()))?;
            let amount = floor_to_base_units(total, price.price, terms.token().decimals)?;
            let account = programme.resolve(&ambassador.payee);
            Ok(Statement { ambassador: ambassador.clone(), account, month, total, amount })
        })
        .collect::<Result<_, StatementError>>()?;
    let (programme, price_file) = (terms.name().clone(), source.file);
    Ok(SettledMonth { month, programme, terms: terms.clone(), price, price_file, statements })
}

impl SettledMonth {
    /// Returns what the month pays to all, or `None` beyond 128 bits.
    pub fn total(&self) -> Option<Usd> {
        self.statements.iter().map(|statement| statement.total).try_fold(Usd::ZERO, Usd::checked_add)
    }

    /// Returns the tokens that the month needs in the claim contract, or `None` beyond 128 bits.
    pub fn amount(&self) -> Option<TokenAmount> {
        self.statements.iter().map(|statement| statement.amount).try_fold(TokenAmount::ZERO, TokenAmount::checked_add)
    }

    /// Returns what the month adds to the credits of each line.
    pub fn add_to(&self, credited: &mut Credited) -> Option<()> {
        for statement in &self.statements {
            for line in &statement.month.lines {
                let key =
                    LineKey { creator: line.creator.clone(), kind: line.kind, ambassador: statement.month.ambassador };
                let sum = credited.entry(key).or_default();
                *sum = sum.checked_add(line.credit)?;
            }
        }
        Some(())
    }
}
