//! One request: what is asked, and what goes with it.

use std::time::Duration;

use reqwest::Method;
use serde::Serialize;

use super::TransportError;

/// A whole request, at most, where the call names no other limit.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A request before it is sent. It can be sent again: to the next address, or once more with a new certificate.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(super) method: Method,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    pub(super) timeout: Duration,
}

impl Call {
    /// A request by `method` for a path with its query, without a body, at most 30 s.
    pub(crate) fn new(method: Method, target: impl Into<String>) -> Self {
        let target = target.into();
        Self { method, target, headers: Vec::new(), body: Vec::new(), timeout: TIMEOUT }
    }

    /// A question.
    pub(crate) fn get(target: impl Into<String>) -> Self {
        Self::new(Method::GET, target)
    }

    /// Something to take in.
    pub(crate) fn post(target: impl Into<String>) -> Self {
        Self::new(Method::POST, target)
    }

    /// With a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With a body of some type.
    pub(crate) fn body(mut self, content_type: &'static str, body: Vec<u8>) -> Self {
        self.body = body;
        self.header("content-type", content_type)
    }

    /// With a JSON body.
    pub(crate) fn json(self, body: &impl Serialize) -> Result<Self, TransportError> {
        let body = serde_json::to_vec(body).map_err(|error| TransportError::Configuration(error.to_string()))?;
        Ok(self.body("application/json", body))
    }

    /// With another limit on the whole request.
    pub(crate) const fn within(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}
