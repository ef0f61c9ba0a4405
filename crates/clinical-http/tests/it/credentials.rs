//! What is sent as a credential, and what a 401 does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clinical_http::credential::{Credential, CredentialSource, StaticCredential};
use clinical_http::testing::{ScriptedTransport, Step};
use clinical_http::{BoxFuture, Deadlines, Delivery, Error, ErrorKind};

use crate::support::{UNSAFE, builder, client, ok, seconds, send};

/// Hands out `token-<generation>` and moves to the next generation when the current one is rejected.
#[derive(Default)]
struct Renewing {
    generation: AtomicU64,
    rejections: AtomicU64,
}

impl CredentialSource for Renewing {
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        let generation = self.generation.load(Ordering::SeqCst);
        let credential = Credential::bearer(format!("token-{generation}"));
        Box::pin(async move { Ok(credential?.with_generation(generation)) })
    }

    fn rejected(&self, generation: u64) {
        self.rejections.fetch_add(1, Ordering::SeqCst);
        let next = generation + 1;
        let _ = self.generation.compare_exchange(generation, next, Ordering::SeqCst, Ordering::SeqCst);
    }
}

pub(crate) fn tokens(transport: &ScriptedTransport) -> Vec<String> {
    let sent = transport.requests().into_iter();
    sent.map(|request| request.headers["authorization"].to_str().unwrap().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_401_is_followed_by_one_attempt_with_the_renewed_token_even_if_unsafe() {
    let source = Arc::new(Renewing::default());
    let transport = ScriptedTransport::new([Step::answer(401, ""), ok()]);
    let client = builder(&transport).credential(source.clone()).build().unwrap();
    let answer = send(&client, &UNSAFE).await.unwrap();
    assert_eq!(tokens(&transport), ["Bearer token-0", "Bearer token-1"]);
    assert_eq!(answer.attempts[0].delivery, Delivery::Refused);
    assert_eq!(answer.attempts[1].waited, seconds(0));
    // The next call starts with the renewed token.
    send(&client, &UNSAFE).await.unwrap_err();
    assert_eq!(tokens(&transport).last().unwrap(), "Bearer token-1");
}

#[tokio::test(start_paused = true)]
async fn a_second_401_is_final_and_the_source_is_told_of_both() {
    let source = Arc::new(Renewing::default());
    let transport = ScriptedTransport::always(Step::answer(401, ""));
    let client = builder(&transport).credential(source.clone()).build().unwrap();
    let error = send(&client, &UNSAFE).await.unwrap_err();
    assert_eq!(tokens(&transport), ["Bearer token-0", "Bearer token-1"]);
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Credentials, Delivery::Answered));
    assert_eq!(source.rejections.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_renewed_meanwhile_by_someone_else_is_not_discarded() {
    let source = Arc::new(Renewing::default());
    let transport = ScriptedTransport::new([Step::answer(401, "").after(seconds(1)), ok()]);
    let client = builder(&transport).credential(source.clone()).build().unwrap();
    let other = source.clone();
    let meanwhile = async move {
        tokio::task::yield_now().await;
        other.generation.store(5, Ordering::SeqCst);
    };
    let (answer, ()) = tokio::join!(send(&client, &UNSAFE), meanwhile);
    answer.unwrap();
    assert_eq!(tokens(&transport), ["Bearer token-0", "Bearer token-5"]);
}

#[tokio::test(start_paused = true)]
async fn a_401_to_a_fixed_token_is_final() {
    let transport = ScriptedTransport::always(Step::answer(401, ""));
    let error = send(&client(&transport), &UNSAFE).await.unwrap_err();
    assert_eq!((transport.requests().len(), error.delivery()), (1, Delivery::Answered));
}

/// Has no credential, or never makes up its mind.
struct Useless {
    hangs: bool,
}

impl CredentialSource for Useless {
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        if self.hangs {
            return Box::pin(std::future::pending());
        }
        let error = Error::credentials("TOKEN_FILE", "is missing; create it");
        Box::pin(std::future::ready(Err(error)))
    }
}

/// Has a credential for the first attempt alone.
#[derive(Default)]
struct Drained(AtomicU64);

impl CredentialSource for Drained {
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        let first = self.0.fetch_add(1, Ordering::SeqCst) == 0;
        let gone = || Error::credentials("TOKEN_FILE", "is missing; create it");
        Box::pin(std::future::ready(if first { Credential::bearer("token") } else { Err(gone()) }))
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_fails_between_two_attempts_ends_the_call_with_its_own_error() {
    let transport = ScriptedTransport::always(Step::answer(503, "").header("retry-after", "1"));
    let client = builder(&transport).credential(Drained::default()).build().unwrap();
    let error = send(&client, &UNSAFE).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Credentials, Some("TOKEN_FILE")));
    assert_eq!((error.attempts(), error.delivery(), transport.requests().len()), (1, Delivery::Refused, 1));
}

#[tokio::test(start_paused = true)]
async fn without_a_credential_nothing_is_sent() {
    for (hangs, kind) in [(false, ErrorKind::Credentials), (true, ErrorKind::Timeout)] {
        let transport = ScriptedTransport::always(ok());
        let client = builder(&transport)
            .credential(Useless { hangs })
            .deadlines(Deadlines::default().total(seconds(9)))
            .build()
            .unwrap();
        let began = tokio::time::Instant::now();
        let error = send(&client, &UNSAFE).await.unwrap_err();
        assert!(began.elapsed() <= seconds(10));
        assert_eq!((error.kind(), error.delivery()), (kind, Delivery::NotSent));
        assert_eq!(transport.requests().len(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_goes_into_the_header_that_the_vendor_names_and_no_other() {
    let transport = ScriptedTransport::always(ok());
    let key = StaticCredential::header_key("X-Api-Key", "k-1").unwrap();
    let client = builder(&transport).credential(key).build().unwrap();
    send(&client, &UNSAFE).await.unwrap();
    let headers = &transport.requests()[0].headers;
    assert_eq!(headers["x-api-key"], "k-1");
    assert!(headers["x-api-key"].is_sensitive());
    assert!(!headers.contains_key("authorization"));
}

/// Is quick the first time and takes this long from then on.
struct Slowing {
    asked: AtomicU64,
    later: std::time::Duration,
}

impl CredentialSource for Slowing {
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        Box::pin(async {
            if self.asked.fetch_add(1, Ordering::SeqCst) > 0 {
                tokio::time::sleep(self.later).await;
            }
            Credential::bearer("token")
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_uses_up_the_time_does_not_hide_what_the_vendor_answered() {
    // The first leaves less than 250 ms of the 3 s, the second never gets there.
    for later in [2_800, 60_000].map(std::time::Duration::from_millis) {
        let transport = ScriptedTransport::new([Step::answer(500, "").header("retry-after", "0"), ok()]);
        let asked = AtomicU64::new(0);
        let client = builder(&transport)
            .credential(Slowing { asked, later })
            .deadlines(Deadlines::default().total(seconds(3)))
            .build()
            .unwrap();
        let began = tokio::time::Instant::now();
        let error = send(&client, &crate::support::IDEMPOTENT).await.unwrap_err();
        assert!(began.elapsed() < seconds(3) + std::time::Duration::from_millis(5));
        assert_eq!((error.kind(), error.status()), (ErrorKind::Unavailable, Some(500)));
        assert_eq!((transport.requests().len(), error.attempts()), (1, 1));
    }
}
