//! Signing in, on a store of its own: every state of the screen, and what an attacker with the device in hand can do.

use std::path::Path;

use proptest::prelude::*;
use ring::signature::Ed25519KeyPair;
use shared::credential::{BadgeMark, Pin, PinCost, PinVerifier, SealingKey};
use shared::ids::{EpochId, TerminalId};
use shared::reference::Operator;
use shared::time::Timestamp;
use shared::wire::{Change, ChangesPage, Record};
use uuid::Uuid;

use super::*;
use crate::config::Language;
use crate::store::Store;

const MINUTE_MS: u64 = 60_000;
const PIN: &str = "739164";
const BADGE: &str = "TALLYMAN-BADGE/00112233445566778899AABBCCDDEEFF";

fn key() -> SealingKey {
    SealingKey::derive(&Ed25519KeyPair::from_seed_unchecked(&[1; 32]).unwrap())
}

fn at(boot: u128, mono_ms: u64) -> Moment {
    Moment { boot: Uuid::from_u128(boot), mono_ms, wall: Timestamp::from_ms(1_772_409_600_000) }
}

fn verifier(salt: u8) -> PinVerifier {
    PinVerifier::of(&Pin::new(PIN).unwrap(), PinCost::LEAST, [salt; 16])
}

fn person(number: &str) -> Operator {
    Operator {
        name: "李梅".into(),
        role: "Supervisor".into(),
        sites: vec!["hub".into()],
        badge: Some(BadgeMark::of(&format!("{BADGE}{number}"))),
        pin: Some(verifier(1)),
        ..Operator::new(number.into(), "W".into())
    }
}

fn people() -> Vec<Operator> {
    vec![
        person("1024"),
        Operator { sites: vec!["elsewhere".into()], ..person("2") }.without_credentials(),
        Operator { until: Some(Timestamp::from_ms(1_772_409_600_000)), ..person("3") },
        Operator { pin: None, ..person("4") },
    ]
}

fn pull(store: &mut Store, operators: Vec<Operator>, as_of_ms: i64) {
    let records = operators.into_iter().map(|operator| Record::Operator(operator.sealed(&key())));
    let changes = records.map(|record| Change { position: 1, record }).collect();
    let as_of = Timestamp::from_ms(as_of_ms);
    let page = ChangesPage {
        ledger_id: Uuid::from_u128(9),
        cursor: 1,
        left: None,
        more: false,
        as_of,
        changes,
        restored: Vec::new(),
        resume: None,
    };
    store.keep_page(&page).unwrap();
}

fn open(path: &Path) -> Store {
    Store::open(path, TerminalId::new(Uuid::from_u128(1)), EpochId::new(Uuid::from_u128(2))).unwrap()
}

struct Terminal {
    store: Option<Store>,
    folder: tempfile::TempDir,
}

impl Terminal {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(&folder.path().join("t.sqlite"));
        pull(&mut store, people(), 1_772_409_000_000);
        Self { store: Some(store), folder }
    }

    fn store(&mut self) -> &mut Store {
        self.store.as_mut().unwrap()
    }

    fn restart(&mut self) {
        self.store = None;
        self.store = Some(open(&self.folder.path().join("t.sqlite")));
    }

    fn sign_in(&mut self, claim: Claim<'_>, pin: &str, now: Moment) -> Answer {
        let place = Place { member: "W".into(), site: "hub".into() };
        let desk = Desk::load(self.store(), key(), place, OperatorSettings::default()).unwrap();
        desk.sign_in(self.store(), claim, pin, now).unwrap()
    }

    fn number(&mut self, number: &str, pin: &str, now: Moment) -> Answer {
        self.sign_in(Claim::Number(number), pin, now)
    }
}

fn is_welcome(answer: &Answer) -> bool {
    matches!(answer, Answer::Welcome { .. })
}

