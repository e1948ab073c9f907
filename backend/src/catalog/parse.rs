//! The text of the file as declared owners, or every fault of it with its line.

use std::collections::HashMap;

use shared::catalog::{Link, OwnerDetail};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{owners::Declared, pattern::Pattern};

/// Most patterns of a file: what is matched for every name must stay small.
const MOST_PATTERNS: usize = 10_000;
/// Most links of one owner.
const MOST_LINKS: usize = 20;
/// Longest id, title or address.
const LONGEST_TEXT: usize = 500;

const KEYS: &str = "name, title, links, topics, groups, principals, client_ids, clusters";

/// Something that is wrong on a line.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fault {
    pub line: usize,
    pub what: String,
}

type Value<'a> = Spanned<DeValue<'a>>;

/// The owners that a text declares, as they stand in it.
pub(super) fn declared(text: &str) -> Result<Vec<Declared>, Vec<Fault>> {
    let mut reading = Reading { text, faults: Vec::new(), patterns: 0 };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        reading.fault(error.span().map_or(0, |span| span.start), error.message().to_owned());
    }
    // What cannot be read as TOML would be complained about twice.
    let declared = if errors.is_empty() { reading.file(table.get_ref()) } else { vec![] };
    reading.faults.sort_unstable();
    if reading.faults.is_empty() { Ok(declared) } else { Err(reading.faults) }
}

struct Reading<'t> {
    text: &'t str,
    faults: Vec<Fault>,
    patterns: usize,
}

