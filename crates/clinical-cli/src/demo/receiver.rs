//! A receiver of webhooks for the demo: one address on this machine, which checks and reads what comes and hands it over. It stores nothing,
//! which a real receiver must do before it answers; the client's crate has an example of one.

use std::convert::Infallible;
use std::net::Ipv4Addr;

use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use novamed_api::webhook::{BODY_LIMIT, Notification, Receiver};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What comes to the address. It ends when this is dropped.
pub(super) struct Events {
    url: String,
    coming: UnboundedReceiver<Notification>,
    server: tokio::task::JoinHandle<()>,
}

impl Events {
    /// Listens on a free port.
    pub(super) async fn listen(receiver: Receiver) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}/novamed-events", listener.local_addr()?);
        let (sender, coming) = unbounded_channel();
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (receiver, sender) = (receiver.clone(), sender.clone());
                tokio::spawn(async move {
                    let service = service_fn(|request| answer(&receiver, &sender, request));
                    // A caller that goes away in the middle calls again.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Ok(Self { url, coming, server })
    }

    /// The address.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The next event.
    pub(super) async fn next(&mut self) -> Option<Notification> {
        self.coming.recv().await
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// 200 for what could be read; the vendor sends everything else again.
async fn answer(
    receiver: &Receiver,
    events: &UnboundedSender<Notification>,
    request: Request<Incoming>,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    let status = if request.method() == Method::POST {
        let (head, body) = request.into_parts();
        match Limited::new(body, BODY_LIMIT).collect().await {
            Ok(body) => match receiver.parse(&head.headers, &body.to_bytes()) {
                Ok(event) => {
                    // Nobody listens any more: then it does not matter.
                    let _ = events.send(event);
                    StatusCode::OK
                }
                Err(error) => StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST),
            },
            Err(_) => StatusCode::BAD_REQUEST,
        }
    } else {
        StatusCode::METHOD_NOT_ALLOWED
    };
    let mut response = Response::new(Empty::new());
    *response.status_mut() = status;
    Ok(response)
}
