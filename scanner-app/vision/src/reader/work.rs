//! The work on one picture: what was read so far, what is still to be read.

use super::budget::Budget;
use crate::decoder::{Decoder, Family, Found, Located};
use crate::locate::Field;
use crate::luma::LumaView;
use crate::merge::{Merge, Transform};
use crate::modules::{self, ModuleRead, Surface, Unread};
use crate::symbol::{Corners, Stage, Symbol, centre, is_around, longest_side, same_place};
use crate::transform::{Look, around, doubled, evened, halved};

/// Located symbols that get a second try in one picture; noise can look like hundreds.
const SECOND_TRIES_MAX: usize = 40;

/// From this side on, in pixels, a located symbol is rather too large (blur, grain) than too small.
const LARGE_SIDE_PX: f32 = 400.0;

/// The share of the time left that the locator may use up.
const LOCATE_SHARE: f32 = 0.7;

/// A symbol that was located, and whether it was looked at in straight lines already.
struct Candidate {
    located: Located,
    was_flat: bool,
}

impl Candidate {
    fn is_worth(&self, surface: Surface) -> bool {
        self.located.version.is_some() && (surface == Surface::Bent || !self.was_flat)
    }
}

pub(crate) struct Work<'a> {
    pub(crate) view: LumaView<'a>,
    pub(crate) budget: Budget,
    pub(crate) merge: Merge,
    /// Located, and tried no further yet.
    open: Vec<Located>,
    /// Located by their finder patterns, and there, but not read flat.
    damaged: Vec<Located>,
    /// Where what every symbol shows is to be seen, and the rest could not be read.
    there: Vec<Corners>,
    /// Located, and given up.
    hopeless: Vec<Corners>,
    /// Places that were tried in vain in earlier frames, and are not to be tried in this.
    resting: Vec<Corners>,
}

impl<'a> Work<'a> {
    pub(crate) fn new(view: &LumaView<'a>, budget: Budget) -> Self {
        Self {
            view: *view,
            budget,
            merge: Merge::default(),
            open: Vec::new(),
            damaged: Vec::new(),
            there: Vec::new(),
            hopeless: Vec::new(),
            resting: Vec::new(),
        }
    }

    /// The places that were tried in vain, those that rest included.
    pub(crate) fn tried(&self) -> &[Corners] {
        &self.hopeless
    }

    /// The places where a symbol certainly is, read or not.
    pub(crate) fn there(&self) -> &[Corners] {
        &self.there
    }

    /// Leaves these places alone.
    pub(crate) fn rest(&mut self, places: Vec<Corners>) {
        self.resting = places;
    }

    /// Whether a symbol is known of that was not read and may be tried.
    pub(crate) fn asks(&self) -> bool {
        let rests = |corners: &Corners| self.resting.iter().any(|place| same_place(place, corners));
        self.unread().iter().any(|corners| !rests(corners))
    }

    /// Where symbols seem to be that were not read.
    pub(crate) fn unread(&self) -> Vec<Corners> {
        let open =
            self.open.iter().chain(&self.damaged).map(|located| located.corners).chain(self.hopeless.iter().copied());
        open.filter(|corners| !self.merge.covers(corners)).collect()
    }

    /// Takes in what a decoder found in the picture itself.
    pub(crate) fn add(&mut self, found: Found, family: Family, transform: Transform) {
        for symbol in found.symbols {
            self.merge.add(symbol, family, transform);
        }
        self.open.extend(found.unread);
    }

    /// The whole picture by one decoder.
    pub(crate) fn pass(&mut self, decoder: &dyn Decoder) {
        let found = decoder.decode(&self.view);
        self.add(found, decoder.family(), Transform::Frame);
    }

