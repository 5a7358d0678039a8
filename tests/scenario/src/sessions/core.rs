//! One terminal's session on its store, as the app works with them: one connection records, another brings pull pages in.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use scanner_app::device::Device;
use scanner_app::session::{Identity, Session, standing};
use scanner_app::store::{Store, StoreError};
use shared::event::{Act, Close, Event};
use shared::ids::{BasisId, EpochId, MemberId, TerminalId};
use shared::mismatch::Mismatch;
use shared::time::Timestamp;
use shared::wire::{Change, ChangesPage, Record};
use uuid::Uuid;

use super::device::StagedDevice;
use crate::core::{Answer, Core, Setting, Shown};
use crate::terminal::{TaskKey, Terminal};

/// The ledger of every scenario's server.
const LEDGER: Uuid = Uuid::from_u128(0x7361_6765);

/// A terminal's core: what the app has behind its window.
pub(super) struct SessionCore {
    path: PathBuf,
    terminal: TerminalId,
    epoch: EpochId,
    member: MemberId,
    device: Arc<StagedDevice>,
    /// The connection beside the recording one: pull pages come in by it, and the log is read back by it.
    beside: Store,
    at_work: AtWork,
    read: u64,
    position: u64,
}

/// Who has the recording connection.
enum AtWork {
    /// Nobody: it is opened when it is needed.
    Nobody,
    Door(Box<Store>),
    Session(Box<Working>),
}

struct Working {
    session: Session,
    key: TaskKey,
    operator: Option<shared::ids::OperatorId>,
    site: shared::ids::SiteId,
    /// A page came in since it looked.
    outdated: bool,
}

impl SessionCore {
    pub(super) fn new(path: &Path, terminal: &Terminal) -> Result<Self, String> {
        let beside = Store::open_beside(path, terminal.id, terminal.epoch).map_err(|error| error.to_string())?;
        Ok(Self {
            path: path.to_owned(),
            terminal: terminal.id,
            epoch: terminal.epoch,
            member: terminal.member.clone(),
            device: Arc::new(StagedDevice::new(terminal.epoch)),
            beside,
            at_work: AtWork::Nobody,
            read: 0,
            position: 0,
        })
    }

    fn store(&mut self) -> Result<Store, StoreError> {
        if let AtWork::Door(store) = self.leave() {
            return Ok(*store);
        }
        Store::open(&self.path, self.terminal, self.epoch)
    }

    /// Takes the recording connection from who has it. A session is left as a crash leaves it: its task stays open.
    fn leave(&mut self) -> AtWork {
        match std::mem::replace(&mut self.at_work, AtWork::Nobody) {
            AtWork::Session(working) => {
                drop(working);
                AtWork::Nobody
            }
            other => other,
        }
    }

    /// The session of a task: the one at work, or opened now, which resumes an open task.
    fn session(&mut self, setting: &Setting, key: &TaskKey) -> Result<&mut Session, StoreError> {
        self.device.set(setting);
        let same = |working: &Working| {
            working.key == *key && working.operator == setting.operator && working.site == setting.site
        };
        if !matches!(&self.at_work, AtWork::Session(working) if same(working)) {
            let (operator, site) = (setting.operator.clone(), setting.site.clone());
            let identity = Identity { member: self.member.clone(), site: site.clone(), operator: operator.clone() };
            let device: Arc<dyn Device> = Arc::clone(&self.device) as _;
            let session = Session::open(self.store()?, device, identity, key.clone())?;
            let working = Working { session, key: key.clone(), operator, site, outdated: false };
            self.at_work = AtWork::Session(Box::new(working));
        }
        let AtWork::Session(working) = &mut self.at_work else {
            return Err(StoreError::Corrupt("the session that was just opened is gone"));
        };
        if std::mem::take(&mut working.outdated) {
            working.session.reload()?;
        }
        Ok(&mut working.session)
    }

