use std::net::IpAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::address::{is_inner, parse, reach};
use super::deliver::GIVE_UP_MS;
use super::store::{self, Webhook};
use super::{Delivering, signature};
use crate::testing::NOW;
use crate::testing::world::World;
use crate::workflow::Allowances;

#[test]
fn the_signature_is_hmac_sha_256_over_time_and_body() {
    // printf '1772000000.{}' | openssl dgst -sha256 -hmac key
    let expected = "t=1772000000,v1=09930d4bcf960e6085a259cd3300f0b85844e9bcbb4472b09b43631efbf0f067";
    assert_eq!(signature(b"key", 1_772_000_000, "{}"), expected);
}

#[test]
fn inner_networks_are_told_from_the_open_one() {
    let inner = [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.0.1",
        "198.18.0.1",
        "::1",
        "::",
        "fc00::1",
        "fe80::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
    ];
    for text in inner {
        assert!(is_inner(text.parse::<IpAddr>().unwrap()), "{text}");
    }
    for text in ["1.1.1.1", "100.128.0.1", "172.32.0.1", "2606:4700::1111"] {
        assert!(!is_inner(text.parse::<IpAddr>().unwrap()), "{text}");
    }
}

#[tokio::test]
async fn only_https_to_the_open_network_is_reached() {
    for text in
        ["http://erp.example/", "ftp://erp.example/", "nothing", "https://li:pw@erp.example/", "file:///etc/passwd"]
    {
        assert!(parse(text, false).is_err(), "{text}");
    }
    for text in ["https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https://2130706433/", "https://0x7f.1/"]
    {
        let url = parse(text, false).unwrap();
        assert!(reach(&url, false).await.is_err(), "{text}");
        assert!(reach(&url, true).await.is_ok(), "{text}");
    }
}

/// Takes one message and answers with a status; tells what came.
async fn take_one(listener: &TcpListener, status: &str) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let (mut heard, mut bytes) = (Vec::new(), [0; 4_096]);
    loop {
        let read = stream.read(&mut bytes).await.unwrap();
        heard.extend_from_slice(&bytes[..read]);
        let text = String::from_utf8_lossy(&heard).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        if body.len() == length.parse::<usize>().unwrap() {
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
            return text;
        }
    }
}

async fn webhook(world: &World, listener: &TcpListener, member: Option<&str>) -> Delivering {
    let webhook = Webhook {
        webhook_id: "w1".into(),
        url: format!("http://{}/hook", listener.local_addr().unwrap()),
        member: member.map(Into::into),
        secret: hex::encode("key"),
        made_at: NOW,
        position: 0,
        failing_since: None,
        disabled_at: None,
        last_error: None,
    };
    let mut tx = world.state.store.write().await.unwrap();
    store::put(&mut tx, &webhook).await.unwrap();
    tx.commit().await.unwrap();
    let (store, clock) = (world.state.store.clone(), std::sync::Arc::clone(&world.state.clock));
    Delivering { store, clock, allowances: Allowances::default(), may_be_inner: true }
}

async fn held(world: &World) -> (Webhook, u64) {
    let mut conn = world.state.store.read().await.unwrap();
    let webhook = store::list(&mut conn).await.unwrap().remove(0);
    (webhook, store::waiting(&mut conn, "w1").await.unwrap())
}

#[tokio::test]
async fn a_message_is_told_signed_within_its_scope_and_once() {
    let world = World::peopled().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let delivering = webhook(&world, &listener, Some("R1")).await;
    let (done, heard) = tokio::join!(delivering.once(), take_one(&listener, "204 No Content"));
    done.unwrap();
    let (head, body) = heard.split_once("\r\n\r\n").unwrap();
    assert!(body.contains("OF-O1") && !body.contains("OF-O2") && !body.contains("SECRET"), "{body}");
    let signed = signature(b"key", NOW.as_ms() / 1_000, body);
    assert!(head.contains(&format!("tallyman-signature: {signed}")), "{head}");
    assert!(head.contains("tallyman-delivery: w1-1"), "{head}");
    assert_eq!(held(&world).await.1, 0);
    delivering.once().await.unwrap();
    assert_eq!(held(&world).await.1, 0, "told once");
}