    /// A changed copy by one decoder. Symbols that it locates and cannot read are to be tried in the picture itself.
    pub(crate) fn look(&mut self, look: &Look, decoder: &dyn Decoder, stage: Stage, transform: Transform) {
        let mut found = decoder.decode(&look.luma.view());
        for symbol in &mut found.symbols {
            symbol.corners = look.back(&symbol.corners);
            symbol.stage = stage;
        }
        for located in &mut found.unread {
            located.corners = look.back(&located.corners);
        }
        self.add(found, decoder.family(), transform);
    }

    /// Looks for symbols that the decoder passed over, by their finder patterns, and reads their modules at once.
    pub(crate) fn locate(&mut self, inverted: bool, decoder: &dyn Decoder) {
        let view = self.view;
        self.locate_in(&view, inverted, decoder, |corners| *corners);
    }

    /// The same at half size: for symbols whose modules are as large as the surroundings that the locator compares with.
    pub(crate) fn locate_large(&mut self, decoder: &dyn Decoder) {
        let look = halved(&self.view);
        self.locate_in(&look.luma.view(), false, decoder, |corners| look.back(corners));
    }

    /// Looks in `view`, from which `back` leads to the picture, where the modules are read.
    fn locate_in(
        &mut self,
        view: &LumaView<'_>,
        inverted: bool,
        decoder: &dyn Decoder,
        back: impl Fn(&Corners) -> Corners,
    ) {
        let place = |[x, y]: [f32; 2]| back(&[[x, y]; 4])[0];
        let field = Field::search(view, inverted, |centre| self.merge.is_within(place(centre)));
        // Some of the time is for what it finds and cannot read in straight lines.
        let budget = self.budget.part(LOCATE_SHARE);
        let resting = std::mem::take(&mut self.resting);
        let rests = |centre: [f32; 2]| resting.iter().any(|corners| is_around(corners, place(centre)));
        field.symbols(
            || budget.is_spent(),
            rests,
            |located| {
                if budget.is_spent() {
                    return None;
                }
                let located = Located { corners: back(&located.corners), ..*located };
                let result = self.by_modules(&located, Surface::Flat, decoder);
                if result == Err(Unread::Damaged) {
                    self.damaged.push(located);
                }
                Some(result.is_ok())
            },
        );
        self.resting = resting;
    }

    /// A second try on each place where a symbol was located and not read: by its modules, flat and then bent, from each of
    /// the corners that were found for it; then by `decoder` on a scaled crop. Stops when the time is used up.
    pub(crate) fn second_tries(&mut self, decoder: &dyn Decoder) {
        let places = self.places();
        let mut was_bent = vec![false; places.len()];
        for surface in [Surface::Flat, Surface::Bent] {
            for (place, was_bent) in places.iter().zip(&mut was_bent) {
                for candidate in place.iter().filter(|candidate| candidate.is_worth(surface)) {
                    if self.merge.covers(&candidate.located.corners) || self.budget.is_spent() {
                        break;
                    }
                    let _ = self.by_modules(&candidate.located, surface, decoder);
                    *was_bent |= surface == Surface::Bent;
                }
            }
        }
        for (place, was_bent) in places.into_iter().zip(was_bent) {
            let corners = place[0].located.corners;
            if self.budget.is_spent() && !was_bent {
                self.open.extend(place.into_iter().map(|candidate| candidate.located));
                continue;
            }
            if !self.merge.covers(&corners) && !self.budget.is_spent() {
                self.by_crop(&corners, decoder);
            }
            if !self.merge.covers(&corners) {
                self.hopeless.push(corners);
            }
        }
    }

    fn by_modules(&mut self, located: &Located, surface: Surface, decoder: &dyn Decoder) -> Result<(), Unread> {
        let version = located.version.ok_or(Unread::Nothing)?;
        let read = modules::read(&self.view, &located.corners, version, surface);
        if read.as_ref().err() == Some(&Unread::Damaged) {
            self.there.push(located.corners);
        }
        let read = read?;
        let symbol =
            read.payload.is_padded.then(|| symbol(&read, located, decoder)).flatten().ok_or(Unread::Damaged)?;
        self.merge.add(symbol, Family::Modules, Transform::Sampled);
        Ok(())
    }

