//! A verdict from a slice of the log is the verdict from the whole log: for cases and their units, several notes of one contract,
//! too much, too little, again, undone, in any order.

use std::collections::BTreeMap;

use proptest::prelude::*;
use shared::mismatch::Mismatch;
use shared::rules::{judge_and_sum, on_terminal, verdict_on};
use shared::trail::{History, LineSum, Place};

use super::*;

const UNIT_BODY: &str = "0690123456789";
const CASES: u32 = 5;
const UNITS_IN_CASE: u32 = 4;

/// What a clerk does next.
#[derive(Clone, Debug)]
enum Move {
    /// Labels of one picture: cases, units of a case, strangers.
    Frame(Vec<Label>),
    /// Takes back one of the scans of this task.
    Undo(prop::sample::Index),
    /// Goes on with another note or stage.
    Switch(usize),
    /// Starts the app again.
    Restart,
}

#[derive(Clone, Debug)]
enum Label {
    Case(u32),
    Unit(u32, u32),
    Stranger(u32),
    Rubbish,
}

const TASKS: [(Stage, &str, &str); 5] = [
    (Stage::Outbound, "C1", "N1"),
    (Stage::Outbound, "C1", "N2"),
    (Stage::Sort, "O1", "D1"),
    (Stage::Sort, "O1", "none"),
    (Stage::Inbound, "C1", "N1"),
];

fn any_move() -> impl Strategy<Value = Move> {
    let label = prop_oneof![
        4 => (0..CASES).prop_map(Label::Case),
        6 => (0..CASES, 0..UNITS_IN_CASE).prop_map(|(case, unit)| Label::Unit(case, unit)),
        1 => (0..3_u32).prop_map(Label::Stranger),
        1 => Just(Label::Rubbish),
    ];
    prop_oneof![
        8 => prop::collection::vec(label, 1..4).prop_map(Move::Frame),
        2 => any::<prop::sample::Index>().prop_map(Move::Undo),
        2 => (0..TASKS.len()).prop_map(Move::Switch),
        1 => Just(Move::Restart),
    ]
}

fn gtin(body: &str) -> String {
    format!("{body}{}", check_digit::compute(body))
}

fn case(n: u32) -> PackageCode {
    PackageCode::item(&gtin(CASE_BODY), &format!("CASE{n}")).unwrap()
}

fn unit(case: u32, n: u32) -> PackageCode {
    PackageCode::item(&gtin(UNIT_BODY), &format!("U{case}X{n}")).unwrap()
}

fn text_of(label: &Label) -> String {
    match label {
        Label::Case(n) => format_digital_link("ID.EXAMPLE.CN", &case(*n)),
        Label::Unit(of, n) => format_digital_link("ID.EXAMPLE.CN", &unit(*of, *n)),
        Label::Stranger(n) => format_digital_link("ID.EXAMPLE.CN", &case(90 + n)),
        Label::Rubbish => "NO CODE".to_owned(),
    }
}

/// A contract of 14 units on two notes of 8 and 8, an order of 6, five cases of four units.
fn world() -> Vec<Record> {
    let lines = |units| vec![Line::new("POD".into(), units)];
    let levels = vec![
        PackLevel { level: Level::Unit, gtin: gtin(UNIT_BODY), units: 1 },
        PackLevel { level: Level::Case, gtin: gtin(CASE_BODY), units: UNITS_IN_CASE },
    ];
    let note = |name: &str, basis: &str, units| ShippingDocument {
        document: name.into(),
        basis: basis.into(),
        consignor: "M".into(),
        consignee: "W".into(),
        lines: lines(units),
        carrier: "K".into(),
        packing_level: Level::Case,
        lacks: Vec::new(),
        absent: false,
    };
    let mut records = vec![
        Record::Product(Product {
            registry: Registry::Complete,
            ..Product::new("POD".into(), "Pod".into(), "M".into(), levels)
        }),
        Record::Basis(Basis::new("C1".into(), BasisKind::Contract, "M".into(), "W".into(), lines(14))),
        Record::Basis(Basis::new("O1".into(), BasisKind::Order, "M".into(), "R".into(), lines(6))),
        Record::Document(note("N1", "C1", 8)),
        Record::Document(note("N2", "C1", 8)),
        Record::Document(note("D1", "O1", 5)),
        Record::Pack(Pack::new("P".into(), "POD".into(), Level::Case, "C1".into(), Timestamp::from_ms(0))),
        Record::Pack(Pack::new("Q".into(), "POD".into(), Level::Unit, "C1".into(), Timestamp::from_ms(0))),
    ];
    for n in 0..CASES {
        records.push(Record::Code(CodeRecord::new(case(n), "P".into(), "POD".into(), None)));
        // The last case is registered without what is inside.
        for inside in 0..UNITS_IN_CASE {
            let parent = (n + 1 < CASES).then(|| case(n));
            records.push(Record::Code(CodeRecord::new(unit(n, inside), "Q".into(), "POD".into(), parent)));
        }
    }
    records
}

