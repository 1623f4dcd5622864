//! What each ambassador received in a month and what it was worth, as a spreadsheet reads it.

use ambassador_core::{
    conversion::WorthError,
    records::Close,
    worth::{Worth, at_instant, at_month_end},
};

use crate::{intake::redemptions::Redemption, month::MonthWork, summary::csv_cell};

const HEADER: &str = "month,index,id,name,account,chain_id,token,symbol,amount,credited_usd,valued_on,value_usd,\
redeemed_at,redeemed_value_usd,statement\n";

/// Returns the file, with a row for each ambassador that is paid.
///
/// The fields of a redemption are empty where it is not known, and its value where its day has no close.
///
/// # Errors
///
/// A worth does not fit into 128 bits.
pub fn to_csv(work: &MonthWork, redemptions: &[Redemption], closes: &[Close]) -> Result<String, WorthError> {
    let settled = &work.settled;
    let token = settled.terms.token();
    let mut text = String::from(HEADER);
    for (statement, file) in settled.statements.iter().zip(work.statements.values()) {
        if statement.amount.is_zero() {
            continue;
        }
        let ambassador = &statement.ambassador;
        let month_end = at_month_end(statement, settled)?;
        let mut known = redemptions.iter().filter(|known| known.month == settled.month);
        let redeemed = known.find(|known| known.index == ambassador.index).map(|known| known.redeemed_at);
        let worth = match redeemed {
            Some(instant) => at_instant(statement.amount, token.decimals, instant, closes)?,
            None => None,
        };
        let usd = |worth: Option<Worth>| worth.map(|worth| worth.usd.to_string()).unwrap_or_default();
        let cells = [
            settled.month.to_string(),
            ambassador.index.to_string(),
            ambassador.id.to_string(),
            ambassador.name.to_string(),
            statement.account.map(|account| account.to_string()).unwrap_or_default(),
            token.chain_id.to_string(),
            token.address.to_string(),
            token.symbol.to_string(),
            statement.amount.to_tokens(token.decimals),
            statement.total.to_string(),
            month_end.map(|worth| worth.date.to_string()).unwrap_or_default(),
            usd(month_end),
            redeemed.map(|instant| instant.to_string()).unwrap_or_default(),
            usd(worth),
            file.hash.to_string(),
        ];
        text.push_str(&cells.map(|cell| csv_cell(&cell)).join(","));
        text.push('\n');
    }
    Ok(text)
}
