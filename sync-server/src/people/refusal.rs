//! Refusals of the web listener, as a page reads them and as a program does.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::StoreError;

/// Why somebody is not let through. What lies outside a view is not there: nobody learns that it exists.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Nobody signed in, or the session has ended.
    #[error("nobody is signed in here, or the session has ended; sign in, or send a token as `Authorization: Bearer`")]
    SignIn,
    /// The token does not hold.
    #[error("the token is unknown, revoked or out of date; make another with `sync-server users token add`")]
    Token,
    /// The role does not allow it.
    #[error("your role does not allow this; ask a supervisor of your member")]
    Role,
    /// The mismatch is raised against the actor's own member.
    #[error(
        "this is raised against your member: the other party settles it, or the regulator. Write what you found as a comment and set it to waiting. 此不符针对本单位，由对方或监管解决；请写备注说明情况，并设为等待对方。"
    )]
    Against,
    /// The request came from elsewhere than the console's own pages.
    #[error(
        "this can be done from the console's own page only; open the page again. 只能在控制台页面内操作，请重新打开页面。"
    )]
    Foreign,
    /// Not there, or not in the view.
    #[error("there is nothing at this address that you may see; look at the list for what there is")]
    NotFound,
    /// What was sent cannot be used.
    #[error("{0}")]
    Bad(String),
    /// It was changed meanwhile, or is in a state that does not allow it.
    #[error("{0}")]
    Conflict(String),
    /// Nothing says which state of it was seen.
    #[error(
        "say with `If-Match` which state you decide on (its `ETag`, or `*` for whatever it is), so that nothing is decided on what has changed. 请用 If-Match 说明所依据的版本。"
    )]
    Unconditional,
    /// Too many tries.
    #[error("too many tries; wait {0} s and try again")]
    TooManyTries(u64),
    /// The database.
    #[error("{}", if .0.is_passing() { LATER } else { "the server could not do this now; nothing was changed, try again" })]
    Store(#[from] StoreError),
}

/// Seconds after which a server that is busy, or whose database takes nothing in, is asked again where nothing better is known.
pub const RETRY_AFTER_S: u64 = 5;

/// The same for programs and people, whatever they asked.
pub const LATER: &str = "the database does not take this in at the moment; nothing was changed, try again in a while. 数据库暂时无法处理，未作任何更改，稍后再试。";

/// What was refused, beside its answer: the console's own pages say it as a page.
#[derive(Clone, Debug)]
pub struct RefusedTo(pub String);

/// What a program is told that is refused. Terminals are told the same, with `head` beside it where their log must go on elsewhere.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Refused {
    /// Why, in one word that stays.
    pub code: &'static str,
    /// What, why, and what next, for people.
    pub message: String,
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Refusal {
    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::SignIn | Self::Token => StatusCode::UNAUTHORIZED,
            Self::Role | Self::Against | Self::Foreign => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Bad(_) => StatusCode::BAD_REQUEST,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Unconditional => StatusCode::PRECONDITION_REQUIRED,
            Self::TooManyTries(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(error) if error.is_passing() => StatusCode::SERVICE_UNAVAILABLE,
            Self::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Token => "token",
            Self::Role => "role",
            Self::Against => "against",
            Self::Foreign => "foreign",
            Self::NotFound => "not-found",
            Self::Bad(_) => "bad-request",
            Self::Conflict(_) => "conflict",
            Self::Unconditional => "precondition-required",
            Self::TooManyTries(_) => "too-many-tries",
            Self::Store(error) if error.is_passing() => "busy",
            Self::Store(_) => "internal",
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        if let Self::Store(error) = &self {
            tracing::error!(%error, "a request of the console failed on the database");
        }
        let body = Json(Refused { code: self.code(), message: self.to_string() });
        let told = Extension(RefusedTo(self.to_string()));
        let mut response = (self.status(), [(header::CACHE_CONTROL, "no-store")], told, body).into_response();
        match self {
            Self::TooManyTries(seconds) => {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            Self::Store(error) if error.is_passing() => {
                response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_S.into());
            }
            Self::SignIn | Self::Token => {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response
    }
}
