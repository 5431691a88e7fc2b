//! What a schema says once references are followed and compositions that only restate it are undone.
//!
//! A schema is a conjunction of parts: the node itself, what it refers to, and the members of its `allOf`. An
//! `anyOf` or `oneOf` with one variant besides null is its variant, made nullable. So a reference, an inlined
//! copy, a single-item `allOf` and the ways to write "or null" all have the same effect.

use crate::spec::{Kind, Node, Spec};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Keywords that make a schema out of others, or bind a dynamic reference.
const COMPOSES: &[&str] = &["$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "$defs", "$dynamicAnchor"];

/// Keywords that say nothing about the data (OpenAPI 3.1, section 4.8.24; JSON Schema 2020-12, section 9).
const ANNOTATIONS: &[&str] = &[
    "title",
    "description",
    "example",
    "examples",
    "externalDocs",
    "xml",
    "$comment",
    "$id",
    "$schema",
    "$anchor",
    "$defs",
    "definitions",
    "$dynamicAnchor",
];

/// Whether a keyword says nothing about the data.
pub(crate) fn is_annotation(keyword: &str) -> bool {
    keyword.starts_with("x-") || ANNOTATIONS.contains(&keyword)
}

/// A schema as a conjunction of parts, with references followed.
#[derive(Debug, Clone)]
pub(crate) struct Shape<'a> {
    /// Where the schema stands, for a schema without parts.
    pub(crate) site: Node<'a>,
    /// The nodes that all hold.
    pub(crate) parts: Vec<Node<'a>>,
    /// Whether a wrapper lets null through in spite of the parts.
    pub(crate) or_null: bool,
    /// Whether there are more parts than were gone through.
    pub(crate) cut: bool,
    /// The schemas that dynamic references inside stand for, by the name of the anchor.
    pub(crate) bindings: Vec<(String, Node<'a>)>,
}

/// What is to be done while a schema is taken apart.
enum Step<'a> {
    Enter(Node<'a>),
    /// Keep the node as a part, if it says something of its own.
    Keep(Node<'a>),
}

impl<'a> Shape<'a> {
    /// A schema without parts: everything is allowed.
    pub(crate) fn always(site: Node<'a>) -> Self {
        Self { site, parts: Vec::new(), or_null: false, cut: false, bindings: Vec::new() }
    }

    /// The shape of the schema at `site`.
    pub(crate) fn of(site: Node<'a>, spec: &Spec<'a>) -> Self {
        Self::all_of(&[site], spec).unwrap_or_else(|| Self::always(site))
    }

    /// The shape of schemas that all hold; nothing where there are none.
    pub(crate) fn all_of(sites: &[Node<'a>], spec: &Spec<'a>) -> Option<Self> {
        let mut shape = Self::always(*sites.first()?);
        if let [site] = sites
            && site.entries().all(|entry| !COMPOSES.contains(&entry.name().as_ref()))
        {
            // Nearly every schema is one part, or none.
            shape.or_null = is_nullable_wrapper(*site);
            shape.parts.extend(has_own_keywords(*site, spec).then_some(*site));
            return Some(shape);
        }
        let mut entered = HashSet::new();
        for site in sites {
            shape.expand(*site, spec, &mut entered);
        }
        Some(shape)
    }

    /// Whether nothing is said, so that anything is allowed.
    pub(crate) fn is_always(&self) -> bool {
        self.parts.is_empty() && !self.cut
    }

    /// Whether a keyword is true in any part.
    pub(crate) fn is(&self, keyword: &str) -> bool {
        self.parts.iter().any(|part| part.get(keyword).and_then(Node::as_bool) == Some(true))
    }

    /// Let another schema of the same document hold too.
    pub(crate) fn and(&mut self, site: Node<'a>, spec: &Spec<'a>) {
        let mut entered = self.parts.iter().map(|part| part.id()).collect();
        self.expand(site, spec, &mut entered);
    }

    /// A node is entered once: on the way through references and compositions, the paths to it can be as many as the
    /// subsets of what they lead through.
    fn expand(&mut self, node: Node<'a>, spec: &Spec<'a>, entered: &mut HashSet<u32>) {
        let mut open = vec![Step::Enter(node)];
        while let Some(step) = open.pop() {
            match step {
                Step::Enter(node) => self.enter(node, spec, entered, &mut open),
                Step::Keep(node) if has_own_keywords(node, spec) => self.parts.push(node),
                Step::Keep(_) => {}
            }
        }
    }

    fn enter(
        &mut self,
        node: Node<'a>,
        spec: &Spec<'a>,
        entered: &mut HashSet<u32>,
        open: &mut Vec<Step<'a>>,
    ) {
        // A reference and nothing else is no part: a chain of them is as long as it likes.
        let mut node = node;
        while let Some(target) = spec.target(node).filter(|_| node.len() == 1) {
            if !spec.affords_expansion(1) || !entered.insert(node.id()) {
                self.cut |= !spec.affords_expansion(0);
                return;
            }
            node = target;
        }
        let unions = unions(node, spec);
        let members = node.get("allOf").map_or(0, Node::len);
        let size = 1 + members + unions.iter().map(|union| union.variants.len()).sum::<usize>();
        if !spec.affords_expansion(size) {
            self.cut = true;
            return;
        }
        if !entered.insert(node.id()) {
            return;
        }
        self.bind(node, spec);
        self.or_null |= is_nullable_wrapper(node);
        let mut inside: Vec<Node<'a>> = spec.target(node).into_iter().collect();
        inside.extend(node.get("allOf").into_iter().flat_map(Node::items));
        for union in unions.iter().filter(|union| union.variants.len() == 1) {
            inside.extend(&union.variants);
            self.or_null |= union.or_null;
        }
        // What stands last is done first.
        open.push(Step::Keep(node));
        open.extend(inside.into_iter().rev().map(Step::Enter));
    }

    /// Note what the dynamic references of a name stand for from here on. The outermost schema that says so is entered
    /// first (JSON Schema 2020-12, section 8.2.3.2).
    fn bind(&mut self, node: Node<'a>, spec: &Spec<'a>) {
        if spec.bound_names().is_empty() {
            return;
        }
        let definitions = node.get("$defs").into_iter().flat_map(Node::entries).map(|entry| entry.value);
        for holder in [node].into_iter().chain(definitions) {
            let name = holder.get("$dynamicAnchor").and_then(Node::as_str);
            let Some(name) = name.filter(|name| spec.bound_names().contains(name.as_ref())) else { continue };
            if self.bindings.iter().all(|(known, _)| *known != name) {
                self.bindings.push((name.into_owned(), holder));
            }
        }
    }
}

/// A nullable wrapper around a reference is how OpenAPI 3.0 says "or null" of a component, though by the letter the
/// wrapper needs a type of its own.
fn is_nullable_wrapper(node: Node<'_>) -> bool {
    node.get("nullable").and_then(Node::as_bool) == Some(true) && node.get("type").is_none()
}

/// Whether a node says something besides what [`Shape::expand`] undoes.
fn has_own_keywords<'a>(node: Node<'a>, spec: &Spec<'a>) -> bool {
    match node.kind() {
        Kind::Boolean => node.as_bool() == Some(false),
        Kind::Object => {
            node.entries().any(|entry| match entry.name().as_ref() {
                "allOf" | "nullable" => false,
                "$ref" => spec.target(node).is_none(),
                "$dynamicRef" => spec.is_bound_outside(node),
                "anyOf" | "oneOf" => {
                    entry.value.items().filter(|variant| !is_null(*variant, spec)).count() != 1
                }
                "deprecated" | "readOnly" | "writeOnly" | "uniqueItems" => {
                    entry.value.as_bool() == Some(true)
                }
                keyword => !is_annotation(keyword),
            }) || node.get("nullable").is_some() && node.get("type").is_some()
        }
        Kind::Null | Kind::Number | Kind::String | Kind::Array => true,
    }
}

/// An `anyOf` or a `oneOf`, without its null.
#[derive(Debug, Clone)]
pub(crate) struct Union<'a> {
    pub(crate) any: bool,
    pub(crate) variants: Vec<Node<'a>>,
    pub(crate) or_null: bool,
}

fn unions<'a>(node: Node<'a>, spec: &Spec<'a>) -> Vec<Union<'a>> {
    [("anyOf", true), ("oneOf", false)]
        .into_iter()
        .filter_map(|(keyword, any)| {
            let list = node.get(keyword)?;
            let (null, variants): (Vec<_>, Vec<_>) =
                list.items().partition(|variant| is_null(*variant, spec));
            Some(Union { any, variants, or_null: !null.is_empty() })
        })
        .collect()
}

/// Whether a schema allows null and nothing else.
fn is_null<'a>(node: Node<'a>, spec: &Spec<'a>) -> bool {
    let node = spec.resolved(node);
    let Some(kind) = node.get("type") else {
        let only = node
            .get("const")
            .or_else(|| node.get("enum").filter(|list| list.items().count() == 1)?.items().next());
        return only.is_some_and(|value| value.kind() == Kind::Null);
    };
    kind.as_str().as_deref() == Some("null")
        || kind.kind() == Kind::Array && kind.items().all(|name| name.as_str().as_deref() == Some("null"))
}

