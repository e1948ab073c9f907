//! Reads one table by its declaration, and names what the declaration does not know.

use std::path::PathBuf;

use shared::DateTime;

use super::{
    layers::Environment,
    nearest::nearest,
    report::{Report, Shown, Which},
    settings::Described,
    takes::{Takes, Wrong},
    tree::{Node, Origin, Table, Value},
};

/// What values are read against.
pub struct Surroundings<'a> {
    /// Where relative paths begin: the folder of the file.
    pub folder: PathBuf,
    /// Where secrets may come from.
    pub environment: &'a Environment,
    /// The time of reading.
    pub now: DateTime,
}

/// Reads one table.
pub struct Reader<'a> {
    /// Which table.
    pub which: Which,
    /// What was written there and is not read yet.
    pub table: Table,
    /// Where the table begins.
    pub origin: Origin,
    /// Files, environment and time.
    pub surroundings: &'a Surroundings<'a>,
    /// Where faults and values are told.
    pub report: &'a mut Report,
    missing: Vec<(&'static str, String)>,
}

impl<'a> Reader<'a> {
    /// Begins with a table; `label` is what sentences call it.
    pub fn begin(
        which: Which,
        label: &str,
        node: Node,
        surroundings: &'a Surroundings<'a>,
        report: &'a mut Report,
    ) -> Self {
        report.begin(which, label, &node.origin);
        let table = match node.value {
            Value::Table(table) => table,
            _ => {
                report.fault(
                    which,
                    "",
                    &node.origin,
                    format!("takes a table: write [{}] and its settings below it", which.0),
                );
                Table::new()
            }
        };
        Self { which, table, origin: node.origin, surroundings, report, missing: vec![] }
    }

    /// Takes one setting; where it is missing or cannot be used, its default stands in.
    pub fn take<T: Takes>(
        &mut self,
        key: &'static str,
        takes: &T,
        needed: bool,
        default: impl FnOnce() -> T::Value,
    ) -> T::Value {
        let Some(node) = self.table.remove(key) else {
            let value = default();
            if needed {
                self.missing.push((key, takes.told()));
            } else {
                self.show(Shown::new(key, takes.written(&value), Origin::Default));
            }
            return value;
        };
        let instead_of = node.instead_of.as_ref().map(|other| other.origin.clone());
        // A value that does not count is checked all the same: it will count one day.
        if let Some(Err(wrongs)) = node.instead_of.as_ref().map(|other| takes.read(other, self.surroundings))
        {
            self.wrong(key, wrongs);
        }
        match takes.read(&node, self.surroundings) {
            Ok(value) => {
                let reference = takes.reference(&value);
                let shown = Shown::new(key, takes.written(&value), node.origin);
                self.show(Shown { instead_of, reference, ..shown });
                value
            }
            Err(wrongs) => {
                self.wrong(key, wrongs);
                default()
            }
        }
    }

    /// Tells what is wrong with a setting.
    pub fn wrong(&mut self, key: &str, wrongs: Vec<Wrong>) {
        for wrong in wrongs {
            self.report.fault(self.which, key, &wrong.place, wrong.sentence);
        }
    }

    /// Tells a value.
    pub fn show(&mut self, shown: Shown) {
        self.report.show(self.which, shown);
    }

    /// Ends the table: every key that is left is unknown, and what was not given is missing.
    pub fn end(mut self, described: &Described, all: &[Described]) {
        for (key, node) in std::mem::take(&mut self.table) {
            self.unknown(&key, &node, described, all);
        }
        for (key, takes) in self.missing {
            self.report.fault(self.which, key, &self.origin, format!("is missing; takes {takes}"));
        }
    }

    /// Tells a key that is not known; what it was meant to be is not missing besides.
    pub fn unknown(&mut self, key: &str, node: &Node, described: &Described, all: &[Described]) {
        let known: Vec<&str> = described.settings.iter().map(|setting| setting.key).collect();
        let elsewhere = all.iter().find(|other| other.settings.iter().any(|setting| setting.key == key));
        let meant = nearest(key, known.iter().copied());
        let hint = match (elsewhere, meant) {
            (Some(other), _) => format!("; {key} belongs to {}", other.header()),
            (None, Some(meant)) => format!("; did you mean {meant}?"),
            (None, None) => String::new(),
        };
        self.missing.retain(|(missing, _)| Some(*missing) != meant);
        let more = if described.takes_properties { " and the properties of its connection" } else { "" };
        let sentence =
            format!("{} has no such key, it takes {}{more}{hint}", described.header(), known.join(", "));
        self.report.fault(self.which, key, &node.origin, sentence);
    }
}
