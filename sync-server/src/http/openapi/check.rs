//! Replies and requests against the description, in tests: as much of JSON Schema as the description uses, and no word of it that is
//! not understood.

use std::sync::OnceLock;

use serde_json::{Map, Value, json};
use shared::time::Timestamp;
use uuid::Uuid;

use super::describe;
use crate::http::one_form::is_of_programs;

/// The description, made once.
pub(crate) fn described() -> &'static Value {
    static DESCRIBED: OnceLock<Value> = OnceLock::new();
    DESCRIBED.get_or_init(|| describe().unwrap())
}

/// What was asked and what came of it.
pub(crate) struct Heard<'a> {
    pub(crate) method: &'a str,
    pub(crate) target: &'a str,
    pub(crate) sent: &'a [u8],
    pub(crate) status: u16,
    pub(crate) media: Option<&'a str>,
    pub(crate) body: &'a [u8],
}

/// Holds what was heard against the description. Addresses of no program, such as pages, pass.
///
/// # Panics
///
/// When anything is not as it is described.
pub(crate) fn hold(heard: &Heard<'_>) {
    let is_described = described_path(heard.target);
    let media = heard.media.map(|media| media.split(';').next().unwrap_or_default().trim());
    let what = format!("{} {} {}", heard.method, is_described.map_or(heard.target, |(path, _)| path), heard.status);
    if heard.status >= 400 && is_of_programs(heard.target) {
        assert_eq!(media, Some("application/problem+json"), "{what}: {}", String::from_utf8_lossy(heard.body));
        hold_body(&json!({ "schema": { "$ref": "#/components/schemas/Problem" } }), heard.body, &what);
    }
    let Some((_, item)) = is_described else {
        assert!(heard.status >= 400 || !is_of_programs(heard.target), "{what} is not described");
        return;
    };
    let operation = &item[heard.method.to_lowercase()];
    if operation.is_null() {
        assert!(heard.status >= 400, "{what} is not described");
        return;
    }
    let answers = &operation["responses"];
    if heard.status < 300 {
        let answer = &answers[heard.status.to_string()];
        assert!(!answer.is_null(), "{what}: no such answer is described: {answers}");
        let content = answer["content"].as_object();
        let Some(content) = content.filter(|content| !content.is_empty()) else {
            assert!(heard.body.is_empty(), "{what} answers a body that is not described");
            return;
        };
        let said = media.and_then(|media| content.get(media));
        hold_body(said.unwrap_or_else(|| panic!("{what}: {media:?} is not described: {content:?}")), heard.body, &what);
        hold_request(operation, heard.sent, &what);
    } else if heard.status >= 400 && heard.method != "HEAD" {
        let class = if heard.status < 500 { "4XX" } else { "5XX" };
        let said = &answers[class]["content"][media.unwrap_or_default()];
        assert!(!said.is_null(), "{what}: {media:?} is not described");
        hold_body(said, heard.body, &what);
    }
}

fn hold_request(operation: &Value, sent: &[u8], what: &str) {
    let request = &operation["requestBody"];
    if request.is_null() || sent.is_empty() {
        assert!(!request["required"].as_bool().unwrap_or_default(), "{what}: a body is asked for, none was sent");
        return;
    }
    let said = &request["content"]["application/json"];
    if !said["schema"].is_null() {
        hold_body(said, sent, &format!("the request of {what}"));
    }
}

fn hold_body(said: &Value, body: &[u8], what: &str) {
    if said["schema"].is_null() {
        return;
    }
    let value: Value = serde_json::from_slice(body).unwrap_or_else(|error| panic!("{what}: no JSON: {error}"));
    if let Err(why) = fits(&said["schema"], &value, "") {
        panic!("{what} is not as it is described: {why} in {value:#}");
    }
}

