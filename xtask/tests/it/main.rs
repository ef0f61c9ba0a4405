//! The development tasks, used as programs. One binary, to save link time.

mod faults;
