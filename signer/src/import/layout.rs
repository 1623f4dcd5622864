//! Times as exporters write them, as instants.

use jiff::{Timestamp, fmt::strtime, tz::TimeZone};
use serde::Deserialize;

use ambassador_core::calendar::Instant;

/// How the times of an export are written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Layout {
    /// `rfc3339`, `unix`, `unix-ms`, or the letters of strftime.
    #[serde(default)]
    layout: Option<String>,
    /// The time zone by its name in the IANA database, where the texts do not say it.
    #[serde(default)]
    zone: Option<String>,
}

/// Turns the texts of one column into instants.
#[derive(Clone, Debug)]
pub(super) enum Clock {
    Rfc3339,
    Unix,
    UnixMilliseconds,
    Local { layout: String, zone: TimeZone },
    Offset { layout: String },
}

impl Layout {
    /// Returns the reader of such texts.
    ///
    /// # Errors
    ///
    /// What is wrong with the layout, and how to mend it.
    pub(super) fn clock(&self) -> Result<Clock, (String, &'static str)> {
        let named = match self.layout.as_deref() {
            None | Some("rfc3339") => Some(Clock::Rfc3339),
            Some("unix") => Some(Clock::Unix),
            Some("unix-ms") => Some(Clock::UnixMilliseconds),
            Some(_) => None,
        };
        match (named, &self.layout, &self.zone) {
            (Some(clock), _, None) => Ok(clock),
            (Some(_), _, Some(_)) => {
                Err(("times of this layout say their zone themselves".to_owned(), "remove `zone`"))
            }
            (None, Some(layout), None) if layout.contains("%z") || layout.contains("%:z") => {
                Ok(Clock::Offset { layout: layout.clone() })
            }
            (None, Some(layout), Some(zone)) if !layout.contains("%z") && !layout.contains("%:z") => {
                let zone = TimeZone::get(zone).map_err(|_| {
                    let message = format!("there is no time zone `{}`", zone.escape_debug());
                    (message, "write a name of the IANA database, such as `UTC` or `America/New_York`")
                })?;
                Ok(Clock::Local { layout: layout.clone(), zone })
            }
            (None, _, Some(_)) => Err(("the zone stands in the layout and beside it".to_owned(), "remove `zone`")),
            (None, _, None) => Err((
                "nothing says of which time zone the times are".to_owned(),
                "add `zone`, such as `zone = \"UTC\"`, after asking whoever exported the file",
            )),
        }
    }
}

impl Clock {
    /// Reads one text.
    ///
    /// # Errors
    ///
    /// A sentence: no such time, a time that the clocks skipped, or one that they showed twice.
    pub(super) fn read(&self, text: &str) -> Result<Timestamp, String> {
        let core = |text: &str| -> Result<Timestamp, String> {
            let instant: Instant =
                text.parse().map_err(|error: ambassador_core::calendar::CalendarError| error.to_string())?;
            Timestamp::from_nanosecond(i128::from(instant.to_unix_nanos())).map_err(|error| error.to_string())
        };
        let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
        match self {
            // The core takes both.
            Self::Rfc3339 if is_digits => Err(format!("`{}` is not an RFC 3339 time", text.escape_debug())),
            Self::Unix if !is_digits => Err(format!("`{}` is not a whole number of seconds", text.escape_debug())),
            Self::Rfc3339 | Self::Unix => core(text),
            Self::UnixMilliseconds => {
                let is_plain = is_digits && (1..=14).contains(&text.len());
                let milliseconds = is_plain.then(|| text.parse().ok()).flatten();
                milliseconds
                    .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
                    .ok_or_else(|| format!("`{}` is not a whole number of milliseconds", text.escape_debug()))
            }
            Self::Local { layout, zone } => {
                let broken = broken_down(layout, text)?;
                let local = broken.to_datetime().map_err(|_| no_time(text))?;
                zone.to_ambiguous_timestamp(local)
                    .unambiguous()
                    .map_err(|_| format!("the clocks of that zone show `{}` twice, or never", text.escape_debug()))
            }
            Self::Offset { layout } => broken_down(layout, text)?.to_timestamp().map_err(|_| no_time(text)),
        }
    }
}

