//! `fhirbolt`, by its own entry points, as its documentation does it.

/// A resource of any type.
pub use fhirbolt::model::r4b::Resource;

/// What can go wrong.
pub type Failure = Box<dyn std::error::Error>;

/// Reads it.
///
/// # Errors
///
/// If it is not JSON, or not of the types.
pub fn read(json: &[u8]) -> Result<Resource, Failure> {
    Ok(fhirbolt::json::from_slice(json, None)?)
}

/// Writes it.
///
/// # Errors
///
/// If a value cannot be written.
pub fn write(resource: &Resource) -> Result<Vec<u8>, Failure> {
    Ok(fhirbolt::json::to_vec(resource, None)?)
}
