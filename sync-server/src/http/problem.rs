//! Refusals of the web API as `application/problem+json` (RFC 9457), in the reader's language, with every faulty field at once. Whatever
//! a handler, the guard or the router refuses has this form (`one_form`).

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;

use crate::export::ExportError;
use crate::import::{ImportError, Report};
use crate::packs::PackFileError;
use crate::people::Refusal;
use crate::people::refusal::{LATER, NOTHING_CHANGED, RETRY_AFTER_S};
use crate::registry::{EditError, Fault};
use crate::store::StoreError;
use crate::told::{Lang, Told};

/// A kind of refusal for people, in English and Chinese.
pub type Title = &'static (&'static str, &'static str);

/// A refusal.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Which kind, for programs: what follows `urn:tallyman:problem:`.
    kind: &'static str,
    /// The kind, for people.
    title: Title,
    status: StatusCode,
    /// What is wrong here, and what to do.
    detail: Told,
    errors: Vec<Fault>,
    /// What an import found.
    report: Option<Box<Report>>,
    /// Seconds to wait, where waiting helps.
    retry_after: Option<u32>,
}

/// As it is written.
#[derive(Serialize)]
struct Written<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [Fault],
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a Report>,
}

impl Problem {
    /// A refusal of a kind.
    #[must_use]
    pub const fn new(status: StatusCode, kind: &'static str, title: Title, detail: Told) -> Self {
        Self { kind, title, status, detail, errors: Vec::new(), report: None, retry_after: None }
    }

    /// Fields are faulty.
    #[must_use]
    pub fn faults(errors: Vec<Fault>) -> Self {
        let title: Title = &("The record cannot be taken", "这条记录不能接收");
        let detail = Told::fixed(
            "nothing was stored; mend the fields that `errors` names and send it again",
            "没有保存；请改正 `errors` 中指出的各项后再发。",
        );
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", title, detail) }
    }

