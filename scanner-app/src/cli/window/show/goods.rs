//! Package, case, papers, gate.

use anyhow::Result;
use shared::citation::logistics;
use shared::code::PackageCode;
use shared::event::PaperMark;
use shared::ids::ProductId;
use shared::mismatch::Subject;
use shared::reference::{Element, References, ShippingDocument};
use shared::rules::gate::{Reason, Wait};
use shared::wire::Settled;

use super::super::alarm::outcome;
use super::super::clerk::Clerk;
use super::super::papers::{ELEMENTS, is_lacking};
use super::super::tasks::gate_state;
use super::super::work::Work;
use super::server::{Told, with_told};
use super::{end_of, is_grave};
use crate::carry::picture;
use crate::session::gate::Gate;
use crate::session::gate::facts::{Fact, facts};
use crate::session::look_up::{LookUp, look_up_in};
use crate::session::opening::Place;
use crate::ui::carry::Modules;
use crate::ui::view::{
    CallView, CaseCheckView, CaseView, GateReason, GateSettled, GateView, OpenCaseView, PackageView, PageView, Pair,
    PaperField, PapersView, StepView,
};
use crate::ui::words;

fn pair(zh: &str, en: &str) -> Pair {
    (zh.to_owned(), en.to_owned())
}

impl Clerk {
    pub(super) fn package_view(&mut self, text: &str) -> Result<PackageView> {
        let found = self.looked_up_as(text)?;
        let answer = found.as_ref().and_then(|found| self.server_says(found));
        let feedback = self.work.feedback();
        let code = found.as_ref().map(|found| &found.code);
        let scan = feedback
            .iter()
            .rev()
            .find(|answer| !answer.undone && (answer.text == text || (code.is_some() && answer.code.as_ref() == code)));
        let set_aside_by = scan.filter(|scan| is_grave(scan)).map(|scan| scan.seq);
        let may_release = match (set_aside_by, self.work.session_ref()) {
            (Some(seq), Some(session)) => self.supervises() && session.is_set_aside(seq)?,
            _ => false,
        };
        let own = found.iter().flat_map(|found| &found.trail).map(|step| StepView {
            stage: step.stage,
            document: step.document.to_string(),
            member: step.by.clone(),
            at: step.at,
            is_scanned: step.is_scanned,
            is_set_aside: step.is_set_aside,
        });
        let (server, told) = answer.map_or((None, Told::default()), |(says, told)| (Some(says), told));
        Ok(PackageView {
            text: text.to_owned(),
            tail: code.map_or_else(|| end_of(text), |code| code.tail().to_owned()),
            product: found
                .as_ref()
                .and_then(|found| found.product.as_ref())
                .map(|(_, name)| name.clone())
                .or(told.product),
            level: found.as_ref().and_then(|found| found.level).or(told.level),
            parent: found.as_ref().and_then(|found| found.parent.as_ref()).map(|parent| parent.tail().to_owned()),
            belongs: found
                .iter()
                .flat_map(|found| &found.belongs)
                .map(|to| (to.stage, to.document.to_string()))
                .collect(),
            trail: with_told(own.collect(), told.trail),
            server,
            is_partial: found.as_ref().is_none_or(|found| found.is_partial),
            scan: scan.map(|answer| (outcome(answer), answer.seq)),
            may_release,
            in_task: self.work.session_ref().is_some(),
        })
    }

    fn looked_up_as(&mut self, text: &str) -> Result<Option<LookUp>> {
        let now = self.device.now();
        if let Some(session) = self.work.session() {
            let parsed = session.pulled().references.grammars.parse(text);
            // A row of what is to come holds the canonical form, which the same grammars read.
            let Ok(code) = parsed else { return Ok(None) };
            return Ok(Some(session.look_up(&code)?));
        }
        let Some(store) = self.work.store() else { return Ok(None) };
        let Ok(code) = store.pulled()?.references.grammars.parse(text) else { return Ok(None) };
        let place = Place { member: &self.config.member, site: &self.config.site };
        Ok(Some(look_up_in(store, place, &code, now)?))
    }

