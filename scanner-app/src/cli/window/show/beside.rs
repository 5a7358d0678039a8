//! Pages beside the work: tasks, sign-in, check, report, queue, carry, shift, health, settings, about, menu.

use anyhow::Result;
use shared::event::Stage;
use shared::time::HOUR_MS;

use super::super::clerk::Clerk;
use super::super::faults;
use super::super::tasks::{of_task, title};
use super::super::work::Work;
use crate::operators::last_on_duty;
use crate::ui::view::{
    AboutView, CarryView, CheckItem, CheckRow, CheckView, FeedbackView, HealthView, Look, MenuView, Pair, QueueView,
    ReportView, SettingsView, ShiftView, SignInView, TasksView, WhichStageView,
};

/// Room on the disk below which the check warns, in bytes.
const ROOM_BYTES_MIN: u64 = 100 << 20;

/// A clock that differs by more is told, in milliseconds.
const SKEW_MS_MAX: i64 = 2 * 60_000;

fn pair(zh: impl Into<String>, en: impl Into<String>) -> Pair {
    (zh.into(), en.into())
}

impl Clerk {
    pub(super) fn tasks_view(&self) -> TasksView {
        let state = self.worker.state();
        TasksView {
            place: self.state.place.clone(),
            tasks: self.state.tasks.iter().map(|(view, _)| view.clone()).collect(),
            filter: self.state.filter,
            is_synced: state.data_as_of.is_some(),
            fetching: self.fetching(),
            search: self.state.search.clone(),
        }
    }

    pub(super) fn sign_in_view(&mut self) -> Result<SignInView> {
        let covered = match self.work.task() {
            Some(task) => {
                let progress = self.progress()?;
                let level =
                    self.work.session_ref().map_or(shared::reference::Level::Case, crate::session::Session::level);
                Some((task.stage, title(&of_task(&task)), progress.packages_counted, progress.packages_expected, level))
            }
            None => None,
        };
        let last = self.work.store().map(last_on_duty).transpose()?.flatten();
        let sign = &self.state.sign;
        Ok(SignInView {
            place: self.state.place.clone(),
            terminal: self.short_number(),
            last: last.map(|operator| self.name_of(operator.as_str())),
            covered,
            has_badge: sign.badge.is_some(),
            badge_of: sign.badge_of.clone(),
            message: sign.message.clone(),
            answers: sign.answers,
        })
    }

    /// What people call this terminal by: the end of its number, as the console shows it.
    pub(super) fn short_number(&self) -> String {
        let terminal = self.config.terminal.to_string();
        terminal[terminal.len() - 4..].to_owned()
    }

    /// A document that nobody here knows, and what the person may open it as: what is done here most comes first.
    pub(super) fn which_stage_view(&self) -> WhichStageView {
        let rights = self.person.as_ref().and_then(|person| person.rights.as_ref()).map(|rights| rights.stages.clone());
        let mut stages = rights.filter(|stages| !stages.is_empty()).unwrap_or_else(|| Stage::EVERY.to_vec());
        let here = |stage: &Stage| self.state.tasks.iter().filter(|(task, _)| task.stage == *stage).count();
        stages.sort_by_key(|stage| std::cmp::Reverse(here(stage)));
        WhichStageView {
            document: self.state.read.as_ref().map(super::super::reading::read_number).unwrap_or_default(),
            data_as_of: self.worker.state().data_as_of,
            stages,
        }
    }

    pub(super) fn check_view(&self) -> CheckView {
        let state = self.worker.state();
        let row = |item, is_good, words| CheckRow { item, is_good, words };
        let clock = match state.clock_skew_ms {
            None => row(CheckItem::Clock, None, pair("联网后才知道", "known once online")),
            Some(skew) if skew.abs() > SKEW_MS_MAX => {
                let minutes = skew.abs() / 60_000;
                let words = pair(
                    format!("偏差 {minutes} 分钟。已随记录注明。校准本机时间。"),
                    format!("Off by {minutes} min, noted with each record. Set this device's clock."),
                );
                row(CheckItem::Clock, Some(false), words)
            }
            Some(_) => row(CheckItem::Clock, Some(true), pair("准", "correct")),
        };
        let age = state.data_as_of.map(|at| (self.device.now().as_ms() - at.as_ms()) / HOUR_MS);
        let data = match age {
            None => row(CheckItem::Data, Some(false), pair("还没有数据，先同步。", "None yet. Sync first.")),
            Some(hours) => row(
                CheckItem::Data,
                Some(hours * HOUR_MS <= self.limits.stale_warn_ms),
                match hours {
                    0 => pair("不到 1 小时前", "under 1 h old"),
                    hours => pair(format!("{hours} 小时前"), format!("{hours} h old")),
                },
            ),
        };
        let feedback = match self.deck.state().said {
            Some((zh, en)) => row(CheckItem::Feedback, Some(false), pair(zh, en)),
            None => row(CheckItem::Feedback, Some(true), pair("可用", "ready")),
        };
        let camera = match self.eye.trouble() {
            Some(words) => row(CheckItem::Camera, Some(false), words),
            None if self.eye.has_camera() => row(CheckItem::Camera, Some(true), pair("可用", "ready")),
            None => row(CheckItem::Camera, None, pair("进入作业后才打开", "opened with a task")),
        };
        let queue = row(
            CheckItem::Queue,
            Some(state.trouble.is_none()),
            pair(format!("待传 {}", state.pending), format!("{} queued", state.pending)),
        );
        CheckView { rows: vec![clock, data, battery(), self.storage(), camera, feedback, queue] }
    }

