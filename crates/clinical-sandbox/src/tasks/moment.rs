//! Calendar times as the vendor writes them: UTC, whole seconds, `2024-12-22T10:30:00Z`.

use std::time::{Duration, SystemTime};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// `start` and so much later, in RFC 3339. A time outside of RFC 3339's years gives the first of them.
pub(crate) fn rfc3339(start: SystemTime, later: Duration) -> String {
    let moment = start.checked_add(later).unwrap_or(start);
    let exact = OffsetDateTime::from(moment);
    exact.replace_nanosecond(0).unwrap_or(exact).format(&Rfc3339).unwrap_or_else(|_| "0001-01-01T00:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_in_utc_and_whole_seconds() {
        let start = SystemTime::UNIX_EPOCH + Duration::from_millis(1_734_863_400_900);
        assert_eq!(rfc3339(start, Duration::ZERO), "2024-12-22T10:30:00Z");
        assert_eq!(rfc3339(start, Duration::from_millis(100)), "2024-12-22T10:30:01Z");
    }
}
