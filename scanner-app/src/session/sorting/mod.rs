//! Sorting (分拣) to a list of orders: one task, each scan naming the order that its package goes to (`settled.md` 10).

mod propose;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use shared::code::PackageCode;
use shared::event::{Act, Capture, LabelMetadata, Stage};
use shared::ids::{BasisId, DocumentId, ProductId};
use shared::rules::tallies;

use super::opening::{Opening, OpeningError, Papers};
use super::said::Said;
use super::{Feedback, Identity, Session};
use crate::device::Device;
use crate::store::{Store, StoreError, Task, remember};

pub use propose::{OpenOrder, Proposal, propose};

/// Under what name a sort's further orders are remembered.
const NAME: &str = "orders";

/// An order as the list names it: its number, and its delivery note or `none`.
pub type OrderKey = (BasisId, DocumentId);

/// A sort under way.
pub struct Sorting {
    session: Session,
    orders: Vec<OpenOrder>,
    /// Where each package of this sort went: order, units, and the scan's number.
    placed: HashMap<PackageCode, (usize, u64, u64)>,
}

/// What a scan in a sort answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sorted {
    /// Recorded, for the order of this place in the list.
    To(usize, Box<Feedback>),
    /// Not recorded yet: the case is to be opened, or put whole to a chosen order all the same.
    OpenCase {
        /// (order, units).
        shares: Vec<(usize, u64)>,
        /// Units that nobody ordered.
        left_over_units: u64,
    },
    /// Recorded under the order that comes nearest, and judged wrong or blocked by the rules: no order wants it.
    NoOpenOrder(Box<Feedback>, Said),
}

impl Session {
    /// The orders that were put on a sort's list beside its first.
    pub(super) fn listed_orders(&self) -> Result<Vec<OrderKey>, StoreError> {
        if self.task.stage != Stage::Sort {
            return Ok(Vec::new());
        }
        Ok(self.store.remembered(&self.task.task, NAME)?.unwrap_or_default())
    }
}

impl Sorting {
    /// Opens a sort over these orders, or goes on with the open one that has any of them on its list; those that are new are put
    /// on it. Slots are given in the order in which orders came on the list, and stay.
    pub fn open(
        store: Store,
        device: Arc<dyn Device>,
        identity: Identity,
        orders: &[OrderKey],
    ) -> Result<Self, OpeningError> {
        let first = under_way(&store, orders)?.or_else(|| orders.first().cloned()).ok_or(OpeningError::NoBasis)?;
        let papers = if first.1.is_none() { Papers::Without } else { Papers::Named(first.1) };
        let opening = Opening { stage: Stage::Sort, basis: first.0, papers, reason: None };
        let session = Session::begin(store, device, identity, &opening)?;
        let mut sorting = Self { session, orders: Vec::new(), placed: HashMap::new() };
        sorting.add(orders)?;
        Ok(sorting)
    }

    /// Puts further orders on the list.
    pub fn add(&mut self, orders: &[OrderKey]) -> Result<(), StoreError> {
        let session = &mut self.session;
        let own = (session.task.basis.clone(), session.task.document.clone());
        let mut listed = session.listed_orders()?;
        let mut acts = Vec::new();
        for order in orders.iter().filter(|order| **order != own) {
            if !listed.contains(order) {
                listed.push(order.clone());
                acts.push(Act::TaskOpened {
                    task: session.task.task.clone(),
                    stage: Stage::Sort,
                    basis: order.0.clone(),
                    document: order.1.clone(),
                    reserved: false,
                });
            }
        }
        if !acts.is_empty() {
            let (task, json) = (session.task.task.clone(), serde_json::to_string(&listed)?);
            session.record(acts, move |conn| remember(conn, &task, NAME, Some(&json)))?;
        }
        self.refresh()
    }

    /// The orders of the list, in the order of their slots.
    #[must_use]
    pub fn orders(&self) -> &[OpenOrder] {
        &self.orders
    }

    /// The task beneath: undone, closed and handed over there. After an undo call [`Sorting::refresh`].
    pub fn session(&mut self) -> &mut Session {
        &mut self.session
    }

    /// The same, to look at.
    #[must_use]
    pub const fn session_ref(&self) -> &Session {
        &self.session
    }

