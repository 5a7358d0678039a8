use std::time::Duration;

use super::*;
use crate::luma::Luma;
use crate::scene::{FILM, FrameSize, Scene, WAREHOUSE_1};
use crate::symbol::Stage;

fn texts(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/{at:012}")).collect()
}

/// A tracker that is not hurried: what a test sees does not depend on the machine's load.
fn patient() -> Tracker {
    Tracker::new(|| Duration::ZERO, FRAME_LIMIT)
}

fn blank(width: usize, height: usize) -> Luma {
    Luma::from_fn(width, height, |_, _| 120)
}

#[test]
fn a_pallet_is_read_once_and_its_boxes_stay_on_the_labels() {
    let texts = texts(30);
    let scene = Scene::new(&texts, FrameSize::FULL_HD, WAREHOUSE_1).unwrap();
    let mut tracker = patient();
    let (mut new, mut last) = (Vec::new(), 0);
    for shot in scene.film_luma(11, 10) {
        let sight = tracker.look(&shot.frame.view());
        last = sight.labels.len();
        for label in sight.labels {
            let at = texts.iter().position(|text| *text == label.symbol.text).expect("no other text");
            for (found, wanted) in label.symbol.corners.iter().zip(shot.corners[at]) {
                let off = (found[0] - wanted[0]).hypot(found[1] - wanted[1]);
                assert!(off < 12.0, "{} is off by {off:.1} pixels", label.symbol.text);
            }
            if label.is_new {
                new.push(label.symbol.text);
            }
        }
    }
    new.sort();
    assert_eq!(new, texts, "each is new once");
    assert!(last >= 29, "{last} of 30 in sight at the end");
}

#[test]
fn identity_lasts_while_a_label_is_in_sight_and_over_a_short_absence() {
    let scene = Scene::new(&texts(1), FrameSize::HD, WAREHOUSE_1).unwrap();
    let mut tracker = patient();
    let frames: Vec<Luma> = scene.film_luma(5, 4).map(|shot| shot.frame).collect();
    let first = tracker.look(&frames[0].view()).labels[0].id;
    assert_eq!(tracker.look(&frames[1].view()).labels[0].id, first);
    for _ in 0..5 {
        assert!(tracker.look(&blank(1280, 720).view()).labels.is_empty(), "a hand is in the way");
    }
    let back = &tracker.look(&frames[2].view()).labels[0];
    assert_eq!((back.id, back.is_new), (first, false));
    for _ in 0..=MISSED_MAX {
        tracker.look(&blank(1280, 720).view());
    }
    let later = &tracker.look(&frames[3].view()).labels[0];
    assert!(later.id != first && later.is_new, "after a while it is another sight");
}

#[test]
fn a_second_frame_is_a_second_witness() {
    let scene = Scene::new(&texts(1), FrameSize::HD, WAREHOUSE_1).unwrap();
    let shot = scene.shoot_luma(2);
    let mut tracker = patient();
    let corners = shot.corners[0];
    let mut symbol = Symbol::new(texts(1).remove(0), corners, Stage::Fast);
    symbol.version = Some(3);
    tracker.add(&shot.frame.view(), symbol);
    let label = &tracker.look(&shot.frame.view()).labels[0];
    assert!(label.symbol.agree >= 2 && label.symbol.accepted);
}

#[test]
fn two_texts_of_one_place_vouch_for_none() {
    let scene = Scene::new(&texts(1), FrameSize::HD, WAREHOUSE_1).unwrap();
    let shot = scene.shoot_luma(2);
    let mut tracker = patient();
    for text in ["WRONG", "OTHER"] {
        tracker.add(&shot.frame.view(), Symbol::new(text.into(), shot.corners[0], Stage::Fast));
    }
    let texts: Vec<&str> = tracker.tracks.iter().map(|track| track.symbol.text.as_str()).collect();
    assert_eq!(texts, ["OTHER"]);
    assert!(!tracker.tracks[0].symbol.accepted);
}

#[test]
fn the_aim_picks_the_label_in_the_middle() {
    let texts = texts(9);
    let scene = Scene::new(&texts, FrameSize::FULL_HD, WAREHOUSE_1).unwrap();
    let shot = scene.shoot_luma(4);
    let mut tracker = patient();
    tracker.aim(Aim::Centre);
    let sight = tracker.look(&shot.frame.view());
    assert_eq!(sight.labels.len(), 1);
    let off = |corners: &Corners| off_centre(&shot.frame.view(), corners);
    let nearest = (0..9).min_by(|a, b| off(&shot.corners[*a]).total_cmp(&off(&shot.corners[*b]))).unwrap();
    assert_eq!(sight.labels[0].symbol.text, texts[nearest]);
}

#[test]
fn frames_may_change_their_size_and_be_tiny() {
    let scene = Scene::new(&texts(2), FrameSize::HD, FILM).unwrap();
    let large = Scene::new(&texts(2), FrameSize::FULL_HD, WAREHOUSE_1).unwrap();
    let mut tracker = patient();
    tracker.look(&scene.shoot_luma(1).frame.view());
    assert!(tracker.look(&blank(1, 1).view()).labels.is_empty());
    assert!(tracker.look(&blank(3, 900).view()).labels.is_empty());
    assert_eq!(tracker.look(&large.shoot_luma(1).frame.view()).labels.len(), 2);
}

#[test]
fn without_time_only_the_quick_step_is_taken() {
    let scene = Scene::new(&texts(1), FrameSize::HD, WAREHOUSE_1).unwrap();
    let mut hurried = Tracker::new(thread_time, Duration::ZERO);
    let sight = hurried.look(&scene.shoot_luma(1).frame.view());
    assert_eq!(sight.labels.len(), 1, "one clear label needs no more");
}
