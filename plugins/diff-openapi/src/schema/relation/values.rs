//! Values that schemas list, and whether a schema admits one.

use super::{Answer, Question, Set, numbers, strings};
use crate::schema::types::Types;
use crate::spec::{Kind, Node};

impl Question<'_> {
    /// The answer where one of the sets is finite; nothing where neither is.
    pub(super) fn values_included<'a>(&mut self, left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> Option<Answer> {
        if let Some(values) = left.values.clone() {
            let plain = (left.says_values_only(), right.values.is_some() && right.says_values_only());
            return Some(Answer::all(values.nodes().map(|value| {
                // A value that the left itself refuses elsewhere does not count.
                let sent = if plain.0 { left.lists(value) } else { self.accepts(left, value) };
                match sent {
                    Answer::No => Answer::Yes,
                    _ if plain.1 => right.lists(value),
                    Answer::Yes | Answer::Unknown => self.accepts(right, value),
                }
            })));
        }
        let values = right.values.clone()?;
        if left.types == Types::BOOLEAN {
            let both = ["true", "false"].map(|value| values.nodes().any(|node| node.raw() == value));
            return Some(Answer::of(both == [true, true]));
        }
        if left.schema.unions.is_empty() { Some(Answer::No) } else { None }
    }

    /// Whether a value is in a set.
    pub(super) fn accepts<'a>(&mut self, set: &Set<'_, 'a>, value: Node<'a>) -> Answer {
        if value.kind() == Kind::Null {
            return Answer::of(set.null);
        }
        if !self.enter() {
            return Answer::Unknown;
        }
        let answer = self.accepts_some(set, value);
        self.depth -= 1;
        answer
    }

    fn accepts_some<'a>(&mut self, set: &Set<'_, 'a>, value: Node<'a>) -> Answer {
        if !Types::of_value(value).within(set.types) {
            return Answer::No;
        }
        if set.values.as_ref().is_some_and(|values| !values.has(value)) {
            return Answer::No;
        }
        let own = match value.kind() {
            Kind::String => strings::accepts(set, &value.as_str().unwrap_or_default()),
            Kind::Number => numbers::accepts(set, value),
            Kind::Array | Kind::Object => Answer::of(set.values.is_some()).or(Answer::Unknown),
            Kind::Null | Kind::Boolean => Answer::Yes,
        };
        own.and(self.accepted_by_unions(set, value)).and(self.accepted_by_logic(set, value))
    }

    fn accepted_by_unions<'a>(&mut self, set: &Set<'_, 'a>, value: Node<'a>) -> Answer {
        let mut all = Answer::Yes;
        for union in set.unions() {
            if !self.budget.affords(union.variants.len()) {
                return Answer::Unknown;
            }
            let answers: Vec<Answer> =
                union.variants.iter().map(|variant| self.accepts(&set.sibling(*variant), value)).collect();
            let one = Answer::any(answers.iter().copied());
            let several = answers.iter().filter(|answer| **answer != Answer::No).count() > 1;
            all = all.and(if !union.any && several { one.and(Answer::Unknown) } else { one });
        }
        all
    }

    fn accepted_by_logic<'a>(&mut self, set: &Set<'_, 'a>, value: Node<'a>) -> Answer {
        let mut all = Answer::Yes;
        for part in &set.schema.parts {
            if let Some(not) = part.get("not") {
                all = all.and(self.accepts(&set.sibling(not), value).not());
            }
            let Some(condition) = part.get("if") else { continue };
            let branch = |key: &str| part.get(key).map(|branch| set.sibling(branch));
            let met = self.accepts(&set.sibling(condition), value);
            let then = branch("then").map_or(Answer::Yes, |then| self.accepts(&then, value));
            let other = branch("else").map_or(Answer::Yes, |other| self.accepts(&other, value));
            all = all.and(met.not().or(then)).and(met.or(other));
        }
        all
    }
}