    fn storage(&self) -> CheckRow {
        let folder = self.config.store.parent().filter(|folder| !folder.as_os_str().is_empty());
        let found = rustix::fs::statvfs(folder.unwrap_or(std::path::Path::new("."))).ok();
        let room = found.map(|found| found.f_bavail.saturating_mul(found.f_frsize));
        let (is_good, words) = match room {
            Some(room) => {
                let megabytes = crate::ui::words::count(room >> 20);
                (Some(room >= ROOM_BYTES_MIN), pair(format!("余 {megabytes} MB"), format!("{megabytes} MB left")))
            }
            None => (None, pair("不知道", "not known")),
        };
        CheckRow { item: CheckItem::Storage, is_good, words }
    }

    pub(super) fn report_view(&self) -> ReportView {
        let report = &self.state.report;
        let tail = report.text.as_ref().map(|text| {
            let chars: Vec<char> = text.chars().collect();
            chars[chars.len().saturating_sub(4)..].iter().collect()
        });
        ReportView {
            what: report.what,
            count: report.count,
            tail,
            pack: report.pack.clone(),
            has_packs: self.has_packs(),
            in_task: self.work.session_ref().is_some(),
            photos: report.photos.len(),
            has_camera: self.eye.has_camera(),
            message: report.message.clone(),
        }
    }

    pub(super) fn queue_view(&self) -> Result<QueueView> {
        let state = self.worker.state();
        let notices = state.notices.iter().map(|notice| (notice.zh.clone(), notice.en.clone())).collect();
        let Some(store) = self.work.store() else { return Ok(QueueView::default()) };
        let refused = store.refused()?.into_iter().filter(|refused| !refused.taken);
        Ok(QueueView {
            pending: store.pending()?,
            photos: store.photos_pending()?,
            carried: store.carried_waiting()?,
            refused: refused.map(|refused| (refused.seq, faults::refused(&refused.code))).collect(),
            sent: state.done.sent,
            notices,
            can_carry: self.config.server_recipient.is_some(),
        })
    }

    pub(super) fn carry_view(&self) -> Result<CarryView> {
        let carry = &self.state.carry;
        let events = self.work.store().map(crate::store::Store::pending).transpose()?.map_or(0, |(pending, _)| pending);
        Ok(CarryView {
            code: carry.code.clone(),
            events,
            message: carry.message.clone(),
            written: carry.written.clone(),
        })
    }

    pub(super) fn shift_view(&mut self) -> Result<ShiftView> {
        let covered = self.sign_in_view()?.covered;
        let progress = self.progress()?;
        let set_aside = self.held(&progress);
        Ok(ShiftView {
            person: self.person.as_ref().map(|person| person.name.clone()),
            task: covered,
            pending: self.worker.state().pending,
            set_aside,
            notes: self.notes().iter().map(|(_, count)| count).sum(),
        })
    }

    pub(super) fn health_view(&self) -> HealthView {
        HealthView { reads: self.eye.reads().to_vec(), source: self.eye.source_name(), trouble: self.eye.trouble() }
    }

    pub(super) fn settings_view(&self) -> SettingsView {
        SettingsView {
            look: Look { skin: self.prefs.skin, left_handed: self.prefs.left_handed },
            feedback: FeedbackView {
                volume: self.prefs.volume,
                silent: self.prefs.silent,
                vibration: self.prefs.vibration,
            },
            message: self.state.settings_message.clone(),
            written: self.state.written.clone(),
        }
    }

    pub(super) fn about_view(&self) -> AboutView {
        AboutView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            terminal: self.config.terminal.to_string(),
            place: format!("{} · {}", self.config.member, self.config.site),
        }
    }

    pub(super) fn menu_view(&self) -> MenuView {
        let faults = self.check_view().rows.iter().filter(|row| row.is_good == Some(false)).count();
        MenuView {
            in_task: matches!(self.work, Work::Task(_) | Work::Sort(_)),
            signs_in: self.signs_in(),
            faults,
            training: self.work.is_drill(),
        }
    }
}

/// The battery, where the system tells of one.
fn battery() -> CheckRow {
    const LOW_PERCENT: u32 = 20;
    let read = || {
        let folder = std::fs::read_dir("/sys/class/power_supply").ok()?;
        folder.filter_map(Result::ok).find_map(|supply| {
            let text = std::fs::read_to_string(supply.path().join("capacity")).ok()?;
            text.trim().parse::<u32>().ok()
        })
    };
    let (is_good, words) = match read() {
        Some(percent) => (Some(percent >= LOW_PERCENT), pair(format!("{percent} %"), format!("{percent} %"))),
        None => (None, pair("本机没有电池", "no battery here")),
    };
    CheckRow { item: CheckItem::Battery, is_good, words }
}
