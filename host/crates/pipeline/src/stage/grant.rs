use crate::config::{Config, StageConfig};
use countersign_engine::{Grants, HttpGrant, InvalidGrant};
use countersign_model::Problem;
use serde_json::Value;

/// What a stage may ask for: what `[plugins]` grants it, and what the user wrote into a key that the
/// plugin's schema marks as a grant.
pub(super) fn grants(config: &Config, stage: &StageConfig, schema: &str) -> Result<Grants, Box<Problem>> {
    let mut grants = Grants::default();
    let problem = |error: InvalidGrant, pointer: &str| {
        Box::new(Problem::new("invalid-grant", error.to_string()).at(config.position(pointer)))
    };
    if let Some(plugin) = config.plugins.get(&stage.plugin) {
        for rule in &plugin.grants.http {
            let grant = format!("{} {}", rule.method, rule.url).parse();
            grants.http.push(grant.map_err(|error| problem(error, &plugin.pointer))?);
        }
        grants.tools.extend(plugin.grants.tool.iter().map(ToString::to_string));
        grants.inputs.extend(plugin.grants.input.iter().cloned());
        grants.forge.extend(plugin.grants.forge.iter().map(|verb| verb.as_str().to_owned()));
    }
    if stage.tool.is_some() {
        grants.tools.push("default".into());
    }
    let schema: Value = serde_json::from_str(schema).unwrap_or_default();
    for (key, value) in &stage.keys {
        let marks = (schema.pointer("/properties"))
            .and_then(|properties| properties.get(key)?.get("x-countersign-grant"));
        for mark in marks.into_iter().flat_map(each) {
            let at = format!("{}/{key}", stage.pointer);
            by_mark(&mut grants, mark, value).map_err(|error| problem(error, &at))?;
        }
    }
    Ok(grants)
}

/// One mark, or a list of marks.
fn each(marks: &Value) -> impl Iterator<Item = &str> {
    let many = marks.as_array().into_iter().flatten();
    std::iter::once(marks).chain(many).filter_map(Value::as_str)
}

/// Grant what a key's mark says of the value that the user wrote there. A mark that this version does not know
/// grants nothing.
fn by_mark(grants: &mut Grants, mark: &str, value: &Value) -> Result<(), InvalidGrant> {
    match (mark.split_once(':'), value.as_str()) {
        // To write `false` is to say that it is not wanted.
        (Some(("forge", verb)), _) if *value != Value::Bool(false) => grants.forge.push(verb.into()),
        (Some(("http", request)), Some(url)) => grants.http.push(match request.split_once(' ') {
            Some((method, path)) => HttpGrant::below(method, url, path)?,
            None => HttpGrant::exact(request, url)?,
        }),
        (None, Some(value)) if mark == "input" => grants.inputs.push(value.into()),
        (None, Some(value)) if mark == "tool" => grants.tools.push(value.into()),
        (Some(_) | None, _) => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn granted(marks: &Value, value: &Value) -> Grants {
        let mut grants = Grants::default();
        for mark in each(marks) {
            by_mark(&mut grants, mark, value).unwrap();
        }
        grants
    }

    #[test]
    fn a_list_of_marks_grants_each_of_them() {
        let marks = json!(["http:PUT /_matrix/client/v3/rooms/*", "http:GET /_matrix/client/versions"]);
        let grants = granted(&marks, &json!("https://matrix.example.org"));
        let shown: Vec<String> = grants.http.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "PUT https://matrix.example.org/_matrix/client/v3/rooms/*",
                "GET https://matrix.example.org/_matrix/client/versions",
            ]
        );
    }

    #[test]
    fn a_key_for_the_forge_grants_its_verb_whatever_it_says() {
        for value in [json!("contract-changed"), json!(true), json!({ "a": 1 })] {
            assert_eq!(granted(&json!("forge:dispatch"), &value).forge, ["dispatch"]);
        }
        assert!(granted(&json!("forge:comment"), &json!(false)).forge.is_empty());
    }

    #[test]
    fn an_unknown_mark_grants_nothing() {
        for mark in [json!("file:/etc/passwd"), json!("input "), json!(7), json!([["input"]])] {
            assert_eq!(granted(&mark, &json!("x")), Grants::default(), "{mark}");
        }
    }

    #[test]
    fn a_url_that_takes_no_path_is_told() {
        let value = json!("https://matrix.example.org/?a=b");
        let error = by_mark(&mut Grants::default(), "http:PUT /rooms/*", &value).unwrap_err();
        assert!(error.to_string().contains("no query"), "{error}");
    }
}
