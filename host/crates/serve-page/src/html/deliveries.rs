//! Deliveries, and one of them with what arrived.

use super::frame::{CSRF_FIELD, Frame, Page, Section, VERSION, Viewer};
use super::mark::Marked;
use super::pager::{Choice, Pager, choices, with_query};
use super::render;
use crate::address::{self, Action};
use crate::filter::NodeFilter;
use crate::text;
use crate::view::{DeliveryPage, DeliveryRow, Listing};
use askama::Template;
use std::borrow::Cow;

/// More of a body than this is in the API only.
const LINES: usize = 2_000;
const WIDTH: usize = 4_000;
/// A longer body is shown as it arrived.
const PRETTY: usize = 256 * 1_024;

#[derive(Template)]
#[template(path = "deliveries.html")]
struct DeliveriesTemplate<'a> {
    page: Page<'a>,
    listing: &'a Listing<DeliveryRow>,
    filter: &'a NodeFilter,
    nodes: &'a [&'a str],
}

#[derive(Template)]
#[template(path = "delivery.html")]
struct DeliveryTemplate<'a> {
    page: Page<'a>,
    view: &'a DeliveryPage,
    body: Cow<'a, str>,
}

/// Write the list of deliveries; `nodes` are the names of all nodes, to choose one.
pub fn deliveries(
    frame: &Frame,
    listing: &Listing<DeliveryRow>,
    filter: &NodeFilter,
    nodes: &[&str],
) -> String {
    render(&DeliveriesTemplate { page: Page::live(frame, Section::Deliveries), listing, filter, nodes })
}

/// Write the page of a delivery.
pub fn delivery(frame: &Frame, view: &DeliveryPage) -> String {
    let page = Page::live(frame, Section::Deliveries);
    let body = if view.body.len() <= PRETTY { text::pretty(&view.body) } else { view.body.as_str().into() };
    render(&DeliveryTemplate { page, view, body })
}

impl DeliveriesTemplate<'_> {
    fn choices(&self) -> Vec<Choice<'_>> {
        choices(self.nodes.iter().copied(), self.filter.node.as_deref())
    }

    fn pager(&self) -> Pager {
        Pager::of(self.listing, "Pages of deliveries", ["Later", "Earlier"], |paging| {
            with_query("/deliveries", &NodeFilter { paging, ..self.filter.clone() }.query())
        })
    }
}

impl DeliveryTemplate<'_> {
    fn lines(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.body.lines().take(LINES).map(|line| text::shortened(line, WIDTH))
    }

    /// Whether something of the body is not on the page.
    fn is_cut(&self) -> bool {
        let is_wide = |line: &str| line.chars().nth(WIDTH).is_some();
        self.view.body_cut || self.body.lines().nth(LINES).is_some() || self.body.lines().any(is_wide)
    }
}
