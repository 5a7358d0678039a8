use serde_json::{Value, json};
use shared::reference::References;
use shared::wire::Record;

use super::check;
use crate::registry::set::Set;

fn record(set: Set, body: Value) -> Record {
    let Value::Object(body) = body else { panic!("an object") };
    set.record(body).unwrap()
}

fn known() -> References {
    let mut known = References::default();
    for (set, body) in [
        (Set::Member, json!({"member": "M", "name": "Maker", "role": "maker"})),
        (
            Set::Member,
            json!({"member": "W", "name": "Wholesaler", "role": "wholesaler", "licence": {"number": "4401001"}}),
        ),
        (
            Set::Member,
            json!({"member": "OLD", "name": "Old", "role": "retailer", "licence": {"number": "4401002"},
                   "statuses": [{"from": "2026-01-01T00:00:00+08:00", "value": "cancelled"}]}),
        ),
        (Set::Site, json!({"site": "A", "member": "W", "name": "a"})),
        (Set::Site, json!({"site": "B", "member": "W", "name": "b"})),
        (Set::Site, json!({"site": "F", "member": "M", "name": "f"})),
        (
            Set::Product,
            json!({"product": "POD", "name": "Pod", "maker": "M",
                   "levels": [{"level": "unit", "gtin": "06901234567892", "units": 1}]}),
        ),
        (
            Set::Basis,
            json!({"basis": "C1", "kind": "contract", "seller": "M", "buyer": "W", "lines": [{"product": "POD", "units": 6}]}),
        ),
    ] {
        known.insert(record(set, body));
    }
    known
}

fn fields(set: Set, body: Value) -> Vec<String> {
    check(&record(set, body), &known()).into_iter().map(|fault| fault.field).collect()
}

#[test]
fn nonsense_is_named_by_its_fields() {
    let line = json!([{"product": "POD", "units": 6}]);
    let day = |day: u8| format!("2026-10-{day:02}T00:00:00+08:00");
    let table = [
        (
            Set::Member,
            json!({"member": "X", "name": "x", "role": "maker", "region": "GZ",
            "licence": {"from": day(2), "until": day(1)}}),
            vec!["licence.until", "region"],
        ),
        (
            Set::Member,
            json!({"member": "X", "name": "x", "role": "maker",
            "more_roles": [{"from": day(1), "value": "maker"}]}),
            vec!["more_roles[0].value"],
        ),
        (Set::Member, json!({"member": "export", "name": "x", "role": "maker"}), vec!["member"]),
        (
            Set::Member,
            json!({"member": "X", "name": "x", "role": "retailer", "licence": {"number": "4401001"}}),
            vec!["licence.number"],
        ),
        (Set::Site, json!({"site": "S", "member": "X", "name": "s"}), vec!["member"]),
        (Set::Operator, json!({"operator": "1", "member": "W", "sites": ["A", "F", "Z"]}), vec!["sites", "sites"]),
        (
            Set::Product,
            json!({"product": "P2", "name": "p", "maker": "X", "levels": [
            {"level": "unit", "gtin": "06901234567892", "units": 2}, {"level": "case", "gtin": "16901234567899", "units": 7}]}),
            vec!["maker", "levels[0].units", "levels[0].gtin", "levels[1].units"],
        ),
        (
            Set::Basis,
            json!({"basis": "C2", "kind": "order", "seller": "W", "buyer": "W", "lines": line, "from_site": "A",
            "from": day(2), "until": day(2), "paid_at": day(3)}),
            vec!["until", "paid_at", "buyer", "from_site"],
        ),
        (
            Set::Basis,
            json!({"basis": "T1", "kind": "transfer", "seller": "W", "buyer": "M", "from_site": "A", "to_site": "F",
            "lines": [{"product": "MINT", "units": 1}, {"product": "POD", "units": 0}, {"product": "POD", "units": 3}]}),
            vec!["lines[0].product", "lines[1].units", "lines[2]", "buyer", "to_site"],
        ),
        (Set::Namespace, json!({"namespace": "0690123", "registry": "complete"}), vec!["namespace"]),
        (Set::Document, json!({"document": "N1", "basis": "C9", "packing_level": "case"}), vec!["basis"]),
        (Set::Quota, json!({"member": "X", "class": "product", "year": 2026, "units": 5}), vec!["member"]),
        (
            Set::Application,
            json!({"application": "A1", "member": "M", "product": "MINT", "units": 1, "basis": "C9", "at": day(1)}),
            vec!["product"],
        ),
        (
            Set::Application,
            json!({"application": "A1", "member": "M", "product": "POD", "units": 1, "basis": "C1", "at": day(2),
            "withdrawn_at": day(1)}),
            vec!["withdrawn_at", "withdrawn_why"],
        ),
        (
            Set::Relocation,
            json!({"relocation": "R", "member": "M", "product": "POD", "from": "F", "to": "F", "at": day(1), "reported": true}),
            vec!["to"],
        ),
        (Set::StockReport, json!({"member": "M", "month": "2026-10", "due": day(30)}), vec!["due"]),
    ];
    for (set, body, expected) in table {
        assert_eq!(fields(set, body.clone()), expected, "{} {body}", set.name());
    }
}

#[test]
fn what_the_rules_judge_is_no_nonsense() {
    let licence = json!({"from": "2020-01-01T00:00:00+08:00", "until": "2021-01-01T00:00:00+08:00", "goods": ["leaf"]});
    let cases = [
        (Set::Member, json!({"member": "X", "name": "x", "role": "retailer", "licence": licence})),
        (Set::Member, json!({"member": "X", "name": "x", "role": "retailer", "licence": {"number": "4401002"}})),
        (Set::Member, json!({"member": "W", "name": "w", "role": "retailer", "licence": {"number": "4401001"}})),
        (Set::Namespace, json!({"namespace": "text/CTP", "registry": "open"})),
        (Set::Document, json!({"document": "N1", "basis": "C1", "packing_level": "case", "consignee": "NOBODY"})),
        (
            Set::Basis,
            json!({"basis": "C3", "kind": "contract", "seller": "W", "buyer": "M", "unpaid": true, "unfiled": true,
            "lines": [{"product": "POD", "units": 4_000_000_000_u64}]}),
        ),
    ];
    for (set, body) in cases {
        assert_eq!(fields(set, body.clone()), Vec::<String>::new(), "{body}");
    }
}
