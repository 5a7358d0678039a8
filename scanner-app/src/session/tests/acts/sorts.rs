use std::collections::BTreeMap;

use proptest::prelude::*;
use shared::mismatch::ScanResult;

use super::*;
use crate::session::opening::Place;
use crate::session::overview;
use crate::session::sorting::{OpenOrder, OrderKey, Proposal, Sorted, Sorting, propose};

fn order(number: &str, due: Option<i64>, units: u64) -> OpenOrder {
    let said = BTreeMap::from([("POD".into(), units)]);
    let due = due.map(Timestamp::from_ms);
    let (basis, retailer) = (number.into(), "R".into());
    OpenOrder { basis, document: "none".into(), retailer, slot: 1, due, left: said.clone(), said }
}

#[test]
fn the_order_due_first_that_takes_it_whole_gets_it() {
    let pod = "POD".into();
    let orders = [order("O1", None, 50), order("O2", Some(20), 50), order("O3", Some(10), 6)];
    assert_eq!(propose(&orders, &pod, 1, &[]), Proposal::To(2));
    assert_eq!(propose(&orders, &pod, 10, &[]), Proposal::To(1), "six do not take a case of ten");
    assert_eq!(propose(&orders, &pod, 10, &[1]), Proposal::To(0), "the other slot");
    assert_eq!(propose(&orders, &"MINT".into(), 1, &[]), Proposal::NotOrdered);
}

#[test]
fn a_case_that_none_takes_whole_is_opened_by_due_time() {
    let pod = "POD".into();
    let orders = [order("O1", Some(20), 4), order("O2", Some(10), 3)];
    let shares = vec![(1, 3), (0, 4)];
    assert_eq!(propose(&orders, &pod, 10, &[]), Proposal::OpenCase { shares, left_over_units: 3 });
    let filled = [OpenOrder { left: BTreeMap::from([("POD".into(), 0)]), ..order("O1", None, 4) }];
    assert_eq!(propose(&filled, &pod, 1, &[]), Proposal::Filled);
    assert!(filled[0].is_filled());
}

proptest! {
    /// Whatever comes in whatever order: no order gets more than it said, nothing wanted is turned away while it fits, and the same
    /// question has the same answer.
    #[test]
    fn never_over_allocates(
        demand in proptest::collection::vec((0..40_u64, proptest::option::of(0..5_i64)), 1..6),
        packages in proptest::collection::vec(prop_oneof![Just(1_u64), Just(10), Just(25)], 0..40),
    ) {
        let pod = "POD".into();
        let mut orders: Vec<OpenOrder> =
            demand.iter().enumerate().map(|(n, (units, due))| order(&format!("O{n}"), *due, *units)).collect();
        let total: u64 = demand.iter().map(|(units, _)| units).sum();
        let (mut given, mut stock) = (0, 0);
        for units in packages {
            let proposal = propose(&orders, &pod, units, &[]);
            prop_assert_eq!(&proposal, &propose(&orders, &pod, units, &[]));
            let mut put = |place: usize, units: u64| {
                let left = orders[place].left.get_mut(&pod).unwrap();
                assert!(*left >= units, "order {place} got more than it said");
                *left -= units;
                given += units;
            };
            match proposal {
                Proposal::To(place) => put(place, units),
                Proposal::OpenCase { shares, left_over_units } => {
                    let shared: u64 = shares.iter().map(|(_, units)| units).sum();
                    prop_assert_eq!(shared + left_over_units, units);
                    for (place, units) in shares {
                        put(place, units);
                    }
                    if left_over_units > 0 {
                        prop_assert!(orders.iter().all(OpenOrder::is_filled), "kept back although wanted");
                    }
                    stock += left_over_units;
                }
                Proposal::Filled => {
                    prop_assert!(orders.iter().all(OpenOrder::is_filled));
                    stock += units;
                }
                Proposal::NotOrdered => prop_assert!(false, "every order names it"),
            }
        }
        let left: u64 = orders.iter().map(|order| order.left_of(&pod)).sum();
        prop_assert_eq!(given + left, total);
        prop_assert!(given <= total, "{} in stock", stock);
    }
}

fn keys() -> Vec<OrderKey> {
    vec![("O1".into(), "D1".into()), ("O2".into(), "D2".into())]
}

fn hub() -> Yard {
    let mut records = usual();
    for (number, document, retailer, units) in [("O1", "D1", "R1", 10), ("O2", "D2", "R2", 12)] {
        let of = basis(number, BasisKind::Order, ("W", retailer), &[("POD", units)]);
        records.extend([note(document, &of), Record::Basis(of)]);
    }
    let bought = basis("C1", BasisKind::Contract, ("M", "W"), &[("POD", 30)]);
    records.push(manifest(&bought, "FH-1", Stage::Outbound, (1..=3).map(case)));
    let yard = Yard::new("W", records);
    let mut session = yard.begin(Stage::Inbound, "C1", Papers::Named("FH-1".into()));
    for n in 1..=3 {
        assert_eq!(scan(&mut session, &case(n)).result, ScanResult::Accepted);
    }
    yard
}

fn open(yard: &Yard) -> Sorting {
    Sorting::open(yard.store(), yard.device(), yard.identity(), &keys()).unwrap()
}

fn take(sorting: &mut Sorting, code: &PackageCode) -> Sorted {
    sorting.scan(&label(code), None, Capture::Camera, None).unwrap()
}

