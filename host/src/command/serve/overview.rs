//! Contracts and clients as they stand, for the pages and the API.

use countersign_model::{
    Cause, ClientReport, ClientState as Stands, ContractReport, Finding, Place, RecordState, Report,
};
use countersign_pipeline::project::{Project, RecordCommit};
use countersign_serve_page::filter::Paging;
use countersign_serve_page::view::{
    ClientState, Consumers, ContractState, Detail, Link, Listing, Overview, RecordChange, ShownChange, State,
};
use jiff::Timestamp;

/// What a report without tools says, as the matrix shows it. Nodes are the store's to know.
pub(super) fn overview(project: &Project, report: &Report) -> Overview {
    let mut consumers = Consumers::default();
    let own = project.forges().own().map_or_else(|| "this repository".to_owned(), ToString::to_string);
    let contracts =
        report.contracts.iter().map(|contract| of_contract(project, contract, &own, &mut consumers));
    let contracts = contracts.collect();
    Overview { consumers, contracts, nodes: Vec::new() }
}

fn of_contract(
    project: &Project,
    contract: &ContractReport,
    own: &str,
    consumers: &mut Consumers,
) -> ContractState {
    let config = project.config.contracts.get(&contract.name);
    let provider = config.and_then(|config| config.provider.as_ref());
    let state = of_record(contract);
    let problem = contract.problems.first().map(|problem| problem.message.clone());
    let unasked =
        (contract.record == RecordState::NotAsked).then(|| "no run has asked its source yet".to_owned());
    ContractState {
        name: contract.name.to_string(),
        format: contract.format.clone(),
        state,
        since: None,
        provider: provider.map(|provider| provider.repository.to_string()),
        digest: contract.recorded,
        changed_at: None,
        detail: detail(problem.or(unasked)),
        clients: contract.clients.iter().map(|client| client_row(client, own, consumers)).collect(),
    }
}

fn client_row(client: &ClientReport, own: &str, consumers: &mut Consumers) -> ClientState {
    let repository = match &client.place {
        Place::Local { .. } => own,
        Place::External { repository } => repository,
    };
    let (state, note) = of_client(client);
    ClientState {
        name: client.name.to_string(),
        consumer: consumers.number(repository),
        state,
        since: None,
        detail: detail(note),
    }
}

/// How a contract's record stands to its source.
pub(super) fn of_record(contract: &ContractReport) -> State {
    match contract.record {
        _ if contract.breaks.iter().any(Finding::blocks) => State::Blocked,
        RecordState::Agreed => State::Agreed,
        RecordState::Stale => State::Drifted,
        RecordState::Missing | RecordState::NotAsked | RecordState::Unreachable | RecordState::Undecided => {
            State::Unknown
        }
    }
}

/// How a client stands to the record, and what there is to say of it.
pub(super) fn of_client(client: &ClientReport) -> (State, Option<String>) {
    let (state, note) = match client.state {
        Stands::Agreed => (State::Agreed, None),
        Stands::Stale => (State::Drifted, client.cause.map(Cause::as_sentence)),
        Stands::Unverified => (State::Unknown, Some("its tool was not run")),
        Stands::External => (State::Unknown, Some("its own repository checks it")),
        Stands::Undecided => (State::Unknown, None),
    };
    let problem = client.problems.first().map(|problem| problem.message.clone());
    (state, problem.or(note.map(str::to_owned)))
}

fn detail(note: Option<String>) -> Option<Box<Detail>> {
    note.map(|note| Box::new(Detail { note: Some(note), ..Detail::default() }))
}

/// A page of the changes of a contract's record; none where git cannot tell.
pub(super) fn history(project: &Project, contract: &str, paging: Paging) -> Option<Listing<RecordChange>> {
    let skip = usize::try_from(paging.offset()).unwrap_or(usize::MAX);
    let (commits, total) = project.history(contract, skip, paging.per_page as usize).ok()?;
    Some(Listing {
        more: skip.saturating_add(commits.len()) < total,
        items: commits.into_iter().map(|commit| changed(project, commit)).collect(),
        page: paging.page,
        per_page: paging.per_page,
        total: u64::try_from(total).ok(),
    })
}

fn changed(project: &Project, commit: RecordCommit) -> RecordChange {
    let (changes, undecided) = match commit.changes {
        Ok(changes) => (changes, None),
        Err(problem) => (Vec::new(), Some(problem.message)),
    };
    let short: String = commit.commit.chars().take(12).collect();
    RecordChange {
        link: project.commit_link(&commit.commit).map(|url| Link { text: short, url }),
        commit: commit.commit,
        at: Timestamp::from_second(commit.at).unwrap_or(Timestamp::UNIX_EPOCH),
        subject: commit.subject,
        author: commit.author,
        from: commit.from,
        to: commit.to,
        changes: changes.into_iter().map(|change| ShownChange { change, excerpt: None }).collect(),
        undecided,
    }
}
