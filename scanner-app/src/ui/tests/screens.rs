//! Every screen in every state that is pictured: fixed values, fixed time.

use std::sync::Arc;

use shared::event::{ReturnReason, Stage};
use shared::mismatch::{Kind, ScanResult};
use shared::reference::Level;
use vision::Luma;

use super::super::Intent;
use super::super::route::{ListTab, Page};
use super::super::view::{
    AlarmView, BesideView, BoxView, DifferLine, DiffersView, FrameView, ListsView, OrderView, Outcome, PageView,
    ReceiptLine, ReceiptView, RecentView, ResultView, ScanView, SignView, Strip, StripTone, View,
};
use super::screens_lists::lists;
use super::{screens_aside, screens_beside, screens_lists, screens_sorts, view};

pub(super) const ACCEPTED: Outcome = Outcome::ACCEPTED;
pub(super) const NOTE: Outcome = Outcome { result: ScanResult::Accepted, note: true };
pub(super) const DUPLICATE: Outcome = Outcome::DUPLICATE;
pub(super) const WRONG: Outcome = Outcome::WRONG;
pub(super) const BLOCKED: Outcome = Outcome { result: ScanResult::Blocked, note: false };

pub(super) fn result(outcome: Outcome, tail: &str, kinds: &[Kind]) -> ResultView {
    ResultView {
        outcome,
        tail: tail.to_owned(),
        kinds: kinds.to_vec(),
        sent_with: None,
        provisional: false,
        units: 0,
        same_frame: Vec::new(),
        seq: 42,
        undone: false,
    }
}

/// A package that stands on another note, before the camera for the second time.
fn sent_twice() -> ResultView {
    let sent_with = Some("FH-2031".to_owned());
    ResultView { sent_with, ..result(WRONG, "3HZQ", &[Kind::DuplicateMovement, Kind::RepeatedScan]) }
}

/// A picture of four labels: flat grey, white labels, dark squares.
fn frame() -> FrameView {
    let (width, height) = (640_u32, 360_u32);
    let labels = [(60, 60), (250, 90), (440, 70), (260, 230)];
    let luma = (0..width * height).map(|at| {
        let (x, y) = (at % width, at / width);
        let inside = labels.iter().find(|(left, top)| (*left..left + 90).contains(&x) && (*top..top + 90).contains(&y));
        match inside {
            Some((left, top)) => {
                let (column, row) = ((x - left) / 9, (y - top) / 9);
                let dark =
                    (1..9).contains(&column) && (1..9).contains(&row) && (column * 7 + row * 5 + column * row) % 3 != 0;
                if dark { 24 } else { 235 }
            }
            None => 96,
        }
    });
    let plane = Luma::new(luma.collect(), width as usize, height as usize);
    FrameView(Arc::new(plane.expect("as many pixels as rows and columns")))
}

fn boxes(kinds: &[(Outcome, Option<Kind>)]) -> Vec<BoxView> {
    let places = [(60.0, 60.0), (250.0, 90.0), (440.0, 70.0), (260.0, 230.0)];
    let corners = |(x, y): (f32, f32)| [[x, y], [x + 90.0, y], [x + 90.0, y + 90.0], [x, y + 90.0]];
    let marked = places.iter().zip(kinds).map(|(place, (outcome, kind))| BoxView {
        corners: corners(*place),
        outcome: Some(*outcome),
        kind: *kind,
    });
    let unread = places.iter().skip(kinds.len());
    marked.chain(unread.map(|place| BoxView { corners: corners(*place), outcome: None, kind: None })).collect()
}

pub(super) fn scan(result: Option<ResultView>) -> ScanView {
    let outcome = result.as_ref().map_or(ACCEPTED, |result| result.outcome);
    let kind = result.as_ref().and_then(|result| result.kinds.first().copied());
    ScanView {
        stage: Stage::Outbound,
        title: "FH-2031".into(),
        counterparty: "深圳批发".into(),
        reason: None,
        done: 37,
        total: Some(40),
        level: Level::Case,
        units: (1_850, 2_000),
        set_aside: u64::from(outcome.result >= ScanResult::Wrong),
        to_scan: Some(3),
        recent: recent(result.as_ref()),
        boxes: boxes(&[(ACCEPTED, None), (DUPLICATE, None), (outcome, kind)]),
        frame: Some(frame()),
        camera_trouble: None,
        torch: Some(false),
        single: false,
        asleep: false,
        stopped: false,
        can_carry: true,
        beside: Some(BesideView::Lists(lists(ListTab::ToScan))),
        result,
    }
}

