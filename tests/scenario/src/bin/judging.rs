//! `judging [--json]`: how fast the rules judge. Trails of single codes through all four stages, growing histories for linearity, and
//! a family of one case with a thousand units. One core; the best of several rounds, since others share the machine.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use scenario::names::{epoch_id, terminal_id};
use shared::citation::Rulebook;
use shared::code::{PackageCode, check_digit, format_digital_link};
use shared::event::{Act, Capture, Movement, Stage};
use shared::ids::EventRef;
use shared::reference::{
    Basis, BasisKind, CodeRecord, Level, Line, Member, Pack, PackLevel, Policy, Product, References, Registry, Role,
    ShippingDocument,
};
use shared::rules::{judge, judge_index};
use shared::time::Timestamp;
use shared::trail::{Fact, History, Index};

const ROUNDS: usize = 7;
const START_MS: i64 = 1_772_409_600_000;

#[expect(clippy::cast_precision_loss, reason = "nanoseconds of a bench")]
fn main() -> ExitCode {
    let json = std::env::args().any(|arg| arg == "--json");
    let (small, large) = (singles(5_000), singles(80_000));
    let (small_ns, small_found) = time_judge(&small);
    let (large_ns, large_found) = time_judge(&large);
    let (rules_ns, _) = time_rules(&large);
    let (family_ns, family_found) = time_judge(&family(1_000));
    let per_event = |ns: u64, trails: u64| ns as f64 / (trails * 4) as f64;
    let told = serde_json::json!({
        "events_per_trail": 4,
        "single_trails_per_s": rate(5_000, small_ns),
        "single_trails_per_s_among_80_000": rate(80_000, large_ns),
        "single_trails_per_s_among_80_000_rules_alone": rate(80_000, rules_ns),
        "ns_per_event_at_20_000_events": per_event(small_ns, 5_000).round(),
        "ns_per_event_at_320_000_events": per_event(large_ns, 80_000).round(),
        "growth_of_cost_per_event": per_event(large_ns, 80_000) / per_event(small_ns, 5_000),
        "family_of_1_case_and_1000_units_ms": family_ns as f64 / 1e6,
        "mismatches_found": small_found + large_found + family_found,
    });
    if json {
        println!("{told}");
    } else {
        println!("{}", serde_json::to_string_pretty(&told).unwrap_or_default());
    }
    // A clean trade has nothing wrong with it: what was timed is not a stream of faults.
    if small_found + large_found + family_found == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn rate(count: u64, ns: u64) -> u64 {
    count * 1_000_000_000 / ns.max(1)
}

type World = (History, References);

fn best(mut run: impl FnMut() -> usize) -> (u64, usize) {
    let mut best = (u64::MAX, 0);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let found = black_box(run());
        let ns = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        best = best.min((ns, found));
    }
    best
}

fn time_judge((history, references): &World) -> (u64, usize) {
    let policy = Policy::new(Rulebook::Trial);
    best(|| judge(history, references, &policy, now()).len())
}

fn time_rules((history, references): &World) -> (u64, usize) {
    let policy = Policy::new(Rulebook::Trial);
    let index = Index::new(history, references);
    best(|| judge_index(&index, &policy, now()).len())
}

fn now() -> Timestamp {
    Timestamp::from_ms(START_MS + 10_000_000_000)
}

fn gtin(indicator: u8) -> String {
    let body = format!("{indicator}690123456789");
    format!("{body}{}", check_digit::compute(&body))
}

fn code(level: Level, n: u32) -> PackageCode {
    let indicator = u8::from(level == Level::Case);
    PackageCode::item(&gtin(indicator), &format!("{n:012}")).expect("fourteen digits and twelve")
}

