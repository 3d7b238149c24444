use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use brrtrouter_spec::model::Operation;

use crate::middleware::metrics::series::Series;
use crate::middleware::metrics::text::{MetricKind, MetricsText, escape_label};
use crate::middleware::metrics::{BoundMetrics, METHODS};

/// The most buckets of a histogram.
const MOST_BUCKETS: usize = 64;

type Collector = Box<dyn Fn(&mut MetricsText) + Send + Sync>;

/// All series, by method and route.
///
/// Its lock is held to join a document or to list what there is, never while a request is counted or
/// text is made.
pub(super) struct Registry {
    /// Upper bounds in nanoseconds, ascending.
    bounds: Box<[u64]>,
    /// The same in seconds, as they are shown.
    labels: Box<[String]>,
    in_flight: AtomicUsize,
    all: Mutex<Vec<Arc<Series>>>,
    collectors: Mutex<Vec<Arc<Collector>>>,
}

impl Registry {
    pub(super) fn new(upper_bounds: impl IntoIterator<Item = Duration>) -> Self {
        let bounds = upper_bounds.into_iter().take(MOST_BUCKETS);
        let mut bounds: Vec<u64> = bounds
            .map(|bound| u64::try_from(bound.as_nanos()).unwrap_or(u64::MAX))
            .collect();
        bounds.sort_unstable();
        bounds.dedup();
        let seconds = bounds.iter().map(|bound| *bound as f64 / 1e9);
        Self {
            labels: seconds.map(|bound| bound.to_string()).collect(),
            bounds: bounds.into(),
            in_flight: AtomicUsize::new(0),
            all: Mutex::default(),
            collectors: Mutex::default(),
        }
    }

    pub(super) fn bounds(&self) -> &[u64] {
        &self.bounds
    }

    pub(super) fn in_flight(&self) -> &AtomicUsize {
        &self.in_flight
    }

    pub(super) fn add_collector(&self, collector: Collector) {
        lock(&self.collectors).push(Arc::new(collector));
    }

    /// The series of these operations. Those that were there before go on counting; those that nothing
    /// counted and that no operation has any more are forgotten.
    pub(super) fn bind(self: &Arc<Self>, operations: &[Operation]) -> BoundMetrics {
        let mut all = lock(&self.all);
        let mut known: HashMap<(&str, &str), &Arc<Series>> = HashMap::new();
        for series in all.iter() {
            known.insert((&series.method, &series.route), series);
        }
        let of = |method: &str, route: &str| match known.get(&(method, route)) {
            Some(series) => Arc::clone(series),
            None => Arc::new(Series::new(method, route, self.bounds.len())),
        };
        let own = operations.iter().map(|it| of(&it.method, &it.path));
        let own: Box<[_]> = own.collect();
        let others: Box<[_]> = METHODS.iter().map(|method| of(method, "")).collect();
        let mut kept: Vec<Arc<Series>> = own.iter().chain(&others).map(Arc::clone).collect();
        let held: std::collections::HashSet<_> = kept.iter().map(Arc::as_ptr).collect();
        let left = all
            .iter()
            .filter(|it| !held.contains(&Arc::as_ptr(it)) && it.is_used());
        kept.extend(left.map(Arc::clone));
        *all = kept;
        BoundMetrics {
            registry: Arc::clone(self),
            operations: own,
            others,
        }
    }

    pub(super) fn render(&self) -> String {
        let all: Vec<Arc<Series>> = lock(&self.all).clone();
        let used: Vec<_> = all.into_iter().filter(|series| series.is_used()).collect();
        let mut totals = MetricsText::default();
        let mut times = MetricsText::default();
        totals.family(
            "http_requests_total",
            MetricKind::Counter,
            "Requests answered.",
        );
        times.family(
            "http_request_duration_seconds",
            MetricKind::Histogram,
            "Time until an answer was ready.",
        );
        for series in &used {
            self.render_one(series, &mut totals, &mut times);
        }
        totals.append(times);
        totals.family(
            "http_requests_in_flight",
            MetricKind::Gauge,
            "Requests that are being answered.",
        );
        let in_flight = self.in_flight.load(Ordering::Relaxed);
        totals.sample("http_requests_in_flight", &[], in_flight as f64);
        let collectors: Vec<_> = lock(&self.collectors).clone();
        for collector in collectors {
            collector(&mut totals);
        }
        totals.into_string()
    }

    fn render_one(&self, series: &Series, totals: &mut MetricsText, times: &mut MetricsText) {
        const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

        let counts = series.counts();
        let mut labels = String::from("method=\"");
        escape_label(&series.method, &mut labels);
        labels.push_str("\",route=\"");
        escape_label(&series.route, &mut labels);
        labels.push('"');
        let mut digits = itoa::Buffer::new();
        for (class, count) in CLASSES.iter().zip(counts.classes) {
            if count > 0 {
                let count = digits.format(count);
                for part in [
                    "http_requests_total{",
                    &labels,
                    ",status=\"",
                    class,
                    "\"} ",
                    count,
                    "\n",
                ] {
                    totals.text().push_str(part);
                }
            }
        }
        const NAME: &str = "http_request_duration_seconds";
        let out = times.text();
        let mut sum = 0;
        let bounds = self.labels.iter().map(String::as_str).chain(["+Inf"]);
        for (bound, count) in bounds.zip(counts.buckets) {
            sum += count;
            let sum = digits.format(sum);
            for part in [
                NAME, "_bucket{", &labels, ",le=\"", bound, "\"} ", sum, "\n",
            ] {
                out.push_str(part);
            }
        }
        // Writing to a text does not fail.
        let _ = writeln!(out, "{NAME}_sum{{{labels}}} {}", counts.seconds);
        let _ = writeln!(out, "{NAME}_count{{{labels}}} {sum}");
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
