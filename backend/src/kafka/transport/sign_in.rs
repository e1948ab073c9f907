//! Signing in: SaslHandshake, then the messages of the mechanism in SaslAuthenticate (KIP-43, KIP-152).
//!
//! The number of messages is the mechanism's, not the broker's, so no exchange is endless. What a broker says in
//! refusal is repeated, unless it repeats a secret of ours.

use std::time::Duration;

use secrecy::ExposeSecret;
use tokio::time::timeout_at;

use super::stream::{Greeting, malformed};
use crate::kafka::codes::ErrorCode;
use crate::kafka::error::{KafkaError, short};
use crate::kafka::security::{Conversation, Credentials, Sasl, Scram, ScramFault, TokenSource};
use crate::kafka::wire::{Request, SaslAnswer, SaslAuthenticate, SaslHandshake};

/// How many names of mechanisms a sentence lists.
const LISTED: usize = 8;

/// Signs in, and says how long that holds if it ends.
pub(super) async fn sign_in(
    greeting: &mut Greeting<'_>,
    sasl: &Sasl,
) -> Result<Option<Duration>, KafkaError> {
    let mut talk = Talk { mechanism: sasl.mechanism(), greeting };
    talk.agree().await?;
    let lifetime_ms = match sasl {
        Sasl::Plain(credentials) => talk.plain(credentials).await?,
        Sasl::Scram(scram) => talk.scram(scram).await?,
        Sasl::OAuthBearer(source) => talk.token(source).await?,
    };
    Ok(u64::try_from(lifetime_ms).ok().filter(|millis| *millis > 0).map(Duration::from_millis))
}

struct Talk<'a, 'b> {
    mechanism: &'static str,
    greeting: &'a mut Greeting<'b>,
}

impl Talk<'_, '_> {
    /// SaslHandshake: the listener takes our mechanism, or says which it takes.
    async fn agree(&mut self) -> Result<(), KafkaError> {
        let answer = self.ask(&SaslHandshake { mechanism: self.mechanism }).await?;
        match answer.code {
            ErrorCode::NONE => Ok(()),
            ErrorCode::UNSUPPORTED_SASL_MECHANISM => {
                let enabled: Vec<String> =
                    answer.enabled.iter().take(LISTED).map(|name| short(name)).collect();
                let enabled = if enabled.is_empty() { "none".to_owned() } else { enabled.join(", ") };
                Err(self.failed(format!(
                    "its listener does not take that mechanism but {enabled}: set sasl.mechanisms to one of those"
                )))
            }
            ErrorCode::ILLEGAL_SASL_STATE => {
                let protocol =
                    if self.greeting.settings.security.tls.is_some() { "SSL" } else { "PLAINTEXT" };
                Err(self.failed(format!(
                    "its listener wants nobody to sign in: set security.protocol to {protocol}, or use another port"
                )))
            }
            code => Err(self.failed(format!("the broker refused SaslHandshake: {code}"))),
        }
    }

    async fn plain(&mut self, credentials: &Credentials) -> Result<i64, KafkaError> {
        let password = credentials.password.expose_secret();
        let message = format!("\0{}\0{password}", credentials.username).into_bytes();
        let answer = self.say(message).await?;
        Ok(self.accepted(answer, &name_and_password(credentials), password)?.session_lifetime_ms)
    }

    async fn scram(&mut self, scram: &Scram) -> Result<i64, KafkaError> {
        let credentials = &scram.credentials;
        let (who, password) = (name_and_password(credentials), credentials.password.expose_secret());
        let mut conversation = Conversation::start(scram);
        let challenge = self.say(conversation.first()).await?;
        let challenge = self.accepted(challenge, &who, password)?.message;
        let proved = timeout_at(self.greeting.deadline, conversation.prove(&challenge)).await;
        let proof = match proved {
            Ok(proof) => proof.map_err(|fault| self.faulty(fault))?,
            Err(_) => return Err(self.failed("the key could not be derived in time".to_owned())),
        };
        let last = self.say(proof).await?;
        let last = self.accepted(last, &who, password)?;
        conversation.verify(&last.message).map_err(|fault| self.faulty(fault))?;
        Ok(last.session_lifetime_ms)
    }

