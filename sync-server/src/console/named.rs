//! Names in place of numbers: whoever reads the console knows people, members, places and products, not what they are filed under.

use shared::ids::{MemberId, OperatorId, ProductId, SiteId};
use shared::mismatch::{Kind, Mismatch, Scope};
use shared::reference::{Level, References};

use super::words::Lang;

/// What a mismatch is about. The subject of a line, `FH-2032/POD outbound`, is a key for programs: it is said in words.
pub(super) fn subject(lang: Lang, mismatch: &Mismatch, references: &References) -> String {
    let subject = &mismatch.subject;
    let name = |product: &str| Some(references.products.get(&ProductId::from(product))?.name.as_str());
    let Some((of, name)) = subject.line(name) else { return subject.to_string() };
    let stage = subject.staged().1.map(|stage| format!(" · {}", lang.stage(stage))).unwrap_or_default();
    format!("{of} · {name}{stage}")
}

/// What goods it is about, where the subject is a package: product and level.
pub(super) fn goods(lang: Lang, mismatch: &Mismatch, references: &References) -> Option<String> {
    let code = mismatch.codes.first().filter(|code| code.to_string() == mismatch.subject.0)?;
    let (product, packed) = references.product_of(code)?;
    let level = match packed.level {
        Level::Unit => lang.pick("盒", "unit"),
        Level::Inner => lang.pick("条", "inner"),
        Level::Case => lang.pick("箱", "case"),
    };
    Some(format!("{} · {level}", product.name))
}

/// By how many units a line is short, over, or other than it says.
pub(super) fn difference(lang: Lang, mismatch: &Mismatch) -> Option<String> {
    let units = mismatch.count;
    let is_of_line = mismatch.subject.0.contains('/') && matches!(mismatch.scope, Scope::Basis(_));
    let unit = lang.pick("盒", if units == 1 { "unit" } else { "units" });
    let by = match mismatch.kind {
        Kind::ShortQuantity => lang.pick("少", "short by"),
        Kind::OverQuantity | Kind::DocumentsExceedBasis => lang.pick("多", "over by"),
        Kind::ReceiptDiffers => lang.pick("差", "differs by"),
        _ => return None,
    };
    is_of_line.then(|| format!("{by} {units} {unit}"))
}

/// Somebody who scans: the name, and the number where there is one.
pub(super) fn operator(operator: &OperatorId, references: &References) -> String {
    named(operator.as_str(), references.operators.get(operator).map(|found| found.name.as_str()))
}

/// A cell of the registry that holds the number of a member, a product or a place: its name before it.
pub(super) fn cell(column: &str, cell: &str, references: &References) -> String {
    let name = match column {
        "member" | "maker" | "seller" | "buyer" | "consignor" | "consignee" => {
            references.members.get(&MemberId::from(cell)).map(|found| &found.name)
        }
        "product" => references.products.get(&ProductId::from(cell)).map(|found| &found.name),
        "site" | "from" | "to" | "from_site" | "to_site" => {
            references.sites.get(&SiteId::from(cell)).map(|found| &found.name)
        }
        _ => None,
    };
    named(cell, name.map(String::as_str))
}

/// A number beside the name that is known for it; alone where there is none.
fn named(number: &str, name: Option<&str>) -> String {
    match name {
        None | Some("") => number.to_owned(),
        Some(name) => format!("{name} ({number})"),
    }
}
