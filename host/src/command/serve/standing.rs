//! Where a run found contracts and clients, from the report that it wrote.

use super::overview::{of_client, of_record};
use countersign_model::{ContractReport, Digest, Proposal, ProposalState, Proposals, Report};
use countersign_serve::Standing;
use countersign_serve_page::view::{Link, State};

/// What a report says; nothing where it is none.
pub(super) fn of_report(report: &[u8]) -> Vec<Standing> {
    if let Ok(report) = serde_json::from_slice::<Report>(report) {
        return report.contracts.iter().flat_map(of_contract).collect();
    }
    let proposals = serde_json::from_slice::<Proposals>(report);
    proposals.map_or_else(|_| Vec::new(), |all| all.proposals.iter().filter_map(of_proposal).collect())
}

/// A contract and its clients, as far as the run could tell.
fn of_contract(contract: &ContractReport) -> Vec<Standing> {
    let standing = |client: Option<String>, state, note| Standing {
        contract: contract.name.to_string(),
        client,
        state,
        note,
        link: None,
        record: contract.recorded,
    };
    let own = standing(None, of_record(contract), None);
    let clients = contract.clients.iter().map(|client| {
        let (state, note) = of_client(client);
        standing(Some(client.name.to_string()), state, note)
    });
    std::iter::once(own).chain(clients).filter(|found| found.state != State::Unknown).collect()
}

fn of_proposal(proposal: &Proposal) -> Option<Standing> {
    use ProposalState as P;
    let (state, note) = match proposal.state {
        P::Opened | P::Healed | P::Left | P::Refreshed => (State::Proposed, None),
        P::Merged => (State::Merged, None),
        P::Declined => (State::Blocked, Some("its pull request was closed without a merge")),
        P::Occupied => (State::Blocked, Some("somebody else's commits are on the branch of its proposal")),
        P::Current | P::Trivial => (State::Agreed, None),
        P::Planned | P::Overtaken | P::Unreachable | P::Failed => return None,
    };
    let record: Option<Digest> = proposal.from;
    Some(Standing {
        contract: proposal.contract.to_string(),
        client: None,
        state,
        note: note.map(str::to_owned),
        link: proposal
            .pull
            .as_ref()
            .map(|pull| Link { text: format!("#{}", pull.number), url: pull.url.clone() }),
        record,
    })
}
