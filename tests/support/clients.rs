//! Clients whose waits are recorded and not waited, and whose chance is seeded.

use clinical_http::ClientBuilder;
use clinical_http::testing::{JumpingClock, ScriptedTransport};
use clinical_http::transport::Transport;
use clinical_sandbox::Sandbox;
use omniscribe_codify::{Codify, CodifyBuilder, Environment};

/// The token that test clients send.
pub const TOKEN: &str = "token-of-the-tests";

/// Settings for an address, with a clock that jumps and a fixed seed.
pub fn settings(url: &str, clock: &JumpingClock) -> CodifyBuilder {
    let clock = clock.clone();
    Codify::builder().base_url(url).token(TOKEN).http(move |http: ClientBuilder| http.clock(clock).seed(7))
}

/// A client of an address on this machine.
pub fn client(url: &str) -> Codify {
    client_with(url, &JumpingClock::new())
}

/// A client of an address on this machine, with the clock that records its waits.
pub fn client_with(url: &str, clock: &JumpingClock) -> Codify {
    settings(url, clock).build().unwrap()
}

/// Settings for a sandbox, with its token.
pub fn for_sandbox(sandbox: &Sandbox, clock: &JumpingClock) -> CodifyBuilder {
    settings(sandbox.url(), clock).token(sandbox.token().to_owned())
}

/// A client of a sandbox.
pub fn of_sandbox(sandbox: &Sandbox, clock: &JumpingClock) -> Codify {
    for_sandbox(sandbox, clock).build().unwrap()
}

/// Settings that send over the given transport and never to a network.
pub fn over(transport: impl Transport) -> CodifyBuilder {
    settings("https://codify.hospital.example", &JumpingClock::new())
        .environment(Environment::Development)
        .http(|http| http.transport(transport))
}

/// A client that plays a script.
pub fn scripted(transport: &ScriptedTransport) -> Codify {
    over(transport.clone()).build().unwrap()
}
