//! What waits, as sealed parcels. The rows stay in the outbox: only an acknowledgement takes them out.

use ring::signature::Ed25519KeyPair;
use shared::time::Timestamp;
use shared::wire::sealed::{
    BUNDLE_BATCHES_MAX, PARCEL_BYTES_MAX, PARCEL_HEADER_BYTES_MAX, PARCEL_SPANS_MAX, Parcel, ParcelHeader, Span,
    write_bundle,
};

use super::{CarryError, Recipient};
use crate::device::Device;
use crate::store::Store;
use crate::sync::sealable;

/// Events in one carried batch: more compress better, and a cut costs nothing here.
const BATCH_EVENTS: u64 = 4_000;

/// Bytes of batches in one parcel: what is left of it after the header, age's own header and its 16 bytes in each 64 KB.
const INSIDE_BYTES_MAX: usize = PARCEL_BYTES_MAX - PARCEL_HEADER_BYTES_MAX - 16 * 1024;

/// Everything that is not acknowledged, oldest first. One parcel in all but the rarest cases.
pub fn pack(
    store: &Store,
    key: &Ed25519KeyPair,
    recipient: &Recipient,
    device: &dyn Device,
) -> Result<Vec<Parcel>, CarryError> {
    let mut packing = Packing { store, recipient, now: device.now(), open: Open::default(), parcels: Vec::new() };
    for outgoing in store.outgoing()? {
        let mut after = outgoing.acknowledged;
        while let Some(batch) = sealable(store, key, device, (outgoing, after, BATCH_EVENTS))? {
            after = batch.last;
            packing.add(Span { epoch: outgoing.epoch, from: batch.first, to: batch.last }, batch.compressed)?;
        }
    }
    packing.close()?;
    Ok(packing.parcels)
}

/// What goes into the next parcel.
#[derive(Default)]
struct Open {
    held: Vec<Span>,
    batches: Vec<Vec<u8>>,
    bytes: usize,
}

struct Packing<'a> {
    store: &'a Store,
    recipient: &'a Recipient,
    now: Timestamp,
    open: Open,
    parcels: Vec<Parcel>,
}

impl Packing<'_> {
    fn add(&mut self, span: Span, batch: Vec<u8>) -> Result<(), CarryError> {
        let joins = self.open.held.last().is_some_and(|last| last.epoch == span.epoch && last.to + 1 == span.from);
        let full = self.open.bytes + batch.len() + 4 > INSIDE_BYTES_MAX
            || self.open.batches.len() == BUNDLE_BATCHES_MAX
            || (!joins && self.open.held.len() == PARCEL_SPANS_MAX);
        if full {
            self.close()?;
        }
        match self.open.held.last_mut() {
            Some(last) if joins && !full => last.to = span.to,
            _ => self.open.held.push(span),
        }
        self.open.bytes += batch.len() + 4;
        self.open.batches.push(batch);
        Ok(())
    }

    fn close(&mut self) -> Result<(), CarryError> {
        let open = std::mem::take(&mut self.open);
        if open.batches.is_empty() {
            return Ok(());
        }
        let sealed = self.recipient.seal(&write_bundle(&open.batches)?)?;
        let count = open.held.iter().map(|span| span.to - span.from + 1).sum();
        let header = ParcelHeader { terminal: self.store.terminal(), held: open.held, count, made_at: self.now };
        self.parcels.push(Parcel::new(&header, &sealed)?);
        Ok(())
    }
}
