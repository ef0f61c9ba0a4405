//! What the measuring program does for `cargo xtask bench recording`: sends one file in one way, and says what that took.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use haidy_analyst::{Haidy, Record, Structure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::bench::memory::Resident;

/// What it took.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Sent {
    pub(crate) peak_kib: u64,
    pub(crate) seconds: f64,
    /// How many bytes of body the server says it received.
    pub(crate) received: u64,
}

/// Sends it.
pub(crate) fn send(way: &str, authority: &str, path: &Path) -> Result<Sent> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let start = Instant::now();
    let received = match way {
        "client" => runtime.block_on(client(authority, path))?,
        "naive" => runtime.block_on(naive(authority, path))?,
        other => bail!("there is no way called '{other}'"),
    };
    Ok(Sent { received, seconds: start.elapsed().as_secs_f64(), peak_kib: Resident::here()?.peak_kib })
}

/// Our client, with its defaults but for the store: one is not measured here.
async fn client(authority: &str, path: &Path) -> Result<u64> {
    let haidy =
        Haidy::builder().base_url(format!("http://{authority}")).token("not-a-real-token").accept_loss().build()?;
    let task = haidy.structure(Structure::new([Record::audio_path(path)])).await?;
    Ok(task.token().task().parse()?)
}

#[derive(Serialize)]
struct Body {
    new_records: Vec<NewRecord>,
}

#[derive(Serialize)]
struct NewRecord {
    source: Source,
}

#[derive(Serialize)]
struct Source {
    r#type: &'static str,
    base64: String,
}

/// The usual way, as one would write it, without making it worse: the file's bytes are dropped once they are encoded, the text once it is in the
/// body.
async fn naive(authority: &str, path: &Path) -> Result<u64> {
    // Never used on loopback, but the library wants to know its TLS provider when it is made.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build()?;
    let base64 = STANDARD.encode(tokio::fs::read(path).await.context("cannot read the file")?);
    let body = Body { new_records: vec![NewRecord { source: Source { r#type: "audio", base64 } }] };
    let text = serde_json::to_vec(&body)?;
    drop(body);
    let answer = http
        .post(format!("http://{authority}/v2/structure"))
        .bearer_auth("not-a-real-token")
        .header("content-type", "application/json")
        .body(text)
        .send()
        .await?;
    ensure!(answer.status().is_success(), "the server answered {}", answer.status());
    let answer: Value = serde_json::from_slice(&answer.bytes().await?)?;
    Ok(answer["task_id"].as_str().context("no task id")?.parse()?)
}
