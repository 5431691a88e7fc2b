//! Witnesses: a value that shows what a change of a schema breaks.
//!
//! For data that clients send it is a value that the old schema allows and the new one refuses; for data that they
//! receive, the other way about. Values around the differences of the two schemas are tried in a fixed order, and
//! the first that is refused for the reason that was found is taken. Work is bounded for each finding and for all.

mod aspect;
mod check;
mod dictionary;
mod exact;
mod facts;
mod formats;
mod json;
mod make;
mod pattern;
mod vary;

use crate::finding::Finding;
use crate::schema::Shape;
use crate::spec::{Node, Spec};
use aspect::Aspect;
use check::{Checker, Reason};
use countersign_plugin::{Change, Location, Side, Witness};
use dictionary::{Dictionary, Origin};
use json::Json;
use make::{Maker, Memo};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use vary::Variations;

/// Bytes of a witness at most.
const BYTES: usize = 2048;
/// Bytes that a property takes at least: its quotes, its colon, its value and the comma behind it.
const PROPERTY: usize = 5;
/// Work for one finding, and for all, in schemas that look at a value.
const WORK: u32 = 20_000;
const WORK_FOR_ALL: u32 = 400_000;
/// Values that are tried after one that will do, in the hope of one that shows the finding alone.
const PATIENCE: u32 = 60;

/// Two schemas of which findings are told.
#[derive(Debug, Clone)]
pub(crate) struct Seat<'a> {
    pub(crate) base: Shape<'a>,
    pub(crate) head: Shape<'a>,
    /// Whether the client sends what stands here.
    pub(crate) request: bool,
}

/// Finds witnesses, as long as there is work left.
pub(crate) struct Prover<'c, 'a> {
    base: Reading<'c, 'a>,
    head: Reading<'c, 'a>,
    left: u32,
}

/// How one of the two documents is to be read, and what was made of its schemas so far.
struct Reading<'c, 'a> {
    spec: &'c Spec<'a>,
    old: bool,
    memo: Memo,
}

impl<'c, 'a> Reading<'c, 'a> {
    fn of(spec: &'c Spec<'a>) -> Self {
        let version = spec.root().get("openapi").and_then(Node::as_str);
        let old = version.is_none_or(|version| version.starts_with("3.0"));
        Self { spec, old, memo: RefCell::new(HashMap::new()) }
    }

    fn maker<'m>(&'m self, request: bool, fuel: &'m Cell<u32>) -> Maker<'m, 'a> {
        let checker = Checker { spec: self.spec, old: self.old, request, fuel };
        Maker { checker, memo: &self.memo }
    }
}

/// The best value that was found so far.
struct Found<'a> {
    rank: u8,
    value: String,
    refused_by: Node<'a>,
}

impl<'c, 'a> Prover<'c, 'a> {
    pub(crate) fn new(base: &'c Spec<'a>, head: &'c Spec<'a>) -> Self {
        Self { base: Reading::of(base), head: Reading::of(head), left: WORK_FOR_ALL }
    }

    /// A value that shows what a finding breaks. What was told of the finding says where it is.
    pub(crate) fn witness(&mut self, finding: &Finding<'a>, told: &Change) -> Option<Witness> {
        let aspect = Aspect::of(finding, &told.subject)?;
        finding.seats.iter().find_map(|seat| self.at(seat, &aspect, finding, told))
    }

    fn at(
        &mut self,
        seat: &Seat<'a>,
        aspect: &Aspect,
        finding: &Finding<'a>,
        told: &Change,
    ) -> Option<Witness> {
        // The parts are gone through whatever becomes of the search.
        let parts = u32::try_from(seat.base.parts.len() + seat.head.parts.len()).unwrap_or(u32::MAX);
        let allowing = if seat.request { &seat.base } else { &seat.head };
        let needs = |part: &Node<'a>| part.get("required").map_or(0, Node::len);
        if allowing.parts.iter().map(needs).max() > Some(BYTES / PROPERTY) {
            return None;
        }
        self.left = self.left.checked_sub(parts).filter(|left| *left > 0)?;
        let granted = WORK.min(self.left);
        let fuel = Cell::new(granted);
        let found = self.search(seat, aspect, &fuel);
        self.left -= granted - fuel.get();
        let ((value, base, head), allowed_by) = (found?, if seat.request { Side::Base } else { Side::Head });
        let base = pointer(base, finding.base, told.base.as_ref());
        let head = pointer(head, finding.head, told.head.as_ref());
        Some(Witness { value, base, head, allowed_by })
    }

