//! Labels to practise with. Their GTINs begin with 952, which GS1 keeps for demonstrations: no real package can carry one.

use shared::code::{PackageCode, check_digit, format_digital_link, parse};
use shared::reference::Level;

/// Digits after the level digit of every training GTIN: GS1's prefix for demonstrations.
const PREFIX: &str = "952";

const HOST: &str = "ID.EXAMPLE.CN";

/// The two products to practise with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goods {
    /// What the notes list.
    Listed,
    /// What they do not.
    Other,
}

/// What a label is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lesson {
    /// It is accepted; scanned a second time it is a duplicate.
    Accepted,
    /// It is wrong: a product that is not on the note.
    Wrong,
    /// It is blocked: from a pack that was reported stolen.
    Blocked,
}

impl Lesson {
    /// What a trainer says of it, in Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Accepted => ("通过；再扫一次为重复", "accepted; once more is a duplicate"),
            Self::Wrong => ("不符：不在单上的品规", "wrong: a product that is not on the note"),
            Self::Blocked => ("拦截：码包失窃", "blocked: from a stolen code pack"),
        }
    }
}

/// Cases on the practice note.
pub(super) const CASES: u32 = 4;

/// Units in a case.
pub(super) const UNITS: u32 = 10;

/// The GTIN of a case or a unit of one of the products.
pub(super) fn gtin(goods: Goods, level: Level) -> String {
    let indicator = u8::from(level != Level::Unit);
    let item = match goods {
        Goods::Listed => "000000001",
        Goods::Other => "000000002",
    };
    let body = format!("{indicator}{PREFIX}{item}");
    let digit = check_digit::compute(&body);
    format!("{body}{digit}")
}

/// The code of a practice case.
pub(super) fn code(goods: Goods, serial: &str) -> Option<PackageCode> {
    PackageCode::item(&gtin(goods, Level::Case), serial).ok()
}

/// The code of what is inside a practice case.
pub(super) fn unit(goods: Goods, serial: &str) -> Option<PackageCode> {
    PackageCode::item(&gtin(goods, Level::Unit), serial).ok()
}

/// The practice cases with their lessons and serials.
pub(super) fn cases() -> Vec<(Lesson, Goods, String)> {
    let good = (1..=CASES).map(|n| (Lesson::Accepted, Goods::Listed, format!("TRAIN{n}")));
    let bad = [
        (Lesson::Wrong, Goods::Other, "TRAINOTHER1".to_owned()),
        (Lesson::Blocked, Goods::Listed, "TRAINSTOLEN1".to_owned()),
    ];
    good.chain(bad).collect()
}

/// The texts of all practice labels, each with what it teaches: to print as QR, or to feed a scanner from.
#[must_use]
pub fn labels() -> Vec<(Lesson, String)> {
    let label = |(lesson, goods, serial): (Lesson, Goods, String)| {
        Some((lesson, format_digital_link(HOST, &code(goods, &serial)?)))
    };
    cases().into_iter().filter_map(label).collect()
}

/// Whether a text is a practice label's. Everything else is, or may be, a real package.
#[must_use]
pub fn is_training(text: &str) -> bool {
    let code = parse(text).ok();
    code.as_ref().and_then(PackageCode::gtin).is_some_and(|gtin| gtin.get(1..=PREFIX.len()) == Some(PREFIX))
}
