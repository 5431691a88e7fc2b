use super::http::{self, Reply, ask, read_head, read_request_body, write_reply};
use crate::Request;
use std::io::{self, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

/// A web server on this machine that fails as it is told, in front of another server or of a fake. Without a rule
/// it passes everything on.
pub struct FaultServer {
    port: u16,
    shared: Arc<Shared>,
}

/// What happens to a request.
#[derive(Clone, Debug)]
pub enum Behaviour {
    /// It is passed on, and answered with what comes back.
    PassOn,
    /// It is passed on with one header more.
    PassOnWith(String, String),
    /// It is not passed on, and answered with this.
    Answer(Reply),
    /// It is passed on, and answered with this instead of what comes back.
    AnswerAfter(Reply),
    /// It is passed on, and the connection is closed without an answer.
    LoseAnswer,
    /// It is passed on, and the connection is closed in the middle of the answer's body.
    CutAnswer,
    /// The connection is closed before the body is read; nothing is passed on.
    Close,
    /// It is passed on after this time.
    Stall(Duration),
}

impl Behaviour {
    /// A gateway that reached nobody.
    pub fn bad_gateway() -> Self {
        Self::Answer(Reply::json(502, &serde_json::json!({ "message": "Bad Gateway" })))
    }

    /// A repository that was renamed, to ask for at another place.
    pub fn moved(location: &str) -> Self {
        let body = serde_json::json!({ "message": "Moved Permanently", "url": location });
        Self::Answer(Reply::json(307, &body).with("location", location))
    }

    /// GitHub's secondary rate limit, to be waited for.
    pub fn limited(seconds: u64) -> Self {
        let body = serde_json::json!({ "message": "You have exceeded a secondary rate limit." });
        Self::Answer(Reply::json(403, &body).with("retry-after", seconds.to_string()))
    }

    /// Matrix's rate limit, to be waited for.
    pub fn too_many(milliseconds: u64) -> Self {
        let body = serde_json::json!({ "errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests",
            "retry_after_ms": milliseconds });
        Self::Answer(Reply::json(429, &body))
    }
}

/// A behaviour for the requests that match, in the order in which they come.
#[derive(Clone, Debug)]
pub struct Rule {
    method: String,
    target: String,
    behaviour: Behaviour,
    after: usize,
    times: usize,
    seen: usize,
}

impl Rule {
    /// A behaviour for a method and a path, with `*` for anything; a `*` method is any.
    pub fn new(method: &str, target: &str, behaviour: Behaviour) -> Self {
        let (method, target) = (method.to_owned(), target.to_owned());
        Self { method, target, behaviour, after: 0, times: usize::MAX, seen: 0 }
    }

    /// Not for the first so many.
    #[must_use]
    pub fn after(self, after: usize) -> Self {
        Self { after, ..self }
    }

    /// Only so many times.
    #[must_use]
    pub fn times(self, times: usize) -> Self {
        Self { times, ..self }
    }

    fn matches(&self, request: &Request) -> bool {
        let (method, target) = request.target.split_once(' ').unwrap_or((&request.target, ""));
        let path = target.split('?').next().unwrap_or("");
        let target = if self.target.contains('?') { target } else { path };
        (self.method == "*" || self.method == method) && fits(&self.target, target)
    }

    /// Count a request that matches; whether it is one of those that this is for.
    fn applies(&mut self) -> bool {
        self.seen += 1;
        self.seen > self.after && self.seen - self.after <= self.times
    }
}

/// One request and what came of it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What was asked.
    pub request: Request,
    /// What the server behind said, where it was asked.
    pub upstream: Option<Reply>,
    /// What the client was told, where it was told anything.
    pub answer: Option<Reply>,
}

type Fake = dyn Fn(&Request) -> Reply + Send + Sync;

struct Shared {
    address: String,
    behind: Behind,
    state: Mutex<State>,
}

enum Behind {
    Server { address: String, translate: fn(&mut Request) },
    Fake(Box<Fake>),
}

#[derive(Default)]
struct State {
    rules: Vec<Rule>,
    also: Vec<(Rule, Arc<Fake>)>,
    chaos: Option<Chaos>,
    exchanges: Vec<Exchange>,
}

/// Faults by chance, the same for the same seed.
struct Chaos {
    seed: u64,
    probability: f64,
}

