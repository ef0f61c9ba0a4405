//! The program whose build is measured: it reads a resource and writes it.

use std::io::Write as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let resource = round_trip::read(&std::fs::read("bundle.json")?)?;
    Ok(std::io::stdout().write_all(&round_trip::write(&resource)?)?)
}
