//! One effect each, whatever comes again.

use crate::server::{Server, settings};
use crate::sign::{SECRET, gitea, push};

#[test]
fn a_redelivery_has_no_second_effect_also_after_a_restart() {
    let server = Server::start();
    server.push("1", "a", "b");
    assert_eq!(server.push("1", "a", "b").json()["disposition"], "duplicate");
    server.until("a run and a message", || server.runs() == 1 && server.said().len() == 1);
    let server = server.restart(settings());
    assert_eq!(server.push("1", "a", "b").json()["disposition"], "duplicate");
    assert_eq!(server.push("2", "b", "c").json()["disposition"], "queued");
    server.until("a second run", || server.runs() == 2);
}

#[test]
fn giteas_replay_under_a_new_id_has_no_second_effect_also_after_a_restart() {
    let server = Server::start();
    let body = push("acme/tea", "a", "b").to_string().into_bytes();
    let send = |server: &Server, id: &str| {
        server.post("/hooks/gitea", &gitea(SECRET, "push", id, &body), &body).json()
    };
    assert_eq!(send(&server, "1")["disposition"], "queued");
    assert_eq!(send(&server, "2")["disposition"], "duplicate");
    server.until("a run and a message", || server.runs() == 1 && server.said().len() == 1);
    let server = server.restart(settings());
    assert_eq!(send(&server, "3")["disposition"], "duplicate");
    assert_eq!((server.runs(), server.said().len()), (1, 1));
}

#[test]
fn a_branch_pushed_to_and_fro_is_three_pushes() {
    let server = Server::start();
    for (id, before, after) in [("1", "a", "b"), ("2", "b", "a"), ("3", "a", "b")] {
        assert_eq!(server.push(id, before, after).json()["disposition"], "queued", "{id}");
    }
}
