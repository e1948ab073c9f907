//! Reads the file of owners: strictly, within bounds, and with every fault told at once.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::Arc,
};

use sha2::{Digest, Sha256};

use super::{owners::Owners, parse};

/// The longest file that is read.
const LARGEST: u64 = 1 << 20;

/// The owners of a file; each fault names the file and the line.
pub(super) fn file(path: &Path) -> Result<Owners, Vec<String>> {
    let bytes = bytes(path)?;
    owners(path, &bytes)
}

impl Owners {
    /// The owners that a text declares, as if it were a file of that name.
    pub fn parse(name: &Path, text: &str) -> Result<Self, Vec<String>> {
        owners(name, text.as_bytes())
    }
}

/// The owners of a file, which are the ones before while its content is the same.
pub(super) fn again(path: &Path, before: Arc<Owners>) -> Result<Arc<Owners>, Vec<String>> {
    let bytes = bytes(path)?;
    if revision(&bytes) == before.revision() {
        return Ok(before);
    }
    owners(path, &bytes).map(Arc::new)
}

fn bytes(path: &Path) -> Result<Vec<u8>, Vec<String>> {
    let shown = path.display();
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    match read() {
        Ok(bytes) if bytes.len() as u64 > LARGEST => {
            Err(vec![format!("{shown} is larger than {} KiB, the most that is read", LARGEST >> 10)])
        }
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(vec![format!("there is no file {shown}: catalog.file names the file of owners")])
        }
        Err(error) => Err(vec![format!("{shown} could not be read: {error}")]),
    }
}

fn owners(path: &Path, bytes: &[u8]) -> Result<Owners, Vec<String>> {
    let shown = path.display();
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = 1 + bytes.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count();
        vec![format!("{shown}:{line}: this is not UTF-8 text")]
    })?;
    let declared = parse::declared(text).map_err(|faults| {
        faults.into_iter().map(|fault| format!("{shown}:{}: {}", fault.line, fault.what)).collect::<Vec<_>>()
    })?;
    // What each glob is was checked; all of them together may still be too large for the machine that runs them.
    Owners::new(declared, revision(bytes))
        .map_err(|error| vec![format!("{shown}: the globs together cannot be used: {error}")])
}

/// Tells one content from another, on every machine alike.
fn revision(bytes: &[u8]) -> u64 {
    Sha256::digest(bytes).iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &[u8]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("owners.toml");
        std::fs::write(&path, text).unwrap();
        let faults = file(&path).unwrap_err();
        faults.iter().map(|fault| fault.replace(&*folder.path().to_string_lossy(), "…")).collect()
    }

    #[test]
    fn a_file_that_is_not_there_too_large_or_no_text_is_a_sentence() {
        let missing = file(Path::new("/nowhere/owners.toml")).unwrap_err();
        assert_eq!(missing, ["there is no file /nowhere/owners.toml: catalog.file names the file of owners"]);
        let large = vec![b'#'; LARGEST as usize + 1];
        assert_eq!(told(&large), ["…/owners.toml is larger than 1024 KiB, the most that is read"]);
        assert_eq!(told(b"# well\n\xff\xfe"), ["…/owners.toml:2: this is not UTF-8 text"]);
    }

    #[test]
    fn every_fault_is_told_at_once_with_its_line() {
        let text = b"[[owner]]\nnane = \"a\"\n\n[[owner]]\nname = \"b\"\ntopics = \"orders\"\n";
        assert_eq!(
            told(text),
            [
                "…/owners.toml:1: owner: name is missing",
                "…/owners.toml:2: owner.nane: there is no such key; an owner has name, title, links, topics, groups, \
                 principals, client_ids, clusters",
                "…/owners.toml:6: owner.b.topics: takes a list of names or globs, like [\"orders\", \"payments-*\"]",
            ]
        );
    }

    #[test]
    fn the_same_content_is_not_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("owners.toml");
        std::fs::write(&path, "[[owner]]\nname = \"a\"\n").unwrap();
        let first = Arc::new(file(&path).unwrap());
        assert!(Arc::ptr_eq(&again(&path, first.clone()).unwrap(), &first));
        std::fs::write(&path, "[[owner]]\nname = \"b\"\n").unwrap();
        let second = again(&path, first.clone()).unwrap();
        assert_ne!(second.revision(), first.revision());
        assert_eq!(second.all()[0].name, "b");
    }
}
