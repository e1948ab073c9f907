//! What a reading of the configuration has to say: every fault at once, warnings, and each setting with its source.

use std::{
    collections::HashMap,
    fmt::{self, Write},
};

use super::tree::Origin;

/// Which table: a section, or an entry of a list of tables by its place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Which(pub &'static str, pub usize);

/// A fault or a warning: one sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where to look.
    pub place: Origin,
    /// The setting, like `http.listen` or `cluster.east.name`; empty where there is none.
    pub setting: String,
    /// What is wrong, what is allowed, what to do.
    pub sentence: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let setting = if self.setting.is_empty() { "" } else { ": " };
        let line = format!("{}{setting}{}: {}", self.place, self.setting, self.sentence);
        // Keys and names of files may hold anything; a fault is one line all the same.
        line.chars().try_for_each(|character| {
            if character.is_control() {
                write!(f, "{}", character.escape_default())
            } else {
                f.write_char(character)
            }
        })
    }
}

/// Why a configuration cannot be used. Displays a line for each fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            write!(f, "{}{fault}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// A setting in force.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its key.
    pub key: String,
    /// Its value as TOML, a secret as `***`; none where it is not set.
    pub value: Option<String>,
    /// Where the value comes from.
    pub origin: Origin,
    /// What stands there instead of the value: the file or variable of a secret.
    pub reference: Option<String>,
    /// What else was given, and does not count.
    pub instead_of: Option<Origin>,
}

impl Shown {
    /// A value that stands where it comes from, and instead of nothing.
    pub fn new(key: &str, value: Option<String>, origin: Origin) -> Self {
        Self { key: key.to_owned(), value, origin, reference: None, instead_of: None }
    }
}

/// A table with its settings in force.
#[derive(Clone, Debug)]
pub struct ShownTable {
    /// Which.
    pub which: Which,
    /// What sentences call it.
    pub label: String,
    /// Where it begins.
    pub origin: Origin,
    /// What it holds.
    pub settings: Vec<Shown>,
}

/// Everything that a reading has to say.
#[derive(Clone, Debug)]
pub struct Report {
    /// The file as a whole.
    pub file: Origin,
    /// What must be put right.
    pub faults: Vec<Fault>,
    /// What should be.
    pub warnings: Vec<Fault>,
    /// What is in force, in the order of reading.
    pub tables: Vec<ShownTable>,
    places: HashMap<Which, usize>,
}

impl Default for Report {
    fn default() -> Self {
        Self {
            file: Origin::Default,
            faults: vec![],
            warnings: vec![],
            tables: vec![],
            places: HashMap::new(),
        }
    }
}

impl Report {
    /// A table is read from here on.
    pub fn begin(&mut self, which: Which, label: &str, origin: &Origin) {
        let table = ShownTable { which, label: label.to_owned(), origin: origin.clone(), settings: vec![] };
        self.places.insert(which, self.tables.len());
        self.tables.push(table);
    }

    /// A setting was read.
    pub fn show(&mut self, which: Which, shown: Shown) {
        if let Some(table) = self.places.get(&which).and_then(|at| self.tables.get_mut(*at)) {
            table.settings.push(shown);
        }
    }

    /// Something is wrong with a setting that stands at `place`.
    pub fn fault(&mut self, which: Which, key: &str, place: &Origin, sentence: impl Into<String>) {
        let fault = self.sentence(which, key, place.clone(), sentence.into());
        self.faults.push(fault);
    }

    /// Something is wrong with a setting that was read.
    pub fn fault_on(&mut self, which: Which, key: &str, sentence: impl Into<String>) {
        let place = self.place(which, key);
        self.fault(which, key, &place, sentence);
    }

    /// Something should be done about a setting that was read.
    pub fn warn(&mut self, which: Which, key: &str, sentence: impl Into<String>) {
        let fault = self.sentence(which, key, self.place(which, key), sentence.into());
        self.warnings.push(fault);
    }

    /// Something is wrong that belongs to no table.
    pub fn fault_at(&mut self, place: Origin, setting: &str, sentence: impl Into<String>) {
        let fault = Fault { place, setting: setting.to_owned(), sentence: sentence.into() };
        self.faults.push(fault);
    }

    /// Whether a setting could be read, so that a rule about its value makes sense.
    pub fn is_sound(&self, which: Which, key: &str) -> bool {
        self.shown(which, key).is_some()
    }

    fn table(&self, which: Which) -> Option<&ShownTable> {
        self.tables.get(*self.places.get(&which)?)
    }

    fn shown(&self, which: Which, key: &str) -> Option<&Shown> {
        self.table(which)?.settings.iter().find(|shown| shown.key == key)
    }

    /// Where a setting stands: its own place, its table's, or the file.
    pub fn place(&self, which: Which, key: &str) -> Origin {
        let table = self.table(which).map(|table| &table.origin);
        let own = self.shown(which, key).map(|shown| &shown.origin);
        let mut places = [own, table, Some(&self.file)].into_iter().flatten();
        places.find(|place| **place != Origin::Default).unwrap_or(&Origin::Default).clone()
    }

    /// Whether somebody gave a setting, so that it is not its default.
    pub fn is_given(&self, which: Which, key: &str) -> bool {
        self.shown(which, key).is_some_and(|shown| shown.origin != Origin::Default)
    }

    /// Faults and warnings in the order of the file; what stands elsewhere comes last.
    pub fn sort(&mut self) {
        let line = |fault: &Fault| match fault.place {
            Origin::File { line, .. } => line.unwrap_or_default(),
            _ => usize::MAX,
        };
        self.faults.sort_by_key(line);
        self.warnings.sort_by_key(line);
    }

    fn sentence(&self, which: Which, key: &str, place: Origin, sentence: String) -> Fault {
        let label = self.table(which).map_or(which.0, |table| table.label.as_str());
        let setting = if key.is_empty() { label.to_owned() } else { format!("{label}.{key}") };
        Fault { place, setting, sentence }
    }
}
