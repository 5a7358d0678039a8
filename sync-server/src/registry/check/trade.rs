//! Products, contracts and orders, shipping documents.

use shared::reference::{Basis, BasisKind, Level, Namespace, Product, ShippingDocument};

use super::Findings;

pub(super) fn product(found: &mut Findings<'_>, product: &Product) {
    found.member("maker", &product.maker);
    found.distinct("levels", product.levels.iter().map(|level| level.level), "level");
    found.distinct("levels", product.levels.iter().map(|level| level.gtin.clone()), "GTIN");
    levels(found, product);
    found.distinct("listings", product.listings.iter().map(|listing| listing.from), "moment");
    let prices = product.prices.iter().map(|price| (format!("{:?}", price.kind), price.from));
    found.distinct("prices", prices, "kind and moment");
    for (at, price) in product.prices.iter().enumerate() {
        if let Some(announced) = price.announced.filter(|announced| *announced > price.from) {
            let problem = format!("a price of {} cannot be announced after that day", price.from.to_minute());
            found.fault(&format!("prices[{at}].announced"), &announced.to_string(), problem);
        }
    }
}

/// A unit is one unit, a higher level a whole number of the lower one, and no GTIN is of two products.
fn levels(found: &mut Findings<'_>, product: &Product) {
    let mut in_order: Vec<_> = product.levels.iter().enumerate().collect();
    in_order.sort_by_key(|(_, level)| level.level);
    for (at, level) in &in_order {
        if level.level == Level::Unit && level.units != 1 {
            let problem = format!("a unit holds 1 unit, not {}", level.units);
            found.fault(&format!("levels[{at}].units"), &level.units.to_string(), problem);
        }
        let mut others = found.known.products.values().filter(|other| other.product != product.product);
        if let Some(other) = others.find(|other| other.level_of(&level.gtin).is_some()) {
            let problem = format!("the GTIN {} is of the product {}", level.gtin, other.product);
            found.fault(&format!("levels[{at}].gtin"), &level.gtin, problem);
        }
    }
    for pair in in_order.windows(2) {
        let [(_, lower), (at, higher)] = pair else { continue };
        if lower.units > 0 && (higher.units < lower.units || higher.units % lower.units != 0) {
            let problem = format!("{} units are no whole number of the level below, of {}", higher.units, lower.units);
            found.fault(&format!("levels[{at}].units"), &higher.units.to_string(), problem);
        }
    }
}

pub(super) fn namespace(found: &mut Findings<'_>, namespace: &Namespace) {
    if !namespace.is_well_formed() {
        let problem = "begins no code: `01/` and digits of a GTIN, `01/GTIN/21/` and the beginning of its serials, `00/` and digits of an \
                       SSCC, or `text/` and the name of a configured namespace do";
        found.fault("namespace", &namespace.namespace, problem.into());
    }
}

pub(super) fn basis(found: &mut Findings<'_>, basis: &Basis) {
    found.member("seller", &basis.seller);
    if basis.buyer != basis.seller {
        found.member("buyer", &basis.buyer);
    }
    found.lines(&basis.lines);
    found.in_order(("from", basis.from), ("until", basis.until));
    found.in_order(("signed_at", basis.signed_at), ("until", basis.until));
    if basis.paid_at.is_some() && !basis.unpaid {
        let problem = "`paid_at` says when an unpaid one was settled: set `unpaid` as well, or leave it out".into();
        found.fault("paid_at", "", problem);
    }
    match basis.kind {
        BasisKind::Transfer => transfer(found, basis),
        BasisKind::Contract | BasisKind::Order | BasisKind::ReturnApproval => {
            if basis.seller == basis.buyer {
                let problem = "nobody sells to himself; a move between own sites has the kind `transfer`".into();
                found.fault("buyer", basis.buyer.as_str(), problem);
            }
            for (field, site) in [("from_site", &basis.from_site), ("to_site", &basis.to_site)] {
                if let Some(site) = site {
                    found.fault(field, site.as_str(), "only a transfer note names sites".into());
                }
            }
        }
    }
    for (at, amendment) in basis.amendments.iter().enumerate() {
        if let Some(buyer) = &amendment.buyer {
            found.member(&format!("amendments[{at}].buyer"), buyer);
        }
        let then = basis.version(amendment.valid_from, u64::MAX);
        found.in_order(("from", then.from), (&format!("amendments[{at}].until"), then.until));
    }
}

fn transfer(found: &mut Findings<'_>, basis: &Basis) {
    if basis.seller != basis.buyer {
        let problem = "a transfer note is of one member: seller and buyer are the same".into();
        found.fault("buyer", basis.buyer.as_str(), problem);
    }
    for (field, site) in [("from_site", &basis.from_site), ("to_site", &basis.to_site)] {
        match site {
            Some(site) => found.own_site(field, site, &basis.seller),
            None => found.fault(field, "", "is missing; a transfer note names both sites".into()),
        }
    }
    if let (Some(from), Some(to)) = (&basis.from_site, &basis.to_site)
        && from == to
    {
        found.fault("to_site", to.as_str(), "the goods would stay where they are".into());
    }
}

pub(super) fn document(found: &mut Findings<'_>, document: &ShippingDocument) {
    if !found.known.bases.contains_key(&document.basis) {
        found.unknown("basis", "contract or order", document.basis.as_str());
    }
    // Parties and carrier are compared with the basis by the rules; goods that nobody registered can be compared with nothing.
    found.lines(&document.lines);
}
