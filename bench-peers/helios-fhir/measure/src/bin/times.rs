//! How long reading and writing with `helios-fhir` takes.

fn main() -> Result<(), harness::Failure> {
    harness::times(round_trip::read, round_trip::write)
}
