//! What comes back from `fhir-r4b-model` as it was.

fn main() -> Result<(), harness::Failure> {
    harness::keeps(round_trip::read, round_trip::write)
}
