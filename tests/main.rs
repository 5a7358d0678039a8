//! Whole-system tests: one binary, one module a subject.
