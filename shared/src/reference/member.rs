use serde::{Deserialize, Serialize};

use super::dated::{Dated, Earlier, at, said_at};
use super::product::GoodsClass;
use crate::credential::{BadgeMark, PinVerifier, SealingKey};
use crate::event::Stage;
use crate::ids::{MemberId, OperatorId, SiteId};
use crate::time::Timestamp;

/// What a member may be (`domain.md`, member).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Grows or deals in leaf.
    LeafDealer,
    /// Makes nicotine.
    NicotineMaker,
    /// Makes aerosol.
    AerosolMaker,
    /// Makes products.
    Maker,
    /// Makes products for a brand holder (代加工).
    ContractMaker,
    /// Holds a brand.
    Brand,
    /// Imports.
    Importer,
    /// Buys from makers, sells to retailers of its region.
    Wholesaler,
    /// Sells to people.
    Retailer,
}

/// Whether a member may trade (trading/2022-trial art. 24, trading/revised art. 24).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemberStatus {
    /// It may.
    #[default]
    Active,
    /// 中止.
    Suspended,
    /// 注销.
    Cancelled,
}

/// A licence (烟草专卖许可证): how long it holds and what it allows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Licence {
    /// Its number (许可证号), which contracts name (trading/2022-trial art. 13); empty = not on record.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// First moment of its validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// First moment after its validity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Goods it allows; empty = not limited here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub goods: Vec<GoodsClass>,
    /// Stages it allows; empty = not limited here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<Stage>,
}

impl Licence {
    /// Whether it allows a stage with goods of a class at a moment.
    #[must_use]
    pub fn allows(&self, stage: Stage, class: GoodsClass, when: Timestamp) -> bool {
        let in_time = self.from.is_none_or(|from| from <= when) && self.until.is_none_or(|until| when < until);
        let goods = self.goods.is_empty() || self.goods.contains(&class);
        let stages = self.stages.is_empty() || self.stages.contains(&stage);
        in_time && goods && stages
    }
}

/// What amendments change of a member, as it was until one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberTerms {
    /// What it might do.
    pub role: Role,
    /// Its licence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<Licence>,
    /// Its region.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// Whether it might apply for codes of imported goods.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub import_codes: bool,
}

/// An enterprise (会员).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its code.
    pub member: MemberId,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// What else it may do, each from a moment on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more_roles: Vec<Dated<Role>>,
    /// Changes of its status; active before the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<Dated<MemberStatus>>,
    /// Its licence, where it is on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<Licence>,
    /// Administrative region: a wholesaler's territory, a retailer's place. Regions compare by prefix; empty = not on record.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// It may apply for codes of imported goods without being their importer: the institution here of a foreign brand holder, or a
    /// wholesaler that one commissioned (traceability/2022 art. 16).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub import_codes: bool,
    /// What it was before amendments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Earlier<MemberTerms>>,
}

impl Member {
    /// A member of one role, with nothing else on record.
    #[must_use]
    pub fn new(member: MemberId, name: String, role: Role) -> Self {
        Self {
            member,
            name,
            role,
            more_roles: Vec::new(),
            statuses: Vec::new(),
            licence: None,
            region: String::new(),
            import_codes: false,
            earlier: Vec::new(),
        }
    }

    /// Its licence at a moment.
    #[must_use]
    pub fn licence_at(&self, when: Timestamp) -> Option<&Licence> {
        said_at(&self.earlier, when).map_or(self.licence.as_ref(), |then| then.licence.as_ref())
    }

    /// Its region at a moment; empty = not on record.
    #[must_use]
    pub fn region_at(&self, when: Timestamp) -> &str {
        said_at(&self.earlier, when).map_or(&self.region, |then| &then.region)
    }

    /// Whether it might apply for codes of imported goods at a moment.
    #[must_use]
    pub fn import_codes_at(&self, when: Timestamp) -> bool {
        said_at(&self.earlier, when).map_or(self.import_codes, |then| then.import_codes)
    }

    /// Whether it had a role at a moment.
    #[must_use]
    pub fn has_role(&self, role: Role, when: Timestamp) -> bool {
        let first = said_at(&self.earlier, when).map_or(self.role, |then| then.role);
        first == role || self.more_roles.iter().any(|more| more.value == role && more.from <= when)
    }

    /// Whether it left the platform for good, as far as is known: its last status says so.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        let last = self.statuses.iter().max_by_key(|status| status.from);
        last.is_some_and(|status| status.value == MemberStatus::Cancelled)
    }

    /// Its status at a moment.
    #[must_use]
    pub fn status(&self, when: Timestamp) -> MemberStatus {
        at(&self.statuses, when).map_or(MemberStatus::Active, |found| found.value)
    }
}

