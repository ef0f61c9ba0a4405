//! `clinical sandbox`: the sandbox as a server on this machine, until a signal ends it.

use clinical_sandbox::Sandbox;
use omniscribe_codify::{API_TOKEN_VAR, API_URL_VAR};

use crate::args::SandboxArgs;
use crate::connect;
use crate::exit::{Exit, Stop};
use crate::{signals, style};

pub(crate) async fn run(args: SandboxArgs) -> Result<Exit, Stop> {
    let stopped = signals::install()?;
    let builder = Sandbox::builder().port(args.port).seed(args.seed).token(args.token);
    let sandbox = connect::start(builder).await?;
    style::simulated();
    style::say(format_args!(
        "The sandbox listens on {}. Point a client at it with:\n\n  export {API_URL_VAR}={}\n  export {API_TOKEN_VAR}={}\n\n\
         What happened: {}/_sandbox/journal; how sure the simulation is: {}/_sandbox/fidelity. Ctrl-C ends it.",
        sandbox.url(),
        sandbox.url(),
        sandbox.token(),
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
