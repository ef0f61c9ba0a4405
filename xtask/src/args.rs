//! The command line of `cargo xtask`. It refuses what it does not know by name, so that a misspelt `--check` never
//! turns into a run that writes.

mod fhir;
mod schemas;

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::prelude::*;

pub use fhir::FhirTask;

use crate::api;
use crate::faults::Suite;
use crate::faults::wire::Sabotage;
use crate::schema;
use crate::snapshots::Mode;

/// What is printed for `--help` and after a usage error.
pub const USAGE: &str = "\
Usage: cargo xtask TASK

  fixtures  [--check]                      write tests/fixtures, or name the files that differ
  snapshots [--check | --accept]           run the snapshot tests and show changes, fail on them, or take them over
  schema    [--check | --release]           write the schemas of what goes over the wire and what their changes mean, check them, or
                                           keep them as those of this release; ends with 0 compatible, 3 review, 4 breaking
  schema compare OLD NEW --direction reads|writes
                                           say what the change from one schema to another means
  schema drift TYPE FILE                   show what a payload has that the type does not name; ends with 0, or with 3 if there is any
  bench SUITE [--json FILE] [--quick] [--check]
                                           measure; suites: upload, transport, recording, waiting, drift,
                                           fhir, fhir-build, fhir-peers, fhir-peers-build
  faults [--suite claims|submissions|creates|all] [--schedules N] [--seed S]
                                           play seeded schedules of faults and deaths, and judge them
  features [--check]                       show which combinations of features there are, or build them all
  fhir     fetch                           take the FHIR R4B packages from the npm registry into target/fhir
  fhir     generate [--check]              write the types of fhir-r4b-model, or name the files that differ
  fhir     fixtures [--check]              write an instance of everything each FHIR resource can hold, or name what differs
  fhir     conformance [DIR] [--strict]    read and write the official examples, or all JSON below DIR; perhaps strictly too
  api      [--check | --verdict]           list the public items of each library in tests/api, name what differs, or
                                           compare with the last release
  release  [--check]                       show what a release would publish, or check all that can be checked before it
  deps     [--check]                       show how many crates each package brings, or hold them against the rules
  ci [--list | --step NAME...]             the whole gate, as .ci/run does it";

/// One task with its options.
#[derive(Debug, PartialEq, Eq)]
pub enum Task {
    /// Print the usage.
    Help,
    /// Write or check the fixtures.
    Fixtures {
        /// Change nothing and fail if a file differs.
        check: bool,
    },
    /// Run, check or accept the snapshots.
    Snapshots(Mode),
    /// Show or build the combinations of features.
    Features {
        /// Build them.
        check: bool,
    },
    /// Write, check, keep or compare the schemas.
    Schema(schema::Mode),
    /// What belongs to the FHIR model.
    Fhir(FhirTask),
    /// Show or check what the packages depend on.
    Deps {
        /// Fail if a rule is broken.
        check: bool,
    },
    /// Write or check the public API of each library, or compare it with the last release.
    Api(api::Mode),
    /// Show or check what a release would publish.
    Release {
        /// Fail if something is missing.
        check: bool,
    },
    /// Measure a suite.
    Bench(BenchOptions),
    /// Play schedules of faults.
    Faults(FaultsOptions),
    /// Run the gate.
    Ci {
        /// Passed on to `.ci/run` as they are.
        arguments: Vec<OsString>,
    },
}

/// The options of `cargo xtask bench`.
#[derive(Debug, PartialEq, Eq)]
pub struct BenchOptions {
    /// The suite's name.
    pub suite: String,
    /// Where the JSON report goes, if anywhere.
    pub json: Option<PathBuf>,
    /// Fewer samples: for a look, not for a published number.
    pub quick: bool,
    /// Fail if something counted, not timed, is over its limit.
    pub check: bool,
}

/// The options of `cargo xtask faults`.
#[derive(Debug, PartialEq, Eq)]
pub struct FaultsOptions {
    /// What is put to the test.
    pub suites: Vec<Suite>,
    /// How many schedules of each.
    pub schedules: u64,
    /// The seed of the first; each further one has the next.
    pub seed: u64,
    /// A fault of the client, to see the judge find it.
    pub sabotage: Option<Sabotage>,
}

