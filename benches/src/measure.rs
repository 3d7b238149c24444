//! Rounds in which the contenders take turns, in another order each.

use std::time::Instant;

use crate::contender::{Build, Contender};
use crate::set::Set;

/// What was measured of one contender.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Figures {
    /// Its name.
    pub name: &'static str,
    /// Nanoseconds per lookup, the median of the rounds.
    pub ns_median: f64,
    /// Nanoseconds per lookup, the least of the rounds.
    pub ns_min: f64,
    /// The median over that of the fastest peer.
    pub ratio_to_best_peer: Option<f64>,
    /// Heap allocations per lookup.
    pub allocs_per_lookup: f64,
    /// Bytes of its tables, where it says how many; else those of heap.
    pub table_bytes: usize,
    /// Bytes of heap that the router holds.
    pub heap_bytes: usize,
    /// Milliseconds to build it, the median of several times.
    pub build_ms: f64,
    /// Lookups whose answer was not the one that it must be.
    pub wrong: usize,
    /// How many answers were looked at: fewer than all of a router that takes very long.
    pub checked: usize,
}

/// Reads the counters of an allocator: allocations so far, and bytes held.
pub type Counters = fn() -> (usize, usize);

struct Entry {
    contender: Box<dyn Contender>,
    figures: Figures,
    times: Vec<f64>,
    /// How many lookups it is asked in a round; a slow one is asked fewer.
    share: usize,
}

/// A pass of a slow contender is cut so that it takes about this long, in seconds.
const LONGEST_PASS: f64 = 0.02;
/// Its answers are looked at for about this long.
const LONGEST_CHECK: f64 = 1.0;
/// However slow it is, it is asked so many lookups.
const FEWEST: usize = 8;

/// Measures contenders on a set; those that cannot hold its routes are left out.
pub fn measure(
    set: &Set,
    contenders: &[(&'static str, Build)],
    rounds: usize,
    counters: Counters,
) -> Vec<Figures> {
    let mut entries: Vec<Entry> = contenders
        .iter()
        .filter_map(|&(name, build)| enter(set, name, build, counters))
        .collect();
    let mut order: Vec<usize> = (0..entries.len()).collect();
    let mut random = 0x9E37_79B9_7F4A_7C15;
    for _ in 0..rounds {
        // Whoever follows one that takes long finds the paths out of the cache, so that must not be the same
        // one in all rounds.
        shuffle(&mut order, &mut random);
        for &at in &order {
            let Some(entry) = entries.get_mut(at) else {
                continue;
            };
            let lookups = set.lookups.get(..entry.share).unwrap_or(&set.lookups);
            let start = Instant::now();
            std::hint::black_box(entry.contender.pass(lookups));
            let taken = start.elapsed().as_nanos() as f64;
            entry.times.push(taken / lookups.len().max(1) as f64);
        }
    }
    let mut all: Vec<Figures> = entries
        .into_iter()
        .map(|mut entry| {
            entry.times.sort_by(f64::total_cmp);
            entry.figures.ns_min = entry.times.first().copied().unwrap_or_default();
            let middle = entry.times.get(entry.times.len() / 2);
            entry.figures.ns_median = middle.copied().unwrap_or_default();
            entry.figures
        })
        .collect();
    let best = all
        .iter()
        .skip(1)
        .map(|figures| figures.ns_median)
        .min_by(f64::total_cmp);
    for figures in &mut all {
        figures.ratio_to_best_peer = best.map(|best| figures.ns_median / best);
    }
    all
}

/// Puts numbers into another order; `random` is the state of a generator that is the same everywhere.
fn shuffle(order: &mut [usize], random: &mut u64) {
    for end in (1..order.len()).rev() {
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        order.swap(end, (*random >> 33) as usize % (end + 1));
    }
}

/// Builds a contender, and checks and counts one pass over all lookups.
fn enter(set: &Set, name: &'static str, build: Build, counters: Counters) -> Option<Entry> {
    let mut builds = Vec::new();
    let mut built = None;
    let mut heap_bytes = 0;
    for _ in 0..3 {
        drop(built.take());
        let (_, before) = counters();
        let start = Instant::now();
        built = build(&set.routes);
        builds.push(start.elapsed().as_secs_f64() * 1000.0);
        let (_, after) = counters();
        heap_bytes = after.saturating_sub(before);
    }
    builds.sort_by(f64::total_cmp);
    let contender = built?;
    let start = Instant::now();
    let (mut wrong, mut checked) = (0, 0);
    for (route, path) in &set.lookups {
        if checked >= FEWEST && start.elapsed().as_secs_f64() > LONGEST_CHECK {
            break;
        }
        checked += 1;
        wrong += usize::from(contender.find(path).map(|(found, _)| found) != *route);
    }
    let each = start.elapsed().as_secs_f64() / checked.max(1) as f64;
    let share = ((LONGEST_PASS / each) as usize).clamp(FEWEST, set.lookups.len().max(FEWEST));
    let counted = set.lookups.get(..share).unwrap_or(&set.lookups);
    let (before, _) = counters();
    std::hint::black_box(contender.pass(counted));
    let (after, _) = counters();
    let table_bytes = contender.table_bytes().unwrap_or(heap_bytes);
    Some(Entry {
        contender,
        figures: Figures {
            name,
            ns_median: 0.0,
            ns_min: 0.0,
            ratio_to_best_peer: None,
            allocs_per_lookup: (after - before) as f64 / counted.len().max(1) as f64,
            table_bytes,
            heap_bytes,
            build_ms: builds.get(builds.len() / 2).copied().unwrap_or_default(),
            wrong,
            checked,
        },
        times: Vec::with_capacity(1024),
        share,
    })
}
