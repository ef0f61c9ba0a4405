//! `fhir`, through `serde_json`, as its documentation does it. The entries of a bundle stay `serde_json::Value`: that is what the crate's type for
//! them holds.

/// A resource of any type.
pub use fhir::r4b::resources::Resource;

/// What can go wrong.
pub type Failure = Box<dyn std::error::Error>;

/// Reads it.
///
/// # Errors
///
/// If it is not JSON, or not of the types.
pub fn read(json: &[u8]) -> Result<Resource, Failure> {
    Ok(serde_json::from_slice(json)?)
}

/// Writes it.
///
/// # Errors
///
/// If a value cannot be written.
pub fn write(resource: &Resource) -> Result<Vec<u8>, Failure> {
    Ok(serde_json::to_vec(resource)?)
}
