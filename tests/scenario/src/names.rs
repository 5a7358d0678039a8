//! Short names and the whole records they stand for. `P1.7` is the seventh code of pack P1; a name that nothing declares is legal
//! and stands for something unknown.

use std::collections::BTreeMap;

use shared::chain::sha256;
use shared::code::{PackageCode, check_digit};
use shared::ids::{EpochId, TerminalId};
use shared::reference::{Level, PackLevel};
use uuid::Uuid;

/// Codes of one range are at most this many: a file is read by people.
const RANGE_MAX: u32 = 20_000;

/// A pack's product and level; none = a logistic unit (SSCC).
#[derive(Clone, Debug)]
pub struct PackName {
    /// The product's name.
    pub product: String,
    /// The level; none = logistic units.
    pub level: Option<Level>,
    /// How many codes.
    pub count: u32,
}

/// What the names of a file stand for.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Packaging levels of each product, in the order of the file.
    pub products: BTreeMap<String, Vec<PackLevel>>,
    first_product: Option<String>,
    /// Packs.
    pub packs: BTreeMap<String, PackName>,
    /// Terminals, and whose and where they are.
    pub terminals: BTreeMap<String, (String, String)>,
}

impl Names {
    /// Adds a product with units per package of each level.
    pub fn add_product(&mut self, name: &str, ratios: &[(Level, u32)]) {
        let number = self.products.len();
        let level =
            |(level, units): &(Level, u32)| PackLevel { level: *level, gtin: gtin(number, *level), units: *units };
        self.products.insert(name.to_owned(), ratios.iter().map(level).collect());
        self.first_product.get_or_insert_with(|| name.to_owned());
    }

    /// The code that a word like `P1.7` names.
    #[must_use]
    pub fn code(&self, word: &str) -> Option<PackageCode> {
        let (pack, number) = word.rsplit_once('.')?;
        let number: u32 = number.parse().ok()?;
        let ident = pack.starts_with(|c: char| c.is_ascii_alphabetic())
            && pack.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !ident || pack.len() > 10 {
            return None;
        }
        let known = self.packs.get(pack);
        let product = known.map_or(self.first_product.as_deref(), |pack| Some(pack.product.as_str()));
        let level = known.map_or(Some(Level::Unit), |pack| pack.level);
        let Some(level) = level else { return sscc(pack, number) };
        let levels = product.and_then(|product| self.products.get(product));
        let listed = levels.and_then(|levels| levels.iter().find(|listed| listed.level == level));
        let gtin = listed.map_or_else(|| gtin(999, level), |listed| listed.gtin.clone());
        PackageCode::item(&gtin, &format!("{}-{number}", pack.to_ascii_uppercase())).ok()
    }

    /// The code words that a word like `P1.1..60` stands for; itself where it is no range.
    pub fn range(word: &str) -> Result<Vec<String>, String> {
        let Some((from, to)) = word.split_once("..") else { return Ok(vec![word.to_owned()]) };
        let wrong = || format!("`{word}` is no range of codes: write it like P1.1..60");
        let (pack, first) = from.rsplit_once('.').ok_or_else(wrong)?;
        let first: u32 = first.parse().map_err(|_| wrong())?;
        let last: u32 = to.rsplit('.').next().unwrap_or(to).parse().map_err(|_| wrong())?;
        if last < first || last - first >= RANGE_MAX {
            return Err(wrong());
        }
        Ok((first..=last).map(|number| format!("{pack}.{number}")).collect())
    }

    /// What people call a subject: a code by its word, a terminal by its name, anything else as it is.
    #[must_use]
    pub fn call(&self, subject: &str) -> String {
        let terminal = self.terminals.keys().find(|name| terminal_id(name).to_string() == subject);
        if let Some(name) = terminal {
            return name.clone();
        }
        match subject.parse::<PackageCode>() {
            Ok(PackageCode::Item { serial, .. }) => match serial.rsplit_once('-') {
                Some((pack, number)) => format!("{}.{number}", self.pack_called(pack)),
                None => subject.to_owned(),
            },
            Ok(PackageCode::Logistic { sscc }) => self.logistic_called(&sscc).unwrap_or_else(|| subject.to_owned()),
            _ => subject.to_owned(),
        }
    }

    fn pack_called(&self, upper: &str) -> String {
        let known = self.packs.keys().find(|name| name.to_ascii_uppercase() == upper);
        known.cloned().unwrap_or_else(|| upper.to_owned())
    }

    fn logistic_called(&self, wanted: &str) -> Option<String> {
        let logistic = self.packs.iter().filter(|(_, pack)| pack.level.is_none());
        let words = logistic.flat_map(|(name, pack)| (1..=pack.count).map(move |number| format!("{name}.{number}")));
        words
            .into_iter()
            .find(|word| matches!(self.code(word), Some(PackageCode::Logistic { sscc }) if *sscc == *wanted))
    }
}

/// A terminal's identity: the same for the same name in every run.
#[must_use]
pub fn terminal_id(name: &str) -> TerminalId {
    TerminalId::new(uuid_of("terminal", name))
}

/// An epoch's identity.
#[must_use]
pub fn epoch_id(name: &str) -> EpochId {
    EpochId::new(uuid_of("epoch", name))
}

/// A UUID that follows from a word.
#[must_use]
pub fn uuid_of(kind: &str, name: &str) -> Uuid {
    let hash = sha256(&[kind.as_bytes(), b"/", name.as_bytes()]);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.as_bytes()[..16]);
    Uuid::from_bytes(bytes)
}

fn gtin(product: usize, level: Level) -> String {
    let indicator = match level {
        Level::Unit => 0,
        Level::Inner => 1,
        Level::Case => 2,
    };
    with_check_digit(&format!("{indicator}69012345{:04}", product % 10_000))
}

fn sscc(pack: &str, number: u32) -> Option<PackageCode> {
    let hash = sha256(&[b"sscc/", pack.as_bytes()]);
    let prefix = u32::from_be_bytes(hash.as_bytes()[..4].try_into().unwrap_or_default()) % 100_000;
    PackageCode::logistic(&with_check_digit(&format!("0690{prefix:05}{number:08}"))).ok()
}

fn with_check_digit(body: &str) -> String {
    let digit = check_digit::compute(body);
    format!("{body}{digit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stands_for_a_code_and_back() {
        let mut names = Names::default();
        names.add_product("POD", &[(Level::Unit, 1), (Level::Case, 60)]);
        let pack = |level| PackName { product: "POD".to_owned(), level, count: 9 };
        names.packs.insert("P1".to_owned(), pack(Some(Level::Unit)));
        names.packs.insert("S1".to_owned(), pack(None));
        for word in ["P1.7", "S1.2", "X9.1"] {
            let code = names.code(word).unwrap();
            assert_eq!(names.call(&code.to_string()), word);
        }
        assert_eq!(names.code("HELLO"), None);
        assert_eq!(Names::range("P1.9..11").unwrap(), ["P1.9", "P1.10", "P1.11"]);
        assert!(Names::range("P1.9..3").is_err());
    }
}
