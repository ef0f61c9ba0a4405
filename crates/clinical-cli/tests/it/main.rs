//! Behaviour of the real executable.
