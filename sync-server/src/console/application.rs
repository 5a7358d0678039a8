//! What was answered to an application for codes, in the reader's language.

use maud::{Markup, html};
use serde_json::{Map, Value};
use shared::reference::{CodeApplication, References};
use shared::rules::application::{Answer, Objection, answers};

use super::words::Lang;

/// The answer to an application as its record stands; none where the record is no application.
pub(super) fn answer(lang: Lang, references: &References, body: &Map<String, Value>) -> Option<Markup> {
    let application: CodeApplication = serde_json::from_value(Value::Object(body.clone())).ok()?;
    if let Some(at) = application.withdrawn_at {
        return Some(html! { p { (lang.pick("已撤回 ", "Withdrawn ")) (at.to_minute()) } });
    }
    let of_line = references.applications.values().filter(|other| {
        other.application != application.application
            && other.basis == application.basis
            && other.product == application.product
    });
    let answers = answers(references, of_line.chain([&application]));
    let own = answers.iter().find(|answer| answer.application.application == application.application)?;
    Some(said(lang, own))
}

fn said(lang: Lang, answer: &Answer<'_>) -> Markup {
    html! {
        @if answer.is_granted() {
            p { strong { (lang.pick("准予发码", "Granted")) } }
        } @else {
            p { strong { (lang.pick("不予发码", "Refused")) } }
            ul { @for objection in &answer.objections { li { (why(lang, objection)) } } }
        }
    }
}

fn why(lang: Lang, objection: &Objection) -> String {
    if lang == Lang::En {
        return objection.to_string();
    }
    match objection {
        Objection::Unknown(basis) => format!("合同 {basis} 没有登记"),
        Objection::NoContract(basis) => format!("{basis} 不是合同：申码以与批发企业的合同为依据"),
        Objection::Export => "出口产品不用追溯码（追溯管理细则第二条）".to_owned(),
        Objection::NoLine(basis, product) => format!("合同 {basis} 没有 {product} 这一项"),
        Objection::NotInForce(basis) => format!("合同 {basis} 不在履行期内，或不是在平台上签订的"),
        Objection::NoParty(member, basis) => format!("{member} 不是合同 {basis} 的当事人"),
        Objection::NoImporter(member) => format!(
            "{member} 不可为进口产品申码：进口商、境外品牌持有人的境内机构和受其委托的批发企业可以（追溯管理细则第十六条）"
        ),
        Objection::NoMaker(member) => format!("{member} 不是生产企业：申码由生产企业办理（追溯管理细则第十五条）"),
        Objection::Beyond { units, covered, line, granted } => {
            format!("申请 {units} 盒，这一项还可申请 {covered} 盒（共 {line} 盒，已准 {granted} 盒）")
        }
    }
}

#[cfg(test)]
mod tests {
    use shared::time::Timestamp;

    use super::*;
    use crate::testing::Trade;

    async fn page(lang: Lang, basis: &str, units: u64, withdrawn_at: Option<Timestamp>) -> String {
        let trade = Trade::new().await;
        let view = crate::people::View::of(&mut trade.store.read().await.unwrap(), crate::people::Scope::All).await;
        let at = "2026-10-02T00:00:00+08:00".parse().unwrap();
        let made = CodeApplication::new(("A9".into(), at), "M".into(), ("POD".into(), units), basis.into());
        let made = CodeApplication { withdrawn_at, ..made };
        let Value::Object(body) = serde_json::to_value(made).unwrap() else { panic!("no object") };
        answer(lang, &view.unwrap().references, &body).unwrap().into_string()
    }

    #[tokio::test]
    async fn an_application_says_its_answer_in_the_readers_language() {
        assert!(page(Lang::En, "C1", 1, None).await.contains("Granted"));
        let beyond = page(Lang::Zh, "C1", 1_000_000, None).await;
        assert!(beyond.contains("不予发码") && beyond.contains("申请 1000000 盒"), "{beyond}");
        let unknown = page(Lang::Zh, "C-NONE", 1, None).await;
        assert!(unknown.contains("合同 C-NONE 没有登记"), "{unknown}");
        let withdrawn = page(Lang::En, "C1", 1, Some(Timestamp::from_ms(0))).await;
        assert!(withdrawn.contains("Withdrawn 1970-01-01"), "{withdrawn}");
    }
}
