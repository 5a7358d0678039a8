//! The note (发货单, 配送单) that a terminal makes from what was loaded, where a task was opened from a basis alone.

use std::collections::{BTreeMap, BTreeSet};

use shared::chain::{Hash, sha256};
use shared::code::PackageCode;
use shared::event::Stage;
use shared::ids::{BasisId, DocumentId, EpochId, MemberId, SiteId, TerminalId};
use shared::paper::DocumentPaper;
use shared::reference::{Level, Line, References, ShippingDocument};
use shared::rules::tallies;
use shared::trail::{History, Index};

/// One (basis, document, stage).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Under which basis.
    pub basis: BasisId,
    /// With which document.
    pub document: DocumentId,
    /// Which stage.
    pub stage: Stage,
}

/// What counts on a side, by all terminals as far as known here. Packages set aside are not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// The packages, each once.
    pub codes: BTreeSet<PackageCode>,
    /// Packages among them that this terminal scanned.
    pub own: u64,
    /// Packages of each level, where the level is known.
    pub levels: BTreeMap<Level, u64>,
    /// Units (盒) of each product, sorted by product.
    pub lines: Vec<Line>,
}

impl Loaded {
    /// Counts what `history` says of a side.
    #[must_use]
    pub fn of(history: &History, references: &References, side: &Side, own: TerminalId) -> Self {
        let index = Index::new(history, references);
        let mut loaded = Self { codes: BTreeSet::new(), own: 0, levels: BTreeMap::new(), lines: Vec::new() };
        let key = index.key(&side.basis, &side.document, side.stage);
        let scans = key.into_iter().flat_map(|key| index.scans_at(key)).filter(|scan| scan.counts());
        for scan in scans {
            let Ok(code) = scan.code else { continue };
            let package = index.package(code);
            if loaded.codes.insert(package.code.clone()) {
                loaded.own += u64::from(scan.by.terminal == own);
                if let Some((_, level)) = package.product {
                    *loaded.levels.entry(level.level).or_default() += 1;
                }
            }
        }
        let here = tallies(history, references).into_iter().filter(|tally| {
            (&tally.basis, &tally.document, tally.stage) == (&side.basis, &side.document, side.stage) && tally.units > 0
        });
        loaded.lines = here.map(|tally| Line::new(tally.product, tally.units)).collect();
        loaded
    }

    /// SHA-256 over the canonical codes, sorted, each ended by a line feed.
    #[must_use]
    pub fn digest(&self) -> Hash {
        digest(&self.codes)
    }

    /// Units (盒) over all lines.
    #[must_use]
    pub fn units(&self) -> u64 {
        self.lines.iter().fold(0, |sum, line| sum.saturating_add(line.units))
    }

    /// The level that was mostly scanned; the larger of two that are equal, units where nothing is known.
    #[must_use]
    pub fn level(&self) -> Level {
        let most = self.levels.iter().max_by_key(|(level, count)| (**count, **level));
        most.map_or(Level::Unit, |(level, _)| *level)
    }
}

/// SHA-256 over canonical codes in their order, each ended by a line feed.
#[must_use]
pub fn digest<'c>(codes: impl IntoIterator<Item = &'c PackageCode>) -> Hash {
    let mut text = String::new();
    for code in codes {
        text.push_str(&code.to_string());
        text.push('\n');
    }
    sha256(&[text.as_bytes()])
}

/// The note of what was loaded. Without a known basis the consignee is left empty, and the note says that it is incomplete.
#[must_use]
pub fn draft(
    loaded: &Loaded,
    references: &References,
    side: &Side,
    member: &MemberId,
    carrier: Option<&str>,
) -> ShippingDocument {
    let basis = references.bases.get(&side.basis);
    ShippingDocument {
        document: side.document.clone(),
        basis: side.basis.clone(),
        consignor: basis.map_or_else(|| member.clone(), |basis| basis.seller.clone()),
        consignee: basis.map_or_else(|| MemberId::from(""), |basis| basis.buyer.clone()),
        lines: loaded.lines.clone(),
        carrier: carrier.unwrap_or_default().trim().to_owned(),
        packing_level: loaded.level(),
        lacks: Vec::new(),
        absent: false,
    }
}

/// What the QR code on a note says.
#[must_use]
pub fn paper(note: &ShippingDocument, loaded: &Loaded) -> DocumentPaper {
    DocumentPaper {
        document: note.document.clone(),
        basis: Some(note.basis.clone()),
        units: Some(loaded.units()),
        digest: Some(loaded.digest()),
    }
}

/// The number of a note that a terminal makes: `site-terminal-n`, the terminal by the first 8 digits of its identity. A log that was
/// restored or copied counts from 1 again, so in a later life the first 4 digits of its epoch stand before n.
#[must_use]
pub fn own_number(site: &SiteId, terminal: TerminalId, later_life: Option<EpochId>, n: u64) -> DocumentId {
    let life = later_life.map(|epoch| format!("{}.", &epoch.to_string()[..4].to_ascii_uppercase())).unwrap_or_default();
    DocumentId::from(format!("{}{life}{n}", own_prefix(site, terminal)))
}

/// Whether a document's number is one that this terminal reserved.
#[must_use]
pub fn is_own_number(site: &SiteId, terminal: TerminalId, document: &DocumentId) -> bool {
    let rest = document.as_str().strip_prefix(&own_prefix(site, terminal));
    let number = rest.map(|rest| rest.split_once('.').map_or(rest, |(_, number)| number));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn own_prefix(site: &SiteId, terminal: TerminalId) -> String {
    format!("{site}-{}-", terminal.to_string()[..8].to_ascii_uppercase())
}
