//! Who changes the registry.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// The name that versions keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By(pub String);

impl<S: Send + Sync> FromRequestParts<S> for By {
    type Rejection = Infallible;

    /// Nobody signs in yet: whoever reaches the listener acts as the console.
    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self("console".into()))
    }
}
