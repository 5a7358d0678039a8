//! The console: what people see of mismatches, in Chinese and English. Nobody signs in yet, so the
//! listener is on loopback; what changes anything must come from the console's own pages.

mod detail;
mod evidence;
mod layout;
mod list;
mod origin;
pub mod pages;
pub mod terminals;
mod terminals_view;
mod words;

#[cfg(test)]
mod tests;
