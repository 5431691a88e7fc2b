//! Keywords about objects.

use super::scalars::counted;
use super::{Answer, Around, Checker, Verdict};
use crate::spec::{Kind, Node};
use crate::witness::json::{Json, value};

/// Entries of an object.
type Entries<'e> = &'e [(String, Json)];

/// Members of `allOf` in each other that are asked for hidden properties.
const DEPTH: usize = 16;

impl<'a> Checker<'_, 'a> {
    pub(super) fn object(
        &self,
        schema: Node<'a>,
        (keyword, argument): (&str, Node<'a>),
        entries: Entries<'_>,
        answer: &mut Answer,
        (depth, around): (usize, Around<'_, 'a>),
    ) {
        match keyword {
            "maxProperties" => counted("maxProperties", argument, entries.len(), answer),
            "minProperties" => counted("minProperties", argument, entries.len(), answer),
            "required" => self.required(argument, entries, answer, around),
            "properties" => {
                for (name, found) in entries {
                    if let Some(schema) = argument.get(name) {
                        answer.hear_of("properties", Some(name), self.below(schema, found, depth));
                    }
                }
            }
            "patternProperties" => {
                for (name, found) in entries {
                    let verdict = self.by_pattern(argument, name, found, depth);
                    answer.hear_of("patternProperties", Some(name), verdict);
                }
            }
            "additionalProperties" => {
                let described = |name: &str| self.is_described(schema, name);
                self.others("additionalProperties", argument, entries, answer, (depth, &described));
            }
            "propertyNames" => {
                for (name, _) in entries {
                    let verdict = self.below(argument, &Json::text(name), depth);
                    answer.hear_of("propertyNames", Some(name), verdict);
                }
            }
            "dependentRequired" => dependent_required(argument, entries, answer),
            "dependentSchemas" => {
                for (name, _) in entries {
                    let Some(schema) = argument.get(name) else { continue };
                    let found = Json::Object(entries.to_vec());
                    let verdict = self.check(schema, &found, Answer::new(false), depth + 1, around).verdict;
                    answer.hear_of("dependentSchemas", Some(name), verdict);
                }
            }
            "unevaluatedProperties" if argument.as_bool() != Some(true) => {
                let evaluated = |name: &str| self.is_evaluated(schema, name, entries, depth);
                self.others("unevaluatedProperties", argument, entries, answer, (depth, &evaluated));
            }
            _ => {}
        }
    }

    fn required(
        &self,
        argument: Node<'a>,
        entries: Entries<'_>,
        answer: &mut Answer,
        around: Around<'_, 'a>,
    ) {
        if !self.pay(argument.len() / 4) {
            return answer.hear("required", Verdict::Unknown);
        }
        for name in argument.items().filter_map(Node::as_str) {
            if answer.is_settled() {
                return;
            }
            let hidden = || around.iter().any(|schema| self.hides(*schema, &name, 0));
            if value(entries, &name).is_none() && !hidden() {
                answer.hear_of("required", Some(&name), Verdict::No);
            }
        }
    }

    /// Whether a property never flows in this direction, by the word of an object or its parts.
    pub(in crate::witness) fn hides(&self, schema: Node<'a>, name: &str, depth: usize) -> bool {
        let own = schema.get("properties").and_then(|all| all.get(name));
        if own.is_some_and(|property| self.is_hidden(property)) {
            return true;
        }
        let part = |part: Node<'a>| {
            let target = part.get("$ref").and_then(|_| self.spec.target(part));
            self.hides(target.unwrap_or(part), name, depth + 1)
        };
        depth < DEPTH && self.pay(1) && schema.get("allOf").into_iter().flat_map(Node::items).any(part)
    }

    /// Whether a property says of itself that it does not flow in this direction.
    pub(in crate::witness) fn is_hidden(&self, property: Node<'a>) -> bool {
        let flag = if self.request { "readOnly" } else { "writeOnly" };
        let says = |schema: Node<'a>| schema.get(flag).and_then(Node::as_bool) == Some(true);
        let target = property.get("$ref").and_then(|_| self.spec.target(property));
        (!self.old || target.is_none()) && says(property) || target.is_some_and(says)
    }

    fn by_pattern(&self, patterns: Node<'a>, name: &str, found: &Json, depth: usize) -> Verdict {
        let mut verdict = Verdict::Yes;
        for pattern in patterns.entries() {
            match self.fits(pattern.key, name) {
                Verdict::Yes => {}
                Verdict::No => continue,
                Verdict::Unknown => verdict = Verdict::Unknown,
            }
            match self.below(pattern.value, found, depth) {
                Verdict::Yes => {}
                Verdict::No if verdict == Verdict::Yes => return Verdict::No,
                Verdict::No | Verdict::Unknown => verdict = Verdict::Unknown,
            }
        }
        verdict
    }

    /// Whether an object's own keywords describe a property.
    fn is_described(&self, schema: Node<'a>, name: &str) -> Verdict {
        if schema.get("properties").is_some_and(|all| all.get(name).is_some()) {
            return Verdict::Yes;
        }
        let patterns = schema.get("patternProperties").filter(|_| !self.old);
        let answers: Vec<Verdict> =
            patterns.into_iter().flat_map(Node::entries).map(|entry| self.fits(entry.key, name)).collect();
        match (answers.contains(&Verdict::Yes), answers.contains(&Verdict::Unknown)) {
            (true, _) => Verdict::Yes,
            (false, true) => Verdict::Unknown,
            (false, false) => Verdict::No,
        }
    }

    /// What an argument says of the properties that nothing else describes.
    fn others(
        &self,
        keyword: &'static str,
        argument: Node<'a>,
        entries: Entries<'_>,
        answer: &mut Answer,
        (depth, is_described): (usize, &dyn Fn(&str) -> Verdict),
    ) {
        for (name, found) in entries {
            match is_described(name) {
                Verdict::Yes => {}
                Verdict::No => answer.hear_of(keyword, Some(name), self.below(argument, found, depth)),
                Verdict::Unknown => answer.hear(keyword, Verdict::Unknown),
            }
        }
    }

    /// Whether a schema, or one that speaks of the same object and allows it, describes a property
    /// (JSON Schema 2020-12, section 11.3).
    fn is_evaluated(&self, schema: Node<'a>, name: &str, entries: Entries<'_>, depth: usize) -> Verdict {
        if depth > super::DEPTH || !self.pay(1) {
            return Verdict::Unknown;
        }
        if schema.get("additionalProperties").is_some() {
            return Verdict::Yes;
        }
        let own = self.is_described(schema, name);
        if own != Verdict::No {
            return own;
        }
        let object = Json::Object(entries.to_vec());
        let lists = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|keyword| schema.get(keyword));
        let target = schema.get("$ref").and_then(|_| self.spec.target(schema));
        let condition = schema.get("if");
        let branch = match condition.map(|condition| self.below(condition, &object, depth)) {
            None => None,
            Some(Verdict::Yes) => schema.get("then"),
            Some(Verdict::No) => schema.get("else"),
            Some(Verdict::Unknown) => return Verdict::Unknown,
        };
        let dependent = entries.iter().filter_map(|(name, _)| schema.get("dependentSchemas")?.get(name));
        let parts = lists.flat_map(Node::items).chain(target).chain(condition).chain(branch).chain(dependent);
        for part in parts.filter(|part| part.kind() == Kind::Object) {
            let described = self.is_evaluated(part, name, entries, depth + 1);
            match (described, self.below(part, &object, depth)) {
                (Verdict::No, _) | (_, Verdict::No) => {}
                (Verdict::Yes, Verdict::Yes) => return Verdict::Yes,
                (Verdict::Yes | Verdict::Unknown, _) => return Verdict::Unknown,
            }
        }
        Verdict::No
    }
}

fn dependent_required(argument: Node<'_>, entries: Entries<'_>, answer: &mut Answer) {
    for (name, _) in entries {
        for needed in argument.get(name).into_iter().flat_map(Node::items).filter_map(Node::as_str) {
            let verdict = Verdict::of(Some(value(entries, &needed).is_some()));
            answer.hear_of("dependentRequired", Some(name), verdict);
        }
    }
}
