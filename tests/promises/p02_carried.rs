//! P2 where there is no network: any copy, in any order, by any carrier, also beside a live connection, changes nothing.

use super::carried::{Place, carry, place, queue, scan};

#[test]
fn p2_carried_copies_in_any_order_give_the_same_tables() {
    let place = place();
    let Place { server: _, gate, truck, .. } = &place;
    scan(gate, "A", 30);
    let first = place.parcel("first.parcel");
    scan(gate, "B", 20);
    let second = place.parcel("second.parcel");
    let events = usize::try_from(gate.verified_events().unwrap()).unwrap();

    let (told, output) = place.brought(&[&second], None);
    assert!(output.status.success(), "{told:?}");
    let tables = place.tables();
    assert_eq!((place.held(gate), tables.0.len()), (events, events), "each event once");

    // The older one after the newer, both again, and both by another's terminal.
    let (told, _) = place.brought(&[&first, &second, &first], None);
    assert!(told.iter().all(|told| told["taken"] == 1 && told["waiting"] == 0), "{told:?}");
    for parcel in [&first, &second, &first] {
        carry(truck, &["take", parcel.to_str().unwrap(), "--json"]);
        truck.sync().unwrap();
    }
    assert_eq!(place.tables(), tables);

    // The network comes after all: what was carried is sent again by the terminal itself.
    gate.cable.heal();
    let synced = gate.sync().unwrap();
    assert!(synced["already_recorded"].as_u64().unwrap() >= events as u64, "{synced}");
    let of_before = |lines: &[String]| lines.iter().filter(|line| tables.0.contains(line)).count();
    assert_eq!(of_before(&place.tables().0), events);
    assert_eq!(queue(gate)["pending"], 0);
}
