//! A world to judge: one maker, one wholesaler, two retailers. The tests on it are in `kinds`.

mod amended;
mod applications;
mod kinds;
mod namespaces;
mod orders;

use super::{Policy, judge};
use crate::citation::Rulebook;
use crate::code::{PackageCode, check_digit, format_digital_link};
use crate::event::{Act, Capture, Close, Movement, Stage};
use crate::ids::{EventRef, TaskId};
use crate::mismatch::{Kind, State};
use crate::reference::{
    Basis, BasisKind, CodeRecord, Level, Line, Pack, PackLevel, Product, References, Registry, ShippingDocument,
};
use crate::time::{HOUR_MS, Timestamp};
use crate::trail::{Fact, History};

const T0: i64 = 1_772_409_600_000;

/// A world of one maker, one wholesaler, two retailers, and what its terminals record.
struct World {
    references: References,
    history: History,
    seq: u64,
    now: Timestamp,
}

fn gtin(body: &str) -> String {
    format!("{body}{}", check_digit::compute(body))
}

fn unit(n: u32) -> PackageCode {
    PackageCode::item(&gtin("0690123456789"), &format!("U{n}")).unwrap()
}

fn case(n: u32) -> PackageCode {
    PackageCode::item(&gtin("1690123456789"), &format!("C{n}")).unwrap()
}

fn basis(name: &str, kind: BasisKind, (seller, buyer): (&str, &str), units: u64) -> Basis {
    let lines = vec![Line::new("POD".into(), units)];
    Basis::new(name.into(), kind, seller.into(), buyer.into(), lines)
}

impl World {
    /// Contract C1 of 40 units with notes N1 and N2 of 20; orders O1 and O2 of 2 units with delivery notes D1 and D2. Cases C1
    /// to C4, and C9 of a pack of its own, hold ten units each: U1 to U10 in C1, and so on.
    fn new() -> Self {
        let mut references = References::default();
        let levels = vec![
            PackLevel { level: Level::Unit, gtin: gtin("0690123456789"), units: 1 },
            PackLevel { level: Level::Case, gtin: gtin("1690123456789"), units: 10 },
        ];
        let pod =
            Product { registry: Registry::Complete, ..Product::new("POD".into(), "Pod".into(), "M".into(), levels) };
        references.products.insert("POD".into(), pod);
        let bases = [
            basis("C1", BasisKind::Contract, ("M", "W"), 40),
            basis("O1", BasisKind::Order, ("W", "R1"), 2),
            basis("O2", BasisKind::Order, ("W", "R2"), 2),
        ];
        references.bases = bases.into_iter().map(|basis| (basis.basis.clone(), basis)).collect();
        for (document, of, units, packing_level) in [
            ("N1", "C1", 20, Level::Case),
            ("N2", "C1", 20, Level::Case),
            ("D1", "O1", 2, Level::Unit),
            ("D2", "O2", 2, Level::Unit),
        ] {
            let of = references.bases[&of.into()].clone();
            let note = ShippingDocument {
                document: document.into(),
                basis: of.basis,
                consignor: of.seller,
                consignee: of.buyer,
                lines: vec![Line::new("POD".into(), units)],
                carrier: "K".into(),
                packing_level,
                lacks: Vec::new(),
                absent: false,
            };
            references.documents.insert(document.into(), note);
        }
        let issued_at = Timestamp::from_ms(T0 - HOUR_MS);
        for (pack, level) in [("PU", Level::Unit), ("PC", Level::Case), ("PL", Level::Case)] {
            let pack = Pack::new(pack.into(), "POD".into(), level, "C1".into(), issued_at);
            references.packs.insert(pack.pack.clone(), pack);
        }
        let record = |code, pack: &str, parent| CodeRecord::new(code, pack.into(), "POD".into(), parent);
        for n in 1..=4 {
            references.insert_code(record(case(n), "PC", None));
        }
        references.insert_code(record(case(9), "PL", None));
        for n in [1, 2, 3, 4, 9] {
            for place in 1..=10 {
                references.insert_code(record(unit((n - 1) * 10 + place), "PU", Some(case(n))));
            }
        }
        Self { references, history: History::default(), seq: 0, now: Timestamp::from_ms(T0 + HOUR_MS) }
    }

    fn record(&mut self, terminal: u128, member: &str, act: Act) -> EventRef {
        self.seq += 1;
        let id = |n: u128| uuid::Uuid::from_u128(n);
        let by = EventRef {
            terminal: crate::ids::TerminalId::new(id(terminal)),
            epoch: crate::ids::EpochId::new(id(terminal + 100)),
            seq: self.seq,
        };
        let at = Timestamp::from_ms(T0 + i64::try_from(self.seq).unwrap() * 1_000);
        self.history.facts.push(Fact {
            by,
            member: member.into(),
            site: member.into(),
            operator: None,
            at,
            window: None,
            data_as_of: 0,
            code: None,
            act,
        });
        by
    }

    fn scan_text(&mut self, stage: Stage, (basis, document): (&str, &str), text: &str) -> EventRef {
        let (terminal, member) = match (stage, basis) {
            (Stage::Outbound | Stage::ReturnIn, _) => (1, "M"),
            (Stage::Inbound | Stage::Sort | Stage::TransferOut | Stage::TransferIn | Stage::ReturnOut, _) => (2, "W"),
            (Stage::Receipt, "O1") => (3, "R1"),
            (Stage::Receipt, _) => (4, "R2"),
        };
        let movement = Movement {
            task: TaskId::from("t"),
            basis: basis.into(),
            document: document.into(),
            text: text.to_owned(),
            how: Capture::Camera,
            label: None,
            frame: None,
            reason: None,
        };
        self.record(terminal, member, Act::scan(stage, movement))
    }

    fn scan(&mut self, stage: Stage, reference: (&str, &str), code: &PackageCode) -> EventRef {
        self.scan_text(stage, reference, &format_digital_link("ID.EXAMPLE.CN", code))
    }

    fn set_aside(&mut self, scan: EventRef, kind: Kind) {
        self.record(
            scan.terminal.as_bytes()[15].into(),
            "M",
            Act::SetAside { task: TaskId::from("t"), scan_seq: scan.seq, kinds: vec![kind] },
        );
    }

    fn close(&mut self, stage: Stage, (basis, document): (&str, &str)) {
        let (terminal, member) = match stage {
            Stage::Outbound | Stage::ReturnIn => (1, "M"),
            Stage::Inbound | Stage::Sort | Stage::TransferOut | Stage::TransferIn | Stage::ReturnOut => (2, "W"),
            Stage::Receipt => (3, "R1"),
        };
        let act = Act::TaskClosed {
            task: TaskId::from("t"),
            stage,
            basis: basis.into(),
            document: document.into(),
            close: Close::Final,
            counted: 0,
            carrier: None,
        };
        self.record(terminal, member, act);
    }

    fn found(&self) -> Vec<(Kind, String, State)> {
        let found = judge(&self.history, &self.references, &Policy::new(Rulebook::Trial), self.now);
        found.into_iter().map(|found| (found.kind, found.subject.0, found.state)).collect()
    }

    fn expect(&self, expected: &[(Kind, &str, State)]) {
        let expected: Vec<_> =
            expected.iter().map(|(kind, subject, state)| (*kind, (*subject).to_owned(), *state)).collect();
        assert_eq!(self.found(), expected);
    }
}
