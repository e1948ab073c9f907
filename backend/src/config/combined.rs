//! What settings take that is made of other kinds, or comes from a closed set of words.

use std::path::{Path, PathBuf};

use super::{
    reader::Surroundings,
    takes::{Takes, Wrong, each, wrong},
    tree::{Node, quoted},
};

/// A value that may be left out.
pub struct Optional<T>(pub T);

impl<T: Takes> Takes for Optional<T> {
    type Value = Option<T::Value>;

    fn told(&self) -> String {
        self.0.told()
    }

    fn read(&self, node: &Node, surroundings: &Surroundings<'_>) -> Result<Self::Value, Vec<Wrong>> {
        self.0.read(node, surroundings).map(Some)
    }

    fn written(&self, value: &Self::Value) -> Option<String> {
        value.as_ref().and_then(|value| self.0.written(value))
    }

    fn reference(&self, value: &Self::Value) -> Option<String> {
        value.as_ref().and_then(|value| self.0.reference(value))
    }
}

/// A list of values of one kind.
pub struct List<T> {
    /// The kind.
    pub of: T,
    /// Whether an empty list makes sense, and what to do about one that does not.
    pub empty: Empty,
}

/// What an empty list means.
pub enum Empty {
    /// Nothing, and that is all right.
    Allowed,
    /// A mistake, for this reason.
    Refused(&'static str),
}

impl<T: Takes> Takes for List<T> {
    type Value = Vec<T::Value>;

    fn told(&self) -> String {
        format!("a list in brackets; each is {}", self.of.told())
    }

    fn read(&self, node: &Node, surroundings: &Surroundings<'_>) -> Result<Self::Value, Vec<Wrong>> {
        let Some(list) = node.list() else {
            return wrong(node, format!("takes {}, not {}", self.told(), node.shown()));
        };
        match self.empty {
            Empty::Refused(why) if list.is_empty() => wrong(node, format!("is an empty list; {why}")),
            _ => each(list.iter().map(|item| self.of.read(item, surroundings))),
        }
    }

    fn written(&self, value: &Self::Value) -> Option<String> {
        let items: Vec<String> = value.iter().filter_map(|item| self.of.written(item)).collect();
        Some(format!("[{}]", items.join(", ")))
    }
}

/// A closed set of words.
pub trait Word: Copy + PartialEq + 'static {
    /// Each with what is written for it.
    const ALL: &'static [(&'static str, Self)];
}

/// One of a closed set of words.
pub struct OneOf<T>(pub std::marker::PhantomData<T>);

impl<T: Word> OneOf<T> {
    /// Any of them.
    pub const fn all() -> Self {
        Self(std::marker::PhantomData)
    }
}

impl<T: Word> Takes for OneOf<T> {
    type Value = T;

    fn told(&self) -> String {
        let words: Vec<String> = T::ALL.iter().map(|(word, _)| quoted(word)).collect();
        words.join(" or ")
    }

    fn read(&self, node: &Node, _: &Surroundings<'_>) -> Result<T, Vec<Wrong>> {
        let found = node.text().and_then(|text| T::ALL.iter().find(|(word, _)| *word == text));
        found.map_or_else(
            || wrong(node, format!("takes {}, not {}", self.told(), node.shown())),
            |(_, value)| Ok(*value),
        )
    }

    fn written(&self, value: &T) -> Option<String> {
        T::ALL.iter().find(|(_, known)| known == value).map(|(word, _)| quoted(word))
    }
}

/// A file that must be there and hold what it should.
pub struct ExistingFile {
    /// Says everything that is wrong with what it holds.
    pub check: fn(&Path) -> Result<(), Vec<String>>,
}

impl Takes for ExistingFile {
    type Value = PathBuf;

    fn told(&self) -> String {
        "the path of a file, from the folder of this configuration if it is relative".to_owned()
    }

    fn read(&self, node: &Node, surroundings: &Surroundings<'_>) -> Result<PathBuf, Vec<Wrong>> {
        let Some(text) = node.text().filter(|text| !text.is_empty()) else {
            return wrong(node, format!("takes {}, not {}", self.told(), node.shown()));
        };
        let path = surroundings.folder.join(text);
        match std::fs::metadata(&path) {
            Ok(found) if !found.is_file() => {
                return wrong(node, format!("{} is not a file; give the path of one", path.display()));
            }
            Err(error) => {
                return wrong(node, format!("cannot read {} ({})", path.display(), plainly(&error)));
            }
            Ok(_) => {}
        }
        let wrongs = |sentences: Vec<String>| {
            sentences.into_iter().map(|sentence| Wrong { place: node.origin.clone(), sentence }).collect()
        };
        (self.check)(&path).map(|()| path).map_err(wrongs)
    }

    fn written(&self, value: &PathBuf) -> Option<String> {
        Some(quoted(&value.to_string_lossy()))
    }
}

/// What happened to a file, without the system's number for it.
pub fn plainly(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "we may not read it".to_owned(),
        _ => error.to_string(),
    }
}
