//! Signed deliveries of GitHub's at a receiver, each of them new: `load ADDRESS SECRET-FILE CONNECTIONS SECONDS [PATH
//! [FIRST]]`. Those of connections with different numbers differ; the first has the number FIRST.
//!
//! Prints how many were acknowledged a second, and how long an acknowledgement took.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// A body is filled up to this, the size of a small push of GitHub's.
const BODY: usize = 8 * 1024;

struct Load {
    address: String,
    path: String,
    secret: String,
    until: Instant,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(line) => {
            drop(writeln!(std::io::stdout(), "{line}"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            drop(writeln!(std::io::stderr(), "error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<String, Box<dyn std::error::Error>> {
    let [address, secret, connections, seconds, more @ ..] = arguments else {
        return Err("usage: load ADDRESS SECRET-FILE CONNECTIONS SECONDS [PATH [FIRST]]".into());
    };
    let first: usize = more.get(1).map_or(Ok(0), |first| first.parse())?;
    let span = Duration::from_secs(seconds.parse()?);
    let load = Load {
        address: address.clone(),
        path: more.first().map_or("/hooks/github", String::as_str).to_owned(),
        secret: std::fs::read_to_string(secret)?.trim().to_owned(),
        until: Instant::now() + span,
    };
    let mut times = std::thread::scope(|scope| {
        let threads: Vec<_> = (first..first + connections.parse().unwrap_or(1))
            .map(|connection| {
                let load = &load;
                scope.spawn(move || load.connection(connection))
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect::<Vec<_>>()
    });
    times.sort_unstable();
    let at = |share: f64| {
        times.get((times.len() as f64 * share) as usize).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    let rate = times.len() as f64 / span.as_secs_f64();
    Ok(format!(
        "{rate:.0} acknowledged/s, p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms",
        at(0.5),
        at(0.95),
        at(0.99)
    ))
}

impl Load {
    /// How long each acknowledgement took on one connection that is kept.
    fn connection(&self, connection: usize) -> Vec<Duration> {
        let mut times = Vec::new();
        let mut stream = None;
        for number in 0.. {
            let began = Instant::now();
            if began >= self.until {
                break;
            }
            let request = self.request(connection, number);
            let kept = stream.take().or_else(|| TcpStream::connect(&self.address).ok());
            match kept.and_then(|kept| exchange(kept, &request)) {
                Some((kept, status)) if (200..300).contains(&status) => {
                    times.push(began.elapsed());
                    stream = kept;
                }
                _ => std::thread::sleep(Duration::from_millis(1)),
            }
        }
        times
    }

    fn request(&self, connection: usize, number: usize) -> Vec<u8> {
        let (before, after) =
            (format!("{connection:08x}{number:032x}"), format!("{connection:08x}{:032x}", number + 1));
        let repository = connection % 35;
        let mut body = format!(
            r#"{{"ref":"refs/heads/main","before":"{before}","after":"{after}","repository":{{"full_name":"acme/api-{repository}"}},"pusher":{{"name":"ada"}},"commits":[{{}}],"filler":""#
        );
        body.extend(std::iter::repeat_n('x', BODY.saturating_sub(body.len() + 2)));
        body.push_str("\"}");
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes())
            .unwrap_or_else(|_| unreachable!("any key will do"));
        mac.update(body.as_bytes());
        let signature: String =
            mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let head = format!(
            "POST {} HTTP/1.1\r\nhost: load\r\ncontent-type: application/json\r\nx-github-event: push\r\n\
             x-github-delivery: {after}\r\nx-hub-signature-256: sha256={signature}\r\ncontent-length: {}\r\n\r\n",
            self.path,
            body.len()
        );
        [head.into_bytes(), body.into_bytes()].concat()
    }
}

/// Sends a request and reads its answer; the connection comes back where it is kept.
fn exchange(mut stream: TcpStream, request: &[u8]) -> Option<(Option<TcpStream>, u16)> {
    stream.set_nodelay(true).ok()?;
    stream.write_all(request).ok()?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let status = line.split(' ').nth(1)?.parse().ok()?;
    let (mut length, mut kept) = (0, true);
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let header = line.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        kept &= header != "connection: close";
    }
    reader.read_exact(&mut vec![0; length]).ok()?;
    Some((kept.then(|| reader.into_inner()), status))
}
