//! The OpenAPI document of the JSON API. Its schemas derive from the views, so the two cannot differ.

use crate::view::{
    ClientRow, ContractPage, ContractRow, DeliveryPage, DeliveryRow, HooksHealth, Listing, Liveness, NodeRow,
    PointerRow, ProblemDetails, Readiness, RunPage, RunRow, State,
};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// The document (OpenAPI 3.1.1) for this version of Countersign. `POST /api/reload` is not part of it.
pub fn document(version: &str) -> Value {
    let mut writer = Writer::new();
    let paths = writer.paths();
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Countersign",
            "summary": "Where every contract and client stands.",
            "description": "Reading needs no credential, unless whoever runs the server asks for one in front of it. \
                Times are UTC. A field that is not known is left out, and new fields may appear.",
            "version": version,
        },
        "paths": paths,
        "components": { "schemas": writer.schemas.take_definitions(true) },
    })
}

/// A path and what it answers.
struct Operation {
    id: &'static str,
    path: &'static str,
    summary: &'static str,
    parameters: Vec<Value>,
    answer: Schema,
    /// Other answers: the status and what it means.
    others: &'static [(&'static str, &'static str)],
}

struct Writer {
    schemas: SchemaGenerator,
}

/// What a list answers besides: a query that asks for nothing that there is.
const LIST: &[(&str, &str)] = &[("400", "The query asks for nothing that there is.")];
/// What a single thing answers besides.
const ONE: &[(&str, &str)] = &[("404", "There is none of this name or id.")];
const BOTH: &[(&str, &str)] = &[LIST[0], ONE[0]];

impl Writer {
    fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        Self { schemas: settings.into_generator() }
    }

    fn of<T: JsonSchema>(&mut self) -> Schema {
        self.schemas.subschema_for::<T>()
    }

    fn paths(&mut self) -> Value {
        let problem = self.of::<ProblemDetails>();
        let mut paths = Map::new();
        for operation in self.lists().into_iter().chain(self.singles()).chain(self.health()) {
            paths.insert(operation.path.to_owned(), json!({ "get": written(&operation, &problem) }));
        }
        Value::Object(paths)
    }

    fn lists(&mut self) -> Vec<Operation> {
        let state = word("state", "Those in this state.", &State::ALL.map(State::as_str));
        let overview = |what| with_pages(vec![text(what), state.clone()]);
        let of_node = || with_pages(vec![of_node()]);
        let part = "Part of the name of a contract, a client or a repository, in any case.";
        let list = |id, path, summary, parameters, answer| Operation {
            id,
            path,
            summary,
            parameters,
            answer,
            others: LIST,
        };
        vec![
            list(
                "listContracts",
                "/api/contracts",
                "Contracts, each with the clients that the query lets through",
                overview(part),
                self.of::<Listing<ContractRow>>(),
            ),
            list(
                "listClients",
                "/api/clients",
                "Clients, by their contracts",
                overview(part),
                self.of::<Listing<ClientRow>>(),
            ),
            list("listRuns", "/api/runs", "Runs, the latest first", of_node(), self.of::<Listing<RunRow>>()),
            list(
                "listDeliveries",
                "/api/deliveries",
                "Deliveries, the latest first",
                of_node(),
                self.of::<Listing<DeliveryRow>>(),
            ),
            list(
                "listPointers",
                "/api/pointers",
                "What the configuration points to elsewhere, and what is known of it",
                with_pages(Vec::new()),
                self.of::<Listing<PointerRow>>(),
            ),
        ]
    }

    fn singles(&mut self) -> Vec<Operation> {
        let single = |id, path, summary, parameters, answer, others| Operation {
            id,
            path,
            summary,
            parameters,
            answer,
            others,
        };
        vec![
            single(
                "getContract",
                "/api/contracts/{name}",
                "A contract, its clients, and the history of its record",
                with_pages(vec![place("name", "The name of the contract.")]),
                self.of::<ContractPage>(),
                BOTH,
            ),
            single(
                "getRun",
                "/api/runs/{id}",
                "A run with its log",
                vec![place("id", "The id of the run.")],
                self.of::<RunPage>(),
                ONE,
            ),
            single(
                "getDelivery",
                "/api/deliveries/{id}",
                "A delivery with its headers, without those that may hold a secret, and its body",
                vec![place("id", "The id that the forge gave it.")],
                self.of::<DeliveryPage>(),
                ONE,
            ),
            single(
                "listNodes",
                "/api/nodes",
                "The watched repositories",
                Vec::new(),
                self.of::<Vec<NodeRow>>(),
                &[],
            ),
        ]
    }

    fn health(&mut self) -> Vec<Operation> {
        let health = |id, path, summary, answer| Operation {
            id,
            path,
            summary,
            parameters: Vec::new(),
            answer,
            others: &[],
        };
        vec![
            health("getLiveness", "/healthz", "Whether the process lives", self.of::<Liveness>()),
            health("getReadiness", "/readyz", "Whether it takes deliveries", self.of::<Readiness>()),
            health(
                "getHooksHealth",
                "/hooks/health",
                "The repositories whose hooks deliver, with their last deliveries",
                self.of::<HooksHealth>(),
            ),
        ]
    }
}

fn written(operation: &Operation, problem: &Schema) -> Value {
    let mut answers = Map::new();
    let answer = |description: &str, media: &str, schema: &Schema| json!({ "description": description, "content": { media: { "schema": schema } } });
    answers.insert("200".into(), answer(operation.summary, "application/json", &operation.answer));
    if operation.path == "/readyz" {
        answers.insert("503".into(), answer("It takes none.", "application/problem+json", problem));
    }
    for (status, description) in operation.others {
        answers.insert((*status).to_owned(), answer(description, "application/problem+json", problem));
    }
    if operation.path.starts_with("/api/") {
        let other = "What else kept the server from answering, such as a store that cannot be read.";
        answers.insert("default".into(), answer(other, "application/problem+json", problem));
    }
    let mut written = json!({ "operationId": operation.id, "summary": operation.summary });
    if !operation.parameters.is_empty() {
        written["parameters"] = json!(operation.parameters);
    }
    written["responses"] = Value::Object(answers);
    written
}

fn parameter(name: &str, place: &str, description: &str, schema: &Value) -> Value {
    let mut parameter = json!({ "name": name, "in": place, "description": description, "schema": schema });
    if place == "path" {
        parameter["required"] = json!(true);
    }
    parameter
}

fn text(description: &str) -> Value {
    parameter("q", "query", description, &json!({ "type": "string", "maxLength": 200 }))
}

fn of_node() -> Value {
    parameter(
        "node",
        "query",
        "Those of the node of this name.",
        &json!({ "type": "string", "maxLength": 200 }),
    )
}

fn word(name: &str, description: &str, words: &[&str]) -> Value {
    parameter(name, "query", description, &json!({ "type": "string", "enum": words }))
}

fn place(name: &str, description: &str) -> Value {
    parameter(name, "path", description, &json!({ "type": "string" }))
}

fn with_pages(mut parameters: Vec<Value>) -> Vec<Value> {
    let page = json!({ "type": "integer", "minimum": 1, "default": 1 });
    let per_page = json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 });
    parameters.push(parameter("page", "query", "Which page, counted from 1.", &page));
    parameters.push(parameter("per_page", "query", "How many items a page has.", &per_page));
    parameters
}
