//! A small trade for tests: a maker, a wholesaler, two retailers, one product, one contract, one order each.

pub(crate) mod world;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use serde_json::Value;
use shared::code::check_digit;
use shared::reference::Level;
use shared::time::{Clock, Timestamp};
use tempfile::TempDir;
use uuid::Uuid;

use crate::config::Config;
use crate::http::openapi::check::{Heard, hold};
use crate::http::rates::{Allowed, Rates};
use crate::http::state::{AppState, Stopping};
use crate::identity::Identity;
use crate::identity::authority::Authority;
use crate::import::{ImportError, Report, import};
use crate::ingest::Intake;
use crate::ingest::intake::{BACKLOG_MAX, Limits};
use crate::keys::ServerKeys;
use crate::packs::issue::Application;
use crate::people::{Actor, Hall};
use crate::registry::http::Route;
use crate::store::Store;
use crate::store::reference::SharedReferences;
use crate::workflow::Allowances;

/// The time of everything.
pub(crate) const NOW: Timestamp = Timestamp::from_ms(1_772_000_000_000);

/// A clock that stands.
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// A store in a folder that goes when the test ends.
pub(crate) struct Trade {
    pub(crate) store: Store,
    folder: TempDir,
}

impl Trade {
    pub(crate) async fn empty() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(&folder.path().join("tallyman.sqlite"), Uuid::from_u128(7)).await.unwrap();
        Self { store, folder }
    }

    pub(crate) async fn new() -> Self {
        let trade = Self::empty().await;
        for (name, text) in files() {
            trade.import(name, &text).await.unwrap();
        }
        trade
    }

    /// What handlers share, over this store.
    pub(crate) fn state(&self) -> AppState {
        let config = format!("revised_rules_from = \"never\"\ndata = {:?}\n", self.folder.path());
        let config: Config = toml::from_str(&config).unwrap();
        let authority = Authority::open(&config.data, &config.certificate_names(), NOW).unwrap();
        let keys = ServerKeys::open(&config.data).unwrap();
        let identity = Arc::new(Identity::new(authority, &keys, &config).unwrap());
        let (keys, clock): (_, Arc<dyn Clock>) = (Arc::new(keys), Arc::new(Still));
        let limits = Limits { bytes_max: config.inbox_bytes_max, backlog_max: BACKLOG_MAX };
        let intake = Intake::start(self.store.clone(), Arc::clone(&keys), Arc::clone(&clock), limits);
        AppState {
            store: self.store.clone(),
            references: SharedReferences::default(),
            keys,
            identity,
            intake,
            clock,
            link_host: config.link_host.as_str().into(),
            hall: Hall::new(false),
            rates: Rates::new(Allowed::default()),
            allowances: Allowances::default(),
            metrics: Arc::default(),
            stopping: Stopping::default(),
        }
    }

    pub(crate) async fn import(&self, name: &str, text: &str) -> Result<Report, ImportError> {
        let path: PathBuf = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        import(&self.store, &[path], NOW).await
    }
}

/// Who acts in tests.
pub(crate) fn tester() -> Actor {
    Actor { name: "test".into(), ..Actor::shell() }
}

/// Addresses as they are served, with nobody before them who asks for a name.
pub(crate) fn router(routes: Vec<Route>) -> Router<AppState> {
    let router = routes.into_iter().fold(Router::new(), |router, (_, path, _, handler)| router.route(path, handler));
    router.layer(axum::Extension(tester()))
}

pub(crate) fn gtin(body: &str) -> String {
    format!("{body}{}", check_digit::compute(body))
}

fn files() -> [(&'static str, String); 4] {
    let (unit, case) = (gtin("0690123456789"), gtin("1690123456789"));
    [
        (
            "members.csv",
            "member,name,role\nM,Maker,maker\nW,Wholesaler,wholesaler\nR1,One,retailer\nR2,Two,retailer\n".into(),
        ),
        (
            "products.csv",
            format!("product,name,maker,registry,level,gtin,units\nPOD,Pod,M,complete,unit,{unit},1\nPOD,Pod,M,complete,case,{case},6\n"),
        ),
        (
            "bases.csv",
            "basis,kind,seller,buyer,product,units\nC1,contract,M,W,POD,18\nO1,order,W,R1,POD,6\nO2,order,W,R2,POD,6\n".into(),
        ),
        (
            "documents.csv",
            "document,basis,consignor,consignee,carrier,packing_level,product,units\nN1,C1,M,W,Carrier,case,POD,18\nD1,O1,W,R1,Carrier,unit,POD,6\nD2,O2,W,R2,Carrier,unit,POD,6\n".into(),
        ),
    ]
}

pub(crate) fn application(level: Level, count: u64) -> Application {
    Application {
        contract: "C1".into(),
        product: "POD".into(),
        level,
        count,
        pack: None,
        parent_pack: None,
        without_application: Some("test".into()),
        by: tester(),
    }
}

/// Asks the routes as a client does. What is heard must be as it is described.
pub(crate) async fn ask(
    routes: &Router,
    request: (&str, &str),
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, Option<String>, Value) {
    use tower_service::Service;
    let mut asked = Request::builder().method(request.0).uri(request.1);
    for (name, value) in headers {
        asked = asked.header(*name, *value);
    }
    let asked = asked.body(Body::from(body.to_owned())).unwrap();
    let answer = routes.clone().call(asked).await.unwrap();
    let tag = answer.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
    let status = answer.status().as_u16();
    let media = answer.headers().get("content-type").map(|media| media.to_str().unwrap().to_owned());
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 24).await.unwrap();
    let (method, target) = request;
    hold(&Heard { method, target, sent: body.as_bytes(), status, media: media.as_deref(), body: &bytes });
    (status, tag, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}
