//! The file as a whole: which tables there are, and the way from its text to a configuration.

use std::{io::Read, path::Path, sync::Arc};

use shared::DateTime;

use super::{
    Config, Reading,
    cluster::{Cluster, flat},
    combined::plainly,
    layers::{Arguments, Environment, lay_arguments, lay_environment},
    mirror::Mirror,
    nearest::did_you_mean,
    reader::{Reader, Surroundings},
    report::{Report, Which},
    rules,
    sections::{Catalog, Database, History, Http, Inventory, Kafka, Lag, Load, Topology},
    settings::{Described, Settings},
    takes::is_name,
    token::Token,
    tree::{Node, Origin, Table, Value, parse, quoted},
};

/// The longest file that is read.
const MOST_BYTES: u64 = 1 << 20;

/// Where a configuration comes from, the last counting most.
pub struct Sources<'a> {
    /// The file.
    pub file: Option<&'a Path>,
    /// The environment.
    pub environment: &'a Environment,
    /// The command's arguments.
    pub arguments: &'a Arguments,
    /// The time of reading.
    pub now: DateTime,
}

/// Every table in the order in which it is told: `[sections]`, then `[[lists]]`.
pub fn described() -> Vec<Described> {
    vec![
        Http::described(),
        Kafka::described(),
        Inventory::described(),
        Load::described(),
        Lag::described(),
        Topology::described(),
        Catalog::described(),
        Database::described(),
        History::described(),
        Cluster::described(),
        Mirror::described(),
        Token::described(),
    ]
}

/// Reads everything, whatever is wrong with some of it.
pub fn read(sources: &Sources<'_>) -> Reading {
    read_text(sources, sources.file.map(bytes_of))
}

/// The same of a file whose bytes are at hand, or the reason why they are not.
pub fn read_text(sources: &Sources<'_>, bytes: Option<Result<Vec<u8>, String>>) -> Reading {
    let mut report = Report::default();
    let file = sources.file.zip(bytes);
    let mut root = file.map_or_else(|| Some(Table::new()), |(file, bytes)| tree(file, bytes, &mut report));
    if let Some(root) = root.as_mut() {
        lay_environment(root, sources.environment, &described(), &mut report);
        lay_arguments(root, sources.arguments);
    }
    let folder = sources.file.and_then(Path::parent).map(Path::to_owned).unwrap_or_default();
    let surroundings = Surroundings { folder, environment: sources.environment, now: sources.now };
    let config = match root {
        Some(root) => {
            let mut whole =
                Whole { root, all: described(), surroundings: &surroundings, report: &mut report };
            let config = whole.config();
            rules::check(&config, sources.now, &mut report);
            config
        }
        // What cannot be read tells nothing about its settings.
        None => Config::default(),
    };
    report.sort();
    Reading { config, report }
}

/// The file as a tree; none where it cannot be read far enough to say more about it.
fn tree(file: &Path, bytes: Result<Vec<u8>, String>, report: &mut Report) -> Option<Table> {
    let name: Arc<str> = file.to_string_lossy().into();
    let at = |line| Origin::File { name: name.clone(), line };
    report.file = at(None);
    let text = match bytes.map_err(|sentence| (None, sentence)).and_then(text_of) {
        Ok(text) => text,
        Err((line, sentence)) => {
            report.fault_at(at(line), "", sentence);
            return None;
        }
    };
    let (root, unreadable) = parse(&name, &text);
    for fault in &unreadable {
        match &fault.given_twice {
            Some(key) => report.fault_at(at(Some(fault.line)), key, "is given twice; keep one"),
            None => {
                report.fault_at(at(Some(fault.line)), "", format!("this is not TOML: {}", plain(&fault.what)))
            }
        }
    }
    unreadable.iter().all(|fault| fault.given_twice.is_some()).then_some(root)
}

/// What the parser says, in words for somebody who does not know its grammar.
fn plain(what: &str) -> &str {
    const WORDS: &[(&str, &str)] = &[
        ("string values must be quoted", VALUE),
        ("invalid float", VALUE),
        ("invalid integer", VALUE),
        ("invalid basic string", "text that begins with \" ends with \" on the same line"),
        ("invalid literal string", "text that begins with ' ends with ' on the same line"),
        ("unclosed table", "the name of a table stands in brackets, like [http]"),
        ("unclosed array table", "the name of a list of tables stands in two brackets, like [[cluster]]"),
        ("key with no value", SETTING),
        ("invalid unquoted key", SETTING),
        ("invalid key-value pair", SETTING),
        ("recursion limit", DEEP),
        ("cannot recurse further", DEEP),
    ];
    const SETTING: &str = "a setting is written KEY = VALUE";
    const DEEP: &str = "tables and lists stand too deep in each other";
    const VALUE: &str = "a value is text in \"quotes\", a number, true, false or a [list]";
    WORDS.iter().find(|(theirs, _)| what.starts_with(theirs)).map_or(what, |(_, ours)| ours)
}

