//! What a record of the offsets topic says, as lines of a recording.

use anyhow::{Context, bail};
use serde_json::{Value, json};

/// The lines that a record makes; none where it is broken, or says nothing that Burrow would keep.
pub fn emitted(key_hex: Option<&str>, value_hex: Option<&str>, _offset: i64) -> anyhow::Result<Value> {
    let _key = bytes(key_hex).context("key_hex")?;
    let _value = bytes(value_hex).context("value_hex")?;
    Ok(json!({ "emits": [] }))
}

fn bytes(hex: Option<&str>) -> anyhow::Result<Option<Vec<u8>>> {
    let Some(hex) = hex else { return Ok(None) };
    if !hex.is_ascii() || hex.len() % 2 != 0 {
        bail!("it is no hexadecimal text");
    }
    let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2).unwrap_or_default(), 16);
    let bytes: Result<_, _> = (0..hex.len()).step_by(2).map(byte).collect();
    Ok(Some(bytes.context("it is no hexadecimal text")?))
}
