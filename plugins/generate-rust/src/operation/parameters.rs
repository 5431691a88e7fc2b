//! The parameters of an operation.

use super::{Operation, path};
use crate::names;
use crate::prose;
use crate::schema::{ScalarKind, Schemas, Shape, scalar_kind};
use crate::source::{self, Object};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Names that the generated code of an operation gives to other things.
const TAKEN: &[&str] = &["header_map", "info", "self", "send", "new", "stream", "body_map", "client"];

/// Headers that are not parameters, by the specification.
const NO_PARAMETERS: &[&str] = &["accept", "content-type", "authorization"];

/// Where a parameter's value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Path,
    Query,
    Header,
}

impl Place {
    fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
        }
    }
}

/// A parameter that the generator can write.
struct Parameter {
    name: String,
    place: Place,
    required: bool,
    schema: Value,
    description: Option<String>,
}

/// The path with the names that its parameters have now, and all parameters as OpenAPI 3.0.
pub(super) fn bring<'d>(
    schemas: &mut Schemas<'d>,
    operation: &mut Operation<'d>,
    has_body: bool,
) -> (String, Vec<Value>) {
    let template = operation.path.clone();
    let in_path = match path::names(&template) {
        Ok(names) => names,
        Err(message) => {
            let message = format!("{}: {message}", operation.title);
            schemas.report.unsupported(&operation.at, message);
            return (template, Vec::new());
        }
    };
    let mut parameters = declared(schemas, operation);
    parameters.retain(|parameter| {
        let lost = parameter.place == Place::Path && !in_path.contains(&parameter.name.as_str());
        if lost {
            let name = crate::quote(&parameter.name);
            schemas
                .report
                .adapted(&operation.title, format!("the path has no place for its parameter `{name}`"));
        }
        !lost
    });
    for name in &in_path {
        if !parameters.iter().any(|parameter| parameter.place == Place::Path && parameter.name == *name) {
            let name = (*name).to_owned();
            let schema = json!({ "type": "string" });
            parameters.push(Parameter {
                name,
                place: Place::Path,
                required: true,
                schema,
                description: None,
            });
        }
    }
    let renamed = rename(operation, &mut parameters, has_body);
    (path::rename(&template, &renamed), parameters.into_iter().map(Parameter::write).collect())
}

/// The operation's parameters over the path's.
fn declared<'d>(schemas: &mut Schemas<'d>, operation: &Operation<'d>) -> Vec<Parameter> {
    let own_at = source::under(&operation.at, "parameters");
    let own = source::items(operation.object, "parameters");
    let mut all: Vec<(&'d Object, String)> = Vec::new();
    for (list, at) in [(operation.shared.0, &operation.shared.1), (own, &own_at)] {
        for (index, parameter) in list.iter().enumerate() {
            let place = source::under(at, &index.to_string());
            let Some((object, pointer)) = super::resolve(schemas, parameter, &place) else { continue };
            let same = |other: &Object| ["name", "in"].iter().all(|key| other.get(*key) == object.get(*key));
            all.retain(|(other, _)| !same(other));
            all.push((object, pointer));
        }
    }
    all.iter().flat_map(|(object, at)| one(schemas, operation, object, at)).collect()
}

fn one<'d>(
    schemas: &mut Schemas<'d>,
    operation: &Operation<'d>,
    object: &'d Object,
    at: &str,
) -> Vec<Parameter> {
    let (Some(name), Some(place)) = (source::text(object, "name"), source::text(object, "in")) else {
        schemas.report.broken("invalid-parameter", at, "a parameter has `name` and `in`");
        return Vec::new();
    };
    let place = match place {
        "path" => Place::Path,
        "query" => Place::Query,
        "header" if NO_PARAMETERS.contains(&name.to_ascii_lowercase().as_str()) => return Vec::new(),
        "header" if !is_token(name) => {
            let message = format!("{}: `{}` is no name of a header", operation.title, crate::quote(name));
            schemas.report.unsupported(at, message);
            return Vec::new();
        }
        "header" => Place::Header,
        "cookie" => {
            let message = format!(
                "the cookie `{}` is no parameter of the client; give `Client::new_with_client` a client that sends it",
                crate::quote(name)
            );
            schemas.report.adapted(&operation.title, message);
            return Vec::new();
        }
        other => {
            let message =
                format!("{}: parameters in `{}` are not known", operation.title, crate::quote(other));
            schemas.report.unsupported(at, message);
            return Vec::new();
        }
    };
    let description = source::text(object, "description").map(prose::single);
    let required = place == Place::Path || source::flag(object, "required");
    let parameter = Parameter { name: name.to_owned(), place, required, schema: json!({}), description };
    shaped(schemas, operation, object, at, parameter)
}

