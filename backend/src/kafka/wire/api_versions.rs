//! ApiVersions: the first words on every connection, and the only ones that tell a broker's features.

use kafka_wire::{ApiVersionsRequest, ApiVersionsResponse};
use kafka_wire_core::{Bytes, StrBytes};

use super::{Answer, Api, Fault, Reader, Request, SpokenVersions, decode, frame, refused};
use crate::kafka::answers::BrokerFeatures;
use crate::kafka::codes::ErrorCode;

/// KIP-584's name of the feature that levels the whole metadata.
const METADATA_VERSION: &str = "metadata.version";

/// ApiVersions, as a request like any other on a connection that is open already.
pub(in crate::kafka) struct ApiVersions;

impl Request for ApiVersions {
    const API: Api = Api::ApiVersions;
    type Answer = BrokerFeatures;

    fn encode(&self, version: i16, correlation_id: i32, client_id: &str) -> Result<Bytes, Fault> {
        let mut request = ApiVersionsRequest::default();
        if version >= 3 {
            request.client_software_name = StrBytes::from("riverkeeper");
            request.client_software_version = StrBytes::from(env!("CARGO_PKG_VERSION"));
        }
        frame(&request, version, correlation_id, client_id)
    }

    /// The header of this answer never has tagged fields, so that any client can read a refusal.
    fn decode(&self, version: i16, bytes: Bytes) -> Answer<BrokerFeatures> {
        let response: ApiVersionsResponse = decode(version, bytes)?;
        Ok(refused(response.error_code, None).map(|()| features(&response)))
    }
}

fn features(response: &ApiVersionsResponse) -> BrokerFeatures {
    let supported = response.supported_features.iter().find(|f| &*f.name == METADATA_VERSION);
    let finalized = response.finalized_features.iter().find(|f| &*f.name == METADATA_VERSION);
    BrokerFeatures {
        supported_metadata_version: supported.map(|feature| feature.max_version),
        // An epoch of -1 says that the finalized features are not known.
        finalized_metadata_version: finalized
            .filter(|_| response.finalized_features_epoch >= 0)
            .map(|feature| feature.max_version_level),
        max_versions: response.api_keys.iter().map(|api| (api.api_key, api.max_version)).collect(),
    }
}

/// What the first ApiVersions of a connection brought.
#[derive(Debug)]
pub(in crate::kafka) enum Handshake {
    /// The versions that the broker speaks.
    Spoken(SpokenVersions),
    /// The broker does not speak this version of ApiVersions itself: ask again in that one.
    AskAgain(i16),
    /// Another error code.
    Refused(ErrorCode),
}

/// Reads the first answer of a connection. A broker that does not know `version` answers in version 0, with
/// UNSUPPORTED_VERSION and (since Kafka 2.4) the versions of ApiVersions that it does know.
pub(in crate::kafka) fn handshake_answer(version: i16, bytes: Bytes) -> Result<Handshake, Fault> {
    let code = ErrorCode(Reader::new(&bytes, false).i16()?);
    let version_of_answer = if code == ErrorCode::UNSUPPORTED_VERSION { 0 } else { version };
    let response: ApiVersionsResponse = decode(version_of_answer, bytes)?;
    let spoken = SpokenVersions(
        response.api_keys.iter().map(|api| (api.api_key, api.min_version, api.max_version)).collect(),
    );
    Ok(match code {
        ErrorCode::NONE => Handshake::Spoken(spoken),
        ErrorCode::UNSUPPORTED_VERSION => {
            Handshake::AskAgain(spoken.common(Api::ApiVersions).ok().filter(|v| *v < version).unwrap_or(0))
        }
        code => Handshake::Refused(code),
    })
}
