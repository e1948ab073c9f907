//! Who owns what: topics, groups, principals and client ids, by the operator's file.
//!
//! It exists so that a page names whom to ask, and a token can be bound to what its team owns. The file is read
//! strictly at start and again whenever its content changed; one that is broken later keeps the owners before it.

mod claims;
mod owners;
mod parse;
mod pattern;
mod read;
mod watch;

use std::{path::Path, sync::Arc};

pub use owners::Owners;

use crate::runtime::{Cell, Runtime};

/// The newest owners, read again when the file changes.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// What the file said at the start.
    first: Arc<Owners>,
    cell: Option<Cell<Arc<Owners>>>,
}

impl Catalog {
    /// Reads the file, and reads it again for as long as the runtime lives. Without a file nothing has an owner.
    /// Every fault of the file is told at once.
    pub fn start(runtime: &Runtime, file: Option<&Path>) -> Result<Self, Vec<String>> {
        let Some(file) = file else { return Ok(Self::default()) };
        let first = Arc::new(read::file(file)?);
        let cell = watch::start(runtime, file.to_owned(), first.clone());
        Ok(Self { first, cell: Some(cell) })
    }

    /// Owners that never change, for tests and pictures.
    pub fn fixed(owners: Owners) -> Self {
        Self { first: Arc::new(owners), cell: None }
    }

    /// The newest that could be read.
    pub fn newest(&self) -> Arc<Owners> {
        let newest = self.cell.as_ref().and_then(Cell::newest);
        newest.map_or_else(|| self.first.clone(), |stamped| stamped.snapshot.clone())
    }
}

/// Whether a file of owners can be used; every fault at once, each with its line.
pub fn check(file: &Path) -> Result<(), Vec<String>> {
    read::file(file).map(drop)
}
