//! The usual line of JSON Lines: one flat object of known fields whose texts have no escapes, cut at its quotes.

use ambassador_core::event::EventText;

use super::{
    activity::{COLUMNS, OCCURRED_AT, REVERSES, event_text},
    columns::Need,
    quotes::Marks,
};

/// Digits of which no number is above 64 bits.
const MOST_DIGITS: usize = 19;

/// Reads usual lines, and remembers in which order their fields stand: mostly the next line's is the same.
#[derive(Clone, Debug, Default)]
pub(super) struct FlatLines {
    order: Vec<usize>,
    marks: Marks,
}

/// What stands behind a text or a number.
enum Behind {
    /// The next field.
    Field,
    /// The end of the object and of the line.
    End,
}

impl FlatLines {
    /// Returns the fields of a line, or nothing where it is unusual or wrong: the strict reader knows which.
    pub(super) fn read<'t>(&mut self, line: &'t [u8]) -> Option<EventText<'t>> {
        // All bytes are looked at, whatever they are: many at once that way.
        let is_odd = |byte: u8| matches!(byte, 0..b' ' | b'\\');
        if line.iter().fold(false, |odd, byte| odd | is_odd(*byte)) {
            return None;
        }
        let text = str::from_utf8(line).ok()?;
        let mut quotes = self.marks.quotes(line);
        let mut values: [Option<&str>; COLUMNS.len()] = [None; COLUMNS.len()];
        let mut open = quotes.next()?;
        if text.get(..open) != Some("{") {
            return None;
        }
        for nth in 0..COLUMNS.len() {
            let close = quotes.next()?;
            let field = field_named(&mut self.order, nth, text.get(open.saturating_add(1)..close)?)?;
            let next = quotes.next();
            let between = text.get(close.saturating_add(1)..next.unwrap_or(text.len()))?;
            let (value, behind, next) = if let (":" | ": ", Some(start)) = (between, next) {
                let end = quotes.next()?;
                let next = quotes.next();
                let behind = text.get(end.saturating_add(1)..next.unwrap_or(text.len()))?;
                (text.get(start.saturating_add(1)..end)?, behind, next)
            } else {
                let bare = between.strip_prefix(": ").or_else(|| between.strip_prefix(':'))?;
                let (value, behind) = bare.split_at_checked(bare.find([',', '}'])?)?;
                (bare_value(field, value)?, behind, next)
            };
            let slot = values.get_mut(field)?;
            if slot.replace(value).is_some() {
                return None;
            }
            match (end_of(behind)?, next) {
                (Behind::Field, Some(next)) => open = next,
                (Behind::End, None) => {
                    let complete = |(column, value): (_, &Option<_>)| is_optional(column) || value.is_some();
                    let all = COLUMNS.iter().zip(&values).all(complete);
                    return all.then(|| event_text(|position| values.get(position).copied().flatten()));
                }
                _ => return None,
            }
        }
        None
    }
}

/// Returns the position of the field `name`, which is the `nth` of its line; `order` remembers it.
fn field_named(order: &mut Vec<usize>, nth: usize, name: &str) -> Option<usize> {
    let is_named = |field: usize| COLUMNS.get(field).is_some_and(|column| column.name == name);
    if let Some(field) = order.get(nth).copied().filter(|field| is_named(*field)) {
        return Some(field);
    }
    let field = (0..COLUMNS.len()).find(|field| is_named(*field))?;
    order.truncate(nth);
    if order.len() == nth {
        order.push(field);
    }
    Some(field)
}

fn is_optional(column: &super::columns::Column<'_>) -> bool {
    column.need == Need::Optional
}

fn end_of(behind: &str) -> Option<Behind> {
    match behind {
        "," | ", " => Some(Behind::Field),
        "}" => Some(Behind::End),
        _ => None,
    }
}

