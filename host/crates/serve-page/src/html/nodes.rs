//! The watched repositories.

use super::frame::{CSRF_FIELD, Frame, Page, Section, VERSION, Viewer};
use super::mark::Marked;
use super::render;
use crate::address::{self, Action};
use crate::text;
use crate::view::NodeRow;
use askama::Template;

#[derive(Template)]
#[template(path = "nodes.html")]
struct NodesTemplate<'a> {
    page: Page<'a>,
    nodes: &'a [NodeRow],
}

/// Write the list of nodes.
pub fn nodes(frame: &Frame, nodes: &[NodeRow]) -> String {
    let page = Page::live(frame, Section::Nodes);
    render(&NodesTemplate { page, nodes })
}
