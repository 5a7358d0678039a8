//! Changing the registry, in one transaction: what is in force, what was known, what is judged again.

use serde_json::{Map, Value};
use shared::ids::{BasisId, PackId};
use shared::reference::{CodeRecord, References};
use shared::time::Timestamp;
use shared::wire::Record;
use sqlx::AnyConnection;

use super::check::check;
use super::fault::Fault;
use super::find::{find, seen};
use super::outcome::{EditError, Outcome, Why};
use super::set::Set;
use super::shape;
use super::timeline::{Change, fold};
use super::touch::Changes;
use crate::audit;
use crate::people::{Actor, Scope, View};
use crate::reconcile;
use crate::store::version::Version;
use crate::store::{self, StoreError};

mod planned;

pub use planned::enter_into_force;

/// What was done, in a word of the audit log; on what; and why, or with what.
pub type Deed<'a> = (&'a str, &'a str, &'a str);

/// A transaction on the registry.
#[derive(Debug)]
pub struct Edit {
    position: u64,
    now: Timestamp,
    actor: Actor,
    changes: Changes,
    /// What is known, with what was changed so far.
    pub known: References,
    /// Where the actor is of one member: what it may do, and what of all this it sees.
    within: Option<(View, References)>,
}

impl Edit {
    /// Begins: the first statement of a writing transaction.
    pub async fn begin(conn: &mut AnyConnection, actor: &Actor, now: Timestamp) -> Result<Self, StoreError> {
        let position = store::next_position(conn).await?;
        let known = store::reference::load_all(conn).await?;
        let within = match actor.scope() {
            Scope::All => None,
            scope @ Scope::Member(_) => {
                let view = View::of(conn, scope).await?;
                let seen = seen(&view);
                Some((view, seen))
            }
        };
        Ok(Self { position, now, actor: actor.clone(), changes: Changes::default(), known, within })
    }

    /// The ledger position of this transaction.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// Who acts.
    #[must_use]
    pub fn by(&self) -> &str {
        &self.actor.name
    }

    /// The time of this transaction.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// What was changed so far, for what is not a record of a set.
    pub const fn changes(&mut self) -> &mut Changes {
        &mut self.changes
    }

    /// Ends: what was touched is judged again, and what was done, on what and why stands in the audit log.
    pub async fn finish(self, conn: &mut AnyConnection, deed: Deed<'_>) -> Result<(), StoreError> {
        audit::append(conn, &self.actor, deed, self.now).await?;
        let touched = self.changes.finish(conn, &self.known).await?;
        reconcile::references_changed(conn, &touched, self.now, self.position).await
    }

    /// The record of a key, as the actor sees it; none where there is none. What it does not see is missing.
    pub fn look(&self, set: Set, key: &str) -> Result<Option<Record>, EditError> {
        let Some(found) = find(&self.known, set, key) else { return Ok(None) };
        match &self.within {
            Some((view, _)) if !view.sees_record(&found) => Err(EditError::Missing { set, key: key.to_owned() }),
            _ => Ok(Some(found)),
        }
    }

    /// What the actor sees, where it is of one member.
    #[must_use]
    pub fn view(&self) -> Option<&View> {
        self.within.as_ref().map(|(view, _)| view)
    }

    /// Whether a code is of a pack that the actor keeps.
    #[must_use]
    pub fn keeps(&self, code: &CodeRecord) -> bool {
        let Some(view) = self.view() else { return true };
        self.known.packs.get(&code.pack).is_some_and(|pack| view.keeps_pack(pack, self.now))
    }

    /// Whether the actor may make this of that.
    fn may(&self, record: &Record, before: Option<&Record>) -> Result<(), EditError> {
        let Some((view, _)) = &self.within else { return Ok(()) };
        let may = |record: &Record| match record {
            Record::Pack(pack) => view.keeps_pack(pack, self.now),
            other => view.may_change(other),
        };
        match [Some(record), before].into_iter().flatten().find(|record| !may(record)) {
            None => Ok(()),
            Some(foreign) => Err(EditError::Foreign { set: foreign.set().to_owned(), key: foreign.key() }),
        }
    }

    /// Makes a record of an object, or says everything that is wrong with it.
    pub fn record(&self, set: Set, mut body: Map<String, Value>) -> Result<Record, Vec<Fault>> {
        let faults = shape::check(set, &mut body);
        if !faults.is_empty() {
            return Err(faults);
        }
        let record = set.record(body).map_err(|why| vec![Fault::new(set.name(), "", why.to_string())])?;
        // A member's entries are checked against what it sees: nothing tells it what others have.
        let faults = check(&record, self.within.as_ref().map_or(&self.known, |(_, seen)| seen));
        if faults.is_empty() { Ok(record) } else { Err(faults) }
    }

    /// Puts a record in the place of what is known of its key. What was planned for days to come stays planned.
    pub async fn put(&mut self, conn: &mut AnyConnection, record: Record, why: Why) -> Result<Outcome, EditError> {
        let Some(set) = Set::of(&record) else {
            self.may(&record, None)?;
            return self.put_plain(conn, record).await;
        };
        let before = self.look(set, &record.key())?;
        self.may(&record, before.as_ref())?;
        self.put_allowed(conn, record, why).await
    }