/// The last three that stand: what was undone is not among them.
fn recent(result: Option<&ResultView>) -> Vec<RecentView> {
    let last = result.filter(|result| !result.undone).into_iter();
    let last = last.map(|result| (result.outcome, result.tail.clone()));
    let before = [(ACCEPTED, "4HN7"), (ACCEPTED, "8D2T"), (DUPLICATE, "1QXP")].map(|(of, tail)| (of, tail.to_owned()));
    let all = last.chain(before).take(3);
    all.map(|(outcome, tail)| RecentView { outcome, tail, provisional: false }).collect()
}

pub(super) fn receipt(confirmed: Option<u64>) -> ReceiptView {
    let got = |due| if confirmed.is_some() { due } else { 0 };
    ReceiptView {
        document: "PS-8841".into(),
        sender: "广州批发".into(),
        lines: vec![
            ReceiptLine { product: "原味 3% · 30 ml".into(), due: 6, confirmed: got(6) },
            ReceiptLine { product: "薄荷 2% · 30 ml".into(), due: 4, confirmed: got(4) },
        ],
        due_packages: Some(if confirmed.is_some() { 0 } else { 10 }),
        coming_units: if confirmed.is_some() { 0 } else { 10 },
        confirmed,
        undo_s: 8,
        orders: vec![
            OrderView { key: "1".into(), order: "PS-8841".into(), units: (got(10), 10), is_open: true },
            OrderView { key: "2".into(), order: "PS-8855".into(), units: (0, 24), is_open: false },
        ],
        beside: None,
        has_notes: false,
        next: confirmed.map(|_| ("2".into(), "PS-8855".into())),
    }
}

/// Less was sent than was ordered, and all of that was received.
fn receipt_short() -> ReceiptView {
    let mut short = receipt(Some(1));
    short.lines[1].confirmed = 1;
    short.orders[0].units = (7, 10);
    short
}

fn offline(page: PageView) -> View {
    let mut view = view(page);
    (view.sync.online, view.sync.pending) = (false, 12_345);
    view
}

fn alarm() -> View {
    let mut view = offline(PageView::Scan(Box::new(scan(Some(result(BLOCKED, "5R8N", &[Kind::FrozenCode]))))));
    view.alarm = Some(AlarmView {
        kind: Kind::FrozenCode,
        tail: "5R8N".into(),
        product: "原味 3% ×50".into(),
        others: vec![("9WPT".into(), Kind::OverQuantity)],
        meanwhile: vec![(ACCEPTED, 1), (DUPLICATE, 1)],
    });
    view
}

/// As a gun raises it: one package, with its product.
fn alarm_of_one() -> View {
    let mut view = alarm();
    view.alarm =
        view.alarm.map(|alarm| AlarmView { tail: "9WGR".into(), others: Vec::new(), meanwhile: Vec::new(), ..alarm });
    view
}

fn scanning(result: Option<ResultView>) -> PageView {
    PageView::Scan(Box::new(scan(result)))
}

fn with_strip(mut view: View, tone: StripTone, zh: &str, en: &str) -> View {
    view.chrome.strip = Some(Strip { tone, words: (zh.into(), en.into()), tap: Some(Intent::Go(Page::Queue)) });
    view
}

fn scanning_return() -> PageView {
    let accepted = ResultView { units: 50, ..result(ACCEPTED, "7K3M", &[]) };
    PageView::Scan(Box::new(ScanView {
        stage: Stage::ReturnOut,
        title: "PS-8790".into(),
        reason: Some(ReturnReason::Quality),
        total: None,
        to_scan: None,
        ..scan(Some(accepted))
    }))
}

fn signing() -> PageView {
    PageView::Sign(SignView {
        document: "PS-8841".into(),
        due: 10,
        in_units: true,
        differs: [1, 2, 0],
        trouble: None,
        answers: 0,
    })
}

/// One that was taken back: it counts no more.
fn undone(result: ResultView) -> View {
    let before = ScanView { done: 36, units: (1_800, 2_000), to_scan: Some(4), ..scan(None) };
    let result = ResultView { undone: true, ..result };
    let recent = recent(Some(&result));
    let counts = [Some(4), Some(0), Some(1), Some(0), Some(2)];
    let beside = Some(BesideView::Lists(ListsView { counts, ..lists(ListTab::ToScan) }));
    view(PageView::Scan(Box::new(ScanView { result: Some(result), recent, beside, ..before })))
}

