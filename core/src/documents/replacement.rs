//! `ambassador-replacement/1`: why a claim stands in the place of months' own claims; its hash stands in the claim.
//!
//! Such a claim settles several months at once, or pays a month to another account once its own claim has expired.
//! It is over what the own claims are over together, and names each by its digest and its statement's hash, so that who
//! has the statements can check the sum. Whether those claims were redeemed, only the contract says: it pays no claim
//! of whose months one is settled.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use serde::{Deserialize, Serialize};

use super::json::{self, DocumentError, field};
use crate::{
    address::Address,
    calendar::Month,
    claim::{Claim, MonthRange},
    diagnostic::Diagnostic as _,
    hash::{Hash32, keccak256},
    records::AmbassadorIndex,
    token::TokenAmount,
};

/// The schema that this version reads and writes.
pub const SCHEMA: &str = "ambassador-replacement/1";

super::document! {
    /// A claim in the place of others.
    ReplacementDocument {
        schema: String,
        ambassador: ReplacedAmbassador,
        account: String,
        from: String,
        to: String,
        months: Vec<ReplacedPart>,
        amount: String,
        valid_until: String,
    }
    /// Whose claims they are.
    ReplacedAmbassador { index: String, id: String }
    /// A month's own claim.
    ReplacedPart { month: String, statement: String, amount: String, digest: String }
}

/// A month's own claim, which is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The month.
    pub month: Month,
    /// The statement hash.
    pub statement: Hash32,
    /// The amount.
    pub amount: TokenAmount,
    /// The digest of the own claim.
    pub digest: Hash32,
}

/// A claim in the place of others, before it has its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement<'a> {
    /// The ambassador.
    pub index: AmbassadorIndex,
    /// The ambassador's id.
    pub id: &'a str,
    /// The account that is paid.
    pub account: Address,
    /// The months that are settled; those that have no own claim pay nothing and are settled, too.
    pub months: MonthRange,
    /// The own claims, in the order of months.
    pub replaced: &'a [Replaced],
    /// The deadline in unix seconds.
    pub deadline: u64,
}

impl ReplacementDocument {
    /// Writes a replacement down; returns `None` where the sum is larger than any token amount.
    pub fn of(replacement: &Replacement<'_>) -> Option<Self> {
        let amounts = replacement.replaced.iter().map(|replaced| replaced.amount);
        let amount = amounts.into_iter().try_fold(TokenAmount::ZERO, TokenAmount::checked_add)?;
        let part = |replaced: &Replaced| ReplacedPart {
            month: replaced.month.to_string(),
            statement: replaced.statement.to_string(),
            amount: replaced.amount.to_string(),
            digest: replaced.digest.to_string(),
        };
        Some(Self {
            schema: SCHEMA.to_string(),
            ambassador: ReplacedAmbassador { index: replacement.index.to_string(), id: replacement.id.to_string() },
            account: replacement.account.to_string(),
            from: replacement.months.from().to_string(),
            to: replacement.months.to().to_string(),
            months: replacement.replaced.iter().map(part).collect(),
            amount: amount.to_string(),
            valid_until: replacement.deadline.to_string(),
        })
    }

    /// Returns the bytes that are published and hashed.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }

