//! The observer.
fn main() {}
