//! The desk: where a person signs in, without a network. A pure core decides; around it the store is read and written.

use shared::credential::{Pin, PinCost, PinVerifier, SealingKey};
use shared::ids::OperatorId;
use shared::reference::Operator;

use super::age;
use super::{Answer, Moment, OperatorSettings, Place, Rights, Tries};
use crate::store::{ActiveRow, DeskRow, Store, StoreError};

/// Characters of the longest number that is looked up.
const NUMBER_LEN_MAX: usize = 64;

/// Who somebody says to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim<'c> {
    /// The text of a badge that was scanned.
    Badge(&'c str),
    /// A staff number that was typed.
    Number(&'c str),
}

/// What the pure core wants next.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// Nothing: this is the answer, and these tries are to be kept with it.
    Answer(Answer, Tries),
    /// The PIN is to be checked, after these tries were kept.
    Check(Tries),
}

/// Whether and how a try goes on. `known` says whether somebody here has that number.
fn decide(tries: Tries, known: Option<&Operator>, place: &Place, now: Moment) -> Step {
    let left_ms = tries.locked_ms(now);
    if left_ms > 0 {
        return Step::Answer(Answer::Locked { left_ms }, tries.carried(now));
    }
    match known {
        Some(operator) if operator.member != place.member || !operator.works_at(&place.site) => {
            Step::Answer(Answer::NotOfThisSite, tries.carried(now))
        }
        Some(Operator { pin: None, .. }) => Step::Answer(Answer::NoPin, tries.carried(now)),
        _ => Step::Check(tries.with_one_more(now)),
    }
}

/// What a wrong PIN is answered with, its try counted already.
fn refused(tries: Tries, now: Moment) -> Answer {
    match tries.locked_ms(now) {
        0 => Answer::Wrong { tries_left: tries.left() },
        left_ms => Answer::Locked { left_ms },
    }
}

/// The people of one terminal.
pub struct Desk {
    operators: Vec<Operator>,
    key: SealingKey,
    place: Place,
    settings: OperatorSettings,
}

impl Desk {
    /// Reads who may sign in; to be read again after each pull.
    pub fn load(store: &Store, key: SealingKey, place: Place, settings: OperatorSettings) -> Result<Self, StoreError> {
        Ok(Self { operators: store.operators()?, key, place, settings })
    }

    /// One try. It is counted durably before the PIN is checked; a right one is forgotten again. Takes as long as one argon2id
    /// whether or not anybody has the number.
    pub fn sign_in(&self, store: &mut Store, claim: Claim<'_>, pin: &str, now: Moment) -> Result<Answer, StoreError> {
        if let Some(refusal) = self.age_refusal(store, now)? {
            return Ok(refusal);
        }
        let pin = match Pin::new(pin.trim()) {
            Ok(pin) => pin,
            Err(error) => return Ok(Answer::NotAPin(error)),
        };
        let Some((number, known)) = self.find(claim) else { return Ok(Answer::UnknownBadge) };
        let pin_name = known.and_then(|operator| operator.pin.as_ref()).map(PinVerifier::name).unwrap_or_default();
        let tries = Tries::of_row(store.tries(&number)?, &pin_name, now);
        match decide(tries, known, &self.place, now) {
            Step::Answer(answer, tries) => {
                if matches!(answer, Answer::Locked { .. }) {
                    store.keep_tries(&number, &tries.to_row(&pin_name))?;
                }
                Ok(answer)
            }
            Step::Check(tries) => {
                store.keep_tries(&number, &tries.to_row(&pin_name))?;
                self.check(store, (&number, known), &pin, tries, now)
            }
        }
    }

    fn check(
        &self,
        store: &mut Store,
        (number, known): (&str, Option<&Operator>),
        pin: &Pin,
        tries: Tries,
        now: Moment,
    ) -> Result<Answer, StoreError> {
        let verifier = known.and_then(|operator| operator.pin.clone());
        let verifier = verifier.unwrap_or_else(|| PinVerifier::of_nobody(&self.key, self.usual_cost()));
        let Ok(right) = verifier.is_of(pin, &self.key) else {
            // Sealed with a key that this terminal no longer has: nothing was learnt of the PIN, so no try is spent.
            store.forget_tries(number)?;
            return Ok(Answer::NoPin);
        };
        let Some(operator) = known.filter(|_| right) else { return Ok(refused(tries, now)) };
        store.forget_tries(number)?;
        if let Some(since) = operator.until.filter(|until| now.wall >= *until) {
            return Ok(Answer::EmploymentEnded { since });
        }
        let desk = DeskRow { signed_in: Some((operator.operator.clone(), active(now))), ..store.desk()? };
        store.keep_desk(&desk)?;
        let name = if operator.name.is_empty() { operator.operator.to_string() } else { operator.name.clone() };
        let rights = Rights::of(operator, &self.place, &self.settings, now.wall);
        Ok(Answer::Welcome { operator: operator.operator.clone(), name, rights })
    }

