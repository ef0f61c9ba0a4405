//! Calls from code without `async`: a runtime of its own for a client, on a thread of its own,
//! which keeps connections alive between the calls. It refuses to work inside an async runtime,
//! whose thread it would stop; there the async client is the one to use.

use std::sync::Arc;
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::yield_now;

use crate::Error;

const SETTING: &str = "blocking client";

/// What drives the connections and timers of a blocking client. Any number of threads may use it at
/// the same time, through clones or by reference: each call runs on the thread that makes it, and
/// one thread in the background reads and writes for all of them, also between two calls.
///
/// That thread ends after the last clone is dropped. Dropping never waits, and is allowed anywhere.
///
/// Make one for the life of the program: connections live in it, and are gone with it.
///
/// ```
/// use clinical_http::blocking::Runtime;
/// # use clinical_http::testing::{ScriptedTransport, Step};
/// # use clinical_http::{BaseUrl, Call, Client, Effect, Method, Operation, Vendor};
///
/// # const VENDOR: Vendor = Vendor::new("example");
/// # const READ: Operation = Operation::new("read", Method::Get, "/v1/read", Effect::Safe);
/// # fn main() -> Result<(), clinical_http::Error> {
/// # let base = BaseUrl::parse("https://codify.example")?;
/// # let builder = Client::builder(&VENDOR, base).transport(ScriptedTransport::always(Step::answer(200, "{}")));
/// let runtime = Runtime::new()?;
/// let client = builder.build()?;
/// // The outer error is the runtime's, the inner one the call's.
/// let answer = runtime.run(client.send_raw(Call::new(&READ)))??;
/// assert_eq!(answer.status, 200);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Runtime {
    handle: Handle,
    // The background thread waits for the last of these to go.
    _alive: Arc<oneshot::Sender<()>>,
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Runtime")
    }
}

impl Runtime {
    /// Starts the thread in the background, named `clinical-http`.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) inside an async runtime, and when the
    /// system has no thread or file descriptor left.
    pub fn new() -> Result<Self, Error> {
        refuse_inside_a_runtime()?;
        let failed = |_| Error::configuration(SETTING, "could not start its thread; raise the limits of the process");
        // With one worker of a multi-thread runtime a missing thread would be a panic; here it is an error.
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let handle = runtime.handle().clone();
        let (alive, last_one_gone) = oneshot::channel::<()>();
        let drive = move || {
            // Ends by an error: nobody ever sends.
            let _ = runtime.block_on(last_one_gone);
            // A name that is still being looked up, or a file that hangs, is not waited for.
            runtime.shutdown_background();
        };
        thread::Builder::new().name("clinical-http".to_owned()).spawn(drive).map_err(failed)?;
        Ok(Self { handle, _alive: Arc::new(alive) })
    }

    /// Runs a future to its end on this thread.
    ///
    /// Nothing ends it from outside: a call of a [`Client`](crate::Client) ends by its
    /// [`Deadlines`](crate::Deadlines). Any future will do, and it may spawn tasks, which go on in
    /// the background after this returns.
    ///
    /// # Delivery
    ///
    /// An error of this method means that nothing was sent. What the future itself says is untouched.
    ///
    /// # Errors
    ///
    /// [`Configuration`](crate::ErrorKind::Configuration) inside an async runtime of tokio, which
    /// includes the threads of its `spawn_blocking`; the future is dropped and was never polled.
    /// Other runtimes cannot be recognised: there it runs and stops the thread meanwhile.
    pub fn run<F: Future>(&self, future: F) -> Result<F::Output, Error> {
        refuse_inside_a_runtime()?;
        Ok(self.handle.block_on(async {
            let output = future.await;
            // The connection goes back into the pool on the other thread. Without a word from there, a caller who asks again at once would
            // open a second one.
            let _ = tokio::spawn(yield_now()).await;
            output
        }))
    }
}

