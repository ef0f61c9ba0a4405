//! Ends what dead processes left open. It sends nothing: it reads what they had stored, and names what is uncertain.

use std::sync::Arc;

use crate::ask::judge;
use crate::tasks::Inner;
use crate::{Entry, Key, ResultStore, State, StoreError};

/// Ends the claim of a dead process, if the entry has one.
pub(crate) async fn settle(inner: &Arc<Inner>, key: Key) -> Result<(), StoreError> {
    let this = inner.clone();
    let settle = move |store: &dyn ResultStore| {
        let Some(orphan) = store.take_over(key)? else {
            return Ok(());
        };
        let end = judge(&this, orphan.head.as_ref(), &orphan.bytes);
        tracing::warn!(entry = %key, ?end, bytes = orphan.bytes.len(), "a question that was not brought to its end was found");
        orphan.claim.end(end).map(|_| ())
    };
    inner.blocking(settle).await
}

/// Settles everything, and lists what nobody works on.
pub(crate) async fn recover(inner: &Arc<Inner>) -> Result<Vec<Entry>, StoreError> {
    let open = inner.blocking(ResultStore::entries).await?;
    for entry in open.iter().filter(|entry| entry.state == State::Claiming && !entry.busy) {
        // One entry that cannot be settled must not hide the others; it is listed as it is.
        if let Err(error) = settle(inner, entry.key).await {
            tracing::warn!(entry = %entry.key, "a question that was not brought to its end could not be settled: {error}");
        }
    }
    let mut entries = inner.blocking(ResultStore::entries).await?;
    entries.retain(|entry| !entry.busy);
    Ok(entries)
}
