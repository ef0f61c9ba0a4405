//! Every future of the Codify client dropped at each of its waits: each call that was announced has one record that says what the vendor's side
//! knows, and the client codes on.

use clinical_http::audit::Outcome;
use clinical_http::{BoxFuture, Delivery, RetryPolicy};
use clinical_tests::documents::{ANSWER, NOTE, pdf_of};
use futures_util::StreamExt;
use omniscribe_codify::{Codify, CodifyRequest, Environment, Limits, Pdf};

use crate::hesitant::{Jumping, Playing, Remembering, Renewing, Reply, Stage, Told, Waits, dropped_at};

const DONE: Reply = Reply::Answer(200, &[], &[ANSWER]);

/// Notes longer than this are split; `LONG` is in three parts then.
const NOTE_BYTES: usize = 100;
const LONG: &str = "Paciente con diabetes mellitus tipo 2 en tratamiento con metformina desde hace seis años.\n\n\
                    Niega dolor torácico, disnea y palpitaciones. Hipertensión arterial en control con enalapril.\n\n\
                    Se solicita hemoglobina glicosilada y se cita en tres meses con resultados.";

/// A client whose every wait is pending once.
struct Rig {
    codify: Codify,
    waits: Waits,
    playing: Playing,
    audit: Remembering,
    told: Told,
}

impl Rig {
    fn new(in_flight: usize) -> Self {
        let waits = Waits::default();
        let (playing, audit, told) = (Playing::new(&waits, &[DONE]), Remembering::new(&waits), Told::default());
        let (transport, clock, sink, observer) = (playing.clone(), Jumping::new(&waits), audit.clone(), told.clone());
        let codify = Codify::builder()
            .base_url("https://codify.hospital.example")
            .credential(Renewing::new(&waits))
            .environment(Environment::Development)
            .limits(Limits::default().note(NOTE_BYTES))
            .http(move |http| {
                let http = http.transport(transport).clock(clock).audit(sink).observer(observer).seed(7);
                // With one request at a time the next call would wait for ever for a place that was not given back.
                http.max_in_flight(in_flight).retry(RetryPolicy::never())
            })
            .build()
            .unwrap();
        Self { codify, waits, playing, audit, told }
    }

    /// What must be true at every point, however many calls there were; returns how many.
    fn check(&self, has_body: bool, place: &str) -> usize {
        let records = self.audit.records();
        let recorded: Vec<_> = records.iter().map(|record| record.call).collect();
        let mut opened = self.audit.opened();
        opened.retain(|call| !recorded.contains(call));
        assert!(opened.is_empty(), "announced and not recorded at {place}");
        assert_eq!(self.audit.opened().len(), records.len(), "{place}");
        assert_eq!(self.told.ended(), records.iter().map(|r| (r.outcome, r.delivery)).collect::<Vec<_>>(), "{place}");
        // Each call makes one request, or was dropped before.
        let stages = self.playing.stages();
        let mut expected: Vec<_> = stages.iter().map(|stage| delivery(*stage, has_body)).collect();
        expected.resize(records.len(), Delivery::NotSent);
        let mut found: Vec<_> = records.iter().map(|record| record.delivery).collect();
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "{place}");
        for record in &records {
            let ended = if record.delivery == Delivery::Answered { Outcome::Succeeded } else { Outcome::Abandoned };
            assert_eq!(record.outcome, ended, "{place}");
        }
        records.len()
    }

    async fn codes_on(&self, place: &str) {
        let before = self.audit.records().len();
        let answer = self.codify.codify(&NOTE.into()).await;
        assert!(answer.is_ok(), "after {place}: {answer:?}");
        assert_eq!(self.audit.records().len(), before + 1);
    }
}

fn delivery(stage: Stage, has_body: bool) -> Delivery {
    match stage {
        Stage::Connecting if has_body => Delivery::NotSent,
        Stage::Connecting | Stage::Sending => Delivery::Unknown,
        Stage::Head(_) => Delivery::ResponseLost,
        Stage::Over => Delivery::Answered,
    }
}

/// Drops what `run` makes at its first, second, third ... wait until it is not dropped any more. Returns the places and the calls of the
/// run that was not.
async fn at_every_wait(
    in_flight: usize,
    has_body: bool,
    run: impl for<'a> Fn(&'a Codify) -> BoxFuture<'a, bool>,
) -> (Vec<&'static str>, usize) {
    let mut places = Vec::new();
    for nth in 1.. {
        let rig = Rig::new(in_flight);
        let outcome = dropped_at(nth, &rig.waits, run(&rig.codify)).await;
        let last = rig.waits.names().last().copied().unwrap_or_default();
        let place = format!("wait {nth}: {last}");
        let calls = rig.check(has_body, &place);
        if let Some(succeeded) = outcome {
            assert!(succeeded, "{place}");
            return (places, calls);
        }
        places.push(last);
        rig.codes_on(&place).await;
    }
    unreachable!("some number of waits is enough")
}

