//! U+0000 in texts from outside. No word of a person and no printed label has one; `PostgreSQL` keeps none, and no two databases may
//! differ in what they hold. So it is refused where texts come in.

use serde_json::Value;

use crate::told::Told;

/// What is said of a text that holds one.
pub const PROBLEM: &str = "holds a NUL character (U+0000), which no text may; take it out and send it again";

/// The same in Chinese.
pub const PROBLEM_ZH: &str = "含有不允许的空字符（U+0000），请去掉后再发";

/// The same of something that was sent.
#[must_use]
pub fn told(en: &str, zh: &str) -> Told {
    Told::new(format!("{en} {PROBLEM}"), format!("{zh}{PROBLEM_ZH}。"))
}

/// Whether some string of a JSON value holds one, names of fields included.
#[must_use]
pub fn is_in(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(is_in),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || is_in(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether a path and query hold one, percent-encoded as it must be there.
#[must_use]
pub fn is_in_address(path_and_query: &str) -> bool {
    path_and_query.contains("%00")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_nul_is_found_wherever_it_stands() {
        for value in [json!("a\0"), json!(["a", { "b": ["\0"] }]), json!({ "\0": 1 })] {
            assert!(is_in(&value), "{value}");
        }
        assert!(!is_in(&json!({ "a": ["\\u0000", 0, null, "%00"] })), "the words for one are none");
        assert!(is_in_address("/api/v1/registry/member/a%00") && is_in_address("/?basis=%00"));
        assert!(!is_in_address("/?basis=%2500"));
    }
}
