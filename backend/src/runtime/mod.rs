//! The runtime: what every capability does, written once. It waits for the next turn, bounds it, survives it,
//! stamps its outcome with the time, publishes it, tells the browsers and keeps the books. It knows no capability.

mod clock;
mod cycle;
mod driver;
mod event_place;
mod events;
mod metered;
mod notices;
mod part;
mod run;
#[cfg(test)]
mod tests;

pub use clock::Clock;
pub use cycle::{Collected, Cycle, Evaluated, Rhythm};
pub use event_place::EventPlace;
pub use events::{EventFilter, Held, KEPT_PER_CLUSTER, Recorded, Tally, Timeline};
pub use notices::Notices;
pub use part::{Cell, PartState, Stamped};
pub use run::Runtime;
