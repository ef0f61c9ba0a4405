//! The client of `clinical novamed`. Creates go on record, unless the caller said that they need not, or what they create ends with this
//! process, as with the embedded sandbox.

use std::path::Path;
use std::sync::Arc;

use novamed_api::http_core::credential::FileCredential;
use novamed_api::http_core::{Deadlines, Observer};
use novamed_api::log::{DirectoryLog, MemoryLog};
use novamed_api::{
    API_KEY_VAR, CLINIC_ID_VAR, ClinicId, DEV_API_KEY_VAR, Environment, Error, NovaMed, NovaMedBuilder,
    PROD_API_KEY_VAR, Revision,
};

use crate::args::{LogArgs, NovamedConnection};
use crate::audit::Trail;
use crate::exit::{Exit, Stop};
use crate::novamed::Record;

/// The variable of this command for the revision; the vendor's own have none.
const REVISION_VAR: &str = "NOVAMED_REVISION";

/// A client, and the sandbox that answers it if one was asked for.
pub(crate) struct NovamedSession {
    pub(crate) novamed: NovaMed,
    /// The submission log, if there is one.
    pub(crate) record: Option<Arc<Record>>,
    #[cfg(feature = "sandbox")]
    sandbox: Option<clinical_sandbox::Sandbox>,
}

impl NovamedSession {
    /// Without `log` nothing is recorded: for what creates nothing.
    #[cfg_attr(not(feature = "sandbox"), expect(clippy::unused_async, reason = "the same call in both builds"))]
    pub(crate) async fn open(
        connection: &NovamedConnection,
        log: Option<&LogArgs>,
        observer: impl Observer,
        audit: Option<Trail>,
    ) -> Result<Self, Stop> {
        let total = connection.total();
        let mut builder = NovaMed::builder().revision(revision(connection)?).http(move |http| {
            http.user_agent(concat!("clinical-cli/", env!("CARGO_PKG_VERSION")))
                .deadlines(Deadlines::default().total(total))
                .observer(observer)
        });
        if let Some(audit) = audit {
            builder = builder.http(|http| http.audit(audit));
        }
        #[cfg(feature = "sandbox")]
        if connection.is_simulated() {
            let clinic = match &connection.clinic {
                Some(clinic) => clinic.clone(),
                None => ClinicId::new(clinical_sandbox::NOVAMED_CLINIC).map_err(|error| refused(&error))?,
            };
            let (builder, record) = recorded(builder, log, true)?;
            let builder = builder.synthetic_data_only().clinic(clinic);
            let sandbox = super::start(clinical_sandbox::Sandbox::builder()).await?;
            crate::style::simulated();
            let builder = builder.base_url(sandbox.url()).api_key(sandbox.token());
            return Ok(Self { novamed: build(builder)?, record, sandbox: Some(sandbox) });
        }
        let route = connection.route.connection()?;
        builder = addressed(builder, connection)?.http(|http| http.connection(route));
        if connection.synthetic_data_only {
            builder = builder.synthetic_data_only();
        }
        if connection.business_associate_agreement {
            builder = builder.business_associate_agreement();
        }
        key(connection.key_file.is_some(), connection.environment.map(Into::into))?;
        if let Some(path) = connection.key_file.clone() {
            builder = builder.credential(|scheme| FileCredential::new(scheme, path));
        }
        let (builder, record) = recorded(builder.from_env(), log, false)?;
        Ok(Self {
            novamed: build(builder)?,
            record,
            #[cfg(feature = "sandbox")]
            sandbox: None,
        })
    }

    #[cfg_attr(not(feature = "sandbox"), expect(clippy::unused_async, reason = "the same call in both builds"))]
    pub(crate) async fn close(self) {
        #[cfg(feature = "sandbox")]
        if let Some(sandbox) = self.sandbox {
            sandbox.shutdown().await;
        }
    }
}

/// A client that shows requests and sends none: it has no key, and the environment's words are about sending.
pub(crate) fn preview(connection: &NovamedConnection) -> Result<NovaMed, Stop> {
    let mut builder = addressed(NovaMed::builder().revision(revision(connection)?), connection)?;
    builder = match connection.environment.map(Environment::from) {
        Some(Environment::Production) => builder.business_associate_agreement(),
        _ => builder.synthetic_data_only(),
    };
    build(builder.api_key("none"))
}

fn addressed(mut builder: NovaMedBuilder, connection: &NovamedConnection) -> Result<NovaMedBuilder, Stop> {
    if let Some(environment) = connection.environment {
        builder = builder.environment(environment.into());
    }
    if let Some(url) = &connection.base_url {
        builder = builder.base_url(url);
    } else if connection.environment.is_none() {
        return Err(Stop::usage(
            "--environment is missing: say development or production, or give --base-url with an address on this machine (nothing was sent)",
        ));
    }
    if let Some(clinic) = &connection.clinic {
        return Ok(builder.clinic(clinic.clone()));
    }
    match std::env::var_os(CLINIC_ID_VAR) {
        None => Ok(builder),
        Some(value) => match value.to_str().and_then(|value| ClinicId::new(value.trim()).ok()) {
            Some(clinic) => Ok(builder.clinic(clinic)),
            None => Err(Stop::usage(format!(
                "{CLINIC_ID_VAR} must be a UUID; set it as the vendor gave it (nothing was sent)"
            ))),
        },
    }
}

