//! Tables for a terminal: columns aligned by the width that people see.

use ambassador_core::identifier::is_deceptive;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

/// On which side a column is ragged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A table in the making.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Makes an empty table.
    pub fn new(columns: &[(&str, Align)]) -> Self {
        let columns = columns.iter().map(|(name, align)| ((*name).to_owned(), *align)).collect();
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row; missing cells are empty.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(|cell| printable(&cell.into())).collect());
    }

    /// Returns the lines, indented by `indent` spaces, without spaces at their ends.
    pub fn render(&self, indent: usize) -> String {
        let header: Vec<String> = self.columns.iter().map(|(name, _)| name.clone()).collect();
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|column| {
                let cells = self.rows.iter().chain([&header]).filter_map(|row| row.get(column));
                cells.map(|cell| cell.width()).max().unwrap_or_default()
            })
            .collect();
        let mut text = String::new();
        for row in [&header].into_iter().chain(&self.rows) {
            let mut line = " ".repeat(indent);
            for (position, ((_, align), width)) in self.columns.iter().zip(&widths).enumerate() {
                let cell = row.get(position).map_or("", String::as_str);
                let padding = " ".repeat(width.saturating_sub(cell.width()));
                let gap = if position == 0 { "" } else { "  " };
                line.push_str(gap);
                match align {
                    Align::Left => line.extend([cell, &padding]),
                    Align::Right => line.extend([padding.as_str(), cell]),
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// Returns a text in which nothing can move the cursor or turn what stands around it.
pub fn printable(text: &str) -> String {
    text.chars().map(|character| if is_deceptive(character) { '\u{fffd}' } else { character }).collect()
}

/// Returns JSON that says the same, in which nothing can move the cursor or turn what stands around it.
pub fn json_text(value: &Value) -> String {
    let mut text = String::new();
    for character in value.to_string().chars() {
        // What is not ASCII stands within quotes, and so does a delete; a writer of JSON escapes the rest itself.
        if is_deceptive(character) {
            let mut units = [0; 2];
            text.extend(character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            text.push(character);
        }
    }
    text
}

/// Returns a decimal number with separators of thousands and at least two decimal places, for people.
pub fn grouped(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut grouped = String::new();
    for (position, digit) in whole.chars().enumerate() {
        let left = whole.len().saturating_sub(position);
        if position > 0 && left.checked_rem(3) == Some(0) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}.{fraction:0<2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, expected) in [
            ("0", "0.00"),
            ("1250", "1,250.00"),
            ("-125.5", "-125.50"),
            ("21000.123456", "21,000.123456"),
            ("100", "100.00"),
            ("1000000", "1,000,000.00"),
        ] {
            assert_eq!(grouped(number), expected);
        }
    }

    #[test]
    fn json_says_the_same_and_is_plain() {
        let value = Value::from("\u{1b}[2J\u{9b}\u{7f}\u{202e}\u{e0041}ü\u{10ffff}\n");
        let text = json_text(&value);
        assert_eq!(text, "\"\\u001b[2J\\u009b\\u007f\\u202e\\udb40\\udc41ü\u{10ffff}\\n\"");
        assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(value));
    }

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::new(&[("name", Align::Left), ("usd", Align::Right)]);
        table.row(["Zoë", "1"]);
        table.row(["名前\u{1b}", "1,250"]);
        assert_eq!(table.render(1), " name     usd\n Zoë        1\n 名前\u{fffd}  1,250\n");
    }
}
