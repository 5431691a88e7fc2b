//! The part of the overview that a filter asks for: rows of the list, and a window of the matrix.

use crate::filter::OverviewFilter;
use crate::view::{
    ClientRow, ClientState, ContractRow, ContractState, Listing, Overview, State, StateCounts,
};

/// How many rows and columns of the matrix are shown at once.
pub(crate) const WINDOW: usize = 50;

/// A text to look for, in any case.
struct Needle(String);

impl Needle {
    fn of(text: &str) -> Self {
        Self(text.to_lowercase())
    }

    fn is_in(&self, text: &str) -> bool {
        if !text.is_ascii() {
            return text.to_lowercase().contains(&self.0);
        }
        let (needle, text) = (self.0.as_bytes(), text.as_bytes());
        needle.is_empty() || text.windows(needle.len()).any(|part| part.eq_ignore_ascii_case(needle))
    }
}

/// What of an overview a filter lets through.
pub(crate) struct Selection<'a> {
    overview: &'a Overview,
    needle: Needle,
    state: Option<State>,
    /// Whether the text is in the name of a repository, by its number.
    repositories: Vec<bool>,
    /// The contracts that are let through.
    contracts: Vec<&'a ContractState>,
}

impl<'a> Selection<'a> {
    pub(crate) fn new(overview: &'a Overview, filter: &OverviewFilter) -> Self {
        let needle = Needle::of(&filter.text);
        let repositories = overview.consumers.names().iter().map(|name| needle.is_in(name)).collect();
        let mut selection =
            Self { overview, needle, state: filter.state, repositories, contracts: Vec::new() };
        selection.contracts = overview.contracts.iter().filter(|contract| selection.has(contract)).collect();
        selection
    }

    /// The contracts that are let through.
    pub(crate) fn contracts(&self) -> &[&'a ContractState] {
        &self.contracts
    }

    /// All clients of a contract that the text is the name of; else those whose own name or repository has it.
    pub(crate) fn clients(&self, contract: &'a ContractState) -> impl Iterator<Item = &'a ClientState> {
        let named = self.names(contract);
        contract.clients.iter().filter(move |client| self.has_client(client, named))
    }

    fn has(&self, contract: &'a ContractState) -> bool {
        let named = self.names(contract);
        let itself = named && self.state.is_none_or(|state| state == contract.state);
        itself || contract.clients.iter().any(|client| self.has_client(client, named))
    }

    fn has_client(&self, client: &ClientState, named: bool) -> bool {
        self.state.is_none_or(|state| state == client.state)
            && (named || self.is_of_repository(client) || self.needle.is_in(&client.name))
    }

    fn is_of_repository(&self, client: &ClientState) -> bool {
        self.repositories.get(client.consumer as usize).copied().unwrap_or_default()
    }

    fn names(&self, contract: &ContractState) -> bool {
        self.needle.is_in(&contract.name)
            || contract.provider.as_deref().is_some_and(|provider| self.needle.is_in(provider))
    }

    /// A contract as a row, with its first clients.
    pub(crate) fn row(&self, contract: &'a ContractState, most: usize) -> ContractRow {
        let mut clients: Vec<_> = self.clients(contract).collect();
        // Stable: clients of one state keep their order.
        clients.sort_by_key(|client| std::cmp::Reverse(client.state));
        clients.truncate(most);
        let clients = clients.into_iter().map(|client| client_row(self.overview, contract, client)).collect();
        contract_row(contract, clients)
    }

    /// The same, with the contracts first that need a person most: themselves, or by one of their clients.
    pub(crate) fn worst_first(mut self) -> Self {
        let worst = |contract: &&ContractState| {
            contract.clients.iter().map(|client| client.state).chain([contract.state]).max()
        };
        // Stable: contracts that are alike keep their order.
        self.contracts.sort_by_cached_key(|contract| std::cmp::Reverse(worst(contract)));
        self
    }

    /// One page of rows.
    pub(crate) fn rows(&self, filter: &OverviewFilter, most: usize) -> Listing<ContractRow> {
        Listing::of(self.contracts.iter(), filter.paging).map(|contract| self.row(contract, most))
    }
}

/// A contract as a row, with these clients.
pub(crate) fn contract_row(contract: &ContractState, clients: Vec<ClientRow>) -> ContractRow {
    let detail = contract.detail.as_deref();
    ContractRow {
        name: contract.name.clone(),
        format: contract.format.clone(),
        state: contract.state,
        since: contract.since,
        provider: contract.provider.clone(),
        digest: contract.digest,
        changed_at: contract.changed_at,
        note: detail.and_then(|detail| detail.note.clone()),
        link: detail.and_then(|detail| detail.link.clone()),
        counts: StateCounts::of(contract.clients.iter().map(|client| client.state)),
        clients,
    }
}

/// A client as a row.
pub(crate) fn client_row(overview: &Overview, contract: &ContractState, client: &ClientState) -> ClientRow {
    let detail = client.detail.as_deref();
    ClientRow {
        name: client.name.clone(),
        contract: contract.name.clone(),
        repository: overview.consumers.name(client.consumer).to_owned(),
        state: client.state,
        since: client.since,
        digest: detail.and_then(|detail| detail.digest),
        note: detail.and_then(|detail| detail.note.clone()),
        link: detail.and_then(|detail| detail.link.clone()),
    }
}

/// What one contract's clients in one repository come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MatrixCell {
    /// The state of the one that needs a person most.
    pub(crate) state: State,
    /// How many there are.
    pub(crate) clients: u32,
}

