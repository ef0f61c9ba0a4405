//! What comes back from `helios-fhir` as it was.

fn main() -> Result<(), harness::Failure> {
    harness::keeps(round_trip::read, round_trip::write)
}
