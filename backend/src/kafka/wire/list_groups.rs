//! ListGroups: the groups that one broker coordinates.

use kafka_wire::{ListGroupsRequest, ListGroupsResponse};
use kafka_wire_core::Bytes;

use super::{Answer, Api, Fault, Request, body, decode, frame, refused};
use crate::kafka::answers::{GroupType, ListedGroup};

/// ListGroups in every state and of every type, which is what empty filters ask for.
pub(in crate::kafka) struct ListGroups {
    /// The broker that is asked: the coordinator of all that it lists.
    pub broker_id: i32,
}

impl Request for ListGroups {
    const API: Api = Api::ListGroups;
    type Answer = Vec<ListedGroup>;

    fn encode(&self, version: i16, correlation_id: i32, client_id: &str) -> Result<Bytes, Fault> {
        frame(&ListGroupsRequest::default(), version, correlation_id, client_id)
    }

    fn decode(&self, version: i16, bytes: Bytes) -> Answer<Vec<ListedGroup>> {
        let body = body::<ListGroupsResponse>(version, &bytes)?;
        let response: ListGroupsResponse = decode(version, body)?;
        let listed = response.groups.into_iter().map(|group| ListedGroup {
            group_type: GroupType::from(&*group.group_type),
            group_id: group.group_id.into_string(),
            state: Some(group.group_state.into_string()).filter(|state| !state.is_empty()),
            protocol_type: group.protocol_type.into_string(),
            coordinator_id: self.broker_id,
        });
        Ok(refused(response.error_code, None).map(|()| listed.collect()))
    }
}
