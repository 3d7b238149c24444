//! Criterion over the route sets in `BRRT_SHARED/routes`.

#![allow(missing_docs)]

use std::hint::black_box;
use std::path::PathBuf;

use brrtrouter_benches::contender;
use brrtrouter_benches::set::Set;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn lookups(criterion: &mut Criterion) {
    let shared = std::env::var_os("BRRT_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")),
        PathBuf::from,
    );
    for name in ["gh130", "gh315", "ghoas", "static1k", "big10k"] {
        let file = |ending: &str| shared.join(format!("routes/{name}.{ending}"));
        // Without the sets there is nothing to measure.
        let Ok(set) = Set::read(&file("routes"), &file("paths")) else {
            continue;
        };
        for (kind, set) in [("hits", set.clone()), ("misses", set.misses())] {
            let mut group = criterion.benchmark_group(format!("{name}/{kind}"));
            group.throughput(Throughput::Elements(set.lookups.len() as u64));
            for (router, build) in contender::all() {
                // It tries one route after the other, which takes minutes on large sets.
                if router == "actix-router" && set.routes.len() > 200 {
                    continue;
                }
                if let Some(contender) = build(&set.routes) {
                    group.bench_function(router, |bencher| {
                        bencher.iter(|| black_box(contender.pass(&set.lookups)));
                    });
                }
            }
            group.finish();
        }
    }
}

criterion_group!(benches, lookups);
criterion_main!(benches);
