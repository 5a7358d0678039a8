//! A normal day must not flood anybody: 10,000 packages in 200 cases, a consignor offline over night, two terminals on each document,
//! cases cut open without a word, amendments that come late. Nothing is raised but what is true, and that closes by itself.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;

use scenario::names::{epoch_id, terminal_id};
use shared::citation::Rulebook;
use shared::code::{PackageCode, check_digit, format_digital_link};
use shared::event::{Act, Capture, Close, Movement, Stage};
use shared::ids::EventRef;
use shared::mismatch::{Kind, Mismatch, State};
use shared::reference::{
    Amendment, Basis, BasisKind, CodeRecord, Level, Line, Member, Pack, PackLevel, Policy, Product, References,
    Registry, Role, ShippingDocument,
};
use shared::rules::{judge, tallies};
use shared::time::{HOUR_MS, Timestamp};
use shared::trail::{Fact, History};

const START_MS: i64 = 1_772_409_600_000;
const CONTRACTS: u32 = 10;
const CASES_PER_CONTRACT: u32 = 20;
const UNITS_PER_CASE: u32 = 50;
/// An order takes four cases: half of the orders take them whole, half by their units.
const CASES_PER_ORDER: u32 = 4;

fn code(indicator: u8, number: u32) -> PackageCode {
    let body = format!("{indicator}690123456789");
    let gtin = format!("{body}{}", check_digit::compute(&body));
    PackageCode::item(&gtin, &format!("{number:08}")).unwrap()
}

fn case(number: u32) -> PackageCode {
    code(1, number)
}

fn units_of(case_number: u32) -> impl Iterator<Item = PackageCode> {
    (case_number * UNITS_PER_CASE..(case_number + 1) * UNITS_PER_CASE).map(|number| code(0, number))
}

fn note(basis: &Basis, name: &str) -> ShippingDocument {
    ShippingDocument {
        document: name.into(),
        basis: basis.basis.clone(),
        consignor: basis.seller.clone(),
        consignee: basis.buyer.clone(),
        lines: basis.lines.clone(),
        carrier: "K".to_owned(),
        packing_level: Level::Case,
        lacks: Vec::new(),
        absent: false,
    }
}

fn references() -> References {
    let mut references = References::default();
    let roles = [("M", Role::Maker), ("W", Role::Wholesaler), ("R", Role::Retailer)];
    for (name, role) in roles {
        references.members.insert(name.into(), Member::new(name.into(), name.to_owned(), role));
    }
    let level =
        |level, indicator, units| PackLevel { level, gtin: code(indicator, 0).gtin().unwrap().to_owned(), units };
    let levels = vec![level(Level::Unit, 0, 1), level(Level::Case, 1, UNITS_PER_CASE)];
    let product = Product::new("POD".into(), "Pod".to_owned(), "M".into(), levels);
    references.products.insert("POD".into(), Product { registry: Registry::Complete, ..product });
    let mut add = |name: String, kind, seller: &str, buyer: &str, cases: u32| {
        let lines = vec![Line::new("POD".into(), u64::from(cases * UNITS_PER_CASE))];
        let mut basis = Basis::new(name.as_str().into(), kind, seller.into(), buyer.into(), lines);
        references.documents.insert(format!("N-{name}").as_str().into(), note(&basis, &format!("N-{name}")));
        if name == "C5" {
            // More than was agreed, known only after everything has moved.
            let (valid_from, lines) =
                (Timestamp::from_ms(START_MS + HOUR_MS), Some(vec![Line::new("POD".into(), 9_000)]));
            basis.amendments.push(Amendment { valid_from, known_at: 999, lines, ..Amendment::default() });
        }
        references.bases.insert(basis.basis.clone(), basis);
    };
    for n in 0..CONTRACTS {
        add(format!("C{n}"), BasisKind::Contract, "M", "W", CASES_PER_CONTRACT);
    }
    for n in 0..CONTRACTS * CASES_PER_CONTRACT / CASES_PER_ORDER {
        add(format!("O{n}"), BasisKind::Order, "W", "R", CASES_PER_ORDER);
    }
    let pack = Pack::new("P".into(), "POD".into(), Level::Unit, "C0".into(), Timestamp::from_ms(0));
    references.packs.insert("P".into(), pack);
    for n in 0..CONTRACTS * CASES_PER_CONTRACT {
        let parent = case(n);
        references.insert_code(CodeRecord::new(parent.clone(), "P".into(), "POD".into(), None));
        for unit in units_of(n) {
            references.insert_code(CodeRecord::new(unit, "P".into(), "POD".into(), Some(parent.clone())));
        }
    }
    references
}

/// The day's events, each with the moment it reached the server.
#[derive(Default)]
struct Day {
    facts: Vec<(Timestamp, Fact)>,
    seqs: BTreeMap<String, u64>,
}

impl Day {
    fn record(&mut self, terminal: &str, member: &str, at: Timestamp, received: Timestamp, act: Act) {
        let seq = self.seqs.entry(terminal.to_owned()).or_insert(0);
        *seq += 1;
        let by = EventRef { terminal: terminal_id(terminal), epoch: epoch_id(terminal), seq: *seq };
        let site = member.into();
        let member = member.into();
        self.facts.push((
            received,
            Fact { by, member, site, operator: None, at, window: None, data_as_of: 0, code: None, act },
        ));
    }

