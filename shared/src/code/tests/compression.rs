use std::fmt::Write as _;

use proptest::prelude::*;

use super::super::check_digit::compute;
use super::super::*;

fn item(gtin: &str, serial: &str) -> PackageCode {
    PackageCode::item(gtin, serial).unwrap()
}

#[test]
fn links_of_gs1s_own_compressor() {
    // Written by the compressor of GS1's reference toolkit, sequences on and off, key compressed or not.
    let own = item("16901234567899", "7K3M9QX2T4WD");
    for path in [
        "DB6-QCpVttnZW5nqC-yfCwY",
        "AR6-QCpVtkLZ2VuZ6gvsnwsG",
        "01/16901234567899/IWzsrcz1BfZPhYM",
        "gtin/16901234567899/IWzsrcz1BfZPhYM",
        "some/path/DB6-QCpVttnZW5nqC-yfCwY?17=271231",
        // With (10) and (17), in the order of the toolkit.
        "Gh6-QCpVtspZyf3aEb-2dlbmeoL7J8LBg",
        "01/16901234567899/EGUs5P7sXQjfyFs7K3M9QX2T4WD",
        // With (11), (37) and (422); with (30) and (91); with (255), whose second part is empty; with (3103) and (240).
        "DB6-QCpVttnZW5nqC-yfCwYifxnG5DEIic",
        "DB6-QCpVttnZW5nqC-yfCwZgQyRgPwu8g",
        "DB6-QCpVttnZW5nqC-yfCwZKqlQ3MJPOA",
        "LR6-QCpVtgAXpC2dlbmeoL7J8LBkgQfhf5",
        // With k1=v1 and donor=bmgf, which are not GS1's.
        "DB6-QCpVttnZW5nqC-yfCwfgpNWCv18K7RPRWwjc0D4",
    ] {
        assert_eq!(parse(&format!("https://id.gs1.org/{path}")), Ok(own.clone()), "{path}");
    }
    for (path, code) in [
        ("DB6-QCpVthg5fTI0KA", item("16901234567899", "123456789012")),
        ("DB6-QCpVtk1WJZo", item("16901234567899", "ab12cd")),
        ("DB6-QCpVto1WJZo", item("16901234567899", "AB12CD")),
        ("DB6-QCpVtwsFfiSsQ", item("16901234567899", "A/b%1")),
        ("AQnYUc1gmiCNV4JGQhcNT6K6c", item("05412345000013", "72292641703")),
        ("AQnYUc1gmiCNV4JGQhcNT6K6cibQCWN9Pee9tT-PQ", item("05412345000013", "72292641703")),
        ("01/05412345000013/EEarwSMhC4an0V04", item("05412345000013", "72292641703")),
        ("01/5412345000013/IQuGp9FdO", item("05412345000013", "72292641703")),
        // From the .NET port: the toolkit itself rounds numbers of more than 15 digits.
        ("AN2yxDhfaiaw", PackageCode::logistic("998440410914660971").unwrap()),
    ] {
        assert_eq!(parse(&format!("https://id.gs1.org/{path}")), Ok(code), "{path}");
    }
}

#[test]
fn says_what_is_wrong() {
    use CompressionFault::{Alphabet, LeftOver, Reserved, Truncated, Value};
    let broken = |fault| Err(CodeError::Compression(fault));
    for (path, error) in [
        ("DB6-QCpVttnZW5nqC-yfC", broken(Truncated)),
        ("DB6-QCpVttnZW5nqC-yfCwZ", broken(LeftOver)),
        ("01/16901234567899/IWzsrcz1BfZPh*M", broken(Alphabet)),
        ("01/16901234567899/IWzsrcz1BfZ", broken(Truncated)),
        ("01/16901234567899/I_AA", broken(Reserved)),
        ("01/16901234567899/IR______", broken(Value)),
        ("01/16901234567899/DB6-QCpVttnZW5nqC-yfCwY", Err(CodeError::Repeated(Field::Gtin))),
        ("01/16901234567899/EEarwSM", Err(CodeError::Missing(Field::Serial))),
        ("AQnYUc1gmg", Err(CodeError::Missing(Field::Serial))),
        ("Gh6-QCpVtsICEbM2GeEk6HmHmaEjA", broken(CompressionFault::Ambiguous)),
        ("JTLIetaiHYA", Err(CodeError::NoPackage)),
        ("Contact", Err(CodeError::NoPackage)),
        ("a/very/ordinary/path", Err(CodeError::NoPackage)),
    ] {
        assert_eq!(parse(&format!("https://id.gs1.org/{path}")), error, "{path}");
    }
}

/// Writes bits as the standard asks: the other half of the reader, for tests only.
#[derive(Default)]
struct Writer(String);

