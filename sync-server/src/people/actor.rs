//! Who acts: a person who signed in, a program with a person's token, or whoever sits at a console without sign-in.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use shared::ids::MemberId;

use super::refusal::Refusal;
use super::role::{Right, Role};
use super::session;
use super::view::Scope;
use crate::http::state::AppState;

/// Name of the session's cookie: `__Host-` binds it to this host, to TLS and to the whole site.
pub const COOKIE: &str = "__Host-tallyman";

/// Before the system's name of whoever has a shell; a sign-in name never begins so.
pub const SHELL: &str = "shell:";

/// Characters of such a name, at most.
const SHELL_NAME_CHARS: usize = 64;

/// How an actor proved itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Means {
    /// A browser's session; the secret of it, from which its forms' token is made.
    Session([u8; 32]),
    /// A program's token.
    Token,
    /// None was asked for: `console_without_sign_in` on a loopback listener.
    Unasked,
}

/// Who acts. An extractor in every handler of the web listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The person's sign-in name; `console` where nobody was asked.
    pub name: String,
    /// What people call the person.
    pub shown: String,
    /// None: nobody was asked, everything is allowed.
    pub role: Option<Role>,
    /// Whose person.
    pub member: Option<MemberId>,
    /// How it was proved.
    pub means: Means,
    /// The address that the request came from.
    pub from: String,
}

impl Actor {
    /// Whoever sits at a console without sign-in.
    #[must_use]
    pub fn unasked(from: String) -> Self {
        let name = "console".to_owned();
        Self { shown: name.clone(), name, role: None, member: None, means: Means::Unasked, from }
    }

    /// Whoever has a shell on the server's machine.
    #[must_use]
    pub fn shell() -> Self {
        let name = "shell".to_owned();
        Self { shown: name.clone(), name, role: None, member: None, means: Means::Unasked, from: "shell".to_owned() }
    }

    /// The same, with the name that the system gives whoever sits there. It is what the system says, not a proof.
    #[must_use]
    pub fn shell_of(user: Option<&str>) -> Self {
        let plain = |c: &char| c.is_alphanumeric() || "._-@\\".contains(*c);
        let user: String = user.unwrap_or_default().chars().filter(plain).take(SHELL_NAME_CHARS).collect();
        if user.is_empty() {
            return Self::shell();
        }
        let name = format!("{SHELL}{user}");
        Self { shown: name.clone(), name, ..Self::shell() }
    }

    /// The server itself, where it acts on its own.
    #[must_use]
    pub fn server() -> Self {
        let name = "server".to_owned();
        Self { shown: name.clone(), name, role: None, member: None, means: Means::Unasked, from: "server".to_owned() }
    }

    /// Whether the actor has a right, within what it sees.
    #[must_use]
    pub fn has(&self, right: Right) -> bool {
        self.role.is_none_or(|role| role.has(right))
    }

    /// Whose trade it sees.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match (self.role, &self.member) {
            (None | Some(Role::Regulator), _) => Scope::All,
            (Some(_), Some(member)) => Scope::Member(member.clone()),
            // The store never makes one without; whoever did sees nothing.
            (Some(_), None) => Scope::Member(MemberId::from("")),
        }
    }

    /// The word for the role, as the audit log keeps it.
    #[must_use]
    pub fn role_word(&self) -> &'static str {
        let nobody = if self.name == "console" { "unasked" } else { "system" };
        self.role.map_or(nobody, Role::as_str)
    }

    /// What forms of this session must carry; empty where there is no session.
    #[must_use]
    pub fn csrf(&self) -> String {
        match &self.means {
            Means::Session(secret) => session::csrf(secret),
            Means::Token | Means::Unasked => String::new(),
        }
    }
}

impl FromRequestParts<AppState> for Actor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Refusal> {
        match parts.extensions.get::<Self>() {
            Some(actor) => Ok(actor.clone()),
            None => who(state, &parts.headers, from_where(parts)).await,
        }
    }
}

/// The address that a request came from.
pub(crate) fn from_where(parts: &Parts) -> String {
    let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    info.map_or_else(|| "unknown".to_owned(), |ConnectInfo(address)| address.ip().to_string())
}

/// Who is behind a request.
pub(crate) async fn who(state: &AppState, headers: &HeaderMap, from: String) -> Result<Actor, Refusal> {
    let actor = still(state, headers, &from).await?;
    if let Means::Session(secret) = &actor.means {
        session::note_request(&state.store, secret, state.clock.now()).await?;
    }
    Ok(actor)
}

/// Who is behind a request that began earlier, if what it was proved with still holds. A session that only listens is idle.
pub(crate) async fn still(state: &AppState, headers: &HeaderMap, from: &str) -> Result<Actor, Refusal> {
    let from = from.to_owned();
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let now = state.clock.now();
    if let Some(bearer) = text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer ")) {
        let found = session::by_token(&state.store, bearer.trim(), now).await?;
        return found.map(|person| person.acts(Means::Token, from)).ok_or(Refusal::Token);
    }
    if state.hall.is_open() {
        return Ok(Actor::unasked(from));
    }
    let secret = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).find_map(cookie);
    let secret = secret.ok_or(Refusal::SignIn)?;
    let person = session::by_secret(&state.store, &secret, now).await?.ok_or(Refusal::SignIn)?;
    Ok(person.acts(Means::Session(secret), from))
}

fn cookie(header: &str) -> Option<[u8; 32]> {
    let ours = header.split(';').filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == COOKIE)?;
    hex::decode(ours.1).ok()?.try_into().ok()
}