    /// There is no such thing.
    #[must_use]
    pub fn missing(detail: Told) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", &("There is no such record", "没有这条记录"), detail)
    }

    /// The question cannot be read.
    #[must_use]
    pub fn bad_request(detail: Told) -> Self {
        let title: Title = &("The request cannot be read", "无法读懂这个请求");
        Self::new(StatusCode::BAD_REQUEST, "bad-request", title, detail)
    }

    /// The record is another one than the asker saw.
    #[must_use]
    pub fn stale(now: &str) -> Self {
        Self::changed(Told::new(
            format!(
                "the record was changed by somebody else: it is {now} now. Get it again, look at the difference, and send your change with that tag"
            ),
            format!("记录已被他人改动，现为 {now}。请重新读取，看清差别后，用新的标签再发。"),
        ))
    }

    fn changed(detail: Told) -> Self {
        let title: Title = &("It was changed meanwhile", "内容已有变化");
        Self::new(StatusCode::PRECONDITION_FAILED, "stale", title, detail)
    }

    /// Nothing says which version is meant.
    #[must_use]
    pub fn unconditional() -> Self {
        let detail = Told::fixed(
            "the record is there already: say with `If-Match` which version you saw (its ETag), so that nobody's change is lost",
            "记录已经存在：请用 If-Match 说明所依据的版本（其 ETag），以免覆盖他人的改动。",
        );
        Self::without_version(detail)
    }

    fn without_version(detail: Told) -> Self {
        let title: Title = &("`If-Match` is missing", "缺少 If-Match");
        Self::new(StatusCode::PRECONDITION_REQUIRED, "precondition-required", title, detail)
    }

    /// What the router or a reader of bodies and addresses refused, of which there is but a status and a text.
    #[must_use]
    pub fn plain(status: StatusCode, text: &str) -> Self {
        let (kind, title): (_, Title) = match status {
            StatusCode::NOT_FOUND => ("not-found", &("There is nothing here", "此处没有内容")),
            StatusCode::METHOD_NOT_ALLOWED => ("method", &("The method is not taken here", "此处不接受这种方法")),
            StatusCode::PAYLOAD_TOO_LARGE => ("too-large", &("The body is too long", "内容过长")),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ("media-type", &("The type is not taken", "不接受这种类型")),
            StatusCode::UNPROCESSABLE_ENTITY => ("invalid", &("This cannot be done", "不能这样处理")),
            status if status.is_server_error() => ("internal", &("The server failed", "服务器出错")),
            _ => ("bad-request", &("The request cannot be read", "无法读懂这个请求")),
        };
        let detail = match status {
            StatusCode::METHOD_NOT_ALLOWED => Told::fixed(
                "this address takes other methods: the header `Allow` names them",
                "此地址只接受 Allow 头所列的方法。",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => Told::fixed(
                "the body is longer than this address takes; nothing was changed. Split it, or import it on the server with `sync-server`",
                "内容超过此处的上限，没有改动。请拆分后再发，或在服务器上用 `sync-server` 导入。",
            ),
            status if status.is_server_error() => NOTHING_CHANGED,
            _ if text.is_empty() => Told::new(
                format!("{}; look at `/api/v1/openapi.json`", title.0),
                format!("{}。请看 `/api/v1/openapi.json`。", title.1),
            ),
            _ => Told::quoted(text, title.1),
        };
        Self::new(status, kind, title, detail)
    }

    /// What is wrong here, and what to do.
    #[must_use]
    pub const fn detail(&self) -> &Told {
        &self.detail
    }

    /// The answer in a language.
    #[must_use]
    pub fn answer(self, lang: Lang) -> Response {
        let written = Written {
            r#type: format!("urn:tallyman:problem:{}", self.kind),
            title: lang.pick(self.title.1, self.title.0),
            status: self.status.as_u16(),
            detail: self.detail.of(lang),
            errors: &self.errors,
            report: self.report.as_deref(),
        };
        let media: (HeaderName, &str) = (header::CONTENT_TYPE, "application/problem+json");
        let language = (header::CONTENT_LANGUAGE, lang.as_str());
        let mut response = (self.status, [media, language], Json(written)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(self.retry_after.map(|seconds| (header::RETRY_AFTER, seconds.into())));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        (Extension(self), response).into_response()
    }

    fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "a request of the web API failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", &("The server failed", "服务器出错"), NOTHING_CHANGED)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if !error.is_passing() {
            return Self::internal(&error);
        }
        tracing::error!(%error, "a request failed on the database");
        let title: Title = &("The database takes nothing in", "数据库暂不接收");
        let busy = Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", title, LATER);
        Self { retry_after: u32::try_from(RETRY_AFTER_S).ok(), ..busy }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (status, kind, detail) = (refusal.status(), refusal.kind(), refusal.told());
        let title: Title = match refusal {
            Refusal::Store(error) => return error.into(),
            Refusal::Bad(_) => return Self::bad_request(detail),
            Refusal::Stale(_) => return Self::changed(detail),
            Refusal::Unconditional => return Self::without_version(detail),
            Refusal::TooLarge(_) => &("The body is too long", "内容过长"),
            Refusal::SignIn => &("Nobody is signed in", "尚未登录"),
            Refusal::Token => &("The token does not hold", "令牌无效"),
            Refusal::Role | Refusal::Against => &("This is not yours to do", "您不能这样处理"),
            Refusal::Foreign => &("This came from elsewhere", "请求来自别处"),
            Refusal::NotFound => &("There is nothing here", "此处没有内容"),
            Refusal::Conflict(_) => &("Its state does not allow this", "现在的状态不能这样处理"),
            Refusal::TooManyTries(seconds) | Refusal::TooOften(seconds) => {
                let title: Title = &("Too much at once", "次数过多");
                return Self {
                    retry_after: Some(u32::try_from(seconds).unwrap_or(u32::MAX)),
                    ..Self::new(status, kind, title, detail)
                };
            }
        };
        Self::new(status, kind, title, detail)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::TooLong => Self::bad_request(Told::quoted(&error.to_string(), "导出的内容太长，请缩小范围")),
            other => Self::internal(&other),
        }
    }
}

impl From<EditError> for Problem {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Faults(faults) => Self::faults(faults),
            EditError::Missing { set, ref key } => {
                Self::missing(Told::new(error.to_string(), format!("没有{} `{key}`。", set.zh())))
            }
            EditError::Foreign { .. } => {
                let title: Title = &("This is not yours to change", "您不能改这条记录");
                let detail = Told::quoted(&error.to_string(), "这条记录不归本单位改动");
                Self::new(StatusCode::FORBIDDEN, "role", title, detail)
            }
            EditError::Store(error) => error.into(),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        let status = match error {
            ImportError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            ImportError::Store(error) | ImportError::Pack(PackFileError::Store(error)) => return error.into(),
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let title: Title = &("The file was not imported", "文件没有导入");
        let problem = Self::new(status, "import", title, Told::quoted(&error.to_string(), "文件没有导入"));
        match error {
            ImportError::Faults(report) => Self { report: Some(Box::new(report)), ..problem },
            _ => problem,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.answer(Lang::En)
    }
}
