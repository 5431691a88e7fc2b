use crate::{Answer, Request};
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// What a server answered, or is to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers; names as they were written.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A status and nothing else.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// A status and a JSON body.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self { body: body.to_string().into(), ..Self::empty(status) }.with("content-type", "application/json")
    }

    /// Itself, with one header more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = self.headers.iter().find(|(written, _)| written.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    #[track_caller]
    pub fn value(&self) -> serde_json::Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}\n{}: {text}", self.status))
    }

    /// Itself, where this is the status.
    #[track_caller]
    #[must_use]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self { body: answer.body, ..Self::empty(answer.status) }.with("content-type", answer.media_type)
    }
}

/// How long a peer may think about one request.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ask a server once, without following or repeating anything.
///
/// # Errors
/// The connection was refused, closed or fell silent before there was a whole answer.
pub fn ask(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Reply> {
    let invalid = || io::Error::new(io::ErrorKind::InvalidInput, format!("not an http address: {url}"));
    let rest = url.strip_prefix("http://").ok_or_else(invalid)?;
    let (host, path) = rest.find('/').map_or((rest, "/"), |slash| rest.split_at(slash));
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    stream.write_all(&[head.as_bytes(), body].concat())?;
    read_reply(&mut BufReader::new(stream), method)
}

fn read_reply(reader: &mut impl BufRead, method: &str) -> io::Result<Reply> {
    let line = read_line(reader)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let headers = read_headers(reader)?;
    let reply = Reply { headers, ..Reply::empty(status) };
    let empty = method == "HEAD" || status == 204 || status == 304;
    let body = if empty { Vec::new() } else { read_body(reader, |name| reply.header(name), true)? };
    Ok(Reply { body, ..reply })
}

/// Read the next request of a connection up to its body; none where the client closed it.
pub(crate) fn read_head(reader: &mut impl BufRead) -> io::Result<Option<Request>> {
    let Some(line) = read_line(reader)? else { return Ok(None) };
    let target = line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    let headers = read_headers(reader)?;
    let headers = headers.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
    Ok(Some(Request { target, headers, body: Vec::new() }))
}

/// Read the body of a request.
pub(crate) fn read_request_body(
    reader: &mut impl BufRead,
    headers: &BTreeMap<String, String>,
) -> io::Result<Vec<u8>> {
    read_body(reader, |name| headers.get(name).map(String::as_str), false)
}

/// Answer a request, on a connection that is kept.
pub(crate) fn write_reply(stream: &mut impl Write, reply: &Reply) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {} Answer\r\n", reply.status);
    for (name, value) in reply.headers.iter().filter(|(name, _)| !frames(name)) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if reply.status != 204 && reply.status != 304 {
        head.push_str(&format!("content-length: {}\r\n", reply.body.len()));
    }
    stream.write_all(&[head.as_bytes(), b"\r\n", &reply.body].concat())
}

/// Whether a header belongs to one connection and is not passed on.
pub(crate) fn frames(name: &str) -> bool {
    let names = ["connection", "keep-alive", "content-length", "transfer-encoding", "host", "expect"];
    names.iter().any(|framing| name.eq_ignore_ascii_case(framing))
}

fn read_line(reader: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if reader.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()))
}

fn read_headers(reader: &mut impl BufRead) -> io::Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    while let Some(line) = read_line(reader)?.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    Ok(headers)
}

fn read_body<'a>(
    reader: &mut impl BufRead,
    header: impl Fn(&str) -> Option<&'a str>,
    to_the_end: bool,
) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        while let Some(line) = read_line(reader)? {
            let length = u64::from_str_radix(line.split(';').next().unwrap_or(""), 16).unwrap_or(0);
            reader.by_ref().take(length).read_to_end(&mut body)?;
            read_line(reader)?;
            if length == 0 {
                break;
            }
        }
    } else if let Some(length) = header("content-length").and_then(|length| length.parse().ok()) {
        body.resize(length, 0);
        reader.read_exact(&mut body)?;
    } else if to_the_end {
        reader.read_to_end(&mut body)?;
    }
    Ok(body)
}
