//! What librdkafka says and asks while it reads: its log, its errors, and tokens to sign in with.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use rdkafka::ClientContext;
use rdkafka::client::OAuthToken;
use rdkafka::config::RDKafkaLogLevel as Level;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError as ClientError, RDKafkaErrorCode};
use secrecy::{ExposeSecret, SecretString};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::error::TailError;
use super::trouble::{EndOfPartition, end_of_partition};
use crate::kafka::error::short;
use crate::kafka::{PROPERTIES, Security, Settings};
use crate::runtime::Clock;

/// One tail's side of librdkafka.
pub(super) struct Context {
    cluster: String,
    security: Security,
    clock: Clock,
    stop: CancellationToken,
    runtime: Option<Handle>,
    hidden: Hidden,
    said: Mutex<Said>,
}

/// What was said of the error that the next poll gives back: the binding hands over only its code there.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub reason: String,
    pub end: Option<EndOfPartition>,
}

impl Context {
    pub fn new(settings: &Settings, clock: Clock, stop: CancellationToken) -> Result<Self, TailError> {
        let security = settings.security.clone();
        let runtime = match security.tokens() {
            Some(tokens) if !tokens.extensions().is_empty() => return Err(TailError::Extensions),
            Some(_) => Some(Handle::try_current().map_err(|_| TailError::NoRuntime)?),
            None => None,
        };
        Ok(Self {
            cluster: settings.cluster.clone(),
            hidden: Hidden::of(&security),
            security,
            clock,
            stop,
            runtime,
            said: Mutex::default(),
        })
    }

    /// What may not be shown.
    pub fn hidden(&self) -> Hidden {
        self.hidden.clone()
    }

    /// What was said last, once.
    pub fn said(&self) -> Said {
        std::mem::take(&mut *self.said.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl ConsumerContext for Context {}

impl ClientContext for Context {
    const ENABLE_REFRESH_OAUTH_TOKEN: bool = true;

    fn log(&self, level: Level, facility: &str, text: &str) {
        let (cluster, text) = (&*self.cluster, self.hidden.in_text(text));
        match level {
            // What fails here is tried again, and told to who reads: for the log it is no error of ours.
            Level::Emerg | Level::Alert | Level::Critical | Level::Error | Level::Warning => {
                tracing::warn!(target: "librdkafka", cluster, facility, "{text}");
            }
            Level::Notice | Level::Info => tracing::debug!(target: "librdkafka", cluster, facility, "{text}"),
            Level::Debug => tracing::trace!(target: "librdkafka", cluster, facility, "{text}"),
        }
    }

    fn error(&self, error: ClientError, reason: &str) {
        let is_end = error.rdkafka_error_code() == Some(RDKafkaErrorCode::PartitionEOF);
        let said = match is_end {
            true => Said { reason: String::new(), end: end_of_partition(reason) },
            false => Said { reason: self.hidden.in_text(reason), end: None },
        };
        *self.said.lock().unwrap_or_else(PoisonError::into_inner) = said;
    }

    fn generate_oauth_token(&self, _: Option<&str>) -> Result<OAuthToken, Box<dyn Error>> {
        let (Some(source), Some(runtime)) = (self.security.tokens(), &self.runtime) else {
            return Err("no tokens are wanted".into());
        };
        let token = runtime.block_on(async {
            tokio::select! {
                token = source.token() => token.map_err(Box::<dyn Error>::from),
                () = self.stop.cancelled() => Err("the tail stops".into()),
            }
        })?;
        let ends = self.clock.now() + token.remaining();
        Ok(OAuthToken {
            token: token.value().expose_secret().to_owned(),
            principal_name: token.principal().to_owned(),
            lifetime_ms: ends.timestamp_millis(),
        })
    }
}

/// The secrets of a connection, to be taken out of what is shown.
#[derive(Clone)]
pub(super) struct Hidden(Arc<[SecretString]>);

impl Hidden {
    fn of(security: &Security) -> Self {
        let is_secret =
            |name: &str| PROPERTIES.iter().any(|property| property.name == name && property.is_secret);
        let told = security.librdkafka().into_iter().filter(|(name, _)| is_secret(name));
        Self(told.map(|(_, value)| value).filter(|value| !value.expose_secret().is_empty()).collect())
    }

    /// A text as it may be shown: one line, not long, no secret in it.
    pub fn in_text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in self.0.iter().map(ExposeSecret::expose_secret) {
            if text.contains(secret) {
                text = text.replace(secret, "***");
            }
        }
        short(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::{Properties, security};

    #[test]
    fn no_secret_is_shown() {
        let told = [
            ("security.protocol", "SASL_PLAINTEXT"),
            ("sasl.mechanisms", "PLAIN"),
            ("sasl.username", "river"),
            ("sasl.password", "hunter2"),
        ];
        let told: Properties =
            told.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let security = security(&told, Clock::system().now()).unwrap();
        let settings = Settings { security, ..Settings::new("east", vec![]) };
        let context = Context::new(&settings, Clock::system(), CancellationToken::new()).unwrap();
        assert_eq!(context.hidden().in_text("river:hunter2\nrefused"), "river:*** refused");
        context.error(ClientError::Global(RDKafkaErrorCode::Authentication), "hunter2 is wrong");
        assert_eq!(context.said().reason, "*** is wrong");
        assert_eq!(context.said().reason, "");
    }
}