fn differs() -> PageView {
    PageView::Differs(DiffersView {
        document: "PS-8841".into(),
        lines: vec![
            DifferLine { product: "原味 3% · 30 ml".into(), due: 6, in_units: true, differs: [1, 0, 0] },
            DifferLine { product: "薄荷 2% · 30 ml".into(), due: 4, in_units: true, differs: [0, 2, 0] },
        ],
        trouble: None,
        photos: 0,
        has_camera: true,
    })
}

/// Scan pages whose viewfinder shows nothing new.
fn without_pictures() -> [(&'static str, View); 2] {
    let trouble = (
        "相机断开。接头松动或被占用。可用扫描枪继续，插好后画面自动恢复。".to_owned(),
        "Camera lost. Unplugged or in use. Use the scanner; the camera returns by itself.".to_owned(),
    );
    let asleep = ScanView { asleep: true, boxes: Vec::new(), ..scan(None) };
    let blind = ScanView { camera_trouble: Some(trouble), boxes: Vec::new(), ..scan(None) };
    [("scan-asleep", asleep), ("scan-no-camera", blind)]
        .map(|(name, scan)| (name, view(PageView::Scan(Box::new(scan)))))
}

/// A receipt before and after its one tap; of less than was ordered; of a list that is not known here.
fn receipts() -> [(&'static str, View); 4] {
    let unknown = ReceiptView { due_packages: None, coming_units: 0, ..receipt(None) };
    [
        ("receipt", receipt(None)),
        ("receipt-done", receipt(Some(10))),
        ("receipt-short", receipt_short()),
        ("receipt-unknown", unknown),
    ]
    .map(|(name, shown)| (name, view(PageView::Receipt(shown))))
}

/// Every screen by a short name.
pub(super) fn all(tablet: bool) -> Vec<(&'static str, View)> {
    let accepted = || ResultView { units: 50, ..result(ACCEPTED, "7K3M", &[]) };
    let same_frame = vec![(ACCEPTED, 2), (DUPLICATE, 1)];
    let mut screens = vec![
        ("scan-empty", view(scanning(None))),
        ("scan-accepted", view(scanning(Some(accepted())))),
        ("scan-note", view(scanning(Some(result(NOTE, "7K3M", &[Kind::ImplausiblePace]))))),
        ("scan-duplicate", view(scanning(Some(result(DUPLICATE, "1QXP", &[Kind::RepeatedScan]))))),
        (
            "scan-wrong",
            offline(scanning(Some(ResultView { same_frame, ..result(WRONG, "9WPT", &[Kind::ProductNotOnBasis]) }))),
        ),
        ("scan-twice", view(scanning(Some(sent_twice())))),
        ("scan-undone", undone(accepted())),
        (
            "scan-provisional",
            view(scanning(Some(ResultView { provisional: true, ..result(WRONG, "9WPT", &[Kind::UnannouncedGoods]) }))),
        ),
        ("alarm", alarm()),
        ("alarm-one", alarm_of_one()),
    ];
    screens.extend(screens_sorts::all());
    let nothing_left = ListsView {
        counts: [Some(0), Some(0), Some(1), Some(0), Some(2)],
        rows: Arc::new([]),
        ..lists(ListTab::ToScan)
    };
    let full = ScanView {
        done: 40,
        units: (2_000, 2_000),
        to_scan: Some(0),
        beside: Some(BesideView::Lists(nothing_left)),
        ..scan(Some(accepted()))
    };
    screens.push(("scan-complete", view(PageView::Scan(Box::new(full)))));
    screens.extend(without_pictures());
    let mut left = view(scanning(Some(accepted())));
    left.chrome.look.left_handed = true;
    screens.push(("scan-left-hand", left));
    let mut training = view(scanning(Some(accepted())));
    training.chrome.training = true;
    screens.push(("scan-training", training));
    screens.push((
        "scan-full",
        with_strip(
            view(PageView::Scan(Box::new(ScanView { stopped: true, ..scan(None) }))),
            StripTone::Trouble,
            "存储已满，暂停扫码。已记录 1 204 条均在。联网上传或离线转交。",
            "Storage full, scanning stopped. All 1 204 records are safe. Upload or carry out.",
        ),
    ));
    screens.extend(receipts());
    screens.push(("receipt-differs", view(differs())));
    screens.push(("receipt-sign", view(signing())));
    screens.push(("scan-return", view(scanning_return())));
    screens.extend(screens_beside::all());
    screens.extend(screens_aside::all());
    if !tablet {
        for (_, view) in &mut screens {
            if let PageView::Scan(scan) = &mut view.page {
                scan.beside = None;
            }
        }
    }
    screens.extend(screens_lists::all(tablet));
    screens
}
