use shared::event::{Close, ReturnReason};
use shared::ids::DocumentId;

use super::*;
use crate::session::Closing;
use crate::session::note::{is_own_number, own_number};
use crate::session::opening::OpeningError;

fn try_begin(yard: &Yard, opening: &Opening) -> Result<Session, OpeningError> {
    Session::begin(yard.store(), yard.device(), yard.identity(), opening)
}

#[test]
fn a_reserved_number_goes_on_until_its_final_close_and_never_comes_back() {
    let yard = Yard::new("M", usual());
    let number = |session: &Session| session.task().document.as_str().to_owned();
    let session = yard.begin(Stage::Outbound, "C1", Papers::Reserved);
    assert_eq!(number(&session), "S-00000000-1");
    drop(session);
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Reserved);
    assert!(session.resumed);
    assert_eq!(number(&session), "S-00000000-1");
    session.conclude(&Closing { close: Close::Partial, carrier: None }).unwrap();
    drop(session);
    let mut session = yard.begin(Stage::Outbound, "C1", Papers::Reserved);
    assert_eq!(number(&session), "S-00000000-1", "closed in part, the same note goes on");
    session.conclude(&Closing { close: Close::Final, carrier: None }).unwrap();
    drop(session);
    assert_eq!(number(&yard.begin(Stage::Outbound, "C1", Papers::Reserved)), "S-00000000-2");
    assert_eq!(number(&yard.begin(Stage::Outbound, "C9", Papers::Reserved)), "S-00000000-3", "an unknown basis too");
    let events = yard.store().events().unwrap();
    let opened = of_kind(&events, "task_opened");
    assert!(opened.iter().all(|act| matches!(act, Act::TaskOpened { reserved: true, .. })));
}

#[test]
fn a_later_life_of_the_log_counts_in_numbers_of_its_own() {
    let terminal = TerminalId::new(Uuid::from_u128(0xabcd_1234_u128 << 96));
    let epoch = EpochId::new(Uuid::from_u128(0x9f3e_u128 << 112));
    let first = own_number(&"hub".into(), terminal, None, 17);
    let later = own_number(&"hub".into(), terminal, Some(epoch), 17);
    assert_eq!((first.as_str(), later.as_str()), ("hub-ABCD1234-17", "hub-ABCD1234-9F3E.17"));
    for own in [&first, &later] {
        assert!(is_own_number(&"hub".into(), terminal, own));
    }
    for foreign in ["hub-ABCD1234-", "hub-ABCD1234-X1", "hub-ABCD1235-17", "FH-2031", "none"] {
        assert!(!is_own_number(&"hub".into(), terminal, &DocumentId::from(foreign)), "{foreign}");
    }
}

#[test]
fn all_eight_stages_open_and_what_a_stage_lacks_is_said() {
    let yard = Yard::new("M", usual());
    for stage in Stage::EVERY {
        let reason = stage.returns().then_some(ReturnReason::Quality);
        let opening = Opening { stage, basis: "X".into(), papers: Papers::Named("N".into()), reason };
        let mut session = try_begin(&yard, &opening).unwrap();
        scan(&mut session, &case(1));
        let events = events(session);
        let (of, movement) = events.iter().rev().find_map(|event| event.act.movement()).unwrap();
        assert_eq!((of, movement.reason), (stage, reason));
    }
    let bare = |stage, papers| Opening { stage, basis: "C1".into(), papers, reason: None };
    for stage in [Stage::Sort, Stage::Inbound, Stage::Receipt] {
        assert!(try_begin(&yard, &bare(stage, Papers::Without)).is_ok());
    }
    let refused = |opening: &Opening| try_begin(&yard, opening).err().unwrap().to_string();
    assert!(refused(&bare(Stage::Outbound, Papers::Without)).contains("scan the document's QR code"));
    assert!(refused(&bare(Stage::Inbound, Papers::Reserved)).contains("where goods leave"));
    assert!(refused(&bare(Stage::ReturnOut, Papers::Named("N8".into()))).contains("needs its reason"));
    let no_basis = Opening { basis: " ".into(), ..bare(Stage::Sort, Papers::Without) };
    assert!(refused(&no_basis).contains("no contract or order"));
}

#[test]
fn a_return_keeps_its_reason_over_a_restart() {
    let yard = Yard::new("M", usual());
    let reason = Some(ReturnReason::Undeliverable);
    let opening = Opening { stage: Stage::ReturnOut, basis: "C1".into(), papers: Papers::Named("N1".into()), reason };
    drop(try_begin(&yard, &opening).unwrap());
    let session = try_begin(&yard, &Opening { reason: None, ..opening }).unwrap();
    assert_eq!(session.return_reason(), reason);
}
