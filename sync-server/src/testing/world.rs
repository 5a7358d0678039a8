//! The small trade with people, terminals and mismatches, and the web listener's routes to ask.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use shared::chain::PublicKey;
use shared::ids::{EpochId, EventRef, MemberId, TerminalId};
use shared::mismatch::{Kind, Mismatch, Scope, Severity, State, Subject};
use shared::time::{Clock, Timestamp};
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

use super::{NOW, Trade};
use crate::config::Config;
use crate::http::openapi::check::{Heard, hold};
use crate::http::rates::{Allowed, Rates};
use crate::http::state::{AppState, Stopping};
use crate::http::web::web_routes;
use crate::identity::Identity;
use crate::identity::authority::Authority;
use crate::ingest::Intake;
use crate::ingest::intake::Limits;
use crate::keys::ServerKeys;
use crate::people::session::{TOKEN_PREFIX, token_hash};
use crate::people::store::{self as people, Person, Token};
use crate::people::{Hall, Role};
use crate::store::reference::SharedReferences;
use crate::store::terminal::Terminal;
use crate::workflow::{Allowances, MismatchId};
use crate::{audit, store};

/// A clock that stands until it is moved.
pub(crate) struct Still(AtomicI64);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.0.load(Ordering::Relaxed))
    }
}

/// One person, with the text of a token.
#[derive(Clone, Debug)]
pub(crate) struct Someone {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) member: Option<MemberId>,
    pub(crate) bearer: String,
}

pub(crate) struct World {
    trade: Trade,
    pub(crate) state: AppState,
    pub(crate) people: Vec<Someone>,
    clock: Arc<Still>,
    routes: Router,
    _folder: TempDir,
}

/// The terminal of a member of the trade.
pub(crate) fn terminal_of(member: &str) -> TerminalId {
    let number = member.bytes().fold(0_u128, |number, byte| number * 256 + u128::from(byte));
    TerminalId::new(Uuid::from_u128(number))
}

/// A word that only who sees this member's own may read.
pub(crate) fn secret_of(member: &str) -> String {
    format!("SECRET-{member}-ONLY")
}

/// A confirmed hold about a subject, under a basis, from one event of a member's terminal.
pub(crate) fn mismatch(subject: &str, basis: &str, member: &str) -> Mismatch {
    let by = EventRef { terminal: terminal_of(member), epoch: EpochId::new(Uuid::from_u128(1)), seq: 1 };
    Mismatch {
        kind: Kind::MissingGoods,
        subject: Subject(subject.to_owned()),
        state: State::Confirmed,
        severity: Severity::Hold,
        scope: Scope::Basis(basis.into()),
        basis: Some(basis.into()),
        document: None,
        count: 1,
        codes: BTreeSet::new(),
        events: BTreeSet::from([by]),
        at: NOW,
        due: None,
    }
}

