//! How something is: a shape, a word and a colour, never the colour alone.

use leptos::prelude::*;
use shared::{meta::Freshness, verdict::Severity};

/// A state, as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    /// A disc.
    Well,
    /// A dashed ring: not known.
    Unknown,
    /// A clock: known once, too old to be believed.
    Stale,
    /// A triangle.
    Warning,
    /// A diamond.
    Critical,
}

impl Mark {
    /// The mark of a severity.
    pub(crate) fn of_severity(severity: Severity) -> Self {
        match severity {
            Severity::Ok => Self::Well,
            Severity::Unknown => Self::Unknown,
            Severity::Warning => Self::Warning,
            Severity::Critical => Self::Critical,
        }
    }

    /// The mark of a severity that was read so. Stale is never green, and trouble stays trouble.
    pub(crate) fn of(severity: Severity, freshness: Option<Freshness>) -> Self {
        match (severity, freshness) {
            (Severity::Critical | Severity::Warning, _) => Self::of_severity(severity),
            (_, Some(Freshness::Stale)) => Self::Stale,
            (_, Some(Freshness::Loading | Freshness::Failed)) => Self::Unknown,
            _ => Self::of_severity(severity),
        }
    }

    /// The same with a word of a verdict's own, but where it is stale.
    pub(crate) fn said(
        severity: Severity,
        word: &'static str,
        freshness: Option<Freshness>,
    ) -> (Self, &'static str) {
        match Self::of(severity, freshness) {
            Self::Stale => (Self::Stale, Self::Stale.word()),
            mark => (mark, word),
        }
    }

    /// Its word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Well => "Well",
            Self::Unknown => "Unknown",
            Self::Stale => "Stale",
            Self::Warning => "Warning",
            Self::Critical => "Critical",
        }
    }

    /// Its word for something that happened: what is not bad news informs, what is well has healed.
    pub(crate) fn event_word(self) -> &'static str {
        match self {
            Self::Well => "Healed",
            Self::Unknown | Self::Stale => "Note",
            Self::Warning => "Warning",
            Self::Critical => "Critical",
        }
    }

    /// Its colour's class.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Unknown | Self::Stale => "unknown",
            Self::Warning => "warn",
            Self::Critical => "bad",
        }
    }
}

/// The shape alone; its word must stand beside it.
pub(crate) fn mark(mark: Mark) -> AnyView {
    let (shape, filled) = match mark {
        Mark::Critical => ("M6 .6 11.4 6 6 11.4 .6 6Z", true),
        Mark::Warning => ("M6 1 11.6 11H.4Z", true),
        Mark::Well => ("M6 1.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 1 0 0-8.4Z", true),
        Mark::Unknown => ("M6 1.6a4.4 4.4 0 1 0 0 8.8 4.4 4.4 0 1 0 0-8.8Z", false),
        Mark::Stale => ("M6 1.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 1 0 0-9.6ZM6 3.5V6l1.6 1.2", false),
    };
    let class = match (filled, mark) {
        (true, _) => "mark",
        (false, Mark::Unknown) => "mark is-dashed",
        (false, _) => "mark is-open",
    };
    view! { <svg class=class viewBox="0 0 12 12" aria-hidden="true"><path d=shape></path></svg> }.into_any()
}

/// Shape, word and colour.
pub(crate) fn state(kind: Mark, word: impl Into<String>) -> AnyView {
    view! { <span class=format!("state {}", kind.class())>{mark(kind)}<span>{word.into()}</span></span> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_is_never_green_and_trouble_stays_trouble() {
        assert_eq!(Mark::of(Severity::Ok, Some(Freshness::Stale)), Mark::Stale);
        assert_eq!(Mark::of(Severity::Unknown, Some(Freshness::Stale)), Mark::Stale);
        assert_eq!(Mark::of(Severity::Critical, Some(Freshness::Stale)), Mark::Critical);
        assert_eq!(Mark::of(Severity::Ok, Some(Freshness::Loading)), Mark::Unknown);
        assert_eq!(Mark::of(Severity::Ok, Some(Freshness::Fresh)), Mark::Well);
    }
}
