//! Statements about products, prices, contracts, orders, documents, quotas.

use shared::ids::{BasisId, ProductId};
use shared::reference::{
    Amendment, Basis, BasisKind, CodeApplication, Dated, Element, GoodsClass, Level, Line, Listing, Market, Price,
    PriceKind, Product, Quota, References, Registry, ShippingDocument,
};
use shared::time::Timestamp;

use crate::names::Names;
use crate::parties::goods_class;
use crate::statement::{ScenarioError, Statement};

/// The carrier of documents that name none.
pub(crate) const CARRIER: &str = "CARRIER";

/// `product POD maker=M unit=1 inner=10 case=60 class=product market=domestic suspended@D5 ended@D9 price=20@D1 announced=D1`.
pub(crate) fn product(said: &Statement, names: &Names, references: &mut References) -> Result<(), ScenarioError> {
    let name = said.word(0, "a name")?;
    for level in ["unit", "units", "inner", "case"] {
        let _ = said.option(&[level]);
    }
    let levels = names.products.get(name).cloned().unwrap_or_default();
    let maker = said.option(&["maker"]).unwrap_or("M");
    let mut product = Product::new(name.into(), name.to_owned(), maker.into(), levels);
    product.registry = if said.option(&["registry"]) == Some("open") { Registry::Open } else { Registry::Complete };
    if let Some(class) = said.option(&["class"]) {
        product.class = goods_class(class).ok_or_else(|| said.wrong(class, format!("`{class}` is no goods class")))?;
    }
    product.market = market(said)?;
    product.mixed_batches = said.option(&["batches"]) == Some("mixed") || said.denies(&["purity"]);
    if said.denies(&["listed"]) || said.has("unlisted", 1) {
        product.listings.push(Dated { from: Timestamp::from_ms(i64::MIN), value: Listing::Unlisted });
    }
    for (word, value) in [
        ("unlisted", Listing::Unlisted),
        ("listed", Listing::Listed),
        ("suspended", Listing::Suspended),
        ("ended", Listing::Ended),
    ] {
        if let Some(from) = said.dated(word)? {
            product.listings.push(Dated { from, value });
        }
    }
    if let Some(text) = said.option(&["price"]) {
        let (amount, from) = text.split_once('@').map_or((text, None), |(amount, time)| (amount, Some(time)));
        let from = from.map_or(Ok(Timestamp::from_ms(i64::MIN)), |time| said.moment(time))?;
        let announced = said.time(&["announced"])?;
        product.prices.push(Price { kind: PriceKind::ExFactory, fen: fen(said, amount)?, from, announced });
    }
    references.products.insert(name.into(), product);
    Ok(())
}

fn market(said: &Statement) -> Result<Market, ScenarioError> {
    match said.option(&["market"]) {
        None | Some("domestic") => Ok(Market::Domestic),
        Some("export") => Ok(Market::Export),
        Some("import") => Ok(Market::Import),
        Some(other) => Err(said.wrong(other, format!("`{other}` is no market: domestic, export or import"))),
    }
}

/// Yuan as fen: `20` or `20.50`.
fn fen(said: &Statement, text: &str) -> Result<u64, ScenarioError> {
    let (yuan, cents) = text.split_once('.').unwrap_or((text, "0"));
    let cents = format!("{cents:0<2}");
    let whole: u64 = said.number(yuan)?;
    let part: u64 = said.number(&cents)?;
    whole
        .checked_mul(100)
        .and_then(|fen| fen.checked_add(part.min(99)))
        .ok_or_else(|| said.wrong(text, "the price is too large"))
}

/// `price POD ex-factory 20 @D1 announced=D-100`.
pub(crate) fn price(said: &Statement, references: &mut References) -> Result<(), ScenarioError> {
    let product = find_product(said, said.word(0, "a product")?, references)?;
    let kind = match said.word(1, "a kind of price")? {
        "ex-factory" => PriceKind::ExFactory,
        "wholesale" => PriceKind::Wholesale,
        "retail" | "suggested-retail" => PriceKind::SuggestedRetail,
        other => {
            return Err(said.wrong(other, format!("`{other}` is no price: ex-factory, wholesale or suggested-retail")));
        }
    };
    let fen = fen(said, said.word(2, "an amount")?)?;
    let from = said.at.unwrap_or(Timestamp::from_ms(i64::MIN));
    let announced = said.time(&["announced"])?;
    product.prices.push(Price { kind, fen, from, announced });
    Ok(())
}

/// `registry POD open`.
pub(crate) fn registry(said: &Statement, references: &mut References) -> Result<(), ScenarioError> {
    let word = said.word(1, "open or complete")?;
    let registry = match word {
        "open" | "incomplete" => Registry::Open,
        "complete" => Registry::Complete,
        other => return Err(said.wrong(other, format!("`{other}` is no state of a registry: open or complete"))),
    };
    find_product(said, said.word(0, "a product")?, references)?.registry = registry;
    Ok(())
}

