//! Texts of people that a spreadsheet would take for a formula: exports put an apostrophe before them, imports take it away.

/// Whether a spreadsheet might calculate with a cell of this text, or what follows apostrophes in it.
fn is_risky(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// The text as a cell.
#[must_use]
pub fn escape(text: String) -> String {
    if is_risky(&text) { format!("'{text}") } else { text }
}

/// The text of a cell, without spaces at its ends.
#[must_use]
pub fn unescape(cell: &str) -> &str {
    let cell = cell.trim();
    match cell.strip_prefix('\'') {
        Some(rest) if is_risky(rest) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_no_text_is_lost() {
        for text in
            ["=cmd|' /C calc'!A1", "+1", "-1", "@SUM(A1)", "＝1＋1", "＠A1", "'=1", "''=1", "'t Hooft", "plain", ""]
        {
            let cell = escape(text.to_owned());
            assert!(!cell.starts_with(['=', '+', '-', '@', '＝', '＠']), "{cell}");
            assert_eq!(unescape(&cell), text);
        }
    }
}
