//! The verdict on an attempt: from what was observed to a delivery, and from delivery and effect to
//! "again" or "stop".
//!
//! This is the retry table, and the only place where one is. The HTTP method does not occur in it.
//!
//! Where the statuses are from: 408 and the 5xx RFC 9110, sections 15.5.9 and 15.6; 425 RFC 8470,
//! section 5.2; 429 RFC 6585, section 4. A 503 that names a time (RFC 9110, section 15.6.4) is a
//! server that turns requests away; without one it may as well be a proxy that gave up on a server
//! which did the work, so it is uncertain, as 500, 502 and 504 are.

use crate::{Delivery, Effect};

/// Which back-off applies before the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    Transient,
    Throttle,
}

/// What a complete status line says about delivery. `hinted` is whether a readable `Retry-After`
/// came with it.
pub(crate) fn delivery_of_status(status: u16, hinted: bool) -> Delivery {
    match status {
        // Request Timeout, Too Early, Too Many Requests: turned away before processing.
        408 | 425 | 429 => Delivery::Refused,
        503 if hinted => Delivery::Refused,
        // Not Implemented and HTTP Version Not Supported are statements about the request itself, as the 4xx are.
        501 | 505 => Delivery::Answered,
        // Proxies say 499 when their client left, after the request went on; above 599 HTTP defines nothing.
        499.. => Delivery::Unknown,
        _ => Delivery::Answered,
    }
}

/// Which back-off a status asks for.
pub(crate) fn pace_of_status(status: u16, hinted: bool) -> Pace {
    match status {
        429 => Pace::Throttle,
        503 if hinted => Pace::Throttle,
        _ => Pace::Transient,
    }
}

/// Whether a request with this effect may be sent again after an attempt that ended with this
/// delivery.
pub(crate) fn may_repeat(effect: Effect, delivery: Delivery) -> bool {
    match delivery {
        Delivery::NotSent | Delivery::Refused => true,
        Delivery::Unknown | Delivery::ResponseLost => effect.tolerates_repetition(),
        // Answered; and what is not known here is not repeated.
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Delivery::{Answered, NotSent, Refused, ResponseLost, Unknown};

    #[test]
    fn statuses_are_judged_as_the_table_says() {
        let table = [
            (400, false, Answered),
            (401, false, Answered),
            (403, true, Answered),
            (404, false, Answered),
            (408, false, Refused),
            (409, false, Answered),
            (413, true, Answered),
            (422, false, Answered),
            (425, false, Refused),
            (429, false, Refused),
            (429, true, Refused),
            (500, true, Unknown),
            (501, false, Answered),
            (502, false, Unknown),
            (503, false, Unknown),
            (503, true, Refused),
            (504, true, Unknown),
            (505, false, Answered),
            (529, false, Unknown),
            (499, false, Unknown),
            (600, false, Unknown),
            (999, true, Unknown),
            (302, false, Answered),
        ];
        for (status, hinted, expected) in table {
            assert_eq!(delivery_of_status(status, hinted), expected, "{status} hinted {hinted}");
        }
    }

    #[test]
    fn repetition_depends_on_effect_and_delivery_alone() {
        let effects = [Effect::Safe, Effect::Idempotent, Effect::Keyed, Effect::Unsafe, Effect::ReadOnce];
        let table = [
            (NotSent, [true, true, true, true, true]),
            (Refused, [true, true, true, true, true]),
            (Unknown, [true, true, true, false, false]),
            (ResponseLost, [true, true, true, false, false]),
            (Answered, [false, false, false, false, false]),
        ];
        for (delivery, row) in table {
            for (effect, expected) in effects.into_iter().zip(row) {
                assert_eq!(may_repeat(effect, delivery), expected, "{effect:?} after {delivery:?}");
            }
        }
    }

    #[test]
    fn only_a_rate_limit_slows_down_to_the_throttle_pace() {
        assert_eq!(pace_of_status(429, false), Pace::Throttle);
        assert_eq!(pace_of_status(503, true), Pace::Throttle);
        assert_eq!(pace_of_status(503, false), Pace::Transient);
        assert_eq!(pace_of_status(408, true), Pace::Transient);
    }
}
