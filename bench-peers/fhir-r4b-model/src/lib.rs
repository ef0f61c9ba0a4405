//! `fhir-r4b-model`, by its own entry points.

/// A resource of any type.
pub use fhir_r4b_model::Resource;

/// What can go wrong.
pub type Failure = Box<dyn std::error::Error>;

/// Reads it.
///
/// # Errors
///
/// If it is not JSON, or not of the types.
pub fn read(json: &[u8]) -> Result<Resource, Failure> {
    Ok(fhir_r4b_model::json::from_slice(json)?)
}

/// Writes it.
///
/// # Errors
///
/// None: the others can fail.
pub fn write(resource: &Resource) -> Result<Vec<u8>, Failure> {
    Ok(fhir_r4b_model::json::to_vec(resource))
}
