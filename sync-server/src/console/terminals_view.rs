//! The page of terminals: who asks first, since somebody waits beside a device for it; then who is enrolled.

use std::collections::BTreeMap;

use maud::{Markup, html};
use shared::ids::TerminalId;
use shared::reference::References;
use shared::time::{HOUR_MS, Timestamp};

use super::words::Lang;
use crate::store::identity::Enrolment;
use crate::store::terminal::Terminal;

/// What is on the page.
pub(super) struct TerminalsPage {
    pub(super) pending: Vec<Enrolment>,
    pub(super) enrolled: Vec<Terminal>,
    pub(super) certificates: BTreeMap<TerminalId, Timestamp>,
    pub(super) contacts: BTreeMap<TerminalId, Timestamp>,
    pub(super) references: References,
    pub(super) failed: bool,
    /// The forms' token, where this reader may decide.
    pub(super) csrf: Option<String>,
    pub(super) now: Timestamp,
}

pub(super) fn terminals(lang: Lang, shown: &TerminalsPage) -> Markup {
    html! {
        h1 { (lang.pick("终端", "Terminals")) }
        @if shown.failed {
            p.notice role="alert" { (lang.pick("未执行：该申请已不在等待，或校验码已变。请核对下表。", "Nothing was changed: that terminal does not wait any more, or its code is another. Look at the list below.")) }
        }
        @if !shown.pending.is_empty() {
            h2 { (lang.pick("等待批准", "Waiting for approval")) }
            p { (lang.pick("只有终端屏幕上显示相同的校验码时才可批准；不同则拒绝。", "Approve only where the terminal's own screen shows the same code. If it shows another, refuse.")) }
            @for found in &shown.pending { (asking(lang, shown, found)) }
        }
        h2 { (lang.pick("已登记", "Enrolled")) " " (shown.enrolled.len()) }
        @if shown.enrolled.is_empty() {
            p.empty { (lang.pick("还没有终端。用 sync-server terminals invite 生成邀请码。", "No terminal yet. Make an invitation with `sync-server terminals invite`.")) }
        } @else {
            section.card { (table(lang, shown)) }
        }
    }
}

fn asking(lang: Lang, shown: &TerminalsPage, found: &Enrolment) -> Markup {
    let Some(asked) = &found.asked else { return html! {} };
    let invitation = &found.invitation;
    let site = shown.references.sites.get(&invitation.site).map_or(invitation.site.as_str(), |site| site.name.as_str());
    html! {
        section.card.asking {
            div {
                strong { (invitation.name) } " · " (shown.references.member_name(&invitation.member)) " · " (site)
                @if invitation.device.is_some() { " · " (lang.pick("重新登记", "enrolled again")) }
                br; small { (asked.at.to_minute()) " · " (asked.terminal) }
            }
            p.code aria-label=(lang.pick("校验码", "Code")) { (asked.check_code) }
            @if let Some(csrf) = &shown.csrf { div.decide {
                form method="post" action={ "/terminals/" (asked.terminal) "/approve/" (asked.check_code) "?lang=" (lang.as_str()) } {
                    input type="hidden" name="csrf" value=(csrf);
                    button.primary type="submit" { (lang.pick("相同，批准", "Same code: approve")) }
                }
                form method="post" action={ "/terminals/" (asked.terminal) "/refuse?lang=" (lang.as_str()) } {
                    input type="hidden" name="csrf" value=(csrf);
                    button type="submit" { (lang.pick("拒绝", "Refuse")) }
                }
            } }
        }
    }
}

fn table(lang: Lang, shown: &TerminalsPage) -> Markup {
    html! { table.wide {
        thead { tr {
            th { (lang.pick("名称", "Name")) } th { (lang.pick("会员 · 节点", "Member · site")) } th { (lang.pick("状态", "State")) }
            th { (lang.pick("最近联系", "Last contact")) } th { (lang.pick("数据到", "Scans held up to")) } th { (lang.pick("证书到", "Certificate until")) }
        } }
        tbody { @for terminal in &shown.enrolled { (row(lang, shown, terminal)) } }
    } }
}

fn row(lang: Lang, shown: &TerminalsPage, terminal: &Terminal) -> Markup {
    let minute = |at: Option<&Timestamp>| at.map_or_else(|| "–".to_owned(), |at| at.to_minute());
    let site = shown.references.sites.get(&terminal.site).map_or(terminal.site.as_str(), |site| site.name.as_str());
    html! { tr {
        td { strong { (terminal.name) } br; small { (terminal.terminal) } }
        td { (shown.references.member_name(&terminal.member)) br; (site) }
        td { (state(lang, shown, terminal)) }
        td.time { (minute(shown.contacts.get(&terminal.terminal))) }
        td.time { (minute(terminal.reached_at.as_ref())) }
        td.time { (certificate(lang, shown, terminal)) }
    } }
}

fn state(lang: Lang, shown: &TerminalsPage, terminal: &Terminal) -> Markup {
    if let Some(at) = terminal.revoked_at {
        return html! { strong.revoked { (lang.pick("已吊销", "Revoked")) } br; small { (at.to_minute()) } };
    }
    let heard = shown.contacts.get(&terminal.terminal).copied().max(terminal.reached_at);
    let silent = heard.is_none_or(|at| at.plus_ms(24 * HOUR_MS) < shown.now);
    html! { (if silent { lang.pick("24 小时未联系", "silent for over 24 h") } else { lang.pick("正常", "in use") }) }
}

fn certificate(lang: Lang, shown: &TerminalsPage, terminal: &Terminal) -> Markup {
    match shown.certificates.get(&terminal.terminal) {
        None => html! { (lang.pick("无（按密钥登记）", "none (enrolled by key)")) },
        Some(end) if *end <= shown.now => {
            html! { (end.to_minute()) br; small { (lang.pick("已过期，联系时自动续", "ran out; renewed at the next contact")) } }
        }
        Some(end) => html! { (end.to_minute()) },
    }
}
