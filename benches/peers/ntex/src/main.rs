//! The measured routes on ntex.

#![forbid(unsafe_code)]

use ntex::util::Bytes;
use ntex::web::types::{Json, Path};
use ntex::web::{self, App, HttpServer};
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

#[ntex::main]
async fn main() -> std::io::Result<()> {
    let options = Options::from_arguments();
    let server = HttpServer::new(async || {
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