fn find_product<'r>(
    said: &Statement,
    name: &str,
    references: &'r mut References,
) -> Result<&'r mut Product, ScenarioError> {
    let found = references.products.get_mut(&ProductId::from(name));
    found.ok_or_else(|| said.wrong(name, format!("there is no product `{name}`")))
}

/// `contract C1 M W POD=120 from=D1 to=D30 …`, `order …`, `transfer T1 W hub hub2 POD=60`, `approval A1 R1 W POD=2`.
pub(crate) fn basis(said: &Statement, kind: BasisKind, references: &mut References) -> Result<(), ScenarioError> {
    let name = said.word(0, "a number")?;
    let (one, other) = (said.word(1, "the first party")?, said.word(2, "the second party")?);
    // An approval names who returns to whom; its seller and buyer are those of the trade it undoes.
    let (seller, buyer) = match kind {
        BasisKind::ReturnApproval => (other, one),
        BasisKind::Transfer => (one, one),
        BasisKind::Contract | BasisKind::Order => (one, other),
    };
    let price = said.option(&["price"]).map(|text| fen(said, text)).transpose()?;
    let mut lines = lines(said)?;
    for line in &mut lines {
        line.fen = price;
    }
    let mut basis = Basis::new(name.into(), kind, seller.into(), buyer.into(), lines);
    if kind == BasisKind::Transfer {
        (basis.from_site, basis.to_site) = (Some(other.into()), Some(said.word(3, "the other site")?.into()));
    }
    terms(said, &mut basis)?;
    references.bases.insert(name.into(), basis);
    Ok(())
}

fn terms(said: &Statement, basis: &mut Basis) -> Result<(), ScenarioError> {
    basis.from = said.time(&["from"])?;
    basis.until = said.time(&["to", "until"])?;
    basis.signed_at = Some(said.time(&["signed"])?.or(basis.from).unwrap_or(said.start()));
    if let Some(class) = said.option(&["class"]) {
        basis.class = goods_class(class).ok_or_else(|| said.wrong(class, format!("`{class}` is no goods class")))?;
    }
    basis.market = market(said)?;
    basis.off_platform = said.denies(&["platform"]);
    basis.unfiled = said.denies(&["filed", "filing"]);
    basis.without_papers = said.denies(&["papers", "customs"]);
    basis.paid_at = said.dated("paid")?.or(said.time(&["paid-at"])?);
    basis.unpaid = said.has("unpaid", 1) || said.denies(&["paid"]) || basis.paid_at.is_some();
    let _ = said.has("paid", 1);
    basis.transit_ms = said.duration(&["transit"])?;
    let _ = said.option(&["place"]);
    Ok(())
}

fn lines(said: &Statement) -> Result<Vec<Line>, ScenarioError> {
    Ok(said.goods()?.into_iter().map(|(product, units)| Line::new(product.as_str().into(), units)).collect())
}

/// `approve-return W C1 POD 10 @…`: the goods of C1 may go back.
pub(crate) fn approve_return(said: &Statement, references: &mut References) -> Result<(), ScenarioError> {
    let of = find_basis(said, said.word(1, "a contract or order")?, references)?.clone();
    let _ = said.word(0, "who returns")?;
    let product = said.word(2, "a product")?;
    let units = said.number(said.word(3, "a number of units")?)?;
    let number = BasisId::from(format!("return-{}-{}", of.basis, said.line));
    let lines = vec![Line::new(product.into(), units)];
    let mut approval = Basis::new(number.clone(), BasisKind::ReturnApproval, of.seller, of.buyer, lines);
    approval.from = said.at;
    references.bases.insert(number, approval);
    Ok(())
}

fn find_basis<'r>(
    said: &Statement,
    name: &str,
    references: &'r mut References,
) -> Result<&'r mut Basis, ScenarioError> {
    let found = references.bases.get_mut(&BasisId::from(name));
    found.ok_or_else(|| said.wrong(name, format!("there is no contract, order, transfer or approval `{name}`")))
}

/// `amend C1 POD=80 valid-from=D5 known=D6`: what the words leave out stays as it was.
pub(crate) fn amend(said: &Statement, known_at: u64, references: &mut References) -> Result<(), ScenarioError> {
    let basis = find_basis(said, said.word(0, "a number")?, references)?;
    let valid_from = said.time(&["valid-from", "from"])?.or(said.at).unwrap_or(said.start());
    let changed = lines(said)?;
    let mut lines = basis.version(valid_from, u64::MAX).lines.clone();
    for line in &changed {
        match lines.iter_mut().find(|held| held.product == line.product) {
            Some(held) => held.units = line.units,
            None => lines.push(line.clone()),
        }
    }
    lines.retain(|line| line.units > 0);
    basis.amendments.push(Amendment {
        valid_from,
        known_at,
        lines: (!changed.is_empty()).then_some(lines),
        buyer: said.option(&["buyer"]).map(Into::into),
        until: said.time(&["to", "until"])?,
        ..Amendment::default()
    });
    Ok(())
}

