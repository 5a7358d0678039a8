//! Diagnostics: the app's own log, bounded, and a bundle of what whoever helps needs, without a secret.
//!
//! | to find | look in |
//! |---|---|
//! | what is in a bundle | [`gather`] |
//! | the file | [`write_bundle`] |
//! | the log beside the store | [`log_path`], [`LogFile`], [`start_logging`] |

mod bundle;
mod gather;
mod log_file;
mod logging;
mod scrub;
mod store_figures;
#[cfg(test)]
mod tests;

pub use bundle::{BundleError, write as write_bundle};
pub use gather::{Part, Wanted, gather};
pub use log_file::{LOG_BYTES_MAX, LogFile, last_lines, log_path};
pub use logging::start as start_logging;
