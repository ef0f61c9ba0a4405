//! `cargo xtask schema`.

pub mod compare;
pub mod normal;
#[cfg(test)]
mod random_tests;
#[cfg(test)]
mod rows_tests;
mod shape;
pub mod verdict;
