//! Namespaces of codes that are marked open or complete, where no product says it.

use super::{T0, World, gtin};
use crate::code::{GrammarConfig, Grammars, OpaqueConfig, PackageCode};
use crate::event::Stage;
use crate::mismatch::Kind;
use crate::mismatch::State::{Confirmed, Provisional};
use crate::reference::{CodeRecord, Earlier, Namespace, NamespaceTerms, Registry};
use crate::time::{HOUR_MS, Timestamp};

const TEXT: &str = "0123456789ABCDEF";

/// A world that reads texts of 16 characters as codes of the namespace CTP.
fn world() -> World {
    let mut world = World::new();
    let pattern =
        OpaqueConfig { namespace: "CTP".into(), pattern: "[0-9A-F]{16}".into(), upper_case: false, gtin: None };
    let config = GrammarConfig { opaque: vec![pattern], ..GrammarConfig::default() };
    world.references.grammars = Grammars::try_from(config).unwrap();
    world
}

fn mark(world: &mut World, text: &str, registry: Registry) {
    let namespace = Namespace { namespace: text.into(), registry, earlier: Vec::new() };
    world.references.namespaces.insert(text.into(), namespace);
}

fn code() -> PackageCode {
    PackageCode::opaque("CTP", TEXT).unwrap()
}

#[test]
fn a_text_of_no_product_is_unknown_where_its_namespace_is_complete_and_unregistered_elsewhere() {
    let mut world = world();
    world.scan_text(Stage::Outbound, ("C1", "N1"), TEXT);
    world.expect(&[(Kind::UnregisteredCode, "N1", Provisional)]);
    mark(&mut world, "text/CTP", Registry::Open);
    world.expect(&[(Kind::UnregisteredCode, "N1", Provisional)]);
    mark(&mut world, "text/CTP", Registry::Complete);
    world.expect(&[(Kind::UnknownCode, &code().to_string(), Confirmed)]);
    world.references.insert_code(CodeRecord::new(code(), "PU".into(), "POD".into(), None));
    world.expect(&[]);
}

#[test]
fn a_product_that_is_open_is_complete_where_its_namespace_is() {
    let mut world = world();
    world.references.products.get_mut(&"POD".into()).unwrap().registry = Registry::Open;
    let stranger = PackageCode::item(&gtin("0690123456789"), "NOBODYS").unwrap();
    world.scan(Stage::Outbound, ("C1", "N1"), &stranger);
    world.expect(&[(Kind::UnregisteredCode, "N1", Provisional)]);
    mark(&mut world, "01/0690123", Registry::Complete);
    world.expect(&[(Kind::UnknownCode, &stranger.to_string(), Confirmed)]);
}

#[test]
fn a_namespace_that_became_complete_later_judges_no_scan_of_before() {
    for (until, told) in [(T0 - HOUR_MS, Kind::UnknownCode), (T0 + HOUR_MS / 2, Kind::UnregisteredCode)] {
        let mut world = world();
        world.scan_text(Stage::Outbound, ("C1", "N1"), TEXT);
        mark(&mut world, "text/CTP", Registry::Complete);
        let said = NamespaceTerms { registry: Registry::Open };
        let earlier = vec![Earlier { until: Timestamp::from_ms(until), said }];
        world.references.namespaces.get_mut("text/CTP").unwrap().earlier = earlier;
        let found: Vec<Kind> = world.found().into_iter().map(|(kind, ..)| kind).collect();
        assert_eq!(found, [told], "complete from {until} on");
    }
}
