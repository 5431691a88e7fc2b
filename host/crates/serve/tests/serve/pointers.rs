//! The memory of the gone-ladder.

use crate::server::{Host, Server, settings};
use countersign_model::target::{Cure, Service, Target, TargetKind, TargetState};
use countersign_serve::{Limits, Settings};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn target() -> Target {
    Target {
        kind: TargetKind::Repository,
        service: Service::GitHub,
        name: "acme/client".into(),
        id: None,
        writes: true,
    }
}

#[test]
fn a_repository_is_gone_only_after_days_of_evidence_which_survive_restarts() {
    let often = Settings {
        limits: Limits { catch_up: Duration::from_millis(30), ..settings().limits },
        ..settings()
    };
    let cured: Arc<Mutex<Vec<Cure>>> = Arc::default();
    let host = Host {
        targets: vec![("github:acme/client".into(), target())],
        cured: Arc::clone(&cured),
        ..Host::default()
    };
    let mut server = Server::with(often.clone(), host);
    let state = |server: &Server| {
        let pointers = server.ask(server.store.pointers()).unwrap();
        pointers.first().map(|pointer| (pointer.history.state, pointer.tombstone))
    };
    server.until("a first look", || state(&server) == Some((TargetState::Alive, false)));
    *server.host.looks_gone.lock().unwrap() = true;
    for hours in [2, 13, 13] {
        server.clock.turn(Duration::from_secs(hours * 3600));
        let looks = *server.host.looks.lock().unwrap();
        server.until("a look", || *server.host.looks.lock().unwrap() > looks);
        server = server.restart(often.clone());
    }
    server.until("it is gone", || state(&server) == Some((TargetState::Gone, true)));
    assert!(cured.lock().unwrap().contains(&Cure::Tombstone));
    *server.host.looks_gone.lock().unwrap() = false;
    server.clock.turn(Duration::from_secs(8 * 24 * 3600));
    server.until("it is back", || state(&server) == Some((TargetState::Alive, false)));
    assert!(cured.lock().unwrap().contains(&Cure::Restore { name: "acme/client".into() }));
}
