//! A reader for YAML that writes the JSON which the YAML means, and the tape over it.

mod origin;
mod scalar;

use crate::document::{MAXIMUM_DEPTH, MAXIMUM_NODES};
use crate::tape::{self, Builder, Tag, Tape};
use crate::{Code, Problem, document, excerpt, text};
use origin::Cursor;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag as YamlTag};
use scalar::{Meaning, NotJson};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Nodes, and bytes of JSON, that aliases may add to a document. A text of a kilobyte can otherwise stand for
/// more than any memory holds ("billion laughs").
const ALIASED_NODES: usize = 1 << 20;
const ALIASED_BYTES: usize = 1 << 26;

/// What a YAML text means.
pub(crate) struct Read {
    pub(crate) text: String,
    pub(crate) tape: Tape,
    /// Each slot's offset in the YAML text.
    pub(crate) origins: Vec<u32>,
}

pub(crate) fn parse(source: &str) -> Result<Read, Problem> {
    let mut reader = Reader::new(source);
    let mut parser = Parser::new_from_str(source);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            reader.at = *error.marker();
            reader.invalid(error.info())
        })?;
        reader.at = span.start;
        reader.event(event)?;
    }
    if reader.builder.next() == 0 {
        return Err(reader.problem(Code::EmptyDocument, "the document holds nothing but comments"));
    }
    Ok(Read { text: reader.text, tape: reader.builder.finish(), origins: reader.origins })
}

type TagOf<'t> = Option<Cow<'t, YamlTag>>;

struct Reader<'s> {
    source: &'s str,
    cursor: Cursor<'s>,
    /// Where the current event starts.
    at: Marker,
    text: String,
    builder: Builder,
    origins: Vec<u32>,
    /// A key has been read, and its value has not.
    value_follows: bool,
    documents: usize,
    /// The finished anchors, and the slot of each.
    anchors: BTreeMap<usize, u32>,
    /// The anchors of the open containers; 0 where there is none.
    open_anchors: Vec<usize>,
    aliased_nodes: usize,
    aliased_bytes: usize,
}

impl<'s> Reader<'s> {
    fn new(source: &'s str) -> Self {
        Self {
            source,
            cursor: Cursor::new(source),
            at: Marker::default(),
            text: String::with_capacity(source.len()),
            builder: Builder::with_capacity((source.len() / 22 + 16).min(MAXIMUM_NODES)),
            origins: Vec::new(),
            value_follows: false,
            documents: 0,
            anchors: BTreeMap::new(),
            open_anchors: Vec::new(),
            aliased_nodes: 0,
            aliased_bytes: 0,
        }
    }

