//! Behaviour tests of the whole workspace, in one binary.
