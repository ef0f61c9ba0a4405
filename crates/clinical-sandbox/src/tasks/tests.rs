//! Who gets a result, and what is kept.
