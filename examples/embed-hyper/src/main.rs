//! An OpenAPI document in front of a server of hyper.

#![forbid(unsafe_code)]

use std::convert::Infallible;
use std::error::Error;
use std::io::{self, Write as _};
use std::sync::Arc;

use brrtrouter_core::{Date, Extractors, FieldSource, Lookup, Param, ParamError, Params};
use brrtrouter_core::{PathParams, Router, Slots, Source};
use brrtrouter_spec::Loader;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderMap;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

const ALBUM: Param<u64> = Param::new("albumId");
const NAME: Param<str> = Param::new("name");
const SINCE: Param<Date> = Param::new("since");
const TAG: Param<str> = Param::new("tag");
const SCALE: Param<f32> = Param::new("X-Scale");

/// What is made of the document once, each operation with its name.
struct Api {
    router: Router,
    operations: Vec<(String, Extractors)>,
}

struct Fields<'r>(&'r HeaderMap);

impl FieldSource for Fields<'_> {
    fn field(&self, name: &str) -> Option<&[u8]> {
        self.field_at(name, 0)
    }

    fn field_at(&self, name: &str, index: usize) -> Option<&[u8]> {
        Some(self.0.get_all(name).iter().nth(index)?.as_bytes())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let spec = Loader::new().load_str(include_str!("../openapi.yaml"), "openapi.yaml")?;
    let mut operations = Vec::new();
    for operation in &spec.operations {
        let extractors = Extractors::compile(&spec, operation)?;
        operations.push((operation.name.clone(), extractors));
    }
    let router = Router::compile(&spec)?;
    let api = Arc::new(Api { router, operations });
    let address = std::env::args().nth(1);
    let listener = TcpListener::bind(address.as_deref().unwrap_or("127.0.0.1:8080")).await?;
    let own = listener.local_addr()?;
    writeln!(io::stdout(), "listening on http://{own}")?;
    loop {
        let (stream, _) = listener.accept().await?;
        let api = Arc::clone(&api);
        let service = service_fn(move |request| {
            let response = answer(&api, &request);
            async { Ok::<_, Infallible>(response) }
        });
        let connection = hyper::server::conn::http1::Builder::new();
        tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
    }
}

fn answer(api: &Api, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let method = request.method().as_str();
    let target = request.uri().path_and_query();
    let target = target.map_or("/", |target| target.as_str());
    let mut path = PathParams::new();
    let found = match api.router.lookup(method, target, &mut path) {
        Lookup::Found(found) => api.operations.get(found.operation().index()),
        Lookup::BadPath(reason) => return respond(400, format!("{reason}\n")),
        Lookup::MethodNotAllowed(allow) | Lookup::Options(allow) => {
            return respond(405, format!("try {}\n", allow.header_value()));
        }
        _ => None,
    };
    let Some((name, extractors)) = found else {
        return respond(404, "there is no such page\n".into());
    };
    let fields = Fields(request.headers());
    let source = Source::new(target, &path, &fields);
    let mut faults = String::new();
    let mut slots = Slots::new();
    let parameters = extractors.extract(source, &mut slots);
    parameters.check(&mut |fault| faults += &format!("{fault}\n"));
    let params = Params::planned(extractors, source);
    let content = match name.as_str() {
        _ if !faults.is_empty() => return respond(400, faults),
        "listPhotos" => list_photos(params),
        _ => get_photo(params),
    };
    let fault = |fault: ParamError<'_>| respond(400, format!("{fault}\n"));
    content.map_or_else(fault, |text| respond(200, text))
}

fn list_photos(params: Params<'_>) -> Result<String, ParamError<'_>> {
    let (album, since) = (params.get(ALBUM)?, params.get(SINCE)?);
    let tags: Vec<_> = params.query().all(TAG).collect::<Result<_, _>>()?;
    Ok(format!("album {album} since {since}, {tags:?}\n"))
}

fn get_photo(params: Params<'_>) -> Result<String, ParamError<'_>> {
    let (album, name) = (params.get(ALBUM)?, params.get(NAME)?);
    let scale = params.headers().find(SCALE)?.unwrap_or(1.0);
    Ok(format!("{name} of album {album}, {scale} times as large\n"))
}

fn respond(status: u16, text: String) -> Response<Full<Bytes>> {
    let response = Response::builder().status(status);
    response.body(text.into()).unwrap_or_default()
}
