//! How long the first page takes where there is much to show, against the limit that the project promises:
//!
//!     cargo run --release -p countersign-serve-page --example speed
//!
//! Exits 1 if a page takes longer.

#[path = "gallery/sample/mod.rs"]
#[expect(dead_code, unused_imports, reason = "only the large samples are measured")]
mod sample;

use countersign_serve_page::filter::OverviewFilter;
use countersign_serve_page::view::Overview;
use countersign_serve_page::{api, html, json};
use std::process::ExitCode;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_millis(100);
const TIMES: usize = 40;

fn main() -> ExitCode {
    let sparse = sample::many(1_000, 1_000, false);
    let dense = sample::many(1_000, 1_000, true);
    let mut slow = false;
    for (name, overview, query) in [
        ("1,000 contracts, a client each: list", &sparse, ""),
        ("1,000 contracts, a client each: a text", &sparse, "q=client-09"),
        ("1,000 contracts, a client each: matrix", &sparse, "view=matrix"),
        ("1,000,000 clients: list", &dense, ""),
        ("1,000,000 clients: a text", &dense, "q=client-0999"),
        ("1,000,000 clients: a state", &dense, "state=blocked"),
        ("1,000,000 clients: matrix", &dense, "view=matrix&row=500&column=500"),
        ("1,000,000 clients: matrix of a text", &dense, "view=matrix&q=client-0999"),
    ] {
        slow |= measured(name, || page(overview, query));
    }
    slow |= measured("1,000,000 clients: a page of the API's clients", || {
        json::render(&api::clients(&dense, &OverviewFilter::default())).len()
    });
    if slow { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn page(overview: &Overview, query: &str) -> usize {
    let filter = OverviewFilter::parse(query).expect("a query");
    html::overview(&sample::reader("/"), overview, &filter).len()
}

/// Print how long something takes. Whether that is too long.
fn measured(name: &str, write: impl Fn() -> usize) -> bool {
    let mut times: Vec<Duration> = (0..TIMES)
        .map(|_| {
            let begin = Instant::now();
            std::hint::black_box(write());
            begin.elapsed()
        })
        .collect();
    times.sort();
    let (median, p95) = (times[TIMES / 2], times[TIMES * 95 / 100]);
    let size = write() / 1_024;
    eprintln!("{name:50} p50 {median:>9.1?}  p95 {p95:>9.1?}  {size} KiB");
    p95 > LIMIT
}
