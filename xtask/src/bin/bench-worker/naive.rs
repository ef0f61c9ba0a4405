//! The usual way of sending a file in JSON: read it, encode it into a string, serialise the body, hand it to the HTTP
//! library. Written as one would write it, without making it worse: the file's bytes are dropped once they are encoded.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
struct Body {
    #[serde(skip_serializing_if = "Option::is_none")]
    medical_note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pdf_file: Option<PdfFile>,
}

#[derive(Serialize)]
struct PdfFile {
    r#type: &'static str,
    source_type: &'static str,
    data: String,
    mime_type: &'static str,
    filename: String,
}

/// A bare HTTP client and where it sends to.
pub(crate) struct Naive {
    http: reqwest::Client,
    url: String,
}

impl Naive {
    /// Makes the client.
    pub(crate) fn new(authority: &str) -> Result<Self> {
        // Never used on loopback, but the library wants to know its TLS provider when it is made.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self { http: reqwest::Client::builder().no_proxy().build()?, url: format!("http://{authority}/v1/codify") })
    }

    /// Sends a small note.
    pub(crate) async fn note(&self) -> Result<()> {
        let note = Body { medical_note: Some("Paciente con HTA.".to_owned()), pdf_file: None };
        self.post(&note).await.map(drop)
    }

    /// Sends the file.
    pub(crate) async fn send(&self, file: &Path) -> Result<u64> {
        let data = STANDARD.encode(tokio::fs::read(file).await.context("cannot read the file")?);
        let document = PdfFile {
            r#type: "file",
            source_type: "base64",
            data,
            mime_type: "application/pdf",
            filename: "upload.pdf".to_owned(),
        };
        self.post(&Body { medical_note: None, pdf_file: Some(document) }).await
    }

    async fn post(&self, body: &Body) -> Result<u64> {
        let answer = self
            .http
            .post(&self.url)
            .bearer_auth("not-a-real-token")
            .header("content-type", "application/json")
            .body(serde_json::to_vec(body)?)
            .send()
            .await?;
        ensure!(answer.status().is_success(), "the server answered {}", answer.status());
        let answer: Value = serde_json::from_slice(&answer.bytes().await?)?;
        Ok(answer["run_id"].as_str().context("no run id")?.parse()?)
    }
}