    /// The same, of what the caller has found to be the actor's to say.
    pub(crate) async fn put_allowed(
        &mut self,
        conn: &mut AnyConnection,
        record: Record,
        why: Why,
    ) -> Result<Outcome, EditError> {
        let Some(set) = Set::of(&record) else { return self.put_plain(conn, record).await };
        let key = record.key();
        let before = self.look(set, &key)?;
        let record = with_credentials(record, before.as_ref());
        if before.as_ref() == Some(&record) {
            return Ok(Outcome::Unchanged);
        }
        let id = (set.name(), key.as_str());
        let body = Set::body(&record).map_err(StoreError::from)?;
        let held = self.held(conn, set, &key, before.as_ref()).await?;
        let (past, planned): (Vec<&Version>, Vec<&Version>) = held.iter().partition(|version| version.in_force);
        let changes: Vec<Change> = planned.iter().filter_map(|version| change_of(version)).collect();
        self.check_planned(set, &key, (&body, &changes), &planned)?;
        for version in past {
            store::version::close(conn, id, version.version, self.now).await?;
        }
        let mut next = self.next_version(conn, id, before.as_ref()).await?;
        let base = Version {
            valid_from: Timestamp::from_ms(0),
            body: body.clone(),
            ..self.version(next, why.as_str(), None, Timestamp::from_ms(0))
        };
        store::version::add(conn, id, &base).await?;
        for version in planned {
            next += 1;
            self.fold_again(conn, set, &key, (&body, &changes), version, next).await?;
        }
        self.store(conn, record, before.as_ref()).await
    }

    /// What holds from a day on: `patch` is a JSON merge patch of the record (RFC 7396).
    pub async fn amend(
        &mut self,
        conn: &mut AnyConnection,
        (set, key): (Set, &str),
        valid_from: Timestamp,
        patch: Map<String, Value>,
    ) -> Result<Outcome, EditError> {
        let before = self.look(set, key)?.ok_or_else(|| EditError::Missing { set, key: key.to_owned() })?;
        let id = (set.name(), key);
        let held = self.held(conn, set, key, Some(&before)).await?;
        let base = held.iter().find(|version| version.change.is_none());
        let base = base.ok_or(StoreError::Corrupt("a record of the registry has no whole version"))?;
        let new = Change { valid_from, position: self.position, patch };
        let mut changes: Vec<Change> = held.iter().filter_map(change_of).collect();
        changes.push(new.clone());
        // Whatever day it is for, the amendment must make a record that can be.
        let then = self.amended(set, key, fold(set, &base.body, &changes, valid_from.max(self.now)))?;
        self.may(&then, Some(&before))?;
        let in_force = valid_from <= self.now || new.is_dated(set);
        let record = if valid_from <= self.now {
            then
        } else {
            self.amended(set, key, fold(set, &base.body, &changes, self.now))?
        };
        let later = held.iter().filter(|version| version.change.is_some() && version.valid_from > valid_from);
        let later: Vec<&Version> = later.collect();
        self.check_planned(set, key, (&base.body, &changes), &later)?;
        let record = with_credentials(record, Some(&before));
        let mut next = self.next_version(conn, id, Some(&before)).await?;
        let version = Version {
            in_force,
            body: fold(set, &base.body, &changes, valid_from),
            ..self.version(next, "amendment", Some(new.patch), valid_from)
        };
        store::version::add(conn, id, &version).await?;
        for later in later {
            next += 1;
            self.fold_again(conn, set, key, (&base.body, &changes), later, next).await?;
        }
        if record == before {
            return Ok(Outcome::Unchanged);
        }
        self.store(conn, record, Some(&before)).await
    }

    /// Amendments whose day has come enter into force. Answers how many records have one.
    pub async fn enter_into_force(&mut self, conn: &mut AnyConnection) -> Result<usize, EditError> {
        let due = store::version::due(conn, self.now).await?;
        for (set, key) in &due {
            let Ok(set) = set.parse::<Set>() else { continue };
            let held = store::version::all(conn, set.name(), key).await?;
            let held: Vec<Version> = held.into_iter().filter(|version| version.known_to.is_none()).collect();
            let changes: Vec<Change> = held.iter().filter_map(change_of).collect();
            store::version::enter_into_force(conn, (set.name(), key), self.now).await?;
            let Some(base) = held.iter().find(|version| version.change.is_none()) else { continue };
            let before = find(&self.known, set, key);
            let record = set.record(fold(set, &base.body, &changes, self.now)).map_err(StoreError::from)?;
            self.store(conn, with_credentials(record, before.as_ref()), before.as_ref()).await?;
        }
        Ok(due.len())
    }

    fn amended(&self, set: Set, key: &str, body: Map<String, Value>) -> Result<Record, EditError> {
        let record = self.record(set, body).map_err(EditError::Faults)?;
        if record.key() == key {
            return Ok(record);
        }
        let problem = format!("the key stays `{key}`: a record with another key is another record");
        Err(EditError::Faults(vec![Fault::new(set.key_fields()[0], record.key(), problem)]))
    }

