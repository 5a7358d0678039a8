//! The console: what people see and do, in Chinese and English. Who is let in, and what each sees, is `people`'s to say.

pub mod account;
pub mod acts;
mod application;
pub mod audit;
mod case_view;
mod detail;
mod evidence;
mod layout;
mod list;
pub mod members;
mod named;
#[cfg(test)]
mod named_tests;
pub(crate) mod origin;
pub mod pages;
pub mod registry;
mod registry_view;
pub(crate) mod sign_in;
pub mod terminals;
mod terminals_view;
pub(crate) mod words;

#[cfg(test)]
mod tests;
