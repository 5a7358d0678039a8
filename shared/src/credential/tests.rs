//! Right PINs hold, nothing else does, and what a terminal keeps is worth nothing elsewhere.

use proptest::prelude::*;
use ring::signature::Ed25519KeyPair;

use super::*;

fn key(seed: u8) -> SealingKey {
    SealingKey::derive(&Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
}

fn verifier(pin: &str) -> PinVerifier {
    PinVerifier::of(&Pin::new(pin).unwrap(), PinCost::LEAST, [5; SALT_LEN])
}

#[test]
fn a_verifier_is_what_other_argon2_programs_write() {
    // `argon2.low_level.hash_secret(b"739164", b"\x05" * 16, 1, 8, 1, 32, Type.ID)` of Python's argon2-cffi 25.1.
    let theirs = "$argon2id$v=19$m=8,t=1,p=1$BQUFBQUFBQUFBQUFBQUFBQ$+7dvhBaltSsmo5smchrghIXk0dvpPWz3j84XRE3nidI";
    assert_eq!(verifier("739164").to_string(), theirs);
    assert_eq!(theirs.parse::<PinVerifier>().unwrap(), verifier("739164"));
}

#[test]
fn only_the_right_pin_holds_in_both_forms() {
    let key = key(1);
    for kept in [verifier("739164"), verifier("739164").sealed(&key)] {
        assert_eq!(kept.is_of(&Pin::new("739164").unwrap(), &key), Ok(true));
        assert_eq!(kept.is_of(&Pin::new("739165").unwrap(), &key), Ok(false));
    }
    let nobody = PinVerifier::of_nobody(&key, PinCost::LEAST);
    assert_eq!(nobody.is_of(&Pin::new("739164").unwrap(), &key), Ok(false));
}

#[test]
fn what_a_terminal_keeps_holds_nothing_that_the_server_has_and_nothing_for_another_terminal() {
    let open = verifier("739164");
    let sealed = open.clone().sealed(&key(1));
    let output = open.to_string().rsplit('$').next().unwrap().to_owned();
    assert!(!sealed.to_string().contains(&output));
    assert_eq!(sealed.is_of(&Pin::new("739164").unwrap(), &key(2)), Err(SealedElsewhere));
    let badge = BadgeMark::of("TALLYMAN-BADGE/00");
    assert_eq!(badge.sealed(&key(1)).is_of("TALLYMAN-BADGE/00", &key(2)), Err(SealedElsewhere));
    let hash = badge.to_string().split(':').nth(1).unwrap().to_owned();
    assert!(!badge.sealed(&key(1)).to_string().contains(&hash));
}

#[test]
fn a_badge_is_known_by_its_text() {
    let key = key(1);
    let text = badge_text([0xAB; 16]);
    assert_eq!(text, "TALLYMAN-BADGE/ABABABABABABABABABABABABABABABAB");
    let mark = BadgeMark::of(&text).sealed(&key);
    assert_eq!(mark.is_of(&format!(" {text}\n"), &key), Ok(true));
    assert_eq!(mark.is_of(&badge_text([0xAC; 16]), &key), Ok(false));
    assert_eq!(mark.to_string().parse::<BadgeMark>().unwrap(), mark);
}

#[test]
fn pins_have_a_form_and_the_first_guesses_are_not_chosen() {
    for wrong in ["", "12345", "1234567890123", "12345a", "12 456"] {
        assert!(Pin::new(wrong).is_err(), "{wrong}");
    }
    for guess in ["111111", "123456", "654321", "890123", "098765"] {
        assert_eq!(Pin::choose(guess), Err(PinFormError::Guessable), "{guess}");
    }
    assert!(Pin::choose("739164").is_ok());
    assert_eq!(format!("{:?}", Pin::new("739164").unwrap()), "Pin(hidden)");
    assert_eq!(format!("{:?}", verifier("739164")), "PinVerifier(hidden)");
}

#[test]
fn another_verifier_has_another_name_and_sealing_keeps_it() {
    let again = PinVerifier::of(&Pin::new("739164").unwrap(), PinCost::LEAST, [6; SALT_LEN]);
    assert_ne!(verifier("739164").name(), again.name());
    assert_eq!(again.clone().sealed(&key(1)).name(), again.name());
}

#[test]
fn texts_that_are_no_verifier_are_refused_and_costs_have_a_limit() {
    let right = verifier("739164").to_string();
    for (part, wrong) in [
        ("m=8", "m=4000000"),
        ("m=8", "m=7"),
        ("t=1", "t=0"),
        ("t=1", "t=17"),
        ("p=1", "p=2"),
        ("p=1", "p=1,x=1"),
        ("argon2id", "argon2i"),
        ("argon2id", "argon2id-sealed"),
        ("v=19", "v=16"),
        ("BQUF", "BQ"),
        ("$argon2id", "argon2id"),
    ] {
        assert!(right.contains(part), "{part}");
        assert!(right.replacen(part, wrong, 1).parse::<PinVerifier>().is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_and_what_is_read_is_written_the_same(text in ".{0,80}") {
        if let Ok(verifier) = text.parse::<PinVerifier>() {
            prop_assert_eq!(verifier.to_string(), text.clone());
        }
        if let Ok(badge) = text.parse::<BadgeMark>() {
            prop_assert_eq!(badge.to_string(), text.to_lowercase());
        }
    }

    #[test]
    fn every_pin_holds_for_itself_alone(pin in "[0-9]{6,12}", other in "[0-9]{6,12}") {
        let key = key(1);
        let kept = verifier(&pin).sealed(&key).to_string().parse::<PinVerifier>().unwrap();
        prop_assert_eq!(kept.is_of(&Pin::new(&other).unwrap(), &key), Ok(pin == other));
        prop_assert_eq!(kept.is_of(&Pin::new(&pin).unwrap(), &key), Ok(true));
    }
}
