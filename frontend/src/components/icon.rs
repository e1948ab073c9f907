//! The few icons: thin strokes on a 16 px grid, always beside a word.

use leptos::prelude::*;

/// An icon by its strokes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    /// Three waves: Riverkeeper.
    River,
    /// The fleet.
    Fleet,
    /// A line that rises: consumer lag.
    Lag,
    /// Two places that lead to a third: topology.
    Topology,
    /// A clock: the state of Riverkeeper.
    Clock,
    /// A magnifying glass.
    Search,
    /// Keys.
    Keyboard,
    /// Somebody.
    Person,
    /// Half a sun, half a moon.
    Theme,
}

/// Draws it.
pub(crate) fn icon(icon: Icon) -> AnyView {
    let strokes = match icon {
        Icon::River => {
            "M1 4.2q1.75-1.8 3.5 0t3.5 0 3.5 0 3.5 0M1 8.2q1.75-1.8 3.5 0t3.5 0 3.5 0 3.5 0M1 12.2q1.75-1.8 3.5 0t3.5 0 3.5 0 3.5 0"
        }
        Icon::Fleet => "M1.5 13h13M3.5 13V7.5L8 3.5l4.5 4V13M6.5 13v-3a1.5 1.5 0 0 1 3 0v3",
        Icon::Lag => "M2 2.5v11h12M4.5 10.5l3-3.2 2.3 2L14 4.5",
        Icon::Topology => {
            "M3.6 2.2a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 1 0 0-3.4M3.6 10.4a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 1 0 0-3.4M12.4 6.3a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 1 0 0-3.4M5.2 4.7l5.6 2.6M5.2 11.3l5.6-2.6"
        }
        Icon::Clock => "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2M8 4.8V8l2 1.4",
        Icon::Search => "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 1 0 0-9M10.4 10.4 14 14",
        Icon::Keyboard => {
            "M2 4h12a.8.8 0 0 1 .8.8v6.4a.8.8 0 0 1-.8.8H2a.8.8 0 0 1-.8-.8V4.8A.8.8 0 0 1 2 4M4 6.6h.01M6.7 6.6h.01M9.3 6.6h.01M12 6.6h.01M5 9.6h6"
        }
        Icon::Person => {
            "M8 2.4a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 1 0 0-5.4M2.8 13.6c.5-2.6 2.6-3.9 5.2-3.9s4.7 1.3 5.2 3.9"
        }
        Icon::Theme => "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2M8 2v12M8 4.5l3.6-.9M8 8h6M8 11.5l3.6.9",
    };
    view! { <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=strokes></path></svg> }
        .into_any()
}
