//! What changed in the parameters of an operation.

use super::difference::Difference;
use super::keywords::{extensible_values, nullability};
use super::lifecycle;
use super::operations::Operation;
use super::parameter_pairs::{Parameter, ParameterChanges, ParameterPair};
use super::paths::Pair;
use super::walk::{Found, Step, steps};
use super::{Comparison, Subject, bounds, types};
use std::rc::Rc;

/// Tell what changed in them.
pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Pair<'a>, operation: &Operation<'a>) {
    let changes = ParameterChanges::between(comparison, pair, (operation.base, operation.head));
    for parameter in &changes.added {
        added(comparison, operation, parameter, &changes.head);
    }
    for parameter in &changes.deleted {
        let places = (Some(parameter.node), None);
        let subject = Subject { operation: Some(operation), places, ..Subject::default() };
        lifecycle::removed_parameter(comparison, &subject, parameter);
    }
    for pair in &changes.pairs {
        modified(comparison, operation, pair);
    }
}

fn added<'a>(
    comparison: &mut Comparison<'_, 'a>,
    operation: &Operation<'a>,
    parameter: &Parameter<'a>,
    all: &[Parameter<'a>],
) {
    let places = (None, Some(parameter.node));
    let subject = Subject { operation: Some(operation), places, ..Subject::default() };
    if parameter.location == "path" {
        comparison.report("new-request-path-parameter", &subject, vec![parameter.name.clone()]);
        return;
    }
    if !comparison.engine.affords(all.len()) {
        return;
    }
    // As in oasdiff, the first parameter with the name tells whether it is required, wherever it is.
    let first = all.iter().find(|other| other.name == parameter.name);
    let required = first.is_some_and(|first| first.flag("required"));
    let rule = if required { "new-required-request-parameter" } else { "new-optional-request-parameter" };
    comparison.report(rule, &subject, vec![parameter.location.clone(), parameter.name.clone()]);
}

fn modified<'a>(comparison: &mut Comparison<'_, 'a>, operation: &Operation<'a>, pair: &ParameterPair<'a>) {
    let places = (Some(pair.base.node), Some(pair.head.node));
    let subject = Subject { operation: Some(operation), places, ..Subject::default() };
    let named = vec![pair.location.clone(), pair.name.clone()];
    let (old, new) = (pair.base.flag("required"), pair.head.flag("required"));
    if old != new {
        let end = if new { "required" } else { "optional" };
        comparison.report(&format!("request-parameter-became-{end}"), &subject, named.clone());
    }
    lifecycle::parameter(comparison, operation, &subject, pair);
    let Some(difference) = comparison.engine.difference(pair.base.schema, pair.head.schema) else { return };
    let changed = Changed { subject, pair, named, difference };
    changed.values(comparison);
    changed.types(comparison);
    bounds::parameter(comparison, &changed.subject, &changed.named, &changed.difference);
    changed.properties(comparison);
}

/// A parameter whose schema changed.
struct Changed<'s, 'a> {
    subject: Subject<'s, 'a>,
    pair: &'s ParameterPair<'a>,
    /// Location and name.
    named: Vec<String>,
    difference: Rc<Difference<'a>>,
}

