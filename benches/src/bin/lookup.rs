//! Times route lookup of this project and of its peers on one route set, in one process.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::alloc::System;
use std::path::PathBuf;
use std::process::ExitCode;

use brrtrouter_benches::contender;
use brrtrouter_benches::measure::{self, Figures};
use brrtrouter_benches::set::{Order, Set};
use clap::Parser;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

/// Times route lookup of this project and of its peers on one route set.
#[derive(Debug, Parser)]
struct Flags {
    /// The templates, one a line.
    #[arg(long, value_name = "FILE", required_unless_present = "synthetic")]
    routes: Option<PathBuf>,
    /// The paths: the index of the template that must win, a tab, the path.
    #[arg(long, value_name = "FILE", required_unless_present = "synthetic")]
    paths: Option<PathBuf>,
    /// Instead of files, so many routes that are made here.
    #[arg(long, value_name = "COUNT", conflicts_with_all = ["routes", "paths"])]
    synthetic: Option<usize>,
    /// As the paths file has them, or sorted by route.
    #[arg(long, value_enum, default_value_t = Order::Shuffled)]
    order: Order,
    /// Look up paths that no route has, made from those of the set.
    #[arg(long)]
    misses: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// How many rounds to take the median of.
    #[arg(long, default_value_t = 101)]
    rounds: usize,
    /// Only these routers, by name.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Make this many passes of one router and measure nothing, for a profiler to count.
    #[arg(long, value_name = "COUNT", requires = "only")]
    passes: Option<usize>,
}

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// The allocations so far, and the bytes that are held.
fn counters() -> (usize, usize) {
    let stats = ALLOCATOR.stats();
    let held = stats
        .bytes_allocated
        .saturating_sub(stats.bytes_deallocated);
    (stats.allocations + stats.reallocations, held)
}

#[derive(serde::Serialize)]
struct Report {
    set: String,
    order: String,
    misses: bool,
    routers: Vec<Figures>,
}

fn main() -> ExitCode {
    let flags = Flags::parse();
    let set = match (flags.synthetic, &flags.routes, &flags.paths) {
        (None, Some(routes), Some(paths)) => Set::read(routes, paths),
        (count, ..) => Ok(Set::synthetic(count.unwrap_or_default())),
    };
    let set = match set {
        Ok(set) => set.in_order(flags.order),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let set = if flags.misses { set.misses() } else { set };
    let mut contenders = contender::all();
    if !flags.only.is_empty() {
        contenders.retain(|(name, _)| flags.only.iter().any(|only| only == name));
    }
    if let Some(passes) = flags.passes {
        for (_, build) in contenders {
            if let Some(contender) = build(&set.routes) {
                for _ in 0..passes {
                    std::hint::black_box(contender.pass(&set.lookups));
                }
            }
        }
        return ExitCode::SUCCESS;
    }
    let routers = measure::measure(&set, &contenders, flags.rounds.max(1), counters);
    let wrong = routers
        .first()
        .is_some_and(|own| own.name == "brrtrouter-core" && own.wrong > 0);
    let report = Report {
        set: set.name,
        order: flags.order.to_string(),
        misses: flags.misses,
        routers,
    };
    if flags.json {
        match serde_json::to_string(&report) {
            Ok(json) => println!("{json}"),
            Err(error) => eprintln!("{error}"),
        }
    } else {
        print_table(&report, set.routes.len(), set.lookups.len());
    }
    if wrong {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn print_table(report: &Report, routes: usize, lookups: usize) {
    let misses = if report.misses { ", misses" } else { "" };
    println!(
        "{}: {routes} routes, {lookups} lookups, {}{misses}",
        report.set, report.order
    );
    println!(
        "{:<16} {:>10} {:>10} {:>7} {:>8} {:>12} {:>10} {:>7}",
        "router", "ns median", "ns min", "ratio", "allocs", "table bytes", "build ms", "wrong"
    );
    for own in &report.routers {
        let ratio = own
            .ratio_to_best_peer
            .map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.3}"));
        println!(
            "{:<16} {:>10.1} {:>10.1} {:>7} {:>8.2} {:>12} {:>10.2} {:>7}",
            own.name,
            own.ns_median,
            own.ns_min,
            ratio,
            own.allocs_per_lookup,
            own.table_bytes,
            own.build_ms,
            own.wrong
        );
        if own.checked < lookups {
            println!("{:<16} was asked {} of the lookups", "", own.checked);
        }
    }
}
