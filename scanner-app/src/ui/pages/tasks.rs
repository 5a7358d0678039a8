//! S3: what is to be done here.

use slint::{ComponentHandle, SharedString};

use shared::event::Stage;
use shared::time::Timestamp;

use super::super::generated::{Act, MainWindow, Mark, TaskItem, Tasks};
use super::super::sheet::{Say, Sheet, choice, main_act, sentence, set, tab};
use super::super::view::{GateStateView, SyncView, TaskView, TasksView, WhichStageView};
use super::super::{Intent, words};
use super::{Heading, heading};

pub(super) fn put(window: &MainWindow, view: &TasksView, (say, sync): (Say, &SyncView)) -> Heading {
    let global = window.global::<Tasks>();
    let search = view.search.to_uppercase();
    let wanted = |task: &&TaskView| {
        view.filter.is_none_or(|stage| task.stage == stage) && task.title.to_uppercase().ends_with(&search)
    };
    let mut shown: Vec<&TaskView> = view.tasks.iter().filter(wanted).collect();
    // The open one first: it is what the clerk comes back to. Those that are closed last.
    shown.sort_by_key(|task| (!task.is_open, task.gate.is_some()));
    let open = shown.iter().find(|task| task.is_open && task.gate.is_none());
    global.set_has_open(open.is_some());
    global.set_open(open.map(|task| item(task, (say, sync))).unwrap_or_default());
    set(&global.get_items(), shown.into_iter().map(|task| item(task, (say, sync))).collect(), |model| {
        global.set_items(model);
    });
    set(&global.get_filters(), filters(view, say), |model| global.set_filters(model));
    global.set_empty(empty(view, say));
    let is_bare = view.tasks.is_empty() && view.fetching.is_none();
    let fills = if is_bare { vec![main_act(say.of("立即同步", "Sync now"), &Intent::SyncNow)] } else { Vec::new() };
    set(&global.get_empty_acts(), fills, |model| global.set_empty_acts(model));
    global.set_scan_hint(say.of("扫单证二维码，打开作业", "Scan a document's QR to open its task"));
    global.set_first_sync(match view.fetching {
        // Where the server does not say how much is to come, the bar tells only that something is.
        Some(fetching) => f32::from(fetching.percent.unwrap_or(0)) / 100.0,
        None if view.is_synced => 1.0,
        None => 0.0,
    });
    let percent = view.fetching.and_then(|fetching| fetching.percent);
    global.set_first_sync_figure(percent.map(|percent| format!("{percent}%").into()).unwrap_or_default());
    let found = || say.made(|| format!("单证号 …{search}"), || format!("number …{search}"));
    heading(say.of("作业", "Tasks"), if search.is_empty() { view.place.as_str().into() } else { found() })
}

fn empty(view: &TasksView, say: Say) -> SharedString {
    if let Some(fetching) = view.fetching {
        let count = words::count(fetching.records);
        return match fetching.percent {
            Some(percent) => say.made(
                || format!("首次同步到 {percent}%，已取 {count} 条。作业随后出现。也可先扫单证二维码。"),
                || format!("First sync at {percent}%, {count} records so far. Tasks appear as they come; or scan a document's QR."),
            ),
            None => say.made(
                || format!("正在同步，已取 {count} 条。作业随后出现。也可先扫单证二维码。"),
                || format!("Syncing, {count} records so far. Tasks appear as they come; or scan a document's QR."),
            ),
        };
    }
    if !view.search.is_empty() || view.filter.is_some() {
        say.of("没有这样的作业。点“全部”看所有。", "There is no such task. Tap All to see every one.")
    } else if view.is_synced {
        say.of("暂无作业。扫发货单二维码，或同步。", "No tasks. Scan a dispatch note's QR, or sync.")
    } else {
        say.of(
            "还没有数据。首次同步后，作业会出现在这里。也可先扫单证二维码，照常扫码。",
            "No data yet. Tasks appear after the first sync. You may scan a document's QR and work all the same.",
        )
    }
}

