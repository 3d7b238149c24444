//! One connection: from what `may_minihttp` hands over to the service, and back.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::thread;

use brrtrouter_transport::body::BufferedBody;
use brrtrouter_transport::{
    Body, BodySource, Field, Payload, Refusal, Request, Response, Service, Status, Version,
};
use may::coroutine;
use may_minihttp::{HttpService, HttpServiceFactory};

use crate::foreign;
use crate::gate::{Admitted, Head};
use crate::head_copy::{HeadCopy, NO_FIELDS};
use crate::inflow::Inflow;
use crate::limits::Limits;
use crate::link::{Arrival, Link, Phase};
use crate::outlet::{self, Answer, End, Outlet, Unread};
use crate::pause::{Home, go_home, here};
use crate::registry::Registry;

/// What all connections of a server share.
pub(crate) struct Shared<S> {
    pub(crate) service: S,
    pub(crate) limits: Limits,
    pub(crate) registry: Arc<Registry>,
    /// The most connections, with regard to what the process may have.
    pub(crate) room: usize,
}

/// Makes the crate's service of each connection.
pub(crate) struct Factory<S>(pub(crate) Arc<Shared<S>>);

impl<S: Service> HttpServiceFactory for Factory<S> {
    type Service = Connection<S>;

    fn new_service(&self, id: usize) -> Connection<S> {
        let open = match foreign::duplicate(id) {
            Ok(socket) => Open::new(socket, id, &self.0),
            Err(error) => {
                log::error!("a connection is dropped: {error}");
                foreign::hang_up(id);
                None
            }
        };
        if open.is_none() || self.0.registry.is_draining() {
            // The accept loop yields only when nobody connects: let those go that are turned away,
            // and let a cancel of the loop take effect.
            coroutine::yield_now();
        }
        Connection {
            shared: Arc::clone(&self.0),
            home: None,
            open,
            head: HeadCopy::default(),
            piece: Vec::new(),
            response: Response::new(),
        }
    }
}

impl<S> Drop for Factory<S> {
    fn drop(&mut self) {
        if !self.0.registry.is_draining() {
            log::error!("the accept loop has ended: nobody can connect any more");
        }
    }
}

/// One connection's side of the service.
pub(crate) struct Connection<S: Service> {
    shared: Arc<Shared<S>>,
    /// Where the connection's coroutine was started.
    home: Option<Home>,
    /// `None` where the connection was turned away and its socket is shut down.
    open: Option<Open>,
    head: HeadCopy,
    piece: Vec<u8>,
    response: Response,
}

/// A connection that is counted, for as long as this lives: the accept loop may be cancelled before
/// there is a coroutine for it.
struct Open {
    id: u64,
    registry: Arc<Registry>,
    outlet: Outlet,
}

impl Open {
    fn new<S>(socket: socket2::Socket, id: usize, shared: &Shared<S>) -> Option<Self> {
        // The crate does not, and its one write of a batch would wait for the peer's next packet.
        let _ = socket.set_tcp_nodelay(true);
        let link = Arc::new(Link::new(socket, id));
        let Some(id) = shared.registry.insert(&link, shared.room) else {
            outlet::send_busy(link.socket());
            return None;
        };
        Some(Self {
            id,
            registry: Arc::clone(&shared.registry),
            outlet: Outlet::new(link),
        })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.registry.remove(self.id);
    }
}

impl<S: Service> HttpService for Connection<S> {
    fn call(
        &mut self,
        request: may_minihttp::Request<'_, '_, '_>,
        out: &mut may_minihttp::Response<'_>,
    ) -> io::Result<()> {
        let Some(Open { outlet, .. }) = &mut self.open else {
            return Ok(());
        };
        // The first call comes from where the coroutine was started, since it waits only there.
        let home = *self.home.get_or_insert_with(here);
        outlet.begin();
        if outlet.end() != End::NotYet {
            outlet.refuse(out);
            return Ok(());
        }
        outlet.link().enter(Phase::Busy);
        let mut exchange = Exchange {
            shared: &self.shared,
            outlet,
            response: &mut self.response,
        };
        exchange.run(request, &mut self.head, &mut self.piece, out);
        go_home(home, outlet.link().id());
        outlet.link().enter(Phase::Waiting);
        Ok(())
    }
}

const MALFORMED: Refusal = Refusal::new(Status::BAD_REQUEST, "this is no request");

impl<S: Service> Drop for Connection<S> {
    fn drop(&mut self) {
        let Some(Open { outlet, .. }) = &mut self.open else {
            return;
        };
        // The crate gives a connection up for three reasons: the peer has closed, a write failed, or
        // it got something that is no request. Only the last leaves a socket that is still open.
        if !thread::panicking()
            && outlet.link().peek() != Arrival::End
            && outlet.can_answer_malformed()
        {
            MALFORMED.render(&self.shared.service, &mut self.response);
            outlet.answer_malformed(Answer::of(&self.response));
        }
    }
}

/// The most bytes of room for content that a connection keeps between requests.
const KEPT: usize = 256 * 1024;

/// One request and its answer.
struct Exchange<'c, S> {
    shared: &'c Shared<S>,
    outlet: &'c mut Outlet,
    response: &'c mut Response,
}

/// What is left to know of a request once the service has answered it.
struct Served {
    to_head: bool,
    version: Version,
    persistent: bool,
    unread: Unread,
}

