//! What open pages hear.

use crate::server::Server;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

#[test]
fn a_page_hears_that_something_changed_and_holds_up_no_end() {
    let mut server = Server::start();
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(b"GET /events HTTP/1.1\r\nhost: test\r\n\r\n").unwrap();
    let mut lines = BufReader::new(stream).lines();
    let mut until = |wanted: &str| {
        let found = lines.by_ref().map(|line| line.unwrap()).find(|line| line.contains(wanted));
        assert!(found.is_some(), "no {wanted}");
    };
    until("text/event-stream");
    until("retry: ");
    server.push("1", "a", "b");
    until("event: change");
    let began = Instant::now();
    server.end();
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}