    /// A value with the schemas of the old and of the new document that it is held against.
    fn search(
        &self,
        seat: &Seat<'a>,
        aspect: &Aspect,
        fuel: &Cell<u32>,
    ) -> Option<(String, Node<'a>, Node<'a>)> {
        let (base, head) = (self.base.maker(seat.request, fuel), self.head.maker(seat.request, fuel));
        if seat.request {
            let found = best(&Party::new(base, &seat.base), &Party::new(head, &seat.head), aspect)?;
            return Some((found.value, base.definition(seat.base.site), head.definition(found.refused_by)));
        }
        let found = best(&Party::new(head, &seat.head), &Party::new(base, &seat.base), aspect)?;
        Some((found.value, base.definition(found.refused_by), head.definition(seat.head.site)))
    }
}

/// The pointer of a node. It takes a search of the document, so that one that is known is not sought again.
fn pointer(node: Node<'_>, known: Option<Node<'_>>, location: Option<&Location>) -> String {
    match (known, location) {
        (Some(known), Some(location)) if known.id() == node.id() => location.pointer.clone(),
        _ => node.pointer(),
    }
}

/// A schema that allows or refuses, with all that is known of it.
struct Party<'m, 's, 'a> {
    maker: Maker<'m, 'a>,
    shape: &'s Shape<'a>,
    /// The schema where it stands, and the parts that it is made of.
    sites: Vec<Node<'a>>,
}

impl<'m, 's, 'a> Party<'m, 's, 'a> {
    fn new(maker: Maker<'m, 'a>, shape: &'s Shape<'a>) -> Self {
        let parts = shape.parts.iter().copied().filter(|part| part.id() != shape.site.id());
        Self { maker, shape, sites: [shape.site].into_iter().chain(parts).collect() }
    }

    /// The schemas that hold for a value. What lets null through stands around the parts.
    fn sites(&self, value: &Json) -> &[Node<'a>] {
        if *value == Json::Null { &self.sites[..1] } else { &self.sites }
    }

    fn allows(&self, value: &Json) -> bool {
        self.maker.all_allow(self.sites(value), value)
    }

    /// The schema that refuses a value, and why.
    fn refusal(&self, value: &Json) -> Option<(Node<'a>, Vec<Reason>)> {
        let checker = &self.maker.checker;
        self.sites(value).iter().find_map(|site| Some((*site, checker.refusal(*site, value)?)))
    }
}

/// The value that shows best what one schema allows and the other does not.
fn best<'a>(
    allowing: &Party<'_, '_, 'a>,
    refusing: &Party<'_, '_, 'a>,
    aspect: &Aspect,
) -> Option<Found<'a>> {
    let mut dictionary = Dictionary::default();
    dictionary.read(&refusing.sites, &refusing.maker.checker, Origin::Refusing);
    dictionary.read(&allowing.sites, &allowing.maker.checker, Origin::Allowing);
    let variations = Variations {
        allowing: allowing.maker,
        refusing: refusing.maker,
        sites: &[allowing.shape.site],
        dictionary: &dictionary,
        name: aspect.name.as_deref(),
    };
    let mut best: Option<Found<'a>> = None;
    let mut patience = PATIENCE;
    variations.visit(&mut |value| {
        patience -= u32::from(best.is_some());
        if let Some(found) = judged(allowing, refusing, aspect, &value)
            && best.as_ref().is_none_or(|best| found.rank < best.rank)
        {
            best = Some(found);
        }
        let spent = !allowing.maker.checker.pay(1) || patience == 0;
        spent || best.as_ref().is_some_and(|best| best.rank == 0)
    });
    best
}

/// What a value shows, if it does.
fn judged<'a>(
    allowing: &Party<'_, '_, 'a>,
    refusing: &Party<'_, '_, 'a>,
    aspect: &Aspect,
    value: &Json,
) -> Option<Found<'a>> {
    if !allowing.allows(value) {
        return None;
    }
    let (refused_by, reasons) = refusing.refusal(value)?;
    let rank = aspect.rank(&reasons, value)?;
    let value = value.print();
    (value.len() <= BYTES).then_some(Found { rank, value, refused_by })
}