    fn event(&mut self, event: Event<'_>) -> Result<(), Problem> {
        document::check_nodes(self.builder.next())?;
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) => self.document(),
            Event::Alias(anchor) => self.alias(anchor),
            Event::Scalar(value, style, anchor, tag) => self.scalar(&value, style, anchor, tag.as_deref()),
            Event::SequenceStart(anchor, tag) => self.open(false, anchor, &tag),
            Event::MappingStart(anchor, tag) => self.open(true, anchor, &tag),
            Event::SequenceEnd | Event::MappingEnd => self.close(),
        }
    }

    fn document(&mut self) -> Result<(), Problem> {
        self.documents += 1;
        match self.documents {
            1 => Ok(()),
            _ => Err(self.unsupported("a second YAML document stands in the text").help("keep one document")),
        }
    }

    fn is_key(&self) -> bool {
        !self.value_follows && self.builder.innermost().is_some_and(|open| open.object)
    }

    /// Write what stands before a node, and note where it comes from.
    fn begin(&mut self) {
        let is_key = self.is_key();
        if is_key || self.builder.innermost().is_some_and(|open| !open.object) {
            if self.builder.innermost().is_some_and(|open| open.length > 0) {
                self.text.push(',');
            }
            self.builder.count();
        }
        self.value_follows = is_key;
        let origin = self.cursor.offset(self.at.index());
        self.origins.push(u32::try_from(origin).unwrap_or(u32::MAX));
    }

    fn open(&mut self, object: bool, anchor: usize, tag: &TagOf<'_>) -> Result<(), Problem> {
        if self.is_key() {
            return Err(self.unsupported("a mapping or sequence is a key, and JSON has only strings as keys"));
        }
        let expected = if object { "map" } else { "seq" };
        if tag.as_deref().is_some_and(|tag| !(tag.is_yaml_core_schema() && tag.suffix == expected)) {
            return Err(self.unknown_tag(tag.as_deref()));
        }
        if self.builder.depth() >= MAXIMUM_DEPTH {
            return Err(self.too_deep());
        }
        self.begin();
        self.builder.open(object, self.text.len());
        self.text.push(if object { '{' } else { '[' });
        self.open_anchors.push(anchor);
        Ok(())
    }

    fn close(&mut self) -> Result<(), Problem> {
        let Some(open) = self.builder.innermost() else { return Ok(()) };
        self.text.push(if open.object { '}' } else { ']' });
        self.value_follows = false;
        if let Err(key) = self.builder.close(&self.text, self.text.len()) {
            let name = self.builder.key(&self.text, key);
            let pointer = self.builder.pointer_of_key(&self.text, &name);
            let offset = self.origins.get(key as usize).copied().unwrap_or_default();
            let position = document::position(self.source, offset as usize);
            return Err(tape::duplicate(&name).within(pointer).at(position));
        }
        self.anchor(self.open_anchors.last().copied().unwrap_or_default(), open.index);
        self.open_anchors.pop();
        Ok(())
    }

    fn anchor(&mut self, anchor: usize, slot: u32) {
        if anchor > 0 {
            self.anchors.insert(anchor, slot);
        }
    }

    fn scalar(
        &mut self,
        value: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&YamlTag>,
    ) -> Result<(), Problem> {
        let slot = self.builder.next();
        if self.is_key() {
            self.key(value, style, tag)?;
        } else {
            let meaning = self.meaning(value, style, tag)?;
            if self.builder.depth() == 0 {
                return Err(self.not_a_document(value));
            }
            self.begin();
            self.value(value, &meaning);
        }
        self.anchor(anchor, slot);
        Ok(())
    }

    /// A key is the text of its scalar, as in `200:` and `null:`.
    fn key(&mut self, value: &str, style: ScalarStyle, tag: Option<&YamlTag>) -> Result<(), Problem> {
        if tag.is_none() && style == ScalarStyle::Plain {
            match value {
                "<<" => {
                    return Err(self
                        .unsupported("merge keys (`<<`) are not part of YAML 1.2")
                        .help("write the entries out, or quote the key"));
                }
                "" => return Err(self.problem(Code::InvalidYaml, "a key is missing before `:`")),
                _ => {}
            }
        }
        self.begin();
        self.string(value);
        self.text.push(':');
        Ok(())
    }

    fn meaning<'t>(
        &mut self,
        value: &'t str,
        style: ScalarStyle,
        tag: Option<&YamlTag>,
    ) -> Result<Meaning<'t>, Problem> {
        let Some(tag) = tag else {
            return match style {
                ScalarStyle::Plain => self.plain(value),
                ScalarStyle::SingleQuoted
                | ScalarStyle::DoubleQuoted
                | ScalarStyle::Literal
                | ScalarStyle::Folded => Ok(Meaning::String),
            };
        };
        if is_non_specific(tag) || tag.is_yaml_core_schema() && tag.suffix == "str" {
            return Ok(Meaning::String);
        }
        if !tag.is_yaml_core_schema() || !matches!(tag.suffix.as_str(), "null" | "bool" | "int" | "float") {
            return Err(self.unknown_tag(Some(tag)));
        }
        let meaning = self.plain(value)?;
        let fits = match &meaning {
            Meaning::Null => tag.suffix == "null",
            Meaning::Boolean(_) => tag.suffix == "bool",
            Meaning::Number(_) => matches!(tag.suffix.as_str(), "int" | "float"),
            Meaning::String => false,
        };
        if fits {
            return Ok(meaning);
        }
        let message = format!("`{}` is no `!!{}`", excerpt(value), tag.suffix);
        Err(self.problem(Code::InvalidYaml, message))
    }

    fn plain<'t>(&mut self, value: &'t str) -> Result<Meaning<'t>, Problem> {
        scalar::plain(value).map_err(|NotJson(reason)| {
            self.unsupported(format!("what `{}` means in JSON is not clear: {reason}", excerpt(value)))
                .help("quote it if it is meant as text")
        })
    }

    fn value(&mut self, value: &str, meaning: &Meaning<'_>) {
        let (tag, token) = match meaning {
            Meaning::Null => (Tag::Null, "null"),
            Meaning::Boolean(true) => (Tag::True, "true"),
            Meaning::Boolean(false) => (Tag::False, "false"),
            Meaning::Number(token) => (Tag::Number, token.as_ref()),
            Meaning::String => return self.string(value),
        };
        let start = self.text.len();
        self.text.push_str(token);
        self.builder.push(tag, start, self.text.len());
    }

    fn string(&mut self, value: &str) {
        let start = self.text.len();
        let escaped = text::write_quoted(value, &mut self.text);
        self.builder.push(if escaped { Tag::Escaped } else { Tag::String }, start, self.text.len());
    }

    /// Write the node of an anchor again.
    fn alias(&mut self, anchor: usize) -> Result<(), Problem> {
        let Some(index) = self.anchors.get(&anchor).copied() else {
            return Err(self.unsupported("an alias stands inside its own anchor, which has no end in JSON"));
        };
        let slot = self.builder.slot(index);
        let is_key = self.is_key();
        if is_key && !matches!(slot.tag(), Tag::String | Tag::Escaped) {
            return Err(self.unsupported("an alias to something else than a string is a key"));
        }
        self.aliased_nodes += (slot.next(index) - index) as usize;
        self.aliased_bytes += slot.end() - slot.start();
        if self.aliased_nodes > ALIASED_NODES || self.aliased_bytes > ALIASED_BYTES {
            return Err(self.problem(Code::TooManyAliases, "aliases make the document too large"));
        }
        if self.builder.depth() + self.builder.height(index) > MAXIMUM_DEPTH {
            return Err(self.too_deep());
        }
        self.begin();
        // The text knows where the alias stands; what it holds is explained at the anchor.
        self.origins.pop();
        self.origins.extend_from_within(index as usize..slot.next(index) as usize);
        let shift = self.text.len() - slot.start();
        self.text.extend_from_within(slot.start()..slot.end());
        self.builder.copy(index, u32::try_from(shift).unwrap_or(u32::MAX));
        if is_key {
            self.text.push(':');
        }
        Ok(())
    }

    fn invalid(&mut self, reason: &str) -> Problem {
        // The parser has a limit of its own for `[[[[`, which is lower than ours.
        if reason.contains("recursion limit") {
            return self.problem(Code::TooDeep, "the document is nested too deep");
        }
        self.problem(Code::InvalidYaml, format!("not valid YAML: {}", excerpt(reason)))
    }

    fn not_a_document(&mut self, value: &str) -> Problem {
        if value.is_empty() {
            return self.problem(Code::EmptyDocument, "the document is empty");
        }
        let found = excerpt(value.lines().next().unwrap_or_default());
        self.problem(
            Code::NotADocument,
            format!("the document is the text `{found}`, not an object or array"),
        )
    }

    fn too_deep(&mut self) -> Problem {
        self.problem(Code::TooDeep, format!("the document is nested deeper than {MAXIMUM_DEPTH} levels"))
    }

    fn unknown_tag(&mut self, tag: Option<&YamlTag>) -> Problem {
        let tag = tag.map(ToString::to_string).unwrap_or_default();
        self.unsupported(format!("the tag `{}` means nothing in JSON", excerpt(&tag)))
    }

    fn unsupported(&mut self, message: impl Into<String>) -> Problem {
        self.problem(Code::UnsupportedYaml, message)
    }

    fn problem(&mut self, code: Code, message: impl Into<String>) -> Problem {
        let offset = self.cursor.offset(self.at.index());
        Problem::new(code, message)
            .within(self.builder.pointer(&self.text))
            .at(document::position(self.source, offset))
    }
}

/// The tag `!`, which makes a scalar a string (YAML 1.2.2, section 6.9.1).
fn is_non_specific(tag: &YamlTag) -> bool {
    matches!((tag.handle.as_str(), tag.suffix.as_str()), ("", "!") | ("!", ""))
}
