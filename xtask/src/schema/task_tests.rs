//! The task as a whole, on a workspace of its own in a temporary folder.
