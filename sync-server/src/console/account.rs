//! Signing in, out, and changing one's password.

use axum::Form;
use axum::extract::{FromRequest, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::origin;
use super::sign_in::{self, Failed};
use super::words::Lang;
use crate::audit;
use crate::http::state::AppState;
use crate::people::actor::{Actor, COOKIE, Means, from_where, who};
use crate::people::password::{self, Checked, SALT_LEN};
use crate::people::random;
use crate::people::refusal::Refusal;
use crate::people::tries::Who;
use crate::people::{session, store};
use crate::store::StoreError;
use crate::told::Told;

/// What the sign-in page's address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SignInQuery {
    lang: Lang,
    next: String,
    signed_out: bool,
}

/// What the sign-in page sends.
#[derive(Debug, Deserialize)]
pub struct SignIn {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
    #[serde(default)]
    lang: Lang,
}

/// What the page of the password sends.
#[derive(Debug, Deserialize)]
pub struct NewPassword {
    before: String,
    new: String,
    again: String,
    #[serde(default)]
    lang: Lang,
}

/// What any small form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LangOnly {
    lang: Lang,
}

/// The sign-in page.
pub async fn sign_in_page(Query(query): Query<SignInQuery>) -> Response {
    sign_in::page(query.lang, &query.next, None, query.signed_out)
}

/// Signs in. Unknown names, wrong passwords and disabled people are answered alike, after the same work.
pub async fn sign_in(State(state): State<AppState>, request: Request) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    if !origin::is_own(&parts.uri, &parts.headers) {
        return Err(Refusal::Foreign);
    }
    let from = from_where(&parts);
    let before = match who(&state, &parts.headers, from.clone()).await {
        Ok(Actor { means: Means::Session(secret), .. }) => Some(secret),
        _ => None,
    };
    let form = Form::<SignIn>::from_request(Request::from_parts(parts, body), &state).await;
    let Form(form) = form
        .map_err(|_| Refusal::Bad(Told::fixed("the form lacks the name or the password", "没有填写用户名或密码。")))?;
    let now = state.clock.now();
    // A name that nobody can have counts as one, whatever its length: no stranger fills the memory with it.
    let name = store::name_of(&form.name).unwrap_or_default();
    let (account, address) = (Who::Account(name.clone()), Who::from_address(&from));
    let tries = state.hall.tries();
    if let Some(wait_s) = tries.wait_s(&account, now).max(tries.wait_s(&address, now)) {
        return Ok(sign_in::page(form.lang, &form.next, Some(Failed::Wait(wait_s)), false));
    }
    tries.count(account.clone(), now);
    tries.count(address.clone(), now);
    let found = store::find(&mut *state.store.read().await?, &name).await?;
    let person = found.filter(|person| person.disabled_at.is_none());
    let stored = person.as_ref().and_then(|person| person.password.clone());
    let checked = state.hall.check(form.password, stored).await;
    let (Checked::Right, Some(person)) = (checked, person) else {
        tracing::warn!(%from, "a sign-in with a wrong name or password");
        return Ok(sign_in::page(form.lang, &form.next, Some(Failed::Wrong), false));
    };
    tries.forgive(&account);
    tries.uncount(&address);
    let secret = random::<32>().map_err(|_| StoreError::Corrupt("the system gives no random numbers"))?;
    let mut tx = state.store.write().await?;
    session::open(&mut tx, &person.name, (&secret, before.as_ref()), now).await?;
    let actor = person.acts(Means::Session(secret), from);
    audit::append(&mut tx, &actor, ("signed-in", &actor.name, ""), now).await?;
    tx.commit().await?;
    let next = Some(form.next.as_str()).filter(|next| is_local(next));
    let next = next.map_or_else(|| format!("/?lang={}", form.lang.as_str()), ToOwned::to_owned);
    Ok(set_cookie(see(&next), Some(&secret)))
}

/// Signs out.
pub async fn sign_out(
    State(state): State<AppState>,
    actor: Actor,
    Form(form): Form<LangOnly>,
) -> Result<Response, Refusal> {
    if let Means::Session(secret) = &actor.means {
        let mut tx = state.store.write().await?;
        store::end_session(&mut tx, session::session_hash(secret)).await?;
        audit::append(&mut tx, &actor, ("signed-out", &actor.name, ""), state.clock.now()).await?;
        tx.commit().await?;
    }
    let to = format!("/sign-in?lang={}&signed_out=true", form.lang.as_str());
    Ok(set_cookie(see(&to), None))
}

/// The page of one's own password.
pub async fn password_page(actor: Actor, Query(query): Query<LangOnly>) -> Response {
    sign_in::password_page(query.lang, &actor, None)
}

/// Changes one's own password; every session and token ends, this session too.
pub async fn change_password(
    State(state): State<AppState>,
    actor: Actor,
    Form(form): Form<NewPassword>,
) -> Result<Response, Refusal> {
    let now = state.clock.now();
    let refused = |why: Failed| Ok(sign_in::password_page(form.lang, &actor, Some(why)));
    let Means::Session(_) = &actor.means else { return Err(Refusal::Role) };
    let account = Who::Account(actor.name.clone());
    if let Some(wait_s) = state.hall.tries().wait_s(&account, now) {
        return refused(Failed::Wait(wait_s));
    }
    if form.new != form.again {
        return refused(Failed::Differ);
    }
    if let Err(why) = password::choose(&actor.name, &form.new) {
        return refused(Failed::Form(why));
    }
    state.hall.tries().count(account.clone(), now);
    let stored = store::find(&mut *state.store.read().await?, &actor.name).await?.and_then(|person| person.password);
    if state.hall.check(form.before.clone(), stored).await == Checked::Wrong {
        return refused(Failed::Wrong);
    }
    state.hall.tries().forgive(&account);
    let salt = random::<SALT_LEN>().map_err(|_| StoreError::Corrupt("the system gives no random numbers"))?;
    let hashed = password::hash(&form.new, &salt);
    let mut tx = state.store.write().await?;
    store::set_password(&mut tx, &actor.name, &hashed, now).await?;
    audit::append(&mut tx, &actor, ("password-changed", &actor.name, ""), now).await?;
    tx.commit().await?;
    Ok(set_cookie(see(&format!("/sign-in?lang={}&signed_out=true", form.lang.as_str())), None))
}

/// A path of this server, never another's address.
fn is_local(next: &str) -> bool {
    // Browsers leave tabs and line ends out of an address: two slashes may stand around one.
    next.starts_with('/') && !next.starts_with("//") && !next.contains(|c: char| c == '\\' || c.is_control())
}

fn see(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

fn set_cookie(mut response: Response, secret: Option<&[u8; 32]>) -> Response {
    let value = match secret {
        Some(secret) => format!("{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Strict", hex::encode(secret)),
        None => format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"),
    };
    let headers: &mut HeaderMap = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&value) {
        headers.insert(header::SET_COOKIE, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_nobody_is_sent_elsewhere() {
        for there in
            ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\r\nset-cookie: x", "/\t/evil.example"]
        {
            assert!(!is_local(there), "{there}");
        }
        assert!(is_local("/mismatches/no-basis/C1?lang=en"));
    }
}
