//! Reports (S15), in a task and outside of any; photos of reports, papers and receipts.

use std::sync::Arc;

use anyhow::Result;
use shared::event::ReportKind;
use shared::ids::MemberId;
use shared::reference::{Pack, References};

use super::clerk::Clerk;
use super::work::Work;
use crate::session::reports::{COUNT_MAX, ReportError, Reported, own_packs, report_at_desk};
use crate::store::{Pulled, Store};
use crate::ui::Intent;
use crate::ui::intent::ReportWhat;
use crate::ui::route::{Move, Page};
use crate::ui::view::{PackView, Pair};

impl Clerk {
    pub(super) fn want_of_report(&mut self, intent: Intent) -> Result<()> {
        let report = &mut self.state.report;
        match intent {
            Intent::Report(what) => {
                // Tapped again, the others can be chosen.
                report.what = (report.what != Some(what)).then_some(what);
                report.message = None;
                if !matches!(what, ReportWhat::Lost | ReportWhat::Stolen) {
                    report.pack = None;
                }
            }
            Intent::ReportCount(by) => report.count = report.count.saturating_add_signed(by).clamp(1, COUNT_MAX),
            Intent::ReportPack(pack) => {
                report.pack = Some(pack);
                report.text = None;
                report.count = 1;
                self.go(Move::Back);
            }
            Intent::ReportOf(text) => {
                self.go_to(Page::Report)?;
                self.state.report.text = Some(text);
                self.state.report.what = Some(ReportWhat::Differs);
            }
            Intent::ReportSend => return self.report(),
            _ => {}
        }
        Ok(())
    }

    /// The count that was typed on the pad; what is no count leaves it as it was.
    pub(super) fn typed_count(&mut self, text: &str) {
        if let Ok(count) = text.trim().parse::<u64>() {
            self.state.report.count = count.clamp(1, COUNT_MAX);
        }
        self.go(Move::Back);
    }

    pub(super) fn photo(&mut self) -> Result<()> {
        let Some(frame) = self.eye.picture() else { return Ok(()) };
        let now = self.device.now();
        let plane = frame.0.view();
        let (Ok(width), Ok(height)) = (u32::try_from(plane.width()), u32::try_from(plane.height())) else {
            return Ok(());
        };
        let Some(picture) = image::GrayImage::from_raw(width, height, plane.data().to_vec()) else { return Ok(()) };
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, image::ImageFormat::Png)?;
        let Some(store) = self.work.store_mut() else { return Ok(()) };
        let kept = store.keep_photo(&bytes.into_inner(), now);
        let photos = match self.route.page() {
            Page::Papers => &mut self.state.papers.photos,
            Page::Differs => &mut self.state.receipt.photos,
            _ => &mut self.state.report.photos,
        };
        let photos = std::mem::take(photos);
        let hash = self.or_full(kept)?.filter(|hash| !photos.contains(hash));
        let photos = photos.into_iter().chain(hash).collect();
        match self.route.page() {
            Page::Papers => self.state.papers.photos = photos,
            Page::Differs => self.state.receipt.photos = photos,
            _ => self.state.report.photos = photos,
        }
        Ok(())
    }

    fn report(&mut self) -> Result<()> {
        let report = &self.state.report;
        let Some(what) = report.what else { return Ok(()) };
        let what = match what {
            ReportWhat::Damaged => ReportKind::Damaged,
            ReportWhat::Unreadable => ReportKind::Unreadable,
            ReportWhat::Lost => ReportKind::Lost,
            ReportWhat::Stolen => ReportKind::Stolen,
            ReportWhat::Differs => ReportKind::PhysicalDiffers,
        };
        let mut reported = match (&report.text, &report.pack) {
            (Some(text), _) => Reported::of_label(what, text),
            (None, Some(pack)) => Reported::of_pack(what, pack.as_str().into()),
            (None, None) => Reported::counted(what, report.count),
        };
        reported.photos.clone_from(&report.photos);
        match self.record_report(&reported) {
            Ok(()) => {
                let count = reported.count;
                self.state.report = super::state::ReportState::default();
                self.state.report.message =
                    Some(((format!("已记录，数量 {count}。"), format!("Recorded: {count}.")), false));
                self.state.stale();
                self.worker.wake();
            }
            Err(ReportError::Store(error)) => {
                self.or_full::<()>(Err(error))?;
            }
            Err(error) => self.state.report.message = Some((report_words(&error), true)),
        }
        Ok(())
    }

    /// In the open task; where none is open, by itself.
    fn record_report(&mut self, reported: &Reported) -> Result<(), ReportError> {
        let identity = self.identity();
        if let Some(session) = self.work.session() {
            return session.report(reported).map(|_| ());
        }
        let device = Arc::clone(&self.device);
        match &mut self.work {
            Work::Desk(store) => report_at_desk(store, device.as_ref(), &identity, reported),
            Work::Closed(session) => report_at_desk(session.store_mut(), device.as_ref(), &identity, reported),
            _ => Ok(()),
        }
    }

    /// Whether there are code packs to choose from: looked at only where it is asked.
    pub(super) fn has_packs(&self) -> bool {
        let asked = matches!(self.state.report.what, Some(ReportWhat::Lost | ReportWhat::Stolen));
        asked && self.packs().is_ok_and(|packs| !packs.is_empty())
    }

    /// Code packs that can be reported here.
    pub(super) fn packs(&self) -> Result<Vec<PackView>> {
        let of = |pulled: &Pulled| pack_views(&pulled.references, &self.config.member);
        Ok(match self.work.session_ref() {
            Some(session) => of(session.pulled()),
            None => of(&self.work.store().map(Store::pulled).transpose()?.unwrap_or_default()),
        })
    }
}

fn pack_views(references: &References, member: &MemberId) -> Vec<PackView> {
    let known = own_packs(references, member).into_iter().filter_map(|pack| references.packs.get(&pack));
    let view = |pack: &Pack| {
        let product = references.products.get(&pack.product);
        PackView {
            pack: pack.pack.to_string(),
            product: product.map_or_else(|| pack.product.to_string(), |product| product.name.clone()),
            level: pack.level,
            at: pack.issued_at,
        }
    };
    known.map(view).collect()
}

/// A refusal of a report, as a clerk reads it.
fn report_words(error: &ReportError) -> Pair {
    let zh = match error {
        ReportError::Count(_) => format!("数量要在 1 到 {COUNT_MAX} 之间。没有记录，改数量再提交。"),
        ReportError::OneOnly => "一个标签或码包只报一次。没有记录，数量改为 1。".to_owned(),
        ReportError::PackKind => "码包只能报丢失或失窃。没有记录，改选再提交。".to_owned(),
        ReportError::NotSetAside(_) => "没有隔离，不用解除。".to_owned(),
        ReportError::Store(_) => "没有记录。再试一次。".to_owned(),
    };
    (zh, error.to_string())
}