    /// One document worked by two terminals: packages in turn, then both close.
    fn work(
        &mut self,
        stage: Stage,
        (basis, member): (&str, &str),
        codes: &[PackageCode],
        from: Timestamp,
        late_ms: i64,
    ) {
        let document = format!("N-{basis}");
        let mut at = from;
        for (place, code) in codes.iter().enumerate() {
            let terminal = format!("{member}-{}-{}", stage.as_str(), place % 2);
            at = at.plus_ms(1_000);
            let movement = Movement {
                task: basis.into(),
                basis: basis.into(),
                document: document.as_str().into(),
                text: format_digital_link("ID.EXAMPLE.CN", code),
                how: Capture::Camera,
                label: None,
                frame: Some(u64::try_from(at.as_ms()).unwrap()),
                reason: None,
            };
            self.record(&terminal, member, at, at.plus_ms(late_ms), Act::scan(stage, movement));
        }
        for (place, close) in [Close::Partial, Close::Final].into_iter().enumerate() {
            let act = Act::TaskClosed {
                task: basis.into(),
                stage,
                basis: basis.into(),
                document: document.as_str().into(),
                close,
                counted: 0,
                carrier: None,
            };
            at = at.plus_ms(1_000);
            self.record(&format!("{member}-{}-{place}", stage.as_str()), member, at, at.plus_ms(late_ms), act);
        }
    }

    fn judged(&self, references: &References, now: Timestamp) -> (Vec<Mismatch>, History) {
        let mut history = History::default();
        for (_, fact) in self.facts.iter().filter(|(received, _)| *received <= now) {
            let reached = history.reached.entry(fact.by.terminal).or_insert(fact.at);
            *reached = fact.at.max(*reached);
            history.facts.push(fact.clone());
        }
        (judge(&history, references, &Policy::new(Rulebook::Trial), now), history)
    }
}

fn day() -> Day {
    let mut day = Day::default();
    let hour = |hour: i64| Timestamp::from_ms(START_MS + hour * HOUR_MS);
    for n in 0..CONTRACTS {
        let basis = format!("C{n}");
        let numbers = n * CASES_PER_CONTRACT..(n + 1) * CASES_PER_CONTRACT;
        let cases: Vec<PackageCode> = numbers.clone().map(case).collect();
        // The last two contracts leave while the factory's network is down until the next morning.
        let late_ms = if n >= CONTRACTS - 2 { 14 * HOUR_MS } else { 0 };
        day.work(Stage::Outbound, (&basis, "M"), &cases, hour(i64::from(n) / 4), late_ms);
        // Every third contract's cases are cut open at the door, without a word.
        let arrived: Vec<PackageCode> = if n % 3 == 2 { numbers.flat_map(units_of).collect() } else { cases };
        day.work(Stage::Inbound, (&basis, "W"), &arrived, hour(5 + i64::from(n) / 4), 0);
    }
    for n in 0..CONTRACTS * CASES_PER_CONTRACT / CASES_PER_ORDER {
        let basis = format!("O{n}");
        let numbers = n * CASES_PER_ORDER..(n + 1) * CASES_PER_ORDER;
        // A case that was cut open at the door goes on by its units; of the others every second order takes whole cases.
        let opened = (n * CASES_PER_ORDER / CASES_PER_CONTRACT) % 3 == 2;
        let whole = !opened && n % 2 == 0;
        let codes: Vec<PackageCode> =
            if whole { numbers.map(case).collect() } else { numbers.flat_map(units_of).collect() };
        day.work(Stage::Sort, (&basis, "W"), &codes, hour(9 + i64::from(n) / 25), 0);
        day.work(Stage::Receipt, (&basis, "R"), &codes, hour(20 + i64::from(n) / 25), 0);
    }
    day
}

#[test]
fn a_normal_day_raises_nothing_but_what_is_true() {
    let (references, day) = (references(), day());
    let at = |hour: i64| Timestamp::from_ms(START_MS + hour * HOUR_MS);
    // In the afternoon two notes have arrived whose outbound scans are still on a terminal without network: two notes, one line each.
    let (afternoon, _) = day.judged(&references, at(8));
    let told: Vec<(Kind, &str, State)> =
        afternoon.iter().map(|found| (found.kind, found.subject.0.as_str(), found.state)).collect();
    let waiting = |note| (Kind::InboundWithoutOutbound, note, State::Provisional);
    assert_eq!(told, [waiting("N-C8"), waiting("N-C9")]);
    // At the end of the day everything has come, and nothing is left.
    let (evening, history) = day.judged(&references, at(40));
    assert_eq!(evening, []);
    let units: u64 = tallies(&history, &references)
        .iter()
        .filter(|tally| tally.stage == Stage::Receipt)
        .map(|tally| tally.units)
        .sum();
    assert_eq!(units, u64::from(CONTRACTS * CASES_PER_CONTRACT * UNITS_PER_CASE));
}

#[test]
fn a_day_with_one_fault_raises_that_one() {
    let (references, mut day) = (references(), day());
    // One unit of an order never comes up at the counter.
    let stray = day.facts.iter().position(|(_, fact)| {
        fact.act.movement().is_some_and(|(stage, movement)| stage == Stage::Receipt && movement.basis.as_str() == "O1")
    });
    day.facts.remove(stray.unwrap());
    let (evening, _) = day.judged(&references, Timestamp::from_ms(START_MS + 40 * HOUR_MS));
    let told: Vec<Kind> = evening.iter().map(|found| found.kind).collect();
    assert_eq!(told, [Kind::ReceiptDiffers]);
}
