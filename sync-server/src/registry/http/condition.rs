//! `If-Match` and `If-None-Match`: nobody's change is lost because two edited at once.

use axum::http::{HeaderMap, header};
use sqlx::AnyConnection;

use crate::http::problem::Problem;
use crate::registry::set::Set;
use crate::told::Told;

/// On which state of a record a change is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// Nothing is said.
    None,
    /// Only if it is not there yet.
    Absent,
    /// Only if it is there, whatever it says.
    Present,
    /// Only if it has one of these tags.
    Tags(Vec<String>),
}

impl Condition {
    pub(super) fn read(headers: &HeaderMap) -> Result<Self, Problem> {
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default().trim());
        match (text(header::IF_MATCH), text(header::IF_NONE_MATCH)) {
            (None, None) => Ok(Self::None),
            (None, Some("*")) => Ok(Self::Absent),
            (Some("*"), None) => Ok(Self::Present),
            (Some(tags), None) => Ok(Self::Tags(tags.split(',').map(|tag| tag.trim().to_owned()).collect())),
            _ => Err(Problem::bad_request(Told::fixed(
                "say either `If-Match` with the ETag you saw, or `If-None-Match: *` for a record that is not there yet",
                "请用 If-Match 说明所依据的 ETag；尚未有的记录用 `If-None-Match: *`。",
            ))),
        }
    }

    pub(super) async fn check(
        &self,
        conn: &mut AnyConnection,
        set: Set,
        key: &str,
        is_there: bool,
    ) -> Result<(), Problem> {
        let now = if is_there { super::tag(conn, set, key).await? } else { "not there".to_owned() };
        match self {
            Self::None if is_there => Err(Problem::unconditional()),
            Self::Absent if is_there => Err(Problem::stale(&format!("there already, as {now}"))),
            Self::Present if !is_there => Err(Problem::stale(&now)),
            Self::Tags(tags) if !is_there || !tags.contains(&now) => Err(Problem::stale(&now)),
            _ => Ok(()),
        }
    }
}
