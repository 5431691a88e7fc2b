//! Operations: paths, parameters, bodies, responses and security.

mod bodies;
mod called;
mod encoding;
mod media;
mod parameters;
mod paths;
mod responses;
mod security;
mod servers;

use crate::finding::{Finding, Report};
use crate::rule::{Place, Rule};
use crate::schema::{Graph, Shape, Vertex};
use crate::settings::Views;
use crate::spec::{Node, Spec};
use crate::unchanged::Unchanged;
use countersign_plugin::Direction;
use std::collections::HashMap;

/// The rules about operations.
pub(crate) fn rules() -> Vec<&'static Rule> {
    [
        paths::RULES,
        parameters::RULES,
        bodies::RULES,
        called::RULES,
        media::RULES,
        encoding::RULES,
        responses::RULES,
        security::RULES,
        servers::RULES,
    ]
    .concat()
}

/// The comparison of two documents, while it goes on.
struct Comparison<'c, 'a> {
    base: &'c Spec<'a>,
    head: &'c Spec<'a>,
    unchanged: &'c Unchanged,
    graph: Graph<'a>,
    roots: Vec<(Vertex, String)>,
    report: Report<'a>,
    /// The operation that is being compared, such as `GET /watches`; empty outside of operations.
    operation: String,
    flow: Flow,
    /// What was found of lists of security requirements, by the ids of the lists.
    requirements: HashMap<(Option<u32>, Option<u32>), security::Changed>,
}

/// Who calls whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// The client calls the server.
    Call,
    /// The server calls the client: webhooks and callbacks.
    Callback,
}

/// Where a body stands in an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    Request,
    Response,
}

impl Flow {
    /// The place of a body: what a callback requests is what the client receives.
    fn place(self, body: Body) -> Place {
        match (self, body) {
            (Self::Call, Body::Request) | (Self::Callback, Body::Response) => Place::RequestBody,
            (Self::Call, Body::Response) => Place::ResponseBody,
            (Self::Callback, Body::Request) => Place::CallbackBody,
        }
    }

    fn reversed(self) -> Self {
        match self {
            Self::Call => Self::Callback,
            Self::Callback => Self::Call,
        }
    }
}

impl<'a> Comparison<'_, 'a> {
    /// Report a finding about the operation that is being compared.
    fn found(&mut self, finding: Finding<'a>) {
        let operation = Some(self.operation.clone()).filter(|operation| !operation.is_empty());
        self.report.add(finding, operation);
    }

    fn found_rule(
        &mut self,
        rule: &'static Rule,
        direction: Direction,
        base: Option<Node<'a>>,
        head: Option<Node<'a>>,
        summary: impl Into<String>,
    ) {
        self.found(Finding::new(rule, direction, base, head, summary));
    }

    /// Compare two schemas that the operation uses.
    fn schemas(&mut self, base: Node<'a>, head: Node<'a>, place: Place) {
        let (old, new) = (Shape::of(base, self.base), Shape::of(head, self.head));
        if let Some(vertex) = self.graph.enter(old, new, place, self.unchanged) {
            self.roots.push((vertex, self.operation.clone()));
        }
    }
}

/// Everything that differs between two documents.
pub(crate) fn compare<'a>(
    base: &Spec<'a>,
    head: &Spec<'a>,
    unchanged: &Unchanged,
    views: &Views<'_>,
) -> Report<'a> {
    let mut comparison = Comparison {
        base,
        head,
        unchanged,
        graph: Graph::new(views.names),
        roots: Vec::new(),
        report: Report::default(),
        operation: String::new(),
        flow: Flow::Call,
        requirements: HashMap::new(),
    };
    paths::compare(&mut comparison, views);
    security::schemes(&mut comparison);
    servers::documents(&mut comparison);
    let Comparison { mut graph, roots, mut report, .. } = comparison;
    graph.run(base, head, unchanged);
    graph.tell(&roots, &mut report);
    report
}
