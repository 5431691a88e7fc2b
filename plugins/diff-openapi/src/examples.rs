//! Executed documentation.

use countersign_plugin::Description;

/// An API that returns and takes a watch, with the schemas and the operation's additions left open.
macro_rules! api {
    ($watch:literal) => {
        concat!(
            r##"{"openapi":"3.1.0","info":{"title":"Watches","version":"1"},"paths":{"/watches/{id}":{"get":{"operationId":"get","##,
            r##""parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"string"}}],"##,
            r##""responses":{"200":{"description":"ok","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Watch"}}}}}}}},"##,
            r##""components":{"schemas":{"Watch":"##,
            $watch,
            "}}}"
        )
    };
}

const BASE: &str = api!(
    r#"{"type":"object","required":["id","url"],"properties":{"id":{"type":"string"},"url":{"type":"string"}}}"#
);
const REORDERED: &str = api!(
    r#"{"type":"object","required":["url","id"],"properties":{"url":{"allOf":[{"type":"string"}]},"id":{"title":"Id","type":"string"}}}"#
);
const REMOVED: &str = api!(r#"{"type":"object","required":["id"],"properties":{"id":{"type":"string"}}}"#);
const NULLABLE: &str = api!(
    r#"{"type":"object","required":["id","url"],"properties":{"id":{"type":"string"},"url":{"anyOf":[{"type":"string"},{"type":"null"}]}}}"#
);
const NEGATED: &str = api!(
    r#"{"type":"object","required":["id","url"],"properties":{"id":{"type":"string"},"url":{"type":"string","x-a":1}},"if":{"required":["id"]},"then":{"minProperties":3}}"#
);

/// Add the examples to the description.
pub(crate) fn add(description: Description) -> Description {
    let json = "application/json";
    description
        .example("the same API in other words has no change", "{}", json, &[BASE, REORDERED], "")
        .example(
            "a response that loses a required field breaks clients",
            "{}",
            json,
            &[BASE, REMOVED],
            "response-required-property-removed\n",
        )
        .example(
            "a field that may now be null breaks clients that were generated before",
            r#"{"policy":"typed-client"}"#,
            json,
            &[BASE, NULLABLE],
            "response-property-became-nullable\n",
        )
        .example(
            "a rule can be left out",
            r#"{"ignore":["response-property-became-nullable"]}"#,
            json,
            &[BASE, NULLABLE],
            "",
        )
        .example(
            "a rule can have another level",
            r#"{"levels":{"response-body-if-added":"risky"}}"#,
            json,
            &[BASE, NEGATED],
            "response-body-if-added\n",
        )
}
