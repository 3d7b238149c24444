//! Servers that run for one test.

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::LazyLock;
use std::time::Duration;

use brrtrouter::prelude::*;
use brrtrouter::testing::TestClient;
use brrtrouter::{AppServiceBuilder, ServeError, ServerHandle};
use brrtrouter_minihttp::MiniHttpServer;
use brrtrouter_spec::Loader;
use brrtrouter_transport::Service;
use pet_store::tokens::SigningKey;

use crate::client::Client;

/// The one API key of the pet store under test.
pub const KEY: &str = "a-key-for-tests-only";

/// The secret of the pet store's tokens under test.
#[allow(clippy::expect_used)]
static SIGNING: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::random().expect("a secret"));

/// The value of `Authorization` with a token of that scope for the pet store under test.
///
/// # Panics
///
/// If the clock stands before 1970.
#[allow(clippy::expect_used)]
pub fn bearer(scope: &str) -> String {
    let token = SIGNING.mint("tester", &[scope.to_owned()], Duration::from_secs(600));
    format!("Bearer {}", token.expect("a token"))
}

/// A transport to test on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// `brrtrouter-raw`
    Raw,
    /// `brrtrouter-minihttp`
    MiniHttp,
}

/// A server that is shut down at the end of its test.
#[derive(Debug)]
pub struct Running {
    handle: ServerHandle,
}

impl On {
    /// Serves on a free port of the loopback.
    pub fn try_serve(self, service: impl Service) -> Result<Running, ServeError> {
        let handle = self.try_start(service)?;
        Ok(Running { handle })
    }

    fn try_start(self, service: impl Service) -> Result<ServerHandle, ServeError> {
        let address = "127.0.0.1:0";
        match self {
            On::Raw => RawServer::bind(address)?.serve(service),
            On::MiniHttp => MiniHttpServer::bind(address)?.serve(service),
        }
    }

    /// Serves on a free port of the loopback until the test shuts it down.
    ///
    /// # Panics
    ///
    /// If it does not start.
    #[allow(clippy::expect_used)]
    pub fn start(self, service: impl Service) -> ServerHandle {
        self.try_start(service).expect("the server starts")
    }

    /// As [`try_serve`](Self::try_serve), for services that must start.
    ///
    /// # Panics
    ///
    /// If it does not.
    #[allow(clippy::expect_used)]
    pub fn serve(self, service: impl Service) -> Running {
        self.try_serve(service).expect("the server starts")
    }

    /// A client of a server for that service alone.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn client(self, service: impl Service) -> Served {
        let running = self.serve(service);
        Served {
            client: TestClient::at(running.address()),
            running,
        }
    }
}

/// A server, and a client of it that keeps its connection.
#[derive(Debug)]
pub struct Served {
    client: TestClient,
    running: Running,
}

impl Served {
    /// The server.
    pub fn running(&self) -> &Running {
        &self.running
    }
}

impl Deref for Served {
    type Target = TestClient;

    fn deref(&self) -> &TestClient {
        &self.client
    }
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.handle.local_addr()
    }

    /// A client with a connection of its own.
    pub fn client(&self) -> Client {
        Client::new(self.address())
    }

    /// The handle.
    pub fn handle(&self) -> &ServerHandle {
        &self.handle
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.shutdown(Duration::ZERO);
    }
}

/// A pet store with three samples, without its stream where the transport has none.
///
/// # Panics
///
/// If the example does not build.
#[allow(clippy::expect_used)]
pub fn pet_store(on: On) -> Running {
    let builder = pet_store_builder();
    let builder = match on {
        On::Raw => builder,
        On::MiniHttp => builder.without_streams(),
    };
    on.serve(builder.build().expect("the pet store builds"))
}

/// The pet store, to be built.
///
/// # Panics
///
/// If the example's document does not load.
#[allow(clippy::expect_used)]
pub fn pet_store_builder() -> AppServiceBuilder {
    let spec = load_spec(pet_store::service::DOCUMENT).expect("the document loads");
    let keys = ApiKeys::new([("tester", KEY)]).expect("the key is good");
    let tokens = SIGNING.provider().expect("tokens can be checked");
    pet_store::service::builder(spec, pet_store::store::Store::with_samples(), keys, tokens)
}

/// A service over a document that stands in the test, to be built.
///
/// # Panics
///
/// If the document does not load.
#[allow(clippy::expect_used)]
pub fn service_of(document: &str) -> AppServiceBuilder {
    let spec = Loader::new().load_str(document, "test.yaml");
    AppService::builder(spec.expect("the document loads"))
}