fn revision(connection: &NovamedConnection) -> Result<Revision, Stop> {
    if let Some(revision) = connection.revision {
        return Ok(revision.into());
    }
    let known = Revision::ALL.iter().map(|revision| revision.as_str()).collect::<Vec<_>>().join(" or ");
    match std::env::var_os(REVISION_VAR) {
        Some(name) => name
            .to_str()
            .and_then(|name| name.trim().parse().ok())
            .ok_or_else(|| Stop::usage(format!("{REVISION_VAR} is no revision; set it to {known} (nothing was sent)"))),
        None => Err(Stop::usage(format!(
            "--revision is missing: say {known}, whichever the vendor's servers take from you, or set {REVISION_VAR} (nothing was sent)"
        ))),
    }
}

/// Chooses between two keys for nobody: the wrong one could be that of another clinic.
fn key(has_file: bool, environment: Option<Environment>) -> Result<(), Stop> {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.to_string_lossy().trim().is_empty());
    let own = match environment {
        Some(Environment::Production) => PROD_API_KEY_VAR,
        _ => DEV_API_KEY_VAR,
    };
    let set = [own, API_KEY_VAR].into_iter().find(|name| is_set(name));
    match (has_file, set) {
        (true, Some(name)) => {
            Err(Stop::usage(format!("--key-file and {name} both give a key; use one of them (nothing was sent)")))
        }
        (false, None) => {
            let instead = if cfg!(feature = "sandbox") {
                ", or add --sandbox for simulated answers from this machine"
            } else {
                ""
            };
            Err(Stop::new(
                Exit::Credentials,
                format!(
                    "no credentials: set {own} or {API_KEY_VAR} to the key that the vendor gave you, or give --key-file{instead} (nothing was sent)"
                ),
            ))
        }
        _ => Ok(()),
    }
}

/// With its log. One in memory finds what stands twice in the same input.
fn recorded(
    builder: NovaMedBuilder,
    log: Option<&LogArgs>,
    ends_with_us: bool,
) -> Result<(NovaMedBuilder, Option<Arc<Record>>), Stop> {
    let Some(log) = log.filter(|log| !log.no_log) else { return Ok((builder, None)) };
    let record = if ends_with_us && log.log.is_none() {
        Record::new(MemoryLog::new())
    } else {
        Record::new(directory(log.log.as_deref())?)
    };
    Ok((builder.window(log.window()).submission_log(record.clone()), Some(record)))
}

/// The submission log at this place, or that of this user. It is made if it is missing.
pub(crate) fn directory(place: Option<&Path>) -> Result<DirectoryLog, Stop> {
    match place {
        Some(place) => {
            DirectoryLog::open(place).map_err(|error| Stop::usage(format!("--log: {error} (nothing was sent)")))
        }
        None => DirectoryLog::open_default().map_err(|error| {
            Stop::usage(format!("the submission log: {error}; --log DIR names another one (nothing was sent)"))
        }),
    }
}

fn build(builder: NovaMedBuilder) -> Result<NovaMed, Stop> {
    builder.build().map_err(|error| refused(&error))
}

/// Before anything is sent there are only local errors. What the client calls its functions, this command calls flags.
fn refused(error: &Error) -> Stop {
    let sentence = error.to_string();
    let sentence = sentence.replace("synthetic_data_only()", "--synthetic-data-only");
    let sentence = sentence.replace("business_associate_agreement()", "--business-associate-agreement");
    Stop::new(error.cause_kind().map_or(Exit::Usage, Exit::of), sentence)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Args, Command, NovamedCommand};

    /// The client that these flags make.
    fn client(flags: &[&str]) -> String {
        let args = ["clinical", "novamed", "patient"].iter().chain(flags);
        let Command::Novamed(args) = Args::try_parse_from(args).unwrap().command else { panic!("another command") };
        let NovamedCommand::Patient(args) = args.command else { panic!("another command") };
        let builder = NovaMed::builder().revision(Revision::V2025_12).base_url("http://127.0.0.1:1");
        let (builder, record) = recorded(builder.api_key("none").synthetic_data_only(), Some(&args.log), true).unwrap();
        assert_eq!(record.is_some(), !args.log.no_log);
        format!("{:?}", build(builder).unwrap())
    }

    #[test]
    fn identical_creates_are_refused_for_30_days_unless_the_flags_say_otherwise() {
        assert!(client(&[]).contains("submission_log: Some(2592000s)"), "{}", client(&[]));
        assert!(client(&["--window", "2"]).contains("submission_log: Some(172800s)"));
        assert!(client(&["--no-log"]).contains("submission_log: None"));
    }
}
