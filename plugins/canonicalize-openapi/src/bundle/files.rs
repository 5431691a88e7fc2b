//! The files beside a document, opened when something refers to them.

use countersign_document::{Document, Node, Problem, excerpt, reference};
use countersign_plugin::{Diagnostic, Failure};
use std::collections::BTreeMap;

/// What can be opened beside the document.
pub(crate) trait Files {
    /// The file at a place relative to the document's folder, with `/` between segments.
    fn open(&self, place: &str) -> Result<Found, Refusal>;
}

/// A file that was found.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    /// The document itself.
    Main,
    /// Another one.
    File { bytes: Vec<u8>, media_type: String },
}

/// Why a reference is left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no such file.
    Missing,
    /// It may not be opened, with why.
    Denied(String),
    /// The file has nothing at that place.
    Nowhere,
    /// What it leads to leads back to it.
    Circular,
}

impl Refusal {
    /// What the user hears of it. `what` is somebody else's text.
    pub(super) fn warning(&self, what: &str) -> String {
        let what = excerpt(what);
        match self {
            Self::Missing => {
                format!("`{what}` is referred to, but there is no such file; the reference is left as it is")
            }
            Self::Denied(why) => format!(
                "`{what}` is referred to, and left as it is: {}",
                why.chars().take(400).collect::<String>()
            ),
            Self::Nowhere => {
                format!("`{what}` is referred to, but leads nowhere; the reference is left as it is")
            }
            Self::Circular => {
                format!("`{what}` refers to itself where only its content could stand; that is left as it is")
            }
        }
    }
}

struct Volume<'s> {
    place: String,
    root: Node<'s>,
}

/// All files that were opened, by their numbers; 0 is the document itself.
pub(super) struct Library<'s> {
    files: &'s dyn Files,
    volumes: Vec<Volume<'s>>,
    by_place: BTreeMap<String, Result<u32, Refusal>>,
    failure: Option<Failure>,
}

impl<'s> Library<'s> {
    pub(super) fn new(main: Node<'s>, files: &'s dyn Files) -> Self {
        let volumes = vec![Volume { place: String::new(), root: main }];
        Self { files, volumes, by_place: BTreeMap::new(), failure: None }
    }

    /// The place of a file; empty for the document itself.
    pub(super) fn place(&self, file: u32) -> &str {
        &self.volumes[file as usize].place
    }

    /// The number of the file at a place.
    pub(super) fn open(&mut self, place: &str) -> Result<u32, Refusal> {
        if let Some(known) = self.by_place.get(place) {
            return known.clone();
        }
        let opened = self.files.open(place).and_then(|found| match found {
            Found::Main => Ok(0),
            Found::File { bytes, media_type } => self.parse(place, bytes, &media_type),
        });
        self.by_place.insert(place.to_owned(), opened.clone());
        opened
    }

    fn parse(&mut self, place: &str, bytes: Vec<u8>, media_type: &str) -> Result<u32, Refusal> {
        // A call of a stage has an instance of its own: what is leaked here ends with it.
        match Document::parse(bytes.leak(), media_type) {
            Ok(document) => {
                let document: &'static Document<'static> = Box::leak(Box::new(document));
                self.volumes.push(Volume { place: place.to_owned(), root: document.root() });
                Ok(u32::try_from(self.volumes.len() - 1).unwrap_or(u32::MAX))
            }
            Err(problem) => {
                self.failure.get_or_insert_with(|| in_file(place, problem));
                Err(Refusal::Nowhere)
            }
        }
    }

    /// What a fragment leads to in a file: a JSON Pointer, or an anchor.
    pub(super) fn find(&self, file: u32, fragment: &str) -> Option<Node<'s>> {
        let root = self.volumes[file as usize].root;
        if fragment.is_empty() || fragment.starts_with('/') {
            return root.resolve(fragment);
        }
        reference::anchors(root).remove(fragment)
    }

    /// What is wrong with a file that was opened.
    pub(super) fn complaint(&mut self) -> Result<(), Failure> {
        self.failure.take().map_or(Ok(()), Err)
    }
}

/// A problem of a file beside the document: it names the file, since the position alone would mislead.
fn in_file(place: &str, problem: Problem) -> Failure {
    let diagnostic = Diagnostic::from(problem);
    let at = diagnostic
        .at
        .as_ref()
        .and_then(|at| Some(format!(":{}:{}", at.line?, at.column?)))
        .unwrap_or_default();
    let message = format!("`{}{at}`: {}", excerpt(place), diagnostic.message);
    Failure::InvalidInput(vec![Diagnostic { message, at: None, ..diagnostic }])
}