/// Reads the command line.
///
/// # Errors
///
/// One sentence that names the argument which is missing, unknown or contradicts another.
pub fn parse(mut parser: lexopt::Parser) -> Result<Task, lexopt::Error> {
    let Some(first) = parser.next()? else {
        return Err("name a task".into());
    };
    match first {
        Long("help") | Short('h') => Ok(Task::Help),
        Value(name) => match name.to_str() {
            Some("help") => Ok(Task::Help),
            Some("fixtures") => Ok(Task::Fixtures { check: parse_check(&mut parser)? }),
            Some("features") => Ok(Task::Features { check: parse_check(&mut parser)? }),
            Some("fhir") => fhir::parse(&mut parser),
            Some("deps") => Ok(Task::Deps { check: parse_check(&mut parser)? }),
            Some("api") => parse_api(&mut parser),
            Some("release") => Ok(Task::Release { check: parse_check(&mut parser)? }),
            Some("schema") => schemas::parse(&mut parser),
            Some("snapshots") => parse_snapshots(&mut parser),
            Some("bench") => parse_bench(&mut parser),
            Some("faults") => parse_faults(&mut parser),
            Some("ci") => Ok(Task::Ci { arguments: parser.raw_args()?.collect() }),
            _ => Err(format!("there is no task '{}'", name.to_string_lossy()).into()),
        },
        other => Err(other.unexpected()),
    }
}

fn parse_check(parser: &mut lexopt::Parser) -> Result<bool, lexopt::Error> {
    let mut check = false;
    while let Some(argument) = parser.next()? {
        match argument {
            Long("check") => check = true,
            other => return Err(other.unexpected()),
        }
    }
    Ok(check)
}

fn parse_snapshots(parser: &mut lexopt::Parser) -> Result<Task, lexopt::Error> {
    let mut mode = Mode::Show;
    while let Some(argument) = parser.next()? {
        let wanted = match argument {
            Long("check") => Mode::Check,
            Long("accept") => Mode::Accept,
            other => return Err(other.unexpected()),
        };
        if mode != Mode::Show && mode != wanted {
            return Err("--check and --accept exclude each other".into());
        }
        mode = wanted;
    }
    Ok(Task::Snapshots(mode))
}

fn parse_api(parser: &mut lexopt::Parser) -> Result<Task, lexopt::Error> {
    let mut mode = api::Mode::Write;
    while let Some(argument) = parser.next()? {
        let wanted = match argument {
            Long("check") => api::Mode::Check,
            Long("verdict") => api::Mode::Verdict,
            other => return Err(other.unexpected()),
        };
        if mode != api::Mode::Write && mode != wanted {
            return Err("--check and --verdict exclude each other".into());
        }
        mode = wanted;
    }
    Ok(Task::Api(mode))
}

fn parse_bench(parser: &mut lexopt::Parser) -> Result<Task, lexopt::Error> {
    let (mut suite, mut json, mut quick, mut check) = (None, None, false, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("json") => json = Some(PathBuf::from(parser.value()?)),
            Long("quick") => quick = true,
            Long("check") => check = true,
            Value(name) if suite.is_none() => suite = Some(name.string()?),
            other => return Err(other.unexpected()),
        }
    }
    let suite = suite.ok_or("bench needs the name of a suite")?;
    Ok(Task::Bench(BenchOptions { suite, json, quick, check }))
}

