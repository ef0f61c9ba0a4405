//! Behaviour of the audit trail.
