//! One document of several files: what lies beside a document and is referred to from it becomes a component of it,
//! or takes the place of the reference where there are no components of that kind.
//!
//! The record of a contract is one file, so that it is reviewed as a whole and its digest covers all that it says.

mod files;
mod place;
mod site;

use countersign_document::reference::percent_decoded;
use countersign_document::{Entry, Node, Printer, pointer, quoted};
use countersign_plugin::{Diagnostic, Failure, diagnostic};
use files::Library;
pub(crate) use files::{Files, Found, Refusal};
use site::{Member, Site};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Characters of a bundled document at most. References that stand for their targets can double with each file.
const LARGEST: usize = 64 << 20;

/// Files in files at most.
const DEEPEST: usize = 512;

/// A document that holds all that it refers to, as JSON.
#[derive(Debug)]
pub(crate) struct Bundled {
    pub(crate) json: String,
    pub(crate) warnings: Vec<String>,
}

/// Bundle a document with the files that it refers to; None where it refers to none.
///
/// # Errors
/// A failure for a file that is there and is no document, and for more than a document can hold.
pub(crate) fn bundle(main: Node<'_>, files: &dyn Files) -> Result<Option<Bundled>, Failure> {
    if !refers_elsewhere(main) {
        return Ok(None);
    }
    let mut bundler = Bundler::new(main, files);
    let parts = bundler.parts()?;
    let warnings = bundler.refused.iter().map(|(file, refusal)| refusal.warning(file)).collect();
    Ok(Some(Bundled { json: bundler.assemble(parts), warnings }))
}

/// Whether anything in a document leads out of it.
fn refers_elsewhere(main: Node<'_>) -> bool {
    let leads_out =
        |node: Node<'_>| node.as_str().is_some_and(|text| place::join("", place::parts(&text).0).is_some());
    let document = main.document();
    let mappings = document.values_of("mapping").into_iter().flat_map(Node::entries).map(|entry| entry.value);
    document.values_of("$ref").into_iter().any(leads_out)
        || mappings.into_iter().any(|node| is_file(node) && leads_out(node))
}

/// Whether a value of a discriminator's mapping is a reference to a file: a bare word is the name of a component.
fn is_file(node: Node<'_>) -> bool {
    node.as_str().is_some_and(|text| text.contains('/') || text.contains(".json") || text.contains(".y"))
}

/// A node, and the file that it stands in: 0 is the document itself.
#[derive(Clone, Copy)]
struct At<'s> {
    file: u32,
    node: Node<'s>,
}

impl<'s> At<'s> {
    fn with(self, node: Node<'s>) -> Self {
        Self { node, ..self }
    }

    fn is_main(self) -> bool {
        self.file == 0
    }

    fn identity(self) -> Identity {
        (self.file, self.node.id())
    }
}

/// What tells one node from all others: its file, and its id there.
type Identity = (u32, u32);

/// What stands at the top of the bundled document.
enum Part {
    /// A key and its value.
    Text(String),
    /// The components, or for Swagger 2.0 the section of this name.
    Sections(Option<String>),
}

/// A component that is waiting to be written.
struct Waiting<'s> {
    section: &'static str,
    member: Member,
    name: String,
    at: At<'s>,
}

struct Bundler<'s> {
    library: Library<'s>,
    main: At<'s>,
    is_swagger: bool,
    /// The sections of components: for each the members, as keys and values in JSON.
    sections: Vec<(String, Vec<String>)>,
    names: BTreeMap<(&'static str, Identity), String>,
    used: BTreeSet<(String, String)>,
    waiting: VecDeque<Waiting<'s>>,
    /// The references that are being replaced by what they lead to.
    open: Vec<Identity>,
    refused: BTreeMap<String, Refusal>,
    written: usize,
}

impl<'s> Bundler<'s> {
    fn new(main: Node<'s>, files: &'s dyn Files) -> Self {
        let library = Library::new(main, files);
        let main = At { file: 0, node: main };
        let is_swagger = main.node.get("swagger").is_some();
        Self {
            library,
            main,
            is_swagger,
            sections: Vec::new(),
            names: BTreeMap::new(),
            used: BTreeSet::new(),
            waiting: VecDeque::new(),
            open: Vec::new(),
            refused: BTreeMap::new(),
            written: 0,
        }
    }

