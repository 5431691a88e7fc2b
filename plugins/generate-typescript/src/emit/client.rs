//! `client.ts`: a method for each operation.

use super::import;
use crate::operation::{Operation, Parameter, Serialization};
use crate::settings::ImportExtension;
use crate::text;

/// How an error is known for one of an operation's.
const IS_API_ERROR: &str = r#"
/**
 * Is it an answer that the contract declares for an operation? The body then has the declared type.
 *
 *     if (isApiError(error, "getThing", 404)) { error.body }
 */
export function isApiError<Name extends keyof Operations, Status extends keyof Operations[Name]["errors"]>(
  error: unknown,
  operation: Name,
  status: Status,
): error is ApiError<Operations[Name]["errors"][Status]> {
  return error instanceof ApiError && error.operation === operation && error.declared === String(status);
}
"#;

const CLASS: &str = r#"
/** A client: one method for each operation. A method returns what comes out, and throws `ApiError` otherwise. */
export class Client {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }
"#;

/// The client of a document that only has schemas: what is declared and not used is an error to some.
const EMPTY_CLASS: &str = r#"
/** A client of an API without operations. */
export class Client {
  constructor(_options: ClientOptions) {}
"#;

pub(super) fn print(extension: ImportExtension, operations: &[Operation]) -> String {
    let is_empty = operations.is_empty();
    let used = if is_empty { "ApiError" } else { "ApiError, call, type CallOptions" };
    let mut output = import("type { Operations }", "schema", extension);
    output.push_str(&import(&format!("{{ {used}, type ClientOptions }}"), "runtime", extension));
    output.push_str(IS_API_ERROR);
    output.push_str(if is_empty { EMPTY_CLASS } else { CLASS });
    for operation in operations {
        output.push('\n');
        output.push_str(&operation.documentation.print("  "));
        output.push_str(&method(operation));
    }
    output.push_str("}\n");
    output
}

fn method(operation: &Operation) -> String {
    let name = &operation.name;
    let contract = format!("Operations[{}]", text::literal(name));
    let mark = if operation.needs_input { "" } else { "?" };
    format!(
        "  {name}(input{mark}: {contract}[\"input\"], options?: CallOptions): Promise<{contract}[\"output\"]> {{\n\
         \x20   return call(this.#options, {{\n{}    }}, input, options);\n  }}\n",
        definition(operation)
    )
}

/// What the runtime must know of an operation, one entry a line.
fn definition(operation: &Operation) -> String {
    let mut entries = vec![
        ("name", text::literal(&operation.name)),
        ("method", text::literal(&operation.method)),
        ("path", text::literal(&operation.path)),
    ];
    if !operation.parameters.is_empty() {
        let list: String =
            operation.parameters.iter().map(|one| format!("        {},\n", parameter(one))).collect();
        entries.push(("parameters", format!("[\n{list}      ]")));
    }
    if let Some(body) = &operation.body {
        let media_types: Vec<_> = body.media_types().map(text::literal).collect();
        entries.push(("body", format!("[{}]", media_types.join(", "))));
        if !body.encoding.is_empty() {
            let list = body.encoding.iter();
            let list: Vec<_> = list
                .map(|(name, how)| format!("{}: {{ {} }}", text::key(name), serialization(*how)))
                .collect();
            entries.push(("encoding", format!("{{ {} }}", list.join(", "))));
        }
    }
    if !operation.accept.is_empty() {
        entries.push(("accept", text::literal(&operation.accept.join(", "))));
    }
    entries.push(("responses", responses(operation)));
    entries.into_iter().map(|(name, value)| format!("      {name}: {value},\n")).collect()
}

fn parameter(parameter: &Parameter) -> String {
    let how = parameter.serialization.map(|how| format!(", {}", serialization(how))).unwrap_or_default();
    format!("{{ in: \"{}\", name: {}{how} }}", parameter.place, text::literal(&parameter.name))
}

fn serialization(how: Serialization) -> String {
    format!("style: \"{}\", explode: {}", how.style, how.explode)
}

fn responses(operation: &Operation) -> String {
    let entry = |response: &crate::operation::Response| {
        let kinds: Vec<_> = response.kinds.iter().map(|kind| format!("\"{kind}\"")).collect();
        format!("{}: [{}]", text::property(&response.status), kinds.join(", "))
    };
    match operation.responses.as_slice() {
        [] => "{}".into(),
        responses => format!("{{ {} }}", responses.iter().map(entry).collect::<Vec<_>>().join(", ")),
    }
}
