//! `clinical results recover`: brings to an end what dead processes left open, without sending anything, and says how each entry stands. Only on
//! purpose, for one entry, the vendor is asked once more.

use std::pin::pin;

use clinical_long_tasks::{DirectoryStore, State, TaskToken, Terminal};

use super::{list, meaning};
use crate::args::RecoverArgs;
use crate::connect::{HaidySession, Keep, offline};
use crate::exit::{Exit, Stop};
use crate::store;
use crate::structure::{Line, Place, Waiter, token};
use crate::target::Target;
use crate::{signals, style};

pub(super) async fn run(
    store: &DirectoryStore,
    at: Option<&std::path::Path>,
    args: &RecoverArgs,
) -> Result<Exit, Stop> {
    if let Some(digits) = &args.ask_again {
        let entry = store::find(store, digits)?;
        if matches!(entry.state, State::Waiting | State::Stored(Terminal::Done | Terminal::Failed)) {
            let meaning = meaning::of(&entry, &store::flag(at));
            return Err(Stop::usage(format!(
                "--ask-again: nothing is uncertain about this entry: {meaning} (nothing was sent)"
            )));
        }
        return ask_again(at, args, &token::of_key(store, digits)?).await;
    }
    let haidy = offline(store.clone())?;
    let entries = haidy.recover().await.map_err(|error| Stop::failed(error.to_string()))?;
    list::write(&entries, &store::flag(at), args.format)?;
    let uncertain = entries.iter().filter(|entry| meaning::is_uncertain(entry)).count();
    if uncertain == 0 {
        return Ok(Exit::Ok);
    }
    style::say(format_args!("{uncertain} of {} entries have to be looked at by a person", entries.len()));
    Ok(Exit::SomeFailed)
}

/// Asks the vendor after a task whose result may have been taken.
async fn ask_again(at: Option<&std::path::Path>, args: &RecoverArgs, token: &TaskToken) -> Result<Exit, Stop> {
    let stopped = pin!(signals::install()?);
    let target = Target::open(&args.out)?;
    let line = Line::new();
    let session = HaidySession::open(&args.connection, Keep::Store(at), line.clone(), None).await?;
    let place = Place { flag: store::flag(at), durable: true, simulated: args.connection.is_simulated() };
    let waiter = Waiter { session: &session, target: &target, place: &place, line: &line, details: args.details };
    session.haidy.ask_again(token).await.map_err(|error| waiter.failed(&error))?;
    let exit = waiter.finish(token, stopped).await?;
    session.close().await;
    Ok(exit)
}