    pub(super) fn case_view(&mut self) -> Result<CaseView> {
        // Where the camera is a device it looks on this page too.
        let finder = if self.eye.has_camera() { self.scan_view()?.map(Box::new) } else { None };
        let mode = self.state.case.mode;
        let about = self.state.case.about.as_deref().map(|text| self.tail_of(text));
        let insist = self.state.case.insist.as_deref().map(|text| self.tail_of(text));
        let answer = self.state.case.answer.clone();
        let nothing = CaseView { finder, mode, answer, about, insist, ..CaseView::default() };
        let Some(session) = self.work.session() else { return Ok(nothing) };
        if let Some(check) = session.case_check()? {
            let grammars = &session.pulled().references.grammars;
            let tail =
                |text: &String| grammars.parse(text).map_or_else(|_| text.clone(), |code| code.tail().to_owned());
            let check = CaseCheckView {
                parent: tail(&check.parent),
                found: check.found.iter().rev().map(|(text, belongs)| (tail(text), *belongs)).collect(),
                on_record: check.on_record,
                missing: check.missing.iter().map(|code| code.tail().to_owned()).collect(),
            };
            return Ok(CaseView { check: Some(check), ..nothing });
        }
        let Some((draft, filling)) = session.case_draft()? else { return Ok(nothing) };
        let grammars = &session.pulled().references.grammars;
        let tail = |text: &String| grammars.parse(text).map_or_else(|_| text.clone(), |code| code.tail().to_owned());
        Ok(CaseView {
            parent: Some(tail(&draft.parent)),
            children: filling.children,
            of: filling.of,
            units: filling.units,
            rows: draft.children.iter().rev().map(tail).collect(),
            ..nothing
        })
    }

    /// The case that somebody began here and did not end: the close tells of it.
    pub(super) fn open_case_view(&mut self) -> Result<Option<OpenCaseView>> {
        let Some(session) = self.work.session() else { return Ok(None) };
        let (parent, is_check, done, of) = match session.case_check()? {
            Some(check) => (check.parent, true, check.found.len() as u64, check.on_record),
            None => match session.case_draft()? {
                Some((draft, filling)) => (draft.parent, false, filling.children, filling.of),
                None => return Ok(None),
            },
        };
        Ok(Some(OpenCaseView { tail: self.tail_of(&parent), is_check, done, of }))
    }

    /// The last characters of a label's text, as its code's grammar has them.
    fn tail_of(&self, text: &str) -> String {
        let session = self.work.session_ref();
        let code = session.and_then(|session| session.pulled().references.grammars.parse(text).ok());
        code.map_or_else(|| end_of(text), |code| code.tail().to_owned())
    }

    pub(super) fn papers_view(&mut self) -> Result<PapersView> {
        let marks = self.paper_marks()?;
        let recorded = self.papers_checked()?.map(|checked| checked.is_equal());
        let recorded = recorded.filter(|_| self.state.papers.marks == [None; 6]);
        let back = self.open_return()?;
        let document = self.own_document();
        let name = |member: &shared::ids::MemberId| {
            let session = self.work.session_ref();
            session.map_or_else(
                || member.to_string(),
                |session| session.pulled().references.member_name(member).to_owned(),
            )
        };
        let known = self.references();
        let goods = |document: &ShippingDocument| {
            let of = |line: &shared::reference::Line| goods_words(known, &line.product);
            let (names, ratios): (Vec<String>, Vec<String>) = document.lines.iter().map(of).unzip();
            (names.join(" / "), ratios.join(" / "))
        };
        let fields = document.as_ref().map(|document| fields(document, marks, (name, goods))).unwrap_or_default();
        Ok(PapersView {
            document: document.map(|document| document.document.to_string()),
            fields,
            is_own: self.work.task().is_some_and(|task| task.reserved),
            recorded,
            photos: self.state.papers.photos.len(),
            has_camera: self.eye.has_camera(),
            back,
        })
    }