impl<'a> Changed<'_, 'a> {
    /// The subject of rules that a transition of the schema may explain.
    fn explained<'d>(&'d self, difference: &'d Difference<'a>) -> Subject<'d, 'a> {
        Subject { explained_by: Some(difference), ..self.subject }
    }

    fn with(&self, first: Vec<String>) -> Vec<String> {
        [first, self.named.clone()].concat()
    }

    fn then(&self, last: Vec<String>) -> Vec<String> {
        [self.named.clone(), last].concat()
    }

    fn values(&self, comparison: &mut Comparison<'_, 'a>) {
        let explained = self.explained(&self.difference);
        let enums = &self.difference.values_of_enum;
        if enums.became {
            comparison.report("request-parameter-became-enum", &explained, self.named.clone());
        }
        for (end, values) in [("removed", &enums.deleted), ("added", &enums.added)] {
            for value in values {
                let rule = format!("request-parameter-enum-value-{end}");
                comparison.report(&rule, &explained, self.with(vec![value.shown()]));
            }
        }
        self.default_value(comparison);
        for value in extensible_values(&self.difference) {
            let rule = "request-parameter-x-extensible-enum-value-removed";
            comparison.report(rule, &self.subject, self.with(vec![value]));
        }
        self.pattern(comparison, &explained);
    }

    fn default_value(&self, comparison: &mut Comparison<'_, 'a>) {
        let required = self.pair.base.flag("required") || self.pair.head.flag("required");
        let Some((from, to)) = self.difference.value("default").filter(|_| !required) else { return };
        let (end, values) = match (from.is_absent(), to.is_absent()) {
            (true, _) => ("added", vec![to.shown()]),
            (_, true) => ("removed", vec![from.shown()]),
            _ => ("changed", vec![from.shown(), to.shown()]),
        };
        let rule = format!("request-parameter-default-value-{end}");
        comparison.report(&rule, &self.subject, self.then(values));
    }

    fn pattern(&self, comparison: &mut Comparison<'_, 'a>, explained: &Subject<'_, 'a>) {
        let Some((from, to)) = self.difference.value("pattern") else { return };
        let (from, to) = (from.as_text().to_owned(), to.as_text().to_owned());
        let (end, arguments) = match (from.as_str(), to.as_str()) {
            ("", _) => ("added", self.with(vec![to])),
            (_, "") => ("removed", self.with(vec![from])),
            (_, ".*") => ("generalized", self.then(vec![from, to])),
            _ => ("changed", self.then(vec![from, to])),
        };
        comparison.report(&format!("request-parameter-pattern-{end}"), explained, arguments);
    }

    fn types(&self, comparison: &mut Comparison<'_, 'a>) {
        let difference = &self.difference;
        let explained = self.explained(difference);
        if let Some(end) = nullability(difference) {
            comparison.report(&format!("request-parameter-{end}"), &explained, self.named.clone());
        }
        if let Some((end, names)) = types::list_of_types(&difference.transitions.list_of_types, true) {
            let named = vec![self.pair.head.location.clone(), self.pair.head.name.clone(), names];
            comparison.report(&format!("request-parameter-{end}"), &explained, named);
        }
        if types::differ(difference) {
            let head = &self.pair.head;
            let engine = &mut comparison.engine;
            let breaks = types::parameter_breaks(difference)
                && !types::became_exploded_array(engine, head.node, &head.location, difference);
            let rule = if breaks { "changed" } else { "generalized" };
            let arguments = types::arguments(&comparison.engine, difference).to_vec();
            comparison.report(&format!("request-parameter-type-{rule}"), &explained, self.then(arguments));
        }
        if self.pair.location == "header" {
            self.header(comparison);
        }
    }

    /// Rules about headers that hold an object.
    fn header(&self, comparison: &mut Comparison<'_, 'a>) {
        let name = self.pair.name.clone();
        if self.difference.values_of_enum.became {
            comparison.report("request-header-property-became-enum", &self.subject, vec![name.clone()]);
        }
        let Some((base, head)) = &self.difference.schemas else { return };
        for property in &self.difference.required.added {
            let Some(node) = head.property(property) else { continue };
            let read_only = comparison.engine.head.schema(node).flag("readOnly");
            if !read_only && base.property(property).is_some() {
                let arguments = vec![name.clone(), property.clone()];
                comparison.report("request-header-property-became-required", &self.subject, arguments);
            }
        }
    }

    fn properties(&self, comparison: &mut Comparison<'_, 'a>) {
        let is_header = self.pair.location == "header";
        for step in steps(&mut comparison.engine, &self.difference) {
            let name = step.full_name();
            match &step.found {
                Found::Modified(difference) => {
                    self.property(comparison, &name, difference);
                    if is_header {
                        self.header_property(comparison, &step, difference);
                    }
                }
                Found::Added(node, schema) if is_header => {
                    let required =
                        step.parent.schemas.as_ref().is_some_and(|(_, head)| head.requires(&step.name));
                    if required && !schema.flag("readOnly") {
                        let subject = Subject { places: (None, Some(*node)), ..self.subject };
                        let arguments = vec![self.pair.name.clone(), name];
                        comparison.report("new-required-request-header-property", &subject, arguments);
                    }
                }
                Found::Added(..) | Found::Deleted(..) => {}
            }
        }
    }

    fn property(&self, comparison: &mut Comparison<'_, 'a>, name: &str, difference: &Rc<Difference<'a>>) {
        let explained = Subject { places: difference.places, ..self.explained(difference) };
        let place = "request-parameter-property";
        if let Some(end) = nullability(difference) {
            comparison.report(&format!("{place}-{end}"), &explained, self.with(vec![name.into()]));
        }
        let enums = &difference.values_of_enum;
        for (end, values) in [("removed", &enums.deleted), ("added", &enums.added)] {
            for value in values {
                let arguments = self.with(vec![value.shown(), name.into()]);
                comparison.report(&format!("{place}-enum-value-{end}"), &explained, arguments);
            }
        }
        if let Some((end, names)) = types::list_of_types(&difference.transitions.list_of_types, true) {
            let head = &self.pair.head;
            let arguments = vec![name.into(), head.location.clone(), head.name.clone(), names];
            comparison.report(&format!("{place}-{end}"), &explained, arguments);
        }
        if types::differ(difference) {
            let [dimension, from, to] = types::arguments(&comparison.engine, difference);
            let rule = format!("{place}-type-{}", types::parameter_property_verdict(difference));
            comparison.report(&rule, &explained, self.then(vec![dimension, name.into(), from, to]));
        }
    }

    fn header_property(
        &self,
        comparison: &mut Comparison<'_, 'a>,
        step: &Step<'a>,
        difference: &Rc<Difference<'a>>,
    ) {
        let subject = Subject { places: difference.places, ..self.subject };
        let header = &self.pair.name;
        if difference.values_of_enum.became {
            let arguments = vec![header.clone(), step.full_name()];
            comparison.report("request-header-property-became-enum", &subject, arguments);
        }
        let Some((_, head)) = &difference.schemas else { return };
        for property in &difference.required.added {
            let Some(node) = head.property(property) else { continue };
            if !comparison.engine.head.schema(node).flag("readOnly") {
                let arguments = vec![header.clone(), step.full_name_of(property)];
                comparison.report("request-header-property-became-required", &subject, arguments);
            }
        }
    }
}
