//! Lines of a file for a spreadsheet (RFC 4180). What somebody wrote could be taken for a formula there, so it is made harmless.

pub fn line<T: AsRef<str>>(file: &mut String, fields: impl IntoIterator<Item = T>) {
    for (n, field) in fields.into_iter().enumerate() {
        if n > 0 {
            file.push(',');
        }
        file.push_str(&cell(field.as_ref()));
    }
    file.push_str("\r\n");
}

/// Defused and, where it has to be, in quotes.
fn cell(text: &str) -> String {
    // Spreadsheets of some languages read the wide signs as the narrow ones.
    const SIGNS: [char; 13] = ['=', '+', '-', '@', '\t', '\r', '\n', '|', '%', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    let is_formula = text.starts_with(SIGNS);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r', ';', '\'']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", "|cmd", "%x", "＝1+1", "＋1", "－1", "＠SUM(A1)"] {
            let cell = cell(formula);
            assert!(cell.trim_start_matches('"').starts_with('\''), "{cell}");
        }
        assert_eq!(cell("Anna \"A\", Berg"), "\"Anna \"\"A\"\", Berg\"");
        assert_eq!(cell("Clinic Nord"), "Clinic Nord");
    }
}
