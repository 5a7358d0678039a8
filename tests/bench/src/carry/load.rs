//! What is carried: a terminal's scans of codes as they are issued, at a clerk's pace, sealed as the app seals them.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use ring::signature::Ed25519KeyPair;
use scanner_app::carry::{Recipient, pack};
use scanner_app::device::ManualDevice;
use shared::chain::sha256;
use shared::code::{CodeError, PackageCode, format_digital_link};
use shared::event::{Capture, LabelMetadata, Stage};
use shared::mismatch::ScanResult;
use shared::wire::sealed::Parcel;

use crate::scan::world;

/// A recipient whose key nobody needs here: what is sealed for it is only carried.
const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/// Characters of our own serials.
const SERIAL: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The parcel of so many scans and what goes with them.
pub(super) fn parcel(folder: &Path, scans: usize) -> anyhow::Result<Parcel> {
    let codes: Vec<PackageCode> = (0..scans).map(code).collect::<Result<_, _>>()?;
    world::fill_with(&mut world::store(folder)?, codes.clone())?;
    let device = Arc::new(ManualDevice::new());
    let mut session = world::open_on(world::store(folder)?, device.clone(), "M", Stage::Outbound)?;
    let label = LabelMetadata { version: Some(3), ec_level: Some("M".into()), mode: Some("alphanumeric".into()) };
    for (n, code) in codes.iter().enumerate() {
        device.pass_ms(700 + u64::from(drawn(n, 0)) * 23 + u64::from(drawn(n, 1)));
        let reading = (format_digital_link("ID.EXAMPLE.CN", code), Some(label.clone()));
        let answers = session.scan(&[reading], Capture::Camera)?;
        ensure!(answers.iter().all(|answer| answer.result == ScanResult::Accepted), "scan {n} was not accepted");
    }
    drop(session);
    let recipient: Recipient = RECIPIENT.parse()?;
    let key = Ed25519KeyPair::from_seed_unchecked(&[1; 32]).ok().context("a key of 32 bytes")?;
    let mut parcels = pack(&world::store(folder)?, &key, &recipient, device.as_ref())?;
    ensure!(parcels.len() == 1, "{} parcels where one was expected", parcels.len());
    let parcel = parcels.remove(0);
    ensure!(parcel.header.count >= scans as u64, "{} events of {scans} scans", parcel.header.count);
    Ok(parcel)
}

/// The n-th code: its serial is drawn, as issued ones are, by the digest of its number.
fn code(n: usize) -> Result<PackageCode, CodeError> {
    let serial: String = (0..12).map(|place| char::from(SERIAL[usize::from(drawn(n, 2 + place)) % 32])).collect();
    PackageCode::item(&world::gtin(), &serial)
}

fn drawn(n: usize, place: usize) -> u8 {
    sha256(&[b"carried", &(n as u64).to_be_bytes()]).as_bytes()[place]
}
