//! The document: its version, its references, and what is wrong with it.

use countersign_document::reference::{anchors, percent_decoded};
use countersign_document::{Node, excerpt};
use countersign_plugin::{Diagnostic, diagnostic};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

/// References that are followed in a row; a longer chain is a cycle.
const CHAIN: usize = 64;

/// Diagnostics that are reported at most: a document with one mistake may have it a thousand times.
const REPORTED: usize = 50;

/// Versions that differ in what a schema means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// OpenAPI 3.0, where what stands beside a `$ref` does not count.
    Three,
    /// OpenAPI 3.1.
    ThreeOne,
}

/// A document whose references can be followed.
pub(crate) struct Spec<'a> {
    pub(crate) root: Node<'a>,
    pub(crate) version: Version,
    /// Schemas by their `$anchor` or `$dynamicAnchor`, collected when the first reference asks for one.
    anchors: OnceCell<HashMap<String, Node<'a>>>,
    problems: Vec<Diagnostic>,
    reported: HashSet<u32>,
    pub(crate) warnings: Vec<String>,
}

impl<'a> Spec<'a> {
    /// A document of a version that can be read.
    pub(crate) fn new(root: Node<'a>) -> Result<Self, Diagnostic> {
        let version = version(root)?;
        Ok(Self {
            root,
            version,
            anchors: OnceCell::new(),
            problems: Vec::new(),
            reported: HashSet::new(),
            warnings: Vec::new(),
        })
    }

    /// The map of components of one kind.
    pub(crate) fn components(&self, kind: &str) -> Option<Node<'a>> {
        self.root.get("components")?.get(kind)
    }

    /// Note that something cannot be told.
    pub(crate) fn problem(&mut self, code: &str, message: impl Into<String>, node: Node<'a>, help: &str) {
        if self.reported.insert(node.id()) && self.problems.len() < REPORTED {
            self.problems.push(diagnose(code, message, node, help));
        }
    }

    /// Note that something is told with less than the document says.
    pub(crate) fn warn(&mut self, message: &str, node: Node<'a>) {
        if self.reported.insert(node.id()) && self.warnings.len() < REPORTED {
            self.warnings.push(format!("{message}: {}", node.pointer()));
        }
    }

    /// All that could not be told.
    pub(crate) fn problems(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.problems)
    }

    /// What a schema's reference leads to; `None` where there is none, or where it leads nowhere, which is noted.
    /// A `$dynamicRef` is followed to the one anchor of its name.
    pub(crate) fn reference(&mut self, node: Node<'a>) -> Option<Result<Node<'a>, Broken>> {
        let reference = node.get("$ref").or_else(|| node.get("$dynamicRef"))?;
        let Some(text) = reference.as_str() else {
            self.problem("invalid-reference", "`$ref` is not a string", reference, "write a reference");
            return Some(Err(Broken));
        };
        let Some(fragment) = text.strip_prefix('#') else {
            self.problem(
                "external-reference",
                format!("`{}` stands outside of the document", excerpt(&text)),
                reference,
                "bundle the files into one document before it is recorded",
            );
            return Some(Err(Broken));
        };
        let target = self.fragment(&percent_decoded(fragment));
        if target.is_none() {
            let message = format!("`{}` leads nowhere", excerpt(&text));
            self.problem("broken-reference", message, reference, "add what it names, or correct it");
        }
        Some(target.ok_or(Broken))
    }

    /// What a reference inside the document leads to, without a word about one that leads nowhere.
    pub(crate) fn target(&self, node: Node<'a>) -> Option<Node<'a>> {
        let text = node.get("$ref").or_else(|| node.get("$dynamicRef"))?.as_str()?;
        self.fragment(&percent_decoded(text.strip_prefix('#')?))
    }

    /// What a text such as `#/components/schemas/Cat` names.
    pub(crate) fn named(&self, reference: &str) -> Option<Node<'a>> {
        self.fragment(&percent_decoded(reference.strip_prefix('#')?))
    }

    fn fragment(&self, fragment: &str) -> Option<Node<'a>> {
        if fragment.is_empty() || fragment.starts_with('/') {
            return self.root.resolve(fragment);
        }
        self.anchors.get_or_init(|| anchors(self.root)).get(fragment).copied()
    }

    /// The node at the end of a chain of references that is no schema: a parameter, a response, a path. A
    /// reference that leads nowhere is noted.
    pub(crate) fn resolved(&mut self, node: Node<'a>) -> Option<Node<'a>> {
        let mut current = node;
        for _ in 0..CHAIN {
            match self.reference(current) {
                None => return Some(current),
                Some(Ok(target)) => current = target,
                Some(Err(Broken)) => return None,
            }
        }
        self.problem("circular-reference", "the reference leads to itself", node, "write out what is meant");
        None
    }

    /// The schema at the end of a chain of references; the last that can be reached.
    pub(crate) fn end(&self, node: Node<'a>) -> Node<'a> {
        let mut current = node;
        for _ in 0..CHAIN {
            match self.target(current) {
                Some(target) => current = target,
                None => break,
            }
        }
        current
    }
}

/// A reference that leads nowhere and was noted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Broken;

/// A diagnostic about a node.
pub(crate) fn diagnose(code: &str, message: impl Into<String>, node: Node<'_>, help: &str) -> Diagnostic {
    Diagnostic { at: Some(node.location()), help: Some(help.into()), ..diagnostic(code, message) }
}

fn version(root: Node<'_>) -> Result<Version, Diagnostic> {
    let help = "record a document of OpenAPI 3.0 or 3.1";
    let Some(value) = root.get("openapi") else {
        let is_swagger = root.get("swagger").is_some();
        let message =
            if is_swagger { "Swagger 2.0 is not supported" } else { "the document has no `openapi`" };
        return Err(diagnose("unsupported-version", message, root, help));
    };
    let text = value.as_str().unwrap_or_default();
    match text.split('.').collect::<Vec<_>>().as_slice() {
        ["3", "0", ..] => Ok(Version::Three),
        ["3", "1", ..] => Ok(Version::ThreeOne),
        _ => {
            let message = format!("`openapi` is `{}`, which is not supported", excerpt(&text));
            Err(diagnose("unsupported-version", message, value, help))
        }
    }
}