    /// The versions that are held to be right. A record of before the versions were kept gets its first one.
    async fn held(
        &self,
        conn: &mut AnyConnection,
        set: Set,
        key: &str,
        before: Option<&Record>,
    ) -> Result<Vec<Version>, EditError> {
        let Some(before) = before else { return Ok(Vec::new()) };
        let all = store::version::all(conn, set.name(), key).await?;
        if !all.is_empty() {
            return Ok(all.into_iter().filter(|version| version.known_to.is_none()).collect());
        }
        let start = Timestamp::from_ms(0);
        let body = Set::body(before).map_err(StoreError::from)?;
        let first = Version {
            body,
            known_from: start,
            position: 0,
            by: String::new(),
            ..self.version(1, Why::Import.as_str(), None, start)
        };
        store::version::add(conn, (set.name(), key), &first).await?;
        Ok(vec![first])
    }

    async fn next_version(
        &self,
        conn: &mut AnyConnection,
        (set, key): (&str, &str),
        before: Option<&Record>,
    ) -> Result<u64, StoreError> {
        // A record that was never there has no versions: files of new records are not asked for them one by one.
        Ok(if before.is_none() { 1 } else { store::version::last(conn, set, key).await? + 1 })
    }

    fn version(&self, number: u64, why: &str, change: Option<Map<String, Value>>, valid_from: Timestamp) -> Version {
        Version {
            version: number,
            why: why.to_owned(),
            valid_from,
            known_from: self.now,
            known_to: None,
            position: self.position,
            by: self.actor.name.clone(),
            change,
            body: Map::new(),
            in_force: true,
        }
    }

    /// A later version reads differently after an earlier one changed.
    async fn fold_again(
        &self,
        conn: &mut AnyConnection,
        set: Set,
        key: &str,
        (base, changes): (&Map<String, Value>, &[Change]),
        version: &Version,
        number: u64,
    ) -> Result<(), EditError> {
        let body = fold(set, base, changes, version.valid_from);
        let again = Version {
            version: number,
            known_from: self.now,
            position: version.position,
            body,
            by: version.by.clone(),
            ..version.clone()
        };
        store::version::close(conn, (set.name(), key), version.version, self.now).await?;
        Ok(store::version::add(conn, (set.name(), key), &again).await?)
    }

    async fn store(
        &mut self,
        conn: &mut AnyConnection,
        record: Record,
        before: Option<&Record>,
    ) -> Result<Outcome, EditError> {
        store::reference::put(conn, &record, self.position).await?;
        if let (Record::Basis(basis), Some(Record::Basis(before))) = (&record, before)
            && basis.parties() != before.parties()
        {
            self.disclose(conn, &basis.basis).await?;
        }
        self.changes.note(&record, before);
        if let Some((_, seen)) = &mut self.within {
            seen.insert(record.clone());
        }
        self.known.insert(record);
        Ok(if before.is_none() { Outcome::Added } else { Outcome::Changed })
    }

    /// A new party pulls what there is under a basis, though it is older than where the party's terminals stand.
    async fn disclose(&self, conn: &mut AnyConnection, basis: &BasisId) -> Result<(), StoreError> {
        let documents = self.known.documents.values().filter(|document| document.basis == *basis);
        let packs: Vec<PackId> =
            self.known.packs.values().filter(|pack| pack.basis == *basis).map(|pack| pack.pack.clone()).collect();
        let records = documents.map(|document| ("document", document.document.to_string()));
        let records = records.chain(packs.iter().map(|pack| ("pack", pack.to_string())));
        for (set, key) in records {
            store::reference::publish_again(conn, (set, &key), self.position).await?;
        }
        store::code::publish_again(conn, &packs, self.position).await
    }

    /// A record of no set of people: a code pack or a code.
    async fn put_plain(&mut self, conn: &mut AnyConnection, record: Record) -> Result<Outcome, EditError> {
        let changed = match &record {
            Record::Code(code) => store::code::put(conn, code, self.position).await?,
            other => store::reference::put(conn, other, self.position).await?,
        };
        if !changed {
            return Ok(Outcome::Unchanged);
        }
        let before = match &record {
            Record::Pack(pack) => self.known.packs.get(&pack.pack).cloned().map(Record::Pack),
            _ => None,
        };
        self.changes.note(&record, before.as_ref());
        if !matches!(record, Record::Code(_)) {
            self.known.insert(record);
        }
        Ok(if before.is_none() { Outcome::Added } else { Outcome::Changed })
    }
}

fn change_of(version: &Version) -> Option<Change> {
    let patch = version.change.clone()?;
    Some(Change { valid_from: version.valid_from, position: version.position, patch })
}

/// A staff list comes without badges and PINs: those that were set stay.
fn with_credentials(record: Record, before: Option<&Record>) -> Record {
    match (record, before) {
        (Record::Operator(operator), Some(Record::Operator(before))) => {
            Record::Operator(operator.or_credentials_of(before))
        }
        (other, _) => other,
    }
}
