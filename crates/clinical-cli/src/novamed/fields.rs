//! The fields of one thing as flags. They are made of the same list as the columns of a file.

use std::fmt;
use std::marker::PhantomData;

use clap::{Arg, ArgMatches, Command, Error};

use super::field::{Column, Form, columns, flag};
use super::object::Problem;
use super::resource::Resource;

/// What was given of one thing by flags.
pub(crate) struct Fields<T> {
    given: Vec<(Column, String)>,
    of: PhantomData<T>,
}

impl<T> Fields<T> {
    pub(crate) fn cells(&self) -> Vec<(&Column, &str)> {
        self.given.iter().map(|(column, cell)| (column, cell.as_str())).collect()
    }
}

/// It holds a patient's data.
impl<T> fmt::Debug for Fields<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fields(..)")
    }
}

/// The clinic is a flag of the connection, which serves every request.
fn flags<T: Resource>() -> impl Iterator<Item = Column> {
    columns(T::FIELDS).into_iter().filter(|column| column.name != "clinic")
}

/// A problem with a flag, in the words of the command line.
pub(crate) fn of_flag(problem: &Problem) -> String {
    format!("--{} {}", flag(&problem.field), problem.rule)
}

impl<T: Resource> clap::Args for Fields<T> {
    fn augment_args(mut command: Command) -> Command {
        for column in flags::<T>() {
            let mut arg = Arg::new(column.name.clone())
                .long(column.flag())
                .value_name(column.form.placeholder())
                .help(column.help)
                .help_heading(format!("The {}", T::NAME))
                .conflicts_with("file");
            if column.form == Form::Flag {
                arg = arg.num_args(0..=1).require_equals(true).default_missing_value("true");
            }
            command = command.arg(arg);
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<T: Resource> clap::FromArgMatches for Fields<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let given = flags::<T>().filter_map(|column| {
            let cell = matches.get_one::<String>(&column.name)?.clone();
            Some((column, cell))
        });
        Ok(Self { given: given.collect(), of: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
