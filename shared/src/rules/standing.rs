//! How a code stands in itself, whoever scans it next: what the registry rules would say of it before any basis is asked.

use serde::{Deserialize, Serialize};

use super::registry::{activated, cancelled_at, destroyed, in_use_before, put_into_use};
use crate::code::PackageCode;
use crate::reference::{Basis, Market};
use crate::time::Timestamp;
use crate::trail::{CodeNo, Index};

/// How a code stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// No pack that is known holds it.
    Unregistered,
    /// Its pack must be put into use first, and neither was.
    Inactive,
    /// It may move.
    Live,
    /// Its pack is reported lost or stolen, and it was not in use before (traceability/2022 art. 22).
    Frozen,
    /// The registry cancelled it, or another label took its place (traceability/2022 art. 25).
    Cancelled,
    /// The package was destroyed, or left the country.
    Ended,
}

/// How a code stands at a moment, by the facts around it (see [`Index::around`]).
#[must_use]
pub fn standing(index: &Index<'_>, code: &PackageCode, now: Timestamp) -> Standing {
    let Some(number) = index.number(code) else { return Standing::Unregistered };
    let package = index.package(number);
    if cancelled_at(package).is_some_and(|end| end <= now) {
        return Standing::Cancelled;
    }
    if ended_at(index, number).is_some_and(|end| end <= now) {
        return Standing::Ended;
    }
    let Some(pack) = package.pack else { return Standing::Unregistered };
    let lost_at = |(lost_at, released_at): (Timestamp, Option<Timestamp>)| {
        (lost_at <= now && released_at.is_none_or(|released| now < released)).then_some(lost_at)
    };
    if pack.freezes().filter_map(lost_at).any(|lost_at| !in_use_before(index, number, pack, lost_at)) {
        return Standing::Frozen;
    }
    let in_use = put_into_use(index, number, pack, &activated(&index.others));
    let is_idle = pack.inactive && in_use.is_none_or(|from| now < from);
    if is_idle { Standing::Inactive } else { Standing::Live }
}

/// When a package was reported destroyed, or went abroad.
fn ended_at(index: &Index<'_>, number: CodeNo) -> Option<Timestamp> {
    let is_export = |basis: Option<&Basis>, at| basis.is_some_and(|basis| basis.market_at(at) == Market::Export);
    let mut sent = index.own_scans(number).filter(|scan| scan.stage.sends() && scan.counts());
    let exported = sent.find(|scan| is_export(index.basis(scan.basis).1, scan.at)).map(|scan| scan.at);
    destroyed(index).get(&number).copied().into_iter().chain(exported).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::{CodeRecord, Level, Pack, PackLoss, References};
    use crate::trail::History;

    const NOW: Timestamp = Timestamp::from_ms(1_000);

    fn code() -> PackageCode {
        PackageCode::item("16901234567899", "A").unwrap()
    }

    /// The code of a pack that is like this, without a fact beyond the registry's.
    fn of(pack: Pack, record: impl FnOnce(&mut CodeRecord)) -> Standing {
        let mut references = References::default();
        let mut registered = CodeRecord::new(code(), pack.pack.clone(), "POD".into(), None);
        record(&mut registered);
        references.packs.insert(pack.pack.clone(), pack);
        references.insert_code(registered);
        let (history, code) = (History::default(), code());
        standing(&Index::around(&code, &history, &references), &code, NOW)
    }

    fn pack() -> Pack {
        Pack::new("K".into(), "POD".into(), Level::Case, "C1".into(), Timestamp::from_ms(1))
    }

    #[test]
    fn a_code_stands_as_its_pack_and_record_say() {
        let (references, history) = (References::default(), History::default());
        let index = Index::around(&code(), &history, &references);
        assert_eq!(standing(&index, &code(), NOW), Standing::Unregistered);
        assert_eq!(of(pack(), |_| {}), Standing::Live);
        let lost_at = |ms| Some((PackLoss::Lost, Timestamp::from_ms(ms)));
        assert_eq!(of(Pack { loss: lost_at(5), ..pack() }, |_| {}), Standing::Frozen);
        assert_eq!(of(Pack { loss: lost_at(2_000), ..pack() }, |_| {}), Standing::Live, "not lost yet");
        let found = Pack { loss: lost_at(5), released_at: Some(Timestamp::from_ms(9)), ..pack() };
        assert_eq!(of(found, |_| {}), Standing::Live);
        let cancelled = |record: &mut CodeRecord| record.cancelled_at = Some(Timestamp::from_ms(7));
        assert_eq!(of(Pack { loss: lost_at(5), ..pack() }, cancelled), Standing::Cancelled);
        let idle = Pack { inactive: true, ..pack() };
        assert_eq!(of(idle.clone(), |_| {}), Standing::Inactive);
        assert_eq!(of(Pack { activated_at: Some(NOW), ..idle }, |_| {}), Standing::Live);
    }

    #[test]
    fn what_was_put_into_a_case_before_the_loss_is_not_frozen() {
        let lost = Pack { loss: Some((PackLoss::Stolen, Timestamp::from_ms(5))), ..pack() };
        let inside = |record: &mut CodeRecord| record.parent = PackageCode::item("16901234567899", "B").ok();
        assert_eq!(of(lost, inside), Standing::Live);
    }
}