fn filters(view: &TasksView, say: Say) -> Vec<Act> {
    let stages = Stage::EVERY.into_iter().filter_map(|stage| {
        let count = view.tasks.iter().filter(|task| task.stage == stage).count();
        (count > 0).then_some((stage, count))
    });
    let stages: Vec<(Stage, usize)> = stages.collect();
    if stages.len() < 2 && view.search.is_empty() {
        return Vec::new();
    }
    let all = tab(
        say.made(|| format!("全部 {}", view.tasks.len()), || format!("All {}", view.tasks.len())),
        view.filter.is_none() && view.search.is_empty(),
        &if view.search.is_empty() { Intent::Filter(None) } else { Intent::ClearSearch },
    );
    let one = |(stage, count): (Stage, usize)| {
        let text = format!("{} {count}", words::stage(say.0, stage)).into();
        tab(text, view.filter == Some(stage), &Intent::Filter(Some(stage)))
    };
    // All comes first: it is what ends a search, and must not be the one that is cut off.
    [all].into_iter().chain(stages.into_iter().map(one)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a share of a bar, not a count")]
fn item(task: &TaskView, (say, sync): (Say, &SyncView)) -> TaskItem {
    let unit = words::level(say.0, task.level);
    let intent =
        if task.gate.is_some() { Intent::OpenGate(task.key.clone()) } else { Intent::OpenTask(task.key.clone()) };
    let (mut gate, mut mark) =
        task.gate.map_or_else(Default::default, |(state, reasons)| gate_words(state, reasons, say));
    if task.blocks > 0 && task.gate.is_none() {
        let blocks = task.blocks;
        gate = say.made(|| format!("事后拦截 {blocks}：隔离这些货"), || format!("{blocks} blocked later: set aside"));
        mark = Mark::Held;
    }
    TaskItem {
        key: intent.key().into(),
        stage: words::stage(say.0, task.stage).into(),
        title: task.title.as_str().into(),
        counterparty: task.counterparty.as_str().into(),
        figure: format!("{} {unit}", words::figure(task.done, task.total)).into(),
        share: task.total.map_or(0.0, |total| task.done as f32 / total.max(1) as f32),
        due: task.due.map(|due| due_words(due, (say, sync))).unwrap_or_default(),
        gate,
        mark,
        resumes: task.is_open,
        go_on: say.of("继续", "Resume"),
    }
}

/// By when: the hour of today, else the day; what is late says so.
fn due_words(due: Timestamp, (say, sync): (Say, &SyncView)) -> SharedString {
    let shown = words::short_time(due, sync.now);
    if due <= sync.now {
        return say.made(|| format!("已过期 {shown}"), || format!("late, {shown}"));
    }
    let is_today = due.to_minute()[..10] == sync.now.to_minute()[..10];
    if is_today {
        say.made(|| format!("今天 {shown}"), || format!("today {shown}"))
    } else {
        say.made(|| format!("{shown} 前"), || format!("by {shown}"))
    }
}

fn gate_words(state: GateStateView, reasons: usize, say: Say) -> (SharedString, Mark) {
    match state {
        GateStateView::Held => (
            say.made(|| format!("暂不放行：{reasons} 项"), || format!("Held: {}", words::reasons(reasons))),
            Mark::Held,
        ),
        GateStateView::Waiting => (say.of("待上传 · 传完自动再判", "Waiting for upload"), Mark::Wait),
        GateStateView::Cleared => (say.of("准予放行", "Cleared"), Mark::Good),
    }
}

/// A document was read that nobody here knows: why it is asked, and what each stage is, so that nobody opens the wrong one.
pub(super) fn which_stage(view: &WhichStageView, say: Say) -> (Heading, Sheet) {
    let number = &view.document;
    let data = view.data_as_of.map_or_else(|| "–".to_owned(), Timestamp::to_clock);
    let why = sentence(
        Mark::None,
        say.made(|| format!("{number} 不在 {data} 的数据中。"), || format!("{number} is not in the data of {data}.")),
        say.of("先同步。不能同步，就选要做什么。", "Sync first. If you cannot, choose what you do."),
    );
    let row = |stage: &Stage| choice(words::stage(say.0, *stage), does(*stage, say), &Intent::OpenRead(Some(*stage)));
    let rows = [why].into_iter().chain(view.stages.iter().map(row)).collect();
    let acts = vec![main_act(say.of("立即同步", "Sync now"), &Intent::SyncNow)];
    (heading(say.of("选择环节", "Which stage?"), number.as_str()), Sheet { rows, acts, ..Sheet::default() })
}

/// What happens at a stage.
fn does(stage: Stage, say: Say) -> SharedString {
    match stage {
        Stage::Inbound => say.of("货到了这里", "goods arrived here"),
        Stage::Outbound => say.of("货从这里发走", "goods leave from here"),
        Stage::Sort => say.of("按订单分货", "goods are put to orders"),
        Stage::Receipt => say.of("零售收货", "a shop takes goods in"),
        Stage::TransferIn => say.of("从本单位别处来", "from our own other site"),
        Stage::TransferOut => say.of("到本单位别处去", "to our own other site"),
        Stage::ReturnIn => say.of("别人退来的货", "goods that are sent back to us"),
        Stage::ReturnOut => say.of("退给发货方的货", "goods that we send back"),
    }
}
