//! The measured routes on hyper, found by matchit; one runtime on one thread for each worker.

#![forbid(unsafe_code)]

use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use matchit::Router;
use peer::{Options, PLAINTEXT, Params, message};

#[derive(Clone, Copy)]
enum Route {
    Plaintext,
    Json,
    Params,
    Echo,
}

struct Routes {
    get: Router<Route>,
    post: Router<Route>,
}

impl Routes {
    fn new() -> Self {
        let mut get = Router::new();
        for (template, route) in [
            ("/plaintext", Route::Plaintext),
            ("/json", Route::Json),
            ("/users/{id}/posts/{post_id}", Route::Params),
        ] {
            get.insert(template, route).expect("distinct routes");
        }
        let mut post = Router::new();
        post.insert("/echo", Route::Echo).expect("one route");
        Self { get, post }
    }

    async fn answer(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        let table = match *request.method() {
            Method::GET => &self.get,
            Method::POST => &self.post,
            _ => return Ok(failure(StatusCode::METHOD_NOT_ALLOWED)),
        };
        let Ok(found) = table.at(request.uri().path()) else {
            return Ok(failure(StatusCode::NOT_FOUND));
        };
        Ok(match found.value {
            Route::Plaintext => ok("text/plain", Bytes::from_static(PLAINTEXT.as_bytes())),
            Route::Json => json(&message()),
            Route::Params => match params(&found.params) {
                Some(params) => json(&params),
                None => failure(StatusCode::BAD_REQUEST),
            },
            Route::Echo => match request.into_body().collect().await {
                Ok(body) => ok("application/octet-stream", body.to_bytes()),
                Err(_) => failure(StatusCode::BAD_REQUEST),
            },
        })
    }
}

fn params(found: &matchit::Params<'_, '_>) -> Option<Params> {
    Some(Params {
        id: found.get("id")?.parse().ok()?,
        post_id: found.get("post_id")?.parse().ok()?,
    })
}

fn json(value: &impl serde::Serialize) -> Response<Full<Bytes>> {
    match serde_json::to_vec(value) {
        Ok(body) => ok("application/json", Bytes::from(body)),
        Err(_) => failure(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn ok(media_type: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

fn failure(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

fn serve(listener: TcpListener) {
    let routes = Arc::new(Routes::new());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                continue;
            };
            let _ = stream.set_nodelay(true);
            let routes = Arc::clone(&routes);
            tokio::spawn(async move {
                let service = service_fn(|request| routes.answer(request));
                let _ = http1::Builder::new()
                    .pipeline_flush(true)
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
}

fn main() {
    Options::from_arguments().run(serve);
}
