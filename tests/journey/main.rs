//! One consignment from the factory gate to the shop counter, by the windows alone: the real app in a process of its own on a display
//! of the test's own, recorded frames before its camera, badges and papers by the hand scanner, acts by the finger. What the ledger
//! holds at the end is the judge.

mod app;
mod places;
mod shifts;
mod site;

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