    /// The order that a package of this sort was put to, by its place in the list.
    #[must_use]
    pub fn order_of(&self, code: &PackageCode) -> Option<usize> {
        self.placed.get(code).map(|(order, _, _)| *order)
    }

    /// Ends the sort's view; the task stays open.
    #[must_use]
    pub fn into_session(self) -> Session {
        self.session
    }

    /// Where a package would go, without recording anything.
    #[must_use]
    pub fn proposal(&self, code: &PackageCode, passed_over: &[usize]) -> Option<Proposal> {
        let (product, level) = self.session.references().product_of(code)?;
        Some(propose(&self.orders, &product.product, u64::from(level.units), passed_over))
    }

    /// Takes a label in: records it for the order that it goes to. `to` is the clerk's own choice (换格口), else the proposal
    /// decides. A package that was sorted already is recorded under its order again, where it is a duplicate.
    pub fn scan(
        &mut self,
        text: &str,
        label: Option<LabelMetadata>,
        how: Capture,
        to: Option<usize>,
    ) -> Result<Sorted, StoreError> {
        let code = self.session.references().grammars.parse(text).ok();
        let reading = (text.to_owned(), label);
        if let Some((order, _, _)) = code.as_ref().and_then(|code| self.placed.get(code)) {
            return self.record(*order, reading, how).map(|(order, answer)| Sorted::To(order, answer));
        }
        if let Some(order) = to.filter(|order| *order < self.orders.len()) {
            return self.record(order, reading, how).map(|(order, answer)| Sorted::To(order, answer));
        }
        match code.as_ref().and_then(|code| self.proposal(code, &[])) {
            Some(Proposal::To(order)) => {
                self.record(order, reading, how).map(|(order, answer)| Sorted::To(order, answer))
            }
            Some(Proposal::OpenCase { shares, left_over_units }) => Ok(Sorted::OpenCase { shares, left_over_units }),
            Some(Proposal::Filled | Proposal::NotOrdered) | None => {
                let nearest = code.as_ref().and_then(|code| self.names(code)).unwrap_or(0);
                let (_, answer) = self.record(nearest, reading, how)?;
                let words = self.no_open_order(code.as_ref());
                Ok(Sorted::NoOpenOrder(answer, words))
            }
        }
    }

    /// Reads the orders and what is sorted again: after an undo, and after a pull.
    pub fn refresh(&mut self) -> Result<(), StoreError> {
        let (mut orders, mut slot) = (Vec::new(), 0);
        for side in self.session.sides()? {
            slot += 1;
            orders.push(self.read_order(&(side.basis, side.document), slot)?);
        }
        self.orders = orders;
        self.placed.clear();
        let mut placed = Vec::new();
        self.session.store.each_scan_of(&self.session.task.task, |row| {
            if let Act::Sort(movement) = &row.event.act
                && !row.voided
            {
                let key = (&movement.basis, &movement.document);
                let order = self.orders.iter().position(|order| (&order.basis, &order.document) == key);
                let code = self.session.knowledge.read(&movement.text);
                placed.extend(order.zip(code).map(|(order, code)| (code, order, row.event.seq)));
            }
            Ok(())
        })?;
        for (code, order, seq) in placed {
            let units = self.units_of(&code).map_or(0, |(_, units)| units);
            self.placed.entry(code).or_insert((order, units, seq));
        }
        Ok(())
    }

