use super::Input;
use serde_json::{Value, json};
pub(super) fn build(input: &Input<'_>) -> Value {
    json!({"patient_id": input.id("patient")})
}
