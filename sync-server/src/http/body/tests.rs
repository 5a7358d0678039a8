//! Bodies beyond the limit, over real connections: the answer arrives, whatever the sender still sends.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::post;

use super::*;
use crate::http::one_form::one_form;
use crate::testing::world::World;

const MB: usize = 1 << 20;

/// More than the buffers of both sides hold.
const SENT: usize = 64 * MB;

/// A route that takes a megabyte, served.
async fn served() -> (World, SocketAddr) {
    let world = World::new().await;
    let taken = post(|body: Bytes| async move { body.len().to_string() });
    let routes = Router::new().route("/api/taken", limited(taken, MB));
    let routes = routes.layer(from_fn(one_form)).layer(from_fn(read_on)).with_state(world.state.clone());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum_server::from_tcp(listener).unwrap().serve(routes.into_make_service()));
    (world, address)
}

/// Sends all of a request before it reads a word of the answer, as simple clients do.
fn sent(address: SocketAddr, head: &str, piece: &[u8], pieces: usize, end: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    for _ in 0..pieces {
        stream.write_all(piece).unwrap();
    }
    stream.write_all(end).unwrap();
    let mut answer = vec![0; 4_096];
    let read = stream.read(&mut answer).unwrap();
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

async fn heard(head: String, piece: Vec<u8>, end: &'static [u8]) -> String {
    let (_world, address) = served().await;
    tokio::task::spawn_blocking(move || sent(address, &head, &piece, SENT / MB, end)).await.unwrap()
}

fn is_told(answer: &str) {
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(
        answer.contains("application/problem+json") && answer.contains("urn:tallyman:problem:too-large"),
        "{answer}"
    );
    assert!(answer.contains("longer than the 1 MB that this address takes"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_body_of_a_said_length_is_refused_with_words() {
    let head = format!("POST /api/taken HTTP/1.1\r\nhost: a\r\ncontent-length: {SENT}\r\n\r\n");
    is_told(&heard(head, vec![b'x'; MB], b"").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_body_in_chunks_is_refused_with_words() {
    let head = "POST /api/taken HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n".to_owned();
    let piece = [format!("{MB:x}\r\n").into_bytes(), vec![b'x'; MB], b"\r\n".to_vec()].concat();
    is_told(&heard(head, piece, b"0\r\n\r\n").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_to_be_told_to_go_on_is_refused_before_he_sends() {
    let (_world, address) = served().await;
    let head = format!("POST /api/taken HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: {SENT}\r\n\r\n");
    is_told(&tokio::task::spawn_blocking(move || sent(address, &head, b"", 0, b"")).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn over_http_2_the_answer_arrives_as_well() {
    let (_world, address) = served().await;
    // The process has one TLS provider; that it is there already is no fault.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().http2_prior_knowledge().no_proxy().build().unwrap();
    let send = async |bytes: usize| {
        let request = client.post(format!("http://{address}/api/taken")).body(vec![b'x'; bytes]);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (status, told) = send(SENT).await;
    assert_eq!(status, 413, "{told}");
    assert!(told.contains("longer than the 1 MB that this address takes"), "{told}");
    assert_eq!(send(MB).await, (200, MB.to_string()), "the connection goes on, and the limit itself is taken");
}
