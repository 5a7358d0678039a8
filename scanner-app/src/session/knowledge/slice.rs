//! A scan is judged from a slice of the log: the facts around its package, and sums over all others (see
//! [`shared::trail::beside`]).

use shared::code::PackageCode;
use shared::ids::BasisId;
use shared::mismatch::Mismatch;
use shared::rules::verdict_on;
use shared::time::Timestamp;
use shared::trail::{Beside, Fact, History, Sums};

use super::Knowledge;
use crate::store::{Store, StoreError};

/// A scan's verdict, and what it was judged from: a package that is set aside is summed up once more.
pub(in crate::session) struct Judged {
    /// What speaks against the scan.
    pub(in crate::session) verdict: Vec<Mismatch>,
    basis: BasisId,
    slice: Option<History>,
}

impl Knowledge {
    /// Judges a scan that is about to be recorded, and takes it into the sums.
    pub(in crate::session) fn judge(
        &mut self,
        store: &Store,
        fact: &Fact,
        now: Timestamp,
    ) -> Result<Judged, StoreError> {
        let Some((stage, movement)) = fact.act.movement() else {
            return Ok(Judged { verdict: Vec::new(), basis: BasisId::from(""), slice: None });
        };
        let (basis, code) = (movement.basis.clone(), self.read(&movement.text));
        // Returns are covered by approvals in their order, a clock that was set back changes the order of all, and which scans
        // are too much depends on it: all three are rare.
        let set_back = self.newest_at.is_some_and(|newest| fact.at < newest);
        let judged = if stage.returns() || set_back || self.sums_of(store, &basis, now)?.is_over {
            let mut history = self.whole(store, &basis, code.as_ref())?;
            history.facts.push(fact.clone());
            let (judged, sums) = self.judge_history(&history, now);
            self.sums.insert(basis.clone(), restricted(sums, &basis));
            let verdict = verdict_on(fact, code.as_ref(), &judged);
            Judged { verdict, basis, slice: None }
        } else {
            self.judge_slice(store, fact, (basis, code.as_ref()), now)?
        };
        self.aim(fact);
        self.newest_at = self.newest_at.max(Some(fact.at));
        self.fresh.push(fact.clone());
        Ok(judged)
    }

    fn judge_slice(
        &mut self,
        store: &Store,
        fact: &Fact,
        (basis, code): (BasisId, Option<&PackageCode>),
        now: Timestamp,
    ) -> Result<Judged, StoreError> {
        let (mut slice, baseline) = self.slice_beside(store, (&basis, code), now)?;
        slice.facts.push(fact.clone());
        slice.beside = Some(Beside { focus: Some(fact.by), sums: baseline, aims: self.aims.clone() });
        let (judged, sums) = self.judge_history(&slice, now);
        self.put_back(&basis, &slice, sums);
        let verdict = verdict_on(fact, code, &judged);
        Ok(Judged { verdict, basis, slice: Some(slice) })
    }

    /// Takes in that a package just judged is set aside.
    pub(in crate::session) fn set_aside(&mut self, judged: Judged, aside: Fact, now: Timestamp) {
        self.fresh.push(aside.clone());
        match judged.slice {
            Some(mut slice) => {
                slice.facts.push(aside);
                let (_, sums) = self.judge_history(&slice, now);
                self.put_back(&judged.basis, &slice, sums);
            }
            None => drop(self.sums.remove(&judged.basis)),
        }
    }

    /// Takes in that a scan is about to be undone.
    pub(in crate::session) fn undo(
        &mut self,
        store: &Store,
        scan: &Fact,
        void: Fact,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some((_, movement)) = scan.act.movement() else { return Ok(()) };
        let (basis, code) = (movement.basis.clone(), self.read(&movement.text));
        if code.is_none() || self.sums_of(store, &basis, now)?.is_over {
            // What was too much may fit now, and a text without a code is found by none: that is for the whole log to say.
            self.sums.remove(&basis);
            return Ok(());
        }
        let (mut slice, baseline) = self.slice_beside(store, (&basis, code.as_ref()), now)?;
        slice.facts.push(void);
        slice.beside = Some(Beside { focus: None, sums: baseline, aims: Vec::new() });
        let (_, sums) = self.judge_history(&slice, now);
        if sums.is_over {
            // What a second scan explained before may be too much now: which scan of all it is, a slice cannot say.
            self.sums.remove(&basis);
        } else {
            self.put_back(&basis, &slice, sums);
        }
        Ok(())
    }

    /// The facts around a package, and the sums over all others.
    fn slice_beside(
        &mut self,
        store: &Store,
        (basis, code): (&BasisId, Option<&PackageCode>),
        now: Timestamp,
    ) -> Result<(History, Sums), StoreError> {
        self.sums_of(store, basis, now)?;
        let mut slice = self.slice(store, basis, code)?;
        slice.beside = Some(Beside::default());
        let (_, own) = self.judge_history(&slice, now);
        let mut baseline = self.sums.get(basis).cloned().unwrap_or_default();
        baseline.take_away(&restricted(own, basis));
        Ok((slice, baseline))
    }

    /// The sums after a slice has changed: what stands beside it, and its own.
    fn put_back(&mut self, basis: &BasisId, slice: &History, own: Sums) {
        let (Some(beside), Some(full)) = (&slice.beside, self.sums.get_mut(basis)) else { return };
        full.clone_from(&beside.sums);
        full.add(&restricted(own, basis));
    }
}

/// Of sums only what a basis has.
pub(in crate::session) fn restricted(mut sums: Sums, basis: &BasisId) -> Sums {
    sums.places.retain(|(of, _, _), _| of == basis);
    sums.typed.retain(|(of, _), _| of == basis);
    sums
}
