//! The connection of a cluster: properties in librdkafka's names, with secrets from files and the environment.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

use super::{
    cluster::Cluster,
    nearest::nearest,
    reader::Reader,
    report::Shown,
    secret::{self, Given, HIDDEN},
    settings::{Described, Settings},
    tree::{Node, quoted},
};
use crate::kafka::{PROPERTIES, Properties, Property, Security, security};

/// What is said of a secret that stands in the file.
pub const KEEP_IT_ELSEWHERE: &str =
    "the secret stands in the file as it is; { file = \"…\" } or { env = \"…\" } keeps it elsewhere";

/// Everything that is not a setting of ours is a property of the connection.
pub fn connection(reader: &mut Reader<'_>, all: &[Described]) -> Security {
    let (mut properties, mut places, mut told) = (Properties::new(), BTreeMap::new(), Vec::new());
    for (key, node) in std::mem::take(&mut reader.table) {
        let property = PROPERTIES.iter().find(|property| property.name == key);
        if property.is_none() && is_ours(&key, all) {
            reader.unknown(&key, &node, &Cluster::described(), all);
            continue;
        }
        match secret::read(&node, reader.surroundings) {
            Ok(given) => {
                if let Some(property) = property {
                    show(property, &given, &node, reader);
                }
                properties.insert(key.clone(), in_folder(&key, given.value, reader));
            }
            Err(wrongs) => {
                reader.wrong(&key, wrongs);
                told.push(key.clone());
            }
        }
        places.insert(key, node.origin);
    }
    let faults = match security(&properties, reader.surroundings.now) {
        Ok(security) => {
            for warning in security.warnings() {
                reader.report.warn(reader.which, &warning.name, &*warning.sentence);
            }
            return security;
        }
        Err(faults) => faults,
    };
    // A secret that could not be read is missing: that was told with its reason.
    for fault in faults.into_iter().filter(|fault| !told.contains(&fault.name)) {
        let place = places.get(&fault.name).unwrap_or(&reader.origin).clone();
        reader.report.fault(reader.which, &fault.name, &place, fault.sentence);
    }
    Security::default()
}

/// Whether an unknown key was meant for us rather than for the connection, whose properties have dots.
fn is_ours(key: &str, all: &[Described]) -> bool {
    let settings = Cluster::described().settings;
    let is_elsewhere = all.iter().any(|other| other.settings.iter().any(|setting| setting.key == key));
    !key.contains('.') || is_elsewhere || nearest(key, settings.iter().map(|setting| setting.key)).is_some()
}

/// Tells a value; of a secret where it comes from.
fn show(property: &Property, given: &Given, node: &Node, reader: &mut Reader<'_>) {
    // What was put elsewhere was not to be read here, whatever it is.
    let is_hidden = property.is_secret || given.from.is_some();
    let value = if is_hidden { HIDDEN.to_owned() } else { quoted(given.value.expose_secret()) };
    let shown = Shown::new(property.name, Some(value), node.origin.clone());
    reader.show(Shown { reference: given.from.clone(), ..shown });
    if property.is_secret && given.from.is_none() {
        reader.report.warn(reader.which, property.name, KEEP_IT_ELSEWHERE);
    }
}

/// Paths begin where the file lies, like all other paths in it.
fn in_folder(key: &str, value: SecretString, reader: &Reader<'_>) -> SecretString {
    if !key.ends_with(".location") || value.expose_secret().is_empty() {
        return value;
    }
    let path = reader.surroundings.folder.join(value.expose_secret());
    path.to_str().map_or(value, SecretString::from)
}
