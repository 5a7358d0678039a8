//! Where things lie that the journey through the real app touches and looks at (`tests/journey`): found here by their labels, written to
//! `tests/places-*.txt`, a line each: name, left, top, width, height in px.
//!
//! `TALLYMAN_GOLDEN=write:places cargo nextest run --workspace places` writes it anew after the layout changed.

use std::fmt::Write;
use std::path::Path;

use super::super::show;
use super::super::view::{PageView, SignInView, View};
use super::{find, open, screens, screens_beside, view};
use crate::config::Language;

/// Screen, label, name: on both canvases.
const PLACES: [(&str, &str, &str); 27] = [
    ("enrol-expired", "登记码已过期或用过。只在 10 分钟内有效，只能用一次。让主管重新生成。", "enrol-trouble"),
    ("which-stage", "出库 · 货从这里发走", "stage-outbound"),
    ("sign-in-badge", "0", "digit-0"),
    ("sign-in-badge", "1", "digit-1"),
    ("sign-in-badge", "3", "digit-3"),
    ("sign-in-badge", "9", "digit-9"),
    ("sign-in-badge", "登录", "sign-in"),
    ("sign-in-wrong", "PIN 不对，还可试 3 次。忘记了找主管重设。", "sign-in-trouble"),
    ("scan-no-camera", "相机断开。接头松动或被占用。可用扫描枪继续，插好后画面自动恢复。", "viewfinder"),
    ("scan-full", "存储已满，暂停扫码。已记录 1 204 条均在。联网上传或离线转交。", "strip"),
    ("scan-accepted", "通过 7K3M +50 盒 ", "banner"),
    ("scan-accepted", "撤销 7K3M", "undo"),
    ("scan-accepted", "菜单", "menu"),
    ("menu", "EN", "language"),
    ("menu", "同步", "sync-of-task"),
    ("menu-desk", "同步", "sync-of-desk"),
    ("queue", "离线转交", "carry"),
    ("carry", "附近的终端 · 同一无线网，当场有回执", "nearby"),
    ("nearby-quiet", "等候别人转交 · 它的记录下次同步代传", "listen"),
    ("nearby", "回执：对方已收 1 包，将代传。待传仍为 128，等服务器回执。", "nearby-told"),
    ("nearby-waiting", "已收终端 …1e2f 的 128 条", "nearby-taken"),
    ("menu", "单证核对", "papers"),
    ("papers", "齐全且一致", "papers-done"),
    ("papers-recorded", "继续扫码", "papers-back"),
    ("close-seen", "最终结束 · 3 箱记为少货 · 先问别的终端", "close-final"),
    ("gate-cleared", "准予放行 · 数据 09:55 · 10:31 判", "gate"),
    ("gate-cleared", "打印", "print"),
];

/// The same, on one canvas only.
const HANDHELD: [(&str, &str, &str); 2] =
    [("scan-accepted", "37 / 40 箱", "figure"), ("sort", "通过 3HZQ  ", "sort-banner")];
const TABLET: [(&str, &str, &str); 2] =
    [("receipt", "全部收到 · 10 盒", "receive-all"), ("receipt-done", "完成 · 下一单 PS-8855", "receipt-done")];

fn screen(name: &str, tablet: bool) -> View {
    if name == "sign-in-badge" {
        return view(PageView::SignIn(SignInView { has_badge: true, ..screens_beside::sign_in() }));
    }
    if name == "nearby-quiet" {
        return view(PageView::Nearby(Box::default()));
    }
    let found = screens::all(tablet).into_iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("no screen is called {name}")).1
}

fn measured(tablet: bool) -> String {
    let (window, _wanted) = open(tablet);
    let (size, others) = if tablet { ("tablet", TABLET) } else { ("handheld", HANDHELD) };
    let mut text = String::new();
    for (name, label, place) in PLACES.into_iter().chain(others) {
        show(&window, &screen(name, tablet), Language::Zh);
        i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
        let element = find(&window, label);
        let (at, side) = (element.absolute_position(), element.size());
        writeln!(text, "{size}-{place} {:.0} {:.0} {:.0} {:.0}", at.x, at.y, side.width, side.height).unwrap();
    }
    text
}

fn compare(tablet: bool) {
    let file = if tablet { "places-tablet.txt" } else { "places-handheld.txt" };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(file);
    let now = measured(tablet);
    if std::env::var("TALLYMAN_GOLDEN").is_ok_and(|wish| wish == "write" || wish == "write:places") {
        std::fs::write(&path, &now).unwrap();
        return;
    }
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(before, now, "the layout changed: write {} anew, as the head of this file says", path.display());
}

#[test]
fn the_journey_knows_the_places_of_the_handheld() {
    compare(false);
}

#[test]
fn the_journey_knows_the_places_of_the_tablet() {
    compare(true);
}
