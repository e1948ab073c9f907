//! CPU time of a future: what its polls cost, not what it waits for.
//!
//! The period of a cycle stretches with the CPU time of its turns; a slow broker costs none and must not stretch it.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use cpu_time::ThreadTime;
use pin_project_lite::pin_project;

pin_project! {
    /// A future that adds up the CPU time of its own polls and gives it beside its output.
    pub struct Metered<F> {
        #[pin]
        inner: F,
        spent: Duration,
    }
}

impl<F> Metered<F> {
    /// Meters `inner`.
    pub fn new(inner: F) -> Self {
        Self { inner, spent: Duration::ZERO }
    }
}

impl<F: Future> Future for Metered<F> {
    type Output = (F::Output, Duration);

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let started = ThreadTime::now();
        let polled = this.inner.poll(context);
        *this.spent += started.elapsed();
        polled.map(|output| (output, *this.spent))
    }
}

/// Runs pure work and gives the CPU time it took.
pub fn metered<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = ThreadTime::now();
    let output = work();
    (output, started.elapsed())
}
