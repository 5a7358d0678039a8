//! Document and goods (单证与货物).

use crate::citation::{logistics as l, traceability as t};
use crate::mismatch::Severity::{Block, Hold, Warn};
use crate::mismatch::info::{About, Decided, KindInfo, Tell, row};

pub const DOCUMENT_MISSING: KindInfo = row(
    "document-missing",
    Block,
    Decided::Terminal,
    About::Code,
    &[l(7), l(13), l(24)],
    Tell::Supervisor,
    ["单证不齐", "Document missing"],
    ["缺少应随附的物流单证", "A shipping document that must go with the goods is absent"],
    ["制作或补齐单证再放行", "Make or complete the document before the goods go on"],
);
pub const DOCUMENT_INCOMPLETE: KindInfo = row(
    "document-incomplete",
    Block,
    Decided::Both,
    About::Code,
    &[l(30)],
    Tell::Supervisor,
    ["单证要素缺失", "Document incomplete"],
    [
        "单证缺少发货方、收货方、货物、规格、数量或承运方",
        "The document lacks consignor, consignee, goods, specification, quantity or carrier",
    ],
    ["补全单证再放行", "Complete the document before the goods go on"],
);
pub const DOCUMENT_NOT_UPLOADED: KindInfo = row(
    "document-not-uploaded",
    Block,
    Decided::Arrival,
    About::Code,
    &[l(8), l(23)],
    Tell::Supervisor,
    ["单证未上传", "Document not uploaded"],
    ["货物离开时服务器尚未确认单证", "The server had not confirmed the document when the goods left"],
    ["上传单证，等服务器确认再放行", "Upload the document and wait for the server before the goods go on"],
);
pub const DOCUMENT_DIFFERS: KindInfo = row(
    "document-differs",
    Warn,
    Decided::Terminal,
    About::Document,
    &[l(30)],
    Tell::Consignor,
    ["单证不符", "Document differs"],
    [
        "核对单证的人发现随货纸单与系统内不同，或缺项",
        "Whoever compared the papers that go with the goods found a field that differs or is not there",
    ],
    ["由开单方更正，再核对一次", "The issuer puts it right; then compare again"],
);
pub const UNANNOUNCED_GOODS: KindInfo = row(
    "unannounced-goods",
    Hold,
    Decided::Both,
    About::Code,
    &[l(13), l(24)],
    Tell::Consignor,
    ["多货", "Unannounced goods"],
    ["发货方没有发过此包件", "The consignor never sent this package"],
    ["放到隔离区，联系发货方", "Set it aside, ask the consignor"],
);
pub const MISSING_GOODS: KindInfo = row(
    "missing-goods",
    Hold,
    Decided::Both,
    About::Code,
    &[l(13), l(24)],
    Tell::Consignor,
    ["未到货", "Missing goods"],
    ["已发货，收货已结束，此包件未到", "Dispatched, arrival is closed, this package has not come"],
    ["在库内找一遍，再联系发货方和承运商", "Search the store, then ask consignor and carrier"],
);
pub const DAMAGED_GOODS: KindInfo = row(
    "damaged-goods",
    Warn,
    Decided::Terminal,
    About::Document,
    &[l(24), t(17)],
    Tell::Consignor,
    ["破损", "Damaged goods"],
    ["到货时报破损，已拍照", "Reported damaged on arrival, with a photo"],
    ["单独存放，由主管与发货方处理", "Keep it apart; the supervisor settles it with the consignor"],
);