#[tokio::test]
async fn what_is_done_about_a_mismatch_is_told_signed_and_within_its_scope() {
    let world = World::peopled().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let delivering = webhook(&world, &listener, Some("R1")).await;
    let (done, _) = tokio::join!(delivering.once(), take_one(&listener, "204 No Content"));
    done.unwrap();
    // All four run out of time; the member sees one of them.
    let late = NOW.plus_ms(72 * 3_600_000);
    let allowances = Allowances::default();
    assert_eq!(crate::workflow::take::escalate(&world.state.store, &allowances, late).await.unwrap(), 4);
    let (done, heard) = tokio::join!(delivering.once(), take_one(&listener, "204 No Content"));
    done.unwrap();
    let (head, body) = heard.split_once("\r\n\r\n").unwrap();
    let said: serde_json::Value = serde_json::from_str(body).unwrap();
    let told = said["mismatches"].as_array().unwrap();
    assert_eq!(told.len(), 1, "{body}");
    assert_eq!((&told[0]["what"], &told[0]["subject"]), (&"escalated".into(), &"OF-O1".into()));
    assert!(head.contains(&signature(b"key", NOW.as_ms() / 1_000, body)), "{head}");
}

#[tokio::test]
async fn a_refused_message_waits_longer_each_time_until_the_webhook_is_given_up() {
    let world = World::peopled().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let delivering = webhook(&world, &listener, None).await;
    let (done, _) = tokio::join!(delivering.once(), take_one(&listener, "500 Internal Server Error"));
    done.unwrap();
    let (webhook, waiting) = held(&world).await;
    assert_eq!((webhook.failing_since, waiting), (Some(NOW), 1));
    world.pass_ms(9_999);
    delivering.once().await.unwrap();
    assert_eq!(held(&world).await.0.failing_since, Some(NOW), "not asked yet: nobody listens");
    let later = NOW.plus_ms(GIVE_UP_MS);
    world.pass_ms(GIVE_UP_MS - 9_999);
    let (done, _) = tokio::join!(delivering.once(), take_one(&listener, "302 Found\r\nlocation: http://127.0.0.1:1/"));
    done.unwrap();
    let (webhook, waiting) = held(&world).await;
    assert_eq!((webhook.disabled_at, waiting), (Some(later), 1));
    assert_eq!(webhook.last_error.as_deref(), Some("the receiver answered 302"));
    let mut tx = world.state.store.write().await.unwrap();
    assert!(store::enable(&mut tx, "w1").await.unwrap());
    tx.commit().await.unwrap();
    let (done, heard) = tokio::join!(delivering.once(), take_one(&listener, "200 OK"));
    done.unwrap();
    assert!(heard.contains("tallyman-delivery: w1-1"), "the same message again: {heard}");
    assert_eq!(held(&world).await.1, 0);
}

#[tokio::test]
async fn each_message_is_signed_when_it_is_sent_and_judged_by_what_is_known_then() {
    let world = World::peopled().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let delivering = webhook(&world, &listener, None).await;
    let mut tx = world.state.store.write().await.unwrap();
    store::queue(&mut tx, "w1", &["first".into(), "second".into()], 1_000_000).await.unwrap();
    store::failed(&mut tx, "w1", (1, NOW), "down", (NOW.plus_ms(-GIVE_UP_MS), false)).await.unwrap();
    tx.commit().await.unwrap();
    let receiver = async {
        let first = take_one(&listener, "200 OK").await;
        world.pass_ms(5_000);
        (first, take_one(&listener, "500 Internal Server Error").await)
    };
    let (done, (first, second)) = tokio::join!(delivering.once(), receiver);
    done.unwrap();
    assert!(first.contains(&signature(b"key", NOW.as_ms() / 1_000, "first")), "{first}");
    assert!(second.contains(&signature(b"key", NOW.plus_ms(5_000).as_ms() / 1_000, "second")), "{second}");
    let (webhook, waiting) = held(&world).await;
    assert_eq!((webhook.disabled_at, webhook.failing_since, waiting), (None, Some(NOW.plus_ms(5_000)), 1));
}
