//! What stands around every page.

use crate::assets::{ADDRESSES, Addresses};
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
    /// Whether it fetches itself again when something changed.
    pub(super) is_live: bool,
}

impl<'a> Page<'a> {
    /// A page that shows what changes.
    pub(super) fn live(frame: &'a Frame, section: Section) -> Self {
        Self { frame, section, is_live: true }
    }

    /// A page that the navigation does not name, and that stays as it is.
    pub(super) fn still(frame: &'a Frame) -> Self {
        Self { frame, section: Section::Other, is_live: false }
    }

    pub(super) fn files(&self) -> &'static Addresses {
        &ADDRESSES
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
