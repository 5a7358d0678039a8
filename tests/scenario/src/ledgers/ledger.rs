//! One real ledger, emptied and filled again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::Mutex;

use cluster::{Cluster, TestDatabase};
use ring::signature::Ed25519KeyPair;
use shared::chain::{PublicKey, epoch_hash, event_hash, sha256};
use shared::event::Event;
use shared::ids::TerminalId;
use shared::mismatch::Mismatch;
use shared::rules::Policy;
use shared::time::Timestamp;
use shared::wire::{Batch, BatchHeader, DataAsOf, Offer, REPLY_FORM, Record, WIRE_VERSION};
use sync_server::evidence;
use sync_server::identity::Credential;
use sync_server::ingest::{Judging, PushError, Received, push_group};
use sync_server::people::Actor;
use sync_server::reconcile::{self, Known, Touched};
use sync_server::store::{self, DatabaseSettings, DatabaseUrl, Store, digest};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::terminal::Terminal;

/// The ledger of every scenario's server.
const LEDGER: Uuid = Uuid::from_u128(0x7361_6765);

/// What holds the data, for as long as the ledger is used.
enum Place {
    File(#[expect(dead_code, reason = "removed with the ledger")] TempDir),
    Database(#[expect(dead_code, reason = "dropped with the ledger")] TestDatabase<'static>),
}

/// Events that the ledger's writer remembers: so few that it forgets and reads again in most files.
const REMEMBERED_MAX: usize = 8;

/// A ledger, and what runs its work.
pub(super) struct Ledger {
    store: Store,
    known: Mutex<Known>,
    runtime: Runtime,
    place: Place,
}

/// An error in its own words.
pub(super) fn words(error: impl Display) -> String {
    error.to_string()
}

/// A key that follows from a name.
fn key(name: &str) -> Result<Ed25519KeyPair, String> {
    Ed25519KeyPair::from_seed_unchecked(sha256(&[name.as_bytes()]).as_bytes()).map_err(words)
}

impl Ledger {
    pub(super) fn in_a_file() -> Result<Self, String> {
        let memory = std::path::Path::new("/dev/shm");
        let folder = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = TempDir::with_prefix_in("scenario-", folder).map_err(words)?;
        let settings = DatabaseSettings::Sqlite(folder.path().join("ledger.sqlite"));
        Self::new(&settings, Place::File(folder))
    }

    pub(super) fn in_a_database() -> Result<Self, String> {
        let cluster = Cluster::shared().map_err(|error| format!("{error:#}"))?;
        let database = cluster.create().map_err(|error| format!("{error:#}"))?;
        let settings = DatabaseSettings::Postgres(DatabaseUrl::new(database.url()));
        Self::new(&settings, Place::Database(database))
    }

    fn new(settings: &DatabaseSettings, place: Place) -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(words)?;
        let store = runtime.block_on(Store::connect(settings, LEDGER)).map_err(words)?;
        Ok(Self { store, known: Mutex::new(Known::remembering(REMEMBERED_MAX)), runtime, place })
    }

    /// Forgets everything but the schema.
    pub(super) fn empty(&self, policy: &Policy, now: Timestamp) -> Result<(), String> {
        *self.known.lock().map_err(words)? = Known::remembering(REMEMBERED_MAX);
        self.runtime.block_on(async {
            let mut tx = self.store.write().await.map_err(words)?;
            for table in digest::tables(&mut tx).await.map_err(words)? {
                if ["ledger", "audit_head"].contains(&table.as_str()) {
                    continue;
                }
                // Numbers that a database draws start again as well.
                let sql = match self.place {
                    Place::File(_) => format!("delete from {table}"),
                    Place::Database(_) => format!("truncate table {table} restart identity"),
                };
                let sql = sqlx::AssertSqlSafe(sql);
                sqlx::query(sql).execute(&mut *tx).await.map_err(words)?;
            }
            sqlx::query("update ledger set position = 0").execute(&mut *tx).await.map_err(words)?;
            let sql = "update audit_head set entries = 0, hash = $1";
            sqlx::query(sql).bind(vec![0_u8; 32]).execute(&mut *tx).await.map_err(words)?;
            tx.commit().await.map_err(words)?;
            reconcile::adopt_policy(&self.store, *policy, now).await.map_err(words)
        })
    }

    pub(super) fn enrol(&self, terminal: &Terminal) -> Result<(), String> {
        let new = store::terminal::Terminal {
            terminal: terminal.id,
            public_key: PublicKey::of(&key(&terminal.name)?),
            member: terminal.member.clone(),
            site: terminal.site.clone(),
            name: terminal.name.clone(),
            revoked_at: None,
            reached_at: None,
        };
        self.runtime.block_on(async {
            let mut tx = self.store.write().await.map_err(words)?;
            store::terminal::put(&mut tx, &new).await.map_err(words)?;
            tx.commit().await.map_err(words)
        })
    }

    pub(super) fn revoke(&self, terminal: TerminalId, at: Timestamp) -> Result<(), String> {
        self.runtime.block_on(async {
            let mut tx = self.store.write().await.map_err(words)?;
            store::terminal::revoke(&mut tx, terminal, at).await.map_err(words)?;
            tx.commit().await.map_err(words)
        })
    }

    /// Stores records and judges again whatever they may change.
    pub(super) fn learn(&self, records: &[Record], now: Timestamp) -> Result<(), String> {
        self.runtime.block_on(async {
            let mut tx = self.store.write().await.map_err(words)?;
            let position = store::next_position(&mut tx).await.map_err(words)?;
            let bases = store::event::bases_worked_on(&mut tx).await.map_err(words)?;
            let mut touched = Touched { bases, ..Touched::default() };
            for record in records {
                let stored = match record {
                    Record::Code(code) => {
                        touched.codes.insert(code.code.clone());
                        store::code::put(&mut tx, code, position).await
                    }
                    other => store::reference::put(&mut tx, other, position).await,
                };
                stored.map_err(words)?;
                touched.bases.extend(of_basis(record));
                touched.members.extend(of_member(record));
            }
            reconcile::references_changed(&mut tx, &touched, now, position).await.map_err(words)?;
            tx.commit().await.map_err(words)
        })
    }

    /// Sends the events with these numbers of a terminal's log. Whatever the ledger answers is an answer, but for a failure of its own.
    pub(super) fn send(&self, terminal: &Terminal, seqs: &BTreeSet<u64>, now: Timestamp) -> Result<(), String> {
        let Some((header, bodies)) = batch(terminal, seqs, now)? else { return Ok(()) };
        self.push(&Batch::sign(header, bodies, &key(&terminal.name)?).map_err(words)?, now)
    }

    /// Sends them after their bytes were changed under their signature.
    pub(super) fn send_changed(&self, terminal: &Terminal, seqs: &BTreeSet<u64>, now: Timestamp) -> Result<(), String> {
        let Some((header, bodies)) = batch(terminal, seqs, now)? else { return Ok(()) };
        let mut batch = Batch::sign(header, bodies, &key(&terminal.name)?).map_err(words)?;
        batch.bodies.iter_mut().for_each(|body| body.insert(body.len() - 1, b' '));
        self.push(&batch, now)
    }

    /// Another device sends them as if they were its own: it does not have the key.
    pub(super) fn send_as_another(
        &self,
        terminal: &Terminal,
        seqs: &BTreeSet<u64>,
        now: Timestamp,
    ) -> Result<(), String> {
        let Some((header, bodies)) = batch(terminal, seqs, now)? else { return Ok(()) };
        self.push(&Batch::sign(header, bodies, &key("another device")?).map_err(words)?, now)
    }

    /// A copy of the device, key and all, says something else under one of its numbers.
    pub(super) fn send_from_copy(&self, terminal: &Terminal, seq: u64, now: Timestamp) -> Result<(), String> {
        let Some((header, bodies)) = batch(terminal, &[seq].into(), now)? else { return Ok(()) };
        let said = |body: &Vec<u8>| {
            let mut event = Event::from_body(body).map_err(words)?;
            event.mono_ms += 1;
            event.to_body().map_err(words)
        };
        let bodies = bodies.iter().map(said).collect::<Result<Vec<_>, _>>()?;
        self.push(&Batch::sign(header, bodies, &key(&terminal.name)?).map_err(words)?, now)
    }

    /// A supervisor admits everything that was kept apart of a terminal that was revoked.
    pub(super) fn admit(&self, terminal: TerminalId, now: Timestamp) -> Result<(), String> {
        self.runtime.block_on(async {
            let kept = store::quarantine::list(&mut *self.store.read().await.map_err(words)?, false).await;
            for kept in kept.map_err(words)?.iter().filter(|kept| kept.terminal == terminal) {
                evidence::admit(&self.store, kept.id, ("supervisor", "as the file says"), (&Actor::shell(), now))
                    .await
                    .map_err(words)?;
            }
            Ok(())
        })
    }

    fn push(&self, batch: &Batch, now: Timestamp) -> Result<(), String> {
        let bytes = zstd::encode_all(&*batch.to_ndjson().map_err(words)?, 1).map_err(words)?;
        // Over the terminal's own connection: what is wrong with a batch is wrong with the terminal.
        let group = [Received::new(batch.clone(), bytes).with(Credential::Own)];
        let mut known = self.known.lock().map_err(words)?;
        let key = key("server")?;
        let pushed = push_group(&self.store, &key, &group, (now, Judging::Now), &mut known);
        match self.runtime.block_on(pushed).pop() {
            None => Err(format!("the ledger does not answer a batch of {}", batch.header.terminal)),
            Some(Err(PushError::Store(error))) => {
                Err(format!("the ledger failed on a batch of {}: {error}", batch.header.terminal))
            }
            _ => Ok(()),
        }
    }

    /// Every mismatch that the ledger holds when time has come this far, in its state.
    pub(super) fn mismatches(&self, now: Timestamp) -> Result<Vec<Mismatch>, String> {
        self.runtime.block_on(async {
            reconcile::sweep(&self.store, now).await.map_err(words)?;
            let mut conn = self.store.read().await.map_err(words)?;
            let found = store::mismatch::list(&mut conn).await.map_err(words)?;
            Ok(found.into_iter().map(|found| Mismatch { state: found.state, ..found.mismatch }).collect())
        })
    }

    /// A digest of each table.
    pub(super) fn digests(&self) -> Result<BTreeMap<String, String>, String> {
        self.runtime.block_on(async {
            let mut conn = self.store.read().await.map_err(words)?;
            let digests = digest::of_tables(&mut conn).await.map_err(words)?;
            Ok(digests.into_iter().map(|(table, digest)| (table, digest.to_string())).collect())
        })
    }
}

/// A header, and the bodies that it is for.
type Unsigned = (BatchHeader, Vec<Vec<u8>>);

/// The header and bodies of a batch of these numbers; none where there are none.
fn batch(terminal: &Terminal, seqs: &BTreeSet<u64>, now: Timestamp) -> Result<Option<Unsigned>, String> {
    let (Some(first), Some(last)) = (seqs.first(), seqs.last()) else { return Ok(None) };
    let mut previous_hash = epoch_hash(terminal.id, terminal.epoch);
    let mut bodies = Vec::new();
    for logged in &terminal.log {
        let body = logged.event.to_body().map_err(words)?;
        if logged.event.seq < *first {
            previous_hash = event_hash(previous_hash, &body);
        } else if logged.event.seq <= *last {
            bodies.push(body);
        }
    }
    let header = BatchHeader {
        wire: WIRE_VERSION,
        reply: REPLY_FORM,
        terminal: terminal.id,
        epoch: terminal.epoch,
        first_seq: *first,
        count: 0,
        previous_hash,
        offer: Offer::New,
        pending_after: 0,
        data_as_of: DataAsOf::default(),
        app: "scenario".to_owned(),
        rules: "2022-trial".to_owned(),
        sent_at: now,
    };
    Ok(Some((header, bodies)))
}

fn of_basis(record: &Record) -> Option<shared::ids::BasisId> {
    match record {
        Record::Basis(basis) => Some(basis.basis.clone()),
        Record::Document(document) => Some(document.basis.clone()),
        Record::Pack(pack) => Some(pack.basis.clone()),
        Record::Application(application) => Some(application.basis.clone()),
        _ => None,
    }
}

fn of_member(record: &Record) -> Option<shared::ids::MemberId> {
    match record {
        Record::Quota(quota) => Some(quota.member.clone()),
        Record::Relocation(relocation) => Some(relocation.member.clone()),
        Record::StockReport(report) => Some(report.member.clone()),
        _ => None,
    }
}
