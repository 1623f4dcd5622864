//! Where every issued claim stands, row by row, as `status` shows it and `publish` writes it down.

use std::collections::BTreeMap;

use ambassador_core::claim::Claim;
use serde_json::{Value, json};

use super::{
    event::{Pair, SettlingEvent, by_month},
    issued::{Issued, Kind},
    reading::View,
    standing::Standing,
};

/// An issued claim and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The claim.
    pub issued: &'a Issued,
    /// The state in one word.
    pub state: &'static str,
    /// The event that settled it, if one did.
    pub event: Option<&'a SettlingEvent>,
    /// The last second at which it, or one in its place, can be redeemed.
    pub deadline: u64,
}

impl View {
    /// Returns a row for every claim of this contract, in the order of months and indexes.
    ///
    /// A month is `redeemed` where it was paid by its own claim or by one in its place; such a one is `redeemed` itself
    /// where it was paid, and `superseded` where a month of it was settled otherwise.
    pub fn rows<'a>(&'a self, issued: &'a [Issued]) -> Vec<Row<'a>> {
        let events = by_month(&self.events);
        let mut over: BTreeMap<Pair, Vec<&Issued>> = BTreeMap::new();
        let ours = || issued.iter().filter(|issued| issued.domain == self.domain);
        for one in ours() {
            for month in one.claim.months.months() {
                over.entry((one.claim.index.as_u32(), month)).or_default().push(one);
            }
        }
        let row = |one: &'a Issued| {
            let pair = (one.claim.index.as_u32(), one.claim.months.from());
            let event = events.get(&pair).copied();
            match one.kind {
                Kind::Own => {
                    let over = over.get(&pair).map(Vec::as_slice).unwrap_or_default();
                    let standing = self.standing(event, over);
                    let deadline = match standing {
                        Standing::Claimable(by) => by.claim.deadline,
                        _ => one.claim.deadline,
                    };
                    Row { issued: one, state: standing.as_str(), event: standing.into_event(), deadline }
                }
                Kind::Replacement(_) => self.row(one, event.filter(|event| event.what.pays(&one.claim))),
            }
        };
        let mut rows: Vec<Row<'a>> = ours().map(row).collect();
        rows.sort_by_key(|row| (row.issued.claim.months, row.issued.claim.index.as_u32()));
        rows
    }

    /// Returns the row of a claim in the place of others; `event` paid it, if one did.
    fn row<'a>(&self, issued: &'a Issued, event: Option<&'a SettlingEvent>) -> Row<'a> {
        let Claim { index, months, deadline, .. } = issued.claim;
        let state = match event {
            Some(_) => "redeemed",
            None if months.months().any(|month| self.settled.contains(&(index.as_u32(), month))) => "superseded",
            None if self.can_be_redeemed(issued) => "claimable",
            None => "expired",
        };
        Row { issued, state, event, deadline }
    }
}

impl Row<'_> {
    /// Returns the months in words: one, or the first and the last.
    pub fn months(&self) -> String {
        let months = self.issued.claim.months;
        if months.from() == months.to() {
            months.from().to_string()
        } else {
            format!("{}..{}", months.from(), months.to())
        }
    }

    /// Returns the row for scripts.
    pub fn to_json(&self) -> Value {
        let claim = &self.issued.claim;
        json!({
            "from": claim.months.from().to_string(),
            "to": claim.months.to().to_string(),
            "index": claim.index.to_string(),
            "id": self.issued.id,
            "account": claim.account.to_string(),
            "amount": claim.amount.to_string(),
            "digest": claim.digest(&self.issued.domain).to_string(),
            "replacement": self.issued.kind != Kind::Own,
            "state": self.state,
            "valid_until": self.deadline.to_string(),
            "settled_at": self.event.map(|event| event.block.time.to_string()),
            "block": self.event.map(|event| event.block.number.to_string()),
            "transaction": self.event.map(|event| event.transaction.to_string()),
        })
    }
}
