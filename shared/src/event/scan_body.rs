//! Bodies of scans, which are nearly all bodies: read in one pass. The general form lets any act stand beside the envelope's fields, and
//! must keep every value aside until it knows which act it is; that costs several times as much.

use serde::Deserialize;
use uuid::Uuid;

use super::{Act, Capture, Event, LabelMetadata, Movement, ReturnReason, Stage};
use crate::ids::{BasisId, DocumentId, EpochId, OperatorId, SiteId, TaskId, TerminalId};
use crate::time::Timestamp;

/// The fields of [`Event`] and [`Movement`], side by side as a body has them.
#[derive(Deserialize)]
struct ScanBody {
    terminal: TerminalId,
    epoch: EpochId,
    seq: u64,
    #[serde(default)]
    event_id: Option<Uuid>,
    at: Timestamp,
    mono_ms: u64,
    boot: Uuid,
    #[serde(default)]
    operator: Option<OperatorId>,
    site: SiteId,
    app: String,
    data_as_of: u64,
    /// A scan's kind is its stage.
    kind: Stage,
    task: TaskId,
    basis: BasisId,
    document: DocumentId,
    text: String,
    how: Capture,
    #[serde(default)]
    label: Option<LabelMetadata>,
    #[serde(default)]
    frame: Option<u64>,
    #[serde(default)]
    reason: Option<ReturnReason>,
}

/// The scan that a body says, if it is one and well formed. Whatever is read here, the general form reads the same.
pub(super) fn read(body: &[u8]) -> Option<Event> {
    let read: ScanBody = serde_json::from_slice(body).ok()?;
    let ScanBody { task, basis, document, text, how, label, frame, reason, .. } = read;
    let movement = Movement { task, basis, document, text, how, label, frame, reason };
    Some(Event {
        terminal: read.terminal,
        epoch: read.epoch,
        seq: read.seq,
        event_id: read.event_id,
        at: read.at,
        mono_ms: read.mono_ms,
        boot: read.boot,
        operator: read.operator,
        site: read.site,
        app: read.app,
        data_as_of: read.data_as_of,
        act: Act::scan(read.kind, movement),
    })
}
