//! The shared cases of HTTP/1.1 against the adapter: all pass but those listed here, each for a
//! reason, and none on the list passes unnoticed.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use brrtrouter_minihttp::{Limits, MiniHttpServer};
use brrtrouter_transport::Transport;
use libtest_mimic::{Arguments, Failed, Trial};

#[allow(dead_code)]
#[path = "../examples/minihttp_echo.rs"]
mod echo;

/// Why a case is not met, the status that is given instead (0: closed without one), and the cases.
const NOT_MET: &[(&str, u16, &[&str])] = &[
    (
        "may_minihttp does not decode chunks, so chunked content is refused whole, well-formed or not",
        411,
        &[
            "te-case-insensitive",
            "chunk-hex-prefix",
            "chunk-plus",
            "chunk-minus",
            "chunk-underscore",
            "chunk-lead-sp",
            "chunk-overflow64",
            "chunk-overflow-long",
            "chunk-lower-hex",
            "chunk-data-too-long",
            "chunk-lf-size",
            "chunk-cr-size",
            "chunk-ext",
            "chunk-ext-quoted",
            "chunk-ext-lf",
            "chunk-ext-nul",
            "chunk-trailer",
            "chunk-trailer-cl",
            "chunk-trailer-bad",
            "chunk-trailer-sp-colon",
            "chunk-trailer-huge",
            "slow-chunk",
        ],
    ),
    (
        "httparse takes a bare LF for a line end, as RFC 9112 §2.2 allows, and hands over no trace of it",
        200,
        &["bare-lf-header", "bare-lf-all"],
    ),
    ("may_minihttp has room for 16 fields", 400, &["hdr-50"]),
    (
        "may_minihttp always writes Content-Length, which a 204 must not have",
        204,
        &["options-asterisk", "body-on-options"],
    ),
    (
        "may_minihttp throws away the answers of a batch in which something is no request",
        0,
        &["pipeline-good-bad", "pipeline-order"],
    ),
];

/// Cases that half-close, and the statuses that each may get: `may_minihttp` throws away what it reads
/// together with the end of the peer's stream (0), and else the request is answered as any other.
const HALF_CLOSED: &[(&str, [i64; 2])] = &[
    ("half-close", [0, 200]),
    ("half-close-post", [0, 200]),
    ("chunk-lf-last", [0, 411]),
    ("chunk-truncated", [0, 411]),
    ("chunk-no-last", [0, 411]),
];

/// What became of a case.
struct Outcome {
    status: i64,
    errors: Vec<String>,
}

type Outcomes = BTreeMap<String, Outcome>;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let folder = shared().join("http1");
    let runs = folder.join("run_cases.py").is_file() && has_python();
    let outcomes = Arc::new(OnceLock::new());
    let trial = |name: &str, check: fn(&Outcomes) -> Result<(), Failed>| {
        let (outcomes, folder) = (Arc::clone(&outcomes), folder.clone());
        Trial::test(name, move || match outcomes.get_or_init(|| run(&folder)) {
            Ok(outcomes) => check(outcomes),
            Err(error) => Err(error.as_str().into()),
        })
        .with_ignored_flag(!runs)
    };
    let trials = vec![
        trial("cases_that_are_not_listed_pass", unlisted_pass),
        trial("listed_cases_fail_as_explained", listed_fail),
        trial(
            "half_closed_requests_are_answered_or_dropped",
            half_closed_are_answered_or_dropped,
        ),
    ];
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn shared() -> PathBuf {
    match env::var_os("BRRT_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
    }
}

fn has_python() -> bool {
    Command::new("python3")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn is_listed(id: &str) -> bool {
    NOT_MET.iter().any(|(_, _, ids)| ids.contains(&id))
        || HALF_CLOSED.iter().any(|(listed, _)| *listed == id)
}

fn status(outcomes: &Outcomes, id: &str) -> Result<i64, Failed> {
    let outcome = outcomes.get(id);
    Ok(outcome
        .ok_or_else(|| format!("there is no case {id}"))?
        .status)
}

fn unlisted_pass(outcomes: &Outcomes) -> Result<(), Failed> {
    let failed: Vec<String> = outcomes
        .iter()
        .filter(|(id, outcome)| !is_listed(id) && !outcome.errors.is_empty())
        .map(|(id, outcome)| format!("{id}: {}", outcome.errors.join("; ")))
        .collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(failed.join("\n").into())
}

fn listed_fail(outcomes: &Outcomes) -> Result<(), Failed> {
    for (why, expected, ids) in NOT_MET {
        for id in *ids {
            let given = status(outcomes, id)?;
            if given != i64::from(*expected) {
                return Err(format!("{id} gets {given}, not {expected}").into());
            }
            if outcomes[*id].errors.is_empty() {
                return Err(format!("{id} passes, though {why}").into());
            }
        }
    }
    Ok(())
}

fn half_closed_are_answered_or_dropped(outcomes: &Outcomes) -> Result<(), Failed> {
    for (id, allowed) in HALF_CLOSED {
        let given = status(outcomes, id)?;
        if !allowed.contains(&given) {
            return Err(format!("{id} gets {given}").into());
        }
    }
    Ok(())
}

/// Runs all cases against a server of our own.
fn run(folder: &Path) -> Result<Outcomes, String> {
    let mut limits = Limits::default();
    limits.idle = Duration::from_secs(5);
    limits.body_idle = Duration::from_secs(5);
    let server = MiniHttpServer::bind("127.0.0.1:0")
        .map_err(|error| error.to_string())?
        .limits(limits)
        .serve(echo::Echo)
        .map_err(|error| error.to_string())?;
    let results = Path::new(env!("CARGO_TARGET_TMPDIR")).join("minihttp-cases.json");
    let output = Command::new("python3")
        .arg(folder.join("run_cases.py"))
        .args(["127.0.0.1", &server.local_addr().port().to_string()])
        .arg("--cases")
        .arg(folder.join("cases.json"))
        .args(["--path", "/echo", "--echo", "--app", "--strict", "--json"])
        .arg(&results)
        .output()
        .map_err(|error| format!("python3: {error}"))?;
    server.shutdown(Duration::from_secs(10));
    let text = std::fs::read(&results).map_err(|error| {
        let log = String::from_utf8_lossy(&output.stderr);
        format!("{}: {error}\n{log}", results.display())
    })?;
    let cases: BTreeMap<String, serde_json::Value> =
        serde_json::from_slice(&text).map_err(|error| error.to_string())?;
    Ok(cases
        .into_iter()
        .map(|(id, case)| {
            let errors = case["errs"].as_array().into_iter().flatten();
            let outcome = Outcome {
                status: case["status"].as_i64().unwrap_or(-1),
                errors: errors.map(ToString::to_string).collect(),
            };
            (id, outcome)
        })
        .collect())
}
