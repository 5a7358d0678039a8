//! Records as people write them. What is pulled is read with an open mind, so that a field that a later server adds stops no
//! terminal; in a file that somebody imports, a field that nobody knows is a mistake.

use serde::de::{DeserializeOwned, Error as _};
use serde_json::Value;

use super::Record;

impl Record {
    /// Reads a record, and refuses a field that no record of its set has.
    pub fn read_strictly(value: Value) -> Result<Self, serde_json::Error> {
        let Value::Object(mut fields) = value else {
            return Err(serde_json::Error::custom("a record is an object with a field `set`"));
        };
        let set = fields.remove("set");
        let body = Value::Object(fields);
        match set.as_ref().and_then(Value::as_str) {
            Some("member") => whole(body).map(Self::Member),
            Some("site") => whole(body).map(Self::Site),
            Some("product") => whole(body).map(Self::Product),
            Some("namespace") => whole(body).map(Self::Namespace),
            Some("basis") => whole(body).map(Self::Basis),
            Some("document") => whole(body).map(Self::Document),
            Some("pack") => whole(body).map(Self::Pack),
            Some("code") => whole(body).map(Self::Code),
            Some("operator") => whole(body).map(Self::Operator),
            Some("carrier") => whole(body).map(Self::Carrier),
            Some("quota") => whole(body).map(Self::Quota),
            Some("application") => whole(body).map(Self::Application),
            Some("relocation") => whole(body).map(Self::Relocation),
            Some("stock-report") => whole(body).map(Self::StockReport),
            Some("policy") => whole(body).map(Self::Policy),
            Some("grammars") => whole(body).map(Self::Grammars),
            Some("manifest") => whole(body).map(Self::Manifest),
            Some("mismatch") => whole(body).map(Self::Mismatch),
            Some("server") => whole(body).map(Self::Server),
            Some(other) => Err(serde_json::Error::custom(format!("`{other}` is no set of records"))),
            None => Err(serde_json::Error::missing_field("set")),
        }
    }
}

fn whole<T: DeserializeOwned>(body: Value) -> Result<T, serde_json::Error> {
    let mut unknown = None;
    let read = serde_ignored::deserialize(body, |path| {
        unknown.get_or_insert(path.to_string());
    })?;
    match unknown {
        None => Ok(read),
        Some(field) => Err(serde_json::Error::custom(format!("unknown field `{field}`"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_person_misspells_is_named_and_what_a_later_server_adds_is_not_minded() {
        let site =
            json!({ "set": "site", "site": "gate", "member": "M", "name": "Gate", "region": "44", "colour": "red" });
        let error = Record::read_strictly(site.clone()).unwrap_err().to_string();
        assert_eq!(error, "unknown field `colour`");
        let Record::Site(read) = serde_json::from_value(site).unwrap() else { panic!("another set") };
        assert_eq!(read.site.as_str(), "gate");
    }

    #[test]
    fn a_field_within_a_field_is_found() {
        let policy = json!({ "set": "policy", "rules": "trial", "limits": { "grace": 1 } });
        assert_eq!(Record::read_strictly(policy).unwrap_err().to_string(), "unknown field `limits.grace`");
        let nothing = Record::read_strictly(json!({ "set": "toy" })).unwrap_err().to_string();
        assert_eq!(nothing, "`toy` is no set of records");
    }

    /// A new set must be added to the list above.
    #[test]
    fn every_set_is_known() {
        let listed = serde_json::from_value::<Record>(json!({ "set": "toy" })).unwrap_err().to_string();
        let sets: Vec<&str> = listed.split('`').skip(3).step_by(2).collect();
        assert!(sets.len() >= 17 && sets.contains(&"stock-report"), "{listed}");
        for set in sets {
            let error =
                Record::read_strictly(json!({ "set": set })).map_or_else(|error| error.to_string(), |_| String::new());
            assert!(!error.contains("no set of records"), "{set}: {error}");
        }
    }
}