/// A schema with its parts brought together.
#[derive(Debug, Clone)]
pub(crate) struct Effective<'a> {
    /// The node that a finding about the schema points at.
    pub(crate) definition: Node<'a>,
    pub(crate) parts: Vec<Node<'a>>,
    pub(crate) or_null: bool,
    pub(crate) cut: bool,
    pub(crate) bindings: Vec<(String, Node<'a>)>,
    pub(crate) unions: Vec<Union<'a>>,
    pub(crate) properties: BTreeMap<String, Property<'a>>,
}

/// A property of an object.
#[derive(Debug, Default, Clone)]
pub(crate) struct Property<'a> {
    /// The schemas that all hold for the value; none where the property is required but not declared.
    pub(crate) schemas: Vec<Node<'a>>,
    pub(crate) required: bool,
    /// The `required` list that names the property.
    pub(crate) list: Option<Node<'a>>,
}

impl<'a> Effective<'a> {
    pub(crate) fn of(shape: &Shape<'a>, spec: &Spec<'a>) -> Self {
        let definition = shape.parts.iter().copied().find(|part| says_most(*part));
        let definition = definition.or(shape.parts.first().copied()).unwrap_or(shape.site);
        let unions =
            shape.parts.iter().flat_map(|part| unions(*part, spec)).filter(|union| union.variants.len() > 1);
        Self {
            definition,
            parts: shape.parts.clone(),
            or_null: shape.or_null,
            cut: shape.cut,
            bindings: shape.bindings.clone(),
            unions: unions.collect(),
            properties: properties(&shape.parts),
        }
    }

