//! A pack that is lost or stolen (traceability/2022 art. 22): its codes are put into nothing, and take no other's place.

use shared::reference::{CodeRecord, PackLoss, References};

/// Why a code must not be put into use; none where its pack is not lost, or was found again.
pub(super) fn frozen(known: &References, record: &CodeRecord) -> Option<String> {
    let pack = known.packs.get(&record.pack).filter(|pack| pack.is_lost())?;
    let (how, at) = pack.loss?;
    let how = match how {
        PackLoss::Lost => "lost",
        PackLoss::Stolen => "stolen",
    };
    Some(format!(
        "the code is of the pack {0}, reported {how} since {at}: its codes are frozen (traceability/2022 art. 22); take one of another \
         pack, or release {0} where it was found",
        pack.pack
    ))
}
