//! Photos in chunks: resumed, repeated, wrong, too many.

use shared::chain::{Hash, sha256};
use shared::ids::{MemberId, TerminalId};
use shared::wire::{ATTACHMENT_BYTES_MAX, AttachmentState};
use uuid::Uuid;

use super::store::{Chunk, Owner, find, put, state};
use super::{AttachmentError, PENDING_BYTES_MAX};
use crate::testing::{NOW, Trade};

fn photo(n: u8, bytes: usize) -> (Hash, Vec<u8>) {
    let body: Vec<u8> = (0..bytes).map(|at| n.wrapping_add(u8::try_from(at % 251).unwrap())).collect();
    (sha256(&[&body]), body)
}

fn terminal(n: u128) -> TerminalId {
    TerminalId::new(Uuid::from_u128(n))
}

#[tokio::test]
async fn chunks_come_in_any_order_and_number_and_only_the_next_counts() {
    let trade = Trade::new().await;
    let member = MemberId::from("M");
    let owner = Owner { terminal: terminal(1), member: &member };
    let (hash, body) = photo(1, 150_000);
    let chunk =
        |offset: usize, end: usize| Chunk { hash, offset: offset as u64, length: 150_000, body: &body[offset..end] };
    let mut tx = trade.store.write().await.unwrap();
    let held = |offset, complete| AttachmentState { offset, complete };
    assert_eq!(state(&mut tx, owner, hash).await.unwrap(), held(0, false));
    assert_eq!(put(&mut tx, owner, &chunk(65_536, 131_072), NOW).await.unwrap(), held(0, false), "not its turn");
    for _ in 0..2 {
        assert_eq!(put(&mut tx, owner, &chunk(0, 65_536), NOW).await.unwrap(), held(65_536, false));
    }
    assert_eq!(state(&mut tx, owner, hash).await.unwrap(), held(65_536, false));
    assert_eq!(put(&mut tx, owner, &chunk(65_536, 131_072), NOW).await.unwrap(), held(131_072, false));
    assert!(find(&mut tx, hash).await.unwrap().is_none(), "a part is nothing");
    assert_eq!(put(&mut tx, owner, &chunk(131_072, 150_000), NOW).await.unwrap(), held(150_000, true));
    assert_eq!(find(&mut tx, hash).await.unwrap(), Some(body.clone()));
    assert_eq!(
        put(&mut tx, owner, &chunk(0, 65_536), NOW).await.unwrap(),
        held(150_000, true),
        "once more changes nothing"
    );
    // Another member learns nothing of it.
    let other = MemberId::from("W");
    let other = Owner { terminal: terminal(2), member: &other };
    assert_eq!(state(&mut tx, other, hash).await.unwrap(), held(0, false));
}

#[tokio::test]
async fn bytes_that_are_not_those_of_the_name_are_thrown_away() {
    let trade = Trade::new().await;
    let member = MemberId::from("M");
    let owner = Owner { terminal: terminal(1), member: &member };
    let ((hash, _), (_, body)) = (photo(1, 900), photo(2, 900));
    let mut tx = trade.store.write().await.unwrap();
    let chunk = Chunk { hash, offset: 0, length: 900, body: &body };
    assert!(matches!(put(&mut tx, owner, &chunk, NOW).await, Err(AttachmentError::Mismatch { .. })));
    assert_eq!(state(&mut tx, owner, hash).await.unwrap(), AttachmentState { offset: 0, complete: false });
    let beyond = Chunk { length: 100, ..chunk };
    assert!(matches!(put(&mut tx, owner, &beyond, NOW).await, Err(AttachmentError::Beyond)));
    for length in [0, ATTACHMENT_BYTES_MAX + 1, u64::MAX] {
        assert!(matches!(put(&mut tx, owner, &Chunk { length, ..chunk }, NOW).await, Err(AttachmentError::Length(_))));
    }
    let long = vec![0; 65_537];
    let long = Chunk { length: 70_000, body: &long, ..chunk };
    assert!(matches!(put(&mut tx, owner, &long, NOW).await, Err(AttachmentError::Chunk)));
}

#[tokio::test]
async fn what_no_event_names_has_a_quota_and_what_lay_still_makes_room() {
    let trade = Trade::new().await;
    let member = MemberId::from("M");
    let owner = Owner { terminal: terminal(1), member: &member };
    let mut tx = trade.store.write().await.unwrap();
    let begin = |n: u8| Chunk { hash: photo(n, 10).0, offset: 0, length: ATTACHMENT_BYTES_MAX, body: b"part" };
    let fits = u8::try_from(PENDING_BYTES_MAX / ATTACHMENT_BYTES_MAX).unwrap();
    for n in 0..fits {
        put(&mut tx, owner, &begin(n), NOW).await.unwrap();
    }
    assert!(matches!(put(&mut tx, owner, &begin(fits), NOW).await, Err(AttachmentError::Quota)));
    let other = Owner { terminal: terminal(2), member: &member };
    put(&mut tx, other, &begin(fits), NOW).await.unwrap();
    put(&mut tx, owner, &begin(fits), NOW.plus_ms(25 * 3_600_000)).await.unwrap();
}
