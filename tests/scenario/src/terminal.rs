//! A terminal of a scenario: its log, made event by event as a device would, or by a core that keeps its own.

use std::collections::BTreeMap;

use shared::event::{Act, Close, Event, Stage};
use shared::ids::{BasisId, DocumentId, EpochId, EventRef, MemberId, OperatorId, SiteId, TaskId, TerminalId};
use shared::mismatch::Mismatch;
use shared::time::Timestamp;
use uuid::Uuid;

use crate::connection::Connection;
use crate::core::{Answer, Core, Setting, Shown};
use crate::heard::Heard;
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
    /// What was delivered to its core.
    pub heard: Heard,
    pub epoch: EpochId,
    /// Why its core could not go on.
    pub broken: Option<String>,
    core: Option<Box<dyn Core>>,
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
            heard: Heard::default(),
            epoch: epoch_id(name),
            broken: None,
            core: None,
            boot: uuid_of("boot", name),
            tasks: BTreeMap::new(),
            task_count: 0,
            anchored: None,
        }
    }

    /// From now on a core keeps the log.
    pub(crate) fn work_with(&mut self, core: Box<dyn Core>) {
        self.core = Some(core);
    }

    pub(crate) const fn has_core(&self) -> bool {
        self.core.is_some()
    }

    /// Appends an event that happens at `at`; before it an anchor, where the server's clock can be asked and was not yet.
    pub(crate) fn record(&mut self, at: Timestamp, act: Act) -> EventRef {
        self.begin(at);
        self.append(at, act)
    }

    fn begin(&mut self, at: Timestamp) {
        if self.log.is_empty() {
            // A device that works offline had its last contact when it lost its network.
            let offline_ms = i64::from(!self.connection.is_online(at));
            let started = self.connection.known_at(at).plus_ms(-offline_ms);
            self.append(started, Act::EpochStarted { previous: None });
            self.ask_clock(started);
        }
        self.anchor(at);
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

    /// The device at a true moment.
    pub(crate) fn setting(&self, at: Timestamp) -> Setting {
        Setting {
            wall: at.plus_ms(self.offset_ms),
            mono_ms: u64::try_from(at.as_ms() - MONO_START_MS).unwrap_or(0),
            boot: self.boot,
            operator: self.operator.clone(),
            site: self.site.clone(),
        }
    }

    fn append(&mut self, at: Timestamp, act: Act) -> EventRef {
        let setting = self.setting(at);
        let events = match &mut self.core {
            Some(core) => core.append(&setting, act),
            None => Ok(vec![self.event(at, setting, act)]),
        };
        self.take_in(at, events)
    }

    fn event(&self, at: Timestamp, setting: Setting, act: Act) -> Event {
        let seq = self.log.len() as u64 + 1;
        Event {
            terminal: self.id,
            epoch: self.epoch,
            seq,
            event_id: None,
            at: setting.wall,
            mono_ms: setting.mono_ms,
            boot: setting.boot,
            operator: setting.operator,
            site: setting.site,
            app: "scenario".to_owned(),
            data_as_of: position(self.connection.known_at(at)),
            act,
        }
    }

    /// Adds what was recorded; the last of it is answered.
    fn take_in(&mut self, at: Timestamp, events: Result<Vec<Event>, String>) -> EventRef {
        let none = EventRef { terminal: self.id, epoch: self.epoch, seq: self.log.len() as u64 };
        let events = events.unwrap_or_else(|why| {
            self.broken.get_or_insert(why);
            Vec::new()
        });
        for event in events {
            match &event.act {
                Act::TaskOpened { task, stage, basis, document, .. } => {
                    self.tasks.insert((*stage, basis.clone(), document.clone()), task.clone());
                }
                Act::TaskClosed { stage, basis, document, .. } => {
                    self.tasks.remove(&(*stage, basis.clone(), document.clone()));
                }
                _ => {}
            }
            self.log.push(Logged { event, true_at: at, dropped: false });
        }
        self.log.last().map_or(none, |logged| logged.event.by())
    }

    /// The open task of a stage, opened now where none is.
    pub(crate) fn task(&mut self, at: Timestamp, key: &TaskKey, reserved: bool) -> TaskId {
        if let Some(task) = self.tasks.get(key) {
            return task.clone();
        }
        self.task_count += 1;
        let task = TaskId::from(format!("{}#{}", self.name, self.task_count));
        let (stage, basis, document) = key.clone();
        // A core has no word yet for a number that it reserves: that is said beside it.
        if reserved || self.core.is_none() {
            self.record(at, Act::TaskOpened { task: task.clone(), stage, basis, document, reserved });
        }
        self.begin(at);
        let setting = self.setting(at);
        if let Some(core) = &mut self.core {
            let events = core.open(&setting, key);
            self.take_in(at, events);
        }
        self.tasks.get(key).cloned().unwrap_or(task)
    }

    /// One label in an open task, through the core; none where there is none.
    pub(crate) fn scan(&mut self, at: Timestamp, key: &TaskKey, shown: &Shown) -> Option<Answer> {
        self.begin(at);
        let setting = self.setting(at);
        match self.core.as_mut()?.scan(&setting, key, shown) {
            Ok((events, answer)) => {
                self.take_in(at, Ok(events));
                Some(answer)
            }
            Err(why) => {
                self.take_in(at, Err(why));
                None
            }
        }
    }

    /// Undoes an own scan through the core, where it can; whether it did.
    pub(crate) fn undo(&mut self, at: Timestamp, voids: EventRef) -> Option<EventRef> {
        let scan = self.log.iter().find(|logged| logged.event.by() == voids)?;
        let (stage, movement) = scan.event.act.movement()?;
        let key = (stage, movement.basis.clone(), movement.document.clone());
        if !self.tasks.contains_key(&key) {
            return None;
        }
        self.begin(at);
        let setting = self.setting(at);
        let events = self.core.as_mut()?.undo(&setting, &key, voids.seq).transpose()?;
        Some(self.take_in(at, events))
    }

    /// Closes the task of a stage.
    pub(crate) fn close(&mut self, at: Timestamp, key: &TaskKey, close: Close, counted: u64, carrier: Option<String>) {
        self.begin(at);
        let setting = self.setting(at);
        if let Some(core) = self.core.as_mut().filter(|_| carrier.is_none()) {
            let events = core.close(&setting, key, close);
            self.take_in(at, events);
            return;
        }
        let task = self.tasks.get(key).cloned().unwrap_or_else(|| TaskId::from(format!("{}#0", self.name)));
        let (stage, basis, document) = key.clone();
        self.record(at, Act::TaskClosed { task, stage, basis, document, close, counted, carrier });
    }

    /// Delivers records to the core.
    pub(crate) fn hear(&mut self, known: Timestamp, heard: Heard) {
        if heard.position == self.heard.position {
            return;
        }
        let changed = heard.beyond(&self.heard);
        if let Some(Err(why)) = self.core.as_mut().map(|core| core.pull(heard.position, known, changed)) {
            self.broken.get_or_insert(why);
        }
        self.heard = heard;
    }

    /// What the core sees wrong under every basis that it worked on, at a true moment.
    pub(crate) fn standing(&mut self, at: Timestamp) -> Vec<Mismatch> {
        let bases: Vec<BasisId> =
            self.log.iter().filter_map(|logged| Some(logged.event.act.reference()?.0.clone())).collect();
        let bases: std::collections::BTreeSet<BasisId> = bases.into_iter().collect();
        let setting = self.setting(at);
        let mut found = Vec::new();
        for basis in bases {
            match self.core.as_mut().map(|core| core.standing(&setting, &basis)) {
                Some(Ok(more)) => found.extend(more),
                Some(Err(why)) => drop(self.broken.get_or_insert(why)),
                None => {}
            }
        }
        found
    }

    /// Whether the core's log is whole.
    pub(crate) fn verify(&mut self) {
        if let Some(Err(why)) = self.core.as_mut().map(|core| core.verify()) {
            self.broken.get_or_insert(why);
        }
    }

    /// The number that a task from a basis alone reserves for its note: `site-terminal-n`.
    pub(crate) fn reserve(&mut self, stage: Stage, basis: &BasisId) -> DocumentId {
        let next = self.reserved.len() + 1;
        let number = format!("{}-{}-{next}", self.site, self.name);
        self.reserved.entry((stage, basis.clone())).or_insert_with(|| number.into()).clone()
    }
}