    fn by_crop(&mut self, corners: &Corners, decoder: &dyn Decoder) {
        let look = around(&self.view, corners, longest_side(corners) > LARGE_SIDE_PX);
        let unread = self.open.len();
        self.look(&look, decoder, Stage::Crop, Transform::Crop);
        // What a crop locates is what it was cut out for, or a part of it.
        self.open.truncate(unread);
    }

    /// What was located, by place, without places that were read meanwhile, tried before or rest; those whose version is known
    /// first. What lies on a located symbol of known version is a part of it.
    fn places(&mut self) -> Vec<Vec<Candidate>> {
        let damaged =
            std::mem::take(&mut self.damaged).into_iter().map(|located| Candidate { located, was_flat: true });
        let open = std::mem::take(&mut self.open).into_iter().map(|located| Candidate { located, was_flat: false });
        let mut candidates: Vec<Candidate> = damaged.chain(open).collect();
        candidates.sort_by_key(|candidate| candidate.located.version.is_none());
        let mut places: Vec<Vec<Candidate>> = Vec::new();
        for candidate in candidates {
            let Located { corners, version } = candidate.located;
            let known = |other: &Corners| same_place(other, &corners);
            if self.resting.iter().any(known) {
                self.hopeless.push(corners);
            } else if !self.merge.covers(&corners) && !self.hopeless.iter().any(known) {
                let same = |place: &&mut Vec<Candidate>| {
                    let first = &place[0].located;
                    let is_part =
                        version.is_none() && first.version.is_some() && is_around(&first.corners, centre(&corners));
                    is_part || same_place(&first.corners, &corners)
                };
                match places.iter_mut().find(same) {
                    Some(place) => place.push(candidate),
                    None => places.push(vec![candidate]),
                }
            }
        }
        places.truncate(SECOND_TRIES_MAX);
        places
    }

    /// Micro QR is hardly protected against chance: such a text stays only when a scaled crop gives it too, away from any QR
    /// symbol.
    pub(crate) fn check_micro(&mut self, decoder: &dyn Decoder) {
        for corners in self.merge.micro() {
            self.by_crop(&corners, decoder);
        }
        let open = self.open.len();
        if !self.merge.micro().is_empty() {
            self.look(&evened(&self.view), decoder, Stage::Scaled, Transform::Evened);
        }
        if !self.merge.micro().is_empty() {
            self.look(&doubled(&self.view), decoder, Stage::Scaled, Transform::Scaled);
        }
        self.open.truncate(open);
        let located: Vec<Corners> = self.open.iter().filter(|at| at.version.is_some()).map(|at| at.corners).collect();
        self.merge.drop_doubtful_micro(&located);
    }

    /// The symbols, each text looked at once more through its modules.
    pub(crate) fn finish(mut self) -> Vec<Symbol> {
        let view = self.view;
        self.merge.confirm(|symbol| {
            let read = modules::read_again(&view, symbol);
            symbol.mode = symbol.mode.or(read.as_ref().and_then(|read| read.payload.mode));
            read.is_some()
        });
        self.merge.finish()
    }
}

/// A symbol whose modules were read. A text that is not plain ASCII comes from the decoder, which knows character sets,
/// reading a clean copy.
fn symbol(read: &ModuleRead, located: &Located, decoder: &dyn Decoder) -> Option<Symbol> {
    let bytes = &read.payload.bytes;
    let mut symbol = match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => Symbol::new(text.to_owned(), located.corners, Stage::Modules),
        _ => decoder.decode(&read.clean_copy()?.view()).symbols.pop()?,
    };
    if symbol.payload() != bytes {
        return None;
    }
    symbol.corners = located.corners;
    symbol.stage = Stage::Modules;
    symbol.version = located.version;
    symbol.ec_level = Some(read.level);
    symbol.mode = read.payload.mode;
    Some(symbol)
}
