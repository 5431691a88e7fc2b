//! The first page: where every contract and client stands, as a list or as a matrix.

use super::frame::{CSRF_FIELD, Frame, Page, Section, VERSION, Viewer};
use super::mark::{Mark, Marked};
use super::pager::{Choice, Pager, choices, with_query};
use super::render;
use crate::address::{self, Action};
use crate::filter::{OverviewFilter, Paging, Window};
use crate::select::{Matrix, Selection, WINDOW};
use crate::text;
use crate::view::{ContractRow, Listing, NodeRow, NodeState, Overview, State, StateCounts};
use askama::Template;

/// More clients of a contract are on its own page.
const CLIENTS: usize = 8;

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage<'a> {
    page: Page<'a>,
    filter: &'a OverviewFilter,
    summary: Summary,
    nodes: Vec<&'a NodeRow>,
    shown: Shown<'a>,
}

/// What the page shows below its head.
enum Shown<'a> {
    List(Box<Listing<ContractRow>>),
    Matrix(Box<Matrix<'a>>),
}

/// What all of it comes to.
struct Summary {
    contracts: u64,
    clients: StateCounts,
    /// Contracts whose own record needs a person.
    stale: u64,
}

/// A state with its number of clients, and the way to them.
struct Tile {
    mark: Mark,
    count: String,
    address: String,
    is_current: bool,
}

/// Write the first page.
pub fn overview(frame: &Frame, overview: &Overview, filter: &OverviewFilter) -> String {
    let selection = Selection::new(overview, filter);
    let shown = match filter.window {
        Some(_) => Shown::Matrix(Box::new(Matrix::new(&selection, filter))),
        None => Shown::List(Box::new(selection.worst_first().rows(filter, CLIENTS))),
    };
    let nodes =
        overview.nodes.iter().filter(|node| matches!(node.state, NodeState::Failing | NodeState::Deaf));
    render(&OverviewPage {
        page: Page::live(frame, Section::Contracts),
        filter,
        summary: Summary::of(overview),
        nodes: nodes.collect(),
        shown,
    })
}

fn needs_a_person(state: State) -> bool {
    matches!(state, State::Blocked | State::Drifted | State::Unknown)
}

impl Summary {
    fn of(overview: &Overview) -> Self {
        let clients = overview.contracts.iter().flat_map(|contract| &contract.clients);
        Self {
            contracts: overview.contracts.len() as u64,
            clients: StateCounts::of(clients.map(|client| client.state)),
            stale: overview.contracts.iter().filter(|contract| needs_a_person(contract.state)).count() as u64,
        }
    }

    fn tone(&self) -> &'static str {
        let worst = self.clients.worst().filter(|state| needs_a_person(*state));
        match worst {
            Some(state) => state.mark().tone,
            None if self.stale > 0 => State::Drifted.mark().tone,
            None => State::Agreed.mark().tone,
        }
    }

    fn sentence(&self) -> String {
        if self.contracts == 0 {
            return "No contract is watched yet".into();
        }
        let waiting: u64 = State::ALL
            .into_iter()
            .filter(|state| needs_a_person(*state))
            .map(|state| self.clients.get(state))
            .sum();
        let all = format!(
            "{} and {}",
            text::count(self.contracts, "contract"),
            text::count(self.clients.total(), "client")
        );
        if waiting == 0 && self.stale == 0 {
            return format!("Nothing waits for a person: {all}");
        }
        let parts = [(self.stale, "contract"), (waiting, "client")];
        let parts = parts.into_iter().filter(|(number, _)| *number > 0);
        let parts: Vec<_> = parts.map(|(number, noun)| text::count(number, noun)).collect();
        let wait = if parts.len() == 1 && waiting + self.stale == 1 { "waits" } else { "wait" };
        format!("{} {wait} for a person, of {all}", parts.join(" and "))
    }
}

impl OverviewPage<'_> {
    fn tiles(&self) -> Vec<Tile> {
        let tile = |state: State| {
            let chosen = self.filter.state == Some(state);
            let wanted = if chosen { None } else { Some(state) };
            let filter = OverviewFilter { state: wanted, paging: Paging::default(), ..self.filter.clone() };
            let count = text::grouped(self.summary.clients.get(state));
            Tile { mark: state.mark(), count, address: with_query("/", &filter.query()), is_current: chosen }
        };
        State::ALL.into_iter().map(tile).collect()
    }

    fn states(&self) -> Vec<Choice<'_>> {
        choices(State::ALL.into_iter().map(State::as_str), self.filter.state.map(State::as_str))
    }

    fn is_matrix(&self) -> bool {
        self.filter.window.is_some()
    }

    /// The same choice as a list, and as a matrix.
    fn views(&self) -> [(&'static str, String, bool); 2] {
        let view = |window| {
            let filter = OverviewFilter { window, paging: Paging::default(), ..self.filter.clone() };
            with_query("/", &filter.query())
        };
        let is_matrix = self.is_matrix();
        [("List", view(None), !is_matrix), ("Matrix", view(Some(Window::default())), is_matrix)]
    }

    fn pager(&self, listing: &Listing<ContractRow>) -> Pager {
        Pager::of(listing, "Pages of contracts", ["Previous", "Next"], |paging| {
            with_query("/", &OverviewFilter { paging, ..self.filter.clone() }.query())
        })
    }

    fn more(&self, row: &ContractRow) -> Option<String> {
        let rest = row.counts.total().saturating_sub(row.clients.len() as u64);
        (rest > 0).then(|| format!("{} more", text::grouped(rest)))
    }

    fn window(&self, row: usize, column: usize) -> String {
        let first = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let window = Some(Window { row: first(row), column: first(column) });
        with_query("/", &OverviewFilter { window, ..self.filter.clone() }.query())
    }

    fn row_pager(&self, matrix: &Matrix<'_>) -> Pager {
        let [row, column] = matrix.first;
        Pager::of_window("Contracts", (row, matrix.rows.len(), matrix.total[0]), WINDOW, |row| {
            self.window(row, column)
        })
    }

    fn column_pager(&self, matrix: &Matrix<'_>) -> Pager {
        let [row, column] = matrix.first;
        let shown = (column, matrix.columns.len(), matrix.total[1]);
        Pager::of_window("Repositories", shown, WINDOW, |column| self.window(row, column))
    }
}

/// What a row or a column comes to: how many wait for a person, of how many.
fn waiting(counts: &StateCounts) -> String {
    let waiting: u64 =
        State::ALL.into_iter().filter(|state| needs_a_person(*state)).map(|state| counts.get(state)).sum();
    format!("{} of {}", text::grouped(waiting), text::grouped(counts.total()))
}
