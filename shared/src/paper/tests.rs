use proptest::prelude::*;
use ring::signature::{Ed25519KeyPair, KeyPair};
use uuid::Uuid;

use super::*;
use crate::chain::sha256;

fn paper() -> GatePaper {
    GatePaper {
        document: "FH-2031".into(),
        basis: "c1/粤".into(),
        stage: Stage::TransferOut,
        packages: 40,
        units: 2_000,
        digest: sha256(&[b"codes"]),
        at: Timestamp::from_ms(1_772_409_600_000),
        position: Some(7),
        data_as_of: Some(Timestamp::from_ms(1_772_409_000_000)),
        terminal: TerminalId::new(Uuid::from_u128(1)),
        signature: None,
    }
}

fn is_alphanumeric(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || b" $%*+-./:".contains(&byte))
}

#[test]
fn a_document_is_read_back() {
    let said = DocumentPaper { document: "FH-2031".into(), basis: Some("C1".into()), units: Some(2_000), digest: None };
    assert_eq!(said.to_string(), "TALLYMAN:DOC/FH-2031/BASIS/C1/UNITS/2000");
    assert_eq!(Paper::read(&said.to_string()), Some(Ok(Paper::Document(said))));
    let alone = DocumentPaper { document: DocumentId::none(), basis: Some("C1".into()), units: None, digest: None };
    assert_eq!(alone.to_string(), "TALLYMAN:DOC//BASIS/C1");
    assert_eq!(Paper::read(&alone.to_string()), Some(Ok(Paper::Document(alone))));
}

#[test]
fn keys_of_later_versions_are_passed_over() {
    let read = Paper::read("TALLYMAN:DOC/N1/COLOUR/RED/BASIS/C1");
    let Some(Ok(Paper::Document(read))) = read else { panic!("{read:?}") };
    assert_eq!((read.document.as_str(), read.basis), ("N1", Some("C1".into())));
}

#[test]
fn a_gate_is_signed_by_its_terminal_and_any_change_shows() {
    let key = |seed: u8| Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
    let public = |key: &Ed25519KeyPair| {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(key.public_key().as_ref());
        PublicKey::new(bytes)
    };
    let signed = paper().signed(&key(1));
    let text = signed.to_string();
    assert!(is_alphanumeric(&text) && text.len() <= PAPER_LEN_MAX, "{text}");
    let Some(Ok(Paper::Gate(read))) = Paper::read(&text) else { panic!("{text}") };
    assert_eq!(*read, signed);
    assert!(read.verifies(&public(&key(1))));
    assert!(!read.verifies(&public(&key(2))));
    let forged = GatePaper { units: 2_001, ..*read };
    assert!(!forged.verifies(&public(&key(1))));
    assert!(!paper().verifies(&public(&key(1))), "unsigned");
}

#[test]
fn what_is_no_paper_says_why() {
    assert_eq!(Paper::read("HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/7K3M"), None);
    let why = |text: &str| Paper::read(text).unwrap().unwrap_err();
    assert_eq!(why("TALLYMAN:"), PaperError::Kind);
    assert_eq!(why("TALLYMAN:CAT/TOM"), PaperError::Kind);
    assert_eq!(why("TALLYMAN:BADGE/"), PaperError::Kind);
    assert_eq!(why("TALLYMAN:DOC/"), PaperError::Part("number"));
    assert_eq!(why("TALLYMAN:DOC/N1/UNITS/MANY"), PaperError::Part("quantity"));
    assert_eq!(why("TALLYMAN:DOC/N1/UNITS"), PaperError::Part("text"));
    assert_eq!(why("TALLYMAN:DOC/%0A"), PaperError::Part("text"));
    assert_eq!(why(&format!("TALLYMAN:DOC/{}", "A".repeat(2_000))), PaperError::TooLong);
}

proptest! {
    #[test]
    fn any_number_is_read_back(document in "[^\\p{Cc}]{1,20}", basis in "[^\\p{Cc}]{1,20}", units: u64) {
        prop_assume!(document != "none");
        let said = DocumentPaper {
            document: document.as_str().into(),
            basis: Some(basis.as_str().into()),
            units: Some(units),
            digest: Some(sha256(&[b"x"])),
        };
        let text = said.to_string();
        prop_assert!(is_alphanumeric(&text));
        if text.len() <= PAPER_LEN_MAX {
            prop_assert_eq!(Paper::read(&text), Some(Ok(Paper::Document(said))));
        }
    }

    #[test]
    fn no_text_breaks_the_reader(text in "TALLYMAN:(DOC|GATE|BADGE|X)/.{0,60}") {
        prop_assert!(Paper::read(&text).is_some());
    }
}
