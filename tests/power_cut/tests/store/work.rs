//! What the store is put through: commits of one to five events, photos, pages of references, acknowledgements, checkpoints,
//! a restart in the middle.

use std::path::Path;

use power_cut::{Rng, TestVfs, last_connection_pragma, watch_connections};
use ring::signature::Ed25519KeyPair;
use scanner_app::device::{Device, ManualDevice};
use scanner_app::store::{Opening, Store};
use shared::chain::sha256;
use shared::event::{Act, Capture, Event, Movement};
use shared::ids::{EpochId, TerminalId};
use shared::time::Timestamp;
use shared::wire::{AcknowledgedRange, Acknowledgement};
use uuid::Uuid;

pub const TERMINAL: TerminalId = TerminalId::new(Uuid::from_u128(1));
pub const EPOCH: EpochId = EpochId::new(Uuid::from_u128(2));

/// A photo small enough for hundreds of cuts.
pub fn photo(n: u64) -> Vec<u8> {
    let shade = n.to_be_bytes()[7];
    let image = image::RgbImage::from_pixel(48, 48, image::Rgb([shade, 255 - shade, 7]));
    let mut png = std::io::Cursor::new(Vec::new());
    image.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

/// The event of a number: its bytes are the same each time.
pub fn event(seq: u64) -> Event {
    let device = ManualDevice::new();
    let movement = Movement {
        task: "T1".into(),
        basis: "B".into(),
        document: "D".into(),
        text: format!("LABEL {seq} {}", "x".repeat(usize::try_from(seq % 7).unwrap() * 60)),
        how: Capture::Wedge,
        label: None,
        frame: None,
        reason: None,
    };
    Event {
        terminal: TERMINAL,
        epoch: EPOCH,
        seq,
        event_id: None,
        at: device.now(),
        mono_ms: seq,
        boot: device.boot(),
        operator: None,
        site: "S".into(),
        app: "test".into(),
        data_as_of: 0,
        act: Act::Outbound(movement),
    }
}

/// How a run is spoiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    /// `synchronous=OFF`, set behind the store's back.
    NotSynced,
}

/// What was done: each step's end is noted in the journal by its place in these lists.
#[derive(Debug, Default)]
pub struct Done {
    /// Last event number after each commit.
    pub commits: Vec<u64>,
    /// Photos that were kept, with how many commits came before.
    pub photos: Vec<(usize, shared::chain::Hash)>,
}

pub fn open(path: &Path, vfs: Option<&str>) -> Result<Store, scanner_app::store::StoreError> {
    Store::open_with(path, (TERMINAL, EPOCH), Opening { vfs, ..Opening::default() })
}

fn opened(path: &Path, vfs: TestVfs, fault: Fault) -> Store {
    watch_connections();
    let store = open(path, Some(vfs.name())).unwrap();
    if fault == Fault::NotSynced {
        // SAFETY: the store that was just opened is the thread's last connection, and nobody uses it now.
        assert!(unsafe { last_connection_pragma(c"pragma synchronous = off") });
    }
    store
}

/// Does it all. After each commit its number is noted in the journal, and after each photo 1,000,000 and its number.
pub fn run(path: &Path, vfs: TestVfs, commits: usize, (seed, fault): (u64, Fault)) -> Done {
    let mut rng = Rng::new(seed);
    let mut done = Done::default();
    let mut store = opened(path, vfs, fault);
    let now = ManualDevice::new().now();
    for commit in 0..commits {
        let first = store.next_seq().unwrap();
        let last = first + rng.below(5);
        let events: Vec<Event> = (first..=last).map(event).collect();
        let row = format!("commit-{commit}");
        let beside = move |conn: &rusqlite::Connection| {
            conn.execute("insert into meta (name, value) values (?1, 'done')", [&row])?;
            Ok(())
        };
        store.append(&events, beside).unwrap();
        done.commits.push(last);
        vfs.note(done.commits.len() as u64);
        match rng.below(12) {
            0 => {
                let hash = store.keep_photo(&photo(commit as u64), now).unwrap();
                done.photos.push((done.commits.len(), hash));
                vfs.note(1_000_000 + done.photos.len() as u64);
            }
            1 => acknowledge(&mut store, last),
            2 => {
                // SAFETY: this thread owns the connection, and it is idle.
                assert!(unsafe { last_connection_pragma(c"pragma wal_checkpoint(passive)") });
            }
            3 => {
                // SAFETY: as above.
                assert!(unsafe { last_connection_pragma(c"pragma wal_checkpoint(truncate)") });
            }
            4 => {
                drop(store);
                store = opened(path, vfs, fault);
            }
            _ => {}
        }
    }
    done
}

fn acknowledge(store: &mut Store, to: u64) {
    store.acknowledge(&acknowledgement((1, to), ManualDevice::new().now())).unwrap();
}

/// An acknowledgement of a range, signed by some server.
pub fn acknowledgement((from, to): (u64, u64), received_at: Timestamp) -> Acknowledgement {
    let range = AcknowledgedRange {
        ledger_id: Uuid::nil(),
        terminal: TERMINAL,
        epoch: EPOCH,
        from,
        to,
        hash: sha256(&[]),
        outcomes_digest: sha256(&[]),
        position: to,
        received_at,
        server_key: None,
        checkpoint: None,
    };
    Acknowledgement::sign(range, &Ed25519KeyPair::from_seed_unchecked(&[1; 32]).unwrap()).unwrap()
}