    fn read_order(&mut self, (basis, document): &OrderKey, slot: u32) -> Result<OpenOrder, StoreError> {
        let history = self.session.history_of(basis)?;
        let references = self.session.references();
        let record = references.bases.get(basis).map(|known| known.version(self.session.device.now(), u64::MAX));
        let note = references.documents.get(document);
        let lines = note.map(|note| &note.lines).or_else(|| record.as_ref().map(|record| &record.lines));
        let mut said: BTreeMap<ProductId, u64> = BTreeMap::new();
        for line in lines.into_iter().flatten() {
            let units = said.entry(line.product.clone()).or_default();
            *units = units.saturating_add(line.units);
        }
        if note.is_none() {
            // A note that nobody here knows: of the order it says what no known note says already, so that nothing is wanted twice.
            let others = references.documents.values().filter(|other| other.basis == *basis);
            for line in others.flat_map(|other| &other.lines) {
                if let Some(units) = said.get_mut(&line.product) {
                    *units = units.saturating_sub(line.units);
                }
            }
        }
        let mut left = said.clone();
        for tally in tallies(&history, references) {
            if (&tally.basis, &tally.document, tally.stage) == (basis, document, Stage::Sort)
                && let Some(units) = left.get_mut(&tally.product)
            {
                *units = units.saturating_sub(tally.units);
            }
        }
        Ok(OpenOrder {
            basis: basis.clone(),
            document: document.clone(),
            retailer: record.as_ref().map_or_else(|| "".into(), |record| record.buyer.clone()),
            slot,
            due: record.as_ref().and_then(|record| record.until),
            said,
            left,
        })
    }

    /// Records one label for an order: the session's own scan, turned to that order for as long as it takes.
    fn record(
        &mut self,
        order: usize,
        reading: (String, Option<LabelMetadata>),
        how: Capture,
    ) -> Result<(usize, Box<Feedback>), StoreError> {
        let to = (self.orders[order].basis.clone(), self.orders[order].document.clone());
        let task = &mut self.session.task;
        let home = (std::mem::replace(&mut task.basis, to.0), std::mem::replace(&mut task.document, to.1));
        let answers = self.session.scan(&[reading], how);
        (self.session.task.basis, self.session.task.document) = home;
        let answer = answers?.pop().ok_or(StoreError::Corrupt("a scan was recorded without an answer"))?;
        if let Some(code) = answer.code.clone().filter(|_| answer.counts(Stage::Sort)) {
            let found = self.units_of(&code);
            if let Some((product, units)) = &found
                && let Some(left) = self.orders[order].left.get_mut(product)
            {
                *left = left.saturating_sub(*units);
            }
            self.placed.entry(code).or_insert((order, found.map_or(0, |(_, units)| units), answer.seq));
        }
        Ok((order, Box::new(answer)))
    }

    fn units_of(&self, code: &PackageCode) -> Option<(ProductId, u64)> {
        let (product, level) = self.session.references().product_of(code)?;
        Some((product.product.clone(), u64::from(level.units)))
    }

    /// The first order that names a package's product.
    fn names(&self, code: &PackageCode) -> Option<usize> {
        let (product, _) = self.units_of(code)?;
        self.orders.iter().position(|order| order.said.contains_key(&product))
    }

    fn no_open_order(&self, code: Option<&PackageCode>) -> Said {
        match code.and_then(|code| self.session.references().product_of(code)) {
            Some((product, _)) => Said::new(
                format!("没有订单还要{}。本作业的订单都已配齐或没有此品规。放到隔离区，再同步订单。", product.name),
                format!(
                    "No open order wants {}. The orders of this task have theirs, or never named it. Set it aside, then sync orders.",
                    product.name
                ),
            ),
            None => Said::new(
                "不认识此码，配不到订单。码未登记或数据未到。放到隔离区，先同步。",
                "This code is not known, so no order fits. It is not registered, or the data has not come. Set it aside, sync first.",
            ),
        }
    }
}

/// The first order of the open sort that has any of `orders` on its list.
fn under_way(store: &Store, orders: &[OrderKey]) -> Result<Option<OrderKey>, StoreError> {
    for task in store.open_tasks()?.into_iter().filter(|task| task.stage == Stage::Sort) {
        let listed = orders_of(store, &task)?;
        if orders.iter().any(|order| listed.contains(order)) {
            return Ok(Some((task.basis, task.document)));
        }
    }
    Ok(None)
}

/// What a task works on, open or closed: in a sort all of its orders, its own first.
pub(super) fn orders_of(store: &Store, task: &Task) -> Result<Vec<OrderKey>, StoreError> {
    let mut orders = vec![(task.basis.clone(), task.document.clone())];
    if task.stage == Stage::Sort {
        let listed: Vec<OrderKey> = store.remembered(&task.task, NAME)?.unwrap_or_default();
        orders.extend(listed.into_iter().filter(|order| *order != (task.basis.clone(), task.document.clone())));
    }
    Ok(orders)
}
