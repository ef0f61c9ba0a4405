//! `clinical results`: lists, shows, recovers and removes what is kept of results. The vendor is asked for nothing, unless a person says so by
//! `recover --ask-again`.

mod answer;
mod list;
pub(crate) mod meaning;
mod recover;
mod remove;
mod show;

pub(crate) use answer::result_of;

use crate::args::{ResultsArgs, ResultsCommand};
use crate::exit::{Exit, Stop};
use crate::store;

pub(crate) async fn run(args: ResultsArgs) -> Result<Exit, Stop> {
    let at = args.results.as_deref();
    let store = store::open_existing(at)?;
    match args.command {
        ResultsCommand::List(args) => list::run(&store, at, &args),
        ResultsCommand::Show(args) => show::run(&store, at, &args),
        ResultsCommand::Recover(args) => recover::run(&store, at, &args).await,
        ResultsCommand::Remove(args) => remove::run(&store, at, &args),
    }
}
