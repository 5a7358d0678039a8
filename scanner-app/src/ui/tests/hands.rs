//! Where things lie for a hand: gaps, the thumb's zone, the other hand, one main act; and where boxes lie on labels.

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use slint::ComponentHandle;

use super::super::show;
use super::super::view::View;
use super::{find, on_both, open, screens};
use crate::config::Language;

/// A rounding error of a layout, in px.
const ROUNDING: f32 = 0.6;

#[derive(Clone, Debug, PartialEq, PartialOrd)]
struct Spot {
    label: String,
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

fn spot(element: &ElementHandle) -> Spot {
    let (at, size) = (element.absolute_position(), element.size());
    Spot {
        label: element.accessible_label().unwrap_or_default().to_string(),
        left: at.x,
        top: at.y,
        right: at.x + size.width,
        bottom: at.y + size.height,
    }
}

fn is_row(element: &ElementHandle) -> bool {
    let bases = element.bases().into_iter().flatten();
    bases.chain(element.type_name()).any(|name| name == "ListRow" || name == "RecentRow")
}

fn shown(name: &str, tablet: bool) -> View {
    screens::all(tablet).into_iter().find(|(known, _)| *known == name).unwrap().1
}

fn settle() {
    i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
}

/// Rows of a list touch each other: they lead somewhere, and undo nothing.
#[test]
fn targets_keep_their_distance() {
    on_both(|tablet| {
        let mut faults = Vec::new();
        let (window, _wanted) = open(tablet);
        for (name, view) in screens::all(tablet) {
            show(&window, &view, Language::En);
            settle();
            let all = ElementQuery::from_root(&window).match_descendants();
            let buttons = all.match_accessible_role(AccessibleRole::Button).find_all();
            let buttons =
                buttons.iter().filter(|element| !is_row(element) && element.accessible_checkable() != Some(true));
            let mut spots: Vec<Spot> = buttons.map(spot).filter(|spot| spot.bottom <= 800.0 + ROUNDING).collect();
            // An element is found once for each component that it is made of.
            spots.sort_by(|one, two| one.partial_cmp(two).expect("places are numbers"));
            spots.dedup();
            for (place, one) in spots.iter().enumerate() {
                for two in &spots[place + 1..] {
                    let across = (one.left - two.right).max(two.left - one.right);
                    let down = (one.top - two.bottom).max(two.top - one.bottom);
                    let gap = across.max(down);
                    // What lies within another is no neighbour, nor what goes on behind the acts: a list ends at their edge.
                    let acts = 800.0 - 128.0 - ROUNDING;
                    if (one.top < acts) != (two.top < acts) {
                        continue;
                    }
                    if gap > -ROUNDING && gap < 8.0 - ROUNDING {
                        faults.push(format!("{name} {tablet}: `{}` and `{}` are {gap} apart", one.label, two.label));
                    }
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    });
}

#[test]
fn undo_lies_under_the_thumb_and_close_farthest_from_it() {
    on_both(|tablet| {
        let (window, _wanted) = open(tablet);
        let (width, zone) = if tablet { (1_280.0, (400.0, 320.0)) } else { (480.0, (300.0, 272.0)) };
        for name in ["scan-accepted", "sort"] {
            let view = shown(name, tablet);
            show(&window, &view, Language::Zh);
            settle();
            let undo = spot(&find(&window, if name == "sort" { "撤销 3HZQ" } else { "撤销 7K3M" }));
            let close = spot(&find(&window, "结束"));
            let middle = f32::midpoint(undo.left, undo.right);
            assert!(middle >= width - zone.0 && undo.top >= 800.0 - zone.1, "{name} {tablet}: {undo:?}");
            assert!(close.right < undo.left, "{name} {tablet}: close lies nearer to the thumb");
        }
    });
}

#[test]
fn the_left_hands_picture_mirrors_acts_and_nothing_else() {
    let (window, _wanted) = open(false);
    let texts = |name: &str| {
        show(&window, &shown(name, false), Language::Zh);
        settle();
        window.window().request_redraw();
        let undo = spot(&find(&window, "撤销 7K3M"));
        let finder = spot(&find(&window, "对准标签"));
        (window.window().take_snapshot().unwrap(), undo, finder)
    };
    let (right, right_undo, finder) = texts("scan-accepted");
    let (left, left_undo, _) = texts("scan-left-hand");
    assert!((left_undo.left - (480.0 - right_undo.right)).abs() < ROUNDING, "{left_undo:?} mirrors {right_undo:?}");
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place on the screen")]
    let rows = |from: f32, to: f32| (from as usize * 480)..(to as usize * 480);
    for part in [rows(0.0, finder.top), rows(finder.bottom, right_undo.top - 8.0)] {
        assert!(
            left.as_slice()[part.clone()] == right.as_slice()[part],
            "header, figure, banner or order of reading moved"
        );
    }
}

#[test]
fn no_screen_has_two_main_acts() {
    on_both(|tablet| {
        let (window, _wanted) = open(tablet);
        for (name, view) in screens::all(tablet) {
            show(&window, &view, Language::Zh);
            settle();
            let acts = window.global::<super::super::generated::Sheet>();
            let count = slint::Model::iter(&acts.get_acts()).filter(|act| act.main).count();
            assert!(count <= 1, "{name} {tablet} has {count} main acts");
        }
    });
}

/// The pictures' labels, as `screens::frame` draws them: 90 px a side in 640 × 360.
const LABELS: [(f32, f32); 4] = [(60.0, 60.0), (250.0, 90.0), (440.0, 70.0), (260.0, 230.0)];

#[test]
fn boxes_lie_on_their_labels_in_every_letterbox() {
    on_both(|tablet| {
        let (window, _wanted) = open(tablet);
        for name in ["scan-accepted", "scan-wrong", "scan-note", "sort"] {
            let view = shown(name, tablet);
            let super::super::view::PageView::Scan(scan) = &view.page else { continue };
            show(&window, &view, Language::Zh);
            settle();
            let finder = spot(&find(&window, "对准标签"));
            let (width, height) = (finder.right - finder.left, finder.bottom - finder.top);
            let factor = (width / 640.0).min(height / 360.0);
            let (x0, y0) = (finder.left + (width - 640.0 * factor) / 2.0, finder.top + (height - 360.0 * factor) / 2.0);
            let boxes = ElementQuery::from_root(&window).match_descendants().match_type_name("LabelBox").find_all();
            // A box is found with all that it is made of: for each label one of them must be the frame around it.
            let boxes: Vec<Spot> = boxes.iter().map(spot).collect();
            assert!(boxes.len() >= scan.boxes.len(), "{name} {tablet}: {} boxes", boxes.len());
            for label in LABELS {
                let (left, top) = (x0 + label.0 * factor, y0 + label.1 * factor);
                let (right, bottom) = (left + 90.0 * factor, top + 90.0 * factor);
                let lies = |found: &Spot| {
                    let off = [left - found.left, top - found.top, found.right - right, found.bottom - bottom];
                    off.iter().all(|off| (0.0..=8.0 + ROUNDING).contains(off))
                };
                assert!(
                    boxes.iter().any(lies),
                    "{name} {tablet}: no box lies on the label at {left}, {top}: {boxes:?}"
                );
            }
        }
    });
}

#[test]
fn the_calm_line_holds_four_facts_with_twelve_thousand_queued() {
    on_both(|tablet| {
        let (window, _wanted) = open(tablet);
        for language in [Language::Zh, Language::En] {
            let mut view = shown("tasks", tablet);
            (view.sync.online, view.sync.pending) = (false, 12_345);
            show(&window, &view, language);
            settle();
            let lines = ElementQuery::from_root(&window).match_descendants().match_type_name("SyncLine").find_all();
            let line = lines.first().expect("there is a calm line");
            let texts = line.query_descendants().match_type_name("Text").find_all();
            assert_eq!(texts.len(), 4, "{language:?} {tablet}");
            let right = texts.iter().map(|text| spot(text).right).fold(0.0, f32::max);
            assert!(right <= if tablet { 1_264.0 } else { 464.0 } + ROUNDING, "{language:?} {tablet}: {right}");
        }
    });
}
