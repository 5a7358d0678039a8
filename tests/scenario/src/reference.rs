//! Statements about references, and the references as they are known at a moment.

use shared::reference::{BasisKind, CodeRecord, Level, Pack, PackLoss, References, Relocation, StockReport};
use shared::time::Timestamp;

use crate::names::{Names, PackName};
use crate::statement::{ScenarioError, Statement};
use crate::{parties, trade};

/// Verbs of this module.
const VERBS: &[&str] = &[
    "member",
    "product",
    "contract",
    "order",
    "transfer",
    "approval",
    "approve-return",
    "amend",
    "correct",
    "cancel",
    "pay",
    "document",
    "quota",
    "pack",
    "registry",
    "price",
    "apply",
    "carrier",
    "site",
    "operator",
    "lost",
    "release",
    "relocate",
    "stock-report",
];

/// Whether a statement speaks of references.
pub(crate) fn is_reference(verb: &str) -> bool {
    VERBS.contains(&verb)
}

/// From when a statement is known: `known=`, `imported=`, its `@`, else from the start.
pub(crate) fn known_from(said: &Statement) -> Result<Option<Timestamp>, ScenarioError> {
    if let Some(known) = said.time(&["known", "imported"])? {
        return Ok(Some(known));
    }
    Ok(said.at)
}

/// The ledger position that stands for a moment.
pub(crate) fn position(at: Timestamp) -> u64 {
    u64::try_from(at.as_ms()).unwrap_or(0)
}

/// The references as everyone who heard all up to `known` has them.
pub(crate) fn build(
    statements: &[(Option<Timestamp>, Statement)],
    terminals: &[(String, String)],
    names: &Names,
    known: Timestamp,
) -> Result<References, ScenarioError> {
    let mut references = References::default();
    for (member, site) in terminals {
        parties::add_site(&mut references, site, member, "");
    }
    for (from, said) in statements {
        if from.is_none_or(|from| from <= known) {
            let position = from.map_or(0, position);
            apply(said, names, position, &mut references)?;
            said.all_used()?;
        }
    }
    // Whoever names a carrier that nobody declared names an unknown one.
    let carrier = shared::reference::Carrier::new(trade::CARRIER.to_owned(), None);
    references.carriers.insert(carrier.carrier.clone(), carrier);
    Ok(references)
}

fn apply(said: &Statement, names: &Names, position: u64, references: &mut References) -> Result<(), ScenarioError> {
    let _ = said.option(&["known", "imported"]);
    match said.verb.as_str() {
        "member" => parties::member(said, references),
        "site" => parties::site(said, references),
        "operator" => parties::operator(said, references),
        "carrier" => parties::carrier(said, references),
        "product" => trade::product(said, names, references),
        "price" => trade::price(said, references),
        "registry" => trade::registry(said, references),
        "contract" => trade::basis(said, BasisKind::Contract, references),
        "order" => trade::basis(said, BasisKind::Order, references),
        "transfer" => trade::basis(said, BasisKind::Transfer, references),
        "approval" => trade::basis(said, BasisKind::ReturnApproval, references),
        "approve-return" => trade::approve_return(said, references),
        "amend" => trade::amend(said, position, references),
        "correct" => trade::correct(said, references),
        "pay" => trade::pay(said, references),
        "document" => trade::document(said, references),
        "quota" => trade::quota(said, references),
        "apply" => trade::apply(said, references),
        "pack" => pack(said, names, references),
        "lost" | "release" => loss(said, references),
        "cancel" => cancel(said, names, references),
        "relocate" => relocate(said, references),
        _ => stock_report(said, references),
    }
}

/// Reads `pack P1 POD unit 120 …` for the names.
pub(crate) fn pack_name(said: &Statement) -> Result<(String, PackName), ScenarioError> {
    let level = match said.word(2, "a level")? {
        "unit" => Some(Level::Unit),
        "inner" => Some(Level::Inner),
        "case" => Some(Level::Case),
        "logistic" => None,
        other => return Err(said.wrong(other, format!("`{other}` is no level: unit, inner, case or logistic"))),
    };
    let count: u32 = said.number(said.word(3, "a number of codes")?)?;
    if count > 1_000_000 {
        return Err(said.wrong(&count.to_string(), "a pack of a scenario has at most 1,000,000 codes"));
    }
    let pack = PackName { product: said.word(1, "a product")?.to_owned(), level, count };
    Ok((said.word(0, "a name")?.to_owned(), pack))
}

