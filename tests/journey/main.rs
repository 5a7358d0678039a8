//! One consignment from the factory gate to the shop counter, by the windows alone: the real app in a process of its own on a display
//! of the test's own, recorded frames before its camera, badges and papers by the hand scanner, acts by the finger. What the ledger
//! holds at the end is the judge.

mod app;
mod nearby;
mod places;
mod shifts;
mod site;
mod trigger;
mod troubles;

use std::time::{Duration, Instant};

use screen::Screen;
use site::Site;

/// From the first window to the last look into the ledger, without the builds: a bound, not a measure.
const BOUND: Duration = Duration::from_secs(90);

#[test]
#[ignore = "needs Xvfb and xdotool, which `cargo xtask setup` installs"]
fn a_consignment_goes_from_the_factory_to_the_shop_by_the_windows_alone() {
    let site = Site::set_up().unwrap();
    let started = Instant::now();
    let screen = Screen::start().unwrap();
    shifts::outbound(&screen, &site).unwrap();
    shifts::inbound(&screen, &site).unwrap();
    shifts::sort(&screen, &site).unwrap();
    shifts::receipt(&screen, &site).unwrap();
    site.assert_ledger().unwrap();
    assert!(started.elapsed() < BOUND, "it took {:?}", started.elapsed());
}

#[test]
#[ignore = "needs Xvfb and xdotool, which `cargo xtask setup` installs, and leave to mount a small disk in memory"]
fn what_goes_wrong_in_use_is_said_and_has_a_way_on() {
    let site = Site::set_up().unwrap();
    let (screen, still) = (Screen::start().unwrap(), Screen::start().unwrap());
    let left_alone = troubles::leave_alone(&still, &site).unwrap();
    troubles::expired_enrolment(&screen, &site).unwrap();
    troubles::wrong_pin_and_lost_camera(&screen, &site).unwrap();
    troubles::full_disk(&screen, &site).unwrap();
    troubles::covered(&left_alone, &site).unwrap();
}

#[test]
#[ignore = "needs Xvfb and xdotool, which `cargo xtask setup` installs"]
fn a_label_that_was_taken_back_is_read_when_the_trigger_is_pulled_and_while_it_is_held() {
    let site = Site::set_up().unwrap();
    trigger::pulled_and_held(&Screen::start().unwrap(), &site).unwrap();
}

#[test]
#[ignore = "needs Xvfb and xdotool, which `cargo xtask setup` installs"]
fn a_window_without_a_network_hands_its_records_to_one_nearby() {
    let site = Site::set_up().unwrap();
    let (gate, hub) = (Screen::start().unwrap(), Screen::start().unwrap());
    nearby::handed_over(&gate, &hub, &site).unwrap();
}