fn no_time(text: &str) -> String {
    format!("`{}` is no time of the calendar", text.escape_debug())
}

fn broken_down(layout: &str, text: &str) -> Result<strtime::BrokenDownTime, String> {
    // A second 60 would be taken for a 59.
    if text.contains(":60") {
        return Err(format!("`{}` has a second that no clock of ours shows", text.escape_debug()));
    }
    strtime::parse(layout, text)
        .map_err(|_| format!("`{}` does not have the layout `{}`", text.escape_debug(), layout.escape_debug()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(layout: &str, zone: Option<&str>, text: &str) -> Result<String, String> {
        let layout = Layout { layout: Some(layout.to_owned()), zone: zone.map(str::to_owned) };
        layout.clock().map_err(|(message, _)| message)?.read(text).map(|time| time.to_string())
    }

    #[test]
    fn times_are_read_as_their_layout_says() {
        for (layout, zone, text, expected) in [
            ("rfc3339", None, "2020-12-05T05:01:01+01:00", "2020-12-05T04:01:01Z"),
            ("unix", None, "1607144461", "2020-12-05T05:01:01Z"),
            ("unix-ms", None, "1607144461123", "2020-12-05T05:01:01.123Z"),
            ("%Y-%m-%d %H:%M:%S", Some("UTC"), "2020-12-05 05:01:01", "2020-12-05T05:01:01Z"),
            ("%Y-%m-%d %H:%M:%S UTC", Some("UTC"), "2020-12-05 05:01:01 UTC", "2020-12-05T05:01:01Z"),
            ("%m/%d/%Y %I:%M %p", Some("America/New_York"), "12/05/2020 12:01 AM", "2020-12-05T05:01:00Z"),
            ("%m/%d/%Y %I:%M %p", Some("America/New_York"), "07/05/2020 12:01 AM", "2020-07-05T04:01:00Z"),
            ("%d.%m.%Y %H:%M:%S%.f", Some("Europe/Berlin"), "05.12.2020 06:01:01.5", "2020-12-05T05:01:01.5Z"),
            ("%Y-%m-%dT%H:%M:%S%z", None, "2020-12-05T06:01:01+0100", "2020-12-05T05:01:01Z"),
        ] {
            assert_eq!(read(layout, zone, text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn times_that_are_none_or_two_are_not_taken() {
        let local = "%Y-%m-%d %H:%M:%S";
        for (layout, zone, text) in [
            ("rfc3339", None, "2020-12-05 05:01:01"),
            ("rfc3339", None, "1607144461"),
            ("unix", None, "1607144461.5"),
            ("unix", None, "2020-12-05T05:01:01Z"),
            ("unix-ms", None, ""),
            ("unix-ms", None, "-1"),
            (local, Some("UTC"), "2020-11-31 05:01:01"),
            (local, Some("UTC"), "2020-12-05 24:01:01"),
            (local, Some("UTC"), "2016-12-31 23:59:60"),
            (local, Some("UTC"), "2020-12-05 05:01:01 CET"),
            (local, Some("UTC"), ""),
            // Skipped in spring, shown twice in autumn.
            (local, Some("America/New_York"), "2021-03-14 02:30:00"),
            (local, Some("America/New_York"), "2020-11-01 01:30:00"),
        ] {
            assert!(read(layout, zone, text).is_err(), "{text} by {layout}");
        }
    }

    #[test]
    fn a_layout_says_its_zone_exactly_once() {
        for (layout, zone) in [
            ("rfc3339", Some("UTC")),
            ("%Y-%m-%d", None),
            ("%Y-%m-%d %z", Some("UTC")),
            ("%Y-%m-%d", Some("Atlantis/Capital")),
            ("%Y-%m-%d", Some("../../etc/passwd")),
        ] {
            let layout = Layout { layout: Some(layout.to_owned()), zone: zone.map(str::to_owned) };
            assert!(layout.clock().is_err(), "{layout:?}");
        }
    }
}
