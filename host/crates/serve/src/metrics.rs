//! What is counted, in the text format of OpenMetrics, which Prometheus reads.

use crate::store::Counts;
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use serde::Serialize;

pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Hook {
    source: &'static str,
    status: u16,
    disposition: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Queue {
    kind: String,
    state: String,
}

pub(crate) struct Metrics {
    registry: Registry,
    deliveries: Family<Hook, Counter>,
    acknowledged: Histogram,
    runs: Family<Kind, Counter>,
    messages: Family<Kind, Counter>,
    reloads: Family<Kind, Counter>,
    jobs: Family<Queue, Gauge>,
    open_messages: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("countersign");
        let metrics = Self {
            deliveries: Family::default(),
            acknowledged: Histogram::new([0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 10.0]),
            runs: Family::default(),
            messages: Family::default(),
            reloads: Family::default(),
            jobs: Family::default(),
            open_messages: Gauge::default(),
            registry: Registry::default(),
        };
        registry.register("deliveries", "Deliveries answered", metrics.deliveries.clone());
        let acknowledged = metrics.acknowledged.clone();
        registry.register("acknowledge_seconds", "Time until a delivery was acknowledged", acknowledged);
        registry.register("runs", "Attempts of runs that ended", metrics.runs.clone());
        registry.register("messages", "Messages by what became of them", metrics.messages.clone());
        registry.register("reloads", "Reloads by outcome", metrics.reloads.clone());
        registry.register("jobs", "Jobs in the queue", metrics.jobs.clone());
        registry.register("open_messages", "Messages not known to be there", metrics.open_messages.clone());
        Self { registry, ..metrics }
    }

    pub(crate) fn delivery(&self, source: &'static str, status: u16, disposition: &str, seconds: f64) {
        let hook = Hook { source, status, disposition: disposition.to_owned() };
        self.deliveries.get_or_create(&hook).inc();
        if status < 300 {
            self.acknowledged.observe(seconds);
        }
    }

    pub(crate) fn run(&self, ending: &str) {
        self.runs.get_or_create(&Kind { kind: ending.to_owned() }).inc();
    }

    pub(crate) fn message(&self, ending: &str) {
        self.messages.get_or_create(&Kind { kind: ending.to_owned() }).inc();
    }

    pub(crate) fn reload(&self, outcome: &str) {
        self.reloads.get_or_create(&Kind { kind: outcome.to_owned() }).inc();
    }

    /// All of it, with the queue as it is now.
    pub(crate) fn text(&self, counts: &Counts) -> String {
        self.jobs.clear();
        for (kind, state, count) in &counts.jobs {
            let queue = Queue { kind: word(kind), state: word(state) };
            self.jobs.get_or_create(&queue).set(i64::try_from(*count).unwrap_or(i64::MAX));
        }
        self.open_messages.set(i64::try_from(counts.open_messages).unwrap_or(i64::MAX));
        let mut text = String::new();
        // Writing to a string fails only where an encoder does, and all of them are the crate's own.
        encode(&mut text, &self.registry).map_or_else(|_| String::new(), |()| text)
    }
}

fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
