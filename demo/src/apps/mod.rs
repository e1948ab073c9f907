//! apps
use anyhow::Result;
pub fn run(_ports: crate::layout::Ports) -> Result<()> {
    Ok(())
}