/// What one call waits for: the audit trail, the credential, the connection, each piece it sends, the head and the two steps of the answer.
fn waits_of(pieces: usize) -> Vec<&'static str> {
    let sent = std::iter::repeat_n("piece", pieces);
    ["open", "credential", "connect"].into_iter().chain(sent).chain(["head", "answer", "answer"]).collect()
}

#[tokio::test(start_paused = true)]
async fn coding_a_note_can_be_dropped_at_any_wait() {
    let coded = at_every_wait(1, true, |codify| {
        Box::pin(async { codify.codify(&NOTE.into()).await.is_ok_and(|answer| !answer.run_id.is_empty()) })
    });
    assert_eq!(coded.await, (waits_of(1), 1));
}

#[tokio::test(start_paused = true)]
async fn coding_a_pdf_can_be_dropped_at_any_wait() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf_of(20_000)).unwrap();
    for pdf in [Pdf::from_bytes(pdf_of(20_000)), Pdf::from_path(file.path())] {
        let request = CodifyRequest::new().note(NOTE).pdf(pdf);
        let coded = at_every_wait(1, true, |codify| {
            let request = request.clone();
            Box::pin(async move { codify.codify(&request).await.is_ok() })
        });
        // Two pieces of base64 between two of JSON.
        assert_eq!(coded.await, (waits_of(4), 1));
    }
}

#[tokio::test(start_paused = true)]
async fn the_health_check_can_be_dropped_at_any_wait() {
    let asked = at_every_wait(1, false, |codify| {
        Box::pin(async { codify.health().await.is_ok_and(|health| health.status == 200) })
    });
    assert_eq!(asked.await, (waits_of(0), 1));
}

#[tokio::test(start_paused = true)]
async fn coding_a_long_note_can_be_dropped_at_any_wait() {
    for in_flight in [1, 64] {
        let coded = at_every_wait(in_flight, true, |codify| {
            let request = CodifyRequest::new().note(LONG);
            Box::pin(async move { codify.codify_long(&request).await.is_ok_and(|coding| coding.is_complete()) })
        });
        let (places, calls) = coded.await;
        assert_eq!(calls, 3, "one for each part");
        let every = |name: &str| places.contains(&name);
        assert!(places.len() >= 7 && waits_of(1).into_iter().all(every), "{places:?}");
    }
}

fn numbered() -> impl Iterator<Item = (usize, CodifyRequest)> + Send {
    (0..5).map(|n| (n, CodifyRequest::new().note(format!("note {n}"))))
}

#[tokio::test(start_paused = true)]
async fn coding_many_notes_can_be_dropped_at_any_wait() {
    for in_flight in [1, 64] {
        let coded = at_every_wait(in_flight, true, |codify| {
            Box::pin(async {
                let outcomes: Vec<_> = codify.codify_many(numbered(), 2).collect().await;
                outcomes.len() == 5 && outcomes.iter().all(|outcome| outcome.result.is_ok())
            })
        });
        let (places, calls) = coded.await;
        assert_eq!(calls, 5);
        assert!(places.len() >= 3 * 7, "{places:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_dropped_question_for_the_next_outcome_loses_none() {
    let mut points = 0;
    for nth in 1.. {
        let rig = Rig::new(64);
        let mut outcomes = rig.codify.codify_many(numbered(), 2);
        let mut keys = Vec::new();
        let first = dropped_at(nth, &rig.waits, outcomes.next()).await;
        let dropped = first.is_none();
        points += usize::from(dropped);
        keys.extend(first.flatten().map(|outcome| outcome.key));
        while let Some(outcome) = outcomes.next().await {
            assert!(outcome.result.is_ok(), "{nth}");
            keys.push(outcome.key);
        }
        keys.sort_unstable();
        assert_eq!(keys, [0, 1, 2, 3, 4], "{nth}");
        assert_eq!(rig.check(true, "the end"), 5);
        if !dropped {
            break;
        }
    }
    assert!(points >= 7, "{points}");
}

#[tokio::test]
async fn a_dropped_check_and_a_dropped_reader_begin_no_call() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf_of(20_000)).unwrap();
    let request = CodifyRequest::new().note(NOTE).pdf(Pdf::from_path(file.path()));
    let rig = Rig::new(1);
    // The disk is asked in another thread, so that one poll hardly ever is enough; either way nothing is begun.
    for _ in 0..20 {
        drop(dropped_at(0, &rig.waits, rig.codify.check(&request)).await);
    }
    rig.codify.check(&request).await.unwrap();
    let (mut writer, reader) = tokio::io::duplex(16);
    let limits = Limits::default();
    {
        use tokio::io::AsyncWriteExt;
        writer.write_all(b"%PDF-1.7").await.unwrap();
    }
    assert!(dropped_at(0, &rig.waits, Pdf::from_reader(reader, &limits)).await.is_none(), "it waits for the rest");
    assert_eq!((rig.audit.opened().len(), rig.told.ended().len(), rig.waits.names().len()), (0, 0, 0));
    rig.codes_on("a check").await;
}