#[test]
fn badge_or_number_with_the_pin_signs_in_and_the_badge_alone_does_not() {
    let mut terminal = Terminal::new();
    let welcome = terminal.number(" 1024 ", PIN, at(1, 0));
    let Answer::Welcome { operator, name, rights } = &welcome else { panic!("{welcome:?}") };
    assert_eq!((operator.as_str(), name.as_str(), rights.supervises), ("1024", "李梅", true));
    assert_eq!(rights.stages.len(), shared::event::Stage::EVERY.len());
    let badge = format!("{BADGE}1024");
    assert!(is_welcome(&terminal.sign_in(Claim::Badge(&badge), PIN, at(1, 0))));
    assert_eq!(terminal.sign_in(Claim::Badge(&badge), "000000", at(1, 0)), Answer::Wrong { tries_left: 4 });
    assert_eq!(terminal.sign_in(Claim::Badge(BADGE), PIN, at(1, 0)), Answer::UnknownBadge);
    assert_eq!(terminal.sign_in(Claim::Badge("1024"), PIN, at(1, 0)), Answer::UnknownBadge);
}

#[test]
fn whoever_may_not_is_told_why() {
    let mut terminal = Terminal::new();
    assert_eq!(terminal.number("2", PIN, at(1, 0)), Answer::NotOfThisSite);
    let ended = Answer::EmploymentEnded { since: Timestamp::from_ms(1_772_409_600_000) };
    assert_eq!(terminal.number("3", PIN, at(1, 0)), ended);
    assert_eq!(terminal.number("3", "111222", at(1, 0)), Answer::Wrong { tries_left: 4 }, "only with the right PIN");
    assert_eq!(terminal.number("4", PIN, at(1, 0)), Answer::NoPin);
    assert!(matches!(terminal.number("1024", "12345", at(1, 0)), Answer::NotAPin(_)));
    let days = |days: u64| at(1, days * 24 * 60 * MINUTE_MS);
    assert!(is_welcome(&terminal.number("1024", PIN, days(7))));
    let old = Answer::PinDataTooOld { age_hours: Some(169), limit_hours: 168 };
    assert_eq!(terminal.number("1024", PIN, at(1, 169 * 60 * MINUTE_MS)), old);
    pull(terminal.store(), people(), 1_772_500_000_000);
    assert!(is_welcome(&terminal.number("1024", PIN, at(1, 170 * 60 * MINUTE_MS))), "a sync mends it");
}

#[test]
fn before_the_first_sync_nobody_signs_in() {
    let folder = tempfile::tempdir().unwrap();
    let mut terminal = Terminal { store: Some(open(&folder.path().join("t.sqlite"))), folder };
    let never = Answer::PinDataTooOld { age_hours: None, limit_hours: 168 };
    assert_eq!(terminal.number("1024", PIN, at(1, 0)), never);
}

#[test]
fn a_number_that_nobody_has_is_answered_like_one_that_somebody_has() {
    let mut terminal = Terminal::new();
    for _ in 0..8 {
        let theirs = terminal.number("1024", "000000", at(1, 0));
        assert_eq!(terminal.number("9999", "000000", at(1, 0)), theirs);
    }
    assert!(matches!(terminal.number("9999", PIN, at(1, 0)), Answer::Locked { .. }));
}

#[test]
fn wrong_tries_lock_for_longer_each_time_and_a_right_pin_clears_them() {
    let mut terminal = Terminal::new();
    let answers: Vec<Answer> = (0..5).map(|_| terminal.number("1024", "000000", at(1, 0))).collect();
    assert_eq!(answers[..4], [4, 3, 2, 1].map(|tries_left| Answer::Wrong { tries_left }));
    assert_eq!(answers[4], Answer::Locked { left_ms: MINUTE_MS });
    assert_eq!(terminal.number("1024", PIN, at(1, MINUTE_MS - 1)), Answer::Locked { left_ms: 1 });
    assert_eq!(terminal.number("1024", "000000", at(1, MINUTE_MS)), Answer::Locked { left_ms: 5 * MINUTE_MS });
    assert!(is_welcome(&terminal.number("1024", PIN, at(1, 6 * MINUTE_MS))));
    assert_eq!(terminal.number("1024", "000000", at(1, 6 * MINUTE_MS)), Answer::Wrong { tries_left: 4 });
}

