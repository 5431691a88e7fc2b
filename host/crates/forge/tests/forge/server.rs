//! A forge that does as it is told: a web server in this process, which answers each request with what a function
//! makes of it, and remembers what was asked.

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// The path, with the query.
    pub(crate) target: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
    /// Which connection it came on: two requests with the same number shared one.
    pub(crate) connection: u16,
    pub(crate) at: Instant,
}

impl Asked {
    /// The method and the path, without the query.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.target.split('?').next().unwrap_or_default())
    }
}

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) enum Does {
    /// A status, headers and a body.
    Answers(u16, Vec<(String, String)>, String),
    /// The request is read whole, and the connection closed.
    Hangs,
    /// The head of an answer and half of its body.
    Breaks(u16),
    /// Nothing, for longer than anybody waits.
    Sleeps,
}

/// A JSON answer.
pub(crate) fn json(status: u16, body: &Value) -> Does {
    Does::Answers(status, Vec::new(), body.to_string())
}

/// An answer of that status with nothing in it.
pub(crate) fn empty(status: u16) -> Does {
    Does::Answers(status, Vec::new(), String::new())
}

impl Does {
    pub(crate) fn with(self, name: &str, value: &str) -> Self {
        match self {
            Self::Answers(status, mut headers, body) => {
                headers.push((name.to_owned(), value.to_owned()));
                Self::Answers(status, headers, body)
            }
            Self::Hangs | Self::Breaks(_) | Self::Sleeps => self,
        }
    }
}

type Answer = dyn Fn(&Asked) -> Does + Send + Sync;

/// The server. Its thread ends with the test's process.
pub(crate) struct Server {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub(crate) fn new(answer: impl Fn(&Asked) -> Does + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("this machine has a loopback");
        let port = listener.local_addr().expect("it is bound").port();
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let (answer, seen): (Arc<Answer>, _) = (Arc::new(answer), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, seen) = (Arc::clone(&answer), Arc::clone(&seen));
                thread::spawn(move || serve(stream, &*answer, &seen));
            }
        });
        Self { port, asked }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("no holder panics").clone()
    }

    /// Every request as its method and path, in order.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.asked().iter().map(Asked::line).collect()
    }

    /// How many requests had this method and path.
    pub(crate) fn count(&self, line: &str) -> usize {
        self.lines().iter().filter(|asked| *asked == line).count()
    }

    /// The requests that are no reads.
    pub(crate) fn writes(&self) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.method != "GET").collect()
    }
}

fn serve(mut stream: TcpStream, answer: &Answer, seen: &Mutex<Vec<Asked>>) -> Option<()> {
    let connection = stream.peer_addr().ok()?.port();
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    while let Some(asked) = read(&mut reader, connection) {
        seen.lock().expect("no holder panics").push(asked.clone());
        match answer(&asked) {
            Does::Answers(status, headers, body) => {
                let mut head = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
                for (name, value) in headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                stream.write_all(format!("{head}\r\n{body}").as_bytes()).ok()?;
            }
            Does::Breaks(status) => {
                let text = format!("HTTP/1.1 {status} X\r\ncontent-length: 100\r\n\r\n{{\"number\":");
                stream.write_all(text.as_bytes()).ok()?;
                return None;
            }
            Does::Hangs => return None,
            Does::Sleeps => thread::sleep(std::time::Duration::from_secs(60)),
        }
    }
    None
}

fn read(reader: &mut BufReader<TcpStream>, connection: u16) -> Option<Asked> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Some(Asked { method, target, headers, body, connection, at: Instant::now() })
}
