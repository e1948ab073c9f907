//! What was written, and where: the values of a configuration file as a tree in which each knows its line.
//!
//! Values of the environment and of arguments are laid over it, so that all are read by the same rules.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody gave it.
    Default,
    /// A line of the file, or the file as a whole.
    File {
        /// The file, as it was named to us.
        name: Arc<str>,
        /// The line, from 1.
        line: Option<usize>,
    },
    /// An environment variable.
    Variable(String),
    /// An argument of the command.
    Argument(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { name, line: Some(line) } => write!(f, "{name}:{line}"),
            Self::File { name, line: None } => f.write_str(name),
            Self::Variable(name) => f.write_str(name),
            Self::Argument(name) => f.write_str(name),
        }
    }
}

/// The values of a table by key.
pub type Table = BTreeMap<String, Node>;

/// A value with its place. Not `Debug`: it may be a secret.
#[derive(Clone)]
pub struct Node {
    /// What was written.
    pub value: Value,
    /// Where: for a value of a table the line of its key.
    pub origin: Origin,
    /// What was given at a place that counts less.
    pub instead_of: Option<Box<Node>>,
}

/// What was written.
#[derive(Clone)]
pub enum Value {
    /// Text in quotes.
    Text(String),
    /// A number without a fraction, as it was written.
    Whole(i128),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Switch(bool),
    /// A date or time of TOML.
    Time(String),
    /// A list.
    List(Vec<Node>),
    /// A table.
    Table(Table),
    /// Text from outside of TOML, which has no types: the setting says what it is.
    Untyped(String),
}

impl Node {
    /// A value that replaces nothing.
    pub fn new(value: Value, origin: Origin) -> Self {
        Self { value, origin, instead_of: None }
    }

    /// A table that stands nowhere.
    pub fn nothing() -> Self {
        Self::new(Value::Table(Table::new()), Origin::Default)
    }

    /// Text.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Untyped(text) => Some(text),
            _ => None,
        }
    }

    /// Any number.
    pub fn number(&self) -> Option<f64> {
        match &self.value {
            Value::Number(number) => Some(*number),
            Value::Whole(number) => Some(*number as f64),
            Value::Untyped(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A number without a fraction.
    pub fn whole(&self) -> Option<i128> {
        match &self.value {
            Value::Whole(number) => Some(*number),
            Value::Untyped(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// `true` or `false`.
    pub fn switch(&self) -> Option<bool> {
        match &self.value {
            Value::Switch(switch) => Some(*switch),
            Value::Untyped(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A list; outside of TOML its values are parted by commas.
    pub fn list(&self) -> Option<Vec<Node>> {
        match &self.value {
            Value::List(list) => Some(list.clone()),
            Value::Untyped(text) => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Some(
                    parts
                        .map(|part| Self::new(Value::Untyped(part.to_owned()), self.origin.clone()))
                        .collect(),
                )
            }
            _ => None,
        }
    }

    /// The value for a sentence: short, and on one line.
    pub fn shown(&self) -> String {
        match &self.value {
            Value::Text(text) | Value::Untyped(text) => quoted(&shortened(text)),
            Value::Whole(number) => number.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Switch(switch) => switch.to_string(),
            Value::Time(time) => time.clone(),
            Value::List(_) => "a list".to_owned(),
            Value::Table(_) => "a table".to_owned(),
        }
    }
}

/// As TOML writes text on one line, with its quotes.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(control))),
            plain => quoted.push(plain),
        }
    }
    quoted.push('"');
    quoted
}

fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain(['…']).collect()
}

/// So many lines that are not TOML are told.
const MOST_UNREADABLE: usize = 100;

/// Something that is not TOML.
pub struct Unreadable {
    /// Its line.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
    /// The key that was given twice, when that is all.
    pub given_twice: Option<String>,
}

/// The tree of a text, with everything in it that is not TOML.
pub fn parse(name: &Arc<str>, text: &str) -> (Table, Vec<Unreadable>) {
    let lines = Lines::new(name, text);
    let (root, errors) = DeTable::parse_recoverable(text);
    let (mut unreadable, mut seen) = (Vec::new(), BTreeSet::new());
    for error in errors {
        let span = error.span().unwrap_or_default();
        let line = lines.line(span.start);
        let given_twice =
            (error.message() == "duplicate key").then(|| text.get(span).unwrap_or_default().to_owned());
        // What follows on a line from its first fault tells nothing; of a file of another kind a few lines tell enough.
        if unreadable.len() < MOST_UNREADABLE && seen.insert(line) {
            unreadable.push(Unreadable { line, what: error.message().to_owned(), given_twice });
        }
    }
    (lines.table(root.into_inner()), unreadable)
}

struct Lines<'a> {
    name: &'a Arc<str>,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(name: &'a Arc<str>, text: &str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { name, starts: std::iter::once(0).chain(after_breaks).collect() }
    }

    fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    fn origin(&self, offset: usize) -> Origin {
        Origin::File { name: self.name.clone(), line: Some(self.line(offset)) }
    }

    fn table(&self, table: DeTable<'_>) -> Table {
        let entry = |(key, value): (Spanned<_>, Spanned<DeValue<'_>>)| {
            let origin = self.origin(key.span().start);
            let key: std::borrow::Cow<'_, str> = key.into_inner();
            (key.into_owned(), Node::new(self.value(value.into_inner()), origin))
        };
        table.into_iter().map(entry).collect()
    }

    fn value(&self, value: DeValue<'_>) -> Value {
        match value {
            DeValue::String(text) => Value::Text(text.into_owned()),
            DeValue::Integer(number) => {
                match i128::from_str_radix(&number.as_str().replace('_', ""), number.radix()) {
                    Ok(whole) => Value::Whole(whole),
                    Err(_) => Value::Number(f64::INFINITY),
                }
            }
            DeValue::Float(number) => Value::Number(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(switch) => Value::Switch(switch),
            DeValue::Datetime(time) => Value::Time(time.to_string()),
            DeValue::Array(list) => Value::List(
                list.into_iter()
                    .map(|item| {
                        let origin = self.origin(item.span().start);
                        Node::new(self.value(item.into_inner()), origin)
                    })
                    .collect(),
            ),
            DeValue::Table(table) => Value::Table(self.table(table)),
        }
    }
}
