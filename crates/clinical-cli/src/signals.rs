//! The signals that end the command in good order: Ctrl-C everywhere; SIGHUP, SIGQUIT and SIGTERM too on Unix.
//!
//! A signal that was ignored when the command started stays ignored, as `nohup` and background jobs of a script want it. Only
//! Linux tells that to a program without unsafe code; elsewhere all of them end the command.
//!
//! SIGXFSZ would end the command, too, in the middle of a line of an audit trail; it is caught, and the write fails instead.

use crate::exit::{Exit, Stop};

/// SIGXFSZ, a file would grow beyond `ulimit -f`: 25 on Linux, macOS and the BSDs.
#[cfg(unix)]
const FILE_SIZE: i32 = 25;

/// Installed before work starts, so that no signal is missed; resolves with the exit code of the first one.
pub(crate) fn install() -> Result<impl Future<Output = Exit>, Stop> {
    let failed = |error| Stop::failed(format!("signals cannot be watched: {error}"));
    #[cfg(unix)]
    {
        use futures_util::stream::{FuturesUnordered, StreamExt};
        use tokio::signal::unix::{SignalKind, signal};
        let ignored = ignored();
        // A handler that does nothing replaces the end of the process: a file that may not grow becomes an error of whoever writes.
        if ignored & (1 << (FILE_SIZE - 1)) == 0 {
            drop(signal(SignalKind::from_raw(FILE_SIZE)).map_err(failed)?);
        }
        let mut watched = Vec::new();
        for number in [1_u8, 2, 3, 15] {
            if ignored & (1 << (number - 1)) == 0 {
                let stream = signal(SignalKind::from_raw(number.into())).map_err(failed)?;
                watched.push((number, stream));
            }
        }
        Ok(async move {
            let first = watched.iter_mut().map(|(number, stream)| async {
                stream.recv().await;
                Exit::Signal(*number)
            });
            match first.collect::<FuturesUnordered<_>>().next().await {
                Some(exit) => exit,
                // All four are ignored: nothing ever comes.
                None => std::future::pending().await,
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

/// The signals that are ignored, bit `n - 1` for signal `n`, as the kernel writes them in `/proc` (`proc_pid_status(5)`).
#[cfg(unix)]
fn ignored() -> u64 {
    std::fs::read_to_string("/proc/self/status").ok().and_then(|status| mask(&status)).unwrap_or(0)
}

#[cfg(unix)]
fn mask(status: &str) -> Option<u64> {
    let digits = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(digits.trim(), 16).ok()
}

#[cfg(all(test, unix))]
mod tests {
    use super::mask;

    #[test]
    fn the_mask_of_ignored_signals_is_read_and_anything_else_is_none() {
        let status = "Name:\tx\nSigBlk:\tffffffffffffffff\nSigIgn:\t0000000000001001\n";
        assert_eq!(mask(status), Some(0x1001));
        assert_eq!(mask("SigIgn:\tnone\n"), None);
        assert_eq!(mask(""), None);
    }
}