    /// The name of whoever has this badge, where that is known here.
    #[must_use]
    pub fn badge_of(&self, text: &str) -> Option<String> {
        let (number, known) = self.find(Claim::Badge(text))?;
        Some(known.map(|known| known.name.clone()).filter(|name| !name.is_empty()).unwrap_or(number))
    }

    /// The number that a claim stands for, and who has it. None for a badge that nobody has.
    fn find(&self, claim: Claim<'_>) -> Option<(String, Option<&Operator>)> {
        match claim {
            Claim::Number(number) => {
                let number: String = number.trim().chars().take(NUMBER_LEN_MAX).collect();
                let known = self.operators.iter().find(|operator| operator.operator.as_str() == number);
                Some((number, known))
            }
            Claim::Badge(text) => {
                // A badge sealed with another key is a badge that this terminal does not know yet.
                let is_of = |operator: &&Operator| {
                    operator.badge.is_some_and(|badge| badge.is_of(text, &self.key).unwrap_or(false))
                };
                let known = self.operators.iter().find(is_of)?;
                Some((known.operator.to_string(), Some(known)))
            }
        }
    }

    fn age_refusal(&self, store: &mut Store, now: Moment) -> Result<Option<Answer>, StoreError> {
        let limit_ms = self.settings.pin_data_ms();
        let limit_hours = u64::from(self.settings.pin_data_hours);
        let too_old = |age_hours| Some(Answer::PinDataTooOld { age_hours, limit_hours });
        let Some(age_ms) = count_age(store, now)? else { return Ok(too_old(None)) };
        Ok(if age_ms > limit_ms { too_old(Some(age_ms / 3_600_000)) } else { None })
    }

    /// What a check costs here: a number that nobody has must not be quicker.
    fn usual_cost(&self) -> PinCost {
        let verifiers = self.operators.iter().filter_map(|operator| operator.pin.as_ref());
        verifiers.map(PinVerifier::cost).next().unwrap_or(PinCost::STANDARD)
    }

    /// What a person may do here at a moment: for whoever goes on after a restart without signing in again. None for a number that
    /// nobody here has.
    #[must_use]
    pub fn rights_of(&self, number: &OperatorId, now: Moment) -> Option<Rights> {
        let known = self.operators.iter().find(|operator| operator.operator == *number)?;
        Some(Rights::of(known, &self.place, &self.settings, now.wall))
    }

    /// The operators that can sign in here, with what is on record.
    #[must_use]
    pub fn operators(&self) -> &[Operator] {
        &self.operators
    }
}

/// Brings the count of the data's age up to now and answers it in milliseconds; none = nothing was pulled yet. To be asked at
/// each start and after each sync, not only at a sign-in: the age begins when it is first asked.
pub fn count_age(store: &mut Store, now: Moment) -> Result<Option<u64>, StoreError> {
    let Some(data_as_of) = store.data_as_of()? else { return Ok(None) };
    let desk = store.desk()?;
    let counted = age::counted(desk.age, data_as_of, now);
    store.keep_desk(&DeskRow { age: Some(counted), ..desk })?;
    Ok(Some(counted.age_ms))
}

/// Who is signed in: whoever was before, if the device did not restart since and nothing idled for longer than the limit. So a
/// crash of the app costs nobody a sign-in, and a terminal that was left alone asks for one.
pub fn on_duty(store: &Store, settings: &OperatorSettings, now: Moment) -> Result<Option<OperatorId>, StoreError> {
    let here =
        |active: &ActiveRow| active.boot == now.boot && now.mono_ms.saturating_sub(active.mono_ms) < settings.idle_ms();
    Ok(store.desk()?.signed_in.filter(|(_, active)| here(active)).map(|(operator, _)| operator))
}

/// When the person on duty touched, typed or scanned last, as far as that was written down: a restart of the app gives nobody more time.
pub fn touched_ms(store: &Store) -> Result<Option<u64>, StoreError> {
    Ok(store.desk()?.signed_in.map(|(_, active)| active.mono_ms))
}

/// Who was signed in last, to be shown on the sign-in screen.
pub fn last_on_duty(store: &Store) -> Result<Option<OperatorId>, StoreError> {
    Ok(store.desk()?.signed_in.map(|(operator, _)| operator))
}

/// Notes that the signed-in person was here then. A write, so to be called once a minute and not at each scan.
pub fn keep_active(store: &mut Store, now: Moment) -> Result<(), StoreError> {
    let desk = store.desk()?;
    if let Some((operator, _)) = desk.signed_in {
        store.keep_desk(&DeskRow { signed_in: Some((operator, active(now))), ..desk })?;
    }
    Ok(())
}

/// Nobody is signed in any more. What waits for the server stays and is sent.
pub fn sign_out(store: &mut Store) -> Result<(), StoreError> {
    let desk = store.desk()?;
    store.keep_desk(&DeskRow { signed_in: None, ..desk })
}

const fn active(now: Moment) -> ActiveRow {
    ActiveRow { boot: now.boot, mono_ms: now.mono_ms }
}
