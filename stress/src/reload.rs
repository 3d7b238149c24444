//! A document of many paths that is saved again and again while its service is under full load.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path as FilePath;
use std::process::ChildStdout;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use brrtrouter::prelude::*;
use brrtrouter::reload::{ReloadableService, watch_spec};
use brrtrouter::{AppServiceBuilder, Spec};

use crate::client::{Answer, get};
use crate::load::{Load, Times};
use crate::process::Server;
use crate::random::Random;
use crate::{Outcome, say};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How often a changed document is saved, and how often a broken one; memory is judged from 60 on.
    #[arg(long, default_value_t = 100)]
    times: u32,
    /// How many paths the document has.
    #[arg(long, default_value_t = 500)]
    paths: usize,
    /// How many connections ask at full speed.
    #[arg(long, default_value_t = 8)]
    connections: u64,
    /// Tell the times, but do not judge them: for a machine that does other things.
    #[arg(long)]
    lenient: bool,
}

/// How many times the p99 of a second in which a document is reloaded may be that of one before.
const MOST_P99: f64 = 3.0;

/// How much more memory there may be in use at most in the second half of the reloads than in the first,
/// in KiB.
const GROWTH: usize = 8 * 1024;

/// The fewest reloads by which memory is judged: the allocator takes some thirty to come to rest.
const SETTLED: u32 = 60;

/// The time over which requests are looked at together.
const WINDOW: Duration = Duration::from_secs(1);

/// Longer than any reload takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn run(options: &Options) -> Outcome {
    let folder = std::env::temp_dir().join(format!("brrt-reload-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let outcome = watch(options, &folder);
    let _ = fs::remove_dir_all(&folder);
    outcome
}

fn watch(options: &Options, folder: &FilePath) -> Outcome {
    let entry = folder.join("api.yaml");
    fs::write(folder.join("schemas.yaml"), schemas())?;
    fs::write(&entry, document(0, options.paths))?;
    let path = entry.to_str().ok_or("the folder's name is no text")?;
    let (mut server, output) = Server::spawn(&["serve-document", path])?;
    let reports = reports(output)?;
    let load = Load::new(server.address);
    let paths = options.paths;
    load.run(
        options.connections,
        |random| request(random, paths),
        judge,
        || save(options, &entry, &load, &mut server, &reports),
    )?;
    server.ask_to_stop()?;
    server.wait()
}

/// Saves documents, good ones and then broken ones, and looks at what comes of it.
fn save(
    options: &Options,
    entry: &FilePath,
    load: &Load,
    server: &mut Server,
    reports: &Receiver<String>,
) -> Outcome {
    thread::sleep(WINDOW);
    let mut before = Vec::new();
    for _ in 0..5 {
        before.push(load.look(WINDOW, || Ok(()))?);
    }
    let mut during = Vec::new();
    let (at_start, mut peaks) = (server.memory()?, [0; 2]);
    let mut took = Vec::new();
    for version in 1..=options.times {
        during.push(load.look(WINDOW, || {
            let start = Instant::now();
            fs::write(entry, document(version, options.paths))?;
            expect(reports, &format!("serves {version}"))?;
            took.push(start.elapsed());
            Ok(())
        })?);
        server.check()?;
        let half = usize::from(version > options.times / 2);
        peaks[half] = server.memory()?.max(peaks[half]);
    }
    let (before, during) = (Times::of(before), Times::of(during));
    took.sort_unstable();
    say(format_args!(
        "{} reloads of {} paths, each served {:?} after it was saved (median)",
        options.times,
        options.paths,
        took.get(took.len() / 2).copied().unwrap_or_default(),
    ));
    say(format_args!("p99 before:  {before}"));
    say(format_args!(
        "p99 during:  {during}; {:.2} times that before",
        during.p99 / before.p99
    ));
    say(format_args!(
        "memory: {at_start} KiB at the start, at most {} KiB in the first half and {} KiB in the second, {} \
         KiB at the end",
        peaks[0],
        peaks[1],
        server.memory()?
    ));

    for number in 0..options.times {
        // A character that cannot stand there, each time in another place.
        let text = document(options.times, options.paths);
        let broken = text.replacen(
            "paths:\n",
            &format!("{}paths: [\n", "\n".repeat(number as usize)),
            1,
        );
        fs::write(entry, broken)?;
        let report = next(reports)?;
        if !report.starts_with("refused ") || !report.contains("api.yaml:") {
            return Err(format!("a broken document was reported as {report:?}").into());
        }
    }
    // Nothing may be left to tell once a good one serves.
    fs::write(entry, document(options.times + 1, options.paths))?;
    expect(reports, &format!("serves {}", options.times + 1))?;
    say(format_args!(
        "{} broken documents, each reported once, with its place",
        options.times
    ));
    say(format_args!(
        "{} answers, none lost, mixed or wrong",
        load.answers()
    ));
    if options.times >= SETTLED && peaks[1] > peaks[0] + GROWTH {
        return Err("the memory grows".into());
    }
    if !options.lenient && during.p99 > before.p99 * MOST_P99 {
        return Err(format!("the p99 is more than {MOST_P99} times that before").into());
    }
    Ok(())
}

/// The lines that the server writes about its document.
fn reports(output: BufReader<ChildStdout>) -> Outcome<Receiver<String>> {
    let (sender, reports) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    })?;
    Ok(reports)
}