/// A row of the matrix's window.
pub(crate) struct MatrixRow<'a> {
    pub(crate) contract: &'a ContractState,
    /// Of all its columns, not only of those in the window.
    pub(crate) counts: StateCounts,
    pub(crate) cells: Vec<Option<MatrixCell>>,
}

/// A column of the matrix's window.
pub(crate) struct MatrixColumn<'a> {
    pub(crate) repository: &'a str,
    /// Of all its rows, not only of those in the window.
    pub(crate) counts: StateCounts,
}

/// A window of the matrix of contracts and repositories.
pub(crate) struct Matrix<'a> {
    /// The first row and the first column, counted from 0.
    pub(crate) first: [usize; 2],
    /// How many rows and columns there are.
    pub(crate) total: [usize; 2],
    /// What the names of all columns of the window begin with, up to a `/`.
    pub(crate) prefix: &'a str,
    pub(crate) rows: Vec<MatrixRow<'a>>,
    pub(crate) columns: Vec<MatrixColumn<'a>>,
}

impl<'a> Matrix<'a> {
    /// The window that a filter asks for, with the counts of everything that it lets through.
    pub(crate) fn new(selection: &Selection<'a>, filter: &OverviewFilter) -> Self {
        let (overview, wanted) = (selection.overview, filter.window.unwrap_or_default());
        let contracts = selection.contracts();
        let counts = by_repository(selection);
        let mut shown: Vec<usize> = (0..counts.len()).filter(|number| counts[*number].total() > 0).collect();
        shown.sort_by_key(|number| &overview.consumers.names()[*number]);
        let total = [contracts.len(), shown.len()];
        let first = [start(wanted.row, total[0]), start(wanted.column, total[1])];
        let shown: Vec<_> = shown.into_iter().skip(first[1]).take(WINDOW).collect();
        let mut places = vec![None; counts.len()];
        shown.iter().enumerate().for_each(|(place, number)| places[*number] = Some(place));
        let rows = contracts.iter().skip(first[0]).take(WINDOW);
        let rows = rows.map(|contract| row(contract, &places, shown.len())).collect();
        let column = |number: usize| MatrixColumn {
            repository: &overview.consumers.names()[number],
            counts: counts[number],
        };
        let prefix = shared_prefix(shown.iter().map(|number| overview.consumers.names()[*number].as_str()));
        Self { first, total, prefix, rows, columns: shown.into_iter().map(column).collect() }
    }
}

impl Matrix<'_> {
    /// What tells a column from the others.
    pub(crate) fn label<'c>(&self, column: &MatrixColumn<'c>) -> &'c str {
        column.repository.strip_prefix(self.prefix).unwrap_or(column.repository)
    }
}

/// Whole windows, so that going back and forth shows the same ones; the last one for a number beyond it.
fn start(wanted: u32, total: usize) -> usize {
    let last = total.saturating_sub(1);
    (wanted as usize).min(last) / WINDOW * WINDOW
}

/// What all names begin with, up to the last `/` of that; nothing for a single name.
fn shared_prefix<'n>(mut names: impl Iterator<Item = &'n str>) -> &'n str {
    let (Some(first), Some(second)) = (names.next(), names.next()) else { return "" };
    let shared = |shared: &'n str, name: &str| {
        let alike = shared.bytes().zip(name.bytes()).take_while(|(one, other)| one == other).count();
        let end =
            shared.as_bytes()[..alike].iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
        &shared[..end]
    };
    names.fold(shared(first, second), shared)
}

fn by_repository(selection: &Selection<'_>) -> Vec<StateCounts> {
    let mut counts = vec![StateCounts::default(); selection.overview.consumers.names().len()];
    for client in selection.contracts().iter().flat_map(|contract| &contract.clients) {
        if let Some(counts) = counts.get_mut(client.consumer as usize) {
            counts.add(client.state);
        }
    }
    counts
}

fn row<'a>(contract: &'a ContractState, places: &[Option<usize>], columns: usize) -> MatrixRow<'a> {
    let mut cells: Vec<Option<MatrixCell>> = vec![None; columns];
    for client in &contract.clients {
        let Some(place) = places.get(client.consumer as usize).copied().flatten() else { continue };
        let cell = cells[place].get_or_insert(MatrixCell { state: client.state, clients: 0 });
        cell.state = cell.state.max(client.state);
        cell.clients += 1;
    }
    let counts = StateCounts::of(contract.clients.iter().map(|client| client.state));
    MatrixRow { contract, counts, cells }
}

#[cfg(test)]
mod tests;
