//! The first row of a table says which columns follow, and, where nobody said it, of which set.

use crate::registry::fault::Fault;
use crate::registry::set::Set;

/// A first row that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The set.
    pub set: Set,
    /// For each cell of a row the number of its column in the set; none: an empty heading, what stands below it is left out.
    pub columns: Vec<Option<usize>>,
}

impl Header {
    /// Reads the first row, of a known set or of the one that it fits.
    pub fn read(set: Option<Set>, cells: &[String]) -> Result<Self, Vec<Fault>> {
        if let Some(set) = set {
            return Self::of(set, cells);
        }
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            let problem = "there is nothing in this file; its first line names the columns (`sync-server registry template` writes one to fill in)";
            return Err(vec![Fault::new("1", cells.join(","), problem.to_owned()).at(1)]);
        }
        let mut fits: Vec<Self> = Set::ALL.into_iter().filter_map(|set| Self::of(set, cells).ok()).collect();
        fits.sort_by_key(|header| !header.starts_with_key());
        fits.into_iter().next().ok_or_else(|| {
            let known: Vec<String> = Set::ALL.iter().map(|set| format!("  {}: {}", set.name(), names(*set))).collect();
            let problem = format!("the columns are of no known kind. Known are:\n{}\n`sync-server registry template` writes a file to fill in", known.join("\n"));
            vec![Fault::new("1", cells.join(","), problem).at(1)]
        })
    }

    fn of(set: Set, cells: &[String]) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut columns: Vec<Option<usize>> = Vec::new();
        for (place, cell) in cells.iter().enumerate() {
            let found = set.columns().iter().position(|column| column.is_called(cell));
            let problem = match found {
                _ if cell.is_empty() => None,
                None => Some(format!("`{cell}` is no column of this set; columns are {}", names(set))),
                Some(_) if columns.contains(&found) => Some(format!("the column `{cell}` is there twice")),
                Some(_) => None,
            };
            faults.extend(problem.map(|problem| Fault::new((place + 1).to_string(), cell.clone(), problem).at(1)));
            columns.push(found.filter(|_| !cell.is_empty()));
        }
        for field in set.key_fields() {
            let is_there = columns.iter().flatten().any(|at| set.columns()[*at].name == *field);
            if !is_there {
                let problem =
                    format!("the column is missing: without it nobody knows which {} a row is of", set.name());
                faults.push(Fault::new(*field, "", problem).at(1));
            }
        }
        if faults.is_empty() { Ok(Self { set, columns }) } else { Err(faults) }
    }

    fn starts_with_key(&self) -> bool {
        let first = self.columns.iter().flatten().next().map(|at| self.set.columns()[*at].name);
        first.is_some_and(|first| self.set.key_fields().contains(&first))
    }

    /// Numbers of the columns that are there.
    #[must_use]
    pub fn present(&self) -> Vec<usize> {
        self.columns.iter().flatten().copied().collect()
    }
}

fn names(set: Set) -> String {
    set.columns().iter().map(|column| format!("{} ({})", column.name, column.zh[0])).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn every_sets_own_header_is_told_in_both_languages() {
        for set in Set::ALL {
            let en: Vec<String> = set.columns().iter().map(|column| column.name.to_owned()).collect();
            let zh: Vec<String> = set.columns().iter().map(|column| column.zh[0].to_owned()).collect();
            for cells in [en, zh] {
                let header = Header::read(None, &cells).unwrap();
                assert_eq!((header.set, header.present().len()), (set, set.columns().len()), "{cells:?}");
            }
        }
    }

    #[test]
    fn remarks_and_case_do_not_matter() {
        let header = Header::read(None, &cells("Member,许可证失效日（不含）,Name (full)")).unwrap();
        assert_eq!((header.set, header.present()), (Set::Member, vec![0, 6, 1]));
    }

    #[test]
    fn what_is_wrong_with_a_header_is_said_at_once() {
        let faults = Header::read(Some(Set::Member), &cells("name,colour,name")).unwrap_err();
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["2", "3", "member"]);
        let said = Header::read(None, &cells("a,b")).unwrap_err()[0].to_string();
        assert!(said.contains("member: member (会员), name"), "{said}");
    }
}
