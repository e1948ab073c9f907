//! One connection to one broker: frames, order, deadlines. It knows bytes, not what they say.
//!
//! Kafka answers the requests of a connection in their order, so an answer that does not come blocks all behind it:
//! whenever one request of a connection fails, the connection ends and everything that waits on it is told why.

mod connection;
mod frame;
mod sign_in;
mod stream;
mod tls;

pub(super) use connection::{Call, Connection};
pub(super) use stream::open;

use super::error::{KafkaError, Peer};

/// Why a connection ended, in a form that fits every request that waited on it.
#[derive(Clone, Debug)]
pub(super) enum Ending {
    /// The failure of one request ended it. The error is that request's own.
    Failed { request: &'static str, error: KafkaError },
    /// The other side closed it, or the network did.
    Lost(String),
    /// We closed it.
    Dropped,
}

impl Ending {
    /// What a request is told that waited when the connection ended.
    pub(super) fn told_to(&self, peer: &Peer, request: &'static str) -> KafkaError {
        let reason = match self {
            Self::Failed { request: own, error } if *own == request => return error.clone(),
            Self::Failed { error, .. } => error.to_string(),
            Self::Lost(reason) => reason.clone(),
            Self::Dropped => return KafkaError::GatewayClosed,
        };
        KafkaError::Closed { peer: peer.clone(), request, reason }
    }
}
