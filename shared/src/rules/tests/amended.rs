//! An amendment judges nothing that happened before it: each field by which the past is judged, amended after a scan and before it.

use super::{T0, World, case, unit};
use crate::event::Stage;
use crate::ids::MemberId;
use crate::mismatch::Kind;
use crate::reference::{
    Amendment, Carrier, CarrierTerms, Duties, Earlier, Licence, Market, Member, MemberTerms, Operator, PackLevel,
    ProductTerms, Role, Site, SiteTerms,
};
use crate::time::{HOUR_MS, Timestamp};

/// Before the packs were issued; after everything was scanned.
const MOMENTS: [(i64, bool); 2] = [(T0 - 2 * HOUR_MS, true), (T0 + HOUR_MS / 2, false)];

/// Whether a kind is told in a world that `amend` changed from a moment on.
fn is_told(kind: Kind, of: Timestamp, amend: impl Fn(&mut World, Timestamp)) -> bool {
    let mut world = World::new();
    let member = |name: &str, role| Member::new(name.into(), name.to_owned(), role);
    for (name, role) in [("M", Role::Maker), ("W", Role::Wholesaler), ("R1", Role::Retailer)] {
        world.references.members.insert(name.into(), member(name, role));
    }
    world.scan(Stage::Outbound, ("C1", "N1"), &case(1));
    world.scan(Stage::Inbound, ("C1", "N1"), &case(1));
    world.scan(Stage::Sort, ("O1", "D1"), &unit(1));
    for fact in &mut world.history.facts {
        fact.operator = Some("1024".into());
    }
    amend(&mut world, of);
    world.found().iter().any(|(found, ..)| *found == kind)
}

fn check(kind: Kind, amend: impl Fn(&mut World, Timestamp)) {
    for (of, told) in MOMENTS {
        assert_eq!(is_told(kind, Timestamp::from_ms(of), &amend), told, "{kind:?}, amended before the scans: {told}");
    }
}

fn terms(role: Role, region: &str) -> MemberTerms {
    MemberTerms { role, licence: None, region: region.into(), import_codes: false }
}

#[test]
fn a_licence_that_ends_later_was_good() {
    check(Kind::LicenceInvalid, |world, until| {
        let member = world.references.members.get_mut(&"M".into()).unwrap();
        member.licence = Some(Licence { stages: vec![Stage::Receipt], ..Licence::default() });
        member.earlier.push(Earlier { until, said: terms(Role::Maker, "") });
    });
}

#[test]
fn goods_went_to_where_the_buyer_was() {
    check(Kind::CrossRegion, |world, until| {
        world.references.members.get_mut(&"W".into()).unwrap().region = "44".into();
        let buyer = world.references.members.get_mut(&"R1".into()).unwrap();
        buyer.region = "3301".into();
        buyer.earlier.push(Earlier { until, said: terms(Role::Retailer, "4401") });
    });
}

#[test]
fn people_did_what_they_might_do_then() {
    check(Kind::UnauthorisedOperator, |world, until| {
        let member = MemberId::from("M");
        let said = |member: &MemberId| Duties { member: member.clone(), sites: vec![], stages: vec![], until: None };
        let earlier = vec![Earlier { until, said: said(&member) }];
        let stages = vec![Stage::Receipt];
        let operator = Operator { stages, earlier, ..Operator::new("1024".into(), member.clone()) };
        // The others' scans are not this person's.
        world.history.facts.iter_mut().filter(|fact| fact.member != member).for_each(|fact| fact.operator = None);
        world.references.operators.insert("1024".into(), operator);
    });
}

#[test]
fn people_who_went_to_another_member_were_the_formers_staff() {
    check(Kind::UnauthorisedOperator, |world, until| {
        let said = Duties { member: "M".into(), sites: vec![], stages: vec![], until: None };
        let operator = Operator::new("1024".into(), "W".into());
        world.history.facts.iter_mut().filter(|fact| fact.member != "M".into()).for_each(|fact| fact.operator = None);
        world
            .references
            .operators
            .insert("1024".into(), Operator { earlier: vec![Earlier { until, said }], ..operator });
    });
}

#[test]
fn a_case_holds_what_cases_held_when_its_pack_was_issued() {
    check(Kind::PackCount, |world, until| {
        let product = world.references.products.get_mut(&"POD".into()).unwrap();
        let said = ProductTerms { levels: product.levels.clone(), registry: product.registry };
        for level in &mut product.levels {
            *level = PackLevel { units: if level.units == 1 { 1 } else { 6 }, ..level.clone() };
        }
        product.earlier.push(Earlier { until, said });
    });
}

#[test]
fn a_carriers_papers_were_valid_and_a_site_was_its_former_owners() {
    check(Kind::CarrierInvalid, |world, until| {
        let earlier = vec![Earlier { until, said: CarrierTerms::default() }];
        let carrier = Carrier { carrier: "K".into(), until: Some(Timestamp::from_ms(T0 - HOUR_MS)), earlier };
        world.references.carriers.insert("K".into(), carrier);
    });
    check(Kind::UnregisteredSite, |world, until| {
        let said = SiteTerms { member: "M".into(), region: String::new() };
        let earlier = vec![Earlier { until, said }];
        let site = Site { earlier, ..Site::new("M".into(), "W".into(), String::new(), String::new()) };
        world.references.sites.insert("M".into(), site);
        // Whose places are on record is checked.
        for (site, member) in [("M2", "M"), ("W", "W")] {
            let site = Site::new(site.into(), member.into(), String::new(), String::new());
            world.references.sites.insert(site.site.clone(), site);
        }
    });
}

#[test]
fn a_contract_was_in_force_and_for_this_market() {
    let amended = |change: Amendment| {
        move |world: &mut World, valid_from| {
            let basis = world.references.bases.get_mut(&"C1".into()).unwrap();
            basis.amendments.push(Amendment { valid_from, ..change.clone() });
        }
    };
    let later = Some(Timestamp::from_ms(T0 + 2 * HOUR_MS));
    check(Kind::BasisNotInForce, amended(Amendment { from: later, ..Amendment::default() }));
    check(Kind::ExportDiverted, amended(Amendment { market: Some(Market::Export), ..Amendment::default() }));
}
