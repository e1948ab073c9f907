//! The gateway: the only room that speaks Kafka.
//!
//! One [`Gateway`] a cluster. [`read`] holds its requests, named as Kafka names them; their answers are types of
//! ours ([`answers`]), and an answer that many brokers have a part in is [`answers::Partial`]: what came, and what
//! is missing and why. Underneath, from the outside in:
//!
//! | part | knows |
//! | --- | --- |
//! | `gateway` | whom to ask: one broker, any, or all in parallel |
//! | `pool`, `link` | the addresses of the cluster; for each its connection, slots and back-off |
//! | `transport` | one connection: frames, order, deadlines |
//! | `wire` | the bytes of requests and answers, and the codec crate |
//!
//! Records come by librdkafka, behind [`read::Tail`]; of those that [`read::peek`] looks at, only the headers of their
//! batches are read. [`offsets_topic`] reads those of `__consumer_offsets`, in which Kafka keeps what groups have
//! committed, and [`mirror_topics`] those in which MirrorMaker 2 keeps what it does.

pub mod acls;
pub mod answers;
pub mod error;
pub mod mirror_topics;
pub mod offsets_topic;
pub mod read;
pub mod rights;
pub mod wire;

mod address;
mod backoff;
mod codes;
#[cfg(test)]
mod fake;
mod gateway;
mod link;
mod pool;
mod security;
mod settings;
#[cfg(test)]
mod tests;
mod traffic;
mod transport;

pub use address::{HostPort, HostPortError};
pub use codes::ErrorCode;
pub use error::{KafkaError, Peer};
pub use gateway::Gateway;
pub use security::{
    PROPERTIES, Properties, Property, PropertyFault, Security, Token, TokenError, TokenSource, http_client,
    http_words, security,
};
pub use settings::{Settings, max_frame_bytes};
pub use traffic::{ApiTraffic, BrokerTraffic, Traffic};
