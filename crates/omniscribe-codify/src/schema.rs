//! The JSON Schemas of what goes over the wire, derived from this crate's types and kept beside them, so that a change of a type that changes the
//! wire is seen.

/// What this crate reads: the name of each type and its schema (JSON Schema, draft 2020-12), as this version was released with it.
pub const READS: &[(&str, &str)] = &[("CodifyResponse", include_str!("../schema/CodifyResponse.reads.json"))];

/// The schemas as the types have them now.
#[cfg(feature = "schema")]
#[cfg_attr(docsrs, doc(cfg(feature = "schema")))]
pub fn derived() -> Vec<clinical_drift::Derived> {
    use clinical_drift::Derived;
    vec![
        Derived::writes::<crate::wire::Wire<'_>>("CodifyRequest"),
        Derived::reads::<crate::CodifyResponse>("CodifyResponse"),
        Derived::writes::<crate::CodifyResponse>("CodifyResponse"),
    ]
}