impl Writer {
    fn number(&mut self, value: u128, bits: usize) {
        write!(self.0, "{value:0bits$b}").unwrap();
    }

    /// The value of (21), in the encoding asked for.
    fn serial(&mut self, serial: &str, encoding: u128) {
        self.number(encoding, 3);
        self.number(serial.len() as u128, 5);
        if encoding == 0 {
            // Just enough bits for the greatest number of so many digits.
            let greatest = 10_u128.pow(u32::try_from(serial.len()).unwrap()) - 1;
            self.number(serial.parse().unwrap(), usize::try_from(128 - greatest.leading_zeros()).unwrap());
        }
        for c in serial.chars().filter(|_| encoding != 0) {
            match encoding {
                1 | 2 => self.number(c.to_digit(16).unwrap().into(), 4),
                3 => self.number(ALPHABET.find(c).unwrap() as u128, 6),
                _ => self.number(c as u128, 7),
            }
        }
    }

    fn segment(mut self) -> String {
        while !self.0.len().is_multiple_of(6) {
            self.0.push('0');
        }
        let sextets = self.0.as_bytes().chunks(6).map(|bits| std::str::from_utf8(bits).unwrap());
        sextets.map(|bits| ALPHABET.as_bytes()[usize::from_str_radix(bits, 2).unwrap()] as char).collect()
    }
}

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn serial() -> impl Strategy<Value = (String, u128)> {
    prop_oneof![
        ("[0-9]{1,20}", Just(0)),
        ("[0-9a-f]{1,20}", Just(1)),
        ("[0-9A-F]{1,20}", Just(2)),
        ("[0-9A-Za-z_-]{1,20}", Just(3)),
        ("[A-Za-z0-9!%&'()*+,./:;<=>?_-]{1,20}", Just(4)),
    ]
}

proptest! {
    #[test]
    fn round_trips(body in "[0-9]{13}", (serial, encoding) in serial(), sequence in any::<bool>(), whole in any::<bool>()) {
        let gtin = format!("{body}{}", compute(&body));
        let mut bits = Writer::default();
        if whole {
            bits.number(if sequence { 0x0C } else { 0x01 }, 8);
            bits.number(gtin.parse().unwrap(), 47);
        }
        if !(whole && sequence) {
            bits.number(0x21, 8);
        }
        bits.serial(&serial, encoding);
        let key = if whole { String::new() } else { format!("01/{gtin}/") };
        let link = format!("https://id.gs1.org/{key}{}", bits.segment());
        prop_assert_eq!(parse(&link), Ok(item(&gtin, &serial)), "{}", link);
    }

    #[test]
    fn logistic_units_round_trip(body in "[0-9]{17}", count in 1_u128..1000, whole in any::<bool>()) {
        let sscc = format!("{body}{}", compute(&body));
        let mut bits = Writer::default();
        if whole {
            bits.number(0x00, 8);
            bits.number(sscc.parse().unwrap(), 60);
        }
        bits.number(0x37, 8);
        bits.number(3, 4);
        bits.number(count % 1000, 10);
        let key = if whole { String::new() } else { format!("00/{sscc}/") };
        let link = format!("https://id.gs1.org/{key}{}", bits.segment());
        prop_assert_eq!(parse(&link), PackageCode::logistic(&sscc), "{}", link);
    }

    #[test]
    fn both_orders_of_sequence_1a(serial in "[0-9A-HJKMNP-TV-Z]{12}", lot in "[0-9A-Z]{1,20}", day in 1_u128..=28, sorted in any::<bool>()) {
        let mut bits = Writer::default();
        bits.number(0x1A, 8);
        bits.number(16_901_234_567_899, 47);
        bits.serial(&lot, 3);
        if sorted {
            bits.number(271_200 + day, 20);
        }
        bits.serial(&serial, 3);
        if !sorted {
            bits.number(271_200 + day, 20);
        }
        let link = format!("https://id.gs1.org/{}", bits.segment());
        let expected = item("16901234567899", &serial);
        let read = parse(&link);
        let unsure = read == Err(CodeError::Compression(CompressionFault::Ambiguous));
        prop_assert!(unsure || read == Ok(expected), "{link} is {read:?}");
    }

    #[test]
    fn never_panics(path in "[A-Za-z0-9_-]{0,200}", key in "(01/16901234567899/)?") {
        let _ = parse(&format!("https://id.gs1.org/{key}{path}"));
        let _ = parse(&format!("https://id.gs1.org/{key}DB6-QCpV{path}"));
        let _ = parse(&format!("https://id.gs1.org/{key}Gh6-QCpV{path}"));
    }
}