    /// The schema that was brought together, with or without what wrappers say of null.
    pub(crate) fn shape(&self, or_null: bool) -> Shape<'a> {
        let (parts, bindings) = (self.parts.clone(), self.bindings.clone());
        Shape { site: self.definition, parts, or_null, cut: self.cut, bindings }
    }

    /// The values of a keyword in all parts.
    pub(crate) fn all(&self, keyword: &str) -> impl Iterator<Item = Node<'a>> {
        self.parts.iter().filter_map(move |part| part.get(keyword))
    }

    /// The first value of a keyword.
    pub(crate) fn first(&self, keyword: &str) -> Option<Node<'a>> {
        self.all(keyword).next()
    }

    /// Whether a keyword is true in any part.
    pub(crate) fn is(&self, keyword: &str) -> bool {
        self.all(keyword).any(|value| value.as_bool() == Some(true))
    }

    /// Whether nothing is allowed.
    pub(crate) fn is_never(&self) -> bool {
        self.parts.iter().any(|part| part.as_bool() == Some(false))
    }
}

/// Parts that say what the data is come before wrappers that only add a default or a flag.
fn says_most(part: Node<'_>) -> bool {
    ["type", "properties", "enum", "const", "anyOf", "oneOf"]
        .iter()
        .any(|keyword| part.get(keyword).is_some())
}

fn properties<'a>(parts: &[Node<'a>]) -> BTreeMap<String, Property<'a>> {
    let mut properties: BTreeMap<String, Property<'a>> = BTreeMap::new();
    for part in parts {
        for entry in part.get("properties").into_iter().flat_map(Node::entries) {
            properties.entry(entry.name().into_owned()).or_default().schemas.push(entry.value);
        }
        for name in part.get("required").into_iter().flat_map(Node::items) {
            let Some(text) = name.as_str() else { continue };
            let property = properties.entry(text.into_owned()).or_default();
            property.required = true;
            property.list = Some(name);
        }
    }
    properties
}

