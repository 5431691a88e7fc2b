//! Ten thousand deliveries that are not what they say.

use crate::http::Headers;
use crate::server::Server;
use crate::sign::{SECRET, gitea, github, push, standard};
use countersign_serve::Window;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Small, fast, and the same each time (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// A good delivery, and one thing wrong with it.
fn mangle(random: &mut Random, number: usize, seconds: u64) -> (&'static str, Headers, Vec<u8>) {
    let mut body = push("acme/api", "a", &number.to_string()).to_string().into_bytes();
    let id = format!("m-{number}");
    let (path, mut headers) = match random.below(3) {
        0 => ("/hooks/github", github(SECRET, "push", &id, &body)),
        1 => ("/hooks/gitea", gitea(SECRET, "push", &id, &body)),
        _ => ("/hooks/generic", standard(SECRET.as_bytes(), &id, seconds, &body)),
    };
    match random.below(7) {
        0 => {
            let at = random.below(body.len());
            body[at] ^= 1 << random.below(8);
        }
        1 => body.truncate(random.below(body.len())),
        2 => body.push(b' '),
        3 => drop(headers.remove(headers.len() - 1)),
        4 => {
            let (_, signature) = headers.last_mut().unwrap();
            let at = signature.len() - 1 - random.below(20);
            let other = if signature.as_bytes()[at] == b'0' { "1" } else { "0" };
            signature.replace_range(at..=at, other);
        }
        5 => {
            let last = headers.last().unwrap().clone();
            headers.push(last);
        }
        _ => {
            let (_, signature) = headers.last_mut().unwrap();
            signature.truncate(signature.len() - 1 - random.below(10));
        }
    }
    // With Gitea's own header gone, GitHub's are left, and those hold.
    if path == "/hooks/gitea" {
        headers.retain(|(name, _)| name != "x-hub-signature-256");
    }
    (path, headers, body)
}

#[test]
fn ten_thousand_mangled_deliveries_are_refused_and_none_is_kept() {
    const ALL: usize = 10_000;
    const SENDERS: usize = 8;
    let server = Arc::new(Server::start());
    let refused = Arc::new(AtomicUsize::new(0));
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (server, refused) = (Arc::clone(&server), Arc::clone(&refused));
            std::thread::spawn(move || {
                let mut random = Random(0x9e37_79b9 + sender as u64);
                for number in (sender..ALL).step_by(SENDERS) {
                    let (path, headers, body) = mangle(&mut random, number, server.clock.now().seconds());
                    let answer = server.post(path, &headers, &body);
                    assert_eq!(answer.status, 401, "{path} {headers:?} {}", String::from_utf8_lossy(&body));
                    refused.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    for sender in senders {
        sender.join().unwrap();
    }
    assert_eq!(refused.load(Ordering::SeqCst), ALL);
    assert_eq!(server.ask(server.store.deliveries(Window::default())).unwrap(), []);
    assert_eq!(server.push("good", "a", "b").status, 202, "and it still serves");
}
