//! What the calendars of `chrono` and `jiff` make of the texts of dates and times.

use fhir_r4b_model::primitives::{Date, DateTime, Instant, Time};

#[test]
fn a_point_in_time_is_the_same_in_both_calendars() {
    for (text, seconds, nanoseconds, ahead) in [
        ("2024-02-29T23:59:59Z", 1_709_251_199, 0, 0),
        ("2024-02-29T23:59:59.5+01:00", 1_709_247_599, 500_000_000, 3600),
        ("1969-12-31T23:00:00.123456789-00:30", -1_800, 123_456_789, -1800),
        ("2024-01-01T00:00:00.1234567891234+14:00", 1_704_016_800, 123_456_789, 50_400),
    ] {
        let chrono = DateTime::from(text).to_chrono().unwrap();
        assert_eq!(
            (chrono.timestamp(), chrono.timestamp_subsec_nanos(), chrono.offset().local_minus_utc()),
            (seconds, nanoseconds, ahead),
            "{text}"
        );
        let jiff = Instant::from(text).to_jiff().unwrap();
        assert_eq!(
            (jiff.timestamp().as_nanosecond(), jiff.offset().seconds()),
            (i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds), ahead),
            "{text}"
        );
    }
}

#[test]
fn what_is_left_open_or_not_in_the_calendar_is_not_made_up() {
    for text in [
        "2024",
        "2024-02",
        "2024-02-29",
        "2024-02-29T10:00:00",
        "2024-02-30T10:00:00Z",
        "0000-01-01T00:00:00Z",
        "2024-02-29T24:00:00Z",
        "2024-02-29T10:00Z",
        "2024-02-29T10:00:00.Z",
        "ä",
        "2024-02-29T10:00:00+1:00",
        "2024-02-29T10:00:00+01:00x",
        "",
    ] {
        assert!(DateTime::from(text).to_chrono().is_none(), "{text}");
        assert!(DateTime::from(text).to_jiff().is_none(), "{text}");
    }
    for text in ["2024-02", "2023-02-29", "2024-02-29x", "20240229", "2024-13-01"] {
        assert!(Date::from(text).to_chrono().is_none() && Date::from(text).to_jiff().is_none(), "{text}");
    }
    assert_eq!(DateTime::from("2024-02-29T10:00:00").date_parts().unwrap().day, Some(29));
}

#[test]
fn a_leap_second_is_what_the_calendar_can_make_of_it() {
    let text = "2016-12-31T23:59:60.5Z";
    let chrono = DateTime::from(text).to_chrono().unwrap();
    assert_eq!((chrono.timestamp(), chrono.timestamp_subsec_nanos()), (1_483_228_799, 1_500_000_000));
    assert_eq!(DateTime::from(text).to_jiff().unwrap().timestamp().as_second(), 1_483_228_799);
    assert_eq!(DateTime::from(text).as_str(), Some(text));
}

#[test]
fn days_and_times_go_there_and_back() {
    let day = Date::from("2024-02-29");
    assert_eq!(Date::from(day.to_chrono().unwrap()), day);
    assert_eq!(Date::from(day.to_jiff().unwrap()), day);
    let instant = Instant::from("2024-02-29T10:00:00.250+01:00");
    assert_eq!(Instant::from(instant.to_chrono().unwrap()), instant);
    let utc = DateTime::from("2024-02-29T09:00:00.25Z");
    assert_eq!(DateTime::from(utc.to_jiff().unwrap().timestamp()), utc);
    assert_eq!(Time::from("10:30:00.5").to_chrono().unwrap().to_string(), "10:30:00.500");
    assert_eq!(Time::from("10:30:00.5").to_jiff().unwrap().to_string(), "10:30:00.5");
    assert!(Time::from("10:30:00Z").to_chrono().is_none() && Time::from("10:30").to_jiff().is_none());
}
