//! The measured routes on actix-web.

#![forbid(unsafe_code)]

use actix_web::web::{self, Json, Path};
use actix_web::{App, HttpServer};
use bytes::Bytes;
use peer::{Message, Options, PLAINTEXT, Params, message};

async fn plaintext() -> &'static str {
    PLAINTEXT
}

async fn json() -> Json<Message> {
    Json(message())
}

async fn params(params: Path<Params>) -> Json<Params> {
    Json(params.into_inner())
}

async fn echo(body: Bytes) -> Bytes {
    body
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let options = Options::from_arguments();
    let server = HttpServer::new(|| {
        App::new()
            .route("/plaintext", web::get().to(plaintext))
            .route("/json", web::get().to(json))
            .route("/users/{id}/posts/{post_id}", web::get().to(params))
            .route("/echo", web::post().to(echo))
    })
    .workers(options.workers)
    .bind(options.address)?;
    options.announce();
    server.run().await
}