fn refuse_inside_a_runtime() -> Result<(), Error> {
    // While a thread ends, its context is gone for good and nothing can be run: that is refused as well.
    if Handle::try_current().is_err_and(|error| error.is_missing_context()) {
        return Ok(());
    }
    Err(Error::configuration(SETTING, "cannot be used inside an async runtime; use the async client there"))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;
    use crate::ErrorKind;

    /// Only a failure waits this long.
    const PATIENCE: Duration = Duration::from_secs(60);

    thread_local!(static ENDS_WITH_THE_THREAD: RefCell<Option<mpsc::Sender<()>>> = const { RefCell::new(None) });

    #[test]
    fn what_a_call_leaves_behind_goes_on_between_the_calls() {
        let runtime = Runtime::new().unwrap();
        let (sender, receiver) = mpsc::channel();
        let task = async move { sender.send(thread::current().name().map(str::to_owned)) };
        runtime.run(async { drop(tokio::spawn(task)) }).unwrap();
        let driver = receiver.recv_timeout(PATIENCE).unwrap();
        assert_eq!(driver.as_deref(), Some("clinical-http"));
    }

    #[test]
    fn a_call_runs_on_the_thread_that_makes_it_with_timers() {
        let runtime = Runtime::new().unwrap();
        let here = thread::current().id();
        let ran = runtime.run(async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            thread::current().id()
        });
        assert_eq!(ran.unwrap(), here);
    }

    #[test]
    fn the_thread_ends_after_the_last_clone_and_not_before() {
        let runtime = Runtime::new().unwrap();
        let (sender, ended) = mpsc::channel::<()>();
        let note = async move { ENDS_WITH_THE_THREAD.with(|place| *place.borrow_mut() = Some(sender)) };
        runtime.run(async { tokio::spawn(note).await.unwrap() }).unwrap();
        let clone = runtime.clone();
        drop(runtime);
        assert_eq!(clone.run(async { tokio::spawn(async { 1 }).await.unwrap() }).unwrap(), 1);
        assert_eq!(ended.try_recv(), Err(mpsc::TryRecvError::Empty));
        drop(clone);
        assert_eq!(ended.recv_timeout(PATIENCE), Err(mpsc::RecvTimeoutError::Disconnected));
    }

    #[test]
    fn dropping_the_last_clone_does_not_wait_for_a_file_that_hangs() {
        let runtime = Runtime::new().unwrap();
        let (release, hanging) = mpsc::channel::<()>();
        let (begun, begins) = mpsc::channel();
        let (sender, ended) = mpsc::channel::<()>();
        let hang = async move {
            ENDS_WITH_THE_THREAD.with(|place| *place.borrow_mut() = Some(sender));
            let file = move || begun.send(()).map(|()| hanging.recv());
            tokio::task::spawn_blocking(file).await
        };
        runtime.run(async { drop(tokio::spawn(hang)) }).unwrap();
        begins.recv_timeout(PATIENCE).unwrap();
        drop(runtime);
        assert_eq!(ended.recv_timeout(PATIENCE), Err(mpsc::RecvTimeoutError::Disconnected));
        drop(release);
    }

    /// Makes a call when its thread is nearly gone.
    struct CallsAtTheEnd(Runtime, mpsc::Sender<bool>);

    impl Drop for CallsAtTheEnd {
        fn drop(&mut self) {
            let _ = self.1.send(self.0.run(async {}).is_ok());
        }
    }

    thread_local!(static CALLS_AT_THE_END: RefCell<Option<CallsAtTheEnd>> = const { RefCell::new(None) });

    #[test]
    fn a_call_from_a_thread_that_has_nearly_ended_is_refused_and_does_not_panic() {
        let runtime = Runtime::new().unwrap();
        let (sender, worked) = mpsc::channel();
        let calls = move || {
            // What a thread keeps is dropped in the reverse order of its first use.
            CALLS_AT_THE_END.with(|place| *place.borrow_mut() = Some(CallsAtTheEnd(runtime.clone(), sender)));
            runtime.run(async {}).is_ok()
        };
        assert!(thread::spawn(calls).join().unwrap());
        assert_eq!(worked.recv_timeout(PATIENCE), Ok(false));
    }

    #[test]
    fn inside_a_runtime_it_is_refused_with_what_to_do_and_nothing_is_polled() {
        let runtime = Runtime::new().unwrap();
        let inside = Builder::new_current_thread().build().unwrap();
        let (made, ran) = inside.block_on(async { (Runtime::new(), runtime.run(async { panic!("polled") })) });
        for error in [made.unwrap_err(), ran.unwrap_err()] {
            assert_eq!((error.kind(), error.field()), (ErrorKind::Configuration, Some(SETTING)));
            let sentence =
                "blocking client cannot be used inside an async runtime; use the async client there (nothing was sent)";
            assert_eq!(error.to_string(), sentence);
        }
        let pooled = runtime.clone();
        let (inside_the_pool, _dropped_there) = inside.block_on(async move {
            let pooled = tokio::task::spawn_blocking(move || (pooled.run(async {}).is_err(), pooled));
            pooled.await.unwrap()
        });
        assert!(inside_the_pool);
        // A call within a call is refused too, and does not panic.
        assert!(runtime.run(async { runtime.run(async {}).is_err() }).unwrap());
        inside.block_on(async move { drop(runtime) });
    }
}
