//! `config print`: what is in force, each setting with its source.

use super::report::{Report, Shown, Which};

/// The settings in force as a TOML file; what is not set stands there as a comment.
pub fn print(report: &Report) -> String {
    let mut text = String::new();
    for table in &report.tables {
        let Which(name, _) = table.which;
        let is_entry = table.label != name;
        let header = if is_entry { format!("[[{name}]]") } else { format!("[{name}]") };
        text += &format!("{}{header}\n", if text.is_empty() { "" } else { "\n" });
        for shown in &table.settings {
            text += &line(shown);
        }
    }
    text
}

fn line(shown: &Shown) -> String {
    let Shown { key, value, origin, reference, instead_of } = shown;
    let Some(value) = value else { return format!("# {key} is not set\n") };
    let reference = reference.as_ref().map_or_else(String::new, |reference| format!(", {reference}"));
    let other = instead_of.as_ref().map_or_else(String::new, |other| format!(", instead of {other}"));
    format!("{key} = {value}  # {origin}{reference}{other}\n")
}