#[test]
fn one_sort_over_two_orders_names_each_scans_own() {
    let yard = hub();
    let mut sorting = open(&yard);
    let Sorted::To(0, first) = take(&mut sorting, &case(1)) else { panic!("not to the first order") };
    assert_eq!(first.result, ScanResult::Accepted, "{first:?}");
    let Sorted::To(1, second) = take(&mut sorting, &case(2)) else { panic!("the first is filled") };
    assert_eq!(second.result, ScanResult::Accepted, "{second:?}");
    let Sorted::To(0, again) = take(&mut sorting, &case(1)) else { panic!("sorted already") };
    assert_eq!(again.result, ScanResult::Duplicate);
    assert_eq!(
        take(&mut sorting, &case(3)),
        Sorted::OpenCase { shares: vec![(1, 2)], left_over_units: 8 },
        "two are still wanted"
    );
    drop(sorting);
    // A restart, asked for by the other order: the same list, slots and counts.
    let mut sorting = Sorting::open(yard.store(), yard.device(), yard.identity(), &keys()[1..]).unwrap();
    let slots: Vec<_> = sorting.orders().iter().map(|order| (order.basis.as_str(), order.slot)).collect();
    assert_eq!(slots, [("O1", 1), ("O2", 2)]);
    assert_eq!(sorting.orders()[1].left_of(&"POD".into()), 2);
    let results: Vec<_> = sorting.session().feedback().iter().map(|answer| answer.result).collect();
    assert_eq!(results, [ScanResult::Accepted, ScanResult::Accepted, ScanResult::Duplicate]);
    sorting.session().undo(second.seq).unwrap();
    sorting.refresh().unwrap();
    assert_eq!(sorting.orders()[1].left_of(&"POD".into()), 12);
    let events = events(sorting.into_session());
    let sorted = events.iter().filter_map(|event| event.act.movement()).filter(|(stage, _)| *stage == Stage::Sort);
    let named: Vec<_> = sorted.map(|(_, movement)| (movement.basis.as_str(), movement.document.as_str())).collect();
    assert_eq!(named, [("O1", "D1"), ("O2", "D2"), ("O1", "D1")]);
}

#[test]
fn what_no_order_wants_is_recorded_set_aside_and_said() {
    let yard = hub();
    let mut sorting = open(&yard);
    let Sorted::NoOpenOrder(answer, said) = take(&mut sorting, &mint(1)) else { panic!("nobody ordered mint") };
    assert!(answer.result >= ScanResult::Wrong, "{answer:?}");
    assert!(said.en.contains("MINT") && said.zh.contains("隔离区"), "{said:?}");
    let events = events(sorting.into_session());
    assert_eq!(of_kind(&events, "set_aside").len(), 1);
}

#[test]
fn closing_a_sort_closes_each_order() {
    let yard = hub();
    let mut sorting = open(&yard);
    take(&mut sorting, &case(1));
    let mut session = sorting.into_session();
    let closing = crate::session::Closing { close: shared::event::Close::Final, carrier: None };
    let sorts = |store: &Store| {
        let (member, site) = ("W".into(), "S".into());
        let place = Place { member: &member, site: &site };
        let work = overview(store, place, yard.device().now()).unwrap();
        work.into_iter().filter(|work| work.stage == Stage::Sort).map(|work| work.document).collect::<Vec<_>>()
    };
    assert_eq!(sorts(session.store()), ["D1".into(), "D2".into()]);
    let departure = session.conclude(&closing).unwrap();
    assert_eq!(sorts(session.store()), [], "each of its orders is done");
    assert_eq!((departure.closed.scanned, departure.gates.len()), (1, 2));
    let events = events(session);
    let closed: Vec<_> = of_kind(&events, "task_closed");
    let counted = closed.iter().filter_map(|act| match act {
        Act::TaskClosed { basis, counted, .. } => Some((basis.as_str(), *counted)),
        _ => None,
    });
    assert_eq!(counted.collect::<Vec<_>>(), [("O1", 1), ("O2", 0)]);
}

#[test]
fn a_note_that_nobody_knows_wants_nothing_twice() {
    let yard = hub();
    let mut keys = keys();
    keys.insert(0, ("O1".into(), "typed".into()));
    let mut sorting = Sorting::open(yard.store(), yard.device(), yard.identity(), &keys).unwrap();
    let said: Vec<u64> = sorting.orders().iter().map(|order| order.said.values().sum()).collect();
    assert_eq!(said, [0, 10, 12], "the order's ten units are on D1");
    let Sorted::To(1, _) = take(&mut sorting, &case(1)) else { panic!("not to the note that is known") };
}

/// Mint was ordered by nobody, and a case that nothing is known of goes to the second order by the clerk's own choice.
#[test]
fn a_whole_sort_is_counted_and_what_any_order_set_aside_is_released() {
    let yard = hub();
    let mut sorting = open(&yard);
    take(&mut sorting, &case(1));
    take(&mut sorting, &case(2));
    let label = label(&case(2_000));
    let Sorted::To(1, strange) = sorting.scan(&label, None, Capture::Camera, Some(1)).unwrap() else {
        panic!("not to the second order")
    };
    assert!(strange.result >= ScanResult::Wrong, "{strange:?}");
    let session = sorting.session();
    let progress = session.progress().unwrap();
    assert_eq!((progress.units_counted, progress.units_expected, progress.set_aside), (20, 22, 1), "of both orders");
    assert_eq!(session.counts().unwrap().own, 2, "of both orders");
    session.release(strange.seq).unwrap();
    let lists = session.lists().unwrap();
    assert_eq!(lists.count(crate::session::lists::Tab::SetAside), Some(0), "released under the second order");
    assert_eq!(session.progress().unwrap().set_aside, 0);
}
