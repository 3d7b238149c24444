//! The measured routes on axum; one runtime on one thread for each worker.

#![forbid(unsafe_code)]

use std::net::TcpListener;

use axum::extract::Path;
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use bytes::Bytes;
use peer::{Message, Options, Order, PLAINTEXT, Params, Receipt, message};

fn routes() -> Router {
    Router::new()
        .route("/plaintext", get(plaintext))
        .route("/json", get(json))
        .route("/users/{id}/posts/{post_id}", get(params))
        .route("/orders", post(order))
        .route("/echo", post(echo))
}

async fn plaintext() -> &'static str {
    PLAINTEXT
}

async fn json() -> Json<Message> {
    Json(message())
}

async fn params(Path(params): Path<Params>) -> Json<Params> {
    Json(params)
}

async fn order(Json(order): Json<Order>) -> Json<Receipt> {
    Json(order.receipt())
}

async fn echo(body: Bytes) -> Bytes {
    body
}

fn serve(listener: TcpListener) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)
            .expect("a listener")
            .tap_io(|stream| {
                let _ = stream.set_nodelay(true);
            });
        axum::serve(listener, routes()).await.expect("a server");
    });
}

fn main() {
    Options::from_arguments().run(serve);
}
