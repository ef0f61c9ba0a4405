//! How long reading and writing with `fhir-r4b-model` takes.

fn main() -> Result<(), harness::Failure> {
    harness::times(round_trip::read, round_trip::write)
}
