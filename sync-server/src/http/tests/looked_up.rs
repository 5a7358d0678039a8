//! One code, looked up by terminals of several members: how it stands is said to each, whose it is and where it was to who takes part.

use serde_json::Value;
use shared::chain::Hash;
use shared::code::{CodeKey, PackageCode, format_digital_link};
use shared::event::{Act, Capture, Movement, Report, ReportKind, Stage, VoidReason};
use shared::ids::{EpochId, EventRef};
use shared::reference::{Level, PackLoss};
use uuid::Uuid;

use super::{ask, batch_of, certify, enrol_for, key, terminal_id};
use crate::http::terminal_routes;
use crate::packs::acts::{Act as PackActs, act};
use crate::packs::issue::issue;
use crate::testing::world::World;
use crate::testing::{NOW, application, tester};

/// Terminals of the maker, the wholesaler, a retailer, and of a member that nobody trades with.
const TERMINALS: [(u8, &str); 4] = [(1, "M"), (2, "W"), (3, "R1"), (4, "X")];

struct Yard {
    world: World,
    shown: Vec<Hash>,
    codes: Vec<PackageCode>,
}

impl Yard {
    /// With a pack of three cases under C1.
    async fn new() -> Self {
        let world = World::new().await;
        let mut shown = Vec::new();
        for (n, member) in TERMINALS {
            enrol_for(&world, n, member).await;
            shown.push(certify(&world, n, n, 60_000).await);
        }
        let (_, records) = issue(&world.state.store, &application(Level::Case, 3), NOW.plus_ms(-5_000)).await.unwrap();
        let codes = records.into_iter().map(|record| record.code).collect();
        Self { world, shown, codes }
    }

    fn scan(&self, stage: Stage, n: usize) -> Act {
        let movement = Movement {
            task: "t".into(),
            basis: "C1".into(),
            document: "N1".into(),
            text: format_digital_link("ID.EXAMPLE.CN", &self.codes[n]),
            how: Capture::Camera,
            label: None,
            frame: None,
            reason: None,
        };
        Act::scan(stage, movement)
    }

    async fn push(&self, n: u8, acts: Vec<Act>) {
        let routes = terminal_routes(self.world.state.clone());
        let acts = [Act::EpochStarted { previous: None }].into_iter().chain(acts).collect();
        let heard = ask(&routes, "POST", "/v1/batches", None, batch_of(n, acts, &key(n))).await;
        assert_eq!(heard.status, 200, "{}", heard.said);
    }

    /// What the terminal of a member hears of a code.
    async fn hear(&self, member: &str, code: &PackageCode) -> Value {
        let place = TERMINALS.iter().position(|(_, of)| *of == member).unwrap();
        let routes = terminal_routes(self.world.state.clone());
        let path = format!("/v1/codes/{}", CodeKey::of(code).to_hex());
        let heard = ask(&routes, "GET", &path, Some(self.shown[place]), Vec::new()).await;
        assert_eq!(heard.status, 200, "{}", heard.said);
        heard.said
    }
}

fn stages(said: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let steps = said["trail"].as_array().cloned().unwrap_or_default();
    steps.iter().map(|step| (text(&step["member"]), text(&step["stage"]))).collect()
}

