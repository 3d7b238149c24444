//! Who may call from a page of another origin (the Fetch Standard, "CORS protocol").
//!
//! | module | holds |
//! |---|---|
//! | `policy` | [`CorsPolicy`]: which origins, methods and fields |
//! | `operations` | what the document says of each operation: its methods and its fields |

mod operations;
mod policy;

use std::collections::HashMap;
use std::sync::Arc;

use brrtrouter_spec::Spec;
use brrtrouter_spec::model::OperationId;
use brrtrouter_transport::{HeaderLine, Request, Response, Status};

use crate::middleware::vary;
use crate::middleware::{Middleware, Next};

use operations::OperationFields;

pub use policy::{CorsError, CorsPolicy};

/// Lets pages of other origins call the API, as far as a policy goes.
///
/// A preflight is answered here, for the operation that it asks about, before security and without
/// calling it. Every other request goes on, whoever sent it; if its origin is one of the policy the
/// answer says so, and answers that are errors say it as well. Methods and fields need not be listed:
/// an operation's own method is allowed, and so are the fields that the document declares for it as
/// header parameters, as credentials and for its body.
///
/// ```
/// use brrtrouter::middleware::{CorsMiddleware, CorsPolicy};
///
/// let policy = CorsPolicy::origins(["https://app.example"])?.with_credentials()?;
/// let cors = CorsMiddleware::new(policy)
///     .operation("getStatus", CorsPolicy::any_origin());
/// # Ok::<(), brrtrouter::middleware::CorsError>(())
/// ```
#[derive(Debug, Clone)]
pub struct CorsMiddleware {
    policy: Arc<CorsPolicy>,
    by_name: HashMap<String, Arc<CorsPolicy>>,
}

impl CorsMiddleware {
    /// The same policy for all operations.
    pub fn new(policy: CorsPolicy) -> Self {
        Self {
            policy: Arc::new(policy),
            by_name: HashMap::new(),
        }
    }

    /// The same with another policy for one operation. The log says if there is none of that name.
    pub fn operation(mut self, name: impl Into<String>, policy: CorsPolicy) -> Self {
        self.by_name.insert(name.into(), Arc::new(policy));
        self
    }
}

impl Middleware for CorsMiddleware {
    fn handle(&self, request: &mut Request<'_>, response: &mut Response, next: Next<'_>) {
        let origin = text(request, "origin");
        next.run(request, response);
        self.policy.mark(origin, response);
    }

    fn for_document(&self, spec: &Spec) -> Option<Box<dyn Middleware>> {
        for name in self.by_name.keys() {
            if spec.operation_named(name).is_none() {
                log::warn!("there is no operation {name:?} for the CORS policy of that name");
            }
        }
        let operations = spec.operations.iter().map(|operation| {
            let own = self.by_name.get(&operation.name);
            let policy = Arc::clone(own.unwrap_or(&self.policy));
            OperationFields::new(spec, operation, policy)
        });
        Some(Box::new(BoundCors {
            policy: Arc::clone(&self.policy),
            operations: operations.collect(),
        }))
    }
}

/// The policies of one document, by the places of its operations.
struct BoundCors {
    policy: Arc<CorsPolicy>,
    operations: Box<[OperationFields]>,
}

const VARY_METHOD: HeaderLine = HeaderLine::from_static("vary: Access-Control-Request-Method\r\n");
const VARY_FIELDS: HeaderLine = HeaderLine::from_static("vary: Access-Control-Request-Headers\r\n");
const PRIVATE: HeaderLine =
    HeaderLine::from_static("access-control-allow-private-network: true\r\n");

impl Middleware for BoundCors {
    fn handle(&self, request: &mut Request<'_>, response: &mut Response, next: Next<'_>) {
        if request.method == "OPTIONS"
            && let Some(method) = text(request, "access-control-request-method")
            && let Some(origin) = text(request, "origin")
        {
            let target = request.target;
            let allowed = match next.operation_of(method, target) {
                Some(id) => self
                    .operation(id)
                    .map(|it| (it.policy(), method.to_owned())),
                None => next
                    .methods_of(target)
                    .map(|methods| (&*self.policy, methods)),
            };
            if let Some((policy, methods)) = allowed {
                let operation = next.operation_of(method, target);
                let fields = operation.and_then(|id| self.operation(id));
                return preflight(request, response, policy, origin, &methods, fields);
            }
        }
        // What is further in may send the request elsewhere, and change its fields.
        let origin = text(request, "origin");
        let outcome = next.run(request, response);
        let own = outcome.reached().and_then(|id| self.operation(id));
        let policy = own.map_or(&*self.policy, OperationFields::policy);
        policy.mark(origin, response);
    }
}

impl BoundCors {
    fn operation(&self, id: OperationId) -> Option<&OperationFields> {
        self.operations.get(id.index())
    }
}

/// Answers the question whether a request may be sent.
fn preflight(
    request: &Request<'_>,
    response: &mut Response,
    policy: &CorsPolicy,
    origin: &str,
    methods: &str,
    operation: Option<&OperationFields>,
) {
    response.set_status(Status::NO_CONTENT);
    vary::add(response.headers_mut(), &VARY_METHOD);
    vary::add(response.headers_mut(), &VARY_FIELDS);
    if !policy.mark(Some(origin), response) {
        return;
    }
    let headers = response.headers_mut();
    // Methods and names of fields are tokens, so they can stand in a field.
    let _ = headers.set(
        "access-control-allow-methods",
        &policy.methods_among(methods),
    );
    let asked = text(request, "access-control-request-headers").unwrap_or_default();
    let fields = policy.fields_among(asked, operation.map(OperationFields::names));
    if !fields.is_empty() {
        let _ = headers.set("access-control-allow-headers", &fields);
    }
    if let Some(line) = policy.max_age_line() {
        headers.push_line(line);
    }
    let asks = text(request, "access-control-request-private-network") == Some("true");
    if asks && policy.allows_private_network() {
        headers.push_line(&PRIVATE);
    }
}

/// The value of a field that stands once; one that stands twice is nobody's.
fn text<'r>(request: &Request<'r>, name: &str) -> Option<&'r str> {
    let mut values = request.fields_named(name);
    let value = values.next()?;
    if values.next().is_some() {
        return None;
    }
    std::str::from_utf8(value).ok()
}
