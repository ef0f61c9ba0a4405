//! The development tasks behind `cargo xtask`. Each generator can check instead of write, so that the gate proves that
//! what is committed is what would be generated. Nothing here contacts a host other than this machine.

// A development tool talks to the developer on its standard streams.
#![allow(clippy::print_stdout, clippy::print_stderr)]

pub mod api;
pub mod args;
pub mod bench;
pub mod ci;
pub mod deps;
pub mod faults;
pub mod features;
pub mod fhir;
pub mod fixtures;
pub mod git;
pub mod http;
pub mod packages;
pub mod release;
pub mod schema;
pub mod skipped;
pub mod snapshots;
pub mod workspace;

use args::Task;

/// Does one task, and tells the exit code: 0, or what the task says by another.
///
/// # Errors
///
/// What the task says: a difference that a check found, a program that failed, a file that cannot be read or written.
pub fn run(task: Task) -> anyhow::Result<u8> {
    let done: anyhow::Result<()> = match task {
        Task::Help => {
            println!("{}", args::USAGE);
            Ok(())
        }
        Task::Fixtures { check } => fixtures::run(check),
        Task::Api(mode) => api::run(mode),
        Task::Release { check } => release::run(check),
        Task::Features { check } => features::run(check),
        Task::Fhir(task) => fhir::run(&task),
        Task::Deps { check } => deps::run(check),
        Task::Snapshots(mode) => snapshots::run(mode),
        Task::Faults(options) => faults::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::Ci { arguments } => ci::run(&arguments),
        // The one task whose outcome is more than done or failed.
        Task::Schema(mode) => return schema::run(&mode).map(schema::verdict::Verdict::exit_code),
    };
    done.map(|()| 0)
}
