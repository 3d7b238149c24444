//! Stopping a server, gently or at once.

use std::sync::Arc;
use std::time::Duration;

use brrtrouter_transport::ServerControl;

use crate::hub::Hub;

/// What a [`ServerHandle`](brrtrouter_transport::ServerHandle) holds on to.
pub(crate) struct Control(pub(crate) Arc<Hub>);

impl ServerControl for Control {
    fn start_drain(&self) {
        self.0.start_drain();
    }

    fn wait(&self, limit: Option<Duration>) -> bool {
        self.0.wait(limit)
    }

    fn abort(&self) -> usize {
        self.0.abort()
    }
}
