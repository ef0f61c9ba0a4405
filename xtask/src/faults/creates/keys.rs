//! The key of all clients of a life, which is replaced while calls are under way, and for some of them whenever it is refused. The sandbox takes every
//! one of them, so that a refusal is always a fault.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use clinical_http::credential::{Credential, CredentialSource, ReplaceableCredential, Scheme};
use clinical_http::{BoxFuture, Error};

/// All keys, and the sources that were made for clients.
#[derive(Clone)]
pub(super) struct Keys {
    all: Arc<Vec<String>>,
    next: Arc<AtomicUsize>,
    sources: Arc<Mutex<Vec<ReplaceableCredential>>>,
}

impl Keys {
    pub(super) fn new(keys: Vec<String>) -> Self {
        Self { all: Arc::new(keys), next: Arc::default(), sources: Arc::default() }
    }

    fn fresh(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.all.get(number % self.all.len().max(1)).cloned().unwrap_or_default()
    }

    /// A source for one client.
    pub(super) fn source(&self, scheme: Scheme, renews: bool) -> Result<Source, Error> {
        let inner = ReplaceableCredential::new(scheme, self.fresh())?;
        self.sources.lock().unwrap_or_else(PoisonError::into_inner).push(inner.clone());
        Ok(Source { inner, all: renews.then(|| self.clone()) })
    }

    /// Replaces the keys of all clients, once others have had their turn.
    pub(super) async fn rotate(&self) {
        tokio::task::yield_now().await;
        self.replace();
    }

    fn replace(&self) {
        for source in &*self.sources.lock().unwrap_or_else(PoisonError::into_inner) {
            // Each of them is a key: nothing can be wrong with it.
            let _ = source.replace(self.fresh());
        }
    }
}

/// The key of a client.
pub(super) struct Source {
    inner: ReplaceableCredential,
    all: Option<Keys>,
}

impl CredentialSource for Source {
    fn current(&self) -> BoxFuture<'_, Result<Credential, Error>> {
        self.inner.current()
    }

    fn rejected(&self, generation: u64) {
        self.inner.rejected(generation);
        if let Some(keys) = &self.all {
            keys.replace();
        }
    }
}
