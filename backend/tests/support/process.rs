//! Riverkeeper in a process of its own, which can be killed.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde::de::DeserializeOwned;
use shared::status::Status;

use super::wait_until;

const SOON: Duration = Duration::from_secs(60);

/// A Riverkeeper in a process of its own.
pub struct Riverkeeper {
    process: Child,
    url: String,
}

impl Riverkeeper {
    /// Starts it, with more of its environment, and waits until it answers.
    pub async fn start(config: &Path, database: &Path, more: &[(&str, &str)]) -> Self {
        // reqwest wants a default, even for plain HTTP.
        drop(rustls::crypto::ring::default_provider().install_default());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(env!("CARGO_BIN_EXE_riverkeeper"))
            .args(["serve", "--config", config.to_str().unwrap(), "--port", &port.to_string()])
            .args(["--database-url", &format!("sqlite:{}", database.display())])
            .envs(more.iter().copied())
            .env("RIVERKEEPER__INVENTORY__METADATA_PERIOD_SECONDS", "1.5")
            .env("RIVERKEEPER__KAFKA__REQUEST_TIMEOUT_SECONDS", "1")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Self { process, url: format!("http://127.0.0.1:{port}") };
        wait_until("it answers", SOON, async || started.view::<Status>("/api/v1/status").await).await;
        started
    }

    /// Asks it.
    pub async fn view<T: DeserializeOwned>(&self, path: &str) -> Result<T, String> {
        let answer = reqwest::get(format!("{}{path}", self.url)).await.map_err(|error| error.to_string())?;
        answer.json().await.map_err(|error| error.to_string())
    }

    /// As `kill -9` does it.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Riverkeeper {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
