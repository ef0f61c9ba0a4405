//! The behaviour of the crate as its users meet it, in one binary to save link time.

mod lossless;
mod model;
mod random;
mod strict;
