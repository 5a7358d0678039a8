//! The registry: members, sites, people, products, contracts and orders, documents, quotas. Reference data is bitemporal: an amendment
//! says what holds from a day on, a correction says that what was known was wrong, and both times can be asked for.
//!
//! | question | module |
//! |---|---|
//! | which sets and columns there are, in both languages | [`set`], [`columns`], [`mod@column`], [`kind`] |
//! | whether an object or a row of a table is a record | [`shape`], [`draft`], [`check`](mod@check) |
//! | what changes with a record | [`edit`], [`timeline`], [`touch`] |
//! | what is asked over HTTP | [`http`] |

pub mod cell;
pub mod check;
pub mod column;
pub mod columns;
pub mod draft;
pub mod edit;
pub mod fault;
pub mod find;
pub mod http;
pub mod kind;
pub mod list;
pub mod moment;
pub mod outcome;
pub mod set;
pub mod shape;
pub mod timeline;
pub mod touch;

pub use edit::Edit;
pub use fault::Fault;
pub use outcome::{EditError, Outcome, Why};
pub use set::Set;
