//! A terminal of a scenario: its log, made event by event as a device would.

use std::collections::BTreeMap;

use shared::event::{Act, Event, Stage};
use shared::ids::{BasisId, DocumentId, EpochId, EventRef, MemberId, OperatorId, SiteId, TaskId, TerminalId};
use shared::time::Timestamp;
use uuid::Uuid;

use crate::connection::Connection;
use crate::names::{epoch_id, terminal_id, uuid_of};
use crate::reference::position;

/// The monotonic clock of every device starts here: long before any scenario.
const MONO_START_MS: i64 = 1_500_000_000_000;

/// A stage of a basis with a document.
pub(crate) type TaskKey = (Stage, BasisId, DocumentId);

/// One event of a log, and what the server will know of it.
#[derive(Clone, Debug)]
pub(crate) struct Logged {
    pub event: Event,
    /// When it truly happened.
    pub true_at: Timestamp,
    /// It is never sent.
    pub dropped: bool,
}

/// One device.
#[derive(Debug)]
pub(crate) struct Terminal {
    pub name: String,
    pub id: TerminalId,
    pub member: MemberId,
    pub site: SiteId,
    pub operator: Option<OperatorId>,
    pub connection: Connection,
    pub log: Vec<Logged>,
    /// How far the wall clock is ahead, in milliseconds.
    pub offset_ms: i64,
    pub frame: u64,
    /// Events whose names `void` uses.
    pub named: BTreeMap<String, EventRef>,
    /// Documents that this terminal reserved, by task.
    pub reserved: BTreeMap<(Stage, BasisId), DocumentId>,
    epoch: EpochId,
    boot: Uuid,
    tasks: BTreeMap<TaskKey, TaskId>,
    task_count: u32,
    anchored: Option<(Uuid, i64)>,
}

impl Terminal {
    pub(crate) fn new(name: &str, member: &str, site: &str) -> Self {
        Self {
            name: name.to_owned(),
            id: terminal_id(name),
            member: member.into(),
            site: site.into(),
            operator: None,
            connection: Connection::default(),
            log: Vec::new(),
            offset_ms: 0,
            frame: 0,
            named: BTreeMap::new(),
            reserved: BTreeMap::new(),
            epoch: epoch_id(name),
            boot: uuid_of("boot", name),
            tasks: BTreeMap::new(),
            task_count: 0,
            anchored: None,
        }
    }

    /// Appends an event that happens at `at`; before it an anchor, where the server's clock can be asked and was not yet.
    pub(crate) fn record(&mut self, at: Timestamp, act: Act) -> EventRef {
        if self.log.is_empty() {
            // A device that works offline had its last contact when it lost its network.
            let offline_ms = i64::from(!self.connection.is_online(at));
            let started = self.connection.known_at(at).plus_ms(-offline_ms);
            self.append(started, Act::EpochStarted { previous: None });
            self.ask_clock(started);
        }
        self.anchor(at);
        self.append(at, act)
    }

    /// Asks the server's clock, where this boot and offset have no anchor yet.
    pub(crate) fn anchor(&mut self, at: Timestamp) {
        if self.connection.is_online(at) && !self.log.is_empty() {
            self.ask_clock(at);
        }
    }

    fn ask_clock(&mut self, at: Timestamp) {
        if self.anchored != Some((self.boot, self.offset_ms)) {
            self.anchored = Some((self.boot, self.offset_ms));
            self.append(at, Act::ClockAnchor { server_time: at, round_trip_ms: 0 });
        }
    }

    /// Starts the device anew: another boot, another monotonic clock.
    pub(crate) fn reboot(&mut self, at: Timestamp) {
        self.boot = uuid_of("boot", &format!("{} {}", self.name, at.as_ms()));
    }

    fn append(&mut self, at: Timestamp, act: Act) -> EventRef {
        let seq = self.log.len() as u64 + 1;
        let event = Event {
            terminal: self.id,
            epoch: self.epoch,
            seq,
            event_id: uuid_of("event", &format!("{} {seq}", self.name)),
            at: at.plus_ms(self.offset_ms),
            mono_ms: u64::try_from(at.as_ms() - MONO_START_MS).unwrap_or(0),
            boot: self.boot,
            operator: self.operator.clone(),
            site: self.site.clone(),
            app: "scenario".to_owned(),
            data_as_of: position(self.connection.known_at(at)),
            act,
        };
        let by = event.by();
        self.log.push(Logged { event, true_at: at, dropped: false });
        by
    }

    /// The open task of a stage, opened now where none is.
    pub(crate) fn task(&mut self, at: Timestamp, key: &TaskKey, reserved: bool) -> TaskId {
        if let Some(task) = self.tasks.get(key) {
            return task.clone();
        }
        self.task_count += 1;
        let task = TaskId::from(format!("{}#{}", self.name, self.task_count));
        self.tasks.insert(key.clone(), task.clone());
        let (stage, basis, document) = key.clone();
        self.record(at, Act::TaskOpened { task: task.clone(), stage, basis, document, reserved });
        task
    }

    /// The task of a stage, closed now.
    pub(crate) fn close(&mut self, key: &TaskKey) -> TaskId {
        self.tasks.remove(key).unwrap_or_else(|| TaskId::from(format!("{}#0", self.name)))
    }

    /// The number that a task from a basis alone reserves for its note: `site-terminal-n`.
    pub(crate) fn reserve(&mut self, stage: Stage, basis: &BasisId) -> DocumentId {
        let next = self.reserved.len() + 1;
        let number = format!("{}-{}-{next}", self.site, self.name);
        self.reserved.entry((stage, basis.clone())).or_insert_with(|| number.into()).clone()
    }
}