/// A pointer in words: `Watch.owner.name` for what is inside a component, `owner.name` for what is inside an
/// inline schema, nothing for an inline schema itself.
pub(crate) fn label(pointer: &str) -> Option<String> {
    let segments: Vec<String> =
        pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
    let (mut name, rest) = match segments.as_slice() {
        [components, _, name, rest @ ..] if components == "components" => (name.clone(), rest),
        [definitions, name, rest @ ..] if definitions == "definitions" => (name.clone(), rest),
        inline => (
            String::new(),
            inline.iter().position(|part| part == "schema").map_or(&[][..], |at| &inline[at + 1..]),
        ),
    };
    let mut rest = rest.iter();
    while let Some(keyword) = rest.next() {
        match keyword.as_str() {
            "properties" | "patternProperties" => {
                if !name.is_empty() {
                    name.push('.');
                }
                name.push_str(rest.next()?);
            }
            "items" => name.push_str("[]"),
            "additionalProperties" => name.push_str("{}"),
            _ => {}
        }
    }
    (!name.is_empty()).then(|| crate::finding::quote(&name))
}

/// The parameter or the header whose schema stands at a pointer, in words: the query parameter `limit`.
pub(crate) fn carrier(root: Node<'_>, pointer: &str) -> Option<String> {
    let pointer = pointer.strip_suffix("/schema")?;
    let node = root.resolve(pointer)?;
    if let (Some(name), Some(place)) =
        (node.get("name").and_then(Node::as_str), node.get("in").and_then(Node::as_str))
    {
        let place = ["query", "path", "header", "cookie"].into_iter().find(|known| *known == place)?;
        return Some(format!("the {place} parameter {}", crate::finding::quote(&name)));
    }
    let (above, name) = pointer.rsplit_once('/')?;
    let name = name.replace("~1", "/").replace("~0", "~");
    above.ends_with("/headers").then(|| format!("the header {}", crate::finding::quote(&name)))
}

/// Names in two schemas' properties, each once.
pub(crate) fn names<'p>(base: &'p Effective<'_>, head: &'p Effective<'_>) -> BTreeSet<&'p str> {
    base.properties.keys().chain(head.properties.keys()).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_of_references_is_followed_to_its_end() {
        let links: String = (0..5000)
            .map(|at| format!(r##""S{at}":{{"$ref":"#/components/schemas/S{}"}},"##, at + 1))
            .collect();
        let text = format!(r#"{{"components":{{"schemas":{{{links}"S5000":{{"type":"string"}}}}}}}}"#);
        let document = countersign_document::Document::parse_json(text.as_bytes()).unwrap();
        let spec = Spec::new(document.root());
        let first = document.root().resolve("/components/schemas/S0").unwrap();
        let parts: Vec<String> = Shape::of(first, &spec).parts.into_iter().map(Node::pointer).collect();
        assert_eq!(parts, ["/components/schemas/S5000"]);
    }

    #[test]
    fn compositions_inside_each_other_are_all_gone_through_or_it_is_known_that_they_are_not() {
        let links: String = (0..5000)
            .map(|at| {
                format!(
                    r##""S{at}":{{"allOf":[{{"$ref":"#/components/schemas/S{}"}}],"minLength":1}},"##,
                    at + 1
                )
            })
            .collect();
        let text = format!(r#"{{"components":{{"schemas":{{{links}"S5000":{{"type":"string"}}}}}}}}"#);
        let document = countersign_document::Document::parse_json(text.as_bytes()).unwrap();
        let spec = Spec::new(document.root());
        let first = document.root().resolve("/components/schemas/S0").unwrap();
        let shape = Shape::of(first, &spec);
        assert_eq!((shape.parts.len(), shape.cut), (5001, false));
        while spec.affords_expansion(1000) {}
        let shape = Shape::of(first, &spec);
        assert!(shape.cut && shape.parts.len() < 5001);
        assert!(!shape.is_always());
    }

    #[test]
    fn a_label_names_the_component_and_the_way_inside_it() {
        assert_eq!(label("/components/schemas/Watch").as_deref(), Some("`Watch`"));
        assert_eq!(
            label("/components/schemas/Watch/properties/a/items/properties/b").as_deref(),
            Some("`Watch.a[].b`")
        );
        assert_eq!(label("/components/schemas/A/allOf/0/properties/b").as_deref(), Some("`A.b`"));
        let inline = "/paths/~1x/get/responses/200/content/application~1json/schema";
        assert_eq!(label(inline), None);
        assert_eq!(label(&format!("{inline}/properties/schema")).as_deref(), Some("`schema`"));
        assert_eq!(label(&format!("{inline}/properties/b")).as_deref(), Some("`b`"));
    }
}