    /// Everything at the top of the document; the components that are found on the way are in `sections`.
    fn parts(&mut self) -> Result<Vec<Part>, Failure> {
        let own = self.own_sections();
        self.reserve(&own)?;
        let mut parts = Vec::new();
        for entry in self.main.node.entries() {
            let name = entry.name();
            let is_section = match self.is_swagger {
                true => matches!(Site::Root.at(&name), Site::Several(member) if member != Member::PathItem),
                false => name == "components" && entry.value.is_object(),
            };
            if is_section {
                parts.push(Part::Sections(self.is_swagger.then(|| name.into_owned())));
                continue;
            }
            let mut text = format!("{}:", entry.key.raw());
            self.write(self.main.with(entry.value), Site::Root.at(&name), &mut text)?;
            self.written += text.len();
            parts.push(Part::Text(text));
        }
        for (name, section) in own {
            let site = if self.is_swagger { Site::Root.at(&name) } else { Site::Components.at(&name) };
            self.own_section(&name, section, site)?;
        }
        while let Some(next) = self.waiting.pop_front() {
            let mut text = format!("{}:", quoted(&next.name));
            self.write(next.at, Site::One(next.member), &mut text)?;
            self.written += text.len();
            self.section(next.section).push(text);
        }
        Ok(parts)
    }

    /// The sections of the main document, by name; one that is itself a reference is followed.
    fn own_sections(&mut self) -> Vec<(String, At<'s>)> {
        let parent = if self.is_swagger { Some(self.main.node) } else { self.main.node.get("components") };
        let is_section = |name: &str| match self.is_swagger {
            true => matches!(Site::Root.at(name), Site::Several(member) if member != Member::PathItem),
            false => true,
        };
        let entries = parent.into_iter().flat_map(Node::entries).filter(|entry| is_section(&entry.name()));
        let sections: Vec<_> =
            entries.map(|entry| (entry.name().into_owned(), self.main.with(entry.value))).collect();
        let followed = sections.into_iter().map(|(name, at)| (name, self.followed(at)));
        followed.collect()
    }