    /// Reads a replacement from its bytes.
    ///
    /// # Errors
    ///
    /// The bytes are no such document, or not in the one form that its hash is taken of.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DocumentError> {
        let document: Self = json::from_canonical_bytes(bytes)?;
        json::check_schema(&document.schema, SCHEMA)?;
        Ok(document)
    }

    /// Returns the claim that it explains.
    ///
    /// # Errors
    ///
    /// A field cannot be read, the months are out of order or outside the range, or the amounts make another sum.
    pub fn to_claim(&self) -> Result<Claim, DocumentError> {
        let months = MonthRange::new(field(|| "from".into(), &self.from)?, field(|| "to".into(), &self.to)?);
        let months = months.map_err(|error| DocumentError::Field {
            path: "to".to_string(),
            code: error.code(),
            message: error.to_string(),
            help: error.help(),
        })?;
        let mut sum = TokenAmount::ZERO;
        let mut next = Some(months.from());
        for (place, replaced) in self.replaced()?.into_iter().enumerate() {
            let path = |name: &str| format!("months[{place}].{name}");
            if next.is_none_or(|next| replaced.month < next) || replaced.month > months.to() {
                return Err(wrong(path("month"), "MONTH_ORDER", format!("`{}` stands out of order", replaced.month)));
            }
            next = Some(replaced.month.next());
            sum = sum
                .checked_add(replaced.amount)
                .ok_or_else(|| wrong(path("amount"), "SUM_OVERFLOW", "the sum is too large".to_string()))?;
        }
        super::claim::expect_equal("amount", &self.amount, &sum.to_string())?;
        if sum.is_zero() {
            return Err(wrong("amount".to_string(), "CLAIM_ZERO", "a claim of nothing".to_string()));
        }
        let number: TokenAmount = field(|| "valid_until".into(), &self.valid_until)?;
        let index: TokenAmount = field(|| "ambassador.index".into(), &self.ambassador.index)?;
        let large = |path: &str| wrong(path.to_string(), "NUMBER_TOO_LARGE", "the number is too large".to_string());
        Ok(Claim {
            account: field(|| "account".into(), &self.account)?,
            index: AmbassadorIndex::new(index.as_base_units().try_into().map_err(|_| large("ambassador.index"))?),
            months,
            amount: sum,
            deadline: number.as_base_units().try_into().map_err(|_| large("valid_until"))?,
            statement: keccak256(&[&self.to_bytes()]),
        })
    }

    /// Returns the own claims that it replaces.
    ///
    /// # Errors
    ///
    /// A field cannot be read.
    pub fn replaced(&self) -> Result<Vec<Replaced>, DocumentError> {
        let read = |(place, part): (usize, &ReplacedPart)| {
            let path = |name: &'static str| move || format!("months[{place}].{name}");
            Ok(Replaced {
                month: field(path("month"), &part.month)?,
                statement: field(path("statement"), &part.statement)?,
                amount: field(path("amount"), &part.amount)?,
                digest: field(path("digest"), &part.digest)?,
            })
        };
        self.months.iter().enumerate().map(read).collect()
    }
}

fn wrong(path: String, code: &'static str, message: String) -> DocumentError {
    let help = "the file was changed or damaged: fetch it again from its source".to_string();
    DocumentError::Field { path, code, message, help }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test that cannot go on should stop")]

    use super::*;

    fn month(number: u32) -> Month {
        Month::from_number(number).expect("a month")
    }

    #[test]
    fn a_replacement_leads_to_its_claim_and_nothing_else_does() {
        type Spoil = fn(&mut ReplacementDocument);
        let account: Address = "0x67cFaBBC75F4aeCB0C48db513b37a11db92dDf4b".parse().expect("an address");
        let one = |number, amount| Replaced {
            month: month(number),
            statement: Hash32::from_bytes([1; 32]),
            amount: TokenAmount::from_base_units(amount),
            digest: Hash32::from_bytes([2; 32]),
        };
        let replaced = [one(611, 21), one(613, 4)];
        let months = MonthRange::new(month(611), month(613)).expect("one block");
        let index = AmbassadorIndex::new(7);
        let replacement = Replacement { index, id: "alex", account, months, replaced: &replaced, deadline: 99 };
        let document = ReplacementDocument::of(&replacement).expect("a sum");
        let claim = document.to_claim().expect("it agrees with itself");
        assert_eq!((claim.account, claim.index, claim.months, claim.deadline), (account, index, months, 99));
        assert_eq!(claim.amount.as_base_units(), 25);
        assert_eq!(claim.statement, keccak256(&[&document.to_bytes()]));
        assert_eq!(ReplacementDocument::from_bytes(&document.to_bytes()), Ok(document.clone()));
        assert_eq!(document.replaced().expect("they are read"), replaced);

        let spoilt: [(Spoil, &str); 5] = [
            (|document| document.amount = "26".to_string(), "FIELD_MISMATCH"),
            (|document| document.months.reverse(), "MONTH_ORDER"),
            (|document| document.to = "2021-01".to_string(), "MONTH_ORDER"),
            (|document| document.to = "2022-05".to_string(), "CLAIM_MONTHS"),
            (|document| document.ambassador.index = "4294967296".to_string(), "NUMBER_TOO_LARGE"),
        ];
        for (spoil, code) in spoilt {
            let mut document = document.clone();
            spoil(&mut document);
            assert_eq!(document.to_claim().map_err(|error| error.code()), Err(code));
        }
    }
}
