use super::*;
use crate::filter::{Paging, Window};

/// A client: its name, its repository and its state.
type Client<'a> = (&'a str, &'a str, State);

fn overview(contracts: &[(&str, &[Client<'_>])]) -> Overview {
    let mut overview = Overview::default();
    for (name, clients) in contracts {
        let clients = clients.iter().map(|(name, repository, state)| ClientState {
            name: (*name).to_owned(),
            consumer: overview.consumers.number(repository),
            state: *state,
            since: None,
            detail: None,
        });
        let clients = clients.collect();
        overview.contracts.push(ContractState {
            name: (*name).to_owned(),
            format: "openapi".into(),
            state: State::Agreed,
            since: None,
            provider: None,
            digest: None,
            changed_at: None,
            detail: None,
            clients,
        });
    }
    overview
}

fn sample() -> Overview {
    overview(&[
        ("billing", &[("billing-go", "github:acme/shop", State::Agreed)]),
        (
            "watcher",
            &[
                ("watcher-python", "github:acme/archiver", State::Agreed),
                ("watcher-rust", "github:acme/shop", State::Drifted),
                ("watcher-typescript", "github:acme/shop", State::Agreed),
            ],
        ),
        ("zoo", &[]),
    ])
}

fn names(text: &str, state: Option<State>) -> Vec<(String, Vec<String>)> {
    let filter = OverviewFilter { text: text.into(), state, ..OverviewFilter::default() };
    let overview = sample();
    let rows = Selection::new(&overview, &filter).rows(&filter, usize::MAX).items;
    let clients = |row: &ContractRow| row.clients.iter().map(|client| client.name.clone()).collect();
    rows.iter().map(|row| (row.name.clone(), clients(row))).collect()
}

fn owned(rows: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    let strings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    rows.iter().map(|(name, clients)| ((*name).to_owned(), strings(clients))).collect()
}

#[test]
fn without_a_filter_everything_is_there_and_what_needs_a_person_comes_first() {
    let all = ["watcher-rust", "watcher-python", "watcher-typescript"];
    assert_eq!(names("", None), owned(&[("billing", &["billing-go"]), ("watcher", &all), ("zoo", &[])]));
}

#[test]
fn a_text_finds_contracts_clients_and_repositories_in_any_case() {
    assert_eq!(names("ZOO", None), owned(&[("zoo", &[])]));
    assert_eq!(names("Python", None), owned(&[("watcher", &["watcher-python"])]));
    let shop = ["watcher-rust", "watcher-typescript"];
    assert_eq!(names("acme/SHOP", None), owned(&[("billing", &["billing-go"]), ("watcher", &shop)]));
    assert_eq!(names("nothing", None), []);
}

#[test]
fn a_state_finds_contracts_that_are_in_it_or_have_a_client_in_it() {
    assert_eq!(names("", Some(State::Drifted)), owned(&[("watcher", &["watcher-rust"])]));
    assert_eq!(names("billing", Some(State::Drifted)), []);
}

#[test]
fn counts_are_of_all_clients_whatever_the_filter_shows() {
    let (overview, filter) = (sample(), OverviewFilter::parse("q=python").unwrap());
    let row = Selection::new(&overview, &filter).rows(&filter, 1).items.remove(0);
    assert_eq!((row.counts.total(), row.counts.drifted, row.clients.len()), (3, 1, 1));
}

#[test]
fn a_page_beyond_the_last_is_the_last() {
    let (overview, paging) = (sample(), Paging { page: 9, per_page: 2 });
    let filter = OverviewFilter { paging, ..OverviewFilter::default() };
    let rows = Selection::new(&overview, &filter).rows(&filter, 9);
    assert_eq!((rows.page, rows.total, rows.items.len(), rows.more), (2, Some(3), 1, false));
}

#[test]
fn the_matrix_shows_the_worst_of_each_repository() {
    let (overview, filter) = (sample(), OverviewFilter::parse("view=matrix").unwrap());
    let matrix = Matrix::new(&Selection::new(&overview, &filter), &filter);
    let columns: Vec<_> = matrix.columns.iter().map(|column| column.repository).collect();
    assert_eq!(columns, ["github:acme/archiver", "github:acme/shop"]);
    let (agreed, drifted) = (State::Agreed, State::Drifted);
    let cell = |state, clients| Some(MatrixCell { state, clients });
    let cells: Vec<_> = matrix.rows.iter().map(|row| row.cells.clone()).collect();
    assert_eq!(
        cells,
        [vec![None, cell(agreed, 1)], vec![cell(agreed, 1), cell(drifted, 2)], vec![None, None]]
    );
    assert_eq!((matrix.columns[1].counts.total(), matrix.columns[1].counts.drifted), (3, 1));
}

#[test]
fn a_window_counts_what_is_outside_of_it() {
    let names: Vec<_> = (0..120).map(|number| format!("repository-{number:03}")).collect();
    let clients: Vec<_> = names.iter().map(|name| ("client", name.as_str(), State::Agreed)).collect();
    let overview = overview(&[("wide", &clients)]);
    let filter = OverviewFilter { window: Some(Window { row: 7, column: 110 }), ..OverviewFilter::default() };
    let matrix = Matrix::new(&Selection::new(&overview, &filter), &filter);
    assert_eq!((matrix.first, matrix.total), ([0, 100], [1, 120]));
    assert_eq!((matrix.columns.len(), matrix.columns[0].repository), (20, "repository-100"));
    assert_eq!(matrix.rows[0].counts.total(), 120);
}
