//! The glass.
fn main() {}
