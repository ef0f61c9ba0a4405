//! A collector on loopback: it keeps every byte it is sent, decodes what OpenTelemetry's protobuf definitions say, and answers as told.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinSet};

/// One export as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Export {
    pub(crate) path: String,
    pub(crate) content_type: String,
    /// Head and body, for a search in all that was sent.
    pub(crate) head: String,
    pub(crate) body: Bytes,
}

pub(crate) struct Collector {
    pub(crate) url: String,
    exports: Arc<Mutex<Vec<Export>>>,
    task: AbortHandle,
}

impl Collector {
    /// Takes every export but those to this path.
    pub(crate) async fn start(refused: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let exports = Arc::<Mutex<Vec<Export>>>::default();
        let keep = Arc::clone(&exports);
        let accepting = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let keep = Arc::clone(&keep);
                let service = service_fn(move |request| answer(request, Arc::clone(&keep), refused));
                let io = TokioIo::new(stream);
                connections.spawn(hyper::server::conn::http1::Builder::new().serve_connection(io, service));
            }
        });
        Self { url, exports, task: accepting.abort_handle() }
    }

    pub(crate) fn exports(&self) -> Vec<Export> {
        self.exports.lock().unwrap().clone()
    }

    fn bodies(&self, path: &str) -> Vec<Bytes> {
        let exports = self.exports().into_iter().filter(|export| export.path == path);
        exports
            .map(|export| {
                assert_eq!(export.content_type, "application/x-protobuf");
                export.body
            })
            .collect()
    }

    /// All spans, in the order in which they began; each with the name of its service.
    pub(crate) fn spans(&self) -> Vec<(String, Span)> {
        let mut spans = Vec::new();
        for body in self.bodies("/v1/traces") {
            for of_service in ExportTraceServiceRequest::decode(body).unwrap().resource_spans {
                let service = text(&of_service.resource.unwrap().attributes)["service.name"].clone();
                let scopes = of_service.scope_spans.into_iter();
                spans.extend(scopes.flat_map(|scope| scope.spans).map(|span| (service.clone(), span)));
            }
        }
        spans.sort_by_key(|(_, span)| span.start_time_unix_nano);
        spans
    }

    /// The metrics of the last export.
    pub(crate) fn metrics(&self) -> BTreeMap<String, Metric> {
        let body = self.bodies("/v1/metrics").pop().unwrap();
        let resources = ExportMetricsServiceRequest::decode(body).unwrap().resource_metrics.into_iter();
        let scopes = resources.flat_map(|resource| resource.scope_metrics);
        scopes.flat_map(|scope| scope.metrics).map(|metric| (metric.name.clone(), metric)).collect()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(
    request: Request<Incoming>,
    keep: Arc<Mutex<Vec<Export>>>,
    refused: &'static str,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let export = Export {
        path: head.uri.path().to_owned(),
        content_type: head.headers["content-type"].to_str().unwrap().to_owned(),
        head: format!("{head:?}"),
        body: body.collect().await.unwrap().to_bytes(),
    };
    let status = if export.path == refused { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    keep.lock().unwrap().push(export);
    // No byte at all is a complete protobuf message: everything was taken.
    Ok(Response::builder().status(status).body(Empty::new()).unwrap())
}

/// Attributes with their values as text.
pub(crate) fn text(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let shown = |value: &AnyValue| match value.value.as_ref().unwrap() {
        // A number that comes as a text is a mistake: nobody could ask for those above 499.
        Value::StringValue(text) if text.parse::<u64>().is_err() => text.clone(),
        Value::IntValue(number) => number.to_string(),
        Value::BoolValue(yes) => yes.to_string(),
        other => panic!("no attribute is of this type: {other:?}"),
    };
    let shown = |pair: &KeyValue| (pair.key.clone(), shown(pair.value.as_ref().unwrap()));
    let all: BTreeMap<_, _> = attributes.iter().map(shown).collect();
    assert_eq!(all.len(), attributes.len(), "an attribute is there twice: {attributes:?}");
    all
}
