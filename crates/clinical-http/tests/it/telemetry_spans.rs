//! Keeps the spans and events of `clinical_http` as an exporter would see them: who is inside whom, and every field with its value.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use clinical_http::testing::Step;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use crate::limits_host::Host;
use crate::support::{IDEMPOTENT, send};

/// Names and values: numbers as they are, texts in quotes.
pub(crate) type Fields = BTreeMap<&'static str, String>;

#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// `call`, `attempt`, or the message of an event.
    pub(crate) name: String,
    pub(crate) parent: Option<u64>,
    pub(crate) id: Option<u64>,
    pub(crate) fields: Fields,
    pub(crate) closed: bool,
}

/// All spans and events so far, in order. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Spans(Arc<Mutex<Vec<Seen>>>);

impl Spans {
    /// Keeps what this thread tells down to this level, until the guard is dropped.
    ///
    /// A place in the code that another thread meets for the first time at this moment may believe that nobody listens, until it is asked
    /// again. So calls are made until each such place was heard.
    pub(crate) async fn start(&self, level: LevelFilter) -> DefaultGuard {
        let guard =
            tracing::subscriber::set_default(tracing_subscriber::registry().with(self.clone().with_filter(level)));
        let names = if level == LevelFilter::TRACE {
            &["call", "attempt", "retry", "call failed"][..]
        } else {
            &["call failed"]
        };
        loop {
            let host = Host::new(Step::answer(400, "")).first([Step::answer(503, "")]);
            send(&host.client(), &IDEMPOTENT).await.unwrap_err();
            let heard = names.iter().all(|name| !self.named(name).is_empty());
            self.0.lock().unwrap().clear();
            if heard {
                return guard;
            }
            tracing::callsite::rebuild_interest_cache();
        }
    }

    pub(crate) fn named(&self, name: &str) -> Vec<Seen> {
        let all = self.0.lock().unwrap();
        all.iter().filter(|seen| seen.name == name).cloned().collect()
    }

    pub(crate) fn one(&self, name: &str) -> Seen {
        let mut named = self.named(name);
        assert_eq!(named.len(), 1, "{name}: {named:?}");
        named.remove(0)
    }

    fn change(&self, id: &Id, change: impl FnOnce(&mut Seen)) {
        let mut all = self.0.lock().unwrap();
        // Ids are given out again after a span has closed: the last one is meant.
        if let Some(seen) = all.iter_mut().rev().find(|seen| seen.id == Some(id.into_u64())) {
            change(seen);
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::new();
        attributes.record(&mut Reader(&mut fields));
        let parent = context.span(id).and_then(|span| Some(span.parent()?.id().into_u64()));
        let name = attributes.metadata().name().to_owned();
        self.0.lock().unwrap().push(Seen { name, parent, id: Some(id.into_u64()), fields, closed: false });
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, _: Context<'_, S>) {
        self.change(id, |seen| record.record(&mut Reader(&mut seen.fields)));
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        self.change(&id, |seen| seen.closed = true);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::new();
        event.record(&mut Reader(&mut fields));
        let name = fields.remove("message").unwrap_or_default().trim_matches('"').to_owned();
        let parent = context.event_span(event).map(|span| span.id().into_u64());
        self.0.lock().unwrap().push(Seen { name, parent, id: None, fields, closed: true });
    }
}

struct Reader<'a>(&'a mut Fields);

impl Visit for Reader<'_> {
    // No other integer: the bridge to OpenTelemetry makes a text of the rest, as `record_debug` does here.
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name(), value.to_string());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name(), value.to_string());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("\"{value:?}\""));
    }
}