    async fn token(&mut self, source: &TokenSource) -> Result<i64, KafkaError> {
        let token = match timeout_at(self.greeting.deadline, source.token()).await {
            Ok(token) => token.map_err(|error| self.failed(error.to_string()))?,
            Err(_) => {
                let place = source.place();
                return Err(self.failed(format!("the token endpoint {place} did not answer in time")));
            }
        };
        let value = token.value().expose_secret();
        let extensions: String =
            source.extensions().iter().map(|(key, value)| format!("{key}={value}\x01")).collect();
        let message = format!("n,,\x01auth=Bearer {value}\x01{extensions}\x01").into_bytes();
        let mut answer = self.say(message).await?;
        let mut detail = None;
        if answer.code == ErrorCode::NONE && !answer.message.is_empty() {
            // RFC 7628: a refusal is told as a message, and comes as one after our empty answer.
            detail = Some(short(&String::from_utf8_lossy(&answer.message)));
            answer = self.say(b"\x01".to_vec()).await?;
            if answer.code == ErrorCode::NONE {
                answer.code = ErrorCode::SASL_AUTHENTICATION_FAILED;
            }
        }
        answer.words = answer.words.filter(|said| !said.is_empty()).or(detail);
        if answer.code != ErrorCode::NONE {
            source.refused(&token).await;
        }
        let who = format!(
            "the token of {}: check its audience, issuer and scope against what the broker expects",
            short(token.principal())
        );
        Ok(self.accepted(answer, &who, value)?.session_lifetime_ms)
    }

    async fn say(&mut self, message: Vec<u8>) -> Result<SaslAnswer, KafkaError> {
        self.ask(&SaslAuthenticate { message }).await
    }

    async fn ask<R: Request>(&mut self, request: &R) -> Result<R::Answer, KafkaError> {
        let peer = self.greeting.peer;
        let name = R::API.name();
        let version = self.greeting.opened.spoken.common(R::API);
        let version = version.map_err(|spoken| KafkaError::UnsupportedVersion {
            peer: peer.clone(),
            request: name,
            spoken,
        })?;
        let bytes = self.greeting.exchange(request, version).await?;
        match request.decode(version, bytes).map_err(malformed(peer, R::API))? {
            Ok(answer) => Ok(answer),
            Err(refusal) => {
                let (code, message) = (refusal.code, refusal.message);
                Err(KafkaError::Refused { peer: peer.clone(), request: name, code, message })
            }
        }
    }

    /// The answer, if it is no refusal of `whom`.
    fn accepted(&self, answer: SaslAnswer, whom: &str, secret: &str) -> Result<SaslAnswer, KafkaError> {
        if answer.code == ErrorCode::NONE {
            return Ok(answer);
        }
        let said = answer.words.filter(|said| !said.is_empty() && !said.contains(secret));
        let said = said.map(|said| format!(" ({})", short(&said))).unwrap_or_default();
        Err(self.failed(match answer.code {
            ErrorCode::SASL_AUTHENTICATION_FAILED => format!("the broker does not take {whom}{said}"),
            code => format!("the broker refused SaslAuthenticate: {code}{said}"),
        }))
    }

    fn faulty(&self, fault: ScramFault) -> KafkaError {
        self.failed(format!("the broker {}", fault.0))
    }

    fn failed(&self, reason: String) -> KafkaError {
        KafkaError::NotSignedIn { peer: self.greeting.peer.clone(), mechanism: self.mechanism, reason }
    }
}

fn name_and_password(credentials: &Credentials) -> String {
    format!("name and password of {}: check sasl.username and sasl.password", short(&credentials.username))
}
