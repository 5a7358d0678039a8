//! `catalogue`: writes `docs/mismatches.md` from the code, in both languages. A test compares the file with what this prints.

use scenario::catalogue;

fn main() {
    print!("{}", catalogue::markdown());
}