impl FaultServer {
    /// In front of the server with this address.
    pub fn before(upstream: &str) -> Self {
        Self::translating(upstream, |_| ())
    }

    /// In front of the server with this address, which is asked in other words.
    pub(crate) fn translating(upstream: &str, translate: fn(&mut Request)) -> Self {
        let address = upstream.trim_end_matches('/').to_owned();
        Self::new(Behind::Server { address, translate })
    }

    /// In front of a function; what it has to remember, it owns.
    pub fn fake(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::new(Behind::Fake(Box::new(answer)))
    }

    fn new(behind: Behind) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("this machine has a loopback");
        let port = listener.local_addr().expect("it is bound").port();
        let address = format!("http://127.0.0.1:{port}");
        let shared = Arc::new(Shared { address, behind, state: Mutex::default() });
        let server = Self { port, shared: Arc::clone(&shared) };
        // It ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // A client that went away is no failure of the server.
                thread::spawn(move || shared.serve(stream));
            }
        });
        server
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What the server behind does not have: as if it did, to rules and chaos too.
    pub fn also(
        &self,
        method: &str,
        target: &str,
        answer: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) {
        let matching = Rule::new(method, target, Behaviour::PassOn);
        self.shared.state().also.push((matching, Arc::new(answer)));
    }

    /// One rule more, after the others; the first that applies is followed.
    pub fn rule(&self, rule: Rule) {
        self.shared.state().rules.push(rule);
    }

    /// A behaviour for all requests to this method and path.
    pub fn on(&self, method: &str, target: &str, behaviour: Behaviour) {
        self.rule(Rule::new(method, target, behaviour));
    }

    /// From now on each write that no rule is for fails with this probability: before it is carried out or after it,
    /// with 502 or with no answer. The fate of the nth request to a method and a target depends on the seed alone.
    pub fn chaos(&self, seed: u64, probability: f64) {
        self.shared.state().chaos = Some(Chaos { seed, probability });
    }

    /// No rules and no chaos from now on.
    pub fn calm(&self) {
        let mut state = self.shared.state();
        state.rules.clear();
        state.chaos = None;
    }

    /// What was asked so far, and what came of it.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.shared.state().exchanges.clone()
    }

    /// What was asked so far by this method and path, with `*` for anything.
    pub fn asked(&self, method: &str, target: &str) -> Vec<Exchange> {
        let rule = Rule::new(method, target, Behaviour::PassOn);
        self.exchanges().into_iter().filter(|exchange| rule.matches(&exchange.request)).collect()
    }

    /// Forget what was asked so far.
    pub fn forget(&self) {
        self.shared.state().exchanges.clear();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no holder panics")
    }

    /// Write down what came of a request, unless it was forgotten meanwhile.
    fn note(&self, record: usize, write: impl FnOnce(&mut Exchange)) {
        if let Some(exchange) = self.state().exchanges.get_mut(record) {
            write(exchange);
        }
    }

    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut stream = stream;
        while let Some(mut request) = read_head(&mut reader)? {
            let (behaviour, record) = self.state().take(&request);
            if request.headers.contains_key("expect") {
                stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
            }
            if !matches!(behaviour, Behaviour::Close) {
                request.body = read_request_body(&mut reader, &request.headers)?;
                self.note(record, |exchange| exchange.request.body.clone_from(&request.body));
            }
            let last = request.headers.get("connection").is_some_and(|value| value == "close");
            let told = self.answer(&request, behaviour, record, &mut stream)?;
            if last || !told {
                break;
            }
        }
        Ok(())
    }

    /// Do to a request what it is due; whether the client was told all of the answer.
    fn answer(
        &self,
        request: &Request,
        behaviour: Behaviour,
        record: usize,
        stream: &mut TcpStream,
    ) -> io::Result<bool> {
        let answer = match behaviour {
            Behaviour::PassOn => Some(self.pass_on(request, record)),
            Behaviour::PassOnWith(name, value) => {
                let mut request = request.clone();
                request.headers.insert(name, value);
                Some(self.pass_on(&request, record))
            }
            Behaviour::Stall(time) => {
                thread::sleep(time);
                Some(self.pass_on(request, record))
            }
            Behaviour::Answer(reply) => Some(reply),
            Behaviour::AnswerAfter(reply) => {
                drop(self.pass_on(request, record));
                Some(reply)
            }
            Behaviour::LoseAnswer => {
                drop(self.pass_on(request, record));
                None
            }
            Behaviour::CutAnswer => {
                cut(stream, &self.pass_on(request, record))?;
                None
            }
            Behaviour::Close => None,
        };
        let Some(reply) = answer else { return Ok(false) };
        self.note(record, |exchange| exchange.answer = Some(reply.clone()));
        write_reply(stream, &reply).map(|()| true)
    }

    fn pass_on(&self, request: &Request, record: usize) -> Reply {
        let addition = self.state().addition(request);
        let reply = match (&addition, &self.behind) {
            (Some(answer), _) => answer(request),
            (None, Behind::Fake(answer)) => answer(request),
            (None, Behind::Server { address, translate }) => {
                let mut request = request.clone();
                translate(&mut request);
                forward(address, &self.address, &request)
            }
        };
        self.note(record, |exchange| exchange.upstream = Some(reply.clone()));
        reply
    }
}

