//! The parameters of an address: what a route does not know is refused with its name, for a misspelt filter would show everything.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::http::Uri;

use super::one_form::is_of_programs;
use super::openapi::query_of;
use crate::people::Refusal;
use crate::told::Told;

/// Which parameters a route takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Takes {
    /// These, as they are described.
    These(Vec<&'static str>),
    /// Any: pages ignore what they do not know, and a set's columns are its own to check.
    Any,
}

impl Takes {
    /// Those of a route, by its path.
    #[must_use]
    pub fn of(path: &str) -> Self {
        if !is_of_programs(path) || path == "/api/v1/registry/{set}" {
            return Self::Any;
        }
        Self::These(query_of(path).into_iter().map(|(name, _)| name).collect())
    }

    /// Refuses an address with another one.
    pub fn check(&self, uri: &Uri) -> Result<(), Refusal> {
        let Self::These(known) = self else { return Ok(()) };
        let asked: Query<BTreeMap<String, String>> = Query::try_from_uri(uri).map_err(|error| {
            Refusal::Bad(Told::quoted(
                &format!("the address's parameters cannot be read: {error}"),
                "地址中的参数无法读取",
            ))
        })?;
        let Some(unknown) = asked.keys().find(|name| !known.contains(&name.as_str())) else { return Ok(()) };
        if known.is_empty() {
            return Err(Refusal::Bad(Told::new(
                format!("`{unknown}` is no parameter here; this address takes none"),
                format!("此地址没有参数 `{unknown}`，也没有其他参数。"),
            )));
        }
        let known = known.join(", ");
        Err(Refusal::Bad(Told::new(
            format!("`{unknown}` is no parameter here; parameters are {known}"),
            format!("此地址没有参数 `{unknown}`；可用：{known}。"),
        )))
    }
}
