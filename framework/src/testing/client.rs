use std::fmt;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use brrtrouter_transport::{Body, Field, Request, Response, Service, Status};
use serde::Serialize;

use crate::testing::source::Pieces;
use crate::testing::wire::{Message, Wire};
use crate::testing::{TestAnswer, fail};

/// Sends requests: to a service on the calling thread, or to a server over a socket.
#[derive(Clone)]
pub struct TestClient {
    way: Arc<Way>,
}

/// How requests get to where they are answered.
enum Way {
    InProcess(Box<dyn Service>),
    Socket(Wire),
}

impl TestClient {
    /// A client of that service.
    pub fn new(service: impl Service) -> Self {
        Self {
            way: Arc::new(Way::InProcess(Box::new(service))),
        }
    }

    /// A client of the server that listens at that address. It sends one request after the other on
    /// one connection, as long as the server keeps it.
    pub fn at(address: SocketAddr) -> Self {
        Self {
            way: Arc::new(Way::Socket(Wire::new(address))),
        }
    }

    /// `GET`
    pub fn get(&self, target: impl Into<String>) -> TestRequest<'_> {
        self.request("GET", target)
    }

    /// `POST`
    pub fn post(&self, target: impl Into<String>) -> TestRequest<'_> {
        self.request("POST", target)
    }

    /// `PUT`
    pub fn put(&self, target: impl Into<String>) -> TestRequest<'_> {
        self.request("PUT", target)
    }

    /// `PATCH`
    pub fn patch(&self, target: impl Into<String>) -> TestRequest<'_> {
        self.request("PATCH", target)
    }

    /// `DELETE`
    pub fn delete(&self, target: impl Into<String>) -> TestRequest<'_> {
        self.request("DELETE", target)
    }

    /// A request of any method; `target` is a path with an optional query, encoded as on the wire.
    pub fn request(&self, method: impl Into<String>, target: impl Into<String>) -> TestRequest<'_> {
        TestRequest {
            way: &self.way,
            method: method.into(),
            target: target.into(),
            fields: vec![("host".to_owned(), "localhost".to_owned())],
            body: Pieces::none(),
        }
    }
}

impl fmt::Debug for TestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestClient").finish_non_exhaustive()
    }
}

/// A request in the making.
#[must_use = "a request does nothing until it is sent"]
pub struct TestRequest<'s> {
    way: &'s Way,
    method: String,
    target: String,
    fields: Vec<(String, String)>,
    body: Pieces,
}

impl TestRequest<'_> {
    /// The same with one more field.
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// The same with a body of that media type, whose length is known.
    pub fn body(mut self, content_type: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        self.fields
            .push(("content-length".to_owned(), bytes.len().to_string()));
        self.body = Pieces::whole(bytes);
        self.field("content-type", content_type)
    }

    /// The same with a body that comes in these pieces, and whose length nobody knows beforehand.
    pub fn chunks(
        mut self,
        content_type: impl Into<String>,
        pieces: impl IntoIterator<Item = impl Into<Vec<u8>>>,
    ) -> Self {
        self.fields
            .push(("transfer-encoding".to_owned(), "chunked".to_owned()));
        self.body = Pieces::chunks(pieces.into_iter().map(Into::into).collect());
        self.field("content-type", content_type)
    }

    /// The same with a JSON body.
    ///
    /// # Panics
    ///
    /// If the value cannot be serialised.
    pub fn json<T: Serialize>(self, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(bytes) => self.body("application/json", bytes),
            Err(error) => fail(format_args!("the body cannot be serialised: {error}")),
        }
    }

    /// Sends the request. In process, what a transport adds of its own is not there: no `Date`, no
    /// `Content-Length`, and a panic of the service itself is a bare 500.
    ///
    /// # Panics
    ///
    /// If no answer comes over the socket, within 20 seconds.
    pub fn send(self) -> TestAnswer {
        match self.way {
            Way::InProcess(service) => self.call(&**service),
            Way::Socket(wire) => {
                let message = Message {
                    method: &self.method,
                    target: &self.target,
                    fields: &self.fields,
                    pieces: self.body.pieces().collect(),
                    is_chunked: self.body.is_chunked(),
                };
                match wire.send(&message) {
                    Ok(answer) => answer,
                    Err(error) => fail(format_args!("no answer came: {error}")),
                }
            }
        }
    }

    fn call(mut self, service: &dyn Service) -> TestAnswer {
        let fields: Vec<Field<'_>> = self
            .fields
            .iter()
            .map(|(name, value)| Field {
                name,
                value: value.as_bytes(),
            })
            .collect();
        // As large as a transport's limit, where the service sets none of its own.
        let body = Body::new(&mut self.body, 1024 * 1024);
        let mut request = Request::new(&self.method, &self.target, &fields, body);
        let mut response = Response::new();
        let called = catch_unwind(AssertUnwindSafe(|| {
            service.call(&mut request, &mut response);
        }));
        if called.is_err() {
            response.reset();
            response.set_status(Status::INTERNAL_SERVER_ERROR);
        }
        TestAnswer::of(response, self.method == "HEAD")
    }
}

impl fmt::Debug for TestRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestRequest")
            .field("method", &self.method)
            .field("target", &self.target)
            .field("fields", &self.fields)
            .finish_non_exhaustive()
    }
}