#[test]
fn a_restart_keeps_the_lock_and_a_new_pin_ends_it() {
    let mut terminal = Terminal::new();
    for _ in 0..6 {
        terminal.number("1024", "000000", at(1, 0));
        terminal.restart();
    }
    assert_eq!(terminal.number("1024", PIN, at(2, 0)), Answer::Locked { left_ms: MINUTE_MS });
    let reset = Operator { pin: Some(verifier(2)), ..person("1024") };
    pull(terminal.store(), vec![reset], 1_772_409_600_000);
    assert!(is_welcome(&terminal.number("1024", PIN, at(2, 1))));
}

#[test]
fn the_try_is_spent_before_the_pin_is_checked() {
    let mut terminal = Terminal::new();
    let now = at(1, 0);
    // What a kill during the check leaves behind: the row written, the answer never given.
    let tries = Tries::none(now).with_one_more(now);
    terminal.store().keep_tries("1024", &tries.to_row(&verifier(1).name())).unwrap();
    terminal.restart();
    assert_eq!(terminal.number("1024", "000000", now), Answer::Wrong { tries_left: 3 });
}

#[test]
fn numbers_that_nobody_has_do_not_fill_the_store_and_do_not_push_out_real_locks() {
    let mut terminal = Terminal::new();
    for _ in 0..5 {
        terminal.number("1024", "000000", at(1, 0));
    }
    for stranger in 0..300 {
        let tries = Tries::none(at(1, 0)).with_one_more(at(1, 0));
        terminal.store().keep_tries(&format!("x{stranger}"), &tries.to_row("")).unwrap();
    }
    assert!(terminal.store().tries("x0").unwrap().is_none());
    assert!(terminal.store().tries("x299").unwrap().is_some());
    assert!(matches!(terminal.number("1024", PIN, at(1, 0)), Answer::Locked { .. }));
}

#[test]
fn a_stolen_store_holds_no_verifier_that_can_be_tried() {
    let mut terminal = Terminal::new();
    assert!(is_welcome(&terminal.number("1024", PIN, at(1, 0))));
    let path = terminal.folder.path().join("t.sqlite");
    drop(terminal.store.take());
    let bytes: Vec<u8> = ["", "-wal"]
        .iter()
        .filter_map(|end| std::fs::read(format!("{}{end}", path.display())).ok())
        .flatten()
        .collect();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("argon2id-sealed"), "the test looks at the right file");
    let unsealed = verifier(1).to_string();
    assert!(!holds(unsealed.rsplit('$').next().unwrap()) && !holds("$argon2id$"));
    let hash = BadgeMark::of(&format!("{BADGE}1024")).to_string();
    assert!(!holds(hash.strip_prefix("sha256:").unwrap()) && !holds(BADGE));
    let thief = Ed25519KeyPair::from_seed_unchecked(&[2; 32]).unwrap();
    let place = Place { member: "W".into(), site: "hub".into() };
    let mut store = open(&path);
    let desk = Desk::load(&store, SealingKey::derive(&thief), place, OperatorSettings::default()).unwrap();
    assert_eq!(desk.sign_in(&mut store, Claim::Number("1024"), PIN, at(1, 0)).unwrap(), Answer::NoPin);
}