/// `correct C1 POD=100`: it was so from the beginning.
pub(crate) fn correct(said: &Statement, references: &mut References) -> Result<(), ScenarioError> {
    let basis = find_basis(said, said.word(0, "a number")?, references)?;
    for line in lines(said)? {
        match basis.lines.iter_mut().find(|held| held.product == line.product) {
            Some(held) => held.units = line.units,
            None => basis.lines.push(line),
        }
    }
    if let Some(buyer) = said.option(&["buyer"]) {
        basis.buyer = buyer.into();
    }
    basis.until = said.time(&["to", "until"])?.or(basis.until);
    Ok(())
}

/// `cancel O1 @D4`.
pub(crate) fn cancel(said: &Statement, references: &mut References) -> Result<(), ScenarioError> {
    find_basis(said, said.word(0, "a number")?, references)?.cancelled_at = Some(said.at.unwrap_or(said.start()));
    Ok(())
}

/// `pay O1 @D2`.
pub(crate) fn pay(said: &Statement, references: &mut References) -> Result<(), ScenarioError> {
    find_basis(said, said.word(0, "a number")?, references)?.paid_at = Some(said.at.unwrap_or(said.start()));
    Ok(())
}

/// `document N1 of=C1 POD=60 carrier=K lacks=carrier,quantity consignee=R2 absent`.
pub(crate) fn document(said: &Statement, references: &mut References) -> Result<(), ScenarioError> {
    let name = said.word(0, "a number")?;
    let of = said.option(&["of", "basis"]).ok_or_else(|| said.wrong(name, "`document` lacks of=CONTRACT-OR-ORDER"))?;
    let basis = references.bases.get(&BasisId::from(of));
    let party = |names: &[&str], own: Option<&shared::ids::MemberId>| {
        said.option(names).map(Into::into).or_else(|| own.cloned()).unwrap_or_else(|| "".into())
    };
    let mut lines = lines(said)?;
    if lines.is_empty() {
        lines = basis.map(|basis| basis.lines.clone()).unwrap_or_default();
    }
    let mut lacks = Vec::new();
    for word in said.option(&["lacks", "without"]).into_iter().flat_map(|list| list.split(',')) {
        lacks.push(element(said, word)?);
    }
    let _ = (said.option(&["vehicle"]), said.option(&["uploaded"]));
    let packing_level = match said.option(&["level"]) {
        Some("case") => Level::Case,
        Some("inner") => Level::Inner,
        _ => Level::Unit,
    };
    let note = ShippingDocument {
        document: name.into(),
        basis: of.into(),
        consignor: party(&["consignor"], basis.map(|basis| &basis.seller)),
        consignee: party(&["consignee"], basis.map(|basis| &basis.buyer)),
        lines,
        carrier: said.option(&["carrier"]).unwrap_or(CARRIER).to_owned(),
        packing_level,
        lacks,
        absent: said.has("absent", 1),
    };
    references.documents.insert(name.into(), note);
    Ok(())
}

pub(crate) fn element(said: &Statement, word: &str) -> Result<Element, ScenarioError> {
    Ok(match word {
        "consignor" => Element::Consignor,
        "consignee" => Element::Consignee,
        "goods" => Element::Goods,
        "specification" => Element::Specification,
        "quantity" => Element::Quantity,
        "carrier" => Element::Carrier,
        other => {
            let why =
                format!("`{other}` is no element: consignor, consignee, goods, specification, quantity or carrier");
            return Err(said.wrong(other, why));
        }
    })
}

/// `quota W product 1000 year=2026`.
pub(crate) fn quota(said: &Statement, references: &mut References) -> Result<(), ScenarioError> {
    let member = said.word(0, "a member")?;
    let class = said.word(1, "a goods class")?;
    let class: GoodsClass =
        goods_class(class).ok_or_else(|| said.wrong(class, format!("`{class}` is no goods class")))?;
    let units = said.number(said.word(2, "a number of units")?)?;
    let year = said.option(&["year"]).map_or(Ok(said.start().year()), |text| said.number(text))?;
    references.quotas.insert((member.into(), class, year), Quota { member: member.into(), class, year, units });
    Ok(())
}

/// `apply M POD 500 for=C1 @…`.
pub(crate) fn apply(said: &Statement, references: &mut References) -> Result<(), ScenarioError> {
    let basis = said.option(&["for"]).unwrap_or("none");
    let made = (format!("{:06}", said.line), said.at.unwrap_or(said.start()));
    let line = (said.word(1, "a product")?.into(), said.number(said.word(2, "a number of units")?)?);
    let application = CodeApplication::new(made, said.word(0, "a member")?.into(), line, basis.into());
    references.applications.insert(application.application.clone(), application);
    Ok(())
}
