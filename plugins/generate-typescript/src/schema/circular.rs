//! Types that are made of themselves: `type A = A | string` has no meaning, and TypeScript refuses it.
//!
//! Documents have such circles where a base lists its heirs in `oneOf` and each heir takes the base in with
//! `allOf`. The heir then means what the base says beside the list.

use crate::types::Type;
use std::collections::HashMap;

/// Open every circle; the declarations that were changed.
pub(crate) fn untangle(types: &mut [(String, Type)]) -> Vec<usize> {
    let indices: HashMap<String, usize> =
        types.iter().enumerate().map(|(index, (name, _))| (name.clone(), index)).collect();
    let mut changed = Vec::new();
    let mut marks = vec![Mark::New; types.len()];
    for start in 0..types.len() {
        visit(start, types, &indices, &mut marks, &mut changed);
    }
    changed
}

/// How far the search has come with a declaration.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Open,
    Done,
}

/// Walk along the references that a type is made of, with a stack of our own: a chain may be as long as the
/// document.
fn visit(
    start: usize,
    types: &mut [(String, Type)],
    indices: &HashMap<String, usize>,
    marks: &mut [Mark],
    changed: &mut Vec<usize>,
) {
    if marks[start] != Mark::New {
        return;
    }
    marks[start] = Mark::Open;
    let mut stack = vec![(start, parts(&types[start].1, indices))];
    while let Some((index, open)) = stack.last_mut() {
        let index = *index;
        let Some(next) = open.pop() else {
            marks[index] = Mark::Done;
            stack.pop();
            continue;
        };
        match marks[next] {
            Mark::Done => {}
            Mark::New => {
                marks[next] = Mark::Open;
                stack.push((next, parts(&types[next].1, indices)));
            }
            Mark::Open => {
                let substitute = own_objects(&types[next].1);
                let name = types[next].0.clone();
                let opened = without(&types[index].1, &name, &substitute);
                types[index].1 = opened;
                changed.push(index);
            }
        }
    }
}

/// The declarations that a type consists of, without those that stand inside an object or an array.
fn parts(kind: &Type, indices: &HashMap<String, usize>) -> Vec<usize> {
    match kind {
        Type::Reference(name) => indices.get(name).copied().into_iter().collect(),
        Type::Union(members) | Type::Intersection(members) => {
            members.iter().rev().flat_map(|member| parts(member, indices)).collect()
        }
        Type::Unknown
        | Type::Never
        | Type::Null
        | Type::Named(_)
        | Type::Literal(_)
        | Type::Array(_)
        | Type::Tuple(_)
        | Type::Object(_) => Vec::new(),
    }
}

/// What a type says itself in any case: the objects written out in it.
fn own_objects(kind: &Type) -> Type {
    match kind {
        Type::Object(_) => kind.clone(),
        Type::Intersection(members) => Type::intersection(members.iter().map(own_objects)),
        Type::Unknown
        | Type::Never
        | Type::Null
        | Type::Named(_)
        | Type::Literal(_)
        | Type::Reference(_)
        | Type::Array(_)
        | Type::Tuple(_)
        | Type::Union(_) => Type::Unknown,
    }
}

/// The type with a substitute for a reference; in a union the reference adds nothing and is left out.
fn without(kind: &Type, name: &str, substitute: &Type) -> Type {
    let is_it = |kind: &Type| matches!(kind, Type::Reference(found) if found == name);
    match kind {
        Type::Reference(_) if is_it(kind) => substitute.clone(),
        Type::Union(members) => {
            let others = members.iter().filter(|member| !is_it(member));
            Type::union(others.map(|member| without(member, name, substitute)))
        }
        Type::Intersection(members) => {
            Type::intersection(members.iter().map(|member| without(member, name, substitute)))
        }
        Type::Unknown
        | Type::Never
        | Type::Null
        | Type::Named(_)
        | Type::Literal(_)
        | Type::Reference(_)
        | Type::Array(_)
        | Type::Tuple(_)
        | Type::Object(_) => kind.clone(),
    }
}
