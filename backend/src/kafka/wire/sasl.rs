//! SaslHandshake and SaslAuthenticate: signing in, before anything else may be asked.

use std::fmt;

use kafka_wire::{
    SaslAuthenticateRequest, SaslAuthenticateResponse, SaslHandshakeRequest, SaslHandshakeResponse,
};
use kafka_wire_core::{Bytes, StrBytes};

use super::{Answer, Api, Fault, Request, body, decode, frame};
use crate::kafka::codes::ErrorCode;

/// SaslHandshake: by which mechanism we mean to sign in.
pub(in crate::kafka) struct SaslHandshake {
    pub mechanism: &'static str,
}

/// What a broker says to a mechanism. A refusal tells the mechanisms that it takes.
#[derive(Debug)]
pub(in crate::kafka) struct Mechanisms {
    pub code: ErrorCode,
    pub enabled: Vec<String>,
}

impl Request for SaslHandshake {
    const API: Api = Api::SaslHandshake;
    type Answer = Mechanisms;

    fn encode(&self, version: i16, correlation_id: i32, client_id: &str) -> Result<Bytes, Fault> {
        let mut request = SaslHandshakeRequest::default();
        request.mechanism = StrBytes::from(self.mechanism);
        frame(&request, version, correlation_id, client_id)
    }

    fn decode(&self, version: i16, bytes: Bytes) -> Answer<Mechanisms> {
        let response: SaslHandshakeResponse =
            decode(version, body::<SaslHandshakeResponse>(version, &bytes)?)?;
        let enabled = response.mechanisms.iter().map(|mechanism| mechanism.to_string()).collect();
        Ok(Ok(Mechanisms { code: ErrorCode(response.error_code), enabled }))
    }
}

/// SaslAuthenticate: one message of the mechanism.
pub(in crate::kafka) struct SaslAuthenticate {
    pub message: Vec<u8>,
}

/// The broker's next message of the mechanism, or its refusal.
pub(in crate::kafka) struct SaslAnswer {
    pub code: ErrorCode,
    pub words: Option<String>,
    pub message: Bytes,
    /// How long the session holds from now on; 0 for no end (KIP-368).
    pub session_lifetime_ms: i64,
}

impl fmt::Debug for SaslAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SaslAnswer").field("code", &self.code).finish_non_exhaustive()
    }
}

impl Request for SaslAuthenticate {
    const API: Api = Api::SaslAuthenticate;
    type Answer = SaslAnswer;

    fn encode(&self, version: i16, correlation_id: i32, client_id: &str) -> Result<Bytes, Fault> {
        let mut request = SaslAuthenticateRequest::default();
        request.auth_bytes = Bytes::copy_from_slice(&self.message);
        frame(&request, version, correlation_id, client_id)
    }

    fn decode(&self, version: i16, bytes: Bytes) -> Answer<SaslAnswer> {
        let response: SaslAuthenticateResponse =
            decode(version, body::<SaslAuthenticateResponse>(version, &bytes)?)?;
        Ok(Ok(SaslAnswer {
            code: ErrorCode(response.error_code),
            words: response.error_message.as_ref().map(|words| words.to_string()),
            message: response.auth_bytes,
            session_lifetime_ms: response.session_lifetime_ms,
        }))
    }
}
