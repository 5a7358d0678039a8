//! Party, product, place, carrier (主体、品规、地点、承运).

use crate::citation::{logistics as l, traceability as t, trading as d};
use crate::mismatch::Severity::{Block, Hold, Warn};
use crate::mismatch::info::{About, Decided, KindInfo, Tell, row};

pub const MEMBER_NOT_ACTIVE: KindInfo = row(
    "member-not-active",
    Block,
    Decided::Both,
    About::Code,
    &[t(12), d(19), d(24)],
    Tell::Regulator,
    ["会员中止/注销", "Member not active"],
    ["发生时会员资格已中止或注销", "The member was suspended or cancelled when it happened"],
    ["停止作业，货物隔离，报主管", "Stop work, hold the goods, tell the supervisor"],
);
pub const LICENCE_INVALID: KindInfo = row(
    "licence-invalid",
    Block,
    Decided::Both,
    About::Code,
    &[t(12), l(7)],
    Tell::Regulator,
    ["许可证过期/超范围", "Licence invalid"],
    ["许可证已过期，或范围不含此业务或货类", "The licence has expired, or its scope lacks the act or the goods"],
    ["停止作业，货物隔离，报主管", "Stop work, hold the goods, tell the supervisor"],
);
pub const PRODUCT_NOT_LISTED: KindInfo = row(
    "product-not-listed",
    Block,
    Decided::Both,
    About::Code,
    &[d(7)],
    Tell::Regulator,
    ["未上市", "Product not listed"],
    ["此品规不在已审评的上市目录内", "The product is not in the reviewed catalogue"],
    ["放到隔离区，报主管", "Set it aside, tell the supervisor"],
);
pub const PRODUCT_SUSPENDED: KindInfo = row(
    "product-suspended",
    Block,
    Decided::Both,
    About::Code,
    &[d(12)],
    Tell::Regulator,
    ["停止/终止交易", "Product suspended"],
    ["此品规已停止或终止交易", "Trade in the product is suspended or ended"],
    ["放到隔离区，报主管", "Set it aside, tell the supervisor"],
);
pub const PHYSICAL_DIFFERS: KindInfo = row(
    "physical-differs",
    Hold,
    Decided::Terminal,
    About::Code,
    &[t(17)],
    Tell::Regulator,
    ["货码不符", "Goods differ from code"],
    ["实物与码的信息不一致，已拍照", "The goods are not what the code says; photographed"],
    ["放到隔离区，报主管", "Set it aside, tell the supervisor"],
);
pub const UNREGISTERED_SITE: KindInfo = row(
    "unregistered-site",
    Warn,
    Decided::Server,
    About::Document,
    &[l(3)],
    Tell::Administrator,
    ["节点未登记", "Unregistered site"],
    ["在不属于本会员的物流节点上操作", "Scanned at a site that is not the member's"],
    ["主管登记节点或收回终端", "The supervisor registers the site or takes the terminal back"],
);
pub const CROSS_REGION: KindInfo = row(
    "cross-region",
    Block,
    Decided::Both,
    About::Code,
    &[l(11)],
    Tell::Regulator,
    ["窜货", "Cross-region"],
    ["收货方在批发企业属地区域之外", "The consignee lies outside the wholesaler's region"],
    ["停止分拣，报主管", "Stop sorting, tell the supervisor"],
);
pub const CARRIER_INVALID: KindInfo = row(
    "carrier-invalid",
    Warn,
    Decided::Both,
    About::Document,
    &[l(9), l(16)],
    Tell::Supervisor,
    ["承运商不符", "Carrier invalid"],
    [
        "承运商未登记、资质过期，或不是单证上的",
        "The carrier is unknown, its papers expired, or it is not the document's",
    ],
    ["主管核对承运商", "The supervisor checks the carrier"],
);
