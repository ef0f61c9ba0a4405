//! The pace that the vendor documents, and the waits that it asks for, shared by all clones of a client.

use std::time::Duration;

use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_http::{Clock, RateLimit, RetryPolicy};
use clinical_sandbox::Sandbox;
use clinical_tests::novamed::{Work, clinic, settings};
use novamed_api::Environment::{Development, Production};
use novamed_api::{Delivery, Environment, NovaMed, Revision};

fn paced(environment: Environment, clock: &JumpingClock) -> (NovaMed, ScriptedTransport) {
    let transport = ScriptedTransport::always(Step::answer(200, Work::Order.answer()));
    let (plays, jumps) = (transport.clone(), clock.clone());
    let builder =
        NovaMed::builder().revision(Revision::V2026_01).environment(environment).api_key("key").clinic(clinic());
    let builder = match environment {
        Production => builder.business_associate_agreement(),
        _ => builder.synthetic_data_only(),
    };
    (builder.http(move |http| http.transport(plays).clock(jumps)).build().unwrap(), transport)
}

#[tokio::test]
async fn in_no_minute_more_requests_go_out_than_the_environment_allows_whoever_makes_them() {
    for (environment, most) in [(Development, 100), (Production, 60)] {
        let clock = JumpingClock::new();
        let (novamed, transport) = paced(environment, &clock);
        let mut times = Vec::new();
        for n in 0..3 * most {
            // Of every third the answer fits; how a call ends is of no account here.
            let _ = Work::CREATES[n % 3].run(&novamed.clone()).await;
            times.push(clock.now());
        }
        assert_eq!(transport.requests().len(), 3 * most);
        for window in times.windows(most + 1) {
            let spread = window[most].saturating_sub(window[0]);
            assert!(spread >= Duration::from_mins(1), "{environment:?}: {most} and one more within {spread:?}");
        }
        // And it is a pace, no standstill.
        assert!(*times.last().unwrap() <= Duration::from_mins(3), "{environment:?}: {:?}", times.last());
    }
}

#[tokio::test]
async fn another_pace_can_be_set() {
    let (clock, transport) = (JumpingClock::new(), ScriptedTransport::always(Step::answer(200, Work::Order.answer())));
    let plays = transport.clone();
    let novamed = settings("http://127.0.0.1:9", Revision::V2026_01, &clock)
        .http(|http| http.transport(plays).rate_limit(RateLimit::per_minute(2)))
        .build()
        .unwrap();
    for _ in 0..4 {
        Work::Order.run(&novamed).await.unwrap();
    }
    assert!(clock.now() >= Duration::from_mins(1), "{:?}", clock.now());
}

#[tokio::test]
async fn one_429_holds_every_clone_back_for_as_long_as_its_body_says() {
    let body = r#"{"success":false,"error":{"code":"RATE_LIMIT_EXCEEDED","message":"Rate limit exceeded. Please retry after 60 seconds.","retry_after":60}}"#;
    let transport = ScriptedTransport::new([Step::answer(429, body), Step::answer(200, Work::Patient.answer())]);
    let (clock, plays) = (JumpingClock::new(), transport.clone());
    let novamed = settings("http://127.0.0.1:9", Revision::V2025_12, &clock)
        .http(|http| http.transport(plays).retry(RetryPolicy::never()))
        .build()
        .unwrap();
    let error = Work::Order.run(&novamed).await.unwrap_err();
    assert_eq!((error.kind().as_str(), error.delivery()), ("throttled", Delivery::Refused));
    assert_eq!(error.retry_after(), Some(Duration::from_mins(1)));
    let clone = novamed.clone();
    assert!(clone.stats().cooling >= Duration::from_mins(1) && clock.now() == Duration::ZERO);
    // Another clone, another operation: it waits its turn, and then goes out once.
    assert_eq!(Work::Patient.run(&clone).await.unwrap(), 1);
    assert!(clock.now() >= Duration::from_mins(1) && transport.requests().len() == 2, "{:?}", clock.now());
}

#[tokio::test]
async fn the_sandboxs_own_limit_is_met_by_the_clients_pace_without_a_429() {
    let sandbox = Sandbox::builder().seed(7).start().await.unwrap();
    let clock = JumpingClock::new();
    // The two clocks are not the same, so the pace is what keeps it within: a hundred at once is what the vendor allows.
    let novamed =
        settings(sandbox.url(), Revision::V2025_12, &clock).api_key(sandbox.token().to_owned()).build().unwrap();
    for _ in 0..100 {
        assert_eq!(Work::Practitioner.run(&novamed).await.unwrap(), 1);
    }
    assert_eq!(sandbox.novamed().practitioners.len(), 100);
}
