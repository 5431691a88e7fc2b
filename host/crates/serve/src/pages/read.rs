//! What a page or an answer shows, read from the store and asked of the host.

use super::answer::Refusal;
use super::overviews::Overviews;
use super::route::Showing;
use super::rows;
use super::shown::Shown;
use crate::settings::Node;
use crate::site::Desk;
use crate::store::{NodeState, Window};
use countersign_serve_page::api;
use countersign_serve_page::filter::{NodeFilter, OverviewFilter, Paging};
use countersign_serve_page::view::{ContractPage, DeliveryPage, Listing, NodeRow, Overview, RunPage};
use std::sync::Arc;

/// Changes of a record that a page shows at most: each of them is computed anew.
const CHANGES: u32 = 10;

/// Reads what is to be seen. `sees_deliveries` says whether headers and bodies of deliveries may be.
pub(super) async fn read(
    overviews: &Overviews,
    desk: &Desk,
    showing: Showing,
    query: &str,
    sees_deliveries: bool,
) -> Result<Shown, Refusal> {
    Ok(match showing {
        Showing::Contracts => {
            let filter = OverviewFilter::parse(query)?;
            Shown::Contracts(overviews.latest(desk).await?, filter)
        }
        Showing::Clients => {
            let filter = OverviewFilter::parse(query)?;
            Shown::Clients(overviews.latest(desk).await?, filter)
        }
        Showing::Contract(name) => {
            let paging = Paging::parse(query)?;
            Shown::Contract(Box::new(contract(&overviews.latest(desk).await?, desk, name, paging).await?))
        }
        Showing::Runs => {
            let filter = NodeFilter::parse(query)?;
            let runs = desk.store().runs(window(&filter)).await?;
            let listing = Listing::fetched(runs, filter.paging).map(|run| rows::run(&run));
            Shown::Runs(listing, filter, names(desk))
        }
        Showing::Run(id) => Shown::Run(Box::new(run(desk, &id).await?)),
        Showing::Deliveries => {
            let filter = NodeFilter::parse(query)?;
            let deliveries = desk.store().deliveries(window(&filter)).await?;
            let listing =
                Listing::fetched(deliveries, filter.paging).map(|delivery| rows::delivery(&delivery));
            Shown::Deliveries(listing, filter, names(desk))
        }
        Showing::Delivery(id) => Shown::Delivery(Box::new(delivery(desk, &id, sees_deliveries).await?)),
        Showing::Nodes => Shown::Nodes(nodes(desk).await?),
        Showing::Pointers => {
            let paging = Paging::parse(query)?;
            let pointers = desk.store().pointers().await?;
            Shown::Pointers(Listing::of(pointers.iter().map(rows::pointer), paging))
        }
    })
}

/// One row more than a page holds tells whether there is a next one.
fn window(filter: &NodeFilter) -> Window {
    let offset = u32::try_from(filter.paging.offset()).unwrap_or(u32::MAX);
    Window { offset, limit: filter.paging.per_page.saturating_add(1), of: filter.node.clone() }
}

fn names(desk: &Desk) -> Vec<String> {
    desk.state().settings.nodes.iter().map(|node| node.name.clone()).collect()
}

/// A contract by its name. The host is asked for none that the overview does not have, so that no text of an address
/// reaches it.
async fn contract(
    overview: &Arc<Overview>,
    desk: &Desk,
    name: String,
    paging: Paging,
) -> Result<ContractPage, Refusal> {
    let mut contract = api::contract(overview, &name).ok_or_else(Refusal::not_found)?;
    let paging = Paging { per_page: paging.per_page.min(CHANGES), ..paging };
    let work = Arc::clone(&desk.state().work);
    let asked = tokio::task::spawn_blocking(move || work.history(&name, paging)).await;
    let failed = |_| Refusal::new(500, "no-history", "the history of the contract could not be told");
    let history = asked.map_err(failed)?.unwrap_or_else(|| Listing::of(Vec::new().into_iter(), paging));
    contract.changed_at = history.items.first().filter(|_| history.page == 1).map(|change| change.at);
    Ok(ContractPage { contract, history })
}

async fn run(desk: &Desk, id: &str) -> Result<RunPage, Refusal> {
    let run = desk.store().run(id).await?.ok_or_else(Refusal::not_found)?;
    Ok(rows::run_page(&run))
}

async fn delivery(desk: &Desk, id: &str, is_whole: bool) -> Result<DeliveryPage, Refusal> {
    let delivery = desk.store().delivery(id).await?.ok_or_else(Refusal::not_found)?;
    Ok(rows::delivery_page(&delivery, is_whole))
}

/// The nodes as configured, with what is known of each.
pub(super) async fn nodes(desk: &Desk) -> Result<Vec<NodeRow>, Refusal> {
    let state = desk.state();
    let known = desk.store().nodes().await?;
    let mut nodes = Vec::new();
    for node in &state.settings.nodes {
        nodes.push(self::node(desk, node, known.iter().find(|known| known.node == node.name)).await?);
    }
    Ok(nodes)
}

async fn node(desk: &Desk, node: &Node, known: Option<&NodeState>) -> Result<NodeRow, Refusal> {
    let has_run = known.is_some_and(|known| known.last_run.is_some());
    let last = if has_run {
        desk.store().runs(Window { offset: 0, limit: 1, of: Some(node.name.clone()) }).await?
    } else {
        Vec::new()
    };
    Ok(rows::node(node, known, last.first()))
}
