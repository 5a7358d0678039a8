//! People: who may open the console and the web API, what each may do, and whose trade each may see.
//!
//! One place decides each question: [`role`] what a role may do, [`view`] what an actor may see, `http::guard` who is let through to
//! a route. Handlers receive an [`Actor`] and never read a cookie.

pub mod actor;
mod hall;
pub mod password;
pub mod refusal;
pub mod role;
pub mod session;
pub mod store;
pub mod tries;
pub mod view;

pub use actor::{Actor, Means, SHELL};
pub use hall::{Hall, random};
pub use refusal::Refusal;
pub use role::{Right, Role};
pub use view::{Scope, View};

#[cfg(test)]
mod tests;