/// The path of the description that an address is of: the one with the most words of its own.
fn described_path(target: &str) -> Option<(&'static str, &'static Value)> {
    let asked: Vec<&str> = target.split('?').next().unwrap_or_default().split('/').collect();
    let paths = described()["paths"].as_object().unwrap();
    let fits = |path: &str| {
        let words: Vec<&str> = path.split('/').collect();
        let fits = words.len() == asked.len()
            && words.iter().zip(&asked).all(|(word, asked)| word.starts_with('{') || word == asked);
        fits.then(|| words.iter().filter(|word| !word.starts_with('{')).count())
    };
    let found = paths.iter().filter_map(|(path, item)| Some((fits(path)?, path, item)));
    found.max_by_key(|(own, ..)| *own).map(|(_, path, item)| (path.as_str(), item))
}

/// Whether a value is what a schema says; else why not, and where.
pub(super) fn fits(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let schema = schema.as_object().unwrap_or_else(|| panic!("a schema is an object, not {schema}"));
    for (word, said) in schema {
        match word.as_str() {
            "description" | "required" | "additionalProperties" | "properties" => {}
            "$ref" => fits(named(said), value, at)?,
            "type" => of_type(said, value, at)?,
            "enum" => {
                if !said.as_array().unwrap().contains(value) {
                    return Err(format!("{at}: {value} is none of {said}"));
                }
            }
            "minimum" => {
                if value.as_i64().is_some_and(|number| number < said.as_i64().unwrap()) {
                    return Err(format!("{at}: {value} is less than {said}"));
                }
            }
            "items" => {
                for (place, one) in value.as_array().into_iter().flatten().enumerate() {
                    fits(said, one, &format!("{at}[{place}]"))?;
                }
            }
            "oneOf" | "anyOf" => {
                let tried: Vec<_> = said.as_array().unwrap().iter().map(|one| fits(one, value, at)).collect();
                let fitting = tried.iter().filter(|tried| tried.is_ok()).count();
                if fitting == 0 || (word == "oneOf" && fitting > 1) {
                    return Err(format!("{at}: fits {fitting} of {tried:?}"));
                }
            }
            "format" | "pattern" => {
                if let Some(text) = value.as_str().filter(|text| !is_formed(said.as_str().unwrap(), text)) {
                    return Err(format!("{at}: `{text}` is no {said}"));
                }
            }
            unknown => panic!("the check does not know `{unknown}`"),
        }
    }
    match value.as_object() {
        Some(object) => of_properties(schema, object, at),
        None => Ok(()),
    }
}

fn named(reference: &Value) -> &'static Value {
    let name = reference.as_str().unwrap().strip_prefix("#").unwrap();
    described().pointer(name).unwrap_or_else(|| panic!("there is no schema {reference}"))
}

fn of_type(said: &Value, value: &Value, at: &str) -> Result<(), String> {
    let is = |kind: &Value| match kind.as_str().unwrap() {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("the check does not know the type {other}"),
    };
    let fits = said.as_array().map_or_else(|| is(said), |kinds| kinds.iter().any(is));
    if fits { Ok(()) } else { Err(format!("{at}: {value} is no {said}")) }
}

fn of_properties(schema: &Map<String, Value>, object: &Map<String, Value>, at: &str) -> Result<(), String> {
    let properties = schema.get("properties").and_then(Value::as_object);
    for field in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
        if !object.contains_key(field.as_str().unwrap()) {
            return Err(format!("{at}: {field} is missing"));
        }
    }
    for (field, one) in object {
        match (properties.and_then(|all| all.get(field)), schema.get("additionalProperties")) {
            (Some(said), _) | (None, Some(said @ Value::Object(_))) => fits(said, one, &format!("{at}.{field}"))?,
            (None, Some(Value::Bool(false))) => return Err(format!("{at}: `{field}` is not described")),
            (None, _) => {}
        }
    }
    Ok(())
}

fn is_formed(form: &str, text: &str) -> bool {
    let hex =
        |len| text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    match form {
        "uuid" => Uuid::parse_str(text).is_ok(),
        "date-time" => text.parse::<Timestamp>().is_ok(),
        "^[0-9a-f]{64}$" => hex(64),
        "^[0-9a-f]{128}$" => hex(128),
        "^[0-9]{4}-[0-9]{4}$" => text.len() == 9 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'),
        "^urn:tallyman:problem:" => text.starts_with("urn:tallyman:problem:"),
        other => panic!("the check does not know the form {other}"),
    }
}
