//! Dates as a calendar file (iCalendar, RFC 5545).

use ambassador_core::{calendar::Instant, dates::UpcomingDate};

/// The most octets of a line without its end.
const MOST_OCTETS: usize = 75;

/// Whose dates a calendar has, and as of when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar<'a> {
    /// The programme's name.
    pub programme: &'a str,
    /// What tells this ambassador's dates from all others in the world; letters, digits, `-`, `.` and `@`.
    pub owner: String,
    /// When the dates were known to be so.
    pub as_of: Instant,
}

impl Calendar<'_> {
    /// Returns the file.
    ///
    /// A date keeps its UID when it moves, so that a later file mends an earlier one.
    pub fn to_ics(&self, dates: &[UpcomingDate]) -> String {
        let mut lines = Lines(String::new());
        lines.push("BEGIN", "VCALENDAR");
        lines.push("VERSION", "2.0");
        lines.push("PRODID", "-//Rally Ambassadors//ambassador-signer//EN");
        for date in dates {
            lines.push("BEGIN", "VEVENT");
            lines.push("UID", &format!("{}.{}.{}", date.kind.as_str().replace('_', "-"), date.subject, self.owner));
            lines.push("DTSTAMP", &utc(self.as_of));
            lines.push("DTSTART", &utc(date.at));
            lines.push("SUMMARY", &escaped(&format!("{}: {}", self.programme, date.title)));
            lines.push("DESCRIPTION", &escaped(&date.sentence));
            lines.push("TRANSP", "TRANSPARENT");
            lines.push("END", "VEVENT");
        }
        lines.push("END", "VCALENDAR");
        lines.0
    }
}

/// Content lines, each folded and ended.
struct Lines(String);

impl Lines {
    fn push(&mut self, name: &str, value: &str) {
        let mut octets = 0_usize;
        for character in format!("{name}:{value}").chars() {
            let width = character.len_utf8();
            if octets.saturating_add(width) > MOST_OCTETS {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(character);
            octets = octets.saturating_add(width);
        }
        self.0.push_str("\r\n");
    }
}

/// Returns a whole second of UTC, such as `20210102T180000Z`.
fn utc(instant: Instant) -> String {
    let text = instant.to_string();
    let second = text.split(['.', 'Z']).next().unwrap_or_default();
    let digits: String = second.chars().filter(|character| !matches!(character, '-' | ':')).collect();
    digits + "Z"
}

/// Returns a TEXT value.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            character if character.is_control() => {}
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_folded_between_characters() {
        let mut lines = Lines(String::new());
        lines.push("SUMMARY", &"é".repeat(80));
        let folded: Vec<&str> = lines.0.split_terminator("\r\n").collect();
        assert!(folded.len() == 3 && folded.iter().all(|line| line.len() <= MOST_OCTETS), "{folded:?}");
        assert!(folded.iter().skip(1).all(|line| line.starts_with(' ')), "{folded:?}");
        assert_eq!(lines.0.replace("\r\n ", ""), format!("SUMMARY:{}\r\n", "é".repeat(80)));
        let mut lines = Lines(String::new());
        lines.push("X", &"a".repeat(73));
        assert_eq!(lines.0, format!("X:{}\r\n", "a".repeat(73)));
    }

    #[test]
    fn what_means_something_in_a_text_is_escaped() {
        assert_eq!(escaped("a,b;c\\d\ne\r:\"f\""), "a\\,b\\;c\\\\d\\ne:\"f\"");
    }

    #[test]
    fn an_instant_is_a_whole_second_of_utc() {
        let shown = |text: &str| text.parse().map(utc);
        assert_eq!(shown("2021-03-02T18:00:00.5+01:00").as_deref(), Ok("20210302T170000Z"));
    }
}
