//! `oneOf` and `anyOf`, and the property that tells their members apart.

use super::Schemas;
use crate::declarations::Direction;
use crate::text::{self, Documentation};
use crate::types::{Object, Property, Type};
use countersign_document::Node;

impl<'a> Schemas<'a> {
    /// The union under a keyword.
    pub(super) fn variants(&mut self, node: Node<'a>, keyword: &str, direction: Direction) -> Option<Type> {
        let members = self.members(node, keyword);
        if members.is_empty() {
            return None;
        }
        let discriminator = node.get("discriminator").filter(|discriminator| discriminator.is_object());
        let kinds: Vec<_> = members
            .into_iter()
            .map(|member| {
                let tag = discriminator.and_then(|discriminator| self.tag(discriminator, member));
                Type::intersection(std::iter::once(self.read(member, direction)).chain(tag))
            })
            .collect();
        Some(Type::union(kinds))
    }

    /// The property by which a member is told apart, unless the member itself says all of it.
    fn tag(&self, discriminator: Node<'a>, member: Node<'a>) -> Option<Type> {
        let target = self.spec.target(member)?;
        let name = discriminator.get("propertyName")?.as_str()?;
        let values = self.values(discriminator, member, target)?;
        if let Some(pin) = self.pin(target, &name, 0) {
            // Where the member and the mapping disagree, the service writes what the member says.
            let is_mapped = pin.value.is_some_and(|value| values.contains(&value));
            if pin.required || !is_mapped {
                return None;
            }
        }
        let kind = Type::union(values.into_iter().map(|value| Type::Literal(text::literal(&value))));
        let tag =
            Property { name: name.into(), documentation: Documentation::default(), optional: false, kind };
        Some(Type::Object(Object { properties: vec![tag], ..Object::default() }))
    }

    /// The values that stand for a member: those that the mapping gives, or else the name of its component.
    fn values(&self, discriminator: Node<'a>, member: Node<'a>, target: Node<'a>) -> Option<Vec<String>> {
        let mapping = discriminator.get("mapping").into_iter().flat_map(Node::entries);
        let leads = mapping.filter(|entry| self.is_mapped(entry.value, target));
        let values: Vec<_> = leads.map(|entry| entry.name().into_owned()).collect();
        if !values.is_empty() {
            return Some(values);
        }
        let reference = member.get("$ref")?.as_str()?;
        let name = reference.strip_prefix("#/components/schemas/")?;
        let is_component = self.spec.components("schemas")?.get(name).is_some();
        is_component.then(|| vec![name.to_owned()])
    }

    /// Does a value of the mapping, a reference or a component's name, lead to a schema?
    fn is_mapped(&self, value: Node<'a>, target: Node<'a>) -> bool {
        let Some(text) = value.as_str() else { return false };
        let by_name = || self.spec.components("schemas")?.get(&text);
        self.spec.named(&text).or_else(by_name).is_some_and(|found| found.id() == target.id())
    }

    /// The one value that a schema, or one that it consists of, allows for a property.
    fn pin(&self, schema: Node<'a>, name: &str, depth: usize) -> Option<Pin> {
        let own = || {
            let property = self.spec.end(schema.get("properties")?.get(name)?);
            let only = || property.get("enum").filter(|values| values.len() == 1)?.item(0);
            let value = property.get("const").or_else(only)?.as_str().map(Into::into);
            let mut required =
                schema.get("required").into_iter().flat_map(Node::items).filter_map(Node::as_str);
            Some(Pin { value, required: required.any(|required| required == name) })
        };
        let inherited = || {
            let mut parts = schema.get("allOf").filter(|_| depth < 3).into_iter().flat_map(Node::items);
            parts.find_map(|part| self.pin(self.spec.end(part), name, depth + 1))
        };
        own().or_else(inherited)
    }
}

/// What a schema says of the property by which it is told apart.
struct Pin {
    /// The one value, if it is a text.
    value: Option<String>,
    required: bool,
}
