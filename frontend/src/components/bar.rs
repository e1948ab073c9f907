//! A share of a whole, as a short bar. Its number always stands beside it.

use leptos::prelude::*;
use shared::verdict::Severity;

/// How much something asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Quiet.
    #[default]
    Plain,
    /// A person should look.
    Warn,
    /// A person must act.
    Bad,
}

impl Tone {
    /// How much a severity asks for it.
    pub(crate) fn of(severity: Severity) -> Self {
        match severity {
            Severity::Ok | Severity::Unknown => Self::Plain,
            Severity::Warning => Self::Warn,
            Severity::Critical => Self::Bad,
        }
    }

    /// Its class.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

/// How a disk that is so full is shown.
pub(crate) fn disk_tone(percent: u64) -> Tone {
    match percent {
        90.. => Tone::Bad,
        80.. => Tone::Warn,
        _ => Tone::Plain,
    }
}

/// The bar of a percentage.
pub(crate) fn bar(percent: u64, tone: Tone) -> AnyView {
    let width = format!("{}%", percent.min(100));
    view! { <span class=format!("bar {}", tone.class()) aria-hidden="true"><i style:width=width></i></span> }
        .into_any()
}
