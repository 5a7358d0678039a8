//! Sequence (环节先后).

use crate::citation::{logistics as l, traceability as t, trading as d};
use crate::mismatch::Severity::{Block, Hold, Warn};
use crate::mismatch::info::{About, Decided, KindInfo, Tell, row};

pub const INBOUND_WITHOUT_OUTBOUND: KindInfo = row(
    "inbound-without-outbound",
    Hold,
    Decided::Server,
    About::Document,
    &[t(19), t(20)],
    Tell::Consignor,
    ["无出库先入库", "Inbound without outbound"],
    ["已到货，发货方的出库记录未到", "Arrived, but the consignor's outbound scans are not in"],
    ["等发货方补传；过期由主管核实", "Wait for the consignor's upload; the supervisor checks when it is overdue"],
);
pub const SORT_WITHOUT_INBOUND: KindInfo = row(
    "sort-without-inbound",
    Hold,
    Decided::Both,
    About::Document,
    &[t(20), t(21)],
    Tell::Supervisor,
    ["未入库先分拣", "Sort without inbound"],
    ["已分拣，没有入库记录", "Sorted, but no inbound scan is in"],
    ["补扫入库，或等入库终端同步", "Scan it inbound, or wait for the inbound terminal to sync"],
);
pub const RECEIPT_WITHOUT_SORT: KindInfo = row(
    "receipt-without-sort",
    Hold,
    Decided::Server,
    About::Document,
    &[t(21), l(17)],
    Tell::Consignor,
    ["未分拣先收货", "Receipt without sort"],
    ["已收货，没有分拣记录", "Received, but the sort scans are not in"],
    ["等批发方补传；过期由主管核实", "Wait for the wholesaler's upload; the supervisor checks when it is overdue"],
);
pub const WRONG_DESTINATION: KindInfo = row(
    "wrong-destination",
    Hold,
    Decided::Server,
    About::Code,
    &[l(7), l(13)],
    Tell::Consignor,
    ["错发", "Wrong destination"],
    ["此包件是发给另一家的", "This package was sent to another member"],
    ["放到隔离区，联系发货方", "Set it aside, ask the consignor"],
);
pub const OVERDUE_IN_TRANSIT: KindInfo = row(
    "overdue-in-transit",
    Warn,
    Decided::Server,
    About::Document,
    &[d(15), l(24)],
    Tell::Consignee,
    ["在途超时", "Overdue in transit"],
    ["约定时间内没有到货，也没有延误报告", "No arrival within the agreed time, and no delay was reported"],
    ["联系承运商和收货方；不可抗力要上报", "Ask carrier and consignee; report force majeure"],
);
pub const RECEIPT_DIFFERS: KindInfo = row(
    "receipt-differs",
    Hold,
    Decided::Terminal,
    About::Code,
    &[l(17)],
    Tell::Consignor,
    ["收货不符", "Receipt differs"],
    ["收货数量与配送单不同，或有拒收", "What was received differs from the delivery note, or some was refused"],
    ["与配送方核对，由主管处理", "Compare with the deliverer; the supervisor settles it"],
);
pub const MOVEMENT_AFTER_END: KindInfo = row(
    "movement-after-end",
    Block,
    Decided::Server,
    About::Code,
    &[t(25)],
    Tell::Regulator,
    ["终态后流转", "Movement after end"],
    ["已销毁或已出口的包件又流转", "A package moved after it was destroyed or exported"],
    ["隔离，报主管查来源", "Hold it; the supervisor traces its origin"],
);
pub const INVALID_RETURN: KindInfo = row(
    "invalid-return",
    Hold,
    Decided::Both,
    About::Code,
    &[d(16)],
    Tell::Consignor,
    ["退货不符", "Invalid return"],
    [
        "没有退货批准，也不是拒收或无法投递的货物",
        "No approval supports the return, and the goods were neither refused nor undeliverable",
    ],
    ["放到隔离区，在平台补办退货申请", "Set it aside; apply for the return on the platform"],
);
pub const INVALID_VOID: KindInfo = row(
    "invalid-void",
    Warn,
    Decided::Both,
    About::Document,
    &[],
    Tell::Supervisor,
    ["无效撤销", "Invalid undo"],
    ["撤销了一条撤销，或撤销了其他会员的记录", "It undoes an undo, or another member's event"],
    ["需要恢复时重新扫码", "To restore a package, scan it again"],
);
pub const EXPORT_DIVERTED: KindInfo = row(
    "export-diverted",
    Block,
    Decided::Both,
    About::Code,
    &[l(21)],
    Tell::Regulator,
    ["出口转内销", "Export diverted"],
    ["出口产品的码出现在国内环节", "A code for export turned up in a domestic stage"],
    ["隔离，报主管", "Hold it, tell the supervisor"],
);
pub const FILING_MISSING: KindInfo = row(
    "filing-missing",
    Block,
    Decided::Both,
    About::Code,
    &[d(5), l(22)],
    Tell::Supervisor,
    ["未备案", "Filing missing"],
    ["进出口货物未备案即流转", "Import or export goods moved without filing"],
    ["停止发运，先在平台备案", "Stop; file it on the platform first"],
);
pub const CUSTOMS_PAPERS_MISSING: KindInfo = row(
    "customs-papers-missing",
    Block,
    Decided::Server,
    About::Code,
    &[l(20), l(22)],
    Tell::Supervisor,
    ["报关清关单据缺失", "Customs papers missing"],
    [
        "进口缺报关、清关单据，或出口清关后未上传",
        "Import without agreeing customs papers, or export papers not uploaded after clearance",
    ],
    ["补齐并上传单据", "Complete and upload the papers"],
);
pub const RELOCATION_UNREPORTED: KindInfo = row(
    "relocation-unreported",
    Warn,
    Decided::Server,
    About::Member,
    &[l(21)],
    Tell::Regulator,
    ["移库未报", "Relocation unreported"],
    ["出口产品移到其它仓库，未报送", "Export goods were moved to another warehouse and nobody reported it"],
    ["由发货方向仓库所在地烟草专卖局补报", "The sender reports it to the administration where the warehouse lies"],
);
pub const STOCK_REPORT_DUE: KindInfo = row(
    "stock-report-due",
    Warn,
    Decided::Server,
    About::Member,
    &[l(21)],
    Tell::Regulator,
    ["库存未报", "Stock report due"],
    ["存放出口产品的仓库未报当月库存", "The month's stock of relocated export goods was not reported"],
    ["收货方补报库存", "The receiver reports the stock"],
);
