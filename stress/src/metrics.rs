//! Metrics of many operations, asked for while the operations are under load.

use std::thread;
use std::time::{Duration, Instant};

use brrtrouter::middleware::MetricsMiddleware;
use brrtrouter::operations::MetricsPage;
use brrtrouter::prelude::*;
use brrtrouter::testing::TestClient;
use brrtrouter::{HandlerResponse, Param};

use crate::client::{Client, get};
use crate::load::{Load, Times};
use crate::process::Server;
use crate::{Outcome, say};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many operations there are, each with answers of all four classes that an answer can have:
    /// 10,000 counters unless said otherwise, and 2,500 histograms.
    #[arg(long, default_value_t = 2_500)]
    operations: usize,
    /// How often the metrics are asked for.
    #[arg(long, default_value_t = 30)]
    times: u32,
    /// How many connections ask the operations at full speed.
    #[arg(long, default_value_t = 8)]
    connections: u64,
    /// Tell the times, but do not judge them: for a machine that does other things.
    #[arg(long)]
    lenient: bool,
}

/// How long the metrics may take.
const MOST: Duration = Duration::from_millis(20);

/// How many times the p99 of a second in which they are asked for may be that of one before.
const MOST_P99: f64 = 2.0;

/// The time over which requests are looked at together.
const WINDOW: Duration = Duration::from_secs(1);

pub(crate) fn run(options: &Options) -> Outcome {
    let count = options.operations;
    let (mut server, _output) = Server::spawn(&["serve-metrics", &count.to_string()])?;
    let mut alone = Vec::new();
    let mut client = Client::connect(server.address)?;
    let mut length = 0;
    for _ in 0..options.times {
        let start = Instant::now();
        let page = client.get("/metrics")?;
        alone.push(start.elapsed());
        length = page.body.len();
        let text = String::from_utf8(page.body)?;
        let series = text
            .lines()
            .filter(|line| line.starts_with("http_requests_total"));
        if series.count() < count * CLASSES.len() {
            return Err("the metrics are not all there".into());
        }
    }
    alone.sort_unstable();
    let alone = alone.get(alone.len() / 2).copied().unwrap_or_default();
    let load = Load::new(server.address);
    let (mut before, mut during) = (Vec::new(), Vec::new());
    load.run(
        options.connections,
        |random| get(&format!("/operations/{}/200", random.below(count))),
        |answer| match answer.status {
            200 => Ok(()),
            status => Err(format!("an operation answered {status}").into()),
        },
        || {
            thread::sleep(WINDOW);
            for _ in 0..options.times {
                before.push(load.look(WINDOW, || Ok(()))?);
                during.push(load.look(WINDOW, || {
                    client.get("/metrics")?;
                    Ok(())
                })?);
                server.check()?;
            }
            Ok(())
        },
    )?;
    let (before, during) = (Times::of(before), Times::of(during));
    let ratio = during.p99 / before.p99;
    say(format_args!(
        "metrics of {count} operations, {length} bytes: {alone:?} (median of {})",
        options.times
    ));
    say(format_args!("p99 without: {before}"));
    say(format_args!(
        "p99 beside:  {during}; {ratio:.2} times that without"
    ));
    server.ask_to_stop()?;
    server.wait()?;
    match options.lenient || (alone <= MOST && ratio <= MOST_P99) {
        true => Ok(()),
        false => Err(format!("more than {MOST:?}, or more than {MOST_P99} times the p99").into()),
    }
}

/// A status of each class that an answer can have.
const CLASSES: [u16; 4] = [200, 308, 404, 500];

/// Serves so many operations until it is told to stop. The first line of the output is the address.
pub(crate) fn serve(operations: usize) -> Outcome {
    const STATUS: Param<u16> = Param::new("status");

    let answer = |Path(status): Path<u16>| {
        let status = Status::from_code(status).unwrap_or(Status::OK);
        HandlerResponse::new(status)
    };
    let routes = (0..operations).fold(Router::builder(), |routes, number| {
        let endpoint = Endpoint::new(format!("/operations/{number}/{{status}}"));
        routes.get(endpoint.path(STATUS), answer)
    });
    let metrics = MetricsMiddleware::new();
    let service = routes
        .service("many operations", "1")
        .middleware(metrics.clone())
        .mount("/metrics", MetricsPage::new(&metrics))
        .build()?;
    let service = std::sync::Arc::new(service);
    let client = TestClient::new(std::sync::Arc::clone(&service));
    for number in 0..operations {
        for status in CLASSES {
            client.get(format!("/operations/{number}/{status}")).send();
        }
    }
    let server = RawServer::bind("127.0.0.1:0")?.serve(service)?;
    say(format_args!("{}", server.local_addr()));
    server.join()?;
    Ok(())
}
