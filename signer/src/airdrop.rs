//! A month's transfers as the CSV Airdrop app of a Safe reads them: amounts in whole tokens, exact.

use ambassador_core::statement::SettledMonth;

use crate::summary::csv_cell;

/// Returns the file, with one transfer for each ambassador that is paid.
pub fn to_csv(month: &SettledMonth) -> String {
    let token = month.terms.token();
    let mut text = String::from("token_type,token_address,receiver,amount,id\n");
    for statement in month.statements.iter().filter(|statement| !statement.amount.is_zero()) {
        let Some(account) = statement.account else { continue };
        let amount = statement.amount.to_tokens(token.decimals);
        // Only tokens that are no two alike have an id.
        let cells = ["erc20", &token.address.to_string(), &account.to_string(), &amount, ""];
        text.push_str(&cells.map(csv_cell).join(","));
        text.push('\n');
    }
    text
}
