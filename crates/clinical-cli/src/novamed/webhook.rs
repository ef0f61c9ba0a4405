//! `clinical novamed webhook`: registers addresses for events, as every other create, and ends registrations, which is not one: what is deleted
//! twice is deleted.

use std::io::{self, Write};

use novamed_api::{DeleteForm, DeleteWebhook, Error};

use super::outcome::Failure;
use super::{create, dry};
use crate::args::{DeleteArgs, DeleteFormArg, WebhookCommand};
use crate::audit::{self, Trail};
use crate::connect::{self, NovamedSession};
use crate::exit::{Exit, Stop};
use crate::progress::Progress;
use crate::signals;

pub(super) async fn run(command: WebhookCommand) -> Result<Exit, Stop> {
    match command {
        WebhookCommand::Create(args) => create(args).await,
        WebhookCommand::Delete(args) => {
            let trail = args.audit.as_deref().map(Trail::at);
            let result = delete(&args, trail.as_ref()).await;
            audit::close(trail, result).await
        }
    }
}

async fn delete(args: &DeleteArgs, trail: Option<&Trail>) -> Result<Exit, Stop> {
    let stopped = signals::install()?;
    let form = match args.form {
        DeleteFormArg::Query => DeleteForm::Query,
        DeleteFormArg::Body => DeleteForm::Body,
    };
    let deletion = DeleteWebhook::new(args.webhook.clone()).form(form);
    if let Some(form) = args.dry_run {
        let preview = connect::preview(&args.connection)?.preview(&deletion).map_err(|error| failed(&error))?;
        dry::write(&mut io::stdout().lock(), &preview, form)?;
        return Ok(Exit::Ok);
    }
    let progress = Progress::new(1);
    let session = NovamedSession::open(&args.connection, None, progress.clone(), trail.cloned()).await?;
    session.novamed.preview(&deletion).map_err(|error| failed(&error))?;
    trail.map_or(Ok(()), Trail::open)?;
    let deleted = tokio::select! {
        biased;
        exit = stopped => return Err(Stop::new(exit, "interrupted; the webhook may be deleted: give the same command again")),
        deleted = session.novamed.delete_webhook(&deletion) => deleted,
    };
    progress.clear();
    deleted.map_err(|error| failed(&error))?;
    let mut out = io::stdout().lock();
    writeln!(out, "deleted")?;
    out.flush()?;
    drop(out);
    session.close().await;
    Ok(Exit::Ok)
}

/// The end of a run that had one thing to do.
pub(super) fn failed(error: &Error) -> Stop {
    let exit = match Failure::of(error).exit {
        // Nothing was sent, and the flags are the reason.
        Exit::SomeFailed if !error.problems().is_empty() => Exit::Usage,
        exit => exit,
    };
    Stop::new(exit, error.to_string())
}
