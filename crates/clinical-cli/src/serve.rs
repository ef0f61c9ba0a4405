//! `clinical sandbox`: the sandbox as a server on this machine, until a signal ends it.

use std::path::Path;

use clinical_sandbox::{NOVAMED_CLINIC, Sandbox, Tls};
use haidy_analyst::{API_TOKEN_VAR as HAIDY_TOKEN_VAR, API_URL_VAR as HAIDY_URL_VAR};
use novamed_api::{API_KEY_VAR, CLINIC_ID_VAR};
use omniscribe_codify::{API_TOKEN_VAR, API_URL_VAR};

use crate::args::SandboxArgs;
use crate::connect;
use crate::exit::{Exit, Stop};
use crate::{signals, style};

pub(crate) async fn run(args: SandboxArgs) -> Result<Exit, Stop> {
    let stopped = signals::install()?;
    let mut builder = Sandbox::builder().port(args.port).seed(args.seed).speed(args.speed).token(args.token);
    if args.tls_dir.is_some() {
        let tls = Tls::new();
        builder = builder.tls(if args.require_client_cert { tls.require_client_certificate() } else { tls });
    }
    let sandbox = connect::start(builder).await?;
    let how = match (&args.tls_dir, sandbox.issued()) {
        (Some(folder), Some(issued)) => {
            issued.write_to(folder).map_err(|error| {
                Stop::failed(format!("--tls-dir: {} could not be written: {error}", folder.display()))
            })?;
            trust(folder, args.require_client_cert)
        }
        _ => String::new(),
    };
    style::simulated();
    style::say(format_args!(
        "The sandbox listens on {}. Point a client at it with:\n\n  export {API_URL_VAR}={}\n  export {API_TOKEN_VAR}={}\n\
         \x20 export {HAIDY_URL_VAR}={}\n  export {HAIDY_TOKEN_VAR}={}\n\
         \x20 export {API_KEY_VAR}={}\n  export {CLINIC_ID_VAR}={NOVAMED_CLINIC}\n\n\
         `clinical novamed` wants its address as a flag: --base-url {} --synthetic-data-only\n\n{how}\
         What happened: {}/_sandbox/journal; how sure the simulation is: {}/_sandbox/fidelity. Ctrl-C ends it.",
        sandbox.url(),
        sandbox.url(),
        sandbox.token(),
        sandbox.url(),
        sandbox.token(),
        sandbox.token(),
        sandbox.url(),
        sandbox.url(),
        sandbox.url(),
    ));
    sandbox
        .run_until(async {
            stopped.await;
        })
        .await;
    style::say("The sandbox has stopped.");
    // Being stopped is how a server ends well.
    Ok(Exit::Ok)
}

/// The flags that make `clinical codify` trust the sandbox, and the sandbox it.
fn trust(folder: &Path, demands_identity: bool) -> String {
    let flag = |flag, file| format!(" {flag} '{}'", folder.join(file).display());
    let mut flags = flag("--ca-file", "authority.pem");
    if demands_identity {
        flags += &flag("--client-cert", "client.pem");
        flags += &flag("--client-key", "client-key.pem");
    }
    format!("Its certificate is from an authority of this run. Let the client trust it with:\n\n {flags}\n\n")
}
