//! One symbol from many reads.

use crate::decoder::Family;
use crate::symbol::{Corners, Symbol, is_around, same_place};

/// How the picture was changed before a read. Reads of one family by one transform are one witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transform {
    /// As it came, the decoder's own turning and scaling included.
    Frame,
    /// Around a located symbol, scaled.
    Crop,
    /// The whole of it, scaled.
    Scaled,
    /// The whole of it, its light evened out.
    Evened,
    /// Modules sampled at known corners.
    Sampled,
}

/// A symbol and who has read it.
struct Entry {
    symbol: Symbol,
    witnesses: Vec<(Family, Transform)>,
}

/// The symbols of a picture so far.
#[derive(Default)]
pub(crate) struct Merge {
    entries: Vec<Entry>,
}

impl Merge {
    /// Adds a read: to the symbol of the same text and place if there is one.
    pub(crate) fn add(&mut self, symbol: Symbol, family: Family, transform: Transform) {
        let witness = (family, transform);
        let known = self.entries.iter_mut().find(|entry| {
            entry.symbol.payload() == symbol.payload() && same_place(&entry.symbol.corners, &symbol.corners)
        });
        match known {
            Some(entry) => {
                fill(&mut entry.symbol, &symbol);
                if !entry.witnesses.contains(&witness) {
                    entry.witnesses.push(witness);
                }
            }
            None => self.entries.push(Entry { symbol, witnesses: vec![witness] }),
        }
    }

    /// Whether some symbol was read where `corners` are.
    pub(crate) fn covers(&self, corners: &Corners) -> bool {
        self.entries.iter().any(|entry| same_place(&entry.symbol.corners, corners))
    }

    /// Whether a point lies on some symbol that was read, or just beside it.
    pub(crate) fn is_within(&self, point: [f32; 2]) -> bool {
        self.entries.iter().any(|entry| is_around(&entry.symbol.corners, point))
    }

    /// Where Micro QR symbols were read by one witness.
    pub(crate) fn micro(&self) -> Vec<Corners> {
        let doubtful = self.entries.iter().filter(|entry| entry.symbol.is_micro() && entry.witnesses.len() < 2);
        doubtful.map(|entry| entry.symbol.corners).collect()
    }

    /// Drops Micro QR symbols of one witness, and those on a QR symbol that was read or on one of `located`.
    pub(crate) fn drop_doubtful_micro(&mut self, located: &[Corners]) {
        let whole = self.entries.iter().filter(|entry| !entry.symbol.is_micro()).map(|entry| entry.symbol.corners);
        let whole: Vec<Corners> = whole.chain(located.iter().copied()).collect();
        self.entries.retain(|entry| {
            let centre = entry.symbol.centre();
            let is_alone = !whole.iter().any(|corners| is_around(corners, centre));
            !entry.symbol.is_micro() || (entry.witnesses.len() >= 2 && is_alone)
        });
    }

    /// Drops Micro QR symbols: no label is one.
    pub(crate) fn drop_micro(&mut self) {
        self.entries.retain(|entry| !entry.symbol.is_micro());
    }

    /// How many symbols were read so far.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing was read so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Lets `check` read each symbol again; where it reads the same, that is one more witness.
    pub(crate) fn confirm(&mut self, mut check: impl FnMut(&mut Symbol) -> bool) {
        let witness = (Family::Modules, Transform::Sampled);
        for entry in &mut self.entries {
            if !entry.witnesses.contains(&witness) && check(&mut entry.symbol) {
                entry.witnesses.push(witness);
            }
        }
    }

    /// The symbols, agreement counted. Of several texts at one place those with the most witnesses stay; as long as
    /// more than one does, none counts as agreed.
    pub(crate) fn finish(self) -> Vec<Symbol> {
        let votes: Vec<(Corners, usize)> =
            self.entries.iter().map(|entry| (entry.symbol.corners, entry.witnesses.len())).collect();
        let mut symbols = Vec::with_capacity(self.entries.len());
        for (at, entry) in self.entries.into_iter().enumerate() {
            let mut symbol = entry.symbol;
            let own = entry.witnesses.len();
            let rivals = votes
                .iter()
                .enumerate()
                .filter(|(other, (corners, _))| *other != at && same_place(corners, &symbol.corners));
            let best_rival = rivals.map(|(_, (_, count))| *count).max().unwrap_or(0);
            if own < best_rival {
                continue;
            }
            let agree = if own == best_rival { 1 } else { own };
            symbol.agree = u8::try_from(agree).unwrap_or(u8::MAX);
            symbol.accept(false);
            symbols.push(symbol);
        }
        symbols
    }
}

/// Takes over metadata that the first read did not have.
fn fill(symbol: &mut Symbol, other: &Symbol) {
    symbol.version = symbol.version.or(other.version);
    symbol.ec_level = symbol.ec_level.or(other.ec_level);
    symbol.mode = symbol.mode.or(other.mode);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::symbol::Stage;

    fn read(text: &str, x: f32) -> Symbol {
        Symbol::new(text.into(), [[x, 0.0], [x + 10.0, 0.0], [x + 10.0, 10.0], [x, 10.0]], Stage::Fast)
    }

    #[test]
    fn witnesses_count_once_each() {
        let mut merge = Merge::default();
        merge.add(read("A", 0.0), Family::Zxing, Transform::Frame);
        merge.add(read("A", 1.0), Family::Zxing, Transform::Frame);
        merge.add(read("A", 50.0), Family::Zxing, Transform::Frame);
        merge.add(read("A", 50.0), Family::Rqrr, Transform::Frame);
        let symbols = merge.finish();
        let agree: Vec<(u8, bool)> = symbols.iter().map(|symbol| (symbol.agree, symbol.accepted)).collect();
        assert_eq!(agree, [(1, false), (2, true)]);
    }

    #[test]
    fn of_two_texts_at_one_place_the_better_witnessed_stays() {
        let mut merge = Merge::default();
        merge.add(read("A", 0.0), Family::Zxing, Transform::Frame);
        merge.add(read("B", 0.0), Family::Rqrr, Transform::Frame);
        merge.add(read("B", 0.0), Family::Zxing, Transform::Scaled);
        assert_eq!(merge.finish().into_iter().map(|symbol| symbol.text).collect::<Vec<_>>(), ["B"]);
    }

    #[test]
    fn a_tie_at_one_place_is_reported_and_not_accepted() {
        let mut merge = Merge::default();
        merge.add(read("A", 0.0), Family::Zxing, Transform::Frame);
        merge.add(read("B", 0.0), Family::Rqrr, Transform::Frame);
        let symbols = merge.finish();
        assert_eq!(symbols.len(), 2);
        assert!(symbols.iter().all(|symbol| !symbol.accepted && symbol.agree == 1));
    }
}
