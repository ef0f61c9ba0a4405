//! The transport core of the clinical-clients crates: effects and delivery, retries, deadlines, credentials, redaction and audit for clinical APIs
