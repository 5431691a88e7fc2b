//! What stands around every page.

use crate::assets::{ADDRESSES, Addresses};
use crate::live::{self, Topic};
use form_urlencoded::Serializer;
use jiff::Timestamp;

/// The name of the hidden field in every form that changes something, but for the one that signs in.
pub const CSRF_FIELD: &str = "csrf";

/// The version in the footer.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Who looks at a page.
#[derive(Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Somebody who may read.
    Reader {
        /// Whether there is a way to sign in.
        can_sign_in: bool,
    },
    /// Somebody who may also change.
    SignedIn {
        /// Their name.
        name: String,
        /// The token of their session that forms send back.
        csrf: String,
    },
}

/// What every page needs to know.
#[derive(Clone)]
pub struct Frame {
    /// The time.
    pub now: Timestamp,
    /// Who looks.
    pub viewer: Viewer,
    /// The path and query of the page, to come back to after signing in.
    pub path: String,
}

/// The pages that the navigation names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Contracts,
    Runs,
    Deliveries,
    Nodes,
    Pointers,
    /// None of them.
    Other,
}

impl Section {
    const ENTRIES: [(Self, &'static str, &'static str); 5] = [
        (Self::Contracts, "Contracts", "/"),
        (Self::Runs, "Runs", "/runs"),
        (Self::Deliveries, "Deliveries", "/deliveries"),
        (Self::Nodes, "Nodes", "/nodes"),
        (Self::Pointers, "Pointers", "/pointers"),
    ];
}

/// An entry of the navigation.
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    pub(super) is_current: bool,
}

/// A page, as its frame needs to know it.
pub(super) struct Page<'a> {
    pub(super) frame: &'a Frame,
    section: Section,
    topics: &'static [Topic],
}

impl<'a> Page<'a> {
    pub(super) fn new(frame: &'a Frame, section: Section, topics: &'static [Topic]) -> Self {
        Self { frame, section, topics }
    }

    pub(super) fn files(&self) -> &'static Addresses {
        &ADDRESSES
    }

    pub(super) fn topics(&self) -> String {
        live::data(self.topics)
    }

    pub(super) fn entries(&self) -> [Entry; 5] {
        Section::ENTRIES.map(|(section, name, path)| Entry {
            name,
            path,
            is_current: section == self.section,
        })
    }

    pub(super) fn sign_in(&self) -> String {
        let query = Serializer::new(String::new()).append_pair("return", &self.frame.path).finish();
        format!("/sign-in?{query}")
    }
}
