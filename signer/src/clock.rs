//! The one place that asks what time it is.

use std::time::{SystemTime, UNIX_EPOCH};

use ambassador_core::calendar::Instant;

/// Returns the present second.
pub fn now() -> Instant {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map(|elapsed| elapsed.as_secs()).unwrap_or_default();
    i64::try_from(seconds).ok().and_then(Instant::from_unix_seconds).unwrap_or(Instant::EPOCH)
}
