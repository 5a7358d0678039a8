//! Own code packs, standing in for the national platform: issued against a contract line.

use std::collections::HashSet;

use ring::rand::{SecureRandom, SystemRandom};
use shared::code::{CodeKey, PackageCode, format_serial};
use shared::ids::{BasisId, PackId, ProductId};
use shared::reference::{CodeRecord, Level, Pack, References};
use shared::rules::application::{Objection, against_contract, against_parties, granted};
use shared::time::Timestamp;
use shared::wire::Record;
use sqlx::AnyConnection;

use crate::packs;
use crate::people::Actor;
use crate::registry::edit::Edit;
use crate::registry::outcome::{EditError, Why};
use crate::store::pack::PackAct;
use crate::store::{self, Store, StoreError};

/// Codes that one call may issue.
pub const COUNT_MAX: u64 = 1_000_000;

/// Why codes were not issued (traceability/2022 art. 15), or a pack not changed.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// No such contract.
    #[error("contract {0} is not known; import it first, then issue its codes")]
    UnknownContract(BasisId),
    /// The product has no such level.
    #[error("product {0} is not known, or has no such packaging level; import it first")]
    NoLevel(ProductId),
    /// No codes may be given out for the line.
    #[error("{}; nothing was issued", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Objections(Vec<Objection>),
    /// Nobody was granted so many.
    #[error(
        "no application covers this: codes for {granted} units of the line are granted, {issued} units have theirs, {asked} more are asked for. \
         Apply first (`sync-server codes apply`), or say why there is none (`--without-application --why …`)"
    )]
    NotGranted {
        /// Units that are asked for.
        asked: u64,
        /// Units for which codes of this level are there already.
        issued: u64,
        /// Units that were granted.
        granted: u64,
    },
    /// Codes without an application, without a reason.
    #[error("why there is no application is missing: it stands in the audit log")]
    NoReason,
    /// More than the line covers.
    #[error("{asked} more packages would exceed the contract line: {covered} are covered, {issued} are issued already")]
    BeyondLine {
        /// What was asked for.
        asked: u64,
        /// What the line covers, in packages of the level.
        covered: u64,
        /// What was issued before.
        issued: u64,
    },
    /// A number out of range.
    #[error("the count must be from 1 to {COUNT_MAX}")]
    Count,
    /// The pack is there already.
    #[error("pack {0} is there already; name another, or leave --pack out")]
    PackTaken(PackId),
    /// No such pack.
    #[error("pack {0} is not known; `sync-server trace CODE` names the pack of a code")]
    UnknownPack(PackId),
    /// The cases are of a lost pack.
    #[error(
        "pack {0} is reported lost: nothing is put into its cases (traceability/2022 art. 22); name another, or release it where it was found"
    )]
    LostPack(PackId),
    /// The units do not fill the cases.
    #[error("{units} units do not fill {cases} cases of {per_case}; issue exactly {} units for them", cases * per_case)]
    CaseRatio {
        /// Units asked for.
        units: u64,
        /// Cases of the parent pack.
        cases: u64,
        /// Units in one case.
        per_case: u64,
    },
    /// The system gives no random numbers.
    #[error("the system's random source failed; nothing was issued")]
    Random,
    /// The registry.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What to issue.
#[derive(Clone, Debug)]
pub struct Application {
    /// Against which contract.
    pub contract: BasisId,
    /// For which product.
    pub product: ProductId,
    /// For which level.
    pub level: Level,
    /// How many codes.
    pub count: u64,
    /// Under which number; `CONTRACT-PRODUCT-level-n` when absent.
    pub pack: Option<PackId>,
    /// The case pack that the units are put into, in order.
    pub parent_pack: Option<PackId>,
    /// Why there is no application for them, where there is none.
    pub without_application: Option<String>,
    /// Who issues.
    pub by: Actor,
}