/// Returns the text of a value without quotes where such a value may stand: seconds, or the absence of a reversal.
fn bare_value(field: usize, value: &str) -> Option<&str> {
    let is_number = || {
        let digits = value.as_bytes();
        (1..=MOST_DIGITS).contains(&digits.len())
            && digits.iter().all(u8::is_ascii_digit)
            && (digits.len() == 1 || digits.first() != Some(&b'0'))
    };
    match field {
        OCCURRED_AT if is_number() => Some(value),
        REVERSES if value == "null" => Some(""),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::panic, reason = "a test that cannot go on should stop")]

    use super::*;
    use crate::intake::jsonl::EventLine;

    const USUAL: &str =
        r#"{"event_id":"e","occurred_at":"2020","coin":"c","kind":"k","actor":"ü 1","amount_usd":"5","reverses":"r"}"#;

    fn fields<'t>(text: &EventText<'t>) -> [&'t str; 7] {
        [text.event_id, text.occurred_at, text.coin, text.kind, text.actor, text.amount_usd, text.reverses]
    }

    /// Checks whether a line is usual, and that the strict reader then reads the same.
    fn check(line: &str, usual: bool) {
        let mut flat = FlatLines::default();
        // The order that another line left must not matter.
        flat.read(br#"{"coin":"c","event_id":"e"}"#);
        let found = flat.read(line.as_bytes());
        assert_eq!(found.is_some(), usual, "{line}");
        if let Some(found) = found {
            let strict = EventLine::parse(line.as_bytes()).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(fields(&found), fields(&strict.as_text()), "{line}");
        }
    }

    #[test]
    fn usual_lines_are_read_and_no_others() {
        check(USUAL, true);
        check(&USUAL.replace(':', ": ").replace(',', ", "), true);
        check(&USUAL.replace(r#","reverses":"r""#, ""), true);
        check(&USUAL.replace(r#""reverses":"r""#, r#""reverses":null"#), true);
        check(&USUAL.replace(r#""r"}"#, r#"""}"#), true);
        check(&USUAL.replace(r#""2020""#, "1606780800"), true);
        check(&USUAL.replace(r#""2020""#, "0"), true);
        check(
            r#"{"reverses":null,"occurred_at":7,"coin":"c","amount_usd":"5","kind":"k","actor":"a","event_id":"e"}"#,
            true,
        );
        for value in ["01", "1.0", "1e9", "-1", "", "null", "true", "99999999999999999999", "1 ", "[]", "{}", "0x1"] {
            check(&USUAL.replace(r#""2020""#, value), false);
        }
        for (from, to) in [
            (r#""r"}"#, r"null }"),
            (r#""r"}"#, r"false}"),
            (r#""r"}"#, r#""r"},"#),
            (r#""r"}"#, r#""r"}}"#),
            (r#""r"}"#, r#""r",}"#),
            (r#""r"}"#, r#""r""#),
            (r#""r"}"#, r#""r"#),
            (r#""r"}"#, r#""r","x":"y"}"#),
            (r#""r"}"#, r#""r","coin":"c"}"#),
            (r#""reverses":"r""#, r#""coin":"c""#),
            (r#""reverses""#, r#""reverse""#),
            (r#""coin":"c","#, ""),
            (r#""coin":"c""#, r#""coin":5"#),
            (r#""coin":"c""#, r#""coin":null"#),
            (r#""coin":"c""#, r#""coin" :"c""#),
            (r#""coin":"c""#, r#""coin":"c" "#),
            (r#""coin":"c""#, r#""coin":"c\n""#),
            (r#""coin":"c""#, "\"coin\":\"c\t\""),
            (r#""coin":"c""#, r#""coin"::"c""#),
            (r#""coin":"c""#, r#""coin":"c":"c""#),
            (r#""coin":"c","#, r#""coin":"c",,"#),
            ("{", "{{"),
            ("{", " {"),
            ("{", "["),
            ("{", ""),
        ] {
            check(&USUAL.replacen(from, to, 1), false);
        }
        for line in
            ["", "{", "}", "{}", "\"", "\"\"", "null", "[1]", "{\"\"", "{\"coin\"", "{\"coin\":", "{\"coin\":\""]
        {
            check(line, false);
        }
        assert_eq!(FlatLines::default().read(b"{\"coin\":\"\xff\"}").map(|_| ()), None);
    }
}
