//! The program as a new user meets it: what it prints, the lines to try, and how it ends.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::{LazyLock, Once};
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use pet_store::store::SAMPLE;
use pet_store::tokens::SigningKey;
use rustix::process::{Pid, Signal, kill_process};

fn main() {
    let has_curl = Command::new("curl")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !has_curl {
        let _ = writeln!(
            std::io::stderr(),
            "curl is not installed: the printed lines are not tried"
        );
    }
    let tests = vec![
        Trial::test("the_printed_lines_work_on_raw", || {
            printed_lines_work("raw")
        })
        .with_ignored_flag(!has_curl),
        Trial::test("the_printed_lines_work_on_minihttp", || {
            printed_lines_work("minihttp")
        })
        .with_ignored_flag(!has_curl),
        Trial::test("sigterm_ends_it_with_0", || {
            signals_end_it_with_0(Signal::TERM)
        }),
        Trial::test("sigint_ends_it_with_0", || {
            signals_end_it_with_0(Signal::INT)
        }),
        Trial::test("minihttp_names_what_it_cannot_serve", minihttp_refuses),
        Trial::test("bad_input_is_told_where", bad_input_is_told),
        Trial::test("a_minted_token_is_taken", a_minted_token_is_taken),
        Trial::test(
            "the_secret_is_made_once_and_for_its_owner",
            the_secret_is_made_once,
        ),
        Trial::test("help_names_every_flag", help_names_every_flag),
    ];
    let conclusion = libtest_mimic::run(&Arguments::from_args(), tests);
    let _ = std::fs::remove_dir_all(state_folder());
    conclusion.exit();
}

/// A running pet store, killed at the latest when its test ends.
struct Program {
    child: Child,
    stdout: BufReader<ChildStdout>,
    welcome: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child = command(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdout = child.stdout.take().expect("its output is piped");
        let mut program = Self {
            child,
            stdout: BufReader::new(stdout),
            welcome: String::new(),
        };
        while !program.welcome.contains("Ctrl-C ends it.") {
            let count = program.stdout.read_line(&mut program.welcome);
            assert!(count.expect("readable output") > 0, "{}", program.welcome);
        }
        program
    }

    fn address(&self) -> &str {
        let start = self.welcome.split_once("http://").expect("an address").1;
        start.split_whitespace().next().expect("an address")
    }

    /// Sends a signal and waits for the end.
    fn end_by(mut self, signal: Signal) -> i32 {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        kill_process(Pid::from_raw(pid).expect("a process id"), signal).expect("a signal");
        let status = self.child.wait().expect("an end");
        status.code().expect("an exit code")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pet-store"));
    command.args(["--port", "0"]).args(arguments);
    command.env_remove("PET_STORE_KEYS");
    command.env("XDG_STATE_HOME", state_folder());
    command
}

/// Where the programs of this run keep their secret.
fn state_folder() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        std::env::temp_dir().join(format!("pet-store-state-{}", std::process::id()))
    });
    // Programs that start at the same time must not make two.
    static SECRET: Once = Once::new();
    SECRET.call_once(|| {
        SigningKey::load_or_make(&FOLDER.join("pet-store/token.key")).expect("a secret");
    });
    &FOLDER
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the program runs")
}

fn printed_lines_work(transport: &str) -> Result<(), Failed> {
    let flags = ["--transport", transport, "--without-streams"];
    let flags = if transport == "raw" {
        &flags[..2]
    } else {
        &flags[..]
    };
    let program = Program::start(flags);
    let lines: Vec<&str> = program
        .welcome
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("curl "))
        .collect();
    assert_eq!(lines.len(), 3, "{}", program.welcome);
    for (line, status) in lines.iter().zip(["200", "201", "204"]) {
        let output = Command::new("sh").args(["-c", line]).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{line}: {text}");
        assert!(
            text.starts_with(&format!("HTTP/1.1 {status} ")),
            "{line}: {text}"
        );
    }
    assert!(program.welcome.contains("/pets/{petId}/visits/{visitId}"));
    assert_eq!(program.end_by(Signal::INT), 0);
    Ok(())
}

