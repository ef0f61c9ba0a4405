//! The `clinical` command.
fn main() {}
