//! The URL of the database, which may hold a password.

use std::path::Path;

use secrecy::ExposeSecret;
use shared::status::Engine;

use super::{
    reader::Surroundings,
    secret::{self, HIDDEN},
    takes::{Takes, Wrong, wrong},
    tree::{Node, Origin, quoted},
};
use crate::db::{self, Place};

/// A database's URL, or `{ file = "…" }` or `{ env = "…" }` of it.
pub struct DatabaseUrl;

impl Takes for DatabaseUrl {
    type Value = Place;

    fn told(&self) -> String {
        db::TAKES.to_owned()
    }

    fn read(&self, node: &Node, surroundings: &Surroundings<'_>) -> Result<Place, Vec<Wrong>> {
        let given = secret::read(node, surroundings)?;
        // Paths of the file begin where it lies, others where the command was given.
        let folder = match &node.origin {
            Origin::File { .. } => surroundings.folder.as_path(),
            _ => Path::new(""),
        };
        Place::parse(given.value.expose_secret(), folder).or_else(|sentence| wrong(node, sentence))
    }

    fn written(&self, value: &Place) -> Option<String> {
        Some(match value.engine() {
            Engine::Postgresql => HIDDEN.to_owned(),
            Engine::Sqlite | Engine::None => quoted(&format!("sqlite:{}", value.shown())),
        })
    }
}