#[test]
fn a_crash_costs_no_sign_in_and_a_restart_of_the_device_or_idling_does() {
    let mut terminal = Terminal::new();
    terminal.number("1024", PIN, at(1, 0));
    terminal.restart();
    let settings = OperatorSettings::default();
    let on = |terminal: &mut Terminal, now| on_duty(terminal.store(), &settings, now).unwrap();
    assert_eq!(on(&mut terminal, at(1, 9 * MINUTE_MS)), Some("1024".into()));
    assert_eq!(on(&mut terminal, at(1, 10 * MINUTE_MS)), None);
    assert_eq!(on(&mut terminal, at(2, 0)), None);
    keep_active(terminal.store(), at(1, 9 * MINUTE_MS)).unwrap();
    assert_eq!(on(&mut terminal, at(1, 18 * MINUTE_MS)), Some("1024".into()));
    assert_eq!(last_on_duty(terminal.store()).unwrap(), Some("1024".into()));
    sign_out(terminal.store()).unwrap();
    assert_eq!(on(&mut terminal, at(1, 9 * MINUTE_MS)), None);
}

#[test]
fn the_idle_lock_shuts_in_time_and_only_a_sign_in_opens_it() {
    let limit = 10 * MINUTE_MS;
    let lock = IdleLock::new(limit);
    assert_eq!(lock.after(Stir::Touch, 5).cover(), Cover::SignIn);
    let open = lock.after(Stir::SignedIn, 0);
    assert!(open.after(Stir::Tick, limit - 1).is_open());
    assert_eq!(open.after(Stir::Tick, limit).cover(), Cover::Covered);
    assert_eq!(open.after(Stir::Touch, limit).cover(), Cover::Covered, "a touch that comes late finds it shut");
    assert_eq!(open.after(Stir::Trigger, limit).cover(), Cover::SignIn);
    assert!(open.after(Stir::Touch, limit - 1).after(Stir::Tick, 2 * limit - 2).is_open());
    assert!(!open.after(Stir::Tick, limit - 1).after(Stir::Tick, limit).is_open(), "time alone is no touch");
    let covered = open.after(Stir::Tick, limit);
    assert_eq!(covered.after(Stir::Trigger, limit).cover(), Cover::SignIn);
    assert!(covered.after(Stir::SignedIn, limit + 1).after(Stir::Tick, limit + 2).is_open());
    assert_eq!(open.after(Stir::SignedOut, 1).cover(), Cover::SignIn);
    for cover in [Cover::Covered, Cover::SignIn] {
        assert!(!cover.says(Language::Zh).is_empty() && cover.says(Language::En).is_ascii());
    }
}

#[test]
fn who_is_left_alone_is_covered_when_it_is_time_however_the_clock_is_looked_at() {
    let lock = IdleLock::new(MINUTE_MS).after(Stir::SignedIn, 1_000).after(Stir::Touch, 5_000);
    // A frame, a page without pictures, a camera that is slow to open.
    for look_ms in [33, 100, 900] {
        let mut looks = (5_000..).step_by(look_ms);
        let covered_ms = looks.find(|now_ms| !lock.after(Stir::Tick, *now_ms).is_open()).unwrap();
        assert!((0..1_000).contains(&(covered_ms - 5_000 - MINUTE_MS)), "{covered_ms}, looked at each {look_ms} ms");
    }
}

#[test]
fn a_restart_gives_nobody_more_time() {
    let settings = OperatorSettings::default();
    let mut terminal = Terminal::new();
    terminal.number("1024", PIN, at(1, 0));
    keep_active(terminal.store(), at(1, 2 * MINUTE_MS)).unwrap();
    let touched_ms = touched_ms(terminal.store()).unwrap().unwrap();
    let lock = IdleLock::new(settings.idle_ms()).after(Stir::SignedIn, touched_ms);
    assert!(lock.after(Stir::Tick, 12 * MINUTE_MS - 1).is_open());
    assert_eq!(lock.after(Stir::Tick, 12 * MINUTE_MS).cover(), Cover::Covered);
}

