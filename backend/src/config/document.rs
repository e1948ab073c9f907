//! docs/configuration.md, from the same declarations as the reading.

use super::{
    layers::variable,
    settings::{Described, Setting},
    whole,
};
use crate::kafka::PROPERTIES;

const BEFORE: &str = include_str!("document_before.md");
const AFTER: &str = include_str!("document_after.md");

/// The document's text.
pub fn document() -> String {
    let mut text = BEFORE.to_owned();
    for table in whole::described() {
        text += &section(&table);
    }
    text + "\n" + AFTER
}

fn section(table: &Described) -> String {
    let mut text = format!("\n## `{}`\n\n{}\n\n", table.header(), table.about);
    let variables = !table.is_list;
    text += if variables {
        "| key | default | takes | environment |\n| --- | --- | --- | --- |\n"
    } else {
        "| key | default | takes |\n| --- | --- | --- |\n"
    };
    for setting in &table.settings {
        let (key, takes) = (setting.key, escaped(&setting.takes));
        text += &format!("| `{key}` | {} | {takes} |", default(setting));
        if variables {
            text += &format!(" `{}` |", variable(table.table, key));
        }
        text.push('\n');
    }
    text.push('\n');
    for setting in &table.settings {
        text += &format!("- `{}`: {}\n", setting.key, lower_first(&setting.about));
    }
    if table.takes_properties {
        text += &properties();
    }
    text
}

fn properties() -> String {
    let mut text = String::from(
        "\nThe connection is told by these properties, in librdkafka's names, bare or quoted. Where none is given it \
         is plain and nobody signs in.\n\n| property | takes | what it is |\n| --- | --- | --- |\n",
    );
    for property in PROPERTIES {
        let secret = if property.is_secret { " (a secret)" } else { "" };
        text += &format!(
            "| `{}` | {}{secret} | {} |\n",
            property.name,
            escaped(property.takes),
            escaped(property.what)
        );
    }
    text
}

fn default(setting: &Setting) -> String {
    match &setting.default {
        Some(value) => format!("`{value}`"),
        None if setting.needed => "must be given".to_owned(),
        None => "none".to_owned(),
    }
}

/// A bar would end a cell.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}

/// The first letter small, as it goes on after a colon; names and abbreviations stay.
fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    match (characters.next(), characters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(characters).collect()
        }
        _ => text.to_owned(),
    }
}
