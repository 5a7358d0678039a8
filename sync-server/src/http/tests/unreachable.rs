//! What programs and people hear while the database is away.

use axum::http::StatusCode;
use axum::response::IntoResponse;

use crate::http::problem::Problem;
use crate::import::ImportError;
use crate::packs::PackFileError;
use crate::people::Role;
use crate::store::StoreError;
use crate::testing::world::World;

#[tokio::test]
async fn a_database_that_is_away_is_answered_later_with_the_time_to_come_back() {
    let world = World::peopled().await;
    let regulator = world.someone(Role::Regulator, None);
    world.state.store.close().await;
    let bearer = ("authorization", regulator.bearer.as_str());
    for path in ["/api/v1/mismatches", "/api/v1/registry/members", "/api/v1/audit", "/", "/?lang=en"] {
        let (status, headers, told) = world.ask("GET", path, &[bearer], "").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {told}");
        assert_eq!(headers["retry-after"], "5", "{path}");
        assert!(told.contains("nothing was changed, try again in a while"), "{path}: {told}");
    }
}

#[test]
fn the_registry_says_later_and_what_nobody_mends_stays_a_failure() {
    let answers = [
        Problem::from(StoreError::Unreachable).into_response(),
        Problem::from(ImportError::Store(StoreError::Unreachable)).into_response(),
        Problem::from(ImportError::Pack(PackFileError::Store(StoreError::Unreachable))).into_response(),
    ];
    for answer in answers {
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()["retry-after"], "5");
    }
    let damaged = Problem::from(StoreError::Corrupt("a row")).into_response();
    assert_eq!(damaged.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!damaged.headers().contains_key("retry-after"));
}
