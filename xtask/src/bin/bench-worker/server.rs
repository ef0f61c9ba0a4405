//! The draining server: reads each request's body to its end, counts the bytes, and answers in the shape of the service
//! with the count as the run's or the task's id. It keeps nothing and checks nothing, so that what is measured is the sending side.

use std::convert::Infallible;
use std::io::Read as _;

use anyhow::Result;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;

/// Says where it listens, then serves until its standard input closes.
pub(crate) async fn run() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    std::thread::spawn(|| {
        let mut rest = Vec::new();
        let _ = std::io::stdin().read_to_end(&mut rest);
        std::process::exit(0);
    });
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer)),
        );
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let mut body = request.into_body();
    let mut count: u64 = 0;
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => count += frame.data_ref().map_or(0, |data| data.len() as u64),
            Err(_) => return Ok(with_status(StatusCode::BAD_REQUEST, Bytes::new())),
        }
    }
    let text = match path.as_str() {
        // A task that never ends.
        "/v2/tasks" => json!({ "task_id": "5f2b1c3e", "status": "STARTED", "percentage": 40, "result": null }),
        "/v2/structure" => {
            json!({ "task_id": count.to_string(), "status": "QUEUED", "percentage": 0, "result": null })
        }
        _ => json!({
            "final_code_assessments": [],
            "discarded_code_assessments": [],
            "run_id": count.to_string(),
        }),
    };
    Ok(with_status(StatusCode::OK, text.to_string().into()))
}

fn with_status(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static("application/json"));
    response
}
