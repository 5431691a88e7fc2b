//! What runs found, beside what the host sees without one: it runs no tool, asks no service and knows of no proposal.

use super::rows;
use crate::store::Stood;
use countersign_model::Digest;
use countersign_serve_page::view::{Detail, Overview, State};
use jiff::Timestamp;
use std::collections::HashMap;

type Known<'a> = HashMap<(&'a str, Option<&'a str>), &'a Stood>;

/// Fills in what runs found.
pub(super) fn fill_in(overview: &mut Overview, known: &[Stood]) {
    let known: Known<'_> = known
        .iter()
        .map(|stood| ((stood.standing.contract.as_str(), stood.standing.client.as_deref()), stood))
        .collect();
    for contract in &mut overview.contracts {
        let found = |client: Option<&str>, record: Option<Digest>| {
            let stood = known.get(&(contract.name.as_str(), client))?;
            (stood.standing.record == record).then_some(*stood)
        };
        let record = contract.digest;
        if let Some(stood) = found(None, record) {
            let shown = Shown {
                state: &mut contract.state,
                since: &mut contract.since,
                detail: &mut contract.detail,
            };
            shown.fill_in(stood);
        }
        for client in &mut contract.clients {
            if let Some(stood) = found(Some(&client.name), record) {
                let shown =
                    Shown { state: &mut client.state, since: &mut client.since, detail: &mut client.detail };
                shown.fill_in(stood);
            }
        }
    }
}

/// Where something stands, as it will be shown.
struct Shown<'a> {
    state: &'a mut State,
    since: &'a mut Option<Timestamp>,
    detail: &'a mut Option<Box<Detail>>,
}

impl Shown<'_> {
    fn fill_in(self, stood: &Stood) {
        let standing = &stood.standing;
        let answers = matches!(standing.state, State::Proposed | State::Merged | State::Blocked);
        // What the host sees for itself is newer; it does not see what became of a drift.
        let counts = *self.state == State::Unknown || (*self.state == State::Drifted && answers);
        if counts {
            *self.state = standing.state;
            let told =
                Detail { note: standing.note.clone(), link: standing.link.clone(), ..Detail::default() };
            *self.detail = (told.note.is_some() || told.link.is_some()).then(|| Box::new(told));
        }
        if *self.state == standing.state {
            *self.since = Some(rows::at(stood.since));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Time;
    use crate::work::Standing;
    use countersign_serve_page::view::{ClientState, Consumers, ContractState, Link};

    fn overview(state: State) -> Overview {
        let client = ClientState { name: "web".into(), consumer: 0, state, since: None, detail: None };
        let contract = ContractState {
            name: "api".into(),
            format: "openapi".into(),
            state,
            since: None,
            provider: None,
            digest: Some(Digest::of(b"record")),
            changed_at: None,
            detail: None,
            clients: vec![client],
        };
        Overview { consumers: Consumers::default(), contracts: vec![contract], nodes: Vec::new() }
    }

    fn stood(client: Option<&str>, state: State, record: &[u8]) -> Stood {
        let standing = Standing {
            contract: "api".into(),
            client: client.map(str::to_owned),
            state,
            note: None,
            link: Some(Link { text: "#7".into(), url: "https://example.com/7".into() }),
            record: Some(Digest::of(record)),
        };
        Stood { standing, since: Time(5_000), run: "run".into() }
    }

    fn shown(seen: State, found: State, record: &[u8]) -> ContractState {
        let mut overview = overview(seen);
        fill_in(&mut overview, &[stood(None, found, record)]);
        overview.contracts.remove(0)
    }

    #[test]
    fn what_nobody_looked_at_here_is_as_a_run_found_it() {
        let contract = shown(State::Unknown, State::Agreed, b"record");
        assert_eq!((contract.state, contract.since), (State::Agreed, Some(rows::at(Time(5_000)))));
        assert_eq!(contract.clients[0].state, State::Unknown);
        let mut overview = overview(State::Unknown);
        fill_in(&mut overview, &[stood(Some("web"), State::Drifted, b"record")]);
        assert_eq!(overview.contracts[0].clients[0].state, State::Drifted);
    }

    #[test]
    fn a_drift_that_is_proposed_says_where() {
        let contract = shown(State::Drifted, State::Proposed, b"record");
        assert_eq!(contract.state, State::Proposed);
        assert_eq!(contract.detail.unwrap().link.unwrap().text, "#7");
    }

    #[test]
    fn what_is_seen_here_and_now_is_believed() {
        assert_eq!(shown(State::Agreed, State::Drifted, b"record").state, State::Agreed);
        assert_eq!(shown(State::Agreed, State::Proposed, b"record").state, State::Agreed);
        assert_eq!(shown(State::Blocked, State::Agreed, b"record").state, State::Blocked);
    }

    #[test]
    fn what_was_found_of_another_record_says_nothing() {
        let contract = shown(State::Unknown, State::Agreed, b"an older one");
        assert_eq!((contract.state, contract.since, contract.detail), (State::Unknown, None, None));
    }
}
