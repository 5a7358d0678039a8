use shared::mismatch::{Kind, Mismatch, Subject};
use shared::reference::References;

use super::list::encoded;
use super::named;
use super::words::Lang;
use crate::people::{Role, Scope, View};
use crate::testing::world::{World, mismatch};
use crate::testing::{Trade, gtin};

async fn references() -> References {
    let trade = Trade::new().await;
    let view = View::of(&mut trade.store.read().await.unwrap(), Scope::All).await.unwrap();
    view.references
}

fn about(subject: &str) -> Mismatch {
    mismatch(subject, "C1", "M")
}

#[tokio::test]
async fn a_line_is_said_in_words_and_anything_else_as_it_is() {
    let references = references().await;
    let said = |lang, subject: &str| named::subject(lang, &about(subject), &references);
    assert_eq!(said(Lang::Zh, "N1/POD outbound"), "N1 · Pod · 出库");
    assert_eq!(said(Lang::En, "N1/POD outbound"), "N1 · Pod · outbound");
    assert_eq!(said(Lang::En, "C1/POD"), "C1 · Pod");
    for other in ["N1", "01/16901234567899/21/4GXQ", "\"two words\"", "N1/NONE outbound", "N1/POD upside"] {
        assert_eq!(said(Lang::En, other), other);
    }
}

#[tokio::test]
async fn a_package_is_said_with_its_product_and_level() {
    let references = references().await;
    let code = shared::code::PackageCode::item(&gtin("1690123456789"), "4GXQ").unwrap();
    let found = Mismatch { subject: Subject(code.to_string()), codes: [code.clone()].into(), ..about("") };
    assert_eq!(named::goods(Lang::Zh, &found, &references).as_deref(), Some("Pod · 箱"));
    let of_a_line = Mismatch { codes: [code].into(), ..about("N1/POD outbound") };
    assert_eq!(named::goods(Lang::Zh, &of_a_line, &references), None);
}

#[test]
fn a_line_says_by_how_much_and_a_package_does_not() {
    let short = Mismatch { kind: Kind::ShortQuantity, count: 3, ..about("N1/POD outbound") };
    assert_eq!(named::difference(Lang::Zh, &short).as_deref(), Some("少 3 盒"));
    let over = Mismatch { kind: Kind::OverQuantity, count: 1, ..about("N1/POD outbound") };
    assert_eq!(named::difference(Lang::En, &over).as_deref(), Some("over by 1 unit"));
    let code = shared::code::PackageCode::item(&gtin("1690123456789"), "4GXQ").unwrap();
    let scope = shared::mismatch::Scope::Code(code.clone());
    let package = Mismatch { kind: Kind::ReceiptDiffers, scope, ..about(&code.to_string()) };
    assert_eq!(named::difference(Lang::En, &package), None);
    assert_eq!(named::difference(Lang::En, &about("N1/POD outbound")), None, "no quantity");
}

#[tokio::test]
async fn the_registry_names_whom_and_what_it_numbers() {
    let world = World::peopled().await;
    let someone = world.someone(Role::Supervisor, Some("W"));
    let bearer = ("authorization", someone.bearer.as_str());
    let get = async |path: &str| world.ask("GET", path, &[bearer], "").await.2;
    let list = get("/registry?lang=en&set=basis").await;
    assert!(
        list.contains("Maker (M)") && list.contains("<th>Seller</th>") && list.contains(">Stock report<"),
        "{list}"
    );
    let note = get("/registry/document/N1").await;
    assert!(note.contains("Wholesaler (W)") && note.contains("Pod (POD)"), "{note}");
    let product = get("/registry/product/POD?lang=en").await;
    assert!(
        product.contains("<th>GTIN</th>") && !product.contains("Pod (POD)"),
        "its own number is no name's: {product}"
    );
}

#[tokio::test]
async fn an_import_says_how_much_fits_and_offers_only_what_can_be_done() {
    let world = World::peopled().await;
    let someone = world.someone(Role::Supervisor, Some("W"));
    let bearer = ("authorization", someone.bearer.as_str());
    let form = ("content-type", "application/x-www-form-urlencoded");
    let look = async |text: &str| {
        let body = format!("how=preview&text={}", encoded(text));
        world.ask("POST", "/import/site", &[bearer, form], &body).await.2
    };
    assert!(world.ask("GET", "/import/site?lang=en", &[bearer], "").await.2.contains("At most 100 MB at a time"));
    let half = look("site,member,name,region\nW-2,W,新店,4401\nM-2,M,别家,4401\n").await;
    assert!(half.contains("会员、名称、地区") && half.contains("skip-bad"), "{half}");
    let none = look("site,member,name,regionn\nW-2,W,新店,4401\n").await;
    assert!(none.contains("regionn") && !none.contains("skip-bad"), "{none}");
}
