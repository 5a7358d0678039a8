//! A batch from the wire to the ledger: taken in, judged and answered in one transaction, alone or together with those that wait.

mod append;
mod chain;
mod faults;
pub mod http;
pub mod intake;
mod refusal;
mod reply;
mod stranger;
mod take_in;
mod waiting;

pub use append::readable;
pub use intake::Intake;
pub use refusal::PushError;
pub use take_in::{Judging, Received, push, push_group};
pub use waiting::Backlog;
