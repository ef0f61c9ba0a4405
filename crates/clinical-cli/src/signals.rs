//! The signals that end the command in good order: Ctrl-C everywhere, SIGTERM on Unix.

use crate::exit::{Exit, Stop};

/// Installed before work starts, so that no signal is missed; resolves with the exit code of the first one.
pub(crate) fn install() -> Result<impl Future<Output = Exit>, Stop> {
    let failed = |error| Stop::failed(format!("signals cannot be watched: {error}"));
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => Exit::Signal(2),
                _ = terminate.recv() => Exit::Signal(15),
            }
        })
    }
    #[cfg(windows)]
    {
        let mut interrupt = tokio::signal::windows::ctrl_c().map_err(failed)?;
        Ok(async move {
            interrupt.recv().await;
            Exit::Signal(2)
        })
    }
}