fn parse_faults(parser: &mut lexopt::Parser) -> Result<Task, lexopt::Error> {
    let mut options = FaultsOptions { suites: Suite::ALL.to_vec(), schedules: 1_000, seed: 1, sabotage: None };
    while let Some(argument) = parser.next()? {
        match argument {
            Long("suite") => {
                let name = parser.value()?.string()?;
                let named = Suite::ALL.into_iter().filter(|suite| name == "all" || suite.name() == name);
                options.suites = named.collect();
                if options.suites.is_empty() {
                    return Err(
                        format!("there is no suite '{name}': choose from claims, submissions, creates, all").into()
                    );
                }
            }
            Long("schedules") => options.schedules = parser.value()?.parse()?,
            Long("seed") => options.seed = parser.value()?.parse()?,
            Long("sabotage") => {
                let name = parser.value()?.string()?;
                let sabotage = Sabotage::named(&name);
                options.sabotage = Some(sabotage.ok_or_else(|| format!("there is no sabotage '{name}'"))?);
            }
            other => return Err(other.unexpected()),
        }
    }
    if options.schedules == 0 {
        return Err("--schedules needs at least 1: none proves nothing".into());
    }
    Ok(Task::Faults(options))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::verdict::Direction;

    fn parsed(arguments: &[&str]) -> Result<Task, String> {
        parse(lexopt::Parser::from_args(arguments)).map_err(|error| error.to_string())
    }

    #[test]
    fn each_task_is_read_with_its_options() {
        assert_eq!(parsed(&["fixtures"]), Ok(Task::Fixtures { check: false }));
        assert_eq!(parsed(&["fixtures", "--check"]), Ok(Task::Fixtures { check: true }));
        assert_eq!(parsed(&["features"]), Ok(Task::Features { check: false }));
        assert_eq!(parsed(&["features", "--check"]), Ok(Task::Features { check: true }));
        assert_eq!(parsed(&["deps", "--check"]), Ok(Task::Deps { check: true }));
        assert_eq!(parsed(&["api", "--check"]), Ok(Task::Api(api::Mode::Check)));
        assert_eq!(parsed(&["release"]), Ok(Task::Release { check: false }));
        assert_eq!(parsed(&["snapshots", "--accept"]), Ok(Task::Snapshots(Mode::Accept)));
        assert_eq!(parsed(&["schema"]), Ok(Task::Schema(schema::Mode::Write)));
        assert_eq!(parsed(&["schema", "--release"]), Ok(Task::Schema(schema::Mode::Release)));
        assert_eq!(
            parsed(&["schema", "compare", "a", "b", "--direction", "writes"]),
            Ok(Task::Schema(schema::Mode::Compare { old: "a".into(), new: "b".into(), direction: Direction::Writes }))
        );
        assert_eq!(
            parsed(&["schema", "drift", "Task", "a"]),
            Ok(Task::Schema(schema::Mode::Drift { name: "Task".into(), file: "a".into() }))
        );
        assert_eq!(parsed(&["fhir", "fetch"]), Ok(Task::Fhir(FhirTask::Fetch)));
        assert_eq!(parsed(&["fhir", "generate", "--check"]), Ok(Task::Fhir(FhirTask::Generate { check: true })));
        assert_eq!(
            parsed(&["fhir", "conformance", "bundles"]),
            Ok(Task::Fhir(FhirTask::Conformance { folder: Some("bundles".into()), strict: false }))
        );
        assert_eq!(
            parsed(&["fhir", "conformance", "--strict"]),
            Ok(Task::Fhir(FhirTask::Conformance { folder: None, strict: true }))
        );
        assert_eq!(parsed(&["fhir", "fixtures", "--check"]), Ok(Task::Fhir(FhirTask::Fixtures { check: true })));
        assert_eq!(
            parsed(&["bench", "--quick", "upload", "--json", "out.json"]),
            Ok(Task::Bench(BenchOptions {
                suite: "upload".into(),
                json: Some("out.json".into()),
                quick: true,
                check: false
            }))
        );
        assert_eq!(
            parsed(&["bench", "transport", "--check"]),
            Ok(Task::Bench(BenchOptions { suite: "transport".into(), json: None, quick: false, check: true }))
        );
    }

    #[test]
    fn faults_are_played_of_all_suites_unless_one_is_named() {
        let options = |suites: &[Suite], schedules, seed, sabotage| {
            Ok(Task::Faults(FaultsOptions { suites: suites.to_vec(), schedules, seed, sabotage }))
        };
        assert_eq!(parsed(&["faults"]), options(&Suite::ALL, 1_000, 1, None));
        assert_eq!(parsed(&["faults", "--suite", "all", "--schedules", "5"]), options(&Suite::ALL, 5, 1, None));
        assert_eq!(
            parsed(&["faults", "--suite", "claims", "--seed", "7", "--sabotage", "lie"]),
            options(&[Suite::Claims], 1_000, 7, Some(Sabotage::Lie))
        );
    }

    #[test]
    fn arguments_of_the_gate_are_passed_on_untouched() {
        assert_eq!(
            parsed(&["ci", "--step", "clippy"]),
            Ok(Task::Ci { arguments: vec!["--step".into(), "clippy".into()] })
        );
    }

    #[test]
    fn an_unknown_option_never_becomes_a_run_that_writes() {
        for wrong in [
            &["fixtures", "--chek"][..],
            &["fixtures", "check"],
            &["features", "--chek"],
            &["deps", "core"],
            &["api", "--chek"],
            &["api", "--check", "--verdict"],
            &["release", "0.2.0"],
            &["fhir"],
            &["fhir", "generate", "--chek"],
            &["fhir", "fetch", "--check"],
            &["fhir", "conformance", "one", "two"],
            &["fhir", "conformance", "--strict", "--strict"],
            &["fhir", "fixtures", "--chek"],
            &["schema", "--chek"],
            &["schema", "--check", "--release"],
            &["schema", "compare", "a", "b"],
            &["schema", "drift", "a"],
            &["schema", "drift", "a", "b", "--check"],
            &["schema", "compare", "a", "--direction", "reads"],
            &["schema", "compare", "a", "b", "--direction", "both"],
            &["snapshots", "--chek"],
            &["snapshots", "--check", "--accept"],
            &["faults", "--suite", "claim"],
            &["faults", "--schedules", "0"],
            &["faults", "--sabotage", "all"],
            &["bench"],
            &["bench", "upload", "--chek"],
            &["bench", "upload", "other"],
            &["publish"],
            &[],
        ] {
            assert!(parsed(wrong).is_err(), "{wrong:?} was accepted");
        }
    }
}
