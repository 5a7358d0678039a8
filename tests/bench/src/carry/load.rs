//! What is carried: a terminal's scans, sealed as the app seals them.

use std::path::Path;

use anyhow::{Context, ensure};
use ring::signature::Ed25519KeyPair;
use scanner_app::carry::{Recipient, pack};
use scanner_app::device::{Device, Machine};
use shared::event::Capture;
use shared::wire::sealed::Parcel;

use crate::scan::world;

/// A recipient whose key nobody needs here: what is sealed for it is only carried.
const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/// The parcel of so many scans and what goes with them.
pub(super) fn parcel(folder: &Path, scans: usize) -> anyhow::Result<Parcel> {
    world::fill(&mut world::store(folder)?, scans)?;
    let mut session = world::session(world::store(folder)?)?;
    for n in 0..scans {
        session.scan(&[(world::label(n)?, None)], Capture::Camera)?;
    }
    drop(session);
    let recipient: Recipient = RECIPIENT.parse()?;
    let key = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).ok().context("a key of 32 bytes")?;
    let mut parcels = pack(&world::store(folder)?, &key, &recipient, Device::now(&Machine::new()))?;
    ensure!(parcels.len() == 1, "{} parcels where one was expected", parcels.len());
    let parcel = parcels.remove(0);
    ensure!(parcel.header.count >= scans as u64, "{} events of {scans} scans", parcel.header.count);
    Ok(parcel)
}