fn signals_end_it_with_0(signal: Signal) -> Result<(), Failed> {
    let program = Program::start(&[]);
    // One client that follows events, and one that is idle.
    let mut follower = TcpStream::connect(program.address())?;
    follower.set_read_timeout(Some(Duration::from_secs(20)))?;
    follower.write_all(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n")?;
    let mut start = [0; 15];
    follower.read_exact(&mut start)?;
    assert_eq!(&start, b"HTTP/1.1 200 OK");
    let mut idle = TcpStream::connect(program.address())?;
    idle.set_read_timeout(Some(Duration::from_secs(20)))?;

    assert_eq!(program.end_by(signal), 0);
    let mut rest = String::new();
    follower.read_to_string(&mut rest)?;
    assert!(rest.ends_with("0\r\n\r\n"), "{rest}");
    assert_eq!(idle.read(&mut [0; 16])?, 0);
    Ok(())
}

fn minihttp_refuses() -> Result<(), Failed> {
    let output = run(&["--transport", "minihttp"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("watchPets"), "{text}");
    assert!(text.contains("--without-streams"), "{text}");
    Ok(())
}

fn bad_input_is_told() -> Result<(), Failed> {
    let folder = std::env::temp_dir().join(format!("pet-store-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let file = |name: &str, text: &str| -> std::io::Result<String> {
        let path = folder.join(name);
        std::fs::write(&path, text)?;
        Ok(path.display().to_string())
    };
    let head = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n";
    let broken = file("broken.yaml", &format!("{head}paths:\n  /a: [unclosed\n"))?;
    let pathless = file("pathless.yaml", head)?;
    let other = "paths:\n  /a:\n    get: {operationId: a, responses: {'200': {description: ok}}}\n";
    let other = file("other.yaml", &format!("{head}{other}"))?;
    let missing = folder.join("missing.yaml").display().to_string();
    let cases: [(&[&str], &[&str]); 6] = [
        (&["--spec", &missing], &[&missing]),
        (&["--spec", &folder.display().to_string()], &["pet-store: "]),
        (&["--spec", &broken], &["broken.yaml:5:1: error"]),
        (&["--spec", &pathless], &["pathless.yaml:", "paths"]),
        (
            &["--spec", &other],
            &["operation \"a\" (GET /a) has no handler", "\"listPets\""],
        ),
        (&["--sepc", &other], &["--sepc"]),
    ];
    for (arguments, expected) in cases {
        let output = run(arguments);
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{arguments:?}: {text}");
        assert!(!text.contains("panicked"), "{arguments:?}: {text}");
        for part in expected {
            assert!(
                text.contains(part),
                "{arguments:?} without {part:?}: {text}"
            );
        }
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn help_names_every_flag() -> Result<(), Failed> {
    let output = run(&["--help"]);
    let text = String::from_utf8_lossy(&output.stdout);
    for flag in [
        "--port",
        "--host",
        "--transport",
        "--workers",
        "--without-streams",
        "--spec",
        "--key-file",
        "token",
    ] {
        assert!(text.contains(flag), "{flag}: {text}");
    }
    Ok(())
}

fn a_minted_token_is_taken() -> Result<(), Failed> {
    let program = Program::start(&[]);
    let token = |arguments: &[&str]| -> Result<String, Failed> {
        let output = run(&[&["token"], arguments].concat());
        assert!(output.status.success());
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    };
    let good = token(&[])?;
    assert!(!program.welcome.contains(&good));
    let rows = [
        (good, "200"),
        (token(&["--scope", "pets:read"])?, "403"),
        (
            token(&["--scope", "pets:read", "--scope", "pets:write"])?,
            "200",
        ),
        (token(&["--minutes", "0"])? + "x", "401"),
    ];
    let body = r#"{"name": "Mia", "species": "dog"}"#;
    for (token, status) in rows {
        let mut stream = TcpStream::connect(program.address())?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let request = format!(
            "PUT /pets/{SAMPLE} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
    }
    Ok(())
}

fn the_secret_is_made_once() -> Result<(), Failed> {
    let folder = std::env::temp_dir().join(format!("pet-store-key-{}", std::process::id()));
    let file = folder.join("deep/token.key");
    let name = file.display().to_string();
    assert!(run(&["token", "--key-file", &name]).status.success());
    let made = std::fs::read(&file)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            std::fs::metadata(&file)?.permissions().mode() & 0o777,
            0o600
        );
    }
    assert!(run(&["token", "--key-file", &name]).status.success());
    assert!(std::fs::read(&file)? == made);
    std::fs::write(&file, "short")?;
    let refused = run(&["token", "--key-file", &name]);
    let text = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && text.contains(&name), "{text}");
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
