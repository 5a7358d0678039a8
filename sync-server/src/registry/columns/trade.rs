//! Products, contracts and orders, shipping documents, applications for codes.

use super::words::{BASES, CLASSES, ELEMENTS, LEVELS, LISTINGS, MARKETS, PRICES, REGISTRIES};
use crate::registry::column::{Column, Place};
use crate::registry::kind::Kind;

pub(super) const PRODUCT: &[Column] = &[
    Column::field("product", &["产品", "品规", "产品编号"], Kind::Id, "POD").needed(),
    Column::field("name", &["名称", "产品名称"], Kind::Text, "原味 3%").needed(),
    Column::field("maker", &["生产企业"], Kind::Id, "440300001").needed(),
    Column::field("registry", &["码库", "登记范围"], Kind::Words(REGISTRIES), "complete"),
    Column::field("review", &["审评编号", "技术审评编号"], Kind::Text, "SP2026-001"),
    Column::field("class", &["货类"], Kind::Words(CLASSES), "product"),
    Column::field("market", &["市场"], Kind::Words(MARKETS), "domestic"),
    Column::field("mixed_batches", &["允许混批"], Kind::Flag, "no"),
    Column::field("level", &["包装层级", "层级"], Kind::Words(LEVELS), "case")
        .at(Place::Each("levels", "level"))
        .needed(),
    Column::field("gtin", &["GTIN", "商品条码"], Kind::Gtin, "16901234567899")
        .at(Place::Each("levels", "gtin"))
        .needed(),
    Column::field("units", &["含盒数", "装箱数"], Kind::Count, "6").at(Place::Each("levels", "units")).needed(),
    Column::field("listing", &["上市状态"], Kind::Words(LISTINGS), "listed")
        .at(Place::Each("listings", "value"))
        .in_element(),
    Column::field("listing_from", &["上市状态起始日"], Kind::Moment, "2026-01-01")
        .at(Place::Each("listings", "from"))
        .in_element(),
    Column::field("price_kind", &["价格类型"], Kind::Words(PRICES), "wholesale")
        .at(Place::Each("prices", "kind"))
        .in_element(),
    Column::field("price_yuan", &["价格", "单价"], Kind::Yuan, "18.50").at(Place::Each("prices", "fen")).in_element(),
    Column::field("price_from", &["价格执行日"], Kind::Moment, "2026-01-01")
        .at(Place::Each("prices", "from"))
        .in_element(),
    Column::field("price_announced", &["价格公示日"], Kind::Moment, "").at(Place::Each("prices", "announced")),
    Column::field("earlier", &["变更前"], Kind::Json, ""),
];

pub(super) const NAMESPACE: &[Column] = &[
    Column::field("namespace", &["码段", "编码开头"], Kind::Id, "01/0690123").needed(),
    Column::field("registry", &["码库", "登记范围"], Kind::Words(REGISTRIES), "complete").needed(),
    Column::field("earlier", &["变更前"], Kind::Json, ""),
];

pub(super) const BASIS: &[Column] = &[
    Column::field("basis", &["依据", "合同编号", "订单编号", "编号"], Kind::Id, "HT-2031").needed(),
    Column::field("kind", &["类型", "依据类型"], Kind::Words(BASES), "contract").needed(),
    Column::field("seller", &["卖方", "供方"], Kind::Id, "440300001").needed(),
    Column::field("buyer", &["买方", "需方"], Kind::Id, "440100001").needed(),
    Column::field("product", &["产品", "品规"], Kind::Id, "POD").at(Place::Each("lines", "product")).needed(),
    Column::field("units", &["数量", "盒数"], Kind::Count, "1200").at(Place::Each("lines", "units")).needed(),
    Column::field("price_yuan", &["单价", "价格"], Kind::Yuan, "12.00").at(Place::Each("lines", "fen")),
    Column::field("class", &["货类"], Kind::Words(CLASSES), "product"),
    Column::field("market", &["市场"], Kind::Words(MARKETS), "domestic"),
    Column::field("from", &["履行起始日"], Kind::Moment, "2026-10-01"),
    Column::field("until", &["履行截止日"], Kind::Moment, "2027-01-01"),
    Column::field("signed_at", &["签订时间", "签订日"], Kind::Moment, "2026-09-20"),
    Column::field("place", &["履行地点"], Kind::Text, "广州分拣中心"),
    Column::field("cancelled_at", &["作废时间"], Kind::Moment, ""),
    Column::field("off_platform", &["平台外"], Kind::Flag, "no"),
    Column::field("unpaid", &["未结算"], Kind::Flag, "no"),
    Column::field("paid_at", &["结算时间"], Kind::Moment, ""),
    Column::field("unfiled", &["未备案"], Kind::Flag, "no"),
    Column::field("without_papers", &["单据缺失"], Kind::Flag, "no"),
    Column::field("transit", &["约定运输时长"], Kind::Span, "48h").at(Place::Field("transit_ms")),
    Column::field("from_site", &["调出节点"], Kind::Id, ""),
    Column::field("to_site", &["调入节点"], Kind::Id, ""),
    Column::field("amendments", &["变更"], Kind::Json, ""),
];

pub(super) const DOCUMENT: &[Column] = &[
    Column::field("document", &["物流单证", "单证编号"], Kind::Id, "FH-2031").needed(),
    Column::field("basis", &["依据", "合同编号", "订单编号"], Kind::Id, "HT-2031").needed(),
    Column::field("consignor", &["发货方"], Kind::Id, "440300001"),
    Column::field("consignee", &["收货方"], Kind::Id, "440100001"),
    Column::field("carrier", &["物流服务供应商", "承运商"], Kind::Id, "顺达物流"),
    Column::field("packing_level", &["计数层级", "规格"], Kind::Words(LEVELS), "case").needed(),
    Column::field("product", &["货物名称", "产品", "品规"], Kind::Id, "POD")
        .at(Place::Each("lines", "product"))
        .in_element(),
    Column::field("units", &["数量", "盒数"], Kind::Count, "600").at(Place::Each("lines", "units")).in_element(),
    Column::field("price_yuan", &["单价"], Kind::Yuan, "").at(Place::Each("lines", "fen")),
    Column::field("lacks", &["缺失要素"], Kind::WordList(ELEMENTS), ""),
    Column::field("absent", &["未随货"], Kind::Flag, "no"),
];

pub(super) const APPLICATION: &[Column] = &[
    Column::field("application", &["申领单", "申领单号"], Kind::Id, "SL-1").needed(),
    Column::field("member", &["会员", "会员代码"], Kind::Id, "440300001").needed(),
    Column::field("product", &["产品", "品规"], Kind::Id, "POD").needed(),
    Column::field("units", &["申请数量", "数量"], Kind::Count, "1200").needed(),
    Column::field("basis", &["依据", "合同编号"], Kind::Id, "HT-2031").needed(),
    Column::field("at", &["申请时间"], Kind::Moment, "2026-10-01").needed(),
    Column::field("withdrawn_at", &["撤回时间"], Kind::Moment, ""),
    Column::field("withdrawn_why", &["撤回原因"], Kind::Text, ""),
];
