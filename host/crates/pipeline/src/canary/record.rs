use super::short;
use countersign_model::Problem;
use serde_json::Value;

/// The methods of a path item that an operation can stand under (OpenAPI 3.1, section 4.8.9).
const METHODS: [&str; 8] = ["get", "head", "put", "post", "delete", "options", "patch", "trace"];

/// The longest chain of references that is followed to one thing.
const CHAIN: usize = 16;

/// Dialects (OpenAPI 3.1, section 4.8.24) whose assertions are those of JSON Schema 2020-12.
const DIALECTS: [&str; 2] =
    ["https://json-schema.org/draft/2020-12/schema", "https://spec.openapis.org/oas/3.1/dialect/"];

/// How schemas of the record are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// The Schema Object of OpenAPI 3.0.
    OpenApi30,
    /// JSON Schema 2020-12, as OpenAPI has it since 3.1.
    JsonSchema,
}

/// The OpenAPI document of record.
pub(crate) struct ApiRecord {
    pub(super) root: Value,
    pub(super) dialect: Dialect,
}

/// A value of the record and where it stands, with references followed.
#[derive(Clone, Debug)]
pub(crate) struct Located<'a> {
    pub(super) pointer: String,
    pub(super) value: &'a Value,
}

/// How a response was found (OpenAPI 3.1, section 4.8.16); the closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum DeclaredBy {
    /// By its very status.
    Status,
    /// By a range such as `2XX`.
    Range,
    /// By `default`.
    Default,
}

impl ApiRecord {
    /// The document in these bytes.
    ///
    /// # Errors
    /// A boxed problem where it is no OpenAPI document of version 3.
    pub(crate) fn read(snapshot: &[u8]) -> Result<Self, Box<Problem>> {
        let root: Value = serde_json::from_slice(snapshot).map_err(|error| {
            Box::new(unusable("the record is not JSON that can be read").cause(error.to_string()))
        })?;
        Self::of(root)
    }

    /// The document that is read already.
    ///
    /// # Errors
    /// A boxed problem where it is no OpenAPI document of version 3.
    pub(crate) fn of(root: Value) -> Result<Self, Box<Problem>> {
        let version = root.get("openapi").and_then(Value::as_str).unwrap_or_default();
        let dialect = match version.split('.').take(2).collect::<Vec<_>>().as_slice() {
            ["3", "0"] => Dialect::OpenApi30,
            ["3", _] => Dialect::JsonSchema,
            _ => {
                let message = "a canary reads OpenAPI 3, and the record is another document";
                return Err(Box::new(unusable(message)));
            }
        };
        if let Some(named) = root.get("jsonSchemaDialect").and_then(Value::as_str)
            && !DIALECTS.iter().any(|known| named.starts_with(known))
        {
            let message = format!("the record's schemas are of the dialect `{}`", short(named, 100));
            return Err(Box::new(unusable(&message).hint("a canary reads JSON Schema 2020-12")));
        }
        Ok(Self { root, dialect })
    }

