//! What is known of the repositories, hooks, pull requests and rooms that we point to.

use super::frame::{CSRF_FIELD, Frame, Page, Section, VERSION, Viewer};
use super::mark::Marked;
use super::pager::{Pager, with_query};
use super::render;
use crate::address::Action;
use crate::text;
use crate::view::{Listing, PointerRow};
use askama::Template;
use countersign_model::TargetKind;

/// More evidence of one pointer is in the API.
const EVIDENCE: usize = 32;

#[derive(Template)]
#[template(path = "pointers.html")]
struct PointersTemplate<'a> {
    page: Page<'a>,
    listing: &'a Listing<PointerRow>,
}

/// Write the list of pointers.
pub fn pointers(frame: &Frame, listing: &Listing<PointerRow>) -> String {
    render(&PointersTemplate { page: Page::live(frame, Section::Pointers), listing })
}

impl PointersTemplate<'_> {
    fn pager(&self) -> Pager {
        Pager::of(self.listing, "Pages of pointers", ["Previous", "Next"], |paging| {
            let page = if paging.page > 1 { format!("page={}", paging.page) } else { String::new() };
            with_query("/pointers", &page)
        })
    }
}

fn kind(kind: &TargetKind) -> &'static str {
    match kind {
        TargetKind::Repository => "repository",
        TargetKind::PullRequest => "pull request",
        TargetKind::Hook => "hook",
        TargetKind::Room => "room",
    }
}
