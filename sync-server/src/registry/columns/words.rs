//! The words of enumerations, as records have them and as people write them in Chinese.

use crate::registry::kind::Word;

pub(super) const ROLES: &[Word] = &[
    ("leaf-dealer", "烟叶经营"),
    ("nicotine-maker", "烟碱生产"),
    ("aerosol-maker", "雾化物生产"),
    ("maker", "产品生产"),
    ("contract-maker", "代加工"),
    ("brand", "品牌持有"),
    ("importer", "进口"),
    ("wholesaler", "批发"),
    ("retailer", "零售"),
];

pub(super) const STATUSES: &[Word] = &[("active", "正常"), ("suspended", "中止"), ("cancelled", "注销")];

pub(super) const CLASSES: &[Word] =
    &[("leaf", "烟叶"), ("nicotine", "烟碱"), ("aerosol", "雾化物"), ("product", "电子烟产品")];

pub(super) const STAGES: &[Word] = &[
    ("outbound", "出库"),
    ("inbound", "入库"),
    ("sort", "分拣"),
    ("receipt", "收货确认"),
    ("transfer_out", "调出"),
    ("transfer_in", "调入"),
    ("return_out", "退出"),
    ("return_in", "退入"),
];

pub(super) const LEVELS: &[Word] = &[("unit", "盒"), ("inner", "条"), ("case", "箱")];

pub(super) const REGISTRIES: &[Word] = &[("open", "开放"), ("complete", "完整")];

pub(super) const MARKETS: &[Word] = &[("domestic", "内销"), ("export", "出口"), ("import", "进口")];

pub(super) const LISTINGS: &[Word] =
    &[("listed", "上市"), ("unlisted", "未上市"), ("suspended", "停止交易"), ("ended", "终止交易")];

pub(super) const PRICES: &[Word] =
    &[("ex-factory", "出厂价"), ("wholesale", "批发价"), ("suggested-retail", "建议零售价")];

pub(super) const BASES: &[Word] =
    &[("contract", "交易合同"), ("order", "零售订单"), ("transfer", "调拨单"), ("return-approval", "退货批准")];

pub(super) const ELEMENTS: &[Word] = &[
    ("consignor", "发货方"),
    ("consignee", "收货方"),
    ("goods", "货物名称"),
    ("specification", "规格"),
    ("quantity", "数量"),
    ("carrier", "物流服务供应商"),
];

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use shared::event::Stage;
    use shared::reference::{
        BasisKind, Element, GoodsClass, Level, Listing, Market, MemberStatus, PriceKind, Registry, Role,
    };

    use super::*;

    fn all_are<T: DeserializeOwned>(words: &[Word]) {
        for (word, zh) in words {
            assert!(serde_json::from_value::<T>((*word).into()).is_ok(), "{word} {zh}");
        }
    }

    #[test]
    fn every_word_is_one_of_a_record() {
        all_are::<Role>(ROLES);
        all_are::<MemberStatus>(STATUSES);
        all_are::<GoodsClass>(CLASSES);
        all_are::<Stage>(STAGES);
        assert_eq!(STAGES.len(), Stage::EVERY.len());
        all_are::<Level>(LEVELS);
        all_are::<Registry>(REGISTRIES);
        all_are::<Market>(MARKETS);
        all_are::<Listing>(LISTINGS);
        all_are::<PriceKind>(PRICES);
        all_are::<BasisKind>(BASES);
        all_are::<Element>(ELEMENTS);
    }
}