    /// What was recorded since the last look, from the bytes in the store.
    fn recorded(&mut self) -> Result<Vec<Event>, StoreError> {
        let rows = self.beside.rows_after(self.epoch, self.read, u64::MAX)?;
        let events: Vec<Event> = rows.iter().map(|row| Event::from_body(&row.body)).collect::<Result<_, _>>()?;
        self.read += events.len() as u64;
        Ok(events)
    }

    fn door(&mut self, setting: &Setting, act: Act) -> Result<Vec<Event>, StoreError> {
        self.device.set(setting);
        let mut store = self.store()?;
        let event = Event {
            terminal: self.terminal,
            epoch: self.epoch,
            seq: store.next_seq()?,
            event_id: None,
            at: self.device.now(),
            mono_ms: self.device.mono_ms(),
            boot: self.device.boot(),
            operator: setting.operator.clone(),
            site: setting.site.clone(),
            app: "scenario".to_owned(),
            data_as_of: self.position,
            act,
        };
        store.append(&[event], |_| Ok(()))?;
        self.at_work = AtWork::Door(Box::new(store));
        self.recorded()
    }
}

impl Core for SessionCore {
    fn open(&mut self, setting: &Setting, key: &TaskKey) -> Result<Vec<Event>, String> {
        self.session(setting, key).map(drop).and_then(|()| self.recorded()).map_err(words)
    }

    fn scan(&mut self, setting: &Setting, key: &TaskKey, shown: &Shown) -> Result<(Vec<Event>, Answer), String> {
        let session = self.session(setting, key).map_err(words)?;
        let mut answers = session.scan(&[(shown.text.clone(), shown.label.clone())], shown.how).map_err(words)?;
        let Some(feedback) = answers.pop().filter(|_| answers.is_empty()) else {
            return Err(format!("one label was scanned and {} answers came", answers.len()));
        };
        let answer = Answer { seq: feedback.seq, verdict: feedback.verdict };
        Ok((self.recorded().map_err(words)?, answer))
    }

    fn undo(&mut self, setting: &Setting, key: &TaskKey, seq: u64) -> Result<Option<Vec<Event>>, String> {
        let undone = self.session(setting, key).and_then(|session| session.undo(seq)).map_err(words)?;
        undone.map(|_| self.recorded().map_err(words)).transpose()
    }

    fn close(&mut self, setting: &Setting, key: &TaskKey, close: Close) -> Result<Vec<Event>, String> {
        self.session(setting, key).and_then(|session| session.close(close)).map_err(words)?;
        // A closed task has no session: the next scan opens another task.
        self.at_work = AtWork::Nobody;
        self.recorded().map_err(words)
    }

    fn append(&mut self, setting: &Setting, act: Act) -> Result<Vec<Event>, String> {
        self.door(setting, act).map_err(words)
    }

    fn pull(&mut self, position: u64, as_of: Timestamp, records: Vec<Record>) -> Result<(), String> {
        let changes = records.into_iter().map(|record| Change { position, record }).collect();
        let page = ChangesPage {
            ledger_id: LEDGER,
            cursor: position,
            left: None,
            more: false,
            as_of,
            changes,
            restored: Vec::new(),
            resume: None,
        };
        self.beside.keep_page(&page).map_err(words)?;
        self.position = position;
        if let AtWork::Session(working) = &mut self.at_work {
            working.outdated = true;
        }
        Ok(())
    }

    fn standing(&mut self, setting: &Setting, basis: &BasisId) -> Result<Vec<Mismatch>, String> {
        standing(&self.beside, &self.member, basis, setting.wall).map_err(words)
    }

    fn verify(&mut self) -> Result<(), String> {
        let verified = self.beside.verify_log().map_err(words)?;
        match verified.first_fault {
            Some(fault) => Err(format!("the log's chain does not hold: {fault}")),
            None if verified.events != self.read => {
                Err(format!("the log holds {} events, {} were read back", verified.events, self.read))
            }
            None => Ok(()),
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "maps errors")]
fn words(error: StoreError) -> String {
    error.to_string()
}

impl fmt::Debug for SessionCore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionCore").field("path", &self.path).field("read", &self.read).finish_non_exhaustive()
    }
}
