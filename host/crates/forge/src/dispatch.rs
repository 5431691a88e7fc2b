//! What starts work in another repository. The forge's limits are checked before anything is sent.

use crate::call::Call;
use crate::client::Client;
use crate::{ForgeError, Slug, WorkflowDispatch, repository};
use serde_json::{Map, Value, json};

/// <https://docs.github.com/en/rest/repos/repos#create-a-repository-dispatch-event>
const LONGEST_TYPE: usize = 100;
const MOST_KEYS: usize = 10;
const LARGEST_PAYLOAD: usize = 64 << 10;

pub(crate) fn repository_dispatch(
    client: &Client,
    repository: &Slug,
    event_type: &str,
    payload: &Value,
) -> Result<(), ForgeError> {
    if !client.is_github() {
        return Err(ForgeError::Unsupported(
            "Gitea and Forgejo have no repository dispatch: start a workflow instead".to_owned(),
        ));
    }
    checked(event_type, payload)?;
    let body = json!({ "event_type": event_type, "client_payload": payload });
    client.write(&Call::post(repository, &["dispatches"], body)).map(|_| ())
}

fn checked(event_type: &str, payload: &Value) -> Result<(), ForgeError> {
    let invalid = |why: String| Err(ForgeError::Invalid(why));
    let length = event_type.chars().count();
    if length == 0 || length > LONGEST_TYPE {
        return invalid(format!("an event type has 1 to {LONGEST_TYPE} characters, not {length}"));
    }
    let Some(keys) = payload.as_object().map(Map::len) else {
        return invalid("the payload of a dispatch is an object".to_owned());
    };
    if keys > MOST_KEYS {
        return invalid(format!(
            "the payload of a dispatch has at most {MOST_KEYS} keys at its top, not {keys}"
        ));
    }
    let bytes = payload.to_string().len();
    if bytes >= LARGEST_PAYLOAD {
        return invalid(format!(
            "the payload of a dispatch is smaller than {LARGEST_PAYLOAD} bytes, not {bytes}"
        ));
    }
    Ok(())
}

pub(crate) fn workflow(
    client: &Client,
    repository: &Slug,
    dispatch: &WorkflowDispatch,
) -> Result<(), ForgeError> {
    let reference = match &dispatch.reference {
        Some(reference) => reference.clone(),
        None => repository::repository(client, repository)?.default_branch,
    };
    let inputs: Map<String, Value> =
        dispatch.inputs.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let body = json!({ "ref": reference, "inputs": inputs });
    let segments = ["actions", "workflows", &dispatch.workflow, "dispatches"];
    client.write(&Call::post(repository, &segments, body)).map(|_| ())
}