    /// What a section of components that is a reference leads to.
    fn followed(&mut self, at: At<'s>) -> At<'s> {
        let Some(reference) = reference(at.node) else { return at };
        self.target(at, &reference).unwrap_or(at)
    }

    /// Keep the names of the document's own components, and know those that only stand for something elsewhere.
    fn reserve(&mut self, sections: &[(String, At<'s>)]) -> Result<(), Failure> {
        for (section, at) in sections {
            for component in at.node.entries() {
                self.used.insert((section.clone(), component.name().into_owned()));
                let site =
                    if self.is_swagger { Site::Root.at(section) } else { Site::Components.at(section) };
                let Site::Several(member) = site else { continue };
                let Some(key) = member.section(self.is_swagger) else { continue };
                let Some(reference) = alias(component.value) else { continue };
                let Some(target) = self.target(at.with(component.value), &reference) else { continue };
                if !target.is_main() {
                    let names = self.names.entry((key, target.identity()));
                    names.or_insert_with(|| component.name().into_owned());
                }
            }
        }
        self.library.complaint()
    }

    /// A section that the main document has: a component that only stands for something elsewhere becomes that.
    fn own_section(&mut self, name: &str, section: At<'s>, site: Site) -> Result<(), Failure> {
        let mut members = Vec::new();
        if !section.node.is_object() || site == Site::Other {
            // An extension among the components: kept as it is, as a section without members of its own.
            let mut text = String::new();
            self.write(section, Site::Other, &mut text)?;
            self.sections.push((format!("={name}"), vec![text]));
            return Ok(());
        }
        for component in section.node.entries() {
            let component_name = component.name();
            let mut at = section.with(component.value);
            if let Some(reference) = alias(component.value)
                && let Some(target) = self.target(at, &reference)
                && self.stands_for(name, &component_name, target)
            {
                at = target;
            }
            let mut text = format!("{}:", component.key.raw());
            self.write(at, site.at(&component_name), &mut text)?;
            self.written += text.len();
            members.push(text);
        }
        match self.sections.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => {
                // Components that were found on the way stand behind the document's own.
                members.append(known);
                *known = members;
            }
            None => self.sections.push((name.to_owned(), members)),
        }
        Ok(())
    }

    fn stands_for(&self, section: &str, name: &str, target: At<'s>) -> bool {
        let named = self
            .names
            .iter()
            .find(|((known, identity), _)| *known == section && *identity == target.identity());
        named.is_some_and(|(_, known)| known == name)
    }

    fn section(&mut self, name: &str) -> &mut Vec<String> {
        let index = match self.sections.iter().position(|(known, _)| known == name) {
            Some(index) => index,
            None => {
                self.sections.push((name.to_owned(), Vec::new()));
                self.sections.len() - 1
            }
        };
        &mut self.sections[index].1
    }

    /// Write a node as JSON, with references that lead nowhere but into this document.
    fn write(&mut self, at: At<'s>, site: Site, output: &mut String) -> Result<(), Failure> {
        if site != Site::Other && at.node.is_object() {
            return self.object(at, site, output);
        }
        if site == Site::Other || !at.node.is_array() {
            push_plain(at.node, output);
            return Ok(());
        }
        output.push('[');
        for (index, item) in at.node.items().enumerate() {
            separate(index, output);
            self.write(at.with(item), site.item(), output)?;
        }
        output.push(']');
        Ok(())
    }

    /// Whether there is room for more.
    fn bound(&self, output: &str) -> Result<(), Failure> {
        if self.written + output.len() <= LARGEST && self.open.len() <= DEEPEST {
            return Ok(());
        }
        let message =
            format!("with the files that it refers to, the document is larger than {} MiB", LARGEST >> 20);
        let help = "where there are no components of a kind, each reference copies what it leads to; refer to it once";
        Err(Failure::InvalidInput(vec![Diagnostic {
            help: Some(help.into()),
            ..diagnostic("document-too-large", message)
        }]))
    }

    fn object(&mut self, at: At<'s>, site: Site, output: &mut String) -> Result<(), Failure> {
        if let (Some(reference), Site::One(_) | Site::Several(_)) = (reference(at.node), site)
            && let Some(target) = self.target(at, &reference)
            && !(at.is_main() && target.is_main())
        {
            return self.reference(at, target, site, output);
        }
        self.library.complaint()?;
        self.bound(output)?;
        let entries = at.node.entries().map(|entry| (at, entry));
        self.members(entries, output, |bundler, at, name, output| {
            if site == Site::Mapping {
                bundler.mapped(at, output);
                return Ok(());
            }
            bundler.write(at, site.at(name), output)
        })
    }

    /// Write an object of these members, whose values `value` writes.
    fn members(
        &mut self,
        entries: impl Iterator<Item = (At<'s>, Entry<'s>)>,
        output: &mut String,
        mut value: impl FnMut(&mut Self, At<'s>, &str, &mut String) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        output.push('{');
        for (index, (at, entry)) in entries.enumerate() {
            separate(index, output);
            output.push_str(entry.key.raw());
            output.push(':');
            value(self, at.with(entry.value), &entry.name(), output)?;
        }
        output.push('}');
        Ok(())
    }

    /// A reference that leads to another file, or from there into the main document.
    fn reference(
        &mut self,
        at: At<'s>,
        target: At<'s>,
        site: Site,
        output: &mut String,
    ) -> Result<(), Failure> {
        let member = match site {
            Site::One(member) => member.section(self.is_swagger).map(|section| (section, member)),
            Site::Root
            | Site::Components
            | Site::Several(_)
            | Site::Discriminator
            | Site::Mapping
            | Site::Other => None,
        };
        let place = match (target.is_main(), member) {
            (true, _) => Some(target.node.pointer()),
            (false, Some((section, member))) => Some(self.component(section, member, target)),
            (false, None) => None,
        };
        let Some(place) = place else { return self.replaced(at, target, site, output) };
        let entries = at.node.entries().map(|entry| (at, entry));
        self.members(entries, output, |bundler, at, name, output| {
            if name == "$ref" {
                output.push_str(&quoted(&format!("#{place}")));
                return Ok(());
            }
            bundler.write(at, site.at(name), output)
        })
    }

    /// What a reference leads to, in its place. What stands beside the reference goes before what it leads to.
    fn replaced(
        &mut self,
        at: At<'s>,
        target: At<'s>,
        site: Site,
        output: &mut String,
    ) -> Result<(), Failure> {
        let identity = target.identity();
        if self.open.contains(&identity) {
            self.refused.insert(self.library.place(target.file).to_owned(), Refusal::Circular);
            push_plain(at.node, output);
            return Ok(());
        }
        self.open.push(identity);
        let beside: Vec<_> = at.node.entries().filter(|entry| entry.name() != "$ref").collect();
        if beside.is_empty() || !target.node.is_object() {
            self.write(target, site, output)?;
        } else {
            let names: BTreeSet<String> = beside.iter().map(|entry| entry.name().into_owned()).collect();
            let own = beside.into_iter().map(|entry| (at, entry));
            let theirs = target.node.entries().filter(|entry| !names.contains(entry.name().as_ref()));
            let all = own.chain(theirs.map(|entry| (target, entry)));
            self.members(all, output, |bundler, at, name, output| bundler.write(at, site.at(name), output))?;
        }
        self.open.pop();
        Ok(())
    }

    /// A value of a discriminator's mapping.
    fn mapped(&mut self, at: At<'s>, output: &mut String) {
        let reference = at.node.as_str().filter(|_| is_file(at.node) || !at.is_main());
        let target =
            reference.filter(|text| text.contains(['/', '.', '#'])).and_then(|text| self.target(at, &text));
        match target {
            Some(target) if target.is_main() && at.is_main() => push_plain(at.node, output),
            Some(target) if target.is_main() => {
                output.push_str(&quoted(&format!("#{}", target.node.pointer())));
            }
            Some(target) => {
                let section = if self.is_swagger { "definitions" } else { "schemas" };
                let place = self.component(section, Member::Schema, target);
                output.push_str(&quoted(&format!("#{place}")));
            }
            None => push_plain(at.node, output),
        }
    }

    /// The pointer to the component that a node of another file becomes.
    fn component(&mut self, section: &'static str, member: Member, at: At<'s>) -> String {
        let known = self.names.get(&(section, at.identity())).cloned();
        let name = known.unwrap_or_else(|| self.named(section, member, at));
        let mut place = if self.is_swagger { String::new() } else { "/components".to_owned() };
        pointer::push(&mut place, section);
        pointer::push(&mut place, &name);
        place
    }

    fn named(&mut self, section: &'static str, member: Member, at: At<'s>) -> String {
        let wanted = place::name(self.library.place(at.file), &at.node.pointer());
        let numbered = (2_u32..).map(|number| format!("{wanted}_{number}"));
        let mut candidates = std::iter::once(wanted.clone()).chain(numbered);
        let is_free = |name: &String| !self.used.contains(&(section.to_owned(), name.clone()));
        let name = candidates.find(is_free).unwrap_or(wanted);
        self.used.insert((section.to_owned(), name.clone()));
        self.names.insert((section, at.identity()), name.clone());
        self.waiting.push_back(Waiting { section, member, name: name.clone(), at });
        name
    }

    /// What a reference leads to; None for what is left as it is: URLs, and files that cannot be had.
    fn target(&mut self, at: At<'s>, reference: &str) -> Option<At<'s>> {
        let (path, fragment) = place::parts(reference);
        if path.is_empty() && at.is_main() {
            return None;
        }
        let file = match path.is_empty() {
            true => at.file,
            false => {
                let place = place::join(self.library.place(at.file), path)?;
                match self.library.open(&place) {
                    Ok(file) => file,
                    Err(refusal) => {
                        self.refused.insert(place, refusal);
                        return None;
                    }
                }
            }
        };
        let node = self.library.find(file, &percent_decoded(fragment));
        if node.is_none() {
            self.refused.insert(format!("{}#{fragment}", self.library.place(file)), Refusal::Nowhere);
        }
        Some(At { file, node: node? })
    }

    /// The document, with its components where they stood, or at its end.
    fn assemble(&self, mut parts: Vec<Part>) -> String {
        let has_place = |wanted: &str| {
            parts.iter().any(|part| match part {
                Part::Sections(None) => true,
                Part::Sections(Some(name)) => name == wanted,
                Part::Text(_) => false,
            })
        };
        let missing: Vec<_> = self.sections.iter().filter(|(name, _)| !has_place(name)).collect();
        if self.is_swagger {
            let missing: Vec<String> = missing.into_iter().map(|(name, _)| name.clone()).collect();
            parts.extend(missing.into_iter().map(|name| Part::Sections(Some(name))));
        } else if !missing.is_empty() {
            parts.push(Part::Sections(None));
        }
        let texts: Vec<String> = parts
            .into_iter()
            .map(|part| match part {
                Part::Text(text) => text,
                Part::Sections(None) => {
                    let sections: Vec<String> =
                        self.sections.iter().map(|(name, members)| section_text(name, members)).collect();
                    format!("\"components\":{{{}}}", sections.join(","))
                }
                Part::Sections(Some(wanted)) => {
                    let section = self.sections.iter().find(|(name, _)| *name == wanted);
                    section.map(|(name, members)| section_text(name, members)).unwrap_or_default()
                }
            })
            .filter(|text| !text.is_empty())
            .collect();
        format!("{{{}}}", texts.join(","))
    }
}

fn section_text(name: &str, members: &[String]) -> String {
    match name.strip_prefix('=') {
        Some(name) => format!("{}:{}", quoted(name), members.concat()),
        None => format!("{}:{{{}}}", quoted(name), members.join(",")),
    }
}

/// The reference of a Reference Object, or of a schema.
fn reference(node: Node<'_>) -> Option<String> {
    node.get("$ref").and_then(Node::as_str).map(std::borrow::Cow::into_owned)
}

/// The reference of a component that says nothing of its own.
fn alias(node: Node<'_>) -> Option<String> {
    reference(node).filter(|_| node.len() == 1)
}

fn separate(index: usize, output: &mut String) {
    if index > 0 {
        output.push(',');
    }
}

fn push_plain(node: Node<'_>, output: &mut String) {
    if node.is_object() || node.is_array() {
        output.push_str(&String::from_utf8_lossy(&Printer::new().print_node(node)));
    } else {
        output.push_str(node.raw());
    }
}

#[cfg(test)]
mod tests;
