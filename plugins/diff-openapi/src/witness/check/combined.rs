//! Schemas that speak of the same value.

use super::{Answer, Around, Checker, Verdict};
use crate::spec::Node;
use crate::witness::json::Json;

impl<'a> Checker<'_, 'a> {
    pub(super) fn combined(
        &self,
        schema: Node<'a>,
        keyword: &str,
        argument: Node<'a>,
        value: &Json,
        answer: &mut Answer,
        (depth, around): (usize, Around<'_, 'a>),
    ) {
        let beside =
            |schema: Node<'a>, all: bool| self.check(schema, value, Answer::new(all), depth + 1, around);
        match keyword {
            "allOf" => {
                for member in argument.items() {
                    if answer.is_settled() {
                        return;
                    }
                    answer.absorb(beside(member, answer.all));
                }
            }
            "not" => answer.hear("not", beside(argument, false).verdict.negated()),
            "if" => {
                let branch = match beside(argument, false).verdict {
                    Verdict::Yes => schema.get("then"),
                    Verdict::No => schema.get("else"),
                    Verdict::Unknown => return answer.hear("if", Verdict::Unknown),
                };
                if let Some(branch) = branch {
                    let branch = beside(branch, answer.all);
                    answer.hear("if", branch.verdict);
                    answer.absorb(branch);
                }
            }
            _ => {
                let keyword = if keyword == "oneOf" { "oneOf" } else { "anyOf" };
                let answers: Vec<Answer> =
                    argument.items().map(|variant| beside(variant, answer.all)).collect();
                answer.hear(keyword, alternatives(&answers, keyword == "oneOf"));
                if answer.verdict == Verdict::No {
                    answer.reasons.extend(answers.into_iter().flat_map(|variant| variant.reasons));
                }
            }
        }
    }
}

fn alternatives(answers: &[Answer], one: bool) -> Verdict {
    let count = |verdict: Verdict| answers.iter().filter(|answer| answer.verdict == verdict).count();
    match (count(Verdict::Yes), count(Verdict::Unknown)) {
        (0, 0) => Verdict::No,
        (0, _) => Verdict::Unknown,
        (1, 0) => Verdict::Yes,
        (1, _) if one => Verdict::Unknown,
        (_, _) if one => Verdict::No,
        (_, _) => Verdict::Yes,
    }
}
