//! Negation, conditions, and whether two sets have nothing in common.

use super::{Answer, Question, Set, numbers, strings};
use crate::schema::types::Types;
use crate::spec::Node;

/// `if`, `then` and `else` of one part; what is absent admits everything.
struct Condition<'q, 'a> {
    when: Set<'q, 'a>,
    then: Set<'q, 'a>,
    other: Set<'q, 'a>,
}

fn conditions<'q, 'a>(set: &Set<'q, 'a>) -> Vec<Condition<'q, 'a>> {
    let branch =
        |part: &Node<'a>, keyword: &str| set.all_of(&part.get(keyword).into_iter().collect::<Vec<_>>());
    let parts = set.schema.parts.iter().filter(|part| part.get("if").is_some());
    parts
        .map(|part| Condition {
            when: branch(part, "if"),
            then: branch(part, "then"),
            other: branch(part, "else"),
        })
        .collect()
}

impl Question<'_> {
    pub(super) fn exclusions_included<'a>(&mut self, left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> Answer {
        Answer::all(right.schema.all("not").map(|site| self.avoids(left, &right.sibling(site))))
    }

    pub(super) fn conditions_included<'a>(&mut self, left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> Answer {
        Answer::all(conditions(right).iter().map(|condition| self.meets(left, condition)))
    }

    /// Whether nothing on the left is in a set that the right excludes.
    fn avoids<'a>(&mut self, left: &Set<'_, 'a>, excluded: &Set<'_, 'a>) -> Answer {
        if self.is_spent() {
            return Answer::Unknown;
        }
        let own: Vec<Node<'a>> = left.schema.all("not").collect();
        // Turned around, what is lenient would be strict.
        let exact = std::mem::replace(&mut self.exact, true);
        let same = Answer::any(own.iter().map(|site| self.included(excluded, &left.sibling(*site))));
        self.exact = exact;
        match (same, self.disjoint(left, excluded)) {
            (Answer::Yes, _) | (_, Answer::Yes) => Answer::Yes,
            // What the right excludes beyond the left's own exclusions is let through by the left.
            (Answer::No, Answer::Unknown) if !own.is_empty() => Answer::No,
            (_, apart) => apart,
        }
    }

    fn meets<'a>(&mut self, left: &Set<'_, 'a>, wanted: &Condition<'_, 'a>) -> Answer {
        if self.is_spent() {
            return Answer::Unknown;
        }
        let always = self.included(left, &wanted.then).and(self.included(left, &wanted.other));
        if always == Answer::Yes {
            return always;
        }
        let own = conditions(left);
        let implied = Answer::any(own.iter().map(|condition| self.implies(left, condition, wanted)));
        if own.is_empty() { Answer::Unknown } else { implied }
    }

    /// Whether one condition asks for all that another asks for.
    fn implies<'a>(
        &mut self,
        left: &Set<'_, 'a>,
        own: &Condition<'_, 'a>,
        wanted: &Condition<'_, 'a>,
    ) -> Answer {
        let narrower = self.included(&wanted.when, &own.when);
        let wider = self.included(&own.when, &wanted.when);
        let then = self.included(&own.then, &wanted.then).or(self.included(left, &wanted.then));
        let other = self.included(&own.other, &wanted.other).or(self.included(left, &wanted.other));
        let needs = |needed: &Set<'_, 'a>, side: Answer| if needed.is_always() { Answer::Yes } else { side };
        let answer = then.and(other).and(needs(&wanted.then, narrower)).and(needs(&wanted.other, wider));
        // With the same condition a branch that lets more through is enough to break.
        if answer == Answer::No && (narrower, wider) != (Answer::Yes, Answer::Yes) {
            return Answer::Unknown;
        }
        answer
    }

    /// Whether two sets have no value in common.
    pub(super) fn disjoint<'a>(&mut self, left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> Answer {
        if left.is_empty() || right.is_empty() {
            return Answer::Yes;
        }
        if left.null && right.null {
            return Answer::No;
        }
        if left.types.meet(right.types) == Types::NONE {
            return Answer::Yes;
        }
        if !self.enter() {
            return Answer::Unknown;
        }
        let answer = self.disjoint_values(left, right);
        self.depth -= 1;
        answer
    }

    fn disjoint_values<'a>(&mut self, left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> Answer {
        let shared = left.types.meet(right.types);
        for (finite, other) in [(left, right), (right, left)] {
            if let Some(values) = finite.values.clone() {
                return Answer::all(
                    values
                        .nodes()
                        .map(|value| self.accepts(finite, value).and(self.accepts(other, value)).not()),
                );
            }
        }
        if shared == Types::STRING && strings::apart(left, right)
            || shared.within(Types::NUMBER) && numbers::apart(left, right)
            || shared == Types::OBJECT && self.objects_apart(left, right)
        {
            return Answer::Yes;
        }
        let within = Answer::any(
            [(left, right), (right, left)].into_iter().map(|(inner, outer)| self.included(inner, outer)),
        );
        if within == Answer::Yes { Answer::No } else { Answer::Unknown }
    }

    /// Whether a property that both need tells two objects apart.
    fn objects_apart<'a>(&mut self, left: &Set<'_, 'a>, right: &Set<'_, 'a>) -> bool {
        let required = |set: &Set<'_, 'a>| {
            let all = set.schema.properties.iter().filter(|(_, property)| property.required);
            all.map(|(name, _)| name.clone()).collect::<Vec<_>>()
        };
        let mut names = required(left);
        names.extend(required(right));
        names.iter().any(|name| {
            let (Some(ours), Some(theirs)) = (left.property(name), right.property(name)) else {
                return false;
            };
            if ours.is_always() || theirs.is_always() {
                return ours.is_empty() || theirs.is_empty();
            }
            self.disjoint(&ours, &theirs) == Answer::Yes
        })
    }
}
