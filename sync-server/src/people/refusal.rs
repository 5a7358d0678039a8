//! Refusals of the web listener: what was refused, as a page says it and as a program hears it (`http::problem`).

use axum::http::StatusCode;

use crate::store::StoreError;
use crate::told::Told;

/// Seconds after which a server that is busy, or whose database takes nothing in, is asked again where nothing better is known.
pub const RETRY_AFTER_S: u64 = 5;

/// The same for programs and people, whatever they asked.
pub const LATER: Told = Told::fixed(
    "the database does not take this in at the moment; nothing was changed, try again in a while",
    "数据库暂时无法处理，未作任何更改，稍后再试。",
);

/// The server could not, and nobody who asks can mend it.
pub const NOTHING_CHANGED: Told = Told::fixed(
    "the server could not do this now; nothing was changed, try again",
    "服务器暂时无法处理，没有改动，请再试。",
);

const SIGN_IN: Told = Told::fixed(
    "nobody is signed in here, or the session has ended; sign in, or send a token as `Authorization: Bearer`",
    "尚未登录，或登录已过期。请登录；程序请用 `Authorization: Bearer` 发送令牌。",
);

const TOKEN: Told = Told::fixed(
    "the token is unknown, revoked or out of date; make another with `sync-server users token add`",
    "令牌不存在、已吊销或已过期；请用 `sync-server users token add` 另建一个。",
);

const ROLE: Told = Told::fixed(
    "your role does not allow this; ask a supervisor of your member",
    "您的角色不允许这样做；请找本单位主管。",
);

const AGAINST: Told = Told::fixed(
    "this is raised against your member: the other party settles it, or the regulator. Write what you found as a comment and set it to waiting",
    "此不符针对本单位，由对方或监管解决；请写备注说明情况，并设为等待对方。",
);

const FOREIGN: Told = Told::fixed(
    "this can be done from the console's own page only; open the page again",
    "只能在控制台页面内操作，请重新打开页面。",
);

const NOT_FOUND: Told = Told::fixed(
    "there is nothing at this address that you may see; look at the list for what there is",
    "此处没有您能看到的内容；请看列表。",
);

const UNCONDITIONAL: Told = Told::fixed(
    "say with `If-Match` which state you decide on (its `ETag`, or `*` for whatever it is), so that nothing is decided on what has changed",
    "请用 If-Match 说明所依据的版本（其 ETag，或 * 表示不论版本），以免据旧内容作决定。",
);

/// Why somebody is not let through. What lies outside a view is not there: nobody learns that it exists.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Nobody signed in, or the session has ended.
    #[error("{}", SIGN_IN)]
    SignIn,
    /// The token does not hold.
    #[error("{}", TOKEN)]
    Token,
    /// The role does not allow it.
    #[error("{}", ROLE)]
    Role,
    /// The mismatch is raised against the actor's own member.
    #[error("{}", AGAINST)]
    Against,
    /// The request came from elsewhere than the console's own pages.
    #[error("{}", FOREIGN)]
    Foreign,
    /// Not there, or not in the view.
    #[error("{}", NOT_FOUND)]
    NotFound,
    /// What was sent cannot be used.
    #[error("{0}")]
    Bad(Told),
    /// What was sent is too long.
    #[error("{0}")]
    TooLarge(Told),
    /// It is in a state that does not allow it.
    #[error("{0}")]
    Conflict(Told),
    /// It is not any more what was seen.
    #[error("{0}")]
    Stale(Told),
    /// Nothing says which state of it was seen.
    #[error("{}", UNCONDITIONAL)]
    Unconditional,
    /// Too many tries.
    #[error("{}", wait(*.0))]
    TooManyTries(u64),
    /// More requests than are allowed.
    #[error("{}", too_often(*.0))]
    TooOften(u64),
    /// The database.
    #[error("{}", of_store(.0))]
    Store(#[from] StoreError),
}

fn wait(seconds: u64) -> Told {
    Told::new(
        format!("too many tries; wait {seconds} s and try again"),
        format!("尝试次数过多，请等 {seconds} 秒再试。"),
    )
}

fn too_often(seconds: u64) -> Told {
    Told::new(
        format!("more requests than the server allows; nothing was changed. Wait {seconds} s and go on"),
        format!("请求次数超过服务器允许的限度，没有改动。请等 {seconds} 秒再继续。"),
    )
}

fn of_store(error: &StoreError) -> Told {
    if error.is_passing() { LATER } else { NOTHING_CHANGED }
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
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Stale(_) => StatusCode::PRECONDITION_FAILED,
            Self::Unconditional => StatusCode::PRECONDITION_REQUIRED,
            Self::TooManyTries(_) | Self::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Store(error) if error.is_passing() => StatusCode::SERVICE_UNAVAILABLE,
            Self::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Which kind, in a word that stays.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Token => "token",
            Self::Role => "role",
            Self::Against => "against",
            Self::Foreign => "foreign",
            Self::NotFound => "not-found",
            Self::Bad(_) => "bad-request",
            Self::TooLarge(_) => "too-large",
            Self::Conflict(_) => "conflict",
            Self::Stale(_) => "stale",
            Self::Unconditional => "precondition-required",
            Self::TooManyTries(_) => "too-many-tries",
            Self::TooOften(_) => "too-many-requests",
            Self::Store(error) if error.is_passing() => "busy",
            Self::Store(_) => "internal",
        }
    }

    /// What, why, and what next, in both languages.
    #[must_use]
    pub fn told(&self) -> Told {
        match self {
            Self::SignIn => SIGN_IN,
            Self::Token => TOKEN,
            Self::Role => ROLE,
            Self::Against => AGAINST,
            Self::Foreign => FOREIGN,
            Self::NotFound => NOT_FOUND,
            Self::Bad(told) | Self::TooLarge(told) | Self::Conflict(told) | Self::Stale(told) => told.clone(),
            Self::Unconditional => UNCONDITIONAL,
            Self::TooManyTries(seconds) => wait(*seconds),
            Self::TooOften(seconds) => too_often(*seconds),
            Self::Store(error) => of_store(error),
        }
    }
}