impl State {
    /// Decide about a request and remember it, with nothing else in between; its place among the others.
    fn take(&mut self, request: &Request) -> (Behaviour, usize) {
        let behaviour = self.behaviour(request);
        self.exchanges.push(Exchange { request: request.clone(), upstream: None, answer: None });
        (behaviour, self.exchanges.len() - 1)
    }

    fn addition(&self, request: &Request) -> Option<Arc<Fake>> {
        let matching = self.also.iter().find(|(rule, _)| rule.matches(request));
        matching.map(|(_, answer)| Arc::clone(answer))
    }

    fn behaviour(&mut self, request: &Request) -> Behaviour {
        for rule in &mut self.rules {
            if rule.matches(request) && rule.applies() {
                return rule.behaviour.clone();
            }
        }
        let same = self.exchanges.iter().filter(|exchange| exchange.request.target == request.target).count();
        self.chaos.as_ref().map_or(Behaviour::PassOn, |chaos| chaos.behaviour(&request.target, same))
    }
}

impl Chaos {
    fn behaviour(&self, target: &str, nth: usize) -> Behaviour {
        let reads = target.starts_with("GET ") || target.starts_with("HEAD ");
        let drawn = draw(self.seed, &format!("{target} {nth}"));
        // 53 bits are what a float holds.
        let chance = (drawn >> 11) as f64 / (1_u64 << 53) as f64;
        if reads || chance >= self.probability {
            return Behaviour::PassOn;
        }
        let failed = Reply::json(502, &serde_json::json!({ "message": "Bad Gateway" }));
        match drawn % 4 {
            0 => Behaviour::Answer(failed),
            1 => Behaviour::AnswerAfter(failed),
            2 => Behaviour::LoseAnswer,
            _ => Behaviour::Close,
        }
    }
}

/// Ask the server behind; its own address in what it says becomes this one's.
fn forward(upstream: &str, address: &str, request: &Request) -> Reply {
    let (method, target) = request.target.split_once(' ').unwrap_or((&request.target, "/"));
    let headers = request.headers.iter().filter(|(name, _)| !http::frames(name));
    let headers: Vec<(&str, &str)> = headers.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let asked = ask(method, &format!("{upstream}{target}"), &headers, &request.body);
    let mut reply = asked.unwrap_or_else(|error| {
        Reply::json(
            504,
            &serde_json::json!({ "message": format!("the server behind said nothing: {error}") }),
        )
    });
    for (_, value) in &mut reply.headers {
        *value = value.replace(upstream, address);
    }
    if let Ok(text) = str::from_utf8(&reply.body) {
        reply.body = text.replace(upstream, address).into();
    }
    reply
}

fn cut(stream: &mut TcpStream, reply: &Reply) -> io::Result<()> {
    let mut whole = Vec::new();
    write_reply(&mut whole, reply)?;
    let kept = whole.len() - reply.body.len().div_ceil(2);
    stream.write_all(&whole[..kept])
}

/// A number that depends on a seed and a text alone: FNV-1a, then the end of `SplitMix64`.
fn draw(seed: u64, text: &str) -> u64 {
    let hashed = text.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let mixed = (hashed ^ (hashed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Whether a text fits a pattern in which `*` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}
