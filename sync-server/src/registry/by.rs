//! Who changes the registry.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::people::Actor;

/// The name that versions keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By(pub String);

impl<S: Send + Sync> FromRequestParts<S> for By {
    type Rejection = Infallible;

    /// Whom the guard let through.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let name = parts.extensions.get::<Actor>().map_or_else(|| "console".to_owned(), |actor| actor.name.clone());
        Ok(Self(name))
    }
}
