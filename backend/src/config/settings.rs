//! How settings are declared: one line says type, default, what is allowed and what it is for.
//!
//! From that line come the field, its reading and its faults, `config print`, `config example` and
//! docs/configuration.md. A setting is added by adding a line; nothing else has to be touched.
//!
//! ```text
//! settings! {
//!     /// What the table is for, and notes in paragraphs of their own.
//!     pub struct Kafka = "kafka" {
//!         /// What it is for.
//!         client_id: String = "riverkeeper".into() => Text;              // has a default
//!         /// Where it lies.
//!         rack: Option<String> = None => Optional(Text), like "\"a\"";   // may be left out; the example shows this
//!         /// Where to begin.
//!         bootstrap("bootstrap.servers"): Vec<HostPort> => Addresses, like "\"kafka:9092\"";   // must be given
//!         ..
//!         /// Made of what no line above takes.
//!         security: Security
//!     }
//! }
//! ```

use super::reader::Reader;

/// What a table of settings is, for whoever prints it.
#[derive(Clone, Debug)]
pub struct Described {
    /// Its name in the file.
    pub table: &'static str,
    /// What it is for: paragraphs, parted by an empty line.
    pub about: String,
    /// Its settings in the order in which they are told.
    pub settings: Vec<Setting>,
    /// Whether there may be many of it.
    pub is_list: bool,
    /// Whether it takes a connection's properties too.
    pub takes_properties: bool,
}

impl Described {
    /// As it stands in the file.
    pub fn header(&self) -> String {
        if self.is_list { format!("[[{}]]", self.table) } else { format!("[{}]", self.table) }
    }
}

/// What one setting is.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its key.
    pub key: &'static str,
    /// What it is for.
    pub about: String,
    /// The end of "takes …".
    pub takes: String,
    /// Its default as TOML; none where it may be left out, or must be given.
    pub default: Option<String>,
    /// Whether it must be given.
    pub needed: bool,
    /// A value for the example, where there is no default.
    pub like: Option<&'static str>,
}

/// A table of settings.
pub trait Settings: Sized {
    /// Its name in the file.
    const TABLE: &'static str;
    /// What it is.
    fn described() -> Described;
    /// Reads every setting; what cannot be read is told to the reader and stands in as its default.
    fn read(reader: &mut Reader<'_>) -> Self;
}

/// Doc comments as text: lines of a paragraph put together.
pub fn told(docs: &[&str]) -> String {
    let mut text = String::new();
    for line in docs.iter().map(|line| line.trim()) {
        match line {
            "" => text.push_str("\n\n"),
            line if text.is_empty() || text.ends_with('\n') => text.push_str(line),
            line => {
                text.push(' ');
                text.push_str(line);
            }
        }
    }
    text
}

macro_rules! settings {
    (
        $(#[doc = $about:literal])+
        pub struct $Name:ident = $table:literal $(($list:ident))? {
            $(
                $(#[doc = $doc:literal])+
                $field:ident $(($key:literal))? : $Type:ty $(= $default:expr)? => $takes:expr $(, like $like:literal)? ;
            )+
            $( .. $(#[doc = $rest_doc:literal])+ $rest:ident : $Rest:ty )?
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug)]
        pub struct $Name {
            $( $(#[doc = $doc])+ pub $field: $Type, )+
            $( $(#[doc = $rest_doc])+ pub $rest: $Rest, )?
        }

        impl Default for $Name {
            fn default() -> Self {
                Self {
                    $( $field: settings!(@default $Type $(, $default)?), )+
                    $( $rest: <$Rest>::default(), )?
                }
            }
        }

        impl $crate::config::settings::Settings for $Name {
            const TABLE: &'static str = $table;

            fn described() -> $crate::config::settings::Described {
                use $crate::config::{settings::{Described, Setting, told}, takes::Takes as _};
                let standard = Self::default();
                Described {
                    table: $table,
                    about: told(&[$($about),+]),
                    settings: vec![$({
                        let (takes, needed) = ($takes, settings!(@needed $($default)?));
                        Setting {
                            key: settings!(@key $field $($key)?),
                            about: told(&[$($doc),+]),
                            takes: takes.told(),
                            default: if needed { None } else { takes.written(&standard.$field) },
                            needed,
                            like: settings!(@like $($like)?),
                        }
                    }),+],
                    is_list: settings!(@is $($list)?),
                    takes_properties: settings!(@is $($rest)?),
                }
            }

            fn read(reader: &mut $crate::config::reader::Reader<'_>) -> Self {
                Self {
                    $( $field: reader.take(
                        settings!(@key $field $($key)?),
                        &$takes,
                        settings!(@needed $($default)?),
                        || settings!(@default $Type $(, $default)?),
                    ), )+
                    $( $rest: <$Rest>::default(), )?
                }
            }
        }
    };
    (@default $Type:ty) => { <$Type>::default() };
    (@default $Type:ty, $default:expr) => { $default };
    (@needed) => { true };
    (@needed $default:expr) => { false };
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };
    (@is) => { false };
    (@is $word:ident) => { true };
    (@like) => { None };
    (@like $like:literal) => { Some($like) };
}
pub(super) use settings;
