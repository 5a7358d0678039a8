//! Members, sites, operators, carriers and what members report.

use super::words::{CLASSES, ROLES, STAGES, STATUSES};
use crate::registry::column::{Column, Place};
use crate::registry::kind::Kind;

pub(super) const MEMBER: &[Column] = &[
    Column::field("member", &["会员", "会员代码"], Kind::Id, "440100001").needed(),
    Column::field("name", &["名称", "会员名称", "企业名称"], Kind::Text, "广州批发").needed(),
    Column::field("role", &["角色", "会员类型"], Kind::Words(ROLES), "wholesaler").needed(),
    Column::field("region", &["地区", "行政区划"], Kind::Id, "4401"),
    Column::field("licence_number", &["许可证号", "烟草专卖许可证号"], Kind::Id, "440100100001")
        .at(Place::Under("licence", "number")),
    Column::field("licence_from", &["许可证生效日"], Kind::Moment, "2026-01-01").at(Place::Under("licence", "from")),
    Column::field("licence_until", &["许可证失效日"], Kind::Moment, "2031-01-01").at(Place::Under("licence", "until")),
    Column::field("licence_goods", &["许可货类"], Kind::WordList(CLASSES), "product")
        .at(Place::Under("licence", "goods")),
    Column::field("licence_stages", &["许可环节"], Kind::WordList(STAGES), "inbound;sort")
        .at(Place::Under("licence", "stages")),
    Column::field("import_codes", &["可申领进口码"], Kind::Flag, "no"),
    Column::field("more_role", &["其他角色"], Kind::Words(ROLES), "")
        .at(Place::Each("more_roles", "value"))
        .in_element(),
    Column::field("more_role_from", &["其他角色起始日"], Kind::Moment, "")
        .at(Place::Each("more_roles", "from"))
        .in_element(),
    Column::field("status", &["状态"], Kind::Words(STATUSES), "").at(Place::Each("statuses", "value")).in_element(),
    Column::field("status_from", &["状态起始日"], Kind::Moment, "").at(Place::Each("statuses", "from")).in_element(),
    Column::field("earlier", &["变更前"], Kind::Json, ""),
];

pub(super) const SITE: &[Column] = &[
    Column::field("site", &["物流节点", "节点", "节点代码"], Kind::Id, "GZ-HUB").needed(),
    Column::field("member", &["会员", "会员代码"], Kind::Id, "440100001").needed(),
    Column::field("name", &["名称", "节点名称"], Kind::Text, "广州分拣中心").needed(),
    Column::field("region", &["地区", "行政区划"], Kind::Id, "4401"),
    Column::field("earlier", &["变更前"], Kind::Json, ""),
];

pub(super) const OPERATOR: &[Column] = &[
    Column::field("operator", &["操作员", "工号"], Kind::Id, "1024").needed(),
    Column::field("member", &["会员", "会员代码"], Kind::Id, "440100001").needed(),
    Column::field("name", &["姓名"], Kind::Text, "李梅"),
    Column::field("role", &["岗位"], Kind::Text, "clerk"),
    Column::field("sites", &["可用节点", "物流节点"], Kind::IdList, "GZ-HUB"),
    Column::field("stages", &["可用环节", "环节"], Kind::WordList(STAGES), "inbound;sort"),
    Column::field("until", &["离岗日", "失效日"], Kind::Moment, ""),
    Column::field("earlier", &["变更前"], Kind::Json, ""),
];

pub(super) const CARRIER: &[Column] = &[
    Column::field("carrier", &["物流服务供应商", "承运商"], Kind::Id, "顺达物流").needed(),
    Column::field("until", &["资质失效日", "失效日"], Kind::Moment, "2027-01-01"),
    Column::field("earlier", &["变更前"], Kind::Json, ""),
];

pub(super) const QUOTA: &[Column] = &[
    Column::field("member", &["会员", "会员代码"], Kind::Id, "440300001").needed(),
    Column::field("class", &["货类"], Kind::Words(CLASSES), "product").needed(),
    Column::field("year", &["年度"], Kind::Year, "2026").needed(),
    Column::field("units", &["计划数量", "数量"], Kind::Count, "1000000").needed(),
];

pub(super) const RELOCATION: &[Column] = &[
    Column::field("relocation", &["移库单", "移库单号"], Kind::Id, "YK-1").needed(),
    Column::field("member", &["会员", "会员代码"], Kind::Id, "440300001").needed(),
    Column::field("product", &["产品", "品规"], Kind::Id, "POD").needed(),
    Column::field("from", &["移出节点"], Kind::Id, "SZ-GATE").needed(),
    Column::field("to", &["移入节点"], Kind::Id, "SZ-PORT").needed(),
    Column::field("at", &["移库时间"], Kind::Moment, "2026-10-04").needed(),
    Column::field("reported", &["已报送"], Kind::Flag, "yes").needed(),
];

pub(super) const STOCK_REPORT: &[Column] = &[
    Column::field("member", &["会员", "会员代码"], Kind::Id, "440300001").needed(),
    Column::field("month", &["月份"], Kind::Month, "2026-10").needed(),
    Column::field("due", &["应报时间"], Kind::Moment, "2026-11-01").needed(),
    Column::field("received_at", &["收到时间"], Kind::Moment, ""),
];
