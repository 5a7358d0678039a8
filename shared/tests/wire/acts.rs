//! One event of every kind, with every field set: what a recorded body of any version means.

use shared::chain::Hash;
use shared::event::{
    Act, Capture, Close, GateState, LabelMetadata, Movement, Override, PaperField, PaperMark, PreviousEpoch, Report,
    ReportKind, ReturnReason, Stage, VoidReason,
};
use shared::ids::{EpochId, EventRef, TerminalId};
use shared::mismatch::Kind;
use shared::reference::{Element, Level, Line, ShippingDocument};
use shared::time::Timestamp;
use uuid::Uuid;

pub fn terminal() -> TerminalId {
    TerminalId::new(Uuid::from_u128(0x01a1_fe9d_a4b0_76a7_859d_cb97_f391_b0c1))
}

pub fn epoch() -> EpochId {
    EpochId::new(Uuid::from_u128(0xae30_4001_c25f_494b_bf4a_2b32_f1f5_5b6a))
}

pub const AT: Timestamp = Timestamp::from_ms(1_772_409_600_000);

/// Every kind of act, in the order of its first appearance.
pub fn every_act() -> Vec<Act> {
    let mut acts = opening();
    acts.extend(Stage::EVERY.map(|stage| Act::scan(stage, movement(stage))));
    acts.extend(packages());
    acts.extend(ending());
    acts
}

/// Kinds that came after the version's first recording, in the order of their appearance: recorded in a file of their own.
pub fn later_acts() -> Vec<Act> {
    let field = |(element, mark)| PaperField { element, mark };
    let fields = [
        (Element::Consignor, PaperMark::Equal),
        (Element::Consignee, PaperMark::Equal),
        (Element::Goods, PaperMark::Equal),
        (Element::Specification, PaperMark::Equal),
        (Element::Quantity, PaperMark::Differs),
        (Element::Carrier, PaperMark::Missing),
    ];
    vec![Act::PapersChecked {
        stage: Stage::Inbound,
        basis: "HT-2031".into(),
        document: "FH-2031".into(),
        fields: fields.map(field).to_vec(),
        photos: vec![Hash::new([3; 32])],
    }]
}

fn opening() -> Vec<Act> {
    let previous = PreviousEpoch {
        epoch: EpochId::new(Uuid::from_u128(7)),
        last_seq: 41,
        hash: Hash::new([7; 32]),
        acknowledged_seq: 40,
    };
    vec![
        Act::EpochStarted { previous: Some(previous) },
        Act::SignedIn,
        Act::OperatorChanged,
        Act::ClockAnchor { server_time: AT, round_trip_ms: 40 },
        Act::TaskOpened {
            task: "T1".into(),
            stage: Stage::Outbound,
            basis: "HT-2031".into(),
            document: "SZ-GATE-7-1".into(),
            reserved: true,
        },
    ]
}

fn movement(stage: Stage) -> Movement {
    let label = LabelMetadata { version: Some(3), ec_level: Some("M".into()), mode: Some("alphanumeric".into()) };
    Movement {
        task: "T1".into(),
        basis: "HT-2031".into(),
        document: "FH-2031".into(),
        text: "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M9QX2T4WD".into(),
        how: Capture::Camera,
        label: Some(label),
        frame: Some(9),
        reason: (stage == Stage::ReturnOut).then_some(ReturnReason::Refused),
    }
}

fn packages() -> Vec<Act> {
    let by = EventRef { terminal: terminal(), epoch: epoch(), seq: 3 };
    let (parent, child) = ("HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/C1".to_owned(), "(01)06901234567892(21)U1");
    vec![
        Act::SetAside { task: "T1".into(), scan_seq: 6, kinds: vec![Kind::UnknownCode] },
        Act::Released { task: "T1".into(), scan_seq: 6 },
        Act::Void { voids: by, reason: VoidReason::IncorrectData },
        Act::PackActivated { pack: "P-2031-1".into() },
        Act::Associate { parent: parent.clone(), children: vec![child.into()], remainder_units: Some(1) },
        Act::Dissociate { parent: parent.clone(), children: vec![child.into()], ends: vec![by] },
        Act::CaseChecked {
            basis: "HT-2031".into(),
            document: "FH-2031".into(),
            parent: parent.clone(),
            children: vec![child.into()],
        },
        Act::Report(Report {
            what: ReportKind::Damaged,
            basis: "HT-2031".into(),
            document: "FH-2031".into(),
            text: Some(parent.clone()),
            pack: Some("P-2031-1".into()),
            photos: vec![Hash::new([9; 32])],
        }),
        Act::Relabel { old: parent, new: "HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/C2".into() },
        Act::StockCount { product: "POD".into(), units: 48 },
    ]
}

fn ending() -> Vec<Act> {
    let note = ShippingDocument {
        document: "SZ-GATE-7-1".into(),
        basis: "HT-2031".into(),
        consignor: "M".into(),
        consignee: "W".into(),
        lines: vec![Line::new("POD".into(), 48)],
        carrier: "顺达物流".into(),
        packing_level: Level::Case,
        lacks: Vec::new(),
        absent: false,
    };
    let digest = Hash::new([5; 32]);
    let (basis, document) = (|| "HT-2031".into(), || "FH-2031".into());
    vec![
        Act::Acknowledged { kinds: vec![Kind::UnknownCode] },
        Act::DocumentDrafted { note: Box::new(note) },
        Act::ListConfirmed { task: "T2".into(), basis: basis(), document: document(), digest, count: 6 },
        Act::TaskClosed {
            task: "T1".into(),
            stage: Stage::Outbound,
            basis: basis(),
            document: document(),
            close: Close::Final,
            counted: 8,
            carrier: Some("顺达物流".into()),
        },
        Act::GateAsked {
            stage: Stage::Outbound,
            basis: basis(),
            document: document(),
            digest,
            references_at: Some(AT),
        },
        Act::Gate {
            stage: Stage::Outbound,
            basis: basis(),
            document: document(),
            state: GateState::Held,
            reasons: vec![Kind::UnknownCode],
            overridden: Some(Override { by: "9".into(), reason: "救护车".into() }),
        },
        Act::SignedOut,
    ]
}
