//! The side of a mismatch's page where people act: who has it, until when, what can be done, what was done.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::words::Lang;
use crate::people::{Actor, Refusal, Right, View};
use crate::store::step::Step;
use crate::workflow::act::ActKind;
use crate::workflow::against::{may_set_due, may_settle};
use crate::workflow::due::respond_by;
use crate::workflow::{Allowances, Case, Reason, take};

/// What the side shows.
pub(super) struct CaseView<'a> {
    pub(super) case: &'a Case,
    pub(super) steps: &'a [Step],
    pub(super) actor: &'a Actor,
    pub(super) allowances: &'a Allowances,
    /// People to whom it can be given: sign-in name and name shown.
    pub(super) people: &'a [(String, String)],
    /// What people are called, by sign-in name: steps and comments are read with who made them.
    pub(super) names: &'a BTreeMap<String, String>,
    /// The mismatch as its reader sees it.
    pub(super) view: &'a View,
    /// Why the last act could not be done.
    pub(super) failed: &'a str,
}

impl CaseView<'_> {
    /// What people call somebody.
    fn name_of<'a>(&'a self, name: &'a str) -> &'a str {
        self.names.get(name).map_or(name, String::as_str)
    }

    /// Whether it is raised against the reader's own member: the other party settles it.
    fn is_against(&self) -> bool {
        matches!(may_settle(self.actor, self.case, self.view), Err(Refusal::Against))
    }

    fn can(&self, kind: ActKind) -> bool {
        let may = match kind {
            ActKind::Resolve => may_settle(self.actor, self.case, self.view),
            ActKind::Due => may_set_due(self.actor, self.case, self.view),
            _ => Ok(()),
        };
        may.is_ok() && self.actor.has(kind.right()) && kind.leads(self.case.found.state, self.case.stage).is_some()
    }
}

pub(super) fn side(lang: Lang, shown: &CaseView<'_>) -> Markup {
    let case = shown.case;
    let end = respond_by(case, shown.allowances).filter(|_| case.found.state.is_live());
    html! {
        @if !shown.failed.is_empty() { p.notice role="alert" { (lang.pick("未执行：", "Nothing was done: ")) (shown.failed) } }
        dl.facts {
            dt { (lang.pick("处理", "Stage")) } dd { strong { (lang.stage_of_work(case.stage)) } }
            dt { (lang.pick("负责人", "Owner")) } dd { (case.assignee.as_deref().map_or("–", |name| shown.name_of(name))) }
            @if let Some(end) = end { dt { (lang.pick("期限", "Due")) } dd { (end.to_minute()) } }
            dt { (lang.pick("最近变化", "Last changed")) } dd { (case.found.changed_at.to_minute()) }
            @if let Some(reason) = case.reason { dt { (lang.pick("原因", "Reason")) } dd { (lang.reason(reason)) } }
            @if let (Some(by), Some(at)) = (&case.resolved_by, case.resolved_at) { dt { (lang.pick("解决", "Resolved")) } dd { (shown.name_of(by)) " · " (at.to_minute()) } }
        }
        (forms(lang, shown))
        h2 { (lang.pick("历史与备注", "History and comments")) }
        (history(lang, shown))
    }
}

