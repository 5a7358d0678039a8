//! What the pages of the registry look like.

use maud::{Markup, html};
use serde_json::{Map, Value};
use shared::reference::References;

use super::application;
use super::list::encoded;
use super::named;
use super::registry::{PASTED_BYTES_MAX, RecordQuery};
use super::words::Lang;
use crate::export::rows;
use crate::import::Report;
use crate::people::{Actor, Right};
use crate::registry::Set;
use crate::registry::cell::unescape;
use crate::registry::column::{Column, Place};
use crate::registry::kind::{Kind, Word};
use crate::registry::list::Page;
use crate::registry::moment;
use crate::store::version::Version;

/// Columns of the list beside the key.
const COLUMNS_SHOWN: usize = 6;

/// Faults that a page shows.
const FAULTS_SHOWN: usize = 50;

/// A record, as of a day.
pub(super) struct Found<'a> {
    pub(super) set: Set,
    pub(super) key: &'a str,
    pub(super) path: &'a str,
    /// None: nothing was known of it then.
    pub(super) body: Option<&'a Map<String, Value>>,
    pub(super) versions: &'a [Version],
    pub(super) query: &'a RecordQuery,
    pub(super) references: &'a References,
}

/// A pasted table and what came of it.
pub(super) struct Pasted<'a> {
    pub(super) set: Set,
    pub(super) text: &'a str,
    pub(super) report: Option<Report>,
    /// Why it cannot be read at all.
    pub(super) refused: Option<String>,
}

fn name(lang: Lang, set: Set) -> String {
    headed(&lang.pick(set.zh(), set.name()).replace('-', " "))
}

