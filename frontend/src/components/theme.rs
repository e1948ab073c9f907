//! Light or dark: as the system wants it, unless the reader has chosen.

use leptos::prelude::*;

use super::{Icon, icon};

const KEPT_AS: &str = "riverkeeper-theme";

/// Which theme is in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the system wants it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// As it is kept.
    pub(crate) fn parse(text: Option<&str>) -> Self {
        match text {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    /// What the reader chose here before.
    pub(crate) fn kept() -> Self {
        let kept = storage().and_then(|storage| storage.get_item(KEPT_AS).ok().flatten());
        Self::parse(kept.as_deref())
    }

    /// Puts it into force.
    pub(crate) fn apply(self) {
        let Some(root) = document().document_element() else { return };
        // Neither fails on an element of ours.
        let _ = match self {
            Self::System => root.remove_attribute("data-theme"),
            _ => root.set_attribute("data-theme", self.word()),
        };
    }

    fn keep(self) {
        if let Some(storage) = storage() {
            // A full or forbidden storage forgets the choice, and that is all.
            let _ = storage.set_item(KEPT_AS, self.word());
        }
    }
}

/// The browser's storage, where it lets us.
pub(crate) fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// A button that goes through the themes.
#[component]
pub(crate) fn ThemeSwitch() -> impl IntoView {
    let theme = RwSignal::new(Theme::kept());
    let change = move |_| {
        theme.update(|theme| *theme = theme.next());
        theme.get_untracked().apply();
        theme.get_untracked().keep();
    };
    let label = move || format!("Theme: {}", theme.get().word());
    view! {
        <button type="button" class="tool" on:click=change aria-label=label title=label>
            {icon(Icon::Theme)}
        </button>
    }
    .into_any()
}
