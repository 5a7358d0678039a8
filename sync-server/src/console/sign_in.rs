//! The pages of signing in and of one's password.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use super::layout::document;
use super::list::encoded;
use super::pages::respond;
use super::words::Lang;
use crate::people::Actor;
use crate::people::password::{CHARS_MIN, PasswordFormError};
use crate::told::Told;

/// Why signing in, or changing the password, did not work.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Failed {
    /// The name or the password is wrong, or the person may not act.
    Wrong,
    /// Too many tries: so many seconds are to be waited.
    Wait(u64),
    /// The two new passwords are not the same.
    Differ,
    /// The new password cannot be taken.
    Form(PasswordFormError),
}

/// Sends a browser to the sign-in page; afterwards it comes back to `target`.
pub(crate) fn send_there(target: &str) -> Response {
    let lang = if target.contains("lang=en") { Lang::En } else { Lang::Zh };
    let next = if target == "/" { String::new() } else { format!("&next={}", encoded(target)) };
    let to = HeaderValue::from_str(&format!("/sign-in?lang={}{next}", lang.as_str()));
    let to = to.unwrap_or(HeaderValue::from_static("/sign-in"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// The sign-in page.
pub(crate) fn page(lang: Lang, next: &str, failed: Option<Failed>, signed_out: bool) -> Response {
    let other = lang.other().as_str();
    let title = lang.pick("登录", "Sign in");
    let status = failed.map_or(StatusCode::OK, status);
    let content = html! {
        header { strong.mark { "Tallyman 理货员" } nav {} a.toggle href={ "/sign-in?lang=" (other) "&next=" (encoded(next)) } { (lang.pick("EN", "中文")) } }
        main.narrow {
            h1 { (title) }
            @if signed_out { p.notice { (lang.pick("已退出。", "You are signed out.")) } }
            @if let Some(failed) = failed { p.notice role="alert" { (told(lang, failed)) } }
            section.card { form.stacked method="post" action="/sign-in" {
                input type="hidden" name="lang" value=(lang.as_str());
                input type="hidden" name="next" value=(next);
                label { (lang.pick("用户名", "Name")) input name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus; }
                label { (lang.pick("密码", "Password")) input name="password" type="password" autocomplete="current-password" required; }
                button.primary type="submit" { (title) }
            } }
            p.hint { (lang.pick("没有账号或忘记密码：找系统管理员（sync-server users）。", "No account, or a forgotten password: ask who runs the server (`sync-server users`).")) }
        }
    };
    respond(status, &document(lang, title, &content))
}

/// The page of one's own password.
pub(crate) fn password_page(lang: Lang, actor: &Actor, failed: Option<Failed>) -> Response {
    let title = lang.pick("修改密码", "Change password");
    let status = failed.map_or(StatusCode::OK, status);
    let field = |name: &str, words: &str, fill: &str| -> Markup {
        html! { label { (words) input name=(name) type="password" autocomplete=(fill) required; } }
    };
    let content = html! {
        header { strong.mark { "Tallyman 理货员" } nav { a href={ "/?lang=" (lang.as_str()) } { (lang.pick("返回控制台", "Back to the console")) } }
            a.toggle href={ "/password?lang=" (lang.other().as_str()) } { (lang.pick("EN", "中文")) } }
        main.narrow {
            h1 { (title) }
            p { (actor.shown) " · " (actor.name) " · " (lang.role(actor.role)) }
            @if let Some(failed) = failed { p.notice role="alert" { (told(lang, failed)) } }
            section.card { form.stacked method="post" action="/password" {
                input type="hidden" name="csrf" value=(actor.csrf());
                input type="hidden" name="lang" value=(lang.as_str());
                (field("before", lang.pick("现在的密码", "Password now"), "current-password"))
                (field("new", lang.pick("新密码", "New password"), "new-password"))
                (field("again", lang.pick("再输一次新密码", "New password again"), "new-password"))
                button.primary type="submit" { (lang.pick("修改，并在所有设备上退出", "Change, and sign out everywhere")) }
            } }
            p.hint { (lang.pick("至少 ", "At least ")) (CHARS_MIN) (lang.pick(" 个字符，几个词连起来好记。", " characters; a few words in a row are easy to keep in mind.")) }
        }
    };
    respond(status, &document(lang, title, &content))
}

/// A refusal as a page, with the way back; in both languages where the address does not say which is read, as that of a form.
pub(crate) fn refused(status: StatusCode, target: &str, why: &Told) -> Response {
    let is_unsaid = !target.contains("lang=");
    let lang = if target.contains("lang=en") { Lang::En } else { Lang::Zh };
    let title = match status {
        StatusCode::NOT_FOUND => lang.pick("没有这一页", "No such page"),
        _ => lang.pick("未执行", "Nothing was done"),
    };
    let content = html! { header { strong.mark { "Tallyman 理货员" } } main.narrow {
        h1 { (title) }
        p.notice role="alert" { (why.of(lang)) @if is_unsaid { " " (why.of(Lang::En)) } }
        p { a.act href={ "/?lang=" (lang.as_str()) } { (lang.pick("回到列表", "Back to the list")) } }
    } };
    respond(status, &document(lang, title, &content))
}

const fn status(failed: Failed) -> StatusCode {
    match failed {
        Failed::Wrong => StatusCode::UNAUTHORIZED,
        Failed::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
        Failed::Differ | Failed::Form(_) => StatusCode::BAD_REQUEST,
    }
}

fn told(lang: Lang, failed: Failed) -> String {
    match failed {
        Failed::Wrong => lang
            .pick(
                "用户名或密码不对。核对后再输一次。",
                "The name or the password is not right. Check both and try again.",
            )
            .into(),
        Failed::Wait(seconds) => match lang {
            Lang::Zh => format!("试的次数太多。等 {seconds} 秒再试。"),
            Lang::En => format!("Too many tries. Wait {seconds} s, then try again."),
        },
        Failed::Differ => lang
            .pick("两次输入的新密码不同。重新输入。", "The two new passwords are not the same. Type them again.")
            .into(),
        Failed::Form(PasswordFormError::Short) => match lang {
            Lang::Zh => format!("新密码太短，至少 {CHARS_MIN} 个字符。换一个。"),
            Lang::En => format!("The new password is too short: at least {CHARS_MIN} characters. Choose another."),
        },
        Failed::Form(PasswordFormError::Long) => {
            lang.pick("新密码太长。换一个短些的。", "The new password is too long. Choose a shorter one.").into()
        }
        Failed::Form(PasswordFormError::Guessable) => {
            lang.pick("新密码太好猜。换一个。", "The new password is too easy to guess. Choose another.").into()
        }
    }
}
