//! Contracts and clients for the JSON API. The other lists arrive as they are shown.

use crate::filter::OverviewFilter;
use crate::select::{Selection, client_row};
use crate::view::{ClientRow, ContractRow, Listing, Overview};

/// `GET /api/contracts`: contracts, each with the clients that the filter lets through, and with the counts of all.
pub fn contracts(overview: &Overview, filter: &OverviewFilter) -> Listing<ContractRow> {
    Selection::new(overview, filter).rows(filter, usize::MAX)
}

/// `GET /api/clients`: the clients that the filter lets through, by their contracts.
pub fn clients(overview: &Overview, filter: &OverviewFilter) -> Listing<ClientRow> {
    let selection = Selection::new(overview, filter);
    let clients: Vec<_> = (selection.contracts().iter().copied())
        .flat_map(|contract| selection.clients(contract).map(move |client| (contract, client)))
        .collect();
    Listing::of(clients.into_iter(), filter.paging)
        .map(|(contract, client)| client_row(overview, contract, client))
}

/// The contract of this name with all its clients, for [`crate::view::ContractPage`].
pub fn contract(overview: &Overview, name: &str) -> Option<ContractRow> {
    let everything = OverviewFilter::default();
    let contract = overview.contracts.iter().find(|contract| contract.name == name)?;
    Some(Selection::new(overview, &everything).row(contract, usize::MAX))
}
