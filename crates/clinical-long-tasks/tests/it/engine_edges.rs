//! Borders of the rules: exactly as much as fits, somebody else at work, a credential that changes under way.

use std::time::Duration;

use clinical_http::credential::{ReplaceableCredential, Scheme};
use clinical_http::testing::{JumpingClock, ScriptedTransport, Step};
use clinical_http::{BaseUrl, Client, ErrorKind};
use clinical_long_tasks::{Claiming, Fate, Polling, ResultStore, State, TaskErrorKind, Tasks, Update, VolatileStore};

use futures_core::Stream as _;

use crate::engine_support::{
    Broken, DONE, Failing, TestProtocol, VENDOR, builder, create, done, origin, read_created, token,
};

#[tokio::test(start_paused = true)]
async fn while_somebody_else_asks_nobody_takes_the_claim_from_him() {
    let (store, token) = (VolatileStore::new(), token("t1"));
    let Ok(Claiming::Granted(claim)) = store.claim(&token) else { panic!() };
    let (transport, clock) = (ScriptedTransport::new([done()]), JumpingClock::new());
    let tasks = builder(&transport, &clock).store(store.clone()).build().unwrap();
    let mut watch = tasks.watch(&token);
    let Some(Ok(Update::Delayed { cause: ErrorKind::Throttled, .. })) = watch.next().await else { panic!() };
    let entry = store.entry(token.key()).unwrap().unwrap();
    assert_eq!((entry.state, entry.busy, transport.requests().len()), (State::Claiming, true, 0));
    // He dies: what he left is settled, and said.
    drop(claim);
    let Some(Ok(Update::Delayed { .. })) = watch.next().await else { panic!() };
    let Some(Err(error)) = watch.next().await else { panic!() };
    assert_eq!((error.kind(), transport.requests().len()), (TaskErrorKind::PossiblyLost, 0));
}

#[tokio::test(start_paused = true)]
async fn a_credential_that_was_replaced_under_way_is_no_end() {
    let credential = ReplaceableCredential::new(Scheme::bearer(), "old").unwrap();
    let refused = || Step::answer(401, "").after(Duration::from_millis(50));
    let transport = ScriptedTransport::new([refused(), done(), refused(), done()]);
    let client = Client::builder(&VENDOR, BaseUrl::parse("https://vendor.example").unwrap())
        .transport(transport.clone())
        .credential(credential.clone());
    let tasks = Tasks::builder(client.build().unwrap(), TestProtocol).accept_loss().seed(7).build().unwrap();
    let mut watch = tasks.watch(&token("t1"));
    let replaced = async {
        while transport.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        credential.replace("new").unwrap();
    };
    let (update, ()) = tokio::join!(watch.next(), replaced);
    assert!(matches!(update, Some(Ok(Update::Delayed { cause: ErrorKind::Credentials, .. }))), "{update:?}");
    assert!(matches!(watch.next().await, Some(Ok(Update::Ended(_)))));
    assert_eq!(transport.requests()[1].headers["authorization"], "Bearer new");
    // The same one again would be refused again.
    let error = tasks.wait(&token("t2")).await.unwrap_err();
    assert_eq!((error.kind(), error.cause_kind()), (TaskErrorKind::NotConsumed, Some(ErrorKind::Credentials)));
}

#[tokio::test(start_paused = true)]
async fn exactly_as_much_as_fits_into_memory_fits() {
    for (room, fits) in [(DONE.len(), true), (DONE.len() - 1, false)] {
        let (transport, clock) = (ScriptedTransport::new([done()]), JumpingClock::new());
        let polling = Polling::default().in_memory(room);
        let tasks = builder(&transport, &clock).accept_loss().polling(polling).build().unwrap();
        // The first time from the wire, the second from the store.
        for _ in 0..2 {
            assert_eq!(tasks.wait(&token("t1")).await.is_ok(), fits, "{room}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_broken_answer_that_did_not_fit_into_memory_is_a_part_in_the_store_though_it_may_be_whole() {
    let (transport, clock) = (ScriptedTransport::new([done().then_break()]), JumpingClock::new());
    let small = Polling::default().in_memory(10);
    let tasks = builder(&transport, &clock).accept_loss().polling(small).build().unwrap();
    let error = tasks.wait(&token("t1")).await.unwrap_err();
    assert_eq!((error.kind(), error.fate()), (TaskErrorKind::Partial, Fate::Partial));
    assert_eq!((error.received_bytes(), error.bytes().is_none()), (DONE.len() as u64, true));
    assert_eq!(tasks.store().read(token("t1").key()).unwrap(), DONE);
}

#[tokio::test(start_paused = true)]
async fn a_part_that_the_store_could_not_take_is_handed_to_the_caller() {
    let half = || Step::answer(200, &DONE[..20]).then_break();
    for broken in [Broken::Write, Broken::End] {
        let (transport, clock) = (ScriptedTransport::new([half()]), JumpingClock::new());
        let tasks = builder(&transport, &clock).store(Failing::new(broken)).build().unwrap();
        let error = tasks.wait(&token("t1")).await.unwrap_err();
        assert_eq!((error.kind(), error.fate()), (TaskErrorKind::Partial, Fate::Partial), "{broken:?}");
        assert_eq!(error.bytes().unwrap().expose(), &DONE[..20], "{broken:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_head_of_an_answer_is_on_record() {
    let (transport, clock) = (ScriptedTransport::new([done().header("x-request-id", "r-7")]), JumpingClock::new());
    let tasks = builder(&transport, &clock).accept_loss().build().unwrap();
    assert_eq!(tasks.wait(&token("t1")).await.unwrap().entry.request_id.as_deref(), Some("r-7"));
}

#[tokio::test(start_paused = true)]
async fn an_account_of_a_new_task_has_a_limit() {
    for (length, fits) in [(4 * 1024 * 1024, true), (4 * 1024 * 1024 + 1, false)] {
        let mut account = br#"{"task":"t1"}"#.to_vec();
        account.resize(length, b' ');
        let (first, last) = account.split_at(length / 2);
        let step = Step::answer(200, first.to_vec()).chunk(last.to_vec());
        let (transport, clock) = (ScriptedTransport::new([step]), JumpingClock::new());
        let tasks = builder(&transport, &clock).accept_loss().build().unwrap();
        assert_eq!(tasks.submit(create(), origin(), &read_created).await.is_ok(), fits, "{length}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_shown_for_people_counts_and_holds_nothing() {
    let (transport, clock) = (ScriptedTransport::always(done()), JumpingClock::new());
    let settings = builder(&transport, &clock).accept_loss();
    assert!(format!("{settings:?}").contains("longest: 8s"));
    let tasks = settings.build().unwrap();
    assert!(format!("{tasks:?}").contains("longest: 8s"));
    let mut many = tasks.wait_many([token("t1"), token("t2"), token("t3")]);
    assert_eq!((many.size_hint(), format!("{many:?}").as_str()), ((3, Some(3)), "WaitMany { tasks: 3 }"));
    let (_, claimed) = many.next().await.unwrap();
    assert_eq!(many.size_hint(), (2, Some(2)));
    assert!(!format!("{:?}", claimed.unwrap()).contains("Jane"));
}