    /// An operation by its method in lower case and its path.
    pub(crate) fn operation(&self, method: &str, path: &str) -> Result<Option<Located<'_>>, Box<Problem>> {
        let Some(item) = self.at("/paths").and_then(|paths| paths.get(path)) else { return Ok(None) };
        Ok(self.followed(item)?.get(method))
    }

    /// Every operation, such as `GET /watches`, in the document's order.
    pub(crate) fn operations(&self) -> Vec<String> {
        let paths = self.root.get("paths").and_then(Value::as_object);
        let of_path = |(path, item): (&String, &Value)| {
            let pointer = format!("/paths/{}", escape(path));
            let item = self.followed(Located { pointer, value: item }).ok();
            let methods =
                METHODS.iter().filter(|method| item.as_ref().is_some_and(|item| item.get(method).is_some()));
            methods.map(|method| format!("{} {path}", method.to_ascii_uppercase())).collect::<Vec<_>>()
        };
        paths.into_iter().flatten().flat_map(of_path).collect()
    }

    /// The media types that an operation declares for its successes, in the document's order.
    pub(crate) fn successes(&self, operation: &Located<'_>) -> Vec<String> {
        let responses = operation.get("responses").and_then(|responses| responses.value.as_object());
        let mut found = Vec::new();
        for (status, _) in responses.into_iter().flatten().filter(|(status, _)| status.starts_with('2')) {
            let response = operation.get("responses").and_then(|responses| responses.get(status));
            let response = response.and_then(|response| self.followed(response).ok());
            let content = response.as_ref().and_then(|response| response.value.get("content"));
            let types =
                content.and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.clone());
            found.extend(types);
        }
        found.dedup();
        found
    }

    /// What an operation declares for a status: the status itself, else its range, else `default`.
    pub(super) fn response<'a>(
        &'a self,
        operation: &Located<'a>,
        status: u16,
    ) -> Result<Option<(DeclaredBy, Located<'a>)>, Box<Problem>> {
        let Some(responses) = operation.get("responses") else { return Ok(None) };
        let range = format!("{}XX", status / 100);
        let by = |key: &str| match key {
            "default" => Some(DeclaredBy::Default),
            key if key == status.to_string() => Some(DeclaredBy::Status),
            key if key.eq_ignore_ascii_case(&range) => Some(DeclaredBy::Range),
            _ => None,
        };
        let keys = responses.value.as_object().into_iter().flatten().map(|(key, _)| key);
        let closest = keys.filter_map(|key| Some((by(key)?, key))).min_by_key(|(by, _)| *by);
        let found = closest.and_then(|(by, key)| Some((by, responses.get(key)?)));
        found.map(|(by, response)| Ok((by, self.followed(response)?))).transpose()
    }

    /// What stands at a JSON Pointer.
    pub(super) fn at(&self, pointer: &str) -> Option<Located<'_>> {
        self.root.pointer(pointer).map(|value| Located { pointer: pointer.to_owned(), value })
    }

    /// A thing that may be a reference (OpenAPI 3.1, section 4.8.23), followed to what it names.
    pub(super) fn followed<'a>(&'a self, thing: Located<'a>) -> Result<Located<'a>, Box<Problem>> {
        let mut thing = thing;
        for _ in 0..CHAIN {
            let Some(reference) = thing.value.get("$ref").and_then(Value::as_str) else { return Ok(thing) };
            let target = local(reference).ok_or_else(|| Box::new(foreign(reference, &thing.pointer)))?;
            thing = self.at(&target).ok_or_else(|| Box::new(dangling(reference, &thing.pointer)))?;
        }
        Err(Box::new(unusable(&format!("the references at `{}` lead round", short(&thing.pointer, 200)))))
    }
}

impl<'a> Located<'a> {
    /// A member of it.
    pub(super) fn get(&self, key: &str) -> Option<Located<'a>> {
        let value = self.value.get(key)?;
        Some(Located { pointer: format!("{}/{}", self.pointer, escape(key)), value })
    }
}

/// The JSON Pointer of a reference into the document itself; none where it leads out of it, or names an anchor.
pub(crate) fn local(reference: &str) -> Option<String> {
    let pointer = decoded(reference.strip_prefix('#')?)?;
    (pointer.is_empty() || pointer.starts_with('/')).then_some(pointer)
}

/// A text with its percent-encoding undone (RFC 3986, section 2.1); none where that gives no text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = (*first == b'%').then(|| after.get(..2)).flatten();
        let value = escaped.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(value.unwrap_or(*first));
        rest = if value.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok()
}

/// A key as a segment of a JSON Pointer (RFC 6901).
pub(super) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

pub(super) fn unusable(message: &str) -> Problem {
    Problem::new("unusable-record", message)
}

pub(super) fn foreign(reference: &str, at: &str) -> Problem {
    let message =
        format!("the reference `{}` at `{}` is not followed", short(reference, 100), short(at, 200));
    unusable(&message)
        .hint("a canary follows references into the record itself, such as `#/components/schemas/NAME`")
}

pub(super) fn dangling(reference: &str, at: &str) -> Problem {
    let message = format!("nothing stands where `{}` at `{}` leads", short(reference, 100), short(at, 200));
    unusable(&message)
}