/// What amendments change of a place, as it was until one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteTerms {
    /// Whose it was.
    pub member: MemberId,
    /// Its region.
    #[serde(default)]
    pub region: String,
}

/// A registered place of a member (物流节点; logistics/2022 art. 3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Its code.
    pub site: SiteId,
    /// Whose it is.
    pub member: MemberId,
    /// Its name.
    pub name: String,
    /// Administrative region code; regions compare by prefix.
    #[serde(default)]
    pub region: String,
    /// What it was before amendments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Earlier<SiteTerms>>,
}

impl Site {
    /// A place about which nothing else is on record.
    #[must_use]
    pub fn new(site: SiteId, member: MemberId, name: String, region: String) -> Self {
        Self { site, member, name, region, earlier: Vec::new() }
    }

    /// Everybody whose it is or was.
    pub fn members(&self) -> impl Iterator<Item = &MemberId> {
        self.earlier.iter().map(|earlier| &earlier.said.member).chain([&self.member])
    }

    /// Whose it was at a moment.
    #[must_use]
    pub fn member_at(&self, when: Timestamp) -> &MemberId {
        said_at(&self.earlier, when).map_or(&self.member, |then| &then.member)
    }

    /// Its region at a moment; empty = not on record.
    #[must_use]
    pub fn region_at(&self, when: Timestamp) -> &str {
        said_at(&self.earlier, when).map_or(&self.region, |then| &then.region)
    }
}

/// What amendments change of a person, as it was until one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duties {
    /// Whose staff.
    pub member: MemberId,
    /// Where the person worked; empty = every site of the member.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<SiteId>,
    /// What the person might do; empty = every stage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<Stage>,
    /// First moment after the employment, as it was known to end then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// A person who may sign in on terminals of a member (trading/2022-trial art. 22).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// The staff number.
    pub operator: OperatorId,
    /// Whose staff.
    pub member: MemberId,
    /// The person's name; empty = not on record.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// clerk, supervisor …: a word of the member's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// Where the person may work; empty = every site of the member.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<SiteId>,
    /// What the person may do; empty = every stage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<Stage>,
    /// First moment after the person's employment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The hash of the badge's text; absent = no badge yet, or none that the reader of this record may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub badge: Option<BadgeMark>,
    /// What tells the person's PIN; absent = none yet, or none that the reader of this record may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<PinVerifier>,
    /// What the person's duties were before amendments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Earlier<Duties>>,
}

impl Operator {
    /// Staff of a member, who may do everything everywhere.
    #[must_use]
    pub fn new(operator: OperatorId, member: MemberId) -> Self {
        Self {
            operator,
            member,
            name: String::new(),
            role: String::new(),
            sites: Vec::new(),
            stages: Vec::new(),
            until: None,
            badge: None,
            pin: None,
            earlier: Vec::new(),
        }
    }

    /// Everybody whose staff the person is or was.
    pub fn members(&self) -> impl Iterator<Item = &MemberId> {
        self.earlier.iter().map(|earlier| &earlier.said.member).chain([&self.member])
    }

    /// Whether the person works at a site of the member.
    #[must_use]
    pub fn works_at(&self, site: &SiteId) -> bool {
        self.sites.is_empty() || self.sites.contains(site)
    }

    /// The record without what signs the person in: for terminals of other sites.
    #[must_use]
    pub fn without_credentials(self) -> Self {
        Self { badge: None, pin: None, ..self }
    }

    /// The record as a terminal keeps it: credentials sealed with a key that is not in its store.
    #[must_use]
    pub fn sealed(self, key: &SealingKey) -> Self {
        let badge = self.badge.map(|badge| badge.sealed(key));
        let pin = self.pin.map(|pin| pin.sealed(key));
        Self { badge, pin, ..self }
    }

    /// The record with the credentials of an older one where it says none itself: staff lists are imported without them.
    #[must_use]
    pub fn or_credentials_of(self, before: &Self) -> Self {
        let badge = self.badge.or(before.badge);
        let pin = self.pin.or_else(|| before.pin.clone());
        Self { badge, pin, ..self }
    }

    /// Whether the person may do a stage for a member at a site at a moment.
    #[must_use]
    pub fn may(&self, member: &MemberId, site: &SiteId, stage: Stage, when: Timestamp) -> bool {
        let (own, sites, stages, until) = match said_at(&self.earlier, when) {
            Some(then) => (&then.member, &then.sites, &then.stages, then.until),
            None => (&self.member, &self.sites, &self.stages, self.until),
        };
        let here = sites.is_empty() || sites.contains(site);
        let this = stages.is_empty() || stages.contains(&stage);
        own == member && here && this && until.is_none_or(|until| when < until)
    }
}