/// The parameter with its schema; several where an object is spread over several names.
fn shaped<'d>(
    schemas: &mut Schemas<'d>,
    operation: &Operation<'d>,
    object: &'d Object,
    at: &str,
    parameter: Parameter,
) -> Vec<Parameter> {
    // A parameter with `content` is a text that the caller writes.
    let Some(schema) = object.get("schema") else { return vec![parameter.text("")] };
    let at = source::under(at, "schema");
    let kind = scalar_kind(schemas, schema);
    let style = source::text(object, "style");
    let hint = format!("{} {}", operation.name, names::pascal(&parameter.name));
    match (parameter.place, style) {
        (Place::Path | Place::Header, None | Some("simple")) => match kind {
            ScalarKind::Scalar => {
                let shape = schemas.shape(schema, &at, &hint).required();
                if schemas.makes_struct(&shape) {
                    return vec![parameter.text("")];
                }
                let shape = if shape.is_any() { Shape::string() } else { shape.without_default() };
                vec![Parameter { schema: schemas.place(shape, &hint), ..parameter }]
            }
            ScalarKind::List => vec![parameter.text("Values are joined by `,`.")],
            ScalarKind::Object | ScalarKind::Other => vec![parameter.text("")],
        },
        (Place::Query, None | Some("form")) => {
            let joined = object.get("explode").and_then(Value::as_bool) == Some(false);
            if joined && matches!(kind, ScalarKind::List | ScalarKind::Object) {
                return vec![parameter.text("Values are joined by `,`.")];
            }
            let plain = |name: &str| name.to_owned();
            if kind == ScalarKind::Object && schemas.properties(schema).is_some() {
                return spread(schemas, operation, schema, &at, &parameter, plain);
            }
            let shape = schemas.shape(schema, &at, &hint);
            if schemas.makes_struct(&shape) {
                return vec![parameter.text("")];
            }
            let shape = if shape.is_any() { Shape::string() } else { shape.without_default() };
            vec![Parameter { schema: schemas.place(shape, &hint), ..parameter }]
        }
        (Place::Query, Some("pipeDelimited")) => vec![parameter.text("Values are joined by `|`.")],
        (Place::Query, Some("spaceDelimited")) => vec![parameter.text("Values are joined by a space.")],
        (Place::Query, Some("deepObject")) => {
            let nested = |name: &str| format!("{}[{name}]", parameter.name);
            spread(schemas, operation, schema, &at, &parameter, nested)
        }
        (_, Some(other)) => {
            let style = crate::quote(other);
            schemas
                .report
                .unsupported(&at, format!("{}: the style `{style}` of a parameter", operation.title));
            Vec::new()
        }
    }
}

/// A parameter for each property: `filter: {state}` is `filter[state]` in the query, or just `state`.
fn spread<'d>(
    schemas: &mut Schemas<'d>,
    operation: &Operation<'d>,
    schema: &'d Value,
    at: &str,
    parameter: &Parameter,
    wire_name: impl Fn(&str) -> String,
) -> Vec<Parameter> {
    let (target, at) = schemas.follow(schema).unwrap_or_else(|| (schema, at.to_owned()));
    let properties = schemas.properties(schema).unwrap_or_default();
    let simple =
        |property: &Value| matches!(scalar_kind(schemas, property), ScalarKind::Scalar | ScalarKind::List);
    if properties.is_empty() || !properties.values().all(simple) {
        let message = format!("the properties of `{}` are not known", crate::quote(&parameter.name));
        if parameter.required {
            schemas.report.unsupported(&at, format!("{}: {message}", operation.title));
        } else {
            schemas.report.adapted(&operation.title, format!("{message}, and it is left out"));
        }
        return Vec::new();
    }
    let required =
        target.as_object().map(|object| source::items(object, "required").to_vec()).unwrap_or_default();
    let spread = properties.iter().map(|(name, property)| {
        let hint = format!("{} {} {}", operation.name, names::pascal(&parameter.name), names::pascal(name));
        let at = source::under(&source::under(&at, "properties"), name);
        let shape = schemas.shape(property, &at, &hint).without_default();
        Parameter {
            name: wire_name(name),
            place: Place::Query,
            required: parameter.required && required.iter().any(|required| required == name),
            schema: schemas.place(shape, &hint),
            description: property.get("description").and_then(Value::as_str).map(prose::single),
        }
    });
    spread.collect()
}

impl Parameter {
    /// The same as a text that the caller writes.
    fn text(mut self, how: &str) -> Self {
        if !how.is_empty() {
            let description = self.description.unwrap_or_default();
            self.description = Some(format!("{description} {how}").trim().to_owned());
        }
        self.schema = json!({ "type": "string" });
        self
    }

    fn write(self) -> Value {
        let mut value = json!({ "name": self.name, "in": self.place.as_str(), "required": self.required, "schema": self.schema });
        if let Some(description) = self.description.filter(|description| !description.is_empty()) {
            value["description"] = description.into();
        }
        value
    }
}

/// Give every parameter an identifier of its own. What is renamed keeps its name on the wire: in a path there
/// is none, and elsewhere the generated code is changed. The result are the new names in the path.
fn rename(
    operation: &mut Operation<'_>,
    parameters: &mut [Parameter],
    has_body: bool,
) -> Vec<(String, String)> {
    let mut taken: BTreeSet<String> = TAKEN.iter().map(|name| (*name).to_owned()).collect();
    if has_body {
        taken.insert("body".into());
        taken.insert("content_type".into());
    }
    let mut in_path = Vec::new();
    for parameter in parameters {
        let wire = parameter.name.clone();
        let free = taken.insert(names::snake(&wire)) && wire.chars().all(|c| c.is_ascii_graphic());
        if free {
            continue;
        }
        let place = parameter.place.as_str();
        let base: String = wire.chars().filter(char::is_ascii_alphanumeric).collect();
        let candidates =
            std::iter::once(format!("{place}-{base}")).chain((2..).map(|n| format!("{place}-{base}-{n}")));
        let name = candidates.into_iter().find(|name| taken.insert(names::snake(name)));
        parameter.name = name.expect("there are more numbers than parameters");
        let change = (parameter.name.clone(), wire.clone());
        match parameter.place {
            Place::Path => in_path.push((wire, parameter.name.clone())),
            Place::Query | Place::Header => operation.patch.wire_names.push(change),
        }
    }
    in_path
}

/// Is the text a token of RFC 9110, as the names of headers are?
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
