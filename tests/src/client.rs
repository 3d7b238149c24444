//! Clients: one that speaks HTTP for a test, and one for bytes that no client would send.

#![allow(clippy::expect_used)]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::{HeaderMap, Request};

/// How long a client waits before a test fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A client with a connection of its own.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    address: SocketAddr,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The fields.
    pub headers: HeaderMap,
    /// The content.
    pub body: Vec<u8>,
}

impl Client {
    /// A client of the server at that address.
    pub fn new(address: SocketAddr) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .timeout_global(Some(PATIENCE))
            .max_idle_connections_per_host(1)
            .build();
        Self {
            agent: config.new_agent(),
            address,
        }
    }

    /// Sends a request and reads the answer.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn send(&self, method: &str, path: &str, fields: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address));
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        // Without a body, only a method that has one by nature speaks of a length.
        let answer = if body.is_empty() && !["POST", "PUT", "PATCH"].contains(&method) {
            self.agent.run(request.body(()).expect("a request"))
        } else {
            self.agent.run(request.body(body).expect("a request"))
        };
        let mut answer = answer.expect("an answer");
        Reply {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            body: answer.body_mut().read_to_vec().expect("its content"),
        }
    }

    /// `GET`
    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], b"")
    }

    /// A request with a JSON body.
    pub fn json(&self, method: &str, path: &str, body: &Value) -> Reply {
        let fields = [("content-type", "application/json")];
        self.send(method, path, &fields, body.to_string().as_bytes())
    }
}

impl Reply {
    /// The content as JSON.
    ///
    /// # Panics
    ///
    /// If it is not.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the answer is JSON")
    }

    /// The value of a field; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("a readable field"))
    }

    /// The problem that the answer is, checked to be one of that status.
    ///
    /// # Panics
    ///
    /// If it is not.
    pub fn problem(&self, status: u16) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{text}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        problem
    }

    /// The places of the problem's errors: pointers and parameter names, sorted.
    ///
    /// # Panics
    ///
    /// If it has none.
    pub fn offenders(&self) -> Vec<String> {
        let problem = self.problem(400);
        let errors = problem["errors"].as_array().expect("a list of errors");
        let place = |error: &Value| {
            let named = error.get("pointer").or(error.get("parameter"));
            let named = named.and_then(Value::as_str).expect("a place");
            format!("{}:{named}", error["in"].as_str().expect("a kind of place"))
        };
        let mut places: Vec<String> = errors.iter().map(place).collect();
        places.sort();
        places
    }
}

/// Sends bytes as they are and reads until the server closes the connection.
///
/// # Panics
///
/// If the server cannot be reached or does not close in time.
pub fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = connect(address);
    stream.write_all(bytes).expect("the bytes are sent");
    let mut answer = Vec::new();
    stream
        .read_to_end(&mut answer)
        .expect("an answer and an end");
    String::from_utf8_lossy(&answer).into_owned()
}

/// A connection that gives up in the end.
///
/// # Panics
///
/// If the server cannot be reached.
pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
    stream
}
