//! What was read, written as a page or as JSON.

use countersign_serve_page::filter::{NodeFilter, OverviewFilter};
use countersign_serve_page::html::{self, Frame};
use countersign_serve_page::view::{
    ContractPage, DeliveryPage, DeliveryRow, Listing, NodeRow, Overview, PointerRow, RunPage, RunRow,
};
use countersign_serve_page::{api, json};
use std::sync::Arc;

/// Something to see.
pub(super) enum Shown {
    Contracts(Arc<Overview>, OverviewFilter),
    Clients(Arc<Overview>, OverviewFilter),
    Contract(Box<ContractPage>),
    /// Runs, those that are asked for, and the names of the nodes.
    Runs(Listing<RunRow>, NodeFilter, Vec<String>),
    Run(Box<RunPage>),
    /// Deliveries, those that are asked for, and the names of the nodes.
    Deliveries(Listing<DeliveryRow>, NodeFilter, Vec<String>),
    Delivery(Box<DeliveryPage>),
    Nodes(Vec<NodeRow>),
    Pointers(Listing<PointerRow>),
}

impl Shown {
    pub(super) fn page(&self, frame: &Frame) -> String {
        match self {
            // Clients are seen with their contracts.
            Self::Contracts(overview, filter) | Self::Clients(overview, filter) => {
                html::overview(frame, overview, filter)
            }
            Self::Contract(view) => html::contract(frame, view),
            Self::Runs(listing, filter, nodes) => html::runs(frame, listing, filter, &as_texts(nodes)),
            Self::Run(view) => html::run(frame, view),
            Self::Deliveries(listing, filter, nodes) => {
                html::deliveries(frame, listing, filter, &as_texts(nodes))
            }
            Self::Delivery(view) => html::delivery(frame, view),
            Self::Nodes(nodes) => html::nodes(frame, nodes),
            Self::Pointers(listing) => html::pointers(frame, listing),
        }
    }

    pub(super) fn json(&self) -> String {
        match self {
            Self::Contracts(overview, filter) => json::render(&api::contracts(overview, filter)),
            Self::Clients(overview, filter) => json::render(&api::clients(overview, filter)),
            Self::Contract(view) => json::render(view),
            Self::Runs(listing, ..) => json::render(listing),
            Self::Run(view) => json::render(view),
            Self::Deliveries(listing, ..) => json::render(listing),
            Self::Delivery(view) => json::render(view),
            Self::Nodes(nodes) => json::render(nodes),
            Self::Pointers(listing) => json::render(listing),
        }
    }
}

fn as_texts(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}
