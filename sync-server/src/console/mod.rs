//! The console: what people see of mismatches, in Chinese and English. Read-only until people can sign in.

mod detail;
mod evidence;
mod layout;
mod list;
pub mod pages;
mod words;

#[cfg(test)]
mod tests;