fn bytes_of(file: &Path) -> Result<Vec<u8>, String> {
    let cannot = |error: std::io::Error| format!("cannot read this file ({})", plainly(&error));
    // Opening a pipe would wait for whoever writes it.
    if !std::fs::metadata(file).map_err(cannot)?.is_file() {
        return Err("is not a file; give the path of a TOML file".to_owned());
    }
    let mut bytes = Vec::new();
    let reading = std::fs::File::open(file).map_err(cannot)?;
    reading.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("is longer than {MOST_BYTES} bytes; is it the right file?"));
    }
    Ok(bytes)
}

fn text_of(bytes: Vec<u8>) -> Result<String, (Option<usize>, String)> {
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        (Some(line), "this is not UTF-8 text; save the file as UTF-8".to_owned())
    })
}

struct Whole<'a> {
    root: Table,
    all: Vec<Described>,
    surroundings: &'a Surroundings<'a>,
    report: &'a mut Report,
}

impl Whole<'_> {
    fn config(&mut self) -> Config {
        let config = Config {
            http: self.section(),
            kafka: self.section(),
            inventory: self.section(),
            load: self.section(),
            lag: self.section(),
            topology: self.section(),
            catalog: self.section(),
            database: self.section(),
            history: self.section(),
            clusters: self.list(Cluster::read_whole),
            mirrors: self.list(|mut reader, all| {
                let mirror = Mirror::read(&mut reader);
                reader.end(&Mirror::described(), all);
                mirror
            }),
            tokens: self.list(|mut reader, all| {
                let token = Token::read(&mut reader);
                reader.end(&Token::described(), all);
                token
            }),
        };
        for (key, node) in std::mem::take(&mut self.root) {
            let sentence = no_such_table(&key, &node, &self.all);
            self.report.fault_at(node.origin, &key, sentence);
        }
        config
    }

    fn section<T: Settings>(&mut self) -> T {
        let node = self.root.remove(T::TABLE).unwrap_or_else(Node::nothing);
        let mut reader = Reader::begin(Which(T::TABLE, 0), T::TABLE, node, self.surroundings, self.report);
        let section = T::read(&mut reader);
        reader.end(&T::described(), &self.all);
        section
    }

    fn list<T: Settings>(&mut self, read: impl Fn(Reader<'_>, &[Described]) -> T) -> Vec<T> {
        let Some(node) = self.root.remove(T::TABLE) else { return Vec::new() };
        let Value::List(entries) = node.value else {
            let sentence = format!("takes [[{}]] in two brackets, once for each", T::TABLE);
            self.report.fault_at(node.origin, T::TABLE, sentence);
            return Vec::new();
        };
        let mut read_all = Vec::new();
        for (index, mut entry) in entries.into_iter().enumerate() {
            let which = Which(T::TABLE, index);
            let mut twice = Vec::new();
            if let Value::Table(table) = entry.value {
                let (table, more) = flat(table);
                entry.value = Value::Table(table);
                twice = more;
            }
            let label = label(T::TABLE, index, &entry);
            let reader = Reader::begin(which, &label, entry, self.surroundings, self.report);
            for (key, node) in twice {
                reader.report.fault(which, &key, &node.origin, "is given twice; keep one");
            }
            read_all.push(read(reader, &self.all));
        }
        read_all
    }
}

/// An entry by its name, or by its place when it has none that can be said.
fn label(table: &str, index: usize, entry: &Node) -> String {
    let name = match &entry.value {
        Value::Table(settings) => settings.get("name").and_then(Node::text),
        _ => None,
    };
    match name.filter(|name| is_name(name)) {
        Some(name) => format!("{table}.{name}"),
        None => format!("{table}[{}]", index + 1),
    }
}

fn no_such_table(key: &str, node: &Node, all: &[Described]) -> String {
    let headers: Vec<String> = all.iter().map(Described::header).collect();
    let owner = all.iter().find(|table| table.settings.iter().any(|setting| setting.key == key));
    if let Some(owner) = owner.filter(|_| !matches!(node.value, Value::Table(_))) {
        return format!("stands outside of its table; write it below {}", owner.header());
    }
    let meant = did_you_mean(key, all.iter().map(|table| table.table));
    format!("there is no table {}, there are {}{meant}", quoted(key), headers.join(", "))
}