    pub(in super::super) fn gate_view(&self) -> PageView {
        let place = self.state.gate_place;
        let Some(gate) = self.state.gates.get(place) else { return PageView::Tasks(self.tasks_view()) };
        let references = self.references();
        let name = |product: &str| {
            let known = references.and_then(|known| known.products.get(&ProductId::from(product)))?;
            Some(known.name.clone()).filter(|name| !name.is_empty())
        };
        let document = references.and_then(|known| known.documents.get(&gate.side.document));
        let mut levels = gate.loaded.levels.iter();
        let level = levels.next().filter(|(_, count)| **count == gate.loaded.codes.len() as u64);
        PageView::Gate(Box::new(GateView {
            document: gate.side.document.to_string(),
            state: gate_state(gate.standing.state),
            at: gate.at,
            data_as_of: gate.data_as_of,
            loaded: (gate.loaded.codes.len() as u64, gate.loaded.units()),
            level: level.map(|(level, _)| *level),
            carrier: document.map(|document| document.carrier.clone()).unwrap_or_default(),
            reasons: reasons(gate, name),
            position: gate.standing.position,
            settled: gate.standing.settled.iter().map(|one| settled(one, name)).collect(),
            code: self.gate_code(gate),
            place: (place, self.state.gates.len()),
            printed: self.state.printed.clone(),
        }))
    }

    pub(super) fn call_view(&self) -> PageView {
        let PageView::Gate(gate) = self.gate_view() else { return PageView::Tasks(self.tasks_view()) };
        PageView::Call(Box::new(CallView {
            place: format!("{} · {}", self.state.place, self.short_number()),
            person: self.person.as_ref().map(|person| person.name.clone()).unwrap_or_default(),
            gate: *gate,
        }))
    }

    /// What the open task, or the one just closed, knows of goods and documents.
    fn references(&self) -> Option<&References> {
        match &self.work {
            Work::Closed(session) => Some(&session.pulled().references),
            other => other.session_ref().map(|session| &session.pulled().references),
        }
    }

    fn gate_code(&self, gate: &Gate) -> Option<Modules> {
        let Work::Closed(session) = &self.work else { return None };
        let paper = session.gate_paper(gate)?.signed(&self.key);
        picture::modules(&paper.to_string()).map(|(side, dark)| Modules { side, dark })
    }
}

/// A product as its paper has it: its name with its number, and its specification with how many units (盒) each level packs.
fn goods_words(known: Option<&References>, product: &ProductId) -> (String, String) {
    let Some(known) = known.and_then(|known| known.products.get(product)) else {
        return (product.to_string(), product.to_string());
    };
    let packs = known.levels.iter().filter(|level| level.units > 1).map(|level| format!(" ×{}", level.units));
    (format!("{} · {product}", known.name), format!("{}{}", known.name, packs.collect::<String>()))
}

fn settled(one: &Settled, name: impl Fn(&str) -> Option<String>) -> GateSettled {
    GateSettled {
        kind: one.kind,
        about: words::subject(&one.subject, name),
        by: one.by.clone(),
        why: words::settled_because(&one.why),
    }
}

fn reasons(gate: &Gate, name: impl Fn(&str) -> Option<String>) -> Vec<GateReason> {
    // Goods whose information is not uploaded stay, and so do those that nobody can judge.
    let (zh, en) = (logistics(23).zh(), logistics(23).en());
    let waits = gate.standing.waits.iter().map(|wait| match wait {
        Wait::Upload => GateReason {
            title: pair("单证或扫码未上传", "Scans or note not uploaded"),
            article: (zh.clone(), en.clone()),
            next: pair("联网后自动上传", "uploaded by itself when online"),
            rules: 1,
        },
        Wait::FreshData => GateReason {
            title: pair("数据太旧", "Data is too old"),
            article: (zh.clone(), en.clone()),
            next: pair("联网同步后自动再判", "judged again after a sync"),
            rules: 1,
        },
    });
    facts(&gate.standing).iter().map(|fact| told(fact, &name)).chain(waits).collect()
}

