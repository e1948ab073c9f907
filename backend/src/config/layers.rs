//! What is laid over the file: settings of the environment, then the arguments of the command.

use std::{collections::BTreeMap, ffi::OsString};

use super::{
    nearest::nearest,
    report::Report,
    settings::Described,
    tree::{Node, Origin, Table, Value},
};

/// What the environment's settings begin with.
pub const PREFIX: &str = "RIVERKEEPER__";

/// Environment variables by name.
pub type Environment = BTreeMap<OsString, OsString>;

/// The arguments of a command that are settings.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// `--port`: listen on this port of 127.0.0.1.
    pub port: Option<u16>,
    /// `--name` and `--bootstrap`: one cluster, without a file.
    pub cluster: Option<(String, String)>,
    /// `--database-url`: where history is kept.
    pub database_url: Option<String>,
}

/// Lays the environment's settings over the tree. Sections are set by it, lists of tables are not.
pub fn lay_environment(root: &mut Table, environment: &Environment, all: &[Described], report: &mut Report) {
    let sections = all.iter().filter(|table| !table.is_list);
    let names = sections.flat_map(|section| {
        let pairs = section.settings.iter().map(|setting| (section.table, setting.key));
        pairs.map(|(table, key)| (variable(table, key), (table, key)))
    });
    let known: BTreeMap<String, (&str, &str)> = names.collect();
    for (name, value) in environment {
        let name = name.to_string_lossy();
        if !name.to_uppercase().starts_with(PREFIX) {
            continue;
        }
        let origin = Origin::Variable(name.to_string());
        let Some((table, key)) = known.get(name.as_ref()) else {
            report.fault_at(origin, "", unknown(&name, all, known.keys()));
            continue;
        };
        match value.to_str() {
            Some(text) => lay(root, table, key, Node::new(Value::Untyped(text.to_owned()), origin)),
            None => report.fault_at(origin, &format!("{table}.{key}"), "is not UTF-8 text"),
        }
    }
}

/// Lays the command's arguments over the tree.
pub fn lay_arguments(root: &mut Table, arguments: &Arguments) {
    if let Some(port) = arguments.port {
        let listen = Value::Untyped(format!("127.0.0.1:{port}"));
        lay(root, "http", "listen", Node::new(listen, Origin::Argument("--port")));
    }
    if let Some(url) = &arguments.database_url {
        let origin = Origin::Argument("--database-url");
        lay(root, "database", "url", Node::new(Value::Untyped(url.clone()), origin));
    }
    if let Some((name, bootstrap)) = &arguments.cluster {
        let said =
            |text: &str, argument| Node::new(Value::Untyped(text.to_owned()), Origin::Argument(argument));
        let cluster = Table::from([
            ("name".to_owned(), said(name, "--name")),
            ("bootstrap.servers".to_owned(), said(bootstrap, "--bootstrap")),
        ]);
        let origin = Origin::Argument("--bootstrap");
        let clusters = vec![Node::new(Value::Table(cluster), origin.clone())];
        root.insert("cluster".to_owned(), Node::new(Value::List(clusters), origin));
    }
}

/// The variable of a setting.
pub fn variable(table: &str, key: &str) -> String {
    format!("{PREFIX}{}__{}", table.to_uppercase(), key.to_uppercase())
}

fn lay(root: &mut Table, table: &str, key: &str, mut node: Node) {
    let section = root.entry(table.to_owned()).or_insert_with(Node::nothing);
    // What is no table is a fault of its own, told when it is read.
    if let Value::Table(settings) = &mut section.value {
        node.instead_of = settings.remove(key).map(Box::new);
        settings.insert(key.to_owned(), node);
    }
}

fn unknown<'a>(name: &str, all: &[Described], known: impl Iterator<Item = &'a String>) -> String {
    let capitals = name.to_uppercase();
    let words = capitals.strip_prefix(PREFIX).unwrap_or_default();
    let table = words.split("__").next().unwrap_or_default();
    if all.iter().any(|list| list.is_list && list.table.eq_ignore_ascii_case(table)) {
        return format!("[[{}]] is set in the file only; remove the variable", table.to_lowercase());
    }
    // The words that all names begin with would make all of them alike.
    let nearest = nearest(words, known.filter_map(|known| known.strip_prefix(PREFIX)));
    let meant = nearest.map_or_else(String::new, |known| format!("; did you mean {PREFIX}{known}?"));
    format!("no setting has this name, they are {PREFIX}SECTION__KEY in capitals{meant}")
}