/// What counts of a verdict: evidence is longer where the whole log is read.
fn essence(verdict: &[Mismatch]) -> Vec<String> {
    let one = |found: &Mismatch| format!("{} {} {:?} {:?}", found.kind, found.subject, found.severity, found.state);
    let mut essence: Vec<String> = verdict.iter().map(one).collect();
    essence.sort();
    essence
}

/// The verdict on a scan by all that was in the log up to it.
fn by_the_whole_log(session: &mut Session, answer: &Feedback) -> Vec<Mismatch> {
    let basis = session.task.basis.clone();
    let now = session.device.now();
    let mut history: History = session.knowledge.whole(&session.store, &basis, answer.code.as_ref()).unwrap();
    history.facts.retain(|fact| fact.by.seq <= answer.seq);
    let references = &session.knowledge.pulled.references;
    let (judged, _) = judge_and_sum(&history, references, &references.policy(), now);
    let fact = history.facts.iter().find(|fact| fact.by.seq == answer.seq).expect("it was recorded");
    verdict_on(fact, answer.code.as_ref(), &on_terminal(judged))
}

/// Packages, packages set aside and lines by place.
type Standing = BTreeMap<Place, (u64, u64, BTreeMap<String, LineSum>)>;

/// The sums that the session keeps, and those of the whole log; what stands at nothing is left out.
fn sums(session: &mut Session) -> [Standing; 2] {
    let (basis, now) = (session.task.basis.clone(), session.device.now());
    let kept = session.knowledge.sums_of(&session.store, &basis, now).unwrap().clone();
    session.knowledge.forget_sums();
    let whole = session.knowledge.sums_of(&session.store, &basis, now).unwrap().clone();
    [kept, whole].map(|sums| {
        let places = sums.places.into_iter().map(|(place, sum)| {
            let lines = sum.lines.into_iter().filter(|(_, line)| *line != LineSum::default());
            (
                place,
                (
                    sum.packages,
                    sum.set_aside,
                    lines.map(|(product, line)| (product.to_string(), line)).collect::<BTreeMap<_, _>>(),
                ),
            )
        });
        places.filter(|(_, (packages, aside, lines))| packages + aside > 0 || !lines.is_empty()).collect()
    })
}

fn play(moves: &[Move]) {
    let folder = tempfile::tempdir().unwrap();
    let device = Arc::new(ManualDevice::new());
    let mut session = Some(start(&folder, &device, TASKS[0], true));
    for (place, step) in moves.iter().enumerate() {
        device.pass_ms(5_000);
        let open = session.as_mut().expect("it is open");
        match step {
            Move::Frame(labels) => {
                let labels: Vec<_> = labels.iter().map(|label| (text_of(label), None)).collect();
                for answer in open.scan(&labels, Capture::Camera).unwrap() {
                    let expected = essence(&by_the_whole_log(open, &answer));
                    assert_eq!(essence(&answer.verdict), expected, "step {place}: {} {}", answer.seq, answer.text);
                }
            }
            Move::Undo(which) if !open.feedback().is_empty() => {
                let seq = which.get(open.feedback()).seq;
                open.undo(seq).unwrap();
            }
            Move::Undo(_) => {}
            Move::Switch(_) | Move::Restart => {
                let task = match step {
                    Move::Switch(to) => TASKS[*to],
                    _ => TASKS.into_iter().find(|task| open.task().document.as_str() == task.2).expect("one of them"),
                };
                drop(session.take());
                session = Some(start(&folder, &device, task, false));
                continue;
            }
        }
        let [kept, whole] = sums(session.as_mut().expect("it is open"));
        assert_eq!(kept, whole, "step {place}: {step:?}");
    }
}

fn start(
    folder: &tempfile::TempDir,
    device: &Arc<ManualDevice>,
    (stage, basis, document): (Stage, &str, &str),
    fresh: bool,
) -> Session {
    let mut store = open_store(folder);
    if fresh {
        keep(&mut store, world());
    }
    let identity = Identity { member: "M".into(), site: "S".into(), operator: Some("1024".into()) };
    Session::open(store, device.clone(), identity, (stage, basis.into(), document.into())).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]
    #[test]
    fn a_slice_says_what_the_whole_log_says(moves in prop::collection::vec(any_move(), 1..40)) {
        play(&moves);
    }
}
