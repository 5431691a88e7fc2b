use crate::peers::{Reply, read_head, read_request_body, write_reply};
use std::collections::BTreeMap;
use std::io::BufReader;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

/// A web server on this machine that gives one answer to everything and remembers what it was asked.
pub struct Server {
    port: u16,
    state: Arc<Mutex<State>>,
}

struct State {
    answer: Answer,
    requests: Vec<Request>,
}

/// What the server answers.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The media type.
    pub media_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

/// What the server was asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method and the path, such as `GET /openapi.json`.
    pub target: String,
    /// The headers, by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// JSON, and all is well.
    pub fn json(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, media_type: "application/json", body: body.into() }
    }

    /// A page that a server shows to people.
    pub fn page(status: u16) -> Self {
        let body = b"<!doctype html><html><body><h1>Something went wrong</h1></body></html>".to_vec();
        Self { status, media_type: "text/html", body }
    }
}

impl Server {
    /// A server that gives this answer.
    pub fn new(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("this machine has a loopback");
        let port = listener.local_addr().expect("it is bound").port();
        let state = Arc::new(Mutex::new(State { answer, requests: Vec::new() }));
        let shared = Arc::clone(&state);
        // It ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that went away is no failure of the server.
                let _ = serve(stream, &shared);
            }
        });
        Self { port, state }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Give another answer from now on.
    pub fn answer(&self, answer: Answer) {
        self.state().answer = answer;
    }

    /// What it was asked so far.
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no holder panics")
    }

    /// The address of a path on a port where nobody listens.
    pub fn closed(path: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("this machine has a loopback");
        format!("http://{}{path}", listener.local_addr().expect("it is bound"))
    }
}

fn serve(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let Some(mut request) = read_head(&mut reader)? else { return Ok(()) };
    request.body = read_request_body(&mut reader, &request.headers)?;
    let answer = {
        let mut state = state.lock().expect("no holder panics");
        state.requests.push(request);
        state.answer.clone()
    };
    write_reply(&mut reader.into_inner(), &Reply::from(answer).with("connection", "close"))
}
