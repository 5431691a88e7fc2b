//! Bodies that clients send and receive, and the places in their schemas that rules look at.

use super::content::{self, Content, Media};
use super::difference::Difference;
use super::operations::Operation;
use super::paths::Pair;
use super::walk::{Found, steps};
use super::{Comparison, Subject, bounds, keywords, properties, types};
use crate::spec::Node;
use std::rc::Rc;

/// A body with one media type.
pub(super) struct Body<'b, 'a> {
    pub(super) operation: &'b Operation<'a>,
    /// The status of the response; nothing for a request.
    pub(super) status: Option<&'b str>,
    pub(super) media_type: &'b str,
    pub(super) details: &'b str,
    /// What differs between the schemas of the body.
    pub(super) difference: &'b Rc<Difference<'a>>,
    pub(super) tells_stability: bool,
}

/// A schema in a body: that of the body itself, or one below it.
pub(super) struct Place<'p, 'a> {
    pub(super) body: &'p Body<'p, 'a>,
    pub(super) difference: &'p Difference<'a>,
    /// The full name and the name of the property; nothing for the body itself.
    pub(super) property: Option<(String, &'p str)>,
}

impl<'a> Body<'_, 'a> {
    pub(super) fn is_request(&self) -> bool {
        self.status.is_none()
    }

    pub(super) fn direction(&self) -> &'static str {
        if self.is_request() { "request" } else { "response" }
    }

    /// Arguments, and the status where there is one.
    pub(super) fn with_status(&self, mut arguments: Vec<String>) -> Vec<String> {
        arguments.extend(self.status.map(str::to_owned));
        arguments
    }

    /// A subject in the body, which transitions of a schema may explain.
    pub(super) fn subject<'s>(
        &'s self,
        explained_by: Option<&'s Difference<'a>>,
        places: (Option<Node<'a>>, Option<Node<'a>>),
    ) -> Subject<'s, 'a> {
        Subject { operation: Some(self.operation), explained_by, details: self.details, places }
    }

    /// Tell what changed in the schema of the body and below it.
    fn compare(&self, comparison: &mut Comparison<'_, 'a>) {
        let place = Place { body: self, difference: self.difference, property: None };
        place.compare(comparison);
        properties::required_in_body(comparison, self);
        if !self.difference.transitions.moved.is_empty() {
            let rule = format!("{}-body-wrapped-in-one-of", self.direction());
            let subject = self.subject(Some(self.difference), self.difference.places);
            comparison.report(&rule, &subject, Vec::new());
        }
        for step in steps(&mut comparison.engine, self.difference) {
            match &step.found {
                Found::Modified(difference) => {
                    let property = Some((step.full_name(), step.name.as_str()));
                    let place = Place { body: self, difference, property };
                    place.compare(comparison);
                    properties::modified(comparison, &place, &step);
                }
                Found::Added(node, schema) => properties::added(comparison, self, &step, *node, schema),
                Found::Deleted(node, schema) => properties::removed(comparison, self, &step, *node, schema),
            }
        }
    }
}

impl<'a> Place<'_, 'a> {
    /// How ids name the place.
    pub(super) fn noun(&self) -> &'static str {
        if self.is_body() { "body" } else { "property" }
    }

    pub(super) fn is_body(&self) -> bool {
        self.property.is_none()
    }

    /// Whether this is a property that only the server writes.
    pub(super) fn is_read_only(&self) -> bool {
        self.has_flag("readOnly")
    }

    /// Whether this is a property that only clients write.
    pub(super) fn is_write_only(&self) -> bool {
        self.has_flag("writeOnly")
    }

    fn has_flag(&self, keyword: &str) -> bool {
        !self.is_body() && self.difference.schemas.as_ref().is_some_and(|(_, head)| head.flag(keyword))
    }

    /// The full name of a property, and then these arguments.
    pub(super) fn named(&self, arguments: Vec<String>) -> Vec<String> {
        let name = self.property.as_ref().map(|(name, _)| name.clone());
        name.into_iter().chain(arguments).collect()
    }

    pub(super) fn named_with_status(&self, arguments: Vec<String>) -> Vec<String> {
        self.body.with_status(self.named(arguments))
    }

    /// These arguments, then the full name of a property, and the status.
    pub(super) fn then_named(&self, mut arguments: Vec<String>) -> Vec<String> {
        arguments.extend(self.property.as_ref().map(|(name, _)| name.clone()));
        self.body.with_status(arguments)
    }

    /// The id of a rule about this place.
    pub(super) fn rule(&self, end: &str) -> String {
        format!("{}-{}-{end}", self.body.direction(), self.noun())
    }

    /// Report a change of this schema.
    pub(super) fn report(&self, comparison: &mut Comparison<'_, 'a>, rule: &str, arguments: Vec<String>) {
        let subject = self.body.subject(Some(self.difference), self.difference.places);
        comparison.report(rule, &subject, arguments);
    }

    /// The rules that hold for bodies and properties.
    fn compare(&self, comparison: &mut Comparison<'_, 'a>) {
        keywords::compare(comparison, self);
        self.types(comparison);
        if self.body.is_request() {
            bounds::sent(comparison, self);
        } else {
            bounds::received(comparison, self);
        }
    }

    fn types(&self, comparison: &mut Comparison<'_, 'a>) {
        if self.body.is_request() && self.is_read_only() {
            return;
        }
        let names = &self.difference.transitions.list_of_types;
        if let Some((end, names)) = types::list_of_types(names, self.body.is_request()) {
            let subject = self.body.subject(Some(self.difference), self.difference.places);
            let subject = Subject { details: "", ..subject };
            let arguments = self.named_with_status(vec![names, self.body.media_type.into()]);
            comparison.report(&self.rule(end), &subject, arguments);
        }
        if types::differ(self.difference) {
            let strongly_typed = types::is_strongly_typed(self.body.media_type);
            let verdict = if self.body.is_request() {
                types::request_verdict(self.difference, strongly_typed)
            } else {
                types::response_verdict(self.difference, strongly_typed)
            };
            let arguments = types::arguments(&comparison.engine, self.difference).to_vec();
            let rule = self.rule(&format!("type-{verdict}"));
            self.report(comparison, &rule, self.named_with_status(arguments));
        }
    }
}

