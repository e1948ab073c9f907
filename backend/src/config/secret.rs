//! Secrets: given as they are, in a file, or in an environment variable; shown as `***`.

use std::io::Read;

use secrecy::SecretString;

use super::{
    combined::plainly,
    reader::Surroundings,
    takes::{Wrong, wrong},
    tree::{Node, Value, quoted},
};

/// How a secret is printed.
pub const HIDDEN: &str = "\"***\"";

/// The longest secret; the longest of all is a private key with its chain.
const MOST_BYTES: u64 = 64 << 10;

/// A value that may be a secret.
pub struct Given {
    /// The value.
    pub value: SecretString,
    /// What may be printed of where it comes from: `{ file = "…" }`, or nothing for a literal.
    pub from: Option<String>,
}

/// Reads a value that may be a secret; no sentence about it holds any of it.
pub fn read(node: &Node, surroundings: &Surroundings<'_>) -> Result<Given, Vec<Wrong>> {
    let literal = |text: String| Ok(Given { value: text.into(), from: None });
    match &node.value {
        Value::Text(text) | Value::Untyped(text) => literal(text.clone()),
        Value::Whole(number) => literal(number.to_string()),
        Value::Number(number) => literal(number.to_string()),
        Value::Switch(switch) => literal(switch.to_string()),
        Value::Table(table) => {
            let mut pairs = table.iter();
            match (pairs.next(), pairs.next()) {
                (Some((kind, place)), None) if kind == "file" || kind == "env" => {
                    let Some(place_text) = place.text() else {
                        return wrong(node, format!("{kind} takes text, not {}", place.shown()));
                    };
                    let value = if kind == "file" {
                        from_file(place_text, node, surroundings)?
                    } else {
                        from_environment(place_text, node, surroundings)?
                    };
                    let from = Some(format!("{{ {kind} = {} }}", quoted(place_text)));
                    Ok(Given { value, from })
                }
                _ => wrong(node, "takes text, or one of { file = \"…\" } and { env = \"…\" }"),
            }
        }
        Value::Time(_) | Value::List(_) => {
            wrong(node, "takes text, or one of { file = \"…\" } and { env = \"…\" }")
        }
    }
}

fn from_file(path: &str, node: &Node, surroundings: &Surroundings<'_>) -> Result<SecretString, Vec<Wrong>> {
    let path = surroundings.folder.join(path);
    let shown = path.display();
    let cannot = |error: &std::io::Error| format!("cannot read the file {shown} ({})", plainly(error));
    // Opening a pipe would wait for whoever writes it.
    match std::fs::metadata(&path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return wrong(node, format!("{shown} is not a file; put the value into one")),
        Err(error) => return wrong(node, cannot(&error)),
    }
    let mut text = String::new();
    let read =
        std::fs::File::open(&path).and_then(|file| file.take(MOST_BYTES + 1).read_to_string(&mut text));
    match read {
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            wrong(node, format!("the file {shown} is not UTF-8 text"))
        }
        Err(error) => wrong(node, cannot(&error)),
        Ok(length) if length as u64 > MOST_BYTES => {
            wrong(node, format!("the file {shown} is longer than {MOST_BYTES} bytes; is it the right one?"))
        }
        Ok(_) => {
            let secret = without_line_end(&text);
            if secret.is_empty() {
                return wrong(node, format!("the file {shown} is empty; put the value into it"));
            }
            Ok(secret.into())
        }
    }
}

fn from_environment(
    name: &str,
    node: &Node,
    surroundings: &Surroundings<'_>,
) -> Result<SecretString, Vec<Wrong>> {
    let Some(value) = surroundings.environment.get(std::ffi::OsStr::new(name)) else {
        return wrong(node, format!("the environment variable {name} is not set; set it"));
    };
    match value.to_str().map(without_line_end) {
        None => wrong(node, format!("the environment variable {name} is not UTF-8 text")),
        Some("") => wrong(node, format!("the environment variable {name} is empty; put the value into it")),
        Some(secret) => Ok(secret.into()),
    }
}

/// Editors and `echo` end a file with a line end that is not part of the secret.
fn without_line_end(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}
