//! Who works: signing in, the idle lock, the change of shift.

use anyhow::Result;
use ring::signature::Ed25519KeyPair;
use shared::credential::SealingKey;
use shared::event::{Act, Stage};

use super::beside::next_due;
use super::clerk::{Clerk, Person};
use super::work::Work;
use crate::config::{Config, Language};
use crate::operators::{Answer, Claim, Cover, Desk, Moment, Place, Stir, count_age, on_duty, sign_out};
use crate::session::{Identity, record_at_desk};
use crate::store::Store;
use crate::ui::route::{Move, Page};
use crate::ui::view::Pair;

/// Who may sign in here.
pub(super) fn load(config: &Config, key: &Ed25519KeyPair, store: &Store) -> Result<Desk> {
    let place = Place { member: config.member.clone(), site: config.site.clone() };
    Ok(Desk::load(store, SealingKey::derive(key), place, config.operators.clone())?)
}

/// An answer in both languages.
pub(super) fn pair(answer: &Answer) -> Pair {
    (answer.says(Language::Zh), answer.says(Language::En))
}

impl Clerk {
    /// Whether people sign in on this terminal: the staff list has somebody, and the configuration names nobody in their place.
    pub(super) fn signs_in(&self) -> bool {
        self.config.operator.is_none() && !self.desk.operators().is_empty()
    }

    pub(super) fn must_sign_in(&self) -> bool {
        self.signs_in() && self.person.is_none()
    }

    /// Whoever was signed in before a restart of the app is signed in again, if it was short.
    pub(super) fn recall_person(&mut self) -> Result<()> {
        let now = Moment::of(self.device.as_ref());
        let Some(store) = self.work.store_mut() else { return Ok(()) };
        count_age(store, now)?;
        let on_duty = on_duty(store, &self.config.operators, now)?;
        self.person = on_duty.filter(|_| self.config.operator.is_none()).map(|operator| {
            let name = self.name_of(operator.as_str());
            let rights = self.desk.rights_of(&operator, now);
            Person { operator, name, rights }
        });
        Ok(())
    }

    /// Whether the person may do what takes a supervisor; where nobody signs in, whoever holds the terminal may.
    pub(super) fn supervises(&self) -> bool {
        match &self.person {
            Some(person) => person.rights.as_ref().is_some_and(|rights| rights.supervises),
            None => !self.signs_in(),
        }
    }

    /// A shop's tablet opens on the oldest order that is due: only receipts are done there.
    pub(super) fn open_due_receipt(&mut self) -> Result<()> {
        self.refresh_tasks()?;
        let tasks = &self.state.tasks;
        let is_shop = self.tablet && tasks.iter().all(|(view, _)| view.stage == Stage::Receipt);
        match next_due(tasks, None).filter(|_| is_shop) {
            Some((_, task)) => self.open_task(task.clone()),
            None => Ok(()),
        }
    }

    pub(super) fn name_of(&self, number: &str) -> String {
        let known = self.desk.operators().iter().find(|operator| operator.operator.as_str() == number);
        known.filter(|operator| !operator.name.is_empty()).map_or_else(|| number.to_owned(), |known| known.name.clone())
    }

    /// A badge was scanned: its PIN is wanted now.
    pub(super) fn badge(&mut self, text: String) {
        self.state.sign.badge_of = self.desk.badge_of(&text);
        self.state.sign.badge = Some(text);
        self.state.sign.message = None;
        if *self.route.page() != Page::SignIn {
            self.go(Move::To(Page::SignIn));
        }
    }

    /// The badge that was scanned is somebody else's: its owner loses no try.
    pub(super) fn not_me(&mut self) {
        (self.state.sign.badge, self.state.sign.badge_of, self.state.sign.message) = (None, None, None);
    }

    /// One try with a number, or with the badge that was scanned.
    pub(super) fn sign_in(&mut self, number: &str, pin: &str) -> Result<()> {
        let answer = self.ask_desk(number, pin)?;
        self.state.sign.answers += 1;
        let Some(answer) = answer else { return Ok(()) };
        if let Answer::Welcome { operator, name, rights } = &answer {
            self.not_me();
            let before = self.person.replace(Person {
                operator: operator.clone(),
                name: name.clone(),
                rights: Some(rights.clone()),
            });
            self.lock = self.lock.after(Stir::SignedIn, self.device.mono_ms());
            self.record_sign_in(before.map(|person| person.operator).as_ref())?;
            let is_floor = *self.route.floor() == Page::SignIn;
            let is_open = self.work.task().is_some();
            if *self.route.floor() == Page::SignIn {
                self.go(Move::SignedIn { task: is_open });
            } else {
                self.go(Move::SignedIn { task: is_open });
                if *self.route.page() == Page::SignIn {
                    self.go(Move::Back);
                }
            }
            if is_floor && !is_open {
                self.open_due_receipt()?;
            }
        } else {
            self.state.sign.message = Some((pair(&answer), true));
        }
        Ok(())
    }

    /// Asks the desk; an empty number stands for the badge.
    pub(super) fn ask_desk(&mut self, number: &str, pin: &str) -> Result<Option<Answer>> {
        let badge = self.state.sign.badge.clone();
        let claim = match &badge {
            Some(badge) if number.is_empty() || *self.route.page() == Page::SignIn => Claim::Badge(badge),
            _ => Claim::Number(number),
        };
        let now = Moment::of(self.device.as_ref());
        let Some(store) = self.work.store_mut() else { return Ok(None) };
        Ok(Some(self.desk.sign_in(store, claim, pin, now)?))
    }

    fn record_sign_in(&mut self, before: Option<&shared::ids::OperatorId>) -> Result<()> {
        let Some(operator) = self.person.as_ref().map(|person| person.operator.clone()) else { return Ok(()) };
        if before == Some(&operator) {
            return Ok(());
        }
        if self.work.session().is_some() {
            self.work.sign_in(operator)?;
        } else if let Work::Desk(store) | Work::Drill(_, store) = &mut self.work {
            let act = if before.is_some() { Act::OperatorChanged } else { Act::SignedIn };
            let identity = Identity { operator: Some(operator), ..Identity::of(&self.config) };
            record_at_desk(store, self.device.as_ref(), &identity, act)?;
        }
        self.worker.wake();
        Ok(())
    }

    /// The person goes; an open task stays open.
    pub(super) fn sign_out(&mut self) -> Result<()> {
        let identity = self.identity();
        if let Some(session) = self.work.session() {
            session.sign_out()?;
        } else if let Work::Desk(store) | Work::Drill(_, store) = &mut self.work
            && identity.operator.is_some()
        {
            record_at_desk(store, self.device.as_ref(), &identity, Act::SignedOut)?;
        }
        if let Some(store) = self.work.store_mut() {
            sign_out(store)?;
        }
        self.person = None;
        self.lock = self.lock.after(Stir::SignedOut, self.device.mono_ms());
        self.go(Move::SignedOut);
        self.worker.wake();
        Ok(())
    }

    /// Nobody touched anything for long: the work is covered, and stays as it is.
    pub(super) fn cover(&mut self) {
        self.state.sign.badge = None;
        let (zh, en) = (Cover::Covered.says(Language::Zh), Cover::Covered.says(Language::En));
        self.state.sign.message = Some(((zh.to_owned(), en.to_owned()), false));
        self.go(Move::SignedOut);
    }

    /// Somebody touched, typed or scanned.
    pub(super) fn stir(&mut self) {
        self.gaze.stir(self.device.mono_ms());
        self.lock = self.lock.after(Stir::Touch, self.device.mono_ms());
    }
}
