//! `config example`: a whole file that can be used as it is. What needs files, secrets or choices is a comment.

use super::{settings::Setting, whole};
use crate::kafka::{PROPERTIES, Property};

/// The columns of the file.
const WIDTH: usize = 110;

/// The file's text.
pub fn example() -> String {
    let mut text = String::from(
        "# Riverkeeper's configuration, with every setting and its default.\n\
         # `riverkeeper config check FILE` says what is wrong with a file.\n",
    );
    for table in whole::described() {
        // A token that everybody has read opens for everybody, and a mirror joins two clusters, of which there is one here.
        let is_comment = ["mirror", "token"].contains(&table.table);
        text.push('\n');
        text += &comment(first_paragraph(&table.about));
        text += &format!("{}{}\n", if is_comment { "# " } else { "" }, table.header());
        for setting in &table.settings {
            text += &comment(&setting.about);
            text += &line(setting, is_comment);
        }
        if table.takes_properties {
            text += &properties();
        }
    }
    text
}

fn line(setting: &Setting, is_comment: bool) -> String {
    let Setting { key, default, needed, like, .. } = setting;
    match (default, like) {
        (Some(value), _) if !is_comment => format!("{key} = {value}\n"),
        (None, Some(value)) if *needed && !is_comment => format!("{key} = {value}\n"),
        (Some(value), _) => format!("# {key} = {value}\n"),
        (None, like) => format!("# {key} = {}\n", like.unwrap_or("…")),
    }
}

fn properties() -> String {
    let mut text =
        comment("The connection, by librdkafka's names; plain and not signed in where nothing is said.");
    for Property { name, is_secret, takes, what } in PROPERTIES {
        text += &comment(what);
        let value = if *is_secret { "{ file = \"…\" }" } else { "\"…\"" };
        text += &format!("# {name} = {value}  # {takes}\n");
    }
    text
}

fn first_paragraph(about: &str) -> &str {
    about.split("\n\n").next().unwrap_or_default()
}

fn comment(text: &str) -> String {
    let mut lines = String::new();
    let mut line = String::from("#");
    for word in text.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines += &line;
            lines.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line += word;
    }
    lines + &line + "\n"
}
