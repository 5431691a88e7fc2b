//! Verdicts: what the findings about a pair of schemas are worth once the sets of their values are compared.
//!
//! Keywords tell what changed; the relation of the two sets tells whether it matters. Where both sets are equal the
//! schemas say the same in other words, and there is nothing to report. Where all data that flows still fits, no
//! finding breaks anybody. Where that is not known, the keyword's own rule stands.

use super::effective::Effective;
use super::relation::{Answer, Question, Set};
use super::{Made, Outcome, Pair};
use countersign_plugin::Impact;
use std::rc::Rc;

/// How the values that flow at a place changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The same values.
    Equal,
    /// Everything that may be sent fits what is taken.
    Fits,
    /// Something may be sent that is not taken.
    Breaks,
    Unknown,
}

/// The verdict on one question, asked in the direction in which data flows, and backwards.
pub(super) fn verdict<'a>(
    pair: &Pair<'_, 'a>,
    mut ask: impl FnMut(&mut Question<'_>, &Set<'_, 'a>, &Set<'_, 'a>) -> Answer,
) -> Verdict {
    let request = pair.place.is_request();
    let (base, head) = pair.sets();
    // Clients send what the old document admits to a server of the new one; a server of the new document sends what
    // that admits to clients of the old one.
    let (sender, receiver) = if request { (base, head) } else { (head, base) };
    match ask(&mut Question::new(request, pair.budget), sender, receiver) {
        Answer::No => Verdict::Breaks,
        Answer::Unknown => Verdict::Unknown,
        Answer::Yes => {
            let mut exactly =
                |left, right| ask(&mut Question::exact(request, pair.budget), left, right) == Answer::Yes;
            let equal = exactly(receiver, sender) && exactly(sender, receiver);
            if equal { Verdict::Equal } else { Verdict::Fits }
        }
    }
}

/// The verdict on all that two schemas say.
fn whole(pair: &Pair<'_, '_>) -> Verdict {
    verdict(pair, |question, left, right| question.included(left, right))
}

/// Judge what was found about the values of a pair.
pub(super) fn settle<'a>(pair: &Pair<'_, 'a>, outcome: &mut Outcome<'a>) {
    if outcome.findings.is_empty() && outcome.guessed.is_empty() {
        return;
    }
    match whole(pair) {
        Verdict::Equal => {
            outcome.findings.clear();
            outcome.guessed.clear();
        }
        Verdict::Fits => {
            for finding in &mut outcome.findings {
                finding.verdict = Some(Impact::Compatible);
            }
            let before = outcome.guessed.len();
            outcome.guessed.retain(|(base, head, place)| {
                let (base, head) = (Effective::of(base, pair.base_spec), Effective::of(head, pair.head_spec));
                let (base, head) = (Rc::new(base), Rc::new(head));
                let made = Made::default();
                let inner = Pair {
                    base: &base,
                    head: &head,
                    base_spec: pair.base_spec,
                    head_spec: pair.head_spec,
                    place: *place,
                    budget: pair.budget,
                    made,
                };
                matches!(whole(&inner), Verdict::Equal | Verdict::Fits)
            });
            if outcome.guessed.len() < before && outcome.findings.is_empty() {
                let mut finding = super::keywords::undecided(pair, "has other alternatives");
                finding.verdict = Some(Impact::Compatible);
                outcome.findings.push(finding);
            }
        }
        Verdict::Breaks | Verdict::Unknown => {}
    }
}
