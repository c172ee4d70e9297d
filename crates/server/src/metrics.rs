//! What the server counts of itself, for Prometheus. No value says who asked for whom.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::served::{Served, now};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ListLabels {
    list: String,
}

/// The figures.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Histogram,
    queries: Counter,
    matched: Counter,
    refreshes: Counter,
    refresh_failures: Counter,
    entities: Gauge,
    age: Family<ListLabels, Gauge<f64, AtomicU64>>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("overt");
        let metrics = Self {
            requests: Family::default(),
            seconds: Histogram::new([
                0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 10.0,
            ]),
            queries: Counter::default(),
            matched: Counter::default(),
            refreshes: Counter::default(),
            refresh_failures: Counter::default(),
            entities: Gauge::default(),
            age: Family::default(),
            registry: Registry::default(),
        };
        registry.register(
            "requests",
            "Requests by route and status",
            metrics.requests.clone(),
        );
        registry.register_with_unit(
            "request_duration",
            "How long requests took",
            Unit::Seconds,
            metrics.seconds.clone(),
        );
        registry.register(
            "queries",
            "Entities that were screened",
            metrics.queries.clone(),
        );
        registry.register(
            "queries_matched",
            "Entities that had a match at or above the threshold",
            metrics.matched.clone(),
        );
        registry.register("refreshes", "Newer lists taken", metrics.refreshes.clone());
        registry.register(
            "refresh_failures",
            "Newer lists that could not be taken",
            metrics.refresh_failures.clone(),
        );
        registry.register(
            "entities",
            "Entities that are served",
            metrics.entities.clone(),
        );
        registry.register_with_unit(
            "list_age",
            "Time since the day a list is of",
            Unit::Seconds,
            metrics.age.clone(),
        );
        Self {
            registry,
            ..metrics
        }
    }

    pub(crate) fn request(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let labels = RequestLabels {
            method,
            route: route.to_owned(),
            status,
        };
        self.requests.get_or_create(&labels).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    pub(crate) fn screened(&self, queries: usize, matched: usize) {
        self.queries.inc_by(queries as u64);
        self.matched.inc_by(matched as u64);
    }

    pub(crate) fn count_refresh(&self) {
        self.refreshes.inc();
    }

    pub(crate) fn refresh_failed(&self) {
        self.refresh_failures.inc();
    }

    /// The figures in the text form of OpenMetrics.
    pub(crate) fn text(&self, served: &Served) -> String {
        let snapshot = served.current();
        self.entities.set(snapshot.prepared.index.len() as i64);
        for list in snapshot.prepared.aged(now()) {
            if let Some(days) = list.age_days {
                let labels = ListLabels { list: list.name };
                self.age.get_or_create(&labels).set(days as f64 * 86_400.0);
            }
        }
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
