//! What reading with `helios-fhir` leaves on the heap.

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static HEAP: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<(), harness::Failure> {
    harness::counts(HEAP, round_trip::read)
}
