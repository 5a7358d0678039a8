//! Every variant of every error that a screen shows: in the right language, as sentences, without jargon. The `match`es in `mod.rs` make
//! a new variant a compile error there; here each is looked at.

use std::io;

use shared::code::CodeError;
use shared::event::Stage;
use shared::wire::{Problem, ProblemCode};

use super::*;

fn read_error() -> io::Error {
    io::Error::other("disk on fire")
}

fn stores() -> Vec<StoreError> {
    let path = || "/p".to_owned();
    vec![
        StoreError::Foreign { path: path(), found: "a song" },
        StoreError::Newer(9),
        StoreError::Older(path()),
        StoreError::InUse(path()),
        StoreError::File { path: path(), source: read_error() },
        StoreError::Sql(rusqlite::Error::InvalidQuery),
        StoreError::Json(serde_json::from_str::<u8>("x").unwrap_err()),
        StoreError::Corrupt("head"),
        StoreError::NoFolder { path: path(), folder: path() },
        StoreError::ReadOnly { path: path(), folder: path(), source: read_error() },
        StoreError::Damaged { path: path(), what: "page 3".into() },
        StoreError::Full { recorded: Some(1_204) },
        StoreError::Full { recorded: None },
        StoreError::Sound(path()),
        StoreError::NothingReadable(path()),
        StoreError::Photo("no JPEG".into()),
        StoreError::Mark { path: path(), source: read_error() },
    ]
}

fn transports() -> Vec<TransportError> {
    let why = || "certificate verify failed".to_owned();
    vec![
        TransportError::Offline { server: why(), why: why() },
        TransportError::WrongServer { server: why(), why: why() },
        TransportError::Configuration(why()),
        TransportError::Busy { retry_after_ms: None },
        TransportError::Refused(Box::new(Problem { code: ProblemCode::EnrolmentCode, message: why(), head: None })),
        TransportError::Answer(why()),
    ]
}

fn goods() -> Vec<Pair> {
    let reports = [
        ReportError::Count(20_000),
        ReportError::OneOnly,
        ReportError::PackKind,
        ReportError::NotSetAside(7),
        ReportError::Store(StoreError::Corrupt("head")),
    ];
    let cases = [
        CaseError::NotACode(shared::code::parse("?").unwrap_err()),
        CaseError::NotACase,
        CaseError::AnotherDraft("HTTPS://ID.EXAMPLE.CN/01/16901234567899/21/2LM8".into()),
        CaseError::NoDraft,
        CaseError::Empty,
        CaseError::NotFull { children: 43, of: 50 },
        CaseError::Store(StoreError::Corrupt("head")),
    ];
    let openings = [
        OpeningError::NoBasis,
        OpeningError::NeedsDocument(Stage::Outbound),
        OpeningError::MakesNoNote(Stage::Inbound),
        OpeningError::NeedsReason,
        OpeningError::Store(StoreError::Corrupt("head")),
    ];
    let confirms = [
        ConfirmError::NotAReceipt,
        ConfirmError::ListUnknown,
        ConfirmError::NothingDue,
        ConfirmError::TooMany { product: "POD".into(), said: 9, due: 6 },
        ConfirmError::Report(ReportError::OneOnly),
        ConfirmError::Store(StoreError::Corrupt("head")),
    ];
    let reports = reports.iter().map(Fault::pair).chain(cases.iter().map(Fault::pair));
    reports.chain(openings.iter().map(Fault::pair)).chain(confirms.iter().map(Fault::pair)).collect()
}

fn files() -> Vec<Pair> {
    let carries = [
        CarryError::NoRecipient,
        CarryError::Store(StoreError::Corrupt("head")),
        CarryError::Seal("x".into()),
        CarryError::File { path: "/media/stick".into(), source: read_error() },
        CarryError::TooLong { path: "/media/stick".into() },
        CarryError::Full { used: 1, most: 1 },
        CarryError::Own,
    ];
    let bundles = [
        BundleError::Exists("help.tar.zst".into()),
        BundleError::File { path: "help.tar.zst".into(), source: read_error() },
    ];
    let papers = [PaperError::TooLong, PaperError::Kind, PaperError::Part("digest")];
    let invitations = [InvitationError::Form, InvitationError::Code];
    let places = [FileError::File { path: "/p".into(), source: read_error() }, FileError::Identity("/p".into())];
    let enrols = [
        EnrolError::Transport(TransportError::Busy { retry_after_ms: None }),
        EnrolError::OtherCa("x".into()),
        EnrolError::OtherApproval,
        EnrolError::Tls(rustls::Error::General("x".into())),
    ];
    let any = [
        of_any(&anyhow::anyhow!("x")),
        of_any(&CarryError::NoRecipient.into()),
        refused("bad-request"),
        refused("new"),
    ];
    let carries = carries.iter().map(Fault::pair).chain(bundles.iter().map(Fault::pair));
    let papers = papers.iter().map(Fault::pair).chain(invitations.iter().map(Fault::pair));
    let enrols = places.iter().map(Fault::pair).chain(enrols.iter().map(Fault::pair));
    carries.chain(papers).chain(enrols).chain(any).collect()
}

fn is_hanzi(letter: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&letter)
}

#[test]
fn every_error_of_a_screen_is_said_in_the_clerks_language() {
    let _: fn(CodeError) -> CaseError = CaseError::NotACode;
    let all = stores().iter().map(Fault::pair).chain(transports().iter().map(Fault::pair)).collect::<Vec<_>>();
    for (zh, en) in all.into_iter().chain(goods()).chain(files()) {
        assert!(zh.chars().filter(|letter| is_hanzi(*letter)).count() >= 8 && zh.ends_with('。'), "{zh}");
        assert!(zh.matches('。').count() >= 2, "what, why and what next are sentences: {zh}");
        let words = zh.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| word.len() > 3);
        let foreign: Vec<&str> = words.filter(|word| !["help", "media", "stick"].contains(word)).collect();
        assert!(foreign.is_empty(), "{foreign:?} in {zh}");
        assert!(!en.chars().any(is_hanzi) && en.ends_with('.') && en.matches(". ").count() >= 1, "{en}");
        for word in ["failed", "invalid", "sorry", "Please", "!"] {
            assert!(!en.contains(word), "`{word}` in {en}");
        }
        assert!(!zh.contains('请') && !zh.contains('!'), "{zh}");
    }
}