fn next(reports: &Receiver<String>) -> Outcome<String> {
    Ok(reports.recv_timeout(PATIENCE)?)
}

fn expect(reports: &Receiver<String>, wanted: &str) -> Outcome {
    match next(reports)? {
        report if report == wanted => Ok(()),
        report => Err(format!("{report:?} instead of {wanted:?}").into()),
    }
}

fn request(random: &mut Random, paths: usize) -> String {
    const BODY: &str = r#"{"name":"seven","size":7,"tags":["a","b"],"inner":{"id":7,"note":"x"}}"#;

    let (path, id) = (random.below(paths), random.below(1_000));
    let length = BODY.len();
    match random.below(4) {
        0 => format!(
            "POST /group{path}/things/{id} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{BODY}"
        ),
        _ => get(&format!("/group{path}/things/{id}")),
    }
}

/// An answer names the document of its handler and that of its parameters.
fn judge(answer: &Answer) -> Outcome {
    let text = String::from_utf8_lossy(&answer.body);
    let is_whole = text
        .split_once('=')
        .is_some_and(|(own, asked)| own == asked);
    match answer.status == 200 && is_whole {
        true => Ok(()),
        false => Err(format!("{} {text:?}", answer.status).into()),
    }
}

/// A document of so many paths, each with two operations. Its version also is the default of a
/// parameter, so that an answer tells whether it is of one document.
fn document(version: u32, paths: usize) -> String {
    let mut text =
        format!("openapi: 3.1.0\ninfo: {{title: many paths, version: '{version}'}}\npaths:\n");
    for path in 0..paths {
        let schema = path % SCHEMAS;
        // Writing to a text does not fail.
        let _ = write!(
            text,
            "  /group{path}/things/{{id}}:
    parameters:
      - {{name: id, in: path, required: true, schema: {{type: integer, minimum: 0}}}}
      - {{name: v, in: query, schema: {{type: integer, default: {version}}}}}
    get:
      operationId: get{path}
      summary: One thing of group {path}.
      responses:
        '200':
          description: It is here.
          content: {{text/plain: {{schema: {{type: string}}}}}}
    post:
      operationId: change{path}
      requestBody:
        required: true
        content: {{application/json: {{schema: {{$ref: 'schemas.yaml#/Thing{schema}'}}}}}}
      responses:
        '200':
          description: It is changed.
          content: {{text/plain: {{schema: {{type: string}}}}}}
"
        );
    }
    text
}

const SCHEMAS: usize = 50;

fn schemas() -> String {
    let mut text = String::new();
    for schema in 0..SCHEMAS {
        let _ = write!(
            text,
            "Thing{schema}:
  type: object
  required: [name, size]
  properties:
    name: {{type: string, minLength: 1, maxLength: 64, pattern: '^[a-z]+$'}}
    size: {{type: integer, minimum: 0, maximum: 1000}}
    tags: {{type: array, maxItems: 10, items: {{type: string}}}}
    inner: {{$ref: '#/Inner{schema}'}}
Inner{schema}:
  type: object
  properties:
    id: {{type: integer}}
    note: {{type: [string, 'null']}}
"
        );
    }
    text
}

/// Serves the document at `path` until it is told to stop. The first line of the output is the address;
/// each reload is a line.
pub(crate) fn serve(path: &FilePath) -> Outcome {
    let service = ReloadableService::new(load_spec(path)?, build)?;
    let reloaded = service.clone();
    let _watch = watch_spec(path, &service, move |report| match report {
        Ok(_) => say(format_args!("serves {}", reloaded.spec().version)),
        Err(error) => say(format_args!("refused {:?}", error.to_string())),
    })?;
    let server = RawServer::bind("127.0.0.1:0")?.serve(service)?;
    say(format_args!("{}", server.local_addr()));
    server.join()?;
    Ok(())
}

#[derive(serde::Deserialize)]
struct Asked {
    v: u32,
}

fn build(spec: Spec) -> AppServiceBuilder {
    let own = spec.version.clone();
    let operations = spec.operations.iter();
    let names: Vec<String> = operations.map(|one| one.name.clone()).collect();
    names
        .into_iter()
        .fold(AppService::builder(spec), |builder, name| {
            let own = own.clone();
            builder.handler(name, move |Query(asked): Query<Asked>| {
                format!("{own}={}", asked.v)
            })
        })
}
