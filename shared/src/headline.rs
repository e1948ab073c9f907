//! What a page begins with.

/// A title that answers, and a sentence or two that explain it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headline {
    /// The answer, at most a line.
    pub title: String,
    /// What explains it; may be empty.
    pub lede: String,
}
