//! Statements about members, sites, operators, carriers.

use shared::event::Stage;
use shared::reference::{Carrier, Dated, GoodsClass, Licence, Member, MemberStatus, Operator, References, Role, Site};

use crate::statement::{ScenarioError, Statement};

/// `member W wholesaler region=5301 licence-until=D9 status=suspended@D3 scope=product`.
pub(crate) fn member(said: &Statement, references: &mut References) -> Result<(), ScenarioError> {
    let name = said.word(0, "a name")?;
    let mut member = Member::new(name.into(), name.to_owned(), role(said, said.word(1, "a role")?)?);
    if let Some(status) = said.option(&["status"]) {
        let (word, from) = match status.split_once('@') {
            Some((word, time)) => (word, said.moment(time)?),
            None => (status, shared::time::Timestamp::from_ms(i64::MIN)),
        };
        member.statuses.push(Dated { from, value: status_of(said, word)? });
    }
    for (word, value) in [
        ("suspended", MemberStatus::Suspended),
        ("cancelled", MemberStatus::Cancelled),
        ("active", MemberStatus::Active),
    ] {
        if let Some(from) = said.dated(word)? {
            member.statuses.push(Dated { from, value });
        }
    }
    let mut licence =
        Licence { from: said.time(&["licence-from"])?, until: said.time(&["licence-until"])?, ..Licence::default() };
    for word in said.option(&["scope"]).into_iter().flat_map(|list| list.split(',')) {
        scope(said, word, &mut licence)?;
    }
    if licence != Licence::default() {
        member.licence = Some(licence);
    }
    if let Some(region) = said.option(&["region"]) {
        region.clone_into(&mut member.region);
    }
    // Whose retailer it is matters to people only: regions say who may deliver.
    let _ = said.option(&["of"]);
    references.members.insert(name.into(), member);
    Ok(())
}

fn status_of(said: &Statement, word: &str) -> Result<MemberStatus, ScenarioError> {
    match word {
        "active" => Ok(MemberStatus::Active),
        "suspended" => Ok(MemberStatus::Suspended),
        "cancelled" => Ok(MemberStatus::Cancelled),
        other => Err(said.wrong(other, format!("`{other}` is no status: active, suspended or cancelled"))),
    }
}

/// A word of a licence's scope: a goods class, a stage, or what a trade does.
fn scope(said: &Statement, word: &str, licence: &mut Licence) -> Result<(), ScenarioError> {
    if let Some(class) = goods_class(word) {
        licence.goods.push(class);
        return Ok(());
    }
    let stages: &[Stage] = match word {
        "make" | "produce" => &[Stage::Outbound, Stage::ReturnIn, Stage::TransferOut, Stage::TransferIn],
        "wholesale" => {
            &[Stage::Inbound, Stage::Sort, Stage::TransferOut, Stage::TransferIn, Stage::ReturnIn, Stage::ReturnOut]
        }
        "retail" => &[Stage::Receipt, Stage::ReturnOut],
        other => {
            let Ok(stage) = other.parse::<Stage>() else {
                let why = format!("`{other}` is no scope: a goods class, a stage, make, wholesale or retail");
                return Err(said.wrong(other, why));
            };
            &[stage]
        }
    };
    licence.stages.extend_from_slice(stages);
    Ok(())
}

/// A goods class by its word.
pub(crate) fn goods_class(word: &str) -> Option<GoodsClass> {
    let classes = [GoodsClass::Leaf, GoodsClass::Nicotine, GoodsClass::Aerosol, GoodsClass::Product];
    classes.into_iter().find(|class| class.as_str() == word)
}

fn role(said: &Statement, word: &str) -> Result<Role, ScenarioError> {
    Ok(match word {
        "leaf-dealer" => Role::LeafDealer,
        "nicotine-maker" => Role::NicotineMaker,
        "aerosol-maker" => Role::AerosolMaker,
        "maker" => Role::Maker,
        "contract-maker" => Role::ContractMaker,
        "brand" => Role::Brand,
        "importer" => Role::Importer,
        "wholesaler" => Role::Wholesaler,
        "retailer" => Role::Retailer,
        other => return Err(said.wrong(other, format!("`{other}` is no role"))),
    })
}

/// `site S9 of=W region=5301`.
pub(crate) fn site(said: &Statement, references: &mut References) -> Result<(), ScenarioError> {
    let name = said.word(0, "a name")?;
    let member = said.option(&["of"]).ok_or_else(|| said.wrong(name, "`site` lacks of=MEMBER"))?;
    add_site(references, name, member, said.option(&["region"]).unwrap_or_default());
    Ok(())
}

/// Registers a place of a member.
pub(crate) fn add_site(references: &mut References, name: &str, member: &str, region: &str) {
    let site = Site::new(name.into(), member.into(), name.to_owned(), region.to_owned());
    references.sites.insert(name.into(), site);
}

/// `operator Z W role=clerk site=hub stages=inbound,sort`.
pub(crate) fn operator(said: &Statement, references: &mut References) -> Result<(), ScenarioError> {
    let name = said.word(0, "a name")?;
    let member = said.word(1, "a member")?;
    let list = |names: &[&str]| said.option(names).into_iter().flat_map(|list| list.split(',')).collect::<Vec<_>>();
    let mut stages = Vec::new();
    for word in list(&["stages", "stage"]) {
        stages.push(word.parse::<Stage>().map_err(|error| said.wrong(word, error.to_string()))?);
    }
    let operator = Operator {
        role: said.option(&["role"]).unwrap_or_default().to_owned(),
        sites: list(&["site", "sites"]).into_iter().map(Into::into).collect(),
        stages,
        until: said.time(&["until"])?,
        ..Operator::new(name.into(), member.into())
    };
    references.operators.insert(name.into(), operator);
    Ok(())
}

/// `carrier K expired@D3`.
pub(crate) fn carrier(said: &Statement, references: &mut References) -> Result<(), ScenarioError> {
    let name = said.word(0, "a name")?;
    let until = said.dated("expired")?.or(said.time(&["until", "expired"])?);
    references.carriers.insert(name.to_owned(), Carrier::new(name.to_owned(), until));
    Ok(())
}