/// A heading begins with a capital.
fn headed(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The column of a contract's amendments.
const AMENDMENTS: &str = "amendments";

/// A cell in the reader's language, with the name of what it numbers.
fn said((lang, references): (Lang, &References), column: &Column, cell: &str) -> String {
    let word = |words: &[Word], cell: &str| {
        let found = words.iter().find(|(en, _)| *en == cell);
        found.map_or_else(|| cell.to_owned(), |(en, zh)| lang.pick(zh, en).to_owned())
    };
    match column.kind {
        Kind::Words(words) => word(words, cell),
        Kind::WordList(words) => {
            cell.split(';').map(|one| word(words, one)).collect::<Vec<_>>().join(lang.pick("；", "; "))
        }
        Kind::Flag => word(&[("yes", "是"), ("no", "否")], cell),
        Kind::Id => named::cell(column.name, cell, references),
        Kind::Moment => moment::parse(cell).map_or_else(|| cell.to_owned(), moment::to_minute),
        _ => cell.to_owned(),
    }
}

fn heading(lang: Lang, column: &Column) -> String {
    match column.kind {
        Kind::Gtin => "GTIN".to_owned(),
        _ => headed(&lang.pick(column.zh[0], column.name).replace('_', " ")),
    }
}

pub(super) fn list_page(lang: Lang, page: &Page, text: &str, (actor, references): (&Actor, &References)) -> Markup {
    let set = page.set;
    let key = set.key_fields();
    let is_beside =
        |column: &Column| matches!(column.place, Place::Field(field) if !key.contains(&field) && field != AMENDMENTS);
    let says = |column: &Column| match column.place {
        Place::Field(field) => page.records.iter().any(|body| body.contains_key(field)),
        _ => false,
    };
    let all = set.columns().iter().enumerate().filter(|(_, column)| is_beside(column) && says(column));
    let (places, columns): (Vec<usize>, Vec<&Column>) = all.take(COLUMNS_SHOWN).unzip();
    html! {
        h1 { (lang.pick("登记信息", "Registry")) }
        nav.chips aria-label=(lang.pick("类别", "Kind of record")) { @for other in Set::ALL {
            a.on[other == set] href={ "/registry?lang=" (lang.as_str()) "&set=" (other.name()) } { (name(lang, other)) }
        } }
        form.find method="get" action="/registry" role="search" {
            input type="hidden" name="lang" value=(lang.as_str());
            input type="hidden" name="set" value=(set.name());
            input name="q" value=(text) aria-label=(lang.pick("编号或名称", "Number or name")) placeholder=(lang.pick("编号或名称", "Number or name"));
            button type="submit" { (lang.pick("查找", "Search")) }
        }
        @if page.records.is_empty() { p.empty { (lang.pick("没有符合的记录。", "There is no such record.")) } }
        @else { section.card { table.wide {
            thead { tr { th { (lang.pick("编号", "Number")) } @for column in &columns { th { (heading(lang, column)) } } } }
            tbody { @for body in &page.records { (row((lang, references), set, body, &places)) } }
        } } }
        p.below {
            (page.total) (lang.pick(" 条 ", if page.total == 1 { " record " } else { " records " }))
            @if let Some(next) = &page.next {
                a.act href={ "/registry?lang=" (lang.as_str()) "&set=" (set.name()) "&q=" (encoded(text)) "&after=" (encoded(next)) } { (lang.pick("下一页", "Next page")) } " "
            }
            a.act href={ "/api/v1/registry/" (set.name()) "/export?format=xlsx&lang=" (lang.as_str()) } { (lang.pick("导出", "Export")) } " "
            @if actor.has(Right::Records) { a.act href={ "/import/" (set.name()) "?lang=" (lang.as_str()) } { (lang.pick("导入", "Import")) } }
        }
    }
}

fn key_of(set: Set, body: &Map<String, Value>) -> String {
    let part =
        |field: &&str| body.get(*field).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    set.key_fields().iter().filter_map(part).collect::<Vec<_>>().join(" ")
}

fn row(reader: (Lang, &References), set: Set, body: &Map<String, Value>, places: &[usize]) -> Markup {
    let lang = reader.0;
    let key = key_of(set, body);
    let cells = rows(set, body).into_iter().next().unwrap_or_default();
    html! { tr {
        td { a href={ "/registry/" (set.name()) "/" (encoded(&key)) "?lang=" (lang.as_str()) } { (key) } }
        @for place in places { td.wrap { (said(reader, &set.columns()[*place], cells.get(*place).map_or("", |cell| unescape(cell)))) } }
    } }
}

pub(super) fn record_page(lang: Lang, found: &Found<'_>) -> Markup {
    let answer = found.body.filter(|_| found.set == Set::Application);
    let answer = answer.and_then(|body| application::answer(lang, found.references, body));
    html! {
        p { a href={ "/registry?lang=" (lang.as_str()) "&set=" (found.set.name()) } { "← " (name(lang, found.set)) } }
        div.head { h1 { (found.key) } span { (name(lang, found.set)) } }
        div.columns {
            section.card {
                h2 { (lang.pick("内容", "What it says")) }
                @match found.body {
                    Some(body) => (facts((lang, found.references), found.set, body)),
                    None => p.notice { (lang.pick("那时还没有此记录的信息。", "Nothing was known of it then.")) },
                }
            }
            div {
                @if let Some(answer) = answer { section.card { h2 { (lang.pick("答复", "Answer")) } (answer) } }
                section.card {
                    h2 { (lang.pick("看哪一天", "As of a day")) }
                    form.stacked method="get" action=(found.path) {
                        input type="hidden" name="lang" value=(lang.as_str());
                        label { (lang.pick("哪天生效的内容", "What holds on")) input type="date" name="valid" value=(found.query.valid); }
                        label { (lang.pick("当时的认知", "As it was known on")) input type="date" name="known" value=(found.query.known); }
                        button type="submit" { (lang.pick("查看", "Show")) }
                    }
                }
            }
        }
        section.card { h2 { (lang.pick("各版本", "Versions")) } (versions(lang, found.versions)) }
    }
}

/// The record's own fields, and a table for what it has several of.
fn facts(reader: (Lang, &References), set: Set, body: &Map<String, Value>) -> Markup {
    let (lang, columns, rows) = (reader.0, set.columns(), rows(set, body));
    let key = set.key_fields();
    let is_key = |column: &Column| matches!(column.place, Place::Field(field) if key.contains(&field));
    let cell = |row: &[String], at: usize| {
        row.get(at).map_or_else(String::new, |cell| match unescape(cell) {
            cell if is_key(&columns[at]) => cell.to_owned(),
            cell => said(reader, &columns[at], cell),
        })
    };
    // Amendments are among the versions, each with its day.
    let is_own = |at: &usize| columns[*at].array().is_none() && columns[*at].name != AMENDMENTS;
    let own: Vec<usize> = (0..columns.len()).filter(is_own).collect();
    let each: Vec<usize> = (0..columns.len())
        .filter(|at| columns[*at].array().is_some() && rows.iter().any(|row| !cell(row, *at).is_empty()))
        .collect();
    let first = rows.first().map_or(&[][..], Vec::as_slice);
    html! {
        dl.facts { @for at in own.into_iter().filter(|at| !cell(first, *at).is_empty()) {
            dt { (heading(lang, &columns[at])) } dd { (cell(first, at)) }
        } }
        @if !each.is_empty() { table {
            thead { tr { @for at in &each { th { (heading(lang, &columns[*at])) } } } }
            tbody { @for row in &rows { tr { @for at in &each { td { (cell(row, *at)) } } } } }
        } }
    }
}

fn versions(lang: Lang, versions: &[Version]) -> Markup {
    let why = |word: &str| match word {
        "import" => lang.pick("导入", "import"),
        "entry" => lang.pick("录入", "entry"),
        "amendment" => lang.pick("变更", "amendment"),
        "correction" => lang.pick("更正", "correction"),
        _ => "–",
    };
    html! { table.wide {
        thead { tr {
            th.num { "#" } th { (lang.pick("缘由", "Why")) } th { (lang.pick("生效自", "Holds from")) } th { (lang.pick("知悉自", "Known since")) }
            th { (lang.pick("知悉至", "Held right until")) } th { (lang.pick("谁", "Who")) } th { (lang.pick("变更内容", "What changes")) }
        } }
        tbody { @for version in versions { tr {
            td.num { (version.version) } td { (why(&version.why)) @if !version.in_force { " · " (lang.pick("未到期", "planned")) } }
            td.time { @if version.valid_from.as_ms() == 0 { (lang.pick("一直", "always")) } @else { (moment::show(version.valid_from)) } }
            td.time { (version.known_from.to_minute()) }
            td.time { @if let Some(until) = version.known_to { (until.to_minute()) } @else { (lang.pick("现在", "now")) } }
            td { (version.by) } td.wrap { @if let Some(change) = &version.change { (Value::Object(change.clone())) } }
        } } }
    } }
}

pub(super) fn import_page(lang: Lang, pasted: &Pasted<'_>, actor: &Actor) -> Markup {
    let set = pasted.set;
    let faulty = pasted.report.as_ref().is_some_and(|report| report.error_count > 0);
    // Where nothing is right there is nothing to take.
    let takes_some = pasted.report.as_ref().is_some_and(|report| report.added + report.changed > 0);
    let is_preview = pasted.report.as_ref().is_some_and(|report| report.preview);
    html! {
        p { a href={ "/registry?lang=" (lang.as_str()) "&set=" (set.name()) } { "← " (name(lang, set)) } }
        h1 { (lang.pick("导入：", "Import: ")) (name(lang, set)) }
        @if let Some(why) = &pasted.refused { p.notice role="alert" { (lang.pick("没有导入。", "Nothing was imported. ")) (why) } }
        @if let Some(report) = &pasted.report { (came_of_it(lang, set, report)) }
        section.card { form.stacked method="post" action={ "/import/" (set.name()) } {
            input type="hidden" name="csrf" value=(actor.csrf());
            input type="hidden" name="lang" value=(lang.as_str());
            label { (lang.pick("从表格软件复制，连同标题行粘贴到这里（也可以是 CSV 或 JSON）", "Copy from a spreadsheet with its headings and paste here (CSV and JSON are read as well)"))
                textarea name="text" rows="14" required spellcheck="false" { (pasted.text) } }
            div.decide {
                button.primary[!is_preview] type="submit" name="how" value="preview" { (lang.pick("先看会改什么", "Show what it would do")) }
                @if is_preview && !faulty { button.primary type="submit" name="how" value="take" { (lang.pick("导入", "Import")) } }
                @if faulty && takes_some { button type="submit" name="how" value="skip-bad" { (lang.pick("只导入没有错误的", "Import what is right, leave the rest")) } }
            }
        } }
        p.hint {
            a href={ "/api/v1/registry/" (set.name()) "/template?format=xlsx&lang=" (lang.as_str()) } { (lang.pick("下载模板", "Get a template")) }
            (lang.pick("。一次最多 ", ". At most ")) (PASTED_BYTES_MAX >> 20) (lang.pick(" MB；更多的拆成几个文件，用 sync-server registry import 导入。", " MB at a time; more goes as several files by `sync-server registry import`."))
        }
    }
}

fn came_of_it(lang: Lang, set: Set, report: &Report) -> Markup {
    let title = match (report.preview, report.error_count > 0 && report.imported == 0) {
        (true, _) => lang.pick("预览：还没有存入", "Preview: nothing is stored yet"),
        (false, true) => lang.pick("没有导入", "Nothing was imported"),
        (false, false) => lang.pick("已导入", "Imported"),
    };
    html! { section.card role="status" {
        h2 { (title) }
        p { (lang.pick("新增 ", "New ")) (report.added) " · " (lang.pick("改变 ", "changed ")) (report.changed) " · "
            (lang.pick("不变 ", "unchanged ")) (report.unchanged) " · " (lang.pick("未取 ", "left out ")) (report.skipped) }
        @if !report.changes.is_empty() { table {
            thead { tr { th { (lang.pick("编号", "Number")) } th { (lang.pick("会怎样", "What")) } th { (lang.pick("改变的字段", "Fields that change")) } } }
            tbody { @for line in &report.changes { tr {
                td { (line.key) } td { @if line.what == "added" { (lang.pick("新增", "new")) } @else { (lang.pick("改变", "changed")) } }
                td.wrap { (fields(lang, set, &line.fields)) }
            } } }
        } }
        @if !report.errors.is_empty() { table {
            thead { tr { th { (lang.pick("行", "Line")) } th { (lang.pick("列", "Column")) } th { (lang.pick("问题", "What is wrong")) } } }
            tbody { @for error in report.errors.iter().take(FAULTS_SHOWN) { tr {
                td.num { @if let Some(place) = error.fault.line.or(error.fault.record) { (place) } @else { "–" } } td { (error.fault.field) } td.wrap { (error.fault.problem) }
            } } }
        } }
        @if report.error_count > FAULTS_SHOWN as u64 { p { (lang.pick("共 ", "In all ")) (report.error_count) (lang.pick(" 处问题。", " faults.")) } }
    } }
}

/// Fields of a record by the headings of their columns.
fn fields(lang: Lang, set: Set, names: &[String]) -> String {
    let said = |name: &String| {
        let column = set.columns().iter().find(|column| column.name == name);
        column.map_or_else(|| name.clone(), |column| heading(lang, column))
    };
    names.iter().map(said).collect::<Vec<_>>().join(lang.pick("、", ", "))
}