fn forms(lang: Lang, shown: &CaseView<'_>) -> Markup {
    let plain = [
        (ActKind::Seen, lang.pick("已看", "Seen")),
        (ActKind::Start, lang.pick("我来处理", "Take it on")),
        (ActKind::Wait, lang.pick("等待对方", "Waiting for counterpart")),
    ];
    html! {
        div.decide { @for (kind, words) in plain { @if shown.can(kind) {
            (form(lang, shown, kind, &html! { button type="submit" { (words) } }))
        } } }
        @if shown.can(ActKind::Resolve) { (fold(lang.pick("解决", "Resolve, with a reason"), &form(lang, shown, ActKind::Resolve, &html! {
            label { (lang.pick("原因", "Reason")) select name="reason" required {
                option value="" { (lang.pick("选择原因", "Choose a reason")) }
                @for reason in Reason::ALL { option value=(reason) { (lang.reason(*reason)) } }
            } }
            (said(lang, true))
            button.primary type="submit" { (lang.pick("解决，解除放行限制", "Resolve, and free the gate of it")) }
        }))) }
        @if shown.is_against() && shown.case.found.state.is_live() { p.hint {
            (lang.pick("此不符针对本单位，由对方或监管解决。请加备注说明情况，再设为等待对方。", "This is raised against your member: the other party settles it, or the regulator. Comment on what you found, then set it to waiting."))
        } }
        @if shown.can(ActKind::Assign) && !shown.people.is_empty() { (fold(lang.pick("指派", "Assign"), &form(lang, shown, ActKind::Assign, &html! {
            label { (lang.pick("给谁", "To whom")) select name="to" required {
                @for (name, words) in shown.people { option value=(name) { (words) " (" (name) ")" } }
            } }
            button type="submit" { (lang.pick("指派", "Assign")) }
        }))) }
        @if shown.can(ActKind::Due) { (fold(lang.pick("定期限", "Set a due date"), &form(lang, shown, ActKind::Due, &html! {
            label { (lang.pick("到哪天为止", "Until the end of")) input type="date" name="day" required; }
            button type="submit" { (lang.pick("定期限", "Set")) }
        }))) }
        @if shown.can(ActKind::Comment) { (fold(lang.pick("加备注", "Comment"), &form(lang, shown, ActKind::Comment, &html! {
            (said(lang, true)) button type="submit" { (lang.pick("加备注", "Add the comment")) }
        }))) }
        @if shown.can(ActKind::Reopen) { (fold(lang.pick("重新打开", "Open again"), &form(lang, shown, ActKind::Reopen, &html! {
            (said(lang, true)) button type="submit" { (lang.pick("重新打开", "Open again")) }
        }))) }
        @if !shown.actor.has(Right::Comment) { p.hint { (lang.pick("只读账号。", "Your account is for reading only.")) } }
    }
}

fn fold(words: &str, form: &Markup) -> Markup {
    html! { details.fold { summary { (words) } (form) } }
}

fn said(lang: Lang, is_needed: bool) -> Markup {
    html! { label { (lang.pick("说明（对方也能看到）", "What was found (the other party reads it too)"))
    textarea name="comment" rows="3" maxlength=(take::COMMENT_CHARS_MAX) required[is_needed] {} } }
}

fn form(lang: Lang, shown: &CaseView<'_>, kind: ActKind, fields: &Markup) -> Markup {
    let version = take::version(shown.case, shown.steps.last().map_or(0, |last| last.step_no));
    html! { form.stacked method="post" action={ "/cases/" (shown.case.id()) "/" (kind.as_str()) } {
        input type="hidden" name="csrf" value=(shown.actor.csrf());
        input type="hidden" name="lang" value=(lang.as_str());
        input type="hidden" name="version" value=(version);
        (fields)
    } }
}

fn history(lang: Lang, shown: &CaseView<'_>) -> Markup {
    html! { ol.history {
        li { time { (shown.case.found.raised_at.to_minute()) } " " (lang.pick("首次发现", "first raised")) }
        @for step in shown.steps { li {
            time { (step.at.to_minute()) } " " @if !step.who.is_empty() { strong { (shown.name_of(&step.who)) } " " }
            (lang.step(&step.step)) @if !step.detail.is_empty() { ": " (detail(lang, shown, step)) }
            @if !step.comment.is_empty() { p.said { (step.comment) } }
        } }
    } }
}

fn detail(lang: Lang, shown: &CaseView<'_>, step: &Step) -> String {
    match step.step.as_str() {
        "resolve" => step.detail.parse().map_or_else(|_| step.detail.clone(), |reason| lang.reason(reason).to_owned()),
        "assign" => shown.name_of(&step.detail).to_owned(),
        _ => step.detail.clone(),
    }
}