/// A maker, a wholesaler, a retailer, and one contract and order that hold everything.
fn references(units: u64) -> References {
    let mut references = References::default();
    for (name, role) in [("M", Role::Maker), ("W", Role::Wholesaler), ("R", Role::Retailer)] {
        references.members.insert(name.into(), Member::new(name.into(), name.to_owned(), role));
    }
    let levels = vec![
        PackLevel { level: Level::Unit, gtin: gtin(0), units: 1 },
        PackLevel { level: Level::Case, gtin: gtin(1), units: 1_000 },
    ];
    let product = Product::new("POD".into(), "Pod".to_owned(), "M".into(), levels);
    references.products.insert("POD".into(), Product { registry: Registry::Complete, ..product });
    for (name, kind, seller, buyer, note) in
        [("C1", BasisKind::Contract, "M", "W", "N1"), ("O1", BasisKind::Order, "W", "R", "D1")]
    {
        let lines = vec![Line::new("POD".into(), units)];
        let document = ShippingDocument {
            document: note.into(),
            basis: name.into(),
            consignor: seller.into(),
            consignee: buyer.into(),
            lines: lines.clone(),
            carrier: "K".to_owned(),
            packing_level: Level::Unit,
            lacks: Vec::new(),
            absent: false,
        };
        references.documents.insert(note.into(), document);
        references.bases.insert(name.into(), Basis::new(name.into(), kind, seller.into(), buyer.into(), lines));
    }
    let pack = Pack::new("P".into(), "POD".into(), Level::Unit, "C1".into(), Timestamp::from_ms(0));
    references.packs.insert("P".into(), pack);
    references
}

fn register(references: &mut References, code: &PackageCode, parent: Option<&PackageCode>) {
    references.insert_code(CodeRecord::new(code.clone(), "P".into(), "POD".into(), parent.cloned()));
}

/// Adds one scan to a history, at the next five-second mark of its stage.
fn scan(history: &mut History, stage: Stage, code: &PackageCode) {
    let (day, terminal, member, basis, document) = match stage {
        Stage::Outbound => (0, "t1", "M", "C1", "N1"),
        Stage::Inbound => (1, "t2", "W", "C1", "N1"),
        Stage::Sort => (2, "t3", "W", "O1", "D1"),
        _ => (3, "t4", "R", "O1", "D1"),
    };
    let place = i64::try_from(history.facts.len()).unwrap_or(i64::MAX);
    let at = Timestamp::from_ms(START_MS + day * 2_000_000_000 + place * 5_000);
    let movement = Movement {
        task: "t".into(),
        basis: basis.into(),
        document: document.into(),
        text: format_digital_link("ID.EXAMPLE.CN", code),
        how: Capture::Camera,
        label: None,
        frame: Some(place.unsigned_abs()),
        reason: None,
    };
    history.facts.push(Fact {
        by: EventRef { terminal: terminal_id(terminal), epoch: epoch_id(terminal), seq: place.unsigned_abs() + 1 },
        member: member.into(),
        site: terminal.into(),
        operator: None,
        at,
        window: None,
        data_as_of: 0,
        code: None,
        act: Act::scan(stage, movement),
    });
}

/// Codes of their own, each through all four stages.
fn singles(count: u32) -> World {
    let mut references = references(u64::from(count));
    let mut history = History::default();
    let codes: Vec<PackageCode> = (0..count).map(|n| code(Level::Unit, n)).collect();
    for code in &codes {
        register(&mut references, code, None);
    }
    for stage in Stage::ALL {
        for code in &codes {
            scan(&mut history, stage, code);
        }
    }
    (history, references)
}

/// One case out and in, its units sorted and received one by one.
fn family(units: u32) -> World {
    let mut references = references(u64::from(units));
    let mut history = History::default();
    let case = code(Level::Case, 0);
    register(&mut references, &case, None);
    let inside: Vec<PackageCode> = (0..units).map(|n| code(Level::Unit, n)).collect();
    for unit in &inside {
        register(&mut references, unit, Some(&case));
    }
    scan(&mut history, Stage::Outbound, &case);
    scan(&mut history, Stage::Inbound, &case);
    for stage in [Stage::Sort, Stage::Receipt] {
        for unit in &inside {
            scan(&mut history, stage, unit);
        }
    }
    (history, references)
}
