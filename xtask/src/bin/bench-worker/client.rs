//! Our client, with its defaults: the same retries, limits, deadlines and audit record that a user gets.

use std::path::Path;

use anyhow::{Result, ensure};
use omniscribe_codify::{Codify, CodifyRequest, Pdf};

/// The client.
pub(crate) struct Client {
    codify: Codify,
}

impl Client {
    /// Makes the client.
    pub(crate) fn new(authority: &str) -> Result<Self> {
        let codify = Codify::builder().base_url(format!("http://{authority}")).token("not-a-real-token").build()?;
        Ok(Self { codify })
    }

    /// Sends a small note.
    pub(crate) async fn note(&self) -> Result<()> {
        self.send_request(&CodifyRequest::new().note("Paciente con HTA.")).await.map(drop)
    }

    /// Sends the file.
    pub(crate) async fn send(&self, file: &Path) -> Result<u64> {
        self.send_request(&CodifyRequest::new().pdf(Pdf::from_path(file))).await
    }

    async fn send_request(&self, request: &CodifyRequest) -> Result<u64> {
        let answer = self.codify.codify(request).await?;
        ensure!(answer.attempts.len() == 1, "it took {} attempts", answer.attempts.len());
        Ok(answer.value.run_id.parse()?)
    }
}