#[tokio::test]
async fn a_code_is_told_as_far_as_the_member_takes_part() {
    let yard = Yard::new().await;
    let case = &yard.codes[0];
    for (_, member) in TERMINALS {
        let said = yard.hear(member, case).await;
        assert_eq!(
            (&said["standing"], &said["product"]["level"]),
            (&"live".into(), &"case".into()),
            "{member}: {said}"
        );
        assert_eq!(said["product"]["units"], 6);
        assert_eq!(said["pack"].is_string(), ["M", "W"].contains(&member), "{member}: {said}");
        assert!(stages(&said).is_empty());
    }
    yard.push(1, vec![yard.scan(Stage::Outbound, 0)]).await;
    yard.push(2, vec![yard.scan(Stage::Inbound, 0)]).await;
    let step = |member: &str, stage: &str| (member.to_owned(), stage.to_owned());
    let (sent, arrived) = (step("M", "outbound"), step("W", "inbound"));
    assert_eq!(
        stages(&yard.hear("M", case).await),
        std::slice::from_ref(&sent),
        "the buyer's own movement is the buyer's"
    );
    assert_eq!(stages(&yard.hear("W", case).await), [sent, arrived], "what was sent to it, and its own");
    for stranger in ["R1", "X"] {
        let said = yard.hear(stranger, case).await;
        assert!(stages(&said).is_empty() && said["pack"].is_null() && said["mismatches"].is_null(), "{said}");
    }
}

#[tokio::test]
async fn what_was_taken_back_is_no_step() {
    let yard = Yard::new().await;
    let voids = EventRef { terminal: terminal_id(1), epoch: EpochId::new(Uuid::from_u128(9)), seq: 2 };
    yard.push(1, vec![yard.scan(Stage::Outbound, 0), Act::Void { voids, reason: VoidReason::IncorrectData }]).await;
    assert!(stages(&yard.hear("M", &yard.codes[0]).await).is_empty());
}

#[tokio::test]
async fn a_code_that_is_not_registered_says_so_and_shows_its_own_scans() {
    let mut yard = Yard::new().await;
    let strange = PackageCode::item(yard.codes[0].gtin().unwrap(), "NOBODYS").unwrap();
    assert_eq!(yard.hear("M", &strange).await["standing"], "unregistered");
    yard.codes.push(strange.clone());
    yard.push(1, vec![yard.scan(Stage::Outbound, 3)]).await;
    let own = yard.hear("M", &strange).await;
    assert_eq!(own["standing"], "unregistered");
    assert_eq!(own["product"]["product"], "POD", "by its GTIN");
    assert_eq!(stages(&own), [("M".to_owned(), "outbound".to_owned())]);
    assert_eq!(own["mismatches"][0]["mismatch"]["kind"], "unknown-code");
    let strangers = yard.hear("X", &strange).await;
    assert!(stages(&strangers).is_empty() && strangers["mismatches"].is_null(), "{strangers}");
}

#[tokio::test]
async fn a_lost_pack_freezes_what_was_not_in_use_and_a_report_ends_what_it_destroyed() {
    let yard = Yard::new().await;
    let text = format_digital_link("ID.EXAMPLE.CN", &yard.codes[1]);
    let report = Report {
        what: ReportKind::Destroyed,
        basis: "C1".into(),
        document: "N1".into(),
        text: Some(text),
        pack: None,
        photos: Vec::new(),
    };
    yard.push(1, vec![yard.scan(Stage::Outbound, 0), Act::Report(report)]).await;
    let pack = yard.hear("M", &yard.codes[0]).await["pack"].as_str().unwrap().into();
    let lost = PackActs::Lose(PackLoss::Stolen, NOW.plus_ms(1));
    yard.world.pass_ms(10);
    act(&yard.world.state.store, &pack, lost, (&tester(), "a van was broken into"), NOW.plus_ms(5)).await.unwrap();
    for (n, standing) in [(0, "live"), (1, "ended"), (2, "frozen")] {
        assert_eq!(yard.hear("X", &yard.codes[n]).await["standing"], standing, "{n}");
    }
}

#[tokio::test]
async fn what_is_no_key_is_refused_in_words() {
    let yard = Yard::new().await;
    let routes = terminal_routes(yard.world.state.clone());
    for path in ["/v1/codes/7", "/v1/codes/01%2F1690", "/v1/codes/zz"] {
        let heard = ask(&routes, "GET", path, Some(yard.shown[0]), Vec::new()).await;
        assert_eq!((heard.status, heard.code.as_str()), (400, "bad-request"), "{path}");
    }
}
