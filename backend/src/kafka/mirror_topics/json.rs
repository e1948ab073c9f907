//! How Kafka Connect's JSON is read: into types that name what they want, so that all else is dropped.
//!
//! serde's words on a fault quote what they did not expect, which may be a secret. They end here.

use std::borrow::Cow;

use serde::Deserialize;

use super::Fault;

/// A text, borrowed where it has no escapes.
#[derive(Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

/// A whole key or value.
pub(super) fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Fault> {
    serde_json::from_slice(bytes).map_err(|error| fault(&error))
}

/// The same where it may be something else: `None` is JSON of another shape.
pub(super) fn read_shape<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<Option<T>, Fault> {
    match serde_json::from_slice(bytes) {
        Ok(told) => Ok(Some(told)),
        Err(error) if error.is_data() => Ok(None),
        Err(error) => Err(fault(&error)),
    }
}

/// A key that is a text and no JSON.
pub(super) fn key(bytes: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(bytes)
        .map_err(|error| Fault::Value { what: "a text that is not UTF-8", at: error.valid_up_to() })
}

fn fault(error: &serde_json::Error) -> Fault {
    let what =
        if error.is_data() { "JSON that Kafka Connect does not write" } else { "a text that is not JSON" };
    // Connect writes one line.
    Fault::Value { what, at: error.column() }
}
