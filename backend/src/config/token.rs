//! `[[token]]`: who may ask, told by the hash of what they carry.

use globset::Glob;
use shared::{DateTime, access::Role};

use super::{
    combined::{Empty, List, OneOf, Optional, Word},
    reader::Surroundings,
    settings::settings,
    takes::{Name, Takes, Text, Wrong, wrong},
    tree::{Node, Value, quoted},
};

settings! {
    /// Who may see what, once for each token. With tokens, API and metrics ask for one:
    /// `Authorization: Bearer …`, or the sign-in page in a browser.
    ///
    /// `riverkeeper token new --name NAME` makes a token of 256 random bits, shows it once, and prints this table
    /// with its hash. What is seen must be allowed by both `clusters` and `owners`. A token with `owners` sees of a
    /// cluster its name, health and age, and the topics and groups of those owners.
    pub struct Token = "token" (list) {
        /// Its name, for logs and screens.
        name: String => Name, like "\"dashboard\"";
        /// The SHA-256 of the token. The token itself is nowhere in the file.
        sha256: [u8; 32] => Hash, like "\"8f43…\"";
        /// What its bearer may do: a viewer sees, and changes nothing.
        role: Role => OneOf::<Role>::all(), like "\"viewer\"";
        /// The clusters that it sees, by name or glob; all where this is left out.
        clusters: Option<Vec<Glob>> = None => Optional(List {
            of: Pattern,
            empty: Empty::Refused("remove the key to allow every cluster, or name some"),
        }), like "[\"east\", \"west-*\"]";
        /// The owners whose topics and groups it sees; all where this is left out.
        owners: Option<Vec<String>> = None => Optional(List {
            of: Text,
            empty: Empty::Refused("remove the key to allow every owner, or name some"),
        }), like "[\"payments\"]";
        /// When it ends.
        expires: DateTime => Time, like "2027-01-31T00:00:00Z";
    }
}

impl Word for Role {
    const ALL: &'static [(&'static str, Self)] = &[("viewer", Self::Viewer)];
}

/// The hash of a token. What is given instead may be the token, so it is never repeated.
struct Hash;

impl Takes for Hash {
    type Value = [u8; 32];

    fn told(&self) -> String {
        "the 64 hexadecimal digits of a token's SHA-256; `riverkeeper token new --name NAME` makes both"
            .to_owned()
    }

    fn read(&self, node: &Node, _: &Surroundings<'_>) -> Result<[u8; 32], Vec<Wrong>> {
        match node.text().and_then(bytes) {
            Some(hash) => Ok(hash),
            None => wrong(node, format!("takes {}", self.told())),
        }
    }

    fn written(&self, value: &[u8; 32]) -> Option<String> {
        Some(quoted(&hexadecimal(value)))
    }
}

fn bytes(text: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
        let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
        *byte = u8::from_str_radix(digits, 16).ok()?;
    }
    Some(hash)
}

/// Bytes as hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A name, or a glob of names.
struct Pattern;

impl Takes for Pattern {
    type Value = Glob;

    fn told(&self) -> String {
        "a name or a glob like \"east\", \"west-*\" or \"{east,west}\"".to_owned()
    }

    fn read(&self, node: &Node, _: &Surroundings<'_>) -> Result<Glob, Vec<Wrong>> {
        let Some(text) = node.text().filter(|text| (1..=200).contains(&text.len())) else {
            return wrong(node, format!("takes {}, not {}", self.told(), node.shown()));
        };
        match Glob::new(text) {
            Ok(glob) => Ok(glob),
            Err(error) => wrong(node, format!("{} is not a glob: {}", node.shown(), error.kind())),
        }
    }

    fn written(&self, value: &Glob) -> Option<String> {
        Some(quoted(value.glob()))
    }
}

/// A point in time.
struct Time;

impl Takes for Time {
    type Value = DateTime;

    fn told(&self) -> String {
        "a time with its offset, like 2027-01-31T00:00:00Z".to_owned()
    }

    fn read(&self, node: &Node, _: &Surroundings<'_>) -> Result<DateTime, Vec<Wrong>> {
        let text = match &node.value {
            Value::Time(time) => Some(time.as_str()),
            _ => node.text(),
        };
        match text.and_then(|text| chrono::DateTime::parse_from_rfc3339(text).ok()) {
            Some(time) => Ok(time.to_utc()),
            None => wrong(node, format!("takes {}, not {}", self.told(), node.shown())),
        }
    }

    fn written(&self, value: &DateTime) -> Option<String> {
        Some(value.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
    }
}