#[test]
fn every_answer_has_words_in_both_languages_that_fit_the_rules() {
    let since = Timestamp::from_ms(1_772_409_600_000);
    let name = String::new();
    let rights = Rights { stages: Vec::new(), supervises: false };
    let answers = [
        Answer::Welcome { operator: "1".into(), name, rights },
        Answer::Wrong { tries_left: 3 },
        Answer::Wrong { tries_left: 0 },
        Answer::Locked { left_ms: 61_000 },
        Answer::NotAPin(shared::credential::PinFormError::Form),
        Answer::UnknownBadge,
        Answer::NoPin,
        Answer::PinDataTooOld { age_hours: Some(200), limit_hours: 168 },
        Answer::PinDataTooOld { age_hours: None, limit_hours: 168 },
        Answer::NotOfThisSite,
        Answer::EmploymentEnded { since },
    ];
    for answer in &answers {
        let (zh, en) = (answer.says(Language::Zh), answer.says(Language::En));
        assert!(zh.chars().any(|letter| letter > '\u{4e00}') && en.is_ascii(), "{zh} {en}");
        assert!(!zh.contains(['请', '!']) && !en.contains('!') && !en.to_lowercase().contains("invalid"), "{zh} {en}");
    }
    assert_eq!(answers[1].says(Language::Zh), "PIN 不对，还可试 3 次。忘记了找主管重设。");
    assert!(answers[3].says(Language::En).starts_with("Locked for 2 min"));
    assert!(answers[10].says(Language::En).contains("2026-03-02"));
}

/// What somebody with the device in hand can do to the lock, short of waiting.
#[derive(Clone, Debug)]
enum Move {
    Try,
    Run(u64),
    Restart,
    SetClock(i64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        4 => Just(Move::Try),
        3 => (0_u64..2_000_000).prop_map(Move::Run),
        2 => Just(Move::Restart),
        1 => any::<i32>().prop_map(|ms| Move::SetClock(i64::from(ms) * 1_000)),
    ];
    prop::collection::vec(one, 0..60)
}

proptest! {
    #[test]
    fn whatever_is_done_a_lock_lasts_its_whole_running_time(moves in moves()) {
        let locks = [0, 0, 0, 0, 1, 5, 15, 60, 240, 1_440].map(|minutes| minutes * MINUTE_MS);
        let mut now = at(1, 0);
        let (mut ran, mut unlocked_at, mut tried) = (0_u64, 0_u64, 0_usize);
        let mut row = Tries::none(now).to_row("p");
        for step in moves {
            match step {
                Move::Run(ms) => {
                    now.mono_ms += ms;
                    ran += ms;
                }
                Move::Restart => now = Moment { boot: Uuid::from_u128(now.boot.as_u128() + 1), mono_ms: 0, ..now },
                Move::SetClock(ms) => now.wall = now.wall.plus_ms(ms),
                Move::Try => {
                    let tries = Tries::of_row(Some(row.clone()), "p", now);
                    if tries.locked_ms(now) > 0 {
                        row = tries.carried(now).to_row("p");
                    } else {
                        prop_assert!(ran >= unlocked_at, "a try after {ran} ms, due at {unlocked_at}");
                        row = tries.with_one_more(now).to_row("p");
                        unlocked_at = ran + locks[tried.min(9)];
                        tried += 1;
                    }
                }
            }
        }
    }

    #[test]
    fn the_age_of_the_data_never_falls_but_by_a_sync(moves in moves()) {
        let as_of = Timestamp::from_ms(5);
        let mut now = at(1, 0);
        let mut row = super::age::counted(None, as_of, now);
        let mut ran = 0;
        for step in moves {
            match step {
                Move::Run(ms) => {
                    now.mono_ms += ms;
                    ran += ms;
                }
                Move::Restart => now = Moment { boot: Uuid::from_u128(now.boot.as_u128() + 1), mono_ms: 0, ..now },
                Move::SetClock(ms) => now.wall = now.wall.plus_ms(ms),
                Move::Try => {}
            }
            let next = super::age::counted(Some(row), as_of, now);
            prop_assert!(next.age_ms >= row.age_ms);
            row = next;
        }
        prop_assert!(row.age_ms >= ran);
        prop_assert_eq!(super::age::counted(Some(row), Timestamp::from_ms(6), now).age_ms, 0);
    }
}
