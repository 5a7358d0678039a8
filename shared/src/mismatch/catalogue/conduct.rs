//! Upload, clock, terminal, conduct (上传、时钟、终端、操作).

use crate::citation::{logistics as l, traceability as t, trading as d};
use crate::mismatch::Severity::{Block, Hold, Warn};
use crate::mismatch::info::{About, Decided, KindInfo, Tell, row};

pub const LATE_UPLOAD: KindInfo = row(
    "late-upload",
    Warn,
    Decided::Arrival,
    About::Terminal,
    &[t(19), t(20), t(21)],
    Tell::Supervisor,
    ["迟报", "Late upload"],
    ["记录在发生后超过时限才上传", "Events arrived later than the limit after they happened"],
    ["让终端联网；主管查明原因", "Bring the terminal into the network; the supervisor finds out why"],
);
pub const SEQUENCE_GAP: KindInfo = row(
    "sequence-gap",
    Hold,
    Decided::Arrival,
    About::Terminal,
    &[t(25)],
    Tell::Administrator,
    ["断号", "Sequence gap"],
    ["终端的记录中缺号", "The terminal's log has a hole"],
    ["取回终端，导出封存记录", "Fetch the terminal and carry its sealed log out"],
);
pub const BROKEN_CHAIN: KindInfo = row(
    "broken-chain",
    Block,
    Decided::Arrival,
    About::Terminal,
    &[t(23), t(25)],
    Tell::Administrator,
    ["哈希链断裂", "Broken chain"],
    ["记录的哈希链或签名不成立", "The log's hash chain or signature does not hold"],
    ["停用终端，保全证据", "Take the terminal out of use and keep the evidence"],
);
pub const FORKED_TERMINAL: KindInfo = row(
    "forked-terminal",
    Block,
    Decided::Arrival,
    About::Terminal,
    &[t(25)],
    Tell::Administrator,
    ["终端分叉", "Forked terminal"],
    [
        "两条不同的记录占用同一序号：终端被复制或还原",
        "Two events claim one number: the terminal was cloned or restored",
    ],
    ["停用终端，重新登记", "Take the terminal out of use and enrol it anew"],
);
pub const STALE_DATA: KindInfo = row(
    "stale-data",
    Warn,
    Decided::Terminal,
    About::Terminal,
    &[t(23)],
    Tell::Supervisor,
    ["数据过期", "Stale data"],
    ["申请放行时参照数据过旧", "The reference data was too old when the gate was asked"],
    ["联网同步后再申请放行", "Sync, then ask the gate again"],
);
pub const CLOCK_SKEW: KindInfo = row(
    "clock-skew",
    Warn,
    Decided::Arrival,
    About::Terminal,
    &[],
    Tell::Administrator,
    ["时钟偏差", "Clock skew"],
    [
        "终端时钟偏差过大、倒走，或时间不足以判定",
        "The terminal's clock is off, stepped back, or leaves a rule undecided",
    ],
    ["联网校时；反复出现要检修", "Connect it to set the clock; have it checked when this returns"],
);
pub const UNAUTHORISED_OPERATOR: KindInfo = row(
    "unauthorised-operator",
    Hold,
    Decided::Both,
    About::Code,
    &[d(22), t(25)],
    Tell::Supervisor,
    ["越权操作", "Unauthorised operator"],
    [
        "操作员无权做此环节或不属于此节点，或同时在两地操作",
        "The operator is not authorised for the stage or site, or was active at two sites at once",
    ],
    ["由有权的人重新扫码", "Have an authorised person scan it again"],
);
pub const REVOKED_TERMINAL: KindInfo = row(
    "revoked-terminal",
    Block,
    Decided::Arrival,
    About::Terminal,
    &[t(23)],
    Tell::Administrator,
    ["终端已停用", "Revoked terminal"],
    ["已停用的终端送来记录，已隔离存证", "A revoked terminal sent events; they are quarantined"],
    ["主管核实后可准予并入", "The supervisor may admit them after a check"],
);
pub const IMPLAUSIBLE_PACE: KindInfo = row(
    "implausible-pace",
    Warn,
    Decided::Server,
    About::Document,
    &[t(25)],
    Tell::Supervisor,
    ["异常速度", "Implausible pace"],
    ["扫码快过人手，或重复使用同一画面", "More aims than a person can make, or a replayed image"],
    ["主管到场核实", "The supervisor checks on the spot"],
);
pub const LATE_UNDO: KindInfo = row(
    "late-undo",
    Warn,
    Decided::Both,
    About::Document,
    &[],
    Tell::Supervisor,
    ["超期撤销", "Late undo"],
    ["由他人撤销，或超过时限才撤销", "Undone by another operator, or after the limit"],
    ["主管核实撤销原因", "The supervisor checks the reason"],
);
pub const GATE_OVERRIDDEN: KindInfo = row(
    "gate-overridden",
    Warn,
    Decided::Terminal,
    About::Document,
    &[l(23)],
    Tell::Regulator,
    ["强制放行", "Gate overridden"],
    ["主管署名并说明理由强制放行", "A named supervisor overrode the gate with a reason"],
    ["由上级复核", "It is reviewed"],
);
