//! FindCoordinator: which broker is to be asked about a group.

use kafka_wire::find_coordinator_response::Coordinator;
use kafka_wire::{FindCoordinatorRequest, FindCoordinatorResponse};
use kafka_wire_core::{Bytes, StrBytes};

use super::{
    Answer, Api, Fault, OfGroups, RefusedGroup, Request, at_most_asked, body, decode, frame, refused,
};
use crate::kafka::answers::GroupCoordinator;

/// From this version on a request has many groups.
const MANY: i16 = 4;

/// FindCoordinator of groups; before version 4, of one group.
pub(in crate::kafka) struct FindCoordinator<'a> {
    pub group_ids: &'a [&'a str],
}

impl Request for FindCoordinator<'_> {
    const API: Api = Api::FindCoordinator;
    type Answer = OfGroups<GroupCoordinator>;

    fn least_version(&self) -> i16 {
        if self.group_ids.len() > 1 { MANY } else { Self::API.versions().0 }
    }

    fn encode(&self, version: i16, correlation_id: i32, client_id: &str) -> Result<Bytes, Fault> {
        // The type of the key is a group's by default.
        let mut request = FindCoordinatorRequest::default();
        match (version, self.group_ids) {
            (MANY.., ids) => request.coordinator_keys = ids.iter().map(|id| StrBytes::from(*id)).collect(),
            (_, ids) => request.key = ids.first().map(|id| StrBytes::from(*id)).unwrap_or_default(),
        }
        frame(&request, version, correlation_id, client_id)
    }

    fn decode(&self, version: i16, bytes: Bytes) -> Answer<OfGroups<GroupCoordinator>> {
        let body = body::<FindCoordinatorResponse>(version, &bytes)?;
        let response: FindCoordinatorResponse = decode(version, body)?;
        let found = match version {
            MANY.. => response.coordinators,
            _ => vec![self.only(response)],
        };
        at_most_asked(found.len(), self.group_ids)?;
        Ok(Ok(found.into_iter().map(coordinator).collect()))
    }
}

impl FindCoordinator<'_> {
    /// The answer of an old version as one of the list that newer ones have.
    fn only(&self, response: FindCoordinatorResponse) -> Coordinator {
        let mut only = Coordinator::default();
        only.key = self.group_ids.first().map(|id| StrBytes::from(*id)).unwrap_or_default();
        (only.node_id, only.error_code, only.error_message) =
            (response.node_id, response.error_code, response.error_message);
        only
    }
}

fn coordinator(found: Coordinator) -> Result<GroupCoordinator, RefusedGroup> {
    let group_id = found.key.into_string();
    match refused(found.error_code, found.error_message.as_deref()) {
        Ok(()) => Ok(GroupCoordinator { group_id, broker_id: found.node_id }),
        Err(refusal) => Err(RefusedGroup { group_id, refusal }),
    }
}