/// Issues a pack. Answers it and its codes.
pub async fn issue(
    store: &Store,
    application: &Application,
    now: Timestamp,
) -> Result<(Pack, Vec<CodeRecord>), IssueError> {
    let mut tx = store.write().await?;
    let issued = issue_in(&mut tx, application, now).await;
    store::end(tx, issued).await
}

async fn issue_in(
    conn: &mut AnyConnection,
    application: &Application,
    now: Timestamp,
) -> Result<(Pack, Vec<CodeRecord>), IssueError> {
    let mut edit = Edit::begin(conn, &application.by, now).await?;
    let gtin = covered(conn, &edit.known, application, now).await?;
    let pack = new_pack(&edit.known, application, now)?;
    let parents = parents(conn, &edit.known, application).await?;
    let mut codes = Vec::new();
    for (place, code) in (0..).zip(fresh_codes(conn, &gtin, application.count, random).await?) {
        let parent = parents.as_ref().and_then(|(cases, per_case)| cases.get(usize::try_from(place / per_case).ok()?));
        codes.push(CodeRecord::new(code, pack.pack.clone(), pack.product.clone(), parent.cloned()));
    }
    edit.put(conn, Record::Pack(pack.clone()), Why::Entry).await?;
    // In the order of their keys: a tree that is filled at random reads and writes most of its pages again for each of them.
    let mut ordered: Vec<(CodeKey, &CodeRecord)> = codes.iter().map(|code| (CodeKey::of(&code.code), code)).collect();
    ordered.sort_unstable_by_key(|(key, _)| *key);
    for page in ordered.chunks(packs::PAGE) {
        let page = page.iter().map(|(key, code)| (*key, (*code).clone())).collect();
        packs::store_codes(conn, &mut edit, page).await?;
    }
    let (by, detail) = (edit.by().to_owned(), format!("{} {}", application.contract, application.product));
    let unasked = application.without_application.as_ref().map(|why| format!(", without an application: {why}"));
    let detail = format!("{detail}{}", unasked.unwrap_or_default());
    let why = format!("{} codes against {detail}", codes.len());
    edit.finish(conn, ("codes-issued", &format!("pack {}", pack.pack), &why)).await?;
    let act = PackAct { at: now, act: "issued".into(), codes: codes.len() as u64, by, detail };
    store::pack::note(conn, &pack.pack, &act).await?;
    Ok((pack, codes))
}

/// Codes that nobody has: of a million serials of one tag, two are alike more often than one would think (once in three packs).
async fn fresh_codes(
    conn: &mut AnyConnection,
    gtin: &str,
    count: u64,
    mut draw: impl FnMut(u32) -> Result<u64, IssueError> + Send,
) -> Result<Vec<PackageCode>, IssueError> {
    let count = usize::try_from(count).map_err(|_| IssueError::Count)?;
    let tag = u32::try_from(draw(20)?).map_err(|_| IssueError::Random)?;
    let (mut codes, mut drawn) = (Vec::with_capacity(count), HashSet::with_capacity(count));
    while codes.len() < count {
        let mut part = Vec::new();
        while part.len() < packs::PAGE.min(count - codes.len()) {
            let code = PackageCode::item(gtin, &format_serial(tag, draw(40)?));
            let code = code.map_err(|_| StoreError::Corrupt("a registered GTIN is malformed"))?;
            let key = CodeKey::of(&code);
            if drawn.insert(key) {
                part.push((key, code));
            }
        }
        let keys: Vec<CodeKey> = part.iter().map(|(key, _)| *key).collect();
        let taken = store::code_bulk::known(conn, &keys).await?;
        codes.extend(part.into_iter().filter(|(key, _)| !taken.contains_key(key)).map(|(_, code)| code));
    }
    Ok(codes)
}