/// What changed in the request body of an operation.
pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Pair<'a>, operation: &Operation<'a>) {
    let base = comparison.engine.base.get(operation.base, "requestBody").filter(|node| node.is_object());
    let head = comparison.engine.head.get(operation.head, "requestBody").filter(|node| node.is_object());
    let subject = Subject { places: (base, head), ..operation.subject() };
    let required = |node: Node<'a>| node.get("required").and_then(Node::as_bool) == Some(true);
    let (old, new) = match (base, head) {
        (None, None) => return,
        (Some(_), None) => return comparison.report("request-body-removed", &subject, Vec::new()),
        (None, Some(head)) => {
            let kind = if required(head) { "required" } else { "optional" };
            return comparison.report(&format!("request-body-added-{kind}"), &subject, Vec::new());
        }
        (Some(base), Some(head)) => (base, head),
    };
    if required(old) != required(new) {
        let end = if required(new) { "required" } else { "optional" };
        comparison.report(&format!("request-body-became-{end}"), &subject, Vec::new());
    }
    let content = content::compare(&mut comparison.engine, base, head);
    for name in &content.added {
        comparison.report("request-body-media-type-added", &subject, vec![name.clone()]);
    }
    for name in &content.deleted {
        comparison.report("request-body-media-type-removed", &subject, vec![name.clone()]);
    }
    contents(comparison, operation, &content, None, !pair.is_webhook());
}

/// What changed in the schemas of each media type.
pub(super) fn contents<'a>(
    comparison: &mut Comparison<'_, 'a>,
    operation: &Operation<'a>,
    content: &Content<'a>,
    status: Option<&str>,
    tells_stability: bool,
) {
    for media in &content.modified {
        let Some(difference) = &media.difference else { continue };
        if difference.schemas.is_none() {
            existence(comparison, operation, media, difference, status);
            continue;
        }
        let details = media.details(content.modified.len());
        let media_type = &media.name;
        let (details, media_type) = (details.as_str(), media_type.as_str());
        let body = Body { operation, status, media_type, details, difference, tells_stability };
        enums(comparison, &body);
        body.compare(comparison);
    }
}

/// A media type that has a schema in one of the documents only.
fn existence<'a>(
    comparison: &mut Comparison<'_, 'a>,
    operation: &Operation<'a>,
    media: &Media<'a>,
    difference: &Difference<'a>,
    status: Option<&str>,
) {
    let direction = if status.is_some() { "response" } else { "request" };
    let end = if difference.added { "added" } else { "removed" };
    let places = (Some(media.base), Some(media.head));
    let subject = Subject { operation: Some(operation), places, ..Subject::default() };
    let arguments = [media.name.as_str()].into_iter().chain(status).map(str::to_owned).collect();
    comparison.report(&format!("{direction}-body-media-type-schema-{end}"), &subject, arguments);
}

/// Values that the schema of a body lists; no transition explains them.
fn enums<'a>(comparison: &mut Comparison<'_, 'a>, body: &Body<'_, 'a>) {
    let found = &body.difference.values_of_enum;
    let subject = body.subject(None, body.difference.places);
    if body.is_request() && found.became {
        comparison.report("request-body-became-enum", &subject, Vec::new());
    }
    let subject = Subject { details: "", ..subject };
    for value in &found.deleted {
        if body.is_request() {
            comparison.report("request-body-enum-value-removed", &subject, vec![value.shown()]);
        } else {
            let arguments = vec![body.media_type.to_owned(), value.shown()];
            comparison.report("response-mediatype-enum-value-removed", &subject, arguments);
        }
    }
}
