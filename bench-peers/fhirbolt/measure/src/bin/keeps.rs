//! What comes back from `fhirbolt` as it was.

fn main() -> Result<(), harness::Failure> {
    harness::keeps(round_trip::read, round_trip::write)
}
