//! Association (装箱关联).

use crate::citation::traceability as t;
use crate::mismatch::Severity::{Block, Hold, Warn};
use crate::mismatch::info::{About, Decided, KindInfo, Tell, row};

pub const EMPTY_PARENT: KindInfo = row(
    "empty-parent",
    Warn,
    Decided::Both,
    About::Document,
    &[t(18)],
    Tell::Consignor,
    ["未关联", "No association"],
    ["整箱流转，没有箱内子码的关联记录", "A case moved with no children on record"],
    ["继续扫码；由生产企业补报关联", "Keep scanning; the maker uploads the association"],
);
pub const PACK_COUNT: KindInfo = row(
    "pack-count",
    Hold,
    Decided::Both,
    About::Code,
    &[t(18)],
    Tell::Consignor,
    ["装箱数不符", "Pack count differs"],
    [
        "箱内子码数不等于装箱规格，也未标为尾箱",
        "The children on record differ from the pack ratio, and it is no remainder case",
    ],
    ["隔离并开箱清点", "Set it aside and count what is inside"],
);
pub const SEVERAL_PARENTS: KindInfo = row(
    "several-parents",
    Hold,
    Decided::Server,
    About::Code,
    &[t(18)],
    Tell::Consignor,
    ["多重关联", "Several parents"],
    ["同一子码同时关联在两个箱内", "One package is recorded in two cases at once"],
    ["开箱查明在哪一箱，由生产企业更正", "Open both, find out which holds it; the maker corrects the record"],
);
pub const WRONG_PARENT: KindInfo = row(
    "wrong-parent",
    Hold,
    Decided::Both,
    About::Code,
    &[t(18)],
    Tell::Supervisor,
    ["子码不符", "Wrong parent"],
    ["开箱核对时发现的子码记录在另一箱", "A package found in an opened case is recorded in another"],
    ["隔离此箱，报主管", "Set the case aside, tell the supervisor"],
);
pub const PARENT_AND_CHILD: KindInfo = row(
    "parent-and-child",
    Hold,
    Decided::Terminal,
    About::Code,
    &[t(18)],
    Tell::Supervisor,
    ["上下级同单", "Case and its content"],
    [
        "整箱和箱内子码在同一单证同一环节都扫了",
        "A case and a package in it were both scanned in one stage of one document",
    ],
    ["撤销其中一条", "Undo one of the two scans"],
);
pub const OPENED_PARENT: KindInfo = row(
    "opened-parent",
    Hold,
    Decided::Both,
    About::Code,
    &[t(18)],
    Tell::Supervisor,
    ["拆箱后移动", "Opened case moved"],
    ["箱内子码已拆出，仍按整箱流转", "Packages were taken out, yet the case moved as a whole"],
    ["隔离此箱，逐件扫码", "Set the case aside and scan its content one by one"],
);
pub const MIXED_PARENT: KindInfo = row(
    "mixed-parent",
    Block,
    Decided::Both,
    About::Code,
    &[t(25)],
    Tell::Regulator,
    ["混批", "Mixed case"],
    ["一箱之内混有不同品规或批次", "One case mixes products or batches"],
    ["整箱隔离，报主管查明", "Set the whole case aside; the supervisor looks into it"],
);