impl<S: Service> Exchange<'_, S> {
    fn run(
        &mut self,
        request: may_minihttp::Request<'_, '_, '_>,
        copy: &mut HeadCopy,
        piece: &mut Vec<u8>,
        out: &mut may_minihttp::Response<'_>,
    ) {
        let mut table = NO_FIELDS;
        let given = request.headers();
        for (field, header) in table.iter_mut().zip(given) {
            *field = Field {
                name: header.name,
                value: header.value,
            };
        }
        let head = Head {
            method: request.method(),
            target: request.path(),
            version: match request.version() {
                0 => Version::Http10,
                _ => Version::Http11,
            },
            fields: table.get(..given.len()).unwrap_or_default(),
        };
        let admitted = match head.admit(&self.shared.limits) {
            Ok(admitted) => admitted,
            Err(refusal) => return self.refuse(refusal, out),
        };
        let to_head = head.method == "HEAD";
        let (version, persistent) = (head.version, admitted.persistent);
        let unread = if admitted.length == 0 {
            let mut nothing = BufferedBody::default();
            self.serve(
                head.method,
                &admitted.target,
                head.version,
                head.fields,
                &mut nothing,
            );
            Unread::Nothing
        } else {
            copy.store(head.method, &admitted.target, head.fields);
            let Admitted {
                length,
                expects_continue,
                ..
            } = admitted;
            // `body()` parses the length once more, which panics unless the gate has admitted it.
            let reader = request.body();
            self.serve_with_body(reader, copy, piece, (version, length, expects_continue))
        };
        let served = Served {
            to_head,
            version,
            persistent,
            unread,
        };
        self.answer(&served, out);
        if self.response.buffer().capacity() > KEPT {
            *self.response = Response::new();
        }
    }

    fn serve_with_body(
        &mut self,
        reader: may_minihttp::BodyReader<'_, '_>,
        copy: &HeadCopy,
        piece: &mut Vec<u8>,
        (version, length, awaited): (Version, u64, bool),
    ) -> Unread {
        let link = Arc::clone(self.outlet.shared_link());
        let mut inflow = Inflow::new(reader, &link, piece, length, awaited);
        let mut table = NO_FIELDS;
        let (method, target, fields) = copy.read(&mut table);
        self.serve(method, target, version, fields, &mut inflow);
        if inflow.drain(self.shared.limits.max_unread) {
            Unread::Nothing
        } else {
            Unread::Some
        }
    }

    /// Lets the service answer; a panic of its own is a bare 500.
    fn serve(
        &mut self,
        method: &str,
        target: &str,
        version: Version,
        fields: &[Field<'_>],
        body: &mut dyn BodySource,
    ) {
        self.response.reset();
        let body = Body::new(body, self.shared.limits.max_body);
        let mut request = Request::new(method, target, fields, body)
            .with_version(version)
            .with_peer(self.outlet.link().peer());
        let response = &mut *self.response;
        let service = &self.shared.service;
        let outcome = catch_unwind(AssertUnwindSafe(|| service.call(&mut request, response)));
        if let Err(panic) = outcome {
            if is_cancel(&*panic) {
                resume_unwind(panic);
            }
            log::error!("the service panicked at {method} {target}");
            self.fail();
        }
    }

    fn fail(&mut self) {
        self.response.reset();
        self.response.set_status(Status::INTERNAL_SERVER_ERROR);
    }

    /// Puts a file's bytes where other content is.
    fn read_file(&mut self) {
        let Payload::File(range) = self.response.payload() else {
            return;
        };
        let range = range.clone();
        let length = range.length();
        if length > self.shared.limits.max_file {
            log::error!("a file of {length} bytes is more than this transport may send");
            return self.fail();
        }
        match range.read_to(self.response.buffer(), usize::MAX) {
            Ok(count) if count as u64 == length => {}
            outcome => {
                log::error!("a file of {length} bytes cannot be sent: {outcome:?}");
                self.fail();
            }
        }
    }

    fn answer(&mut self, served: &Served, out: &mut may_minihttp::Response<'_>) {
        self.read_file();
        if matches!(
            self.response.payload(),
            Payload::Stream(_) | Payload::Events(_) | Payload::Upgrade(_)
        ) || self.response.status() < Status::OK
        {
            log::error!(
                "the service answered with {:?} and {}, which this transport cannot send",
                self.response.payload(),
                self.response.status()
            );
            self.fail();
        }
        let ends = !served.persistent
            || served.unread == Unread::Some
            || self.response.closes_connection()
            || self.shared.registry.is_draining();
        let answer = Answer {
            to_head: served.to_head,
            ..Answer::of(self.response)
        };
        if ends {
            let timeout = self.shared.limits.idle;
            self.outlet.last_answer(answer, served.unread, timeout, out);
        } else if served.version == Version::Http10 {
            self.outlet
                .answer(answer, "Connection: keep-alive\r\n", out);
        } else {
            self.outlet.answer(answer, "", out);
        }
    }

    /// Answers a request that the service must not see. Where it ends is not known.
    fn refuse(&mut self, refusal: Refusal, out: &mut may_minihttp::Response<'_>) {
        log::debug!("refused with {}: {}", refusal.status, refusal.reason);
        refusal.render(&self.shared.service, self.response);
        let answer = Answer::of(self.response);
        let timeout = self.shared.limits.idle;
        self.outlet.last_answer(answer, Unread::Some, timeout, out);
    }
}

/// Whether a panic is the way in which May ends a coroutine, and not the service's.
fn is_cancel(panic: &(dyn Any + Send)) -> bool {
    matches!(
        panic.downcast_ref(),
        Some(generator::Error::Cancel | generator::Error::Done)
    )
}
