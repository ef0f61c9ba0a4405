//! `clinical results`: lists, shows and removes what is kept of results. Nothing here takes a result from the vendor.

mod answer;
mod list;
pub(crate) mod meaning;
mod remove;
mod show;

pub(crate) use answer::result_of;

use crate::args::{ResultsArgs, ResultsCommand};
use crate::exit::{Exit, Stop};
use crate::store;

pub(crate) fn run(args: ResultsArgs) -> Result<Exit, Stop> {
    let store = store::open_existing(args.results.as_deref())?;
    match args.command {
        ResultsCommand::List(args) => list::run(&store, &args),
        ResultsCommand::Show(args) => show::run(&store, &args),
        ResultsCommand::Remove(args) => remove::run(&store, &args),
    }
}
