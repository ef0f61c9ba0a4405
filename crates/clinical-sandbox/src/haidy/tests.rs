//! What the readers of a request let pass, refuse and read.