impl Reading<'_> {
    fn fault(&mut self, at: usize, what: String) {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        self.faults.push(Fault { line, what });
    }

    fn file(&mut self, table: &DeTable<'_>) -> Vec<Declared> {
        let mut declared = Vec::new();
        let mut lines: HashMap<String, usize> = HashMap::new();
        for (key, value) in table {
            let owners = match (key.get_ref().as_ref(), value.get_ref().as_array()) {
                ("owner", Some(owners)) => owners,
                ("owner", None) => {
                    self.fault(key.span().start, "owner: begin each owner with [[owner]]".into());
                    continue;
                }
                (other, _) => {
                    self.fault(
                        key.span().start,
                        format!("{other}: there is no such key; the file has only [[owner]]"),
                    );
                    continue;
                }
            };
            for owner in owners.iter() {
                let Some(table) = owner.get_ref().as_table() else {
                    self.fault(owner.span().start, "owner: begin each owner with [[owner]]".into());
                    continue;
                };
                let one = self.owner(owner.span().start, table);
                let name = one.owner.name.clone();
                if !name.is_empty() && lines.insert(name.clone(), declared.len()).is_some() {
                    self.fault(
                        owner.span().start,
                        format!("owner.{name}: two owners have this name; put them together"),
                    );
                }
                declared.push(one);
            }
        }
        if self.patterns > MOST_PATTERNS {
            let patterns = self.patterns;
            self.fault(0, format!("the file has {patterns} patterns; at most {MOST_PATTERNS} are read"));
        }
        declared
    }

    fn owner(&mut self, at: usize, table: &DeTable<'_>) -> Declared {
        let name = self.name(at, table);
        let path = if name.is_empty() { "owner".to_owned() } else { format!("owner.{name}") };
        let owner = OwnerDetail { name, title: None, links: vec![] };
        let (topics, groups, principals, client_ids) = Default::default();
        let mut one = Declared { owner, topics, groups, principals, client_ids, clusters: None };
        for (key, value) in table {
            let word = key.get_ref().as_ref();
            let path = format!("{path}.{word}");
            match word {
                "name" => {}
                "title" => one.owner.title = self.text(&path, value),
                "links" => one.owner.links = self.links(&path, value),
                "topics" => one.topics = self.patterns(&path, value),
                "groups" => one.groups = self.patterns(&path, value),
                "principals" => one.principals = self.patterns(&path, value),
                "client_ids" => one.client_ids = self.patterns(&path, value),
                "clusters" => one.clusters = Some(self.clusters(&path, value)),
                _ => {
                    self.fault(key.span().start, format!("{path}: there is no such key; an owner has {KEYS}"))
                }
            }
        }
        one
    }

    /// The id; empty when there is none that can be used.
    fn name(&mut self, at: usize, table: &DeTable<'_>) -> String {
        let Some(value) = table.get("name") else {
            self.fault(at, "owner: name is missing".into());
            return String::new();
        };
        let name = value.get_ref().as_str().unwrap_or_default();
        let allowed = |character: char| character.is_ascii_alphanumeric() || "._-".contains(character);
        if name.is_empty() || name.len() > 100 || !name.chars().all(allowed) {
            let what = "owner.name: takes up to 100 letters, digits, '.', '_' and '-'; what people call it is its title";
            self.fault(value.span().start, what.into());
            return String::new();
        }
        name.to_owned()
    }

    fn text(&mut self, path: &str, value: &Value<'_>) -> Option<String> {
        let text = value.get_ref().as_str().map(str::trim).filter(|text| {
            !text.is_empty() && text.len() <= LONGEST_TEXT && !text.contains(char::is_control)
        });
        if text.is_none() {
            self.fault(
                value.span().start,
                format!("{path}: takes a text of one line, at most {LONGEST_TEXT} bytes"),
            );
        }
        text.map(str::to_owned)
    }

    fn links(&mut self, path: &str, value: &Value<'_>) -> Vec<Link> {
        let links = value.get_ref().as_array().filter(|links| links.len() <= MOST_LINKS);
        let Some(links) = links else {
            let what = format!(
                "{path}: takes at most {MOST_LINKS} links, like [{{ title = \"Runbook\", url = \"https://…\" }}]"
            );
            self.fault(value.span().start, what);
            return vec![];
        };
        links.iter().filter_map(|link| self.link(path, link)).collect()
    }

    fn link(&mut self, path: &str, value: &Value<'_>) -> Option<Link> {
        let (mut title, mut url) = (None, None);
        for (key, value) in value.get_ref().as_table().into_iter().flatten() {
            match key.get_ref().as_ref() {
                "title" => title = Some(self.text(&format!("{path}.title"), value)),
                "url" => url = Some(self.text(&format!("{path}.url"), value)),
                other => self.fault(
                    key.span().start,
                    format!("{path}.{other}: there is no such key; a link has title, url"),
                ),
            }
        }
        let (Some(title), Some(url)) = (title, url) else {
            self.fault(value.span().start, format!("{path}: a link has a title and a url"));
            return None;
        };
        let (title, url) = (title?, url?);
        if !is_web_address(&url) {
            self.fault(
                value.span().start,
                format!("{path}.url: takes an address that begins with http:// or https://"),
            );
            return None;
        }
        Some(Link { title, url })
    }

    fn clusters(&mut self, path: &str, value: &Value<'_>) -> Vec<Pattern> {
        let patterns = self.patterns(path, value);
        if value.get_ref().as_array().is_some_and(|list| list.is_empty()) {
            self.fault(
                value.span().start,
                format!("{path}: an empty list owns nowhere; leave it out for all clusters"),
            );
        }
        patterns
    }

    fn patterns(&mut self, path: &str, value: &Value<'_>) -> Vec<Pattern> {
        let takes = format!("{path}: takes a list of names or globs, like [\"orders\", \"payments-*\"]");
        let Some(list) = value.get_ref().as_array() else {
            self.fault(value.span().start, takes);
            return vec![];
        };
        self.patterns += list.len();
        let mut patterns = Vec::new();
        for value in list.iter().take(MOST_PATTERNS) {
            match value.get_ref().as_str().map(Pattern::parse) {
                Some(Ok(pattern)) => patterns.push(pattern),
                Some(Err(what)) => self.fault(value.span().start, format!("{path}: {what}")),
                None => self.fault(value.span().start, takes.clone()),
            }
        }
        patterns
    }
}

/// An address that a browser may be sent to: nothing but http, with a host, without blanks.
fn is_web_address(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        rest.starts_with(|first: char| first.is_alphanumeric() || first == '[')
            && !url.contains(|character: char| character.is_whitespace() || character.is_control())
    })
}

#[cfg(test)]
mod tests;
