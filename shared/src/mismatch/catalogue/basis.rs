//! Contract, order, quota (依据与计划).

use crate::citation::{logistics as l, traceability as t, trading as d};
use crate::mismatch::Severity::{Block, Hold, Info, Warn};
use crate::mismatch::info::{About, Decided, KindInfo, Tell, row};

pub const NO_BASIS: KindInfo = row(
    "no-basis",
    Block,
    Decided::Both,
    About::Code,
    &[t(19), l(6), d(5), d(13)],
    Tell::Supervisor,
    ["无合同/订单", "No contract or order"],
    ["没有这份合同或订单，或它没有平台编号", "There is no such contract or order, or it lacks a platform number"],
    ["核对编号并同步；仍没有，联系对方补录", "Check the number and sync; if still missing, have it registered"],
);
pub const BASIS_NOT_IN_FORCE: KindInfo = row(
    "basis-not-in-force",
    Block,
    Decided::Both,
    About::Code,
    &[d(13)],
    Tell::Supervisor,
    ["合同未生效/已终止", "Contract not in force"],
    ["不在履行期内，或合同已取消", "Outside the performance period, or the contract was cancelled"],
    ["停止此单作业，报主管核对合同", "Stop work on it; the supervisor checks the contract"],
);
pub const BASIS_CHANGED: KindInfo = row(
    "basis-changed",
    Hold,
    Decided::Server,
    About::Code,
    &[d(13)],
    Tell::Supervisor,
    ["依据已变更", "Contract changed"],
    [
        "扫码时终端还不知道合同已变更，按新旧版本判定不同",
        "The terminal did not know of a change in force, and the verdict differs under it",
    ],
    ["同步终端，按新版本核对已扫货物", "Sync the terminal and check the goods against the new version"],
);
pub const FORBIDDEN_PAIRING: KindInfo = row(
    "forbidden-pairing",
    Block,
    Decided::Server,
    About::Code,
    &[d(6)],
    Tell::Regulator,
    ["交易主体不符", "Forbidden pairing"],
    [
        "买卖双方的主体类型与货类不属于七类许可交易",
        "Seller, buyer and goods class make none of the seven permitted trades",
    ],
    ["停止交易，货物隔离，报主管", "Stop the trade, hold the goods, tell the supervisor"],
);
pub const WRONG_PARTY: KindInfo = row(
    "wrong-party",
    Block,
    Decided::Terminal,
    About::Code,
    &[l(7), l(8), l(30)],
    Tell::Supervisor,
    ["主体不符", "Wrong party"],
    ["操作方、发货方或收货方不是合同当事人", "The acting member, consignor or consignee is not the contract's"],
    ["核对合同和单证编号，报主管", "Check the numbers of contract and document, tell the supervisor"],
);
pub const PRODUCT_NOT_ON_BASIS: KindInfo = row(
    "product-not-on-basis",
    Hold,
    Decided::Terminal,
    About::Code,
    &[t(19), l(30)],
    Tell::Supervisor,
    ["品规不符", "Product not on contract"],
    ["合同或订单上没有此品规", "No line of the contract or order has this product"],
    ["放到隔离区，继续扫码", "Set it aside, keep scanning"],
);
pub const OVER_QUANTITY: KindInfo = row(
    "over-quantity",
    Block,
    Decided::Both,
    About::Line,
    &[t(15), l(30)],
    Tell::Supervisor,
    ["超量", "Over quantity"],
    ["超出单证或合同的数量", "More than the document or contract says"],
    ["多出的放到隔离区，报主管改单证", "Set the excess aside; the supervisor amends the document"],
);
pub const SHORT_QUANTITY: KindInfo = row(
    "short-quantity",
    Hold,
    Decided::Both,
    About::Line,
    &[l(13), l(24)],
    Tell::Supervisor,
    ["少货", "Short quantity"],
    ["已结束，数量少于单证", "Closed with less than the document says"],
    ["补扫，或由主管核实短少", "Scan the rest, or the supervisor confirms the shortage"],
);
pub const DOCUMENTS_EXCEED_BASIS: KindInfo = row(
    "documents-exceed-basis",
    Block,
    Decided::Both,
    About::BasisLine,
    &[l(30)],
    Tell::Supervisor,
    ["单证超合同", "Documents exceed contract"],
    ["一份合同分解出的单证合计超过合同数量", "The documents split from one contract add up to more than it says"],
    ["主管更正单证或变更合同", "The supervisor corrects the documents or has the contract amended"],
);
pub const QUOTA_NEARING: KindInfo = row(
    "quota-nearing",
    Info,
    Decided::Server,
    About::Member,
    &[d(17)],
    Tell::Supervisor,
    ["接近计划", "Quota nearing"],
    ["本年执行量已接近年度计划", "This year's executed volume nears the year's quota"],
    ["主管安排剩余计划", "The supervisor plans what is left"],
);
pub const QUOTA_EXCEEDED: KindInfo = row(
    "quota-exceeded",
    Block,
    Decided::Server,
    About::Member,
    &[d(17)],
    Tell::Regulator,
    ["超计划", "Quota exceeded"],
    ["本年执行量超过年度计划", "This year's executed volume exceeds the year's quota"],
    ["停止发货，报主管", "Stop sending, tell the supervisor"],
);
pub const PRICE_DIFFERS: KindInfo = row(
    "price-differs",
    Warn,
    Decided::Server,
    About::BasisLine,
    &[d(9)],
    Tell::Supervisor,
    ["价格不符", "Price differs"],
    ["合同或订单的价格不等于签订时公示的价格", "The line's price is not the published price when it was signed"],
    ["主管与对方核对价格", "The supervisor checks the price with the other side"],
);
pub const PRICE_CHANGE_UNANNOUNCED: KindInfo = row(
    "price-change-unannounced",
    Warn,
    Decided::Server,
    About::BasisLine,
    &[d(11)],
    Tell::Regulator,
    ["调价未公示", "Price change unannounced"],
    ["调价公示不足三个月即执行", "The price came into force less than three months after its notice"],
    ["主管核对公示日期", "The supervisor checks the day of the notice"],
);
pub const UNPAID_ORDER: KindInfo = row(
    "unpaid-order",
    Warn,
    Decided::Both,
    About::Document,
    &[d(14)],
    Tell::Supervisor,
    ["未结算", "Unpaid order"],
    ["零售订单未结算即分拣", "A retail order was sorted before it was settled"],
    ["主管核对结算", "The supervisor checks the settlement"],
);
pub const APPLICATION_REFUSED: KindInfo = row(
    "application-refused",
    Block,
    Decided::Server,
    About::BasisLine,
    &[t(15)],
    Tell::Supervisor,
    ["申码不符", "Code application refused"],
    ["申领的码超过合同数量，或没有有效合同", "More codes were applied for than a valid contract line covers"],
    ["按有效合同重新申领", "Apply again under a valid contract"],
);
