//! What stands where in an OpenAPI document, as far as a reference may stand there (OpenAPI 3.2, section 4; Swagger 2.0).

/// A kind of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Site {
    Root,
    Components,
    /// A map or list whose members all are of one kind.
    Several(Member),
    /// One of them.
    One(Member),
    /// The discriminator of a schema.
    Discriminator,
    /// The mapping of a discriminator: its strings may be references.
    Mapping,
    /// Data, extensions, and whatever else no reference stands in.
    Other,
}

/// What a map or list of an OpenAPI document holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member {
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    Response,
    Header,
    MediaType,
    Encoding,
    Schema,
    Example,
    Link,
    Callback,
    SecurityScheme,
}

use Member::{
    Callback, Encoding, Example, Header, Link, MediaType, Operation, Parameter, PathItem, RequestBody,
    Response, Schema, SecurityScheme,
};

impl Site {
    /// What stands at a key of an object here.
    pub(super) fn at(self, key: &str) -> Self {
        match self {
            Self::Root => root(key),
            Self::Components => section(key),
            // A path or a response may have extensions beside it; a schema may have any name.
            Self::Several(member) if member != Schema && key.starts_with("x-") => Self::Other,
            Self::Several(member) => Self::One(member),
            Self::One(member) => inside(member, key),
            Self::Discriminator if key == "mapping" => Self::Mapping,
            Self::Discriminator | Self::Mapping | Self::Other => Self::Other,
        }
    }

    /// What an item of a list here is.
    pub(super) fn item(self) -> Self {
        match self {
            Self::Several(member) => Self::One(member),
            // `items` of older drafts may be a list of schemas.
            Self::One(Schema) => self,
            Self::Root
            | Self::Components
            | Self::One(_)
            | Self::Discriminator
            | Self::Mapping
            | Self::Other => Self::Other,
        }
    }
}

impl Member {
    /// The section of components that holds its like; none where a reference can only be replaced by what it leads to.
    pub(super) fn section(self, is_swagger: bool) -> Option<&'static str> {
        match self {
            Schema if is_swagger => Some("definitions"),
            SecurityScheme if is_swagger => Some("securityDefinitions"),
            Parameter => Some("parameters"),
            Response => Some("responses"),
            PathItem | Operation | MediaType | Encoding => None,
            _ if is_swagger => None,
            Schema => Some("schemas"),
            SecurityScheme => Some("securitySchemes"),
            RequestBody => Some("requestBodies"),
            Header => Some("headers"),
            Example => Some("examples"),
            Link => Some("links"),
            Callback => Some("callbacks"),
        }
    }
}

fn root(key: &str) -> Site {
    match key {
        "components" => Site::Components,
        "paths" | "webhooks" => Site::Several(PathItem),
        "definitions" => Site::Several(Schema),
        "parameters" => Site::Several(Parameter),
        "responses" => Site::Several(Response),
        "securityDefinitions" => Site::Several(SecurityScheme),
        _ => Site::Other,
    }
}

fn section(key: &str) -> Site {
    match key {
        "schemas" => Site::Several(Schema),
        "responses" => Site::Several(Response),
        "parameters" => Site::Several(Parameter),
        "examples" => Site::Several(Example),
        "requestBodies" => Site::Several(RequestBody),
        "headers" => Site::Several(Header),
        "securitySchemes" => Site::Several(SecurityScheme),
        "links" => Site::Several(Link),
        "callbacks" => Site::Several(Callback),
        "pathItems" => Site::Several(PathItem),
        "mediaTypes" => Site::Several(MediaType),
        _ => Site::Other,
    }
}

fn inside(member: Member, key: &str) -> Site {
    match (member, key) {
        (PathItem, "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace" | "query") => {
            Site::One(Operation)
        }
        (PathItem, "additionalOperations") => Site::Several(Operation),
        (PathItem | Operation, "parameters") => Site::Several(Parameter),
        (Operation, "requestBody") => Site::One(RequestBody),
        (Operation, "responses") => Site::Several(Response),
        (Operation, "callbacks") => Site::Several(Callback),
        (Parameter | Header | Response | MediaType, "schema") | (MediaType, "itemSchema") => {
            Site::One(Schema)
        }
        (Parameter | Header | RequestBody | Response, "content") => Site::Several(MediaType),
        (Parameter | Header | MediaType, "examples") => Site::Several(Example),
        (Response | Encoding, "headers") => Site::Several(Header),
        (Response, "links") => Site::Several(Link),
        (MediaType | Encoding, "encoding" | "prefixEncoding") => Site::Several(Encoding),
        (MediaType | Encoding, "itemEncoding") => Site::One(Encoding),
        (Callback, expression) if !expression.starts_with("x-") => Site::One(PathItem),
        (Schema, keyword) => schema(keyword),
        _ => Site::Other,
    }
}

fn schema(keyword: &str) -> Site {
    match keyword {
        "properties" | "patternProperties" | "dependentSchemas" | "$defs" | "definitions" | "allOf"
        | "anyOf" | "oneOf" | "prefixItems" => Site::Several(Schema),
        "items"
        | "additionalProperties"
        | "not"
        | "if"
        | "then"
        | "else"
        | "contains"
        | "propertyNames"
        | "unevaluatedItems"
        | "unevaluatedProperties"
        | "additionalItems"
        | "contentSchema" => Site::One(Schema),
        "discriminator" => Site::Discriminator,
        _ => Site::Other,
    }
}
