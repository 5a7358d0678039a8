//! What the server knows of one code, for a terminal that does not. How a code stands is said to every terminal; whose goods they are and
//! where they were only to who takes part.

use std::collections::BTreeSet;

use shared::code::{CodeKey, PackageCode};
use shared::event::Act;
use shared::ids::{EventRef, MemberId};
use shared::mismatch::Scope;
use shared::reference::References;
use shared::rules::{Standing, standing};
use shared::time::Timestamp;
use shared::trail::{CodeNo, History, Index, Scan, Token};
use shared::wire::{CodeAnswer, CodeProduct, CodeStep, Record, SiteMismatch};
use sqlx::AnyConnection;

use super::visible::Visible;
use crate::store::facts::Facts;
use crate::store::named::{self, Name};
use crate::store::reference::SharedReferences;
use crate::store::{self, StoreError, lookup};

/// How many packages that hold one another are followed upwards.
const NESTING_MAX: usize = 4;

/// What a member may know of the code of a key, in a reading transaction.
pub async fn look_up(
    conn: &mut AnyConnection,
    references: &SharedReferences,
    (member, key): (&MemberId, &CodeKey),
    now: Timestamp,
) -> Result<CodeAnswer, StoreError> {
    let position = store::position(conn).await?;
    let visible = Visible::of(store::reference::as_of(conn, references, position).await?, member);
    let Some(code) = store::code::of_key(conn, key).await? else { return Ok(nothing(now)) };
    let (known, facts) = around(conn, &visible.references, &code).await?;
    let history = History { facts: facts.into_owned(), ..History::default() };
    let index = Index::around(&code, &history, &known);
    let mismatches = store::verdict::live_of(conn, &Scope::Code(code.clone())).await?;
    let own = history.facts.iter().filter(|fact| fact.member == visible.member).map(|fact| fact.by).collect();
    Ok(answer(&index, (&visible, &own), (&code, mismatches), now))
}

/// Never registered and never scanned: of its text the server has nothing but the key.
fn nothing(now: Timestamp) -> CodeAnswer {
    CodeAnswer {
        as_of: now,
        standing: Standing::Unregistered,
        product: None,
        pack: None,
        parent: None,
        trail: Vec::new(),
        mismatches: Vec::new(),
    }
}

fn answer(
    index: &Index<'_>,
    (visible, own): (&Visible, &BTreeSet<EventRef>),
    (code, mismatches): (&PackageCode, Vec<SiteMismatch>),
    now: Timestamp,
) -> CodeAnswer {
    let number = index.number(code);
    let may_see = |scan: &&Scan<'_>| {
        let (basis, document) = scan.reference();
        *scan.member == visible.member
            || (scan.stage.sends() && scan.counts() && visible.is_sent_here(basis, document, scan.at))
    };
    let trail: Vec<CodeStep> = index.trail(code).into_iter().filter(may_see).map(|scan| step(scan, number)).collect();
    let package = number.map(|number| index.package(number));
    let pack = package.and_then(|package| package.pack);
    let takes_part = !trail.is_empty() || pack.is_some_and(|pack| visible.packs().contains(&pack.pack));
    let holding = number.and_then(|number| {
        let mut tokens = index.package(number).tokens.iter().rev();
        tokens.find(|token| token.held_at(now) && index.is_inside(number, token.parent, now))
    });
    // How others packed it after the member's part is others' movement.
    let may_know =
        |token: &&Token| token.by.is_none_or(|by| own.contains(&by)) || trail.iter().any(|step| step.at >= token.from);
    let holding = holding.filter(may_know);
    CodeAnswer {
        as_of: now,
        standing: standing(index, code, now),
        product: package.and_then(|package| package.product).map(|(product, level)| CodeProduct {
            product: product.product.clone(),
            name: product.name.clone(),
            level: level.level,
            units: level.units,
        }),
        pack: pack.filter(|_| takes_part).map(|pack| pack.pack.clone()),
        parent: holding.filter(|_| takes_part).map(|token| index.package(token.parent).code.clone()),
        trail,
        mismatches: mismatches.into_iter().filter(|found| visible.may_see(&Record::Mismatch(found.clone()))).collect(),
    }
}

fn step(scan: &Scan<'_>, code: Option<CodeNo>) -> CodeStep {
    CodeStep {
        stage: scan.stage,
        basis: scan.movement.basis.clone(),
        document: scan.movement.document.clone(),
        member: scan.member.clone(),
        at: scan.at,
        is_scanned: scan.code.ok() == code,
        is_set_aside: scan.set_aside.is_some(),
    }
}

/// The facts around one package and those that hold it, and the references that they ask for. What else is inside those is nobody's
/// question here: a pallet is not read for one of its boxes.
async fn around(
    conn: &mut AnyConnection,
    all: &References,
    code: &PackageCode,
) -> Result<(References, Facts), StoreError> {
    let (mut known, mut facts) =
        (References { grammars: all.grammars.clone(), ..References::default() }, Facts::default());
    let (mut asked, mut fresh) = (BTreeSet::new(), BTreeSet::from([code.clone()]));
    for _ in 0..NESTING_MAX {
        let numbers = facts.numbers(&fresh);
        let records = lookup::meet(conn, &numbers, &mut facts).await?;
        facts.find_packages(&numbers, &mut Vec::new());
        let mut holders: BTreeSet<PackageCode> = told_holders(&facts, &fresh, all);
        for record in records {
            if fresh.contains(&record.code) {
                holders.extend(record.parent.clone());
                known.packs.extend(all.packs.get_key_value(&record.pack).map(|(id, pack)| (id.clone(), pack.clone())));
                known.insert_code(record);
            } else if record.parent.as_ref() == Some(code) {
                // A case that was filled is in use.
                known.insert_code(record);
            }
        }
        asked.append(&mut fresh);
        fresh = holders.difference(&asked).cloned().collect();
    }
    let packs = known.packs.keys().map(|pack| Name::Pack(pack).key()).collect();
    named::of(conn, &packs, &mut facts).await?;
    lookup::about_found(conn, &mut facts).await?;
    named_references(&mut known, (all, code), &facts);
    Ok((known, facts))
}

/// What packages were put into, or whose label they took over, as events tell.
fn told_holders(facts: &Facts, packages: &BTreeSet<PackageCode>, all: &References) -> BTreeSet<PackageCode> {
    let read = |text: &String| all.grammars.parse(text).ok();
    let holds = |act: &Act| match act {
        Act::Associate { parent, children, .. } => {
            children.iter().filter_map(read).any(|child| packages.contains(&child)).then(|| read(parent))?
        }
        Act::Relabel { old, new } => read(new).is_some_and(|new| packages.contains(&new)).then(|| read(old))?,
        _ => None,
    };
    facts.found().filter_map(|fact| holds(&fact.act)).collect()
}

/// The products of the codes, and the bases that facts name.
fn named_references(known: &mut References, (all, code): (&References, &PackageCode), facts: &Facts) {
    let products: BTreeSet<_> = known.codes.values().map(|record| record.product.clone()).collect();
    let by_gtin = all.product_of(code).map(|(product, _)| product.product.clone());
    for product in products.into_iter().chain(by_gtin) {
        known.products.extend(all.products.get(&product).map(|found| (product, found.clone())));
    }
    for (basis, _) in facts.found().filter_map(|fact| fact.act.reference()) {
        known.bases.extend(all.bases.get(basis).map(|found| (basis.clone(), found.clone())));
    }
}