/// `pack P1 POD unit 120 for=C1 imported=D3 inactive batch=B1`.
fn pack(said: &Statement, names: &Names, references: &mut References) -> Result<(), ScenarioError> {
    let (name, pack) = pack_name(said)?;
    let level = pack.level.unwrap_or(Level::Case);
    let basis = said.option(&["for"]).unwrap_or("none");
    let issued_at = Timestamp::from_ms(i64::MIN);
    let mut record = Pack::new(name.as_str().into(), pack.product.as_str().into(), level, basis.into(), issued_at);
    record.inactive = said.affirms("inactive") || said.denies(&["active"]);
    record.batch = said.option(&["batch"]).map(str::to_owned);
    for number in 1..=pack.count {
        if let Some(code) = names.code(&format!("{name}.{number}")) {
            references.insert_code(CodeRecord::new(code, record.pack.clone(), record.product.clone(), None));
        }
    }
    references.packs.insert(record.pack.clone(), record);
    Ok(())
}

/// `lost P1 stolen @D1 07:30`, `release P1 @D2`.
fn loss(said: &Statement, references: &mut References) -> Result<(), ScenarioError> {
    let name = said.word(0, "a pack")?;
    let pack =
        references.packs.get_mut(&name.into()).ok_or_else(|| said.wrong(name, format!("there is no pack `{name}`")))?;
    let at = said.at.unwrap_or(said.start());
    if said.verb == "release" {
        pack.released_at = Some(at);
        return Ok(());
    }
    let how = if said.has("stolen", 1) { PackLoss::Stolen } else { PackLoss::Lost };
    let _ = said.has("lost", 1);
    (pack.loss, pack.released_at) = (Some((how, at)), None);
    Ok(())
}

/// `cancel P1.7 @…` ends a code, `cancel O1 @…` a contract or order.
fn cancel(said: &Statement, names: &Names, references: &mut References) -> Result<(), ScenarioError> {
    let name = said.word(0, "a code, contract or order")?;
    match names.code(name).and_then(|code| references.codes.get_mut(&code)) {
        Some(record) => record.cancelled_at = Some(said.at.unwrap_or(said.start())),
        None => trade::cancel(said, references)?,
    }
    Ok(())
}

/// `relocate POD from=S1 to=S2 reported=no @…`.
fn relocate(said: &Statement, references: &mut References) -> Result<(), ScenarioError> {
    let from = said.option(&["from"]).unwrap_or_default();
    let product = said.word(0, "a product")?;
    let owner = references.sites.get(&from.into()).map(|site| site.member.clone());
    let maker = references.products.get(&product.into()).map(|product| product.maker.clone());
    let number = format!("{:06}", said.line);
    let relocation = Relocation {
        relocation: number.clone(),
        member: said.option(&["by"]).map(Into::into).or(owner).or(maker).unwrap_or_else(|| "".into()),
        product: product.into(),
        from: from.into(),
        to: said.option(&["to"]).unwrap_or_default().into(),
        at: said.at.unwrap_or(said.start()),
        reported: !said.denies(&["reported"]),
    };
    references.relocations.insert(number, relocation);
    Ok(())
}

/// `stock-report M month=2026-10 missing`; `received=D3` when it came in.
fn stock_report(said: &Statement, references: &mut References) -> Result<(), ScenarioError> {
    let member = said.word(0, "a member")?;
    let month = said.option(&["month"]).ok_or_else(|| said.wrong(member, "`stock-report` lacks month=YYYY-MM"))?;
    let due = said.moment(&format!("{month}-01"))?.plus_months(1);
    let missing = said.has("missing", 1);
    let received = said.time(&["received"])?.or((!missing).then_some(due));
    let report = StockReport { member: member.into(), month: month.to_owned(), due, received_at: received };
    references.stock_reports.insert((member.into(), month.to_owned()), report);
    Ok(())
}
