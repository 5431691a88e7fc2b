//! The stage's own keys from `pipeline.toml`.

use crate::Failure;
use serde::de::DeserializeOwned;

/// The configuration as JSON text.
pub fn text() -> String {
    crate::__bindings::dump::countersign::plugin::config::get()
}

/// The configuration, read into a type of yours.
///
/// # Errors
/// [`Failure::InvalidConfig`] where the text does not have the type's shape, which the schema from
/// `describe` should have kept out.
pub fn get<T: DeserializeOwned>() -> Result<T, Failure> {
    serde_json::from_str(&text())
        .map_err(|error| Failure::InvalidConfig(vec![crate::diagnostic("invalid-config", error.to_string())]))
}
