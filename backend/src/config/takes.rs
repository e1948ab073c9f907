//! What settings take: each kind of value with the words for it, its reading and its writing.

use std::net::SocketAddr;

use http::Uri;

use super::{
    reader::Surroundings,
    tree::{Node, Origin, quoted},
};

/// A kind of value.
pub trait Takes {
    /// What it is read into.
    type Value;
    /// The end of "takes …".
    fn told(&self) -> String;
    /// Reads it, or says everything that is wrong with it.
    fn read(&self, node: &Node, surroundings: &Surroundings<'_>) -> Result<Self::Value, Vec<Wrong>>;
    /// A value as TOML; none where it is not set.
    fn written(&self, value: &Self::Value) -> Option<String>;
    /// Where a secret comes from, as it may be printed.
    fn reference(&self, _value: &Self::Value) -> Option<String> {
        None
    }
}

/// What is wrong with a value.
#[derive(Debug)]
pub struct Wrong {
    /// Where it stands.
    pub place: Origin,
    /// What is wrong and what to do.
    pub sentence: String,
}

/// One wrong thing about a value.
pub fn wrong<T>(node: &Node, sentence: impl Into<String>) -> Result<T, Vec<Wrong>> {
    Err(vec![Wrong { place: node.origin.clone(), sentence: sentence.into() }])
}

/// A value that is not what is taken; the value is shown, so this is not for secrets.
fn not<T>(takes: &impl Takes, node: &Node) -> Result<T, Vec<Wrong>> {
    wrong(node, format!("takes {}, not {}", takes.told(), node.shown()))
}

/// Reads each of a list, with all that is wrong with any.
pub fn each<T>(read: impl Iterator<Item = Result<T, Vec<Wrong>>>) -> Result<Vec<T>, Vec<Wrong>> {
    let (mut values, mut wrongs) = (Vec::new(), Vec::new());
    for result in read {
        match result {
            Ok(value) => values.push(value),
            Err(more) => wrongs.extend(more),
        }
    }
    if wrongs.is_empty() { Ok(values) } else { Err(wrongs) }
}

/// Any text of a line.
pub struct Text;

impl Takes for Text {
    type Value = String;

    fn told(&self) -> String {
        "text of 1 to 200 characters".to_owned()
    }

    fn read(&self, node: &Node, _: &Surroundings<'_>) -> Result<String, Vec<Wrong>> {
        match node.text() {
            Some(text) if (1..=200).contains(&text.chars().count()) && !text.contains(char::is_control) => {
                Ok(text.to_owned())
            }
            _ => not(self, node),
        }
    }

    fn written(&self, value: &String) -> Option<String> {
        Some(quoted(value))
    }
}

/// A name that stands in addresses, logs and metrics as it is.
pub struct Name;

impl Takes for Name {
    type Value = String;

    fn told(&self) -> String {
        "1 to 100 letters, digits, '.', '_' and '-' with a letter or digit first".to_owned()
    }

    fn read(&self, node: &Node, _: &Surroundings<'_>) -> Result<String, Vec<Wrong>> {
        match node.text() {
            Some(text) if is_name(text) => Ok(text.to_owned()),
            _ => not(self, node),
        }
    }

