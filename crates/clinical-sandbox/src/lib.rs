//! A stateful, seeded test double of clinical vendor APIs on loopback, with HTTP and byte-level faults and a journal
