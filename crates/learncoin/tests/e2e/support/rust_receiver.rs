use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use standardwebhooks::Webhook;
use tokio::sync::mpsc::UnboundedSender;

#[derive(Clone)]
pub struct Receiver {
    secret: String,
    handled: Arc<Mutex<HashSet<String>>>,
    work: UnboundedSender<Value>,
}

/// Responds at once, and sends the event to the other end of `work`.
pub fn receiver(secret: &str, work: UnboundedSender<Value>) -> Router {
    let receiver = Receiver { secret: secret.to_owned(), handled: Arc::default(), work };
    Router::new().route("/learncoin", post(receive)).with_state(receiver)
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    // Checks the signature over the body's bytes as they arrived, and refuses times more than five minutes away.
    let genuine = Webhook::new(&receiver.secret).and_then(|webhook| webhook.verify(&body, &headers)).is_ok();
    let Some(event) = serde_json::from_slice::<Value>(&body).ok().filter(|_| genuine) else {
        return StatusCode::BAD_REQUEST;
    };
    let id = event["id"].as_str().unwrap_or_default().to_owned();
    if receiver.handled.lock().unwrap().insert(id) {
        receiver.work.send(event).unwrap();
    }
    StatusCode::NO_CONTENT
}
