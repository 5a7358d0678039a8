//! Code and label (码与标签).

use crate::citation::{LABEL_NOTICE, traceability as t};
use crate::mismatch::Severity::{Block, Hold, Info, Warn};
use crate::mismatch::info::{About, Decided, KindInfo, Tell, row};

pub const MALFORMED_CODE: KindInfo = row(
    "malformed-code",
    Hold,
    Decided::Terminal,
    About::Text,
    &[t(8)],
    Tell::Supervisor,
    ["码制不符", "Malformed code"],
    ["标签上的文字不是追溯码，或校验位不对", "The label's text is no traceability code, or its check digit is wrong"],
    ["放到隔离区，报主管", "Set it aside and tell the supervisor"],
);
pub const NONCONFORMING_LABEL: KindInfo = row(
    "nonconforming-label",
    Warn,
    Decided::Terminal,
    About::Pack,
    &[t(8), t(17), LABEL_NOTICE],
    Tell::Consignor,
    ["标签不合规", "Nonconforming label"],
    [
        "标签的版本、纠错等级或编码方式不合规定",
        "The label's version, error-correction level or mode is not as prescribed",
    ],
    ["继续扫码；由主管通知生产企业检查打印机", "Keep scanning; the supervisor has the maker check its printer"],
);
pub const UNREADABLE_LABEL: KindInfo = row(
    "unreadable-label",
    Hold,
    Decided::Terminal,
    About::Document,
    &[t(13)],
    Tell::Supervisor,
    ["无码/破损", "Unreadable label"],
    ["包件没有码，或码读不出，已拍照上报", "A package has no readable code; reported with a photo"],
    ["放到隔离区，由主管核实身份或退回", "Set it aside; the supervisor identifies or returns it"],
);
pub const UNKNOWN_CODE: KindInfo = row(
    "unknown-code",
    Hold,
    Decided::Both,
    About::Code,
    &[t(15)],
    Tell::Regulator,
    ["未知码", "Unknown code"],
    ["此码从未发放", "This code was never issued"],
    ["放到隔离区，报主管查来源", "Set it aside; the supervisor traces its origin"],
);
pub const UNREGISTERED_CODE: KindInfo = row(
    "unregistered-code",
    Info,
    Decided::Both,
    About::Document,
    &[t(15)],
    Tell::Nobody,
    ["未登记码", "Unregistered code"],
    ["此码的码包尚未导入，导入后自动再判", "Its code pack is not imported yet; judged again when it is"],
    ["继续扫码", "Keep scanning"],
);
pub const INACTIVE_CODE: KindInfo = row(
    "inactive-code",
    Hold,
    Decided::Server,
    About::Code,
    &[t(18)],
    Tell::Consignor,
    ["未激活", "Inactive code"],
    [
        "码已发放，码包未启用，也没有关联记录",
        "Issued, but its pack was never put into use and the code was never associated",
    ],
    ["放到隔离区，由生产企业补报启用或关联", "Set it aside; the maker reports the pack in use or the association"],
);
pub const CANCELLED_CODE: KindInfo = row(
    "cancelled-code",
    Block,
    Decided::Both,
    About::Code,
    &[t(25)],
    Tell::Regulator,
    ["已注销", "Cancelled code"],
    ["此码已注销或已换码", "This code was cancelled, or another has taken its place"],
    ["移出货堆，放隔离区，报主管查来源", "Take it out, set it aside; the supervisor traces its origin"],
);
pub const FROZEN_CODE: KindInfo = row(
    "frozen-code",
    Block,
    Decided::Terminal,
    About::Code,
    &[t(22)],
    Tell::Regulator,
    ["码包丢失/失窃", "Code pack lost or stolen"],
    ["此码所在码包已报丢失或失窃", "The pack of this code is reported lost or stolen"],
    ["移出货堆，放隔离区，通知主管", "Take it out, set it aside, tell the supervisor"],
);
pub const REPEATED_SCAN: KindInfo = row(
    "repeated-scan",
    Info,
    Decided::Terminal,
    About::Document,
    &[],
    Tell::Nobody,
    ["重复扫码", "Scanned again"],
    ["本作业已扫，不计数", "Already in this task, not counted"],
    ["继续扫码", "Keep scanning"],
);
pub const DUPLICATE_MOVEMENT: KindInfo = row(
    "duplicate-movement",
    Hold,
    Decided::Both,
    About::Code,
    &[t(19), t(20), t(21)],
    Tell::Supervisor,
    ["重复出入库", "Duplicate movement"],
    ["同一包件在同一依据的两张单证上发出", "One package was sent on two documents of one basis"],
    ["归哪张单证就留在哪张，撤销另一条", "Keep the right one, undo the other"],
);
pub const CLONED_CODE: KindInfo = row(
    "cloned-code",
    Block,
    Decided::Server,
    About::Code,
    &[t(8), t(25)],
    Tell::Regulator,
    ["疑似复制码", "Suspected cloned code"],
    [
        "同一码在两份合同下发出，或两地出现的时间短于路程，或最终收货后再次流转",
        "One code was sent under two contracts, was in two places sooner than travel allows, or moved again after final receipt",
    ],
    ["两处实物都隔离，报主管", "Set both packages aside, tell the supervisor"],
);
pub const DOUBLE_ALLOCATION: KindInfo = row(
    "double-allocation",
    Hold,
    Decided::Both,
    About::Code,
    &[t(21)],
    Tell::Supervisor,
    ["重复分配", "Double allocation"],
    ["同一包件分到两张订单", "One package was sorted to two orders"],
    ["归哪张订单就留在哪张，撤销另一条", "Keep the right one, undo the other"],
);
pub const MANUAL_ENTRY: KindInfo = row(
    "manual-entry",
    Info,
    Decided::Both,
    About::Document,
    &[t(25)],
    Tell::Supervisor,
    ["手工录入", "Manual entry"],
    ["追溯码是手工录入的，不是扫码", "The code was typed, not scanned"],
    ["能扫的尽量扫；录入过多由主管查明原因", "Scan what can be scanned; the supervisor looks into frequent typing"],
);