/// Checks the contract and its line as they are now, and what was granted on it; answers the GTIN of the level (traceability/2022 art. 15).
async fn covered(
    conn: &mut AnyConnection,
    references: &References,
    application: &Application,
    now: Timestamp,
) -> Result<String, IssueError> {
    if application.count == 0 || application.count > COUNT_MAX {
        return Err(IssueError::Count);
    }
    let (contract, product) = (&application.contract, &application.product);
    let basis = references.bases.get(contract).ok_or_else(|| IssueError::UnknownContract(contract.clone()))?;
    let mut objections = against_contract(references, contract, product, now);
    objections.extend(against_parties(references, contract, now));
    if !objections.is_empty() {
        return Err(IssueError::Objections(objections));
    }
    let known = references.products.get(product);
    let level = known.and_then(|product| product.levels.iter().find(|level| level.level == application.level));
    let level = level.ok_or_else(|| IssueError::NoLevel(product.clone()))?;
    let same_line = references
        .packs
        .values()
        .filter(|pack| pack.basis == *contract && pack.product == *product && pack.level == application.level);
    let packs: Vec<PackId> = same_line.map(|pack| pack.pack.clone()).collect();
    let issued = store::code::issued_count(conn, &packs).await?;
    let each = u64::from(level.units.max(1));
    let covered = basis.version(now, u64::MAX).units_of(product) / each;
    if issued + application.count > covered {
        return Err(IssueError::BeyondLine { asked: application.count, covered, issued });
    }
    match &application.without_application {
        Some(why) if why.trim().is_empty() => return Err(IssueError::NoReason),
        Some(_) => {}
        None => {
            let granted = granted(references, contract, product, now);
            let (asked, issued) = (application.count * each, issued * each);
            if issued + asked > granted {
                return Err(IssueError::NotGranted { asked, issued, granted });
            }
        }
    }
    Ok(level.gtin.clone())
}

fn new_pack(references: &References, application: &Application, now: Timestamp) -> Result<Pack, IssueError> {
    let level = match application.level {
        Level::Unit => "unit",
        Level::Inner => "inner",
        Level::Case => "case",
    };
    let free = |n: &u64| PackId::from(format!("{}-{}-{level}-{n}", application.contract, application.product));
    let named = application.pack.clone();
    let first_free = (1..=u64::MAX).map(|n| free(&n)).find(|pack| !references.packs.contains_key(pack));
    let pack = named.or(first_free).ok_or(IssueError::Count)?;
    if references.packs.contains_key(&pack) {
        return Err(IssueError::PackTaken(pack));
    }
    let (product, basis) = (application.product.clone(), application.contract.clone());
    Ok(Pack::new(pack, product, application.level, basis, now))
}

/// The case codes to fill, and how many units each takes.
async fn parents(
    conn: &mut AnyConnection,
    references: &References,
    application: &Application,
) -> Result<Option<(Vec<PackageCode>, u64)>, IssueError> {
    let Some(parent) = &application.parent_pack else { return Ok(None) };
    let pack = references.packs.get(parent).ok_or_else(|| IssueError::UnknownPack(parent.clone()))?;
    if pack.is_lost() {
        return Err(IssueError::LostPack(parent.clone()));
    }
    let units_in = |level| references.products.get(&pack.product).map_or(1, |product| product.units_in(level));
    let per_case = u64::from(units_in(pack.level) / units_in(application.level).max(1));
    let cases: Vec<PackageCode> =
        store::code::of_pack(conn, parent).await?.into_iter().map(|record| record.code).collect();
    if per_case == 0 || cases.len() as u64 * per_case != application.count {
        let cases = cases.len() as u64;
        return Err(IssueError::CaseRatio { units: application.count, cases, per_case });
    }
    Ok(Some((cases, per_case)))
}

/// Bits from the system's cryptographic source: nobody can guess the next serial.
fn random(bits: u32) -> Result<u64, IssueError> {
    let mut bytes = [0; 8];
    SystemRandom::new().fill(&mut bytes).map_err(|_| IssueError::Random)?;
    Ok(u64::from_be_bytes(bytes) >> (64 - bits))
}

#[cfg(test)]
mod tests;