impl World {
    /// Nobody here yet but the trade.
    pub(crate) async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let trade = Trade::new().await;
        let config: Config = toml::from_str("revised_rules_from = 'never'").unwrap();
        let authority = Authority::open(folder.path(), &[], NOW).unwrap();
        let keys = Arc::new(ServerKeys::open(folder.path()).unwrap());
        let identity = Arc::new(Identity::new(authority, &keys, &config).unwrap());
        let clock = Arc::new(Still(AtomicI64::new(NOW.as_ms())));
        let (store, as_clock) = (trade.store.clone(), Arc::clone(&clock) as Arc<dyn Clock>);
        let limits = Limits { bytes_max: 1_000_000, backlog_max: 64 };
        let intake = Intake::start(store.clone(), Arc::clone(&keys), Arc::clone(&as_clock), limits);
        let state = AppState {
            store,
            references: SharedReferences::default(),
            keys,
            identity,
            intake,
            clock: as_clock,
            hall: Hall::new(false),
            rates: Rates::new(Allowed::default()),
            allowances: Allowances::default(),
            metrics: Arc::default(),
            stopping: Stopping::default(),
            link_host: config.link_host.as_str().into(),
        };
        let routes = web_routes(state.clone());
        Self { trade, state, people: Vec::new(), clock, routes, _folder: folder }
    }

    /// The same, where one may ask but so often.
    pub(crate) fn allowing(mut self, rates: Rates) -> Self {
        self.state.rates = rates;
        self.routes = web_routes(self.state.clone());
        self
    }

    /// With people of every role, and for each member and basis something to see.
    pub(crate) async fn peopled() -> Self {
        let mut world = Self::new().await;
        world.add("regulator", Role::Regulator, None).await;
        for member in ["M", "W", "R1", "R2"] {
            world.enrol(member).await;
            for role in [Role::Supervisor, Role::Clerk, Role::ReadOnly] {
                world.add(&format!("{}-{role}", secret_of(member).to_lowercase()), role, Some(member)).await;
            }
        }
        world.keep().await;
        let alone = mismatch(&secret_of("R2"), "X9", "R2");
        let judged = [mismatch("OF-C1", "C1", "M"), mismatch("OF-O1", "O1", "W"), mismatch("OF-O2", "O2", "W"), alone];
        world.judge(&judged).await;
        world
    }

    pub(crate) async fn add(&mut self, name: &str, role: Role, member: Option<&str>) -> Someone {
        let secret = shared::chain::sha256(&[name.as_bytes()]);
        let (name, member) = (name.to_owned(), member.map(MemberId::from));
        let mut tx = self.state.store.write().await.unwrap();
        let shown = name.clone();
        let person = Person {
            name: name.clone(),
            shown,
            role,
            member: member.clone(),
            password: None,
            made_at: NOW,
            disabled_at: None,
        };
        people::put(&mut tx, &person).await.unwrap();
        let expires_at = NOW.plus_ms(86_400_000_000);
        let token = Token { label: name.clone(), person: name.clone(), made_at: NOW, expires_at, revoked_at: None };
        people::put_token(&mut tx, token_hash(secret.as_bytes()), &token).await.unwrap();
        let acts = person.acts(crate::people::Means::Token, "test".into());
        audit::append(&mut tx, &acts, ("signed-in", &name, ""), NOW).await.unwrap();
        tx.commit().await.unwrap();
        let someone = Someone { name, role, member, bearer: format!("Bearer {TOKEN_PREFIX}{secret}") };
        self.people.push(someone.clone());
        someone
    }

    /// Each member keeps a site, an operator and, one of them, a quota.
    async fn keep(&self) {
        let (mut sites, mut staff) =
            (String::from("site,member,name,region\n"), String::from("operator,member,name,role\n"));
        for member in ["M", "W", "R1", "R2"] {
            let secret = secret_of(member);
            writeln!(sites, "{secret},{member},{secret},4401").unwrap();
            writeln!(staff, "{secret}-1,{member},{secret},clerk").unwrap();
        }
        let quota = "member,class,year,units\nR2,aerosol,2026,100\n";
        for (name, text) in [("sites.csv", &*sites), ("staff.csv", &*staff), ("quota.csv", quota)] {
            self.trade.import(name, text).await.unwrap();
        }
    }

    async fn enrol(&self, member: &str) {
        let terminal = Terminal {
            terminal: terminal_of(member),
            public_key: PublicKey::from_hex(&"ab".repeat(32)).unwrap(),
            member: member.into(),
            site: "S".into(),
            name: format!("{} terminal", secret_of(member)),
            revoked_at: None,
            reached_at: None,
        };
        let mut tx = self.state.store.write().await.unwrap();
        store::terminal::put(&mut tx, &terminal).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Stores what was judged now of the scopes of these mismatches.
    pub(crate) async fn judge(&self, judged: &[Mismatch]) {
        let scopes = judged.iter().map(|mismatch| mismatch.scope.clone()).collect();
        self.judge_scopes(&scopes, judged).await;
    }

    /// Stores what was judged now of some scopes.
    pub(crate) async fn judge_scopes(&self, scopes: &BTreeSet<Scope>, judged: &[Mismatch]) {
        let mut tx = self.state.store.write().await.unwrap();
        let position = store::next_position(&mut tx).await.unwrap();
        let judged = (store::verdict::JudgedBy::Rules, judged);
        store::verdict::replace(&mut tx, scopes, judged, self.clock.now(), position).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub(crate) fn someone(&self, role: Role, member: Option<&str>) -> Someone {
        let is = |one: &&Someone| one.role == role && one.member.as_ref().map(MemberId::as_str) == member;
        self.people.iter().find(is).unwrap().clone()
    }

    pub(crate) fn id(subject: &str, basis: &str) -> MismatchId {
        MismatchId::of(&mismatch(subject, basis, "M"))
    }

    pub(crate) fn pass_ms(&self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::Relaxed);
    }

    /// Opens a route that goes on answering.
    pub(crate) async fn open(&self, path: &str, headers: &[(&str, &str)]) -> Body {
        let mut request = Request::builder().uri(path).header(header::HOST, "console.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.routes.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        response.into_body()
    }

    /// Asks a route. Headers are pairs; the body is sent as it is. What is heard must be as it is described.
    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (StatusCode, HeaderMap, String) {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "console.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let (parts, answer) = self.routes.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = to_bytes(answer, 10_000_000).await.unwrap();
        let media = parts.headers.get(header::CONTENT_TYPE).map(|media| media.to_str().unwrap());
        let (status, sent) = (parts.status.as_u16(), body.as_bytes());
        hold(&Heard { method, target: path, sent, status, media, body: &bytes });
        (parts.status, parts.headers, String::from_utf8_lossy(&bytes).into_owned())
    }
}