/// A fact, by the reason that has its figures.
fn told(fact: &Fact<'_>, name: impl Fn(&str) -> Option<String>) -> GateReason {
    use crate::ui::words::count;
    let info = fact.kind.info();
    // Of what: the page names the document.
    let about = |subject: &Subject| {
        let goods = subject.line(&name).map(|(_, goods)| goods);
        goods.or_else(|| Some(format!("…{}", subject.0.parse::<PackageCode>().ok()?.tail())))
    };
    let name = |product: &ProductId| name(product.as_str()).unwrap_or_else(|| product.to_string());
    let detail = match fact.reasons[0] {
        Reason::SetDiffers { product, document_units, scanned_units } => (
            format!("：{} 单 {} 盒，扫 {} 盒", name(product), count(*document_units), count(*scanned_units)),
            format!(": {}, note {}, scanned {} units", name(product), count(*document_units), count(*scanned_units)),
        ),
        Reason::DocumentBeyondBasis { product, document_units, basis_units } => (
            format!("：{} 单 {} 盒，合同 {} 盒", name(product), count(*document_units), count(*basis_units)),
            format!(": {}, note {}, contract {} units", name(product), count(*document_units), count(*basis_units)),
        ),
        Reason::Mismatch { subject, .. } => match about(subject) {
            Some(about) => (format!("：{about}"), format!(": {about}")),
            None => Pair::default(),
        },
        Reason::NoBasis | Reason::NoDocument => Pair::default(),
    };
    let article = info.articles.first();
    GateReason {
        title: (format!("{}{}", info.title.zh, detail.0), format!("{}{}", info.title.en, detail.1)),
        article: article.map_or_else(Pair::default, |article| (article.zh().clone(), article.en().clone())),
        next: pair(info.next.zh, info.next.en),
        rules: fact.reasons.len(),
    }
}

/// The six fields of a note (logistics rules 2022, art. 30), beside the basis that it executes.
fn fields(
    document: &ShippingDocument,
    marks: [Option<PaperMark>; 6],
    (name, goods): (impl Fn(&shared::ids::MemberId) -> String, impl Fn(&ShippingDocument) -> (String, String)),
) -> Vec<PaperField> {
    let (names, specification) = goods(document);
    let units: u64 = document.lines.iter().map(|line| line.units).sum();
    let field = |(element, mark): (Element, Option<PaperMark>)| {
        let (zh, en, value) = match element {
            Element::Consignor => ("发货方", "Consignor", name(&document.consignor)),
            Element::Consignee => ("收货方", "Consignee", name(&document.consignee)),
            Element::Goods => ("货物名称", "Goods", names.clone()),
            Element::Specification => ("规格", "Specification", specification.clone()),
            Element::Quantity => ("数量（盒）", "Units", crate::ui::words::count(units)),
            Element::Carrier => ("承运方", "Carrier", document.carrier.clone()),
        };
        PaperField { name: pair(zh, en), value: (!is_lacking(document, element)).then_some(value), mark }
    };
    ELEMENTS.into_iter().zip(marks).map(field).collect()
}

#[cfg(test)]
mod tests {
    use shared::mismatch::Kind;

    use super::*;

    #[test]
    fn a_reason_says_of_what() {
        let said = |subject: &str| {
            let reason = Reason::Mismatch { kind: Kind::OverQuantity, subject: Subject(subject.into()) };
            let fact = Fact { kind: Kind::OverQuantity, reasons: vec![&reason] };
            told(&fact, |number| (number == "POD").then(|| "Classic 3%".to_owned())).title.1
        };
        assert_eq!(said("FH-2032/POD outbound"), "Over quantity: Classic 3%");
        assert_eq!(said("01/16901234567899/21/7K3M9QX2T4WD"), "Over quantity: …T4WD");
        assert_eq!(said("FH-2032"), "Over quantity");
    }
}
