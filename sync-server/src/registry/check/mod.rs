//! What no record may be, whoever brings it: over REST, from a shell, in a file. Only nonsense is refused: goods without a licence, a
//! contract beyond its quota or a note without a carrier are facts, and the rules judge them.

mod parties;
mod trade;

use std::collections::BTreeSet;

use shared::ids::{MemberId, ProductId, SiteId};
use shared::reference::{Line, References};
use shared::time::Timestamp;
use shared::wire::Record;

use super::fault::Fault;

/// Everything that is wrong with a record, given what is known beside it. Fields are named by their paths in JSON.
#[must_use]
pub fn check(record: &Record, known: &References) -> Vec<Fault> {
    let mut found = Findings { known, faults: Vec::new() };
    if ["import", "export", "template"].contains(&record.key().as_str()) {
        found.fault(record.set(), &record.key(), "is a word of the registry's own addresses; take another key".into());
    }
    match record {
        Record::Member(member) => parties::member(&mut found, member),
        Record::Site(site) => found.member("member", &site.member),
        Record::Operator(operator) => parties::operator(&mut found, operator),
        Record::Product(product) => trade::product(&mut found, product),
        Record::Namespace(namespace) => trade::namespace(&mut found, namespace),
        Record::Basis(basis) => trade::basis(&mut found, basis),
        Record::Document(document) => trade::document(&mut found, document),
        Record::Quota(quota) => found.member("member", &quota.member),
        Record::Application(application) => {
            // An application without a valid contract is refused by the rules, not here (traceability/2022 art. 15).
            found.member("member", &application.member);
            found.product("product", &application.product);
            parties::withdrawal(&mut found, application);
        }
        Record::Relocation(relocation) => parties::relocation(&mut found, relocation),
        Record::StockReport(report) => parties::stock_report(&mut found, report),
        Record::Carrier(_)
        | Record::Pack(_)
        | Record::Code(_)
        | Record::Policy(_)
        | Record::Grammars(_)
        | Record::Manifest(_)
        | Record::Mismatch(_)
        | Record::Server(_) => {}
    }
    found.faults
}

/// Faults as they are found.
struct Findings<'a> {
    known: &'a References,
    faults: Vec<Fault>,
}

impl Findings<'_> {
    fn fault(&mut self, field: &str, value: &str, problem: String) {
        self.faults.push(Fault::new(field, value, problem));
    }

    fn unknown(&mut self, field: &str, what: &str, value: &str) {
        self.fault(field, value, format!("the {what} `{value}` is not known; import it first, or mend the key"));
    }

    fn member(&mut self, field: &str, member: &MemberId) {
        if !self.known.members.contains_key(member) {
            self.unknown(field, "member", member.as_str());
        }
    }

    fn product(&mut self, field: &str, product: &ProductId) {
        if !self.known.products.contains_key(product) {
            self.unknown(field, "product", product.as_str());
        }
    }

    /// A site must be known, and the member's own.
    fn own_site(&mut self, field: &str, site: &SiteId, member: &MemberId) {
        match self.known.sites.get(site) {
            None => self.unknown(field, "site", site.as_str()),
            Some(found) if found.member != *member => {
                let problem = format!("the site `{site}` is of the member {}, not of {member}", found.member);
                self.fault(field, site.as_str(), problem);
            }
            Some(_) => {}
        }
    }

    /// Two moments, where both are there, must be in this order.
    fn in_order(&mut self, (first, from): (&str, Option<Timestamp>), (second, until): (&str, Option<Timestamp>)) {
        if let (Some(from), Some(until)) = (from, until)
            && until <= from
        {
            let problem = format!("{} is not after `{first}` ({})", until.to_minute(), from.to_minute());
            self.fault(second, &until.to_string(), problem);
        }
    }

    /// Of a list by moments no two may be alike: nobody could tell which holds.
    fn distinct<K: Ord>(&mut self, array: &str, keys: impl Iterator<Item = K>, what: &str) {
        let mut seen = BTreeSet::new();
        for (at, key) in keys.enumerate() {
            if !seen.insert(key) {
                self.fault(&format!("{array}[{at}]"), "", format!("an earlier one of `{array}` has the same {what}"));
            }
        }
    }

    fn lines(&mut self, lines: &[Line]) {
        for (at, line) in lines.iter().enumerate() {
            self.product(&format!("lines[{at}].product"), &line.product);
            if line.units == 0 {
                self.fault(&format!("lines[{at}].units"), "0", "a line of no units says nothing; leave it out".into());
            }
        }
        let keys = lines.iter().map(|line| (line.product.clone(), line.fen));
        self.distinct("lines", keys, "product and price: write one line with the sum");
    }
}

#[cfg(test)]
mod tests;
