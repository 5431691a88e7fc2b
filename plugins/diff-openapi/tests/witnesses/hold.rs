//! Whether a witness holds, by the word of a validator that shares no code with the stage.

use crate::bundle::bundle;
use countersign_plugin::{Change, Side, Witness};
use jsonschema::{Draft, PatternOptions};
use serde_json::Value;

/// What is wrong with a witness, if anything is.
pub(crate) fn fault(base: &Value, head: &Value, change: &Change, witness: &Witness) -> Option<String> {
    let value: Value = match serde_json::from_str(&witness.value) {
        Ok(value) => value,
        Err(error) => return Some(format!("{}: {error} in {}", change.rule, witness.value)),
    };
    let request = witness.allowed_by == Side::Base;
    let allows = |document: &Value, pointer: &str| {
        let schema = bundle(document, pointer, request);
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .with_pattern_options(PatternOptions::regex())
            .build(&schema);
        validator.map(|validator| validator.is_valid(&value)).map_err(|error| format!("{error} in {schema}"))
    };
    let answers = (allows(base, &witness.base), allows(head, &witness.head));
    let good = matches!((&answers, request), ((Ok(true), Ok(false)), true) | ((Ok(false), Ok(true)), false));
    let too_long = witness.value.len() > 2048;
    (!good || too_long).then(|| {
        let Witness { value, base, head, .. } = witness;
        format!("{} {}: {value} at {base} and {head}: {answers:?}", change.rule, change.subject)
    })
}