    fn written(&self, value: &String) -> Option<String> {
        Some(quoted(value))
    }
}

/// Whether a text is a [`Name`].
pub fn is_name(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

/// A number within bounds.
pub struct Number {
    /// The smallest.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

impl Takes for Number {
    type Value = f64;

    fn told(&self) -> String {
        format!("a number from {} to {}", self.least, self.most)
    }

    fn read(&self, node: &Node, _: &Surroundings<'_>) -> Result<f64, Vec<Wrong>> {
        match node.number() {
            Some(number) if (self.least..=self.most).contains(&number) => Ok(number),
            _ => not(self, node),
        }
    }

    fn written(&self, value: &f64) -> Option<String> {
        Some(value.to_string())
    }
}

/// A number without a fraction, within bounds.
pub struct Whole {
    /// The smallest.
    pub least: usize,
    /// The largest.
    pub most: usize,
}

impl Takes for Whole {
    type Value = usize;

    fn told(&self) -> String {
        format!("a whole number from {} to {}", with_unit(self.least), with_unit(self.most))
    }

    fn read(&self, node: &Node, _: &Surroundings<'_>) -> Result<usize, Vec<Wrong>> {
        match node.whole().and_then(|whole| usize::try_from(whole).ok()) {
            Some(whole) if (self.least..=self.most).contains(&whole) => Ok(whole),
            _ => not(self, node),
        }
    }

    fn written(&self, value: &usize) -> Option<String> {
        Some(value.to_string())
    }
}

/// Bytes are easier to read in MiB.
fn with_unit(number: usize) -> String {
    const MIB: usize = 1 << 20;
    if number >= MIB && number.is_multiple_of(MIB) {
        format!("{number} ({} MiB)", number / MIB)
    } else {
        number.to_string()
    }
}

/// Yes or no.
pub struct Switch;

impl Takes for Switch {
    type Value = bool;

    fn told(&self) -> String {
        "true or false".to_owned()
    }

    fn read(&self, node: &Node, _: &Surroundings<'_>) -> Result<bool, Vec<Wrong>> {
        node.switch().map_or_else(|| not(self, node), Ok)
    }

    fn written(&self, value: &bool) -> Option<String> {
        Some(value.to_string())
    }
}

/// Where to listen.
pub struct Address;

impl Takes for Address {
    type Value = SocketAddr;

    fn told(&self) -> String {
        "an IP address with its port, like \"127.0.0.1:8080\" or \"[::1]:8080\"".to_owned()
    }

    fn read(&self, node: &Node, _: &Surroundings<'_>) -> Result<SocketAddr, Vec<Wrong>> {
        node.text().and_then(|text| text.trim().parse().ok()).map_or_else(|| not(self, node), Ok)
    }

    fn written(&self, value: &SocketAddr) -> Option<String> {
        Some(quoted(&value.to_string()))
    }
}

/// Where browsers find us.
pub struct Url;

impl Takes for Url {
    type Value = Uri;

    fn told(&self) -> String {
        "http:// or https:// with host and path, like \"https://ops.example.com/kafka\"".to_owned()
    }

    fn read(&self, node: &Node, _: &Surroundings<'_>) -> Result<Uri, Vec<Wrong>> {
        let Some(uri) = node.text().and_then(|text| text.parse::<Uri>().ok()) else {
            return not(self, node);
        };
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return wrong(node, "holds a user or password; write scheme, host and path only");
        }
        let has_host = uri.host().is_some_and(|host| !host.is_empty());
        if !has_host || !matches!(uri.scheme_str(), Some("http" | "https")) || uri.query().is_some() {
            return not(self, node);
        }
        Ok(uri)
    }

    fn written(&self, value: &Uri) -> Option<String> {
        Some(quoted(&value.to_string()))
    }
}

/// The name of a host, as it stands in a request.
pub struct Host;

impl Takes for Host {
    type Value = String;

    fn told(&self) -> String {
        "the name or IP address of a host, without scheme, port and path".to_owned()
    }

    fn read(&self, node: &Node, _: &Surroundings<'_>) -> Result<String, Vec<Wrong>> {
        let is_name = |text: &str| {
            (1..=253).contains(&text.len())
                && text.starts_with(|c: char| c.is_ascii_alphanumeric())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        };
        match node.text() {
            Some(text) if is_name(text) || text.parse::<std::net::Ipv6Addr>().is_ok() => {
                Ok(text.to_lowercase())
            }
            _ => not(self, node),
        }
    }

    fn written(&self, value: &String) -> Option<String> {
        Some(quoted(value))
    }
}
